"""Holds the stored scores against what the ledger says was entered, and stops publication where they differ (R108)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, col, select

from office.scores import canonical
from records import ledger
from records.tables.event import Event, Note
from records.tables.scoring import Score
from states.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class Altered:
    """A stored score that is not what was entered: which, and what is wrong, in a Chinese sentence."""

    score_id: int
    application_id: int | None
    expert_id: int | None
    sentence: str


def scores_altered(session: Session) -> list[Altered]:
    """The stored scores that differ from what the ledger says was entered, were added or are gone (R108).

    Whose note was erased with the person cannot be compared any more, and is left out.
    """
    rows = {score.id or 0: score for score in session.exec(select(Score).order_by(col(Score.id)))}
    query = (
        select(Event.subject_id, Event.note_digest, Note)
        .join(Note, col(Note.event_id) == col(Event.id), isouter=True)
        .where(Event.kind == "score")
    )
    said = {id_: _said(digest, note) for id_, digest, note in session.execute(query)}
    newest = _newest(rows.values())
    found = [fault for id_, score in rows.items() for fault in _faults(score, said, newest)]
    gone = sorted(id_ for id_ in said if id_ not in rows)
    return found + [Altered(id_, None, None, f"评分 {id_} 已不在数据库中。") for id_ in gone]


def refuse_altered(session: Session) -> None:
    """Refuse (`NotAllowed`) to publish anything while a stored score differs from what was entered."""
    if found := scores_altered(session):
        raise NotAllowed(
            f"有 {len(found)} 条评分与账本不符，不能发布：{found[0].sentence}",
            next_step="请立即停用并联系监督人员，用 linxuan ledger verify 核查，从备份恢复后再办理。",
        )


def verify(session: Session) -> ledger.Verification:
    """A walk over the whole ledger, and over the stored scores against what it says of them."""
    found = ledger.verify(session)
    return replace(found, faults=(*found.faults, *(one.sentence for one in scores_altered(session))))


def _said(digest: str | None, note: Note | None) -> dict[str, Any] | None:
    """What the ledger says was entered: nothing once that is erased, a fault where the words were changed too."""
    if note is None:
        return {}
    if note.erased_at is not None:
        return None
    kept = note.salt is not None and ledger.note_digest(note.salt, note.body or {}) == digest
    return note.body if kept else {}


def _newest(rows: Iterable[Score]) -> dict[tuple[int, int, int], int]:
    newest: dict[tuple[int, int, int], int] = {}
    for score in rows:
        key = (score.panel_id, score.application_id, score.expert_id)
        newest[key] = max(newest.get(key, 0), score.revision)
    return newest


def _faults(
    score: Score, said: dict[int, dict[str, Any] | None], newest: dict[tuple[int, int, int], int]
) -> Iterator[Altered]:
    def fault(sentence: str) -> Altered:
        return Altered(score.id or 0, score.application_id, score.expert_id, f"评分 {score.id} {sentence}")

    entered = said.get(score.id or 0, {})
    if score.id not in said:
        yield fault("没有录入记录。")
    elif entered is not None and entered != canonical(score):
        yield fault("与录入时不一致。")
    latest = newest[score.panel_id, score.application_id, score.expert_id] == score.revision
    if score.current is not latest:
        yield fault("的现行标记不对。")
