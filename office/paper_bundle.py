"""Puts many papers into one archive, in folders by the part of the year, and says which were left out and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from config.refusal import Refusal
from office import paper_standing, papers
from office.archive_bundle import Bundle
from office.archive_names import plain
from office.desk import Desk
from office.paper_kinds import Key, Paper, Phase
from office.paper_standing import Standing

LEFT_OUT = "未收入的文书.txt"
_AT_ONCE = 20  # papers that one look at the records makes
_WHOLE = (Key("", ""),)  # of a paper about the whole edition


@dataclass
class _Work:
    """An archive of papers while it is being written; ``lacking`` are the papers that could not be made."""

    desk: Desk
    bundle: Bundle
    officer_id: int | None
    now: datetime
    one_more: Callable[[], None] = lambda: None
    lacking: list[str] = field(default_factory=list)

    def add(self, folder: str, paper: Paper, keys: Sequence[Key]) -> None:
        """The papers about all these keys."""
        for first in range(0, len(keys), _AT_ONCE):
            with self.desk.database.read() as session:
                for each in keys[first : first + _AT_ONCE]:
                    try:
                        made = papers.make(
                            session, self.desk, paper.name, of=each.key, officer_id=self.officer_id, now=self.now
                        )
                    except Refusal as refusal:
                        self.lacking.append(f"{each.label} {paper.title}：{refusal}".strip())
                    else:
                        name = plain(f"{each.label} {paper.title}".strip())
                        self.bundle.put(f"{folder}{name}.{paper.ending}", made.data, paper.title)
                    self.one_more()


def write_kind(desk: Desk, name: str, target: BinaryIO, *, now: datetime) -> None:
    """Every paper of one kind as .zip; `Refusal` where there is none yet, before anything is written."""
    paper = papers.find(name)
    with desk.database.read() as session:
        keys = papers.keys(session, desk, paper, now=now)
    if not keys or paper.is_sealed:
        raise Refusal(f"{paper.title}不成批生成。", next_step="请单独下载。")
    with Bundle(target, at=now.astimezone(desk.zone)) as bundle:
        work = _Work(desk, bundle, None, now)
        work.add("", paper, keys)
        _close(work)


def write_all(
    desk: Desk, target: BinaryIO, *, officer_id: int, now: datetime, done: Callable[[int, int], None]
) -> None:  # fmt: skip
    """Every paper of the edition that can be made now, as .zip; ``done`` is told how many of how many there are.

    What is sealed until the result is left out, and what cannot be made yet; a list in the archive says so.
    """
    with desk.database.read() as session:
        found = paper_standing.standings(session, desk, now=now)
    wanted = [each for each in found if each.ready and not each.sealed]
    total, count = sum(len(each.keys or _WHOLE) for each in wanted), 0

    def one_more() -> None:
        nonlocal count
        count += 1
        done(count, total)

    done(0, total)
    with Bundle(target, at=now.astimezone(desk.zone)) as bundle:
        work = _Work(desk, bundle, officer_id, now, one_more, [_why(each) for each in found if each not in wanted])
        for each in wanted:
            folder = f"{[*Phase].index(each.phase) + 1} {each.phase.label}/"
            many = len(each.keys) > 1
            work.add(f"{folder}{plain(each.paper.title)}/" if many else folder, each.paper, each.keys or _WHOLE)
        _close(work)


def _close(work: _Work) -> None:
    if work.lacking:
        work.bundle.put(LEFT_OUT, "\n".join(work.lacking).encode(), "没有收入的文书")
    work.bundle.close()


def _why(each: Standing) -> str:
    why = each.missing or "结果产生之前密封，请由负责人单独生成。"
    return f"{each.paper.title}：{why}"
