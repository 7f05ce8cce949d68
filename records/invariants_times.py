"""Rules of time: what was due is done, once, and says what came of it."""
# ruff: noqa: ARG001, D103  every rule takes (session, asked), and its sentence says what it finds

from collections.abc import Iterable

from sqlmodel import Session, col, select

from records.invariant_rule import Asked, Id, ids, rule
from records.tables.deadline import Deadline


@rule("期限已到而没有办（期限编号）。")
def nothing_due_is_unsettled(session: Session, asked: Asked) -> Iterable[Id]:
    """What the clock is working on at this moment is not late yet."""
    if asked.now is None:
        return []
    return ids(
        session,
        """
        SELECT id FROM deadline WHERE settled_at IS NULL AND cancelled_at IS NULL AND due_at < :late
          AND (claimed_until IS NULL OR claimed_until < :now)
        """,
        late=asked.now - asked.grace,
        now=asked.now,
    )


@rule("项目的期限已过而仍停在原处（项目编号）。")
def nothing_overdue_stands(session: Session, asked: Asked) -> Iterable[Id]:
    """Who was sent back and did not come again has lapsed (A11); a sealed submission may stay (A6)."""
    if asked.now is None:
        return []
    sql = "SELECT id FROM application WHERE state = 'returned' AND lapses_at < :late"
    return ids(session, sql, late=asked.now - asked.grace)


@rule("已办的期限没有写明结果（期限编号）。")
def settled_deadlines_have_an_outcome(session: Session, asked: Asked) -> Iterable[Id]:
    rows = session.execute(select(col(Deadline.id), col(Deadline.outcome)).where(col(Deadline.settled_at).is_not(None)))
    return [id_ for id_, outcome in rows if not outcome]


@rule("期限在到来之前办了，或取消之后又办了（期限编号）。")
def deadlines_are_settled_in_time(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, "SELECT id FROM deadline WHERE settled_at < due_at OR settled_at > cancelled_at")


@rule("期限没有恰好办成一次（期限编号）。")
def deadlines_are_settled_once(session: Session, asked: Asked) -> Iterable[Id]:
    """One run that ended well where it is settled, none where it is not."""
    return ids(
        session,
        """
        SELECT d.id FROM deadline d
        LEFT JOIN flowrun r ON r.deadline_id = d.id AND r.ended_at IS NOT NULL AND r.failed = ''
        GROUP BY d.id, d.settled_at HAVING count(r.id) <> CASE WHEN d.settled_at IS NULL THEN 0 ELSE 1 END
        """,
    )


@rule("办过的期限没有记入账本（期限编号）。")
def settled_deadlines_are_in_the_ledger(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT id FROM deadline WHERE settled_at IS NOT NULL AND NOT EXISTS (
          SELECT 1 FROM event e WHERE e.subject = 'deadline' AND e.subject_id = deadline.id)
        """,
    )


@rule("流程运行与其期限不符（运行编号）。")
def runs_belong_to_their_deadline(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT r.id FROM flowrun r LEFT JOIN deadline d ON d.id = r.deadline_id
        WHERE r.deadline_id IS NOT NULL AND (d.id IS NULL OR d.edition <> r.edition OR d.kind <> r.kind)
        """,
    )


@rule("流程运行的时刻前后颠倒（运行编号）。")
def runs_end_after_they_start(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, "SELECT id FROM flowrun WHERE ended_at < started_at")


RULES = (
    nothing_due_is_unsettled,
    nothing_overdue_stands,
    settled_deadlines_have_an_outcome,
    deadlines_are_settled_in_time,
    deadlines_are_settled_once,
    settled_deadlines_are_in_the_ledger,
    runs_belong_to_their_deadline,
    runs_end_after_they_start,
)
