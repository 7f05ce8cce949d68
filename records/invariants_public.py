"""Rules of what outsiders see: decisions, notices, objections, announcements."""
# ruff: noqa: ARG001, D103  every rule takes (session, asked), and its sentence says what it finds

from collections.abc import Iterable, Iterator

from sqlmodel import Session, col, select

from records import notice_windows
from records.invariant_rule import Asked, Id, ids, rule
from records.tables.application import Application
from records.tables.decision import Notice
from records.tables.event import Event
from states.guards import SIGNED_OFF
from states.lifecycle import LIFECYCLE

_SIGNED_OFF = sorted({row.trigger.value for row in LIFECYCLE if SIGNED_OFF in row.guards})


@rule("已执行的决定没有两个人签署（决定编号）。")
def executed_decisions_have_two_persons(session: Session, asked: Asked) -> Iterable[Id]:
    """拟稿, 核稿, 签发 by at least two; what the clock drafted needs another to sign than to check."""
    return ids(
        session,
        """
        SELECT id FROM decision WHERE executed_at IS NOT NULL AND (signed_at IS NULL OR (NOT sole_signer AND (
          signed_by IS NULL OR checked_by IS NULL OR checked_by = drafted_by
          OR (drafted_by IS NULL AND checked_by = signed_by))))
        """,
    )


@rule("决定的拟稿、核稿、签发、执行次序不对（决定编号）。")
def decisions_go_forward(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT id FROM decision WHERE checked_at < drafted_at OR signed_at < drafted_at OR signed_at < checked_at
          OR executed_at < signed_at OR undone_at < executed_at
        """,
    )


@rule("需要签发的操作没有已执行的决定（批次编号）。")
def public_steps_have_a_decision(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT b.id FROM batch b LEFT JOIN decision d ON d.id = b.decision_id AND d.edition = b.edition
        WHERE b.trigger IN :triggers AND d.executed_at IS NULL
        """,
        triggers=_SIGNED_OFF,
    )


@rule("已执行的决定没有任何批次（决定编号）。")
def executed_decisions_moved_somebody(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT d.id FROM decision d LEFT JOIN batch b ON b.decision_id = d.id
        WHERE d.executed_at IS NOT NULL AND b.id IS NULL
        """,
    )


@rule("公示的截止不在发布之后（公示编号）。")
def notices_close_after_they_are_posted(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, "SELECT id FROM notice WHERE closes_at <= posted_at")


@rule("公示的版本号不连续（届次）。")
def notice_versions_are_unbroken(session: Session, asked: Asked) -> Iterable[Id]:
    sql = "SELECT edition FROM notice GROUP BY edition HAVING min(version) <> 1 OR max(version) <> count(*)"
    return ids(session, sql)


@rule("公示中或已公布的项目不在任何公示里（项目编号）。")
def public_items_stand_in_a_notice(session: Session, asked: Asked) -> Iterator[Id]:
    """Entries imported from former years had their notice elsewhere."""
    noticed = {(notice.edition, id_) for notice in session.exec(select(Notice)) for id_ in notice.items}
    imported = select(Event.application_id).where(Event.kind == "imported", col(Event.application_id).is_not(None))
    rows = session.execute(
        select(col(Application.edition), col(Application.id)).where(
            col(Application.state).in_(("publicized", "announced")), col(Application.id).not_in(imported)
        )
    )
    return (id_ for edition, id_ in rows if (edition, id_) not in noticed)


@rule("项目在公示期满之前公布（项目编号）。")
def announced_after_the_window(session: Session, asked: Asked) -> Iterator[Id]:
    """Judged by the notice whose window was the item's at that instant (R35, R112, A18)."""
    notices = session.exec(select(Notice).order_by(col(Notice.version))).all()
    announced = select(col(Event.edition), col(Event.application_id), col(Event.at)).where(Event.kind == "announce")
    for edition, id_, at in session.execute(announced):
        of_it = [it for it in notices if it.edition == edition and id_ in it.items and it.posted_at <= at]
        posted = notice_windows.opened_by(of_it, id_)
        if posted is not None and at < posted.closes_at:
            yield id_


@rule("项目在异议未办结时公布（项目编号）。")
def announced_without_open_objection(session: Session, asked: Asked) -> Iterable[Id]:
    """Open at that instant: received before, and not decided until after (R113)."""
    return ids(
        session,
        """
        SELECT DISTINCT e.application_id FROM event e JOIN objection o ON o.application_id = e.application_id
        WHERE e.kind = 'announce' AND o.received_at <= e.at AND (o.decided_at IS NULL OR o.decided_at > e.at)
        """,
    )


@rule("异议的结论与办结时刻、经办人不成对（异议编号）。")
def objections_are_decided_by_somebody(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT id FROM objection WHERE (status = 'open') <> (decided_at IS NULL)
          OR (status = 'open') <> (decided_by IS NULL) OR decided_at < received_at
        """,
    )


@rule("异议所说的项目属于另一届（异议编号）。")
def objections_keep_to_their_edition(session: Session, asked: Asked) -> Iterable[Id]:
    sql = "SELECT o.id FROM objection o JOIN application a ON a.id = o.application_id WHERE a.edition <> o.edition"
    return ids(session, sql)


RULES = (
    executed_decisions_have_two_persons,
    decisions_go_forward,
    public_steps_have_a_decision,
    executed_decisions_moved_somebody,
    notices_close_after_they_are_posted,
    notice_versions_are_unbroken,
    public_items_stand_in_a_notice,
    announced_after_the_window,
    announced_without_open_objection,
    objections_are_decided_by_somebody,
    objections_keep_to_their_edition,
)
