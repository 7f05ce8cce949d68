"""Tells the settings of the edition by stage, version by version, in words that people read."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from config.editions_file import Difference, LoadedEdition, differences, facts_listed, parse_edition, stage_of
from config.fact_choices import choices
from config.fact_names import STAGES, name_of
from config.refusal import Refusal
from office import adopted, edition_desk
from office.desk import Desk
from office.edition_desk import Proposal, Setting
from paperwork.rules_confirmation import Rule, RulesConfirmation
from records.tables.application import Application
from records.tables.edition import AdoptedEdition
from records.tables.person import Expert

_LONG = 200  # letters of a value that a paper still prints
_WIDE = 3  # parts of a row that still goes into one line with others


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the settings: how many facts, how many of them wait for the lead, whether it has begun."""

    key: str
    name: str
    facts: int
    open: int
    frozen: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """What a form of settings asks for, against the version that its writer looked at.

    ``words`` are the facts that the writer changed, ``theirs`` is what they saw, ``overtaken`` those of them that
    somebody else has changed since.
    """

    words: dict[str, str]
    theirs: dict[str, str]
    overtaken: tuple[str, ...]
    stale: bool


@dataclass(frozen=True, slots=True)
class EditionTold:
    """One edition of the store: its names, its window, the version in force, what it holds."""

    key: str
    name: str
    year: int
    prefix: str
    opens: datetime
    closes: datetime
    version: int
    at: datetime
    applications: int
    experts: int


def told(session: Session, desk: Desk) -> EditionTold:
    """The desk's edition beside the others of the store."""
    award, submission = desk.edition.award, desk.edition.submission
    held = adopted.newest(session, desk.key)
    applications, experts = (
        session.exec(select(func.count()).select_from(table).where(col(table.edition) == desk.key)).one()
        for table in (Application, Expert)
    )
    return EditionTold(
        desk.key, award.entry_name, award.year, award.number_prefix, submission.opens, submission.closes,
        held.version if held else 0, held.at if held else submission.opens, applications, experts,
    )  # fmt: skip


def stages(settings: tuple[Setting, ...]) -> list[Stage]:
    """The stages in the order of the season."""
    by_stage = {key: [fact for fact in settings if fact.stage == key] for key in STAGES}
    return [
        Stage(key, STAGES[key], len(facts), sum(fact.clause.open for fact in facts), facts[0].frozen)
        for key, facts in by_stage.items()
        if facts
    ]


def value_told(desk: Desk, value: Any, key: str = "") -> str:  # noqa: ANN401 - a leaf holds any TOML value
    """A value as people read it: an instant in the edition's zone, a word of a closed list by what it means."""
    meanings = choices(desk.edition, key)
    match value:
        case None:
            return "（没有这一项）"
        case datetime():
            shown, closing = desk.shown(value), desk.until(value)
            return shown if shown == closing else f"{shown}（即 {closing}）"
        case bool():
            return "是" if value else "否"
        case dict():
            return " ".join(str(each) for name, each in value.items() if name != "key")
        case list():
            parts = [value_told(desk, each, key) for each in value]
            return ("\n" if any(isinstance(each, dict) and len(each) > _WIDE for each in value) else "、").join(parts)
        case _:
            return meanings.get(str(value), str(value))


def looked(session: Session, desk: Desk, words: dict[str, str], *, seen: str) -> Looked:
    """What of ``words`` differs from the version with the digest ``seen``, which the writer had before them.

    Raises `Refusal` for a version that never was in force.
    """
    facts = {fact.key: fact for fact in edition_desk.facts_of(desk.loaded)}
    old = desk.loaded if seen == desk.loaded.sha256 else _parsed(desk, _by_digest(session, desk, seen))
    before = {fact.key: fact for fact in edition_desk.facts_of(old)}
    changed = {
        key: said for key, said in words.items() if key in before and _plain(said) != _plain(before[key].typed)
    }  # fmt: skip
    theirs = {key: before[key].typed for key in changed}
    overtaken = tuple(key for key in changed if key not in facts or facts[key].typed != before[key].typed)
    return Looked(changed, theirs, overtaken, seen != desk.loaded.sha256)


def changes_of(session: Session, desk: Desk, version: int) -> tuple[Difference, ...]:
    """What a version changed against the one before it; nothing for the first."""
    query = select(AdoptedEdition).where(
        AdoptedEdition.edition == desk.key, col(AdoptedEdition.version).in_((version - 1, version))
    )
    found = list(session.exec(query.order_by(col(AdoptedEdition.version))))
    if not found or found[-1].version != version:
        raise Refusal(f"没有第 {version} 版。", next_step="请从版本列表中选择。")
    return differences(*(_parsed(desk, each) for each in found)) if len(found) > 1 else ()


def trials_of(proposal: Proposal) -> list[str]:
    """The changes of a proposal as `office.dry_run` takes them."""
    return [f"{each.key}={_toml(each.after)}" for each in proposal.differences]


def confirmation_of(session: Session, desk: Desk) -> RulesConfirmation:
    """Everything that the plan leaves open, by stage, confirmed or not, as the sheet prints it."""
    adopted = _by_digest(session, desk, desk.loaded.sha256)
    assumed = [fact for fact in facts_listed(desk.loaded) if fact.clause.assumed]
    told: list[tuple[str, tuple[Rule, ...]]] = []
    for key, name in STAGES.items():
        rules = tuple(
            Rule(
                name_of(fact.key),
                _short(value_told(desk, fact.value, fact.key)),
                fact.clause.note,
                fact.clause.confirmed,
            )
            for fact in assumed
            if stage_of(fact.key) == key
        )
        told += [(name, rules)] if rules else []
    return RulesConfirmation(adopted.version, adopted.sha256, tuple(told))


def _short(words: str) -> str:
    return words if len(words) <= _LONG else f"{words[:_LONG]}…"


def _plain(words: str) -> str:
    return words.replace("\r\n", "\n").strip("\n ")


def _by_digest(session: Session, desk: Desk, sha256: str) -> AdoptedEdition:
    query = select(AdoptedEdition).where(AdoptedEdition.edition == desk.key, AdoptedEdition.sha256 == sha256)
    found = session.exec(query.order_by(col(AdoptedEdition.version).desc())).first()
    if found is None:
        raise Refusal("这张表单不是本届设置的。", next_step="请从“本届设置”重新打开。")
    return found


def _parsed(desk: Desk, adopted: AdoptedEdition) -> LoadedEdition:
    return parse_edition(adopted.text, name=f"第 {adopted.version} 版", workdays=desk.workdays)


def _toml(value: Any) -> str:  # noqa: ANN401 - a leaf holds any TOML value
    match value:
        case datetime():
            return value.isoformat()
        case dict():
            return "{" + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(_toml(each) for each in value) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
