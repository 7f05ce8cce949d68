"""Shows the settings of the edition, changes them with a preview, lets the lead confirm what we assumed (本届设置)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from config.edition_edit import BadValue, edited, shown, typed
from config.editions_file import (
    ALWAYS_OPEN,
    Clause,
    Difference,
    LoadedEdition,
    assumptions,
    differences,
    facts_listed,
    frozen_differences,
    parse_edition,
    stage_of,
)
from config.refusal import Refusal
from office import adoption, authority, opening
from office.desk import Desk
from records.tables.edition import AdoptedEdition
from records.tables.person import Officer, Person
from states import agenda


@dataclass(frozen=True, slots=True)
class Setting:
    """One fact of the edition: its value as typed, its clause, its stage, and whether that stage has frozen it."""

    key: str
    value: Any
    typed: str
    clause: Clause
    stage: str
    frozen: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """A deadline that a change moves: before or after is ``None`` where it is new or gone."""

    label: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a change would do: the new text, the facts that differ, those that are frozen, the deadlines that move."""

    loaded: LoadedEdition
    differences: tuple[Difference, ...]
    frozen: tuple[Difference, ...]
    shifts: tuple[Shift, ...]


def settings(desk: Desk, *, now: datetime) -> tuple[Setting, ...]:
    """Every fact in the order of the file."""
    frozen = adoption.frozen_stages(desk, now=now)
    return facts_of(desk.loaded, frozen)


def facts_of(loaded: LoadedEdition, frozen: frozenset[str] = frozenset()) -> tuple[Setting, ...]:
    """Every fact of a version in the order of its file; those of the stages named are frozen."""
    return tuple(
        Setting(fact.key, fact.value, shown(fact.value), fact.clause, stage_of(fact.key), stage_of(fact.key) in frozen)
        for fact in facts_listed(loaded)
    )


def propose(desk: Desk, words: Mapping[str, str], *, now: datetime) -> Proposal:
    """What these typed values would change; nothing is written.

    Raises `BadValue` naming the fact that is no value of its kind, `BadConfiguration` for a contradiction.
    """
    facts = {fact.key: fact.value for fact in facts_listed(desk.loaded)}
    if unknown := [key for key in words if key not in facts]:
        raise BadValue(unknown[0], f"本届没有“{unknown[0]}”这一项。", "请刷新页面后重试。")
    changed = {key: typed(key, facts[key], said) for key, said in words.items()}
    return _proposal(desk, edited(desk.loaded.text, {k: v for k, v in changed.items() if v != facts[k]}), now)


def change(
    desk: Desk, words: Mapping[str, str], *, reason: str, expected: str, officer_id: int, now: datetime
) -> AdoptedEdition:
    """Put typed values into force as a new version with a reason; only the lead may.

    ``expected`` is the digest of the text that the lead looked at: `Refusal` when another change came first. Facts of
    a stage that has begun, and contradictions, are refused.
    """
    _refuse_others(desk, officer_id)
    _refuse_overtaken(desk, expected)
    proposal = propose(desk, words, now=now)
    return adoption.adopt(desk, proposal.loaded, reason=reason, officer_id=officer_id, now=now)


def unconfirmed(desk: Desk, *, stage: str = "") -> tuple[Setting, ...]:
    """What the plan does not say and the lead has not confirmed, of one stage (with what is always open) or of all."""
    return tuple(
        Setting(fact.key, fact.value, shown(fact.value), fact.clause, stage_of(fact.key), frozen=False)
        for fact in assumptions(desk.loaded)
        if not stage or stage_of(fact.key) in (stage, ALWAYS_OPEN)
    )


def confirm(desk: Desk, keys: Collection[str], *, expected: str, officer_id: int, now: datetime) -> AdoptedEdition:
    """The lead confirms assumptions as they stand: signed in the text with name and day, kept as a new version.

    A confirmation changes no value, so it is allowed in any stage.
    """
    name = _refuse_others(desk, officer_id)
    _refuse_overtaken(desk, expected)
    waiting = {fact.key for fact in assumptions(desk.loaded)}
    if not keys or not waiting.issuperset(keys):
        raise Refusal("没有选中待确认的项，或有的已经确认。", next_step="请刷新页面后重选。")
    signed = dict.fromkeys(sorted(keys), f"{name} {now.astimezone(desk.zone):%Y-%m-%d}")
    text = edited(desk.loaded.text, {}, confirmed=signed)
    loaded = parse_edition(text, name=str(desk.loaded.path), workdays=desk.workdays)
    with desk.database.write() as session:
        reason = f"确认 {len(keys)} 项拟定内容"
        return opening.adopt_text(session, loaded, desk.workdays, reason=reason, officer_id=officer_id, now=now)


def versions(session: Session, desk: Desk) -> list[tuple[AdoptedEdition, str]]:
    """Every version that was in force with who put it there, the newest first."""
    query = (
        select(AdoptedEdition, Person.name)
        .join(Person, col(Person.id) == _person_of(), isouter=True)
        .where(AdoptedEdition.edition == desk.key)
        .order_by(col(AdoptedEdition.version).desc())
    )
    return [(version, name or "") for version, name in session.execute(query)]


def in_force(session: Session, desk: Desk) -> bool:
    """Whether the desk's own text is still the newest version: a process that answers people asks before it does."""
    newest = select(func.max(AdoptedEdition.version)).where(AdoptedEdition.edition == desk.key).scalar_subquery()
    query = select(AdoptedEdition.sha256).where(AdoptedEdition.edition == desk.key, AdoptedEdition.version == newest)
    return session.exec(query).first() == desk.loaded.sha256


def _person_of():  # noqa: ANN202 - SQLModel's own type of a subquery

    return select(Officer.person_id).where(Officer.id == AdoptedEdition.officer_id).scalar_subquery()


def _proposal(desk: Desk, text: str, now: datetime) -> Proposal:
    loaded = parse_edition(text, name=str(desk.loaded.path), workdays=desk.workdays)
    found = differences(desk.loaded, loaded)
    frozen = frozen_differences(found, adoption.frozen_stages(desk, now=now))
    return Proposal(loaded, found, frozen, _shifts(desk, loaded))


def _shifts(desk: Desk, loaded: LoadedEdition) -> tuple[Shift, ...]:
    before = {each.kind: each for each in agenda.planned(desk.edition, workdays=desk.workdays)}
    after = {each.kind: each for each in agenda.planned(loaded.edition, workdays=desk.workdays)}
    kinds = dict.fromkeys([*before, *after])
    moved = {kind: (before.get(kind), after.get(kind)) for kind in kinds if before.get(kind) != after.get(kind)}
    return tuple(
        Shift(agenda.label_of(kind, desk.words), was.due_at if was else None, will.due_at if will else None)
        for kind, (was, will) in moved.items()
    )


def _refuse_others(desk: Desk, officer_id: int) -> str:
    """The lead's name; `NotYours` for everybody else."""
    with desk.database.read() as session:
        return session.get_one(Person, authority.leading(session, officer_id).person_id).name


def _refuse_overtaken(desk: Desk, expected: str) -> None:
    with desk.database.read() as session:
        current = in_force(session, desk)
    if expected != desk.loaded.sha256 or not current:
        raise Refusal("本届设置刚刚被改过，您看到的不是最新的。", next_step="请刷新页面，核对后再改。")
