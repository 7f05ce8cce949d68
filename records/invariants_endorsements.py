"""Rules of endorsements, and of the people who act."""
# ruff: noqa: ARG001, D103  every rule takes (session, asked), and its sentence says what it finds

from collections.abc import Iterable, Iterator

from sqlmodel import Session

from records.invariant_rule import Asked, Id, ids, rule
from states.facts import State

_ENDORSED = [
    state.value
    for state in (
        State.ENDORSED, State.FORMALLY_CHECKED, State.FIRST_ROUND, State.FINALIST, State.TOP_TEN, State.PUBLICIZED,
        State.ANNOUNCED, State.NOT_SHORTLISTED, State.NOT_SELECTED,
    )
]  # fmt: skip


@rule("项目已推荐，却没有推荐方的推荐记录（项目编号）。")
def endorsed_has_its_answer(session: Session, asked: Asked) -> Iterator[Id]:
    """By link or by the office on the strength of the paper seal (R13–R15, A6); not asked of imported entries."""
    for edition, expected in asked.editions.items():
        if expected.endorsement_required:
            yield from ids(
                session,
                """
                SELECT a.id FROM application a WHERE a.edition = :edition AND a.state IN :states
                  AND NOT EXISTS (SELECT 1 FROM endorsementrequest r
                                  WHERE r.application_id = a.id AND r.answer = 'endorsed')
                  AND NOT EXISTS (SELECT 1 FROM event e WHERE e.application_id = a.id AND e.kind = 'imported')
                """,
                edition=edition,
                states=_ENDORSED,
            )


@rule("推荐确认的答复与其时刻不成对（推荐确认编号）。")
def answers_have_their_instant(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT id FROM endorsementrequest
        WHERE (answer = '') <> (answered_at IS NULL) OR answered_at < asked_at
          OR answer NOT IN ('', 'endorsed', 'declined')
        """,
    )


@rule("退回修改的项目没有修改期限（项目编号）。")
def returned_has_a_due_instant(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, "SELECT id FROM application WHERE state = 'returned' AND lapses_at IS NULL")


@rule("没有任何在职的办公室负责人（工作人员编号）。")
def a_lead_is_active(session: Session, asked: Asked) -> Iterable[Id]:
    """Without one nobody can undo, sign or add people. Names all officers; an office without officers is just new."""
    return ids(
        session,
        """
        SELECT id FROM officer
        WHERE NOT EXISTS (SELECT 1 FROM officer WHERE role = 'lead' AND disabled_at IS NULL)
        """,
    )


@rule("同一人有不止一个主邮箱（人员编号）。")
def one_address_is_the_main_one(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(session, "SELECT person_id FROM address WHERE main GROUP BY person_id HAVING count(*) > 1")


@rule("已删除的人员仍留有邮箱、电话或附注（人员编号）。")
def erased_people_left_nothing(session: Session, asked: Asked) -> Iterable[Id]:
    return ids(
        session,
        """
        SELECT p.id FROM person p WHERE p.erased_at IS NOT NULL AND (p.phone <> ''
          OR EXISTS (SELECT 1 FROM address a WHERE a.person_id = p.id)
          OR EXISTS (SELECT 1 FROM note n WHERE n.person_id = p.id AND n.erased_at IS NULL)
          OR EXISTS (SELECT 1 FROM letter l WHERE l.person_id = p.id AND l.email <> ''))
        """,
    )


RULES = (
    endorsed_has_its_answer,
    answers_have_their_instant,
    returned_has_a_due_instant,
    a_lead_is_active,
    one_address_is_the_main_one,
    erased_people_left_nothing,
)
