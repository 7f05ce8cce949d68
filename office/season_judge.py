"""Judges each row of a summary: what it would make, what is assumed for it, and what is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from config.award import Category, UnitType
from documents.likeness import folded
from office import people, uploads
from office.desk import Desk
from office.season_files import BroughtFile, Sorted
from office.season_sheet import FIELDS, IMPORTABLE, NEEDED, Row, instant_of, state_of
from records.tables.endorser import Endorser
from states import windows
from states.facts import State

_SENT_IN = (State.SUBMITTED, State.ENDORSED, State.FORMALLY_CHECKED, State.RETURNED, State.REJECTED)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Line:
    """What one row would do: ``told`` says what is assumed, ``faults`` what is wrong; an empty ``number`` is given."""

    row: int
    number: str
    title: str
    unit: str
    state: State | None
    received: datetime
    due: datetime | None
    words: Row
    files: tuple[tuple[str, BroughtFile], ...] = ()
    told: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass
class Judge:
    """Judges row after row; what one row takes is taken for the next."""

    session: Session
    desk: Desk
    now: datetime
    numbers: set[str]
    known: dict[tuple[str, str], str]

    def line(self, row: Row, belonging: Sorted, place: int) -> Line:
        """What this row would do."""
        told: list[str] = []
        faults = [f"没有{FIELDS[name][0]}" for name in NEEDED if not row[name]]
        state = state_of(self.desk, row["state"])
        files = belonging.files.get(place, ())
        received = self._received(row, state, told, faults)
        due = self._due(row, state, faults)
        faults += [*self._state_faults(row, state), *self._key_faults(row), *self._file_faults(files)]
        self._endorser(row, state, faults)
        self._twice(row, faults)
        number = self._number(row, told)
        missing = [slot.label for slot in self.desk.edition.slots if slot.required and slot.key not in dict(files)]
        if missing and state in _SENT_IN:
            told.append(f"没有带来：{'、'.join(missing)}")
        return Line(
            row.row, number, row["title"], row["unit"], state, received, due, row, files, tuple(told), tuple(faults)
        )

    def _received(self, row: Row, state: State | None, told: list[str], faults: list[str]) -> datetime:
        """When it came in: as told, else within the window, which the office vouches for."""
        if row["submitted"]:
            at = instant_of(self.desk, row["submitted"])
            if at is None or at > self.now:
                faults.append(f"提交日期“{row['submitted'][:20]}”读不懂，或在将来")
            return min(at or self.now, self.now)
        closes = uploads.window_for_all(self.session, self.desk).closes
        if state in _SENT_IN and self.now >= closes:
            told.append("没有提交日期，按征集截止前收到登记")
        return min(self.now, closes - _INSTANT)

    def _due(self, row: Row, state: State | None, faults: list[str]) -> datetime | None:
        """The instant at which it lapses where it stands, if any."""
        if state is State.RETURNED:
            due = instant_of(self.desk, row["due"], end=True)
            if due is None or due <= self.now:
                faults.append("退回修改的项目要有将来的修改期限")
            return due
        if state is State.DRAFT:
            return uploads.window_for_all(self.session, self.desk).closes
        if state is State.SUBMITTED:
            return windows.endorse_by(self.desk.edition, resubmitted_at=None, workdays=self.desk.workdays)
        return None

    def _state_faults(self, row: Row, state: State | None) -> list[str]:
        if state is None:
            return [f"状态“{row['state'][:20]}”读不懂"] if row["state"] else []
        if state not in IMPORTABLE:
            return [f"“{state.named(self.desk.words)}”的项目不能导入：评审和公示须在本系统内进行"]
        if state is State.DRAFT and uploads.window_for_all(self.session, self.desk).closes <= self.now:
            return ["征集已经截止，草稿不能再导入"]
        until = windows.endorse_by(self.desk.edition, resubmitted_at=None, workdays=self.desk.workdays)
        if state is State.SUBMITTED and until and until <= self.now:
            return ["推荐的截止已过：已推荐的请写“已推荐”"]
        return []

    def _key_faults(self, row: Row) -> list[str]:
        faults = []
        edition = self.desk.edition
        for name, all_of in (("unit_type", edition.unit_types), ("category", edition.categories)):
            if row[name] and not key_of(row[name], all_of):
                faults.append(f"本届没有这个{FIELDS[name][0]}：{row[name][:20]}")
        if row["email"] and not people.is_address(row["email"]):
            faults.append(f"“{row['email'][:40]}”不是一个邮箱地址")
        return faults

    def _file_faults(self, files: Sequence[tuple[str, BroughtFile]]) -> list[str]:
        faults = []
        for slot in self.desk.edition.slots:
            here = [file for key, file in files if key == slot.key]
            if len(here) > 1 and not slot.many:
                faults.append(f"{slot.label}有 {len(here)} 份：{'、'.join(file.name for file in here)}"[:200])
            faults += [f"{file.name} 超过 {slot.max_megabytes} MB" for file in here
                       if file.size > slot.max_megabytes << 20]  # fmt: skip
            faults += [f"{file.name} 是空的" for file in here if not file.size]
        return faults

    def _endorser(self, row: Row, state: State | None, faults: list[str]) -> None:
        if row["endorser"] and find_endorser(self.session, self.desk, row["endorser"]) is None:
            faults.append(f"推荐方“{row['endorser'][:30]}”不是本届的成员学会，也不是已登记的推荐专家")
        needs = self.desk.edition.endorsement.required and state in _SENT_IN
        if needs and not row["endorser"]:
            faults.append("没有推荐方")

    def _twice(self, row: Row, faults: list[str]) -> None:
        project = same(row["title"], row["unit"])
        if project in self.known:
            faults.append(f"与 {self.known[project]} 是同一项目")
        self.known.setdefault(project, f"第 {row.row} 行")

    def _number(self, row: Row, told: list[str]) -> str:
        """The office's own number where it is one of ours and free; else it gets one, and its own is kept beside."""
        number = row["number"].strip().upper()
        prefix = re.escape(self.desk.edition.award.number_prefix)
        if re.fullmatch(rf"{prefix}-\d{{3,4}}", number) and number not in self.numbers:
            self.numbers.add(number)
            return number
        if number:
            told.append(f"另编新号（原编号 {row['number'][:30]}）")
        return ""


def same(title: str, unit: str) -> tuple[str, str]:
    """By what a project is known again (A23)."""
    return folded(title), folded(unit)


def key_of(told: str, known: Sequence[Category | UnitType]) -> str:
    """The key of what is named by key or by name; empty for what the edition has not."""
    return next((each.key for each in known if folded(told) in (folded(each.key), folded(each.name))), "")


def find_endorser(session: Session, desk: Desk, name: str) -> Endorser | None:
    """The society of this name or short name, or the one recorded expert of this name; ``None`` otherwise."""
    mine = session.exec(select(Endorser).where(Endorser.edition == desk.key)).all()
    hits = [each for each in mine if folded(name) in (folded(each.name), folded(each.short or each.name))]
    return hits[0] if len(hits) == 1 else None
