"""Hands out a locked round's scores as a file that anybody can count again (R109)."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from office import recusals, tally
from office.desk import Desk
from records.tables.application import Application
from records.tables.person import Officer, Role
from records.tables.scoring import Panel, PanelMember, Recusal, Score, Standing, TieVote
from review.ranking import Ranking
from review.score_file import NOT_SCORED, BallotLine, ScoreRecord, write_score_file
from states.refusals import NotAllowed, NotYours

UNSEALED_FOR = (Role.LEAD, Role.SUPERVISOR)  # between the lock and the result


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """The file's bytes and their SHA-256, which the ledger keeps."""

    data: bytes
    sha256: str


def export_scores(session: Session, desk: Desk, round_key: str, *, officer_id: int, now: datetime) -> ScoreFile:
    """A round's scores, conflicts, votes and list in one file; each export is told in the ledger with its SHA-256.

    Sealed until scoring is locked, then open to lead and supervisor, from the result on to the whole office (A32).
    Raises `NotYours` for anybody else, `NotAllowed` before the lock.
    """
    panel = tally.panel_of(session, desk, round_key)
    refuse_sealed(session, panel, officer_id)
    data = data_of(session, desk, panel)
    found = ScoreFile(data, hashlib.sha256(data).hexdigest())
    told = {"step": "export", "sha256": found.sha256}
    recusals.tell_panel(session, desk, panel, told, officer_id=officer_id, now=now)
    return found


def data_of(session: Session, desk: Desk, panel: Panel, *, live: Ranking | None = None) -> bytes:
    """The file of this round as it is now; whoever hands it out asks `refuse_sealed` and tells the ledger.

    ``live`` is the ranking of now where it is known already.
    """
    return write_score_file(_record(session, desk, panel, live or tally.live(session, desk, panel.round)))


def digest_of(session: Session, desk: Desk, panel: Panel, *, live: Ranking | None = None) -> str:
    """The SHA-256 that the exported file of this round has now; nothing is handed out."""
    return hashlib.sha256(data_of(session, desk, panel, live=live)).hexdigest()


def refuse_sealed(session: Session, panel: Panel, officer_id: int | None) -> None:
    """Refuse before the lock, and until the result to all but lead and supervisor (A32); ``None``: nobody is named."""
    officer = session.get(Officer, officer_id) if officer_id is not None else None
    if officer is None or officer.disabled_at is not None:
        raise NotYours("您的账户不能导出评分。", next_step="应由遴选办公室在用的人员导出。")
    if panel.locked_at is None:
        raise NotAllowed("评分尚未锁定，任何人都不能导出。", next_step="请在评分锁定之后导出。")
    if panel.released_at is None and officer.role not in UNSEALED_FOR:
        raise NotYours("结果产生之前，评分只供负责人和监督人员核对。", next_step="请在结果产生之后导出。")


def _record(session: Session, desk: Desk, panel: Panel, live: Ranking) -> ScoreRecord:
    items = tally.items_of(session, desk, panel)
    numbers = select(Application.id, Application.number).where(col(Application.id).in_(items))
    return ScoreRecord(
        edition=desk.key,
        frozen=panel.rules,
        numbers={id_: number for id_, number in session.exec(numbers) if id_ is not None},
        ballots=_ballots(session, panel, items),
        votes=_votes(session, panel, items),
        ranking=_as_locked(session, panel, live),
        carried=tally.carried(session, desk, tally.rules_of(desk, panel).round),
    )


def _as_locked(session: Session, panel: Panel, ranking: Ranking) -> Ranking:
    """The list with the figures that were written down at the lock: a score changed behind it will not make them.

    Who was reinstated since then stands in no figure of the lock.
    """
    query = select(Standing.application_id, Standing.printed).where(Standing.panel_id == panel.id)
    printed = dict(session.exec(query).all())
    places = tuple(replace(placed, printed=printed.get(placed.item, placed.printed)) for placed in ranking.places)
    return replace(ranking, places=places)


def _ballots(session: Session, panel: Panel, items: Sequence[int]) -> list[BallotLine]:
    """One line for each member of the panel, left or not, and each item."""
    experts = session.exec(select(PanelMember.expert_id).where(PanelMember.panel_id == panel.id)).all()
    able, scores = tally.may_score(session, panel, items), tally.current_scores(session, panel)
    grounds = _grounds(session, panel)
    return [
        _ballot(expert, item, scores.get((expert, item)), () if (expert, item) in able else grounds.get((expert, item)))
        for item in items
        for expert in sorted(experts)
    ]


def _ballot(expert: int, item: int, score: Score | None, barred: Sequence[str] | None) -> BallotLine:
    """A pair that may not be scored has its grounds; without a ground the expert was not asked, or is no more."""
    grounds = ("not_asked",) if barred is None else tuple(barred)
    if score is None:
        return BallotLine(item, expert, absent=NOT_SCORED, barred=grounds)
    return BallotLine(item, expert, score.total, score.aspects, score.absent, grounds)


def _grounds(session: Session, panel: Panel) -> Mapping[tuple[int, int], list[str]]:
    query = select(Recusal).where(
        Recusal.panel_id == panel.id, col(Recusal.blocks), col(Recusal.overridden_at).is_(None)
    )
    found: dict[tuple[int, int], list[str]] = {}
    for row in session.exec(query):
        found.setdefault((row.expert_id, row.application_id), []).append(row.ground)
    return found


def _votes(session: Session, panel: Panel, items: Collection[int]) -> list[tuple[int, ...]]:
    """The orders since the last lock, the oldest first, without who takes no part any more."""
    query = select(TieVote).where(TieVote.panel_id == panel.id).order_by(col(TieVote.id))
    in_force = [vote for vote in session.exec(query) if panel.locked_at is not None and vote.at >= panel.locked_at]
    return [tuple(item for item in vote.items if item in items) for vote in in_force]
