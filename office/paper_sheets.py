"""Takes scores from paper: typed by one officer, again unseen by another, counted where both agree (rows 63, 64)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, cleared, scores, tally
from office.desk import Desk
from office.scores import Entry
from records import ledger
from records.tables.application import Application
from records.tables.person import Expert, Officer, Person
from records.tables.scoring import Panel, PaperSheet
from review.scores import points_of, print_points
from states.facts import Actor
from states.refusals import NotAllowed, NotYours

ACTING_FOR = "纸质评分表"
STATES = {"second": "待复核", "differs": "两次不一致", "counted": "已计入", "dropped": "已作废"}


@dataclass(frozen=True, slots=True)
class Line:
    """One sheet as the desk lists it; what is on it is told only where both differ, and to nobody else before."""

    sheet: PaperSheet
    expert: str
    number: str
    title: str
    first: str
    second: str

    @property
    def state(self) -> str:
        """Where the sheet is: second, differs, counted, dropped."""
        return state_of(self.sheet)

    @property
    def label(self) -> str:
        """The same in Chinese."""
        return STATES[self.state]


def begin(
    session: Session, desk: Desk, round_key: str, expert_id: int, item_id: int, typed: Entry, *, photo: str,
    officer_id: int, now: datetime,
) -> PaperSheet:  # fmt: skip
    """Keep the first typing with the picture of the sheet (a digest of the vault); nothing counts yet.

    Refused as `scores.enter` refuses a score, without a picture, and where a sheet of the pair waits already.
    """
    authority.acting(session, officer_id)
    panel = tally.panel_of(session, desk, round_key)
    content = scores.readable(session, desk, panel, expert_id, item_id, typed, on_paper=True, now=now)
    if not photo or not desk.vault.holds(photo):
        raise Refusal("没有附上评分表的照片。", next_step="请拍照或扫描签字的评分表，与分数一并提交。")
    if _waiting(session, panel, expert_id, item_id) is not None:
        raise NotAllowed("这位专家的这个项目已有一份待复核的评分表。", next_step="请先复核那一份，或将其作废。")
    sheet = PaperSheet(
        panel_id=panel.id or 0, expert_id=expert_id, application_id=item_id, photo=photo, first=content,
        first_by=officer_id, first_at=now,
    )  # fmt: skip
    session.add(sheet)
    session.flush()
    _tell(session, desk, panel, sheet, "first", officer_id=officer_id, now=now)
    return sheet


def confirm(
    session: Session, desk: Desk, sheet_id: int, typed: Entry, *, officer_id: int, now: datetime
) -> PaperSheet:  # fmt: skip
    """Keep what another officer typed from the same sheet; where both agree the score is entered and counts.

    `NotYours` for who typed first. Where they differ both are shown, and whoever was wrong types again.
    """
    authority.acting(session, officer_id)
    sheet, panel = _open(session, desk, sheet_id)
    if sheet.first_by == officer_id:
        raise NotYours("第一次录入的人不能复核自己。", next_step="应由另一位工作人员按评分表再录一次。")
    content = scores.readable(
        session, desk, panel, sheet.expert_id, sheet.application_id, typed, on_paper=True, now=now
    )
    sheet.second, sheet.second_by, sheet.second_at = content, officer_id, now
    return _settle(session, desk, panel, sheet, "second", officer_id=officer_id, now=now)


def retype(
    session: Session, desk: Desk, sheet_id: int, typed: Entry, *, officer_id: int, now: datetime
) -> PaperSheet:  # fmt: skip
    """Let the one who typed first correct it after a difference; the second typing stays."""
    authority.acting(session, officer_id)
    sheet, panel = _open(session, desk, sheet_id)
    if sheet.second_by is None or sheet.first_by != officer_id:
        raise NotYours("两次不一致时，由各自录入的人改正。", next_step="应由第一次录入的人改第一次的，另一位改自己的。")
    sheet.first = scores.readable(
        session, desk, panel, sheet.expert_id, sheet.application_id, typed, on_paper=True, now=now
    )  # fmt: skip
    sheet.first_at = now
    return _settle(session, desk, panel, sheet, "retype", officer_id=officer_id, now=now)


def drop(session: Session, desk: Desk, sheet_id: int, *, reason: str, officer_id: int, now: datetime) -> PaperSheet:
    """Take a sheet that does not count yet off the desk, with the reason."""
    authority.acting(session, officer_id)
    sheet, panel = _open(session, desk, sheet_id)
    if not reason.strip():
        raise Refusal("没有写明作废的原因。", next_step="请写明原因，例如拿错了项目。")
    sheet.dropped_at, sheet.dropped_why = now, reason.strip()
    session.add(sheet)
    session.flush()
    _tell(session, desk, panel, sheet, "drop", officer_id=officer_id, now=now)
    return sheet


def open_photo(session: Session, desk: Desk, sheet_id: int, *, officer_id: int, now: datetime) -> str:
    """The digest of the picture of a sheet, for who types from it; each look is written down, for scores stand there.

    `NotAllowed` once the sheet counts and until the round is released: then only the seal's own way is left.
    """
    authority.acting(session, officer_id)
    sheet, panel = find(session, desk, sheet_id)
    if panel.released_at is None and state_of(sheet) in {"counted", "dropped"}:
        raise NotAllowed(
            "评分表已经办结，照片随评分一起密封。", next_step="确需查看的，由负责人在进度页写明理由后查看。"
        )
    cleared.refuse(desk, sheet)
    _tell(session, desk, panel, sheet, "look", officer_id=officer_id, now=now)
    return sheet.photo


def lines(session: Session, desk: Desk, round_key: str) -> list[Line]:
    """Every sheet of the round, the newest first."""
    panel = tally.panel_of(session, desk, round_key)
    officers = _officers(session)
    query = (
        select(PaperSheet, Person.name, Application.number, Application.title)
        .join(Expert, col(Expert.id) == col(PaperSheet.expert_id))
        .join(Person, col(Person.id) == col(Expert.person_id))
        .join(Application, col(Application.id) == col(PaperSheet.application_id))
        .where(PaperSheet.panel_id == panel.id)
        .order_by(col(PaperSheet.id).desc())
    )
    return [
        Line(sheet, expert, number, title, officers.get(sheet.first_by, ""), officers.get(sheet.second_by or 0, ""))
        for sheet, expert, number, title in session.execute(query)
    ]


def find(session: Session, desk: Desk, sheet_id: int) -> tuple[PaperSheet, Panel]:
    """A sheet of the edition with its round; `NotAllowed` when there is none."""
    sheet = session.get(PaperSheet, sheet_id)
    panel = session.get(Panel, sheet.panel_id) if sheet else None
    if sheet is None or panel is None or panel.edition != desk.key:
        raise NotAllowed("没有这份评分表。", next_step="请从评分表的名单中选择。")
    return sheet, panel


def state_of(sheet: PaperSheet) -> str:
    """Where a sheet is: second, differs, counted, dropped."""
    if sheet.dropped_at is not None:
        return "dropped"
    if sheet.score_id is not None:
        return "counted"
    return "second" if sheet.second_by is None else "differs"


def differences(sheet: PaperSheet, names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What differs between the two typings: what it is called, the first, the second."""
    if state_of(sheet) != "differs":
        return []
    told = []
    for key in ("total", "absent", "reason"):
        one, other = (_plain(key, content.get(key)) for content in (sheet.first, sheet.second))
        if one != other:
            told.append(({"total": "总分", "absent": "缺席", "reason": "理由"}[key], one, other))
    aspects = [content.get("aspects") or {} for content in (sheet.first, sheet.second)]
    for key in sorted(set(aspects[0]) | set(aspects[1])):
        one, other = (_plain("total", each.get(key)) for each in aspects)
        if one != other:
            told.append((names.get(key, key), one, other))
    return told


def _plain(key: str, value: Any) -> str:  # noqa: ANN401 - a JSON value
    if value is None or value == "":
        return "（空）"
    if key == "absent":
        return scores.ABSENT.get(value, value)
    return print_points(points_of(value), 2) if isinstance(value, int) else str(value)


def _waiting(session: Session, panel: Panel, expert_id: int, item_id: int) -> PaperSheet | None:
    pair = (PaperSheet.panel_id == panel.id, PaperSheet.expert_id == expert_id, PaperSheet.application_id == item_id)
    free = (col(PaperSheet.score_id).is_(None), col(PaperSheet.dropped_at).is_(None))
    return session.exec(select(PaperSheet).where(*pair, *free)).first()


def _open(session: Session, desk: Desk, sheet_id: int) -> tuple[PaperSheet, Panel]:
    sheet, panel = find(session, desk, sheet_id)
    if sheet.score_id is not None or sheet.dropped_at is not None:
        raise NotAllowed(f"这份评分表{STATES[state_of(sheet)]}，不能再改。", next_step="需要更正的，请另交一份。")
    return sheet, panel


def _settle(
    session: Session, desk: Desk, panel: Panel, sheet: PaperSheet, step: str, *, officer_id: int, now: datetime
) -> PaperSheet:
    """Enter the score where both typings say the same, for the expert and by the officer who typed last."""
    if sheet.first == sheet.second:
        _refuse_older(session, panel, sheet)
        score = scores.keep_content(
            session, desk, panel, sheet.expert_id, sheet.application_id, sheet.first, entered_by=officer_id, now=now
        )
        sheet.score_id = score.id
    session.add(sheet)
    session.flush()
    _tell(session, desk, panel, sheet, step, officer_id=officer_id, now=now)
    return sheet


def _refuse_older(session: Session, panel: Panel, sheet: PaperSheet) -> None:
    """What the expert gave by telephone since the sheet was typed is not covered by it."""
    last = tally.current_score(session, panel, sheet.expert_id, sheet.application_id)
    if last is not None and last.at > sheet.first_at and scores.differs(last, sheet.first):
        raise NotAllowed(
            "第一次录入之后，这位专家又自行提交了评分，不能用这份评分表覆盖。",
            next_step="请先问专家以哪一份为准：以手机为准的，作废这份；以纸质为准的，作废后重新录入。",
        )


def _officers(session: Session) -> dict[int, str]:
    query = select(Officer.id, Person.name).join(Person, col(Person.id) == col(Officer.person_id))
    return {id_: name for id_, name in session.exec(query) if id_ is not None}


def _tell(
    session: Session, desk: Desk, panel: Panel, sheet: PaperSheet, step: str, *, officer_id: int, now: datetime
) -> None:
    """The step without the points: the score's own event repeats them."""
    note = {
        "round": panel.round, "step": step, "state": state_of(sheet), "expert": sheet.expert_id,
        "acting_for": ACTING_FOR, "photo": sheet.photo,
    }  # fmt: skip
    entry = ledger.Entry(
        desk.key, "paper_sheet", Actor.OFFICE, now, application_id=sheet.application_id, subject="papersheet",
        subject_id=sheet.id, officer_id=officer_id, note=note,
    )  # fmt: skip
    ledger.record(session, [entry])
