"""Checks the whole store against its rules and names each that is broken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from records import (
    invariants_endorsements,
    invariants_files,
    invariants_history,
    invariants_letters,
    invariants_public,
    invariants_scoring,
    invariants_stage,
    invariants_times,
)
from records.invariant_rule import Asked, Expected, Id, Rule

RULES: tuple[Rule, ...] = (
    *invariants_history.RULES,
    *invariants_files.RULES,
    *invariants_endorsements.RULES,
    *invariants_letters.RULES,
    *invariants_scoring.RULES,
    *invariants_stage.RULES,
    *invariants_public.RULES,
    *invariants_times.RULES,
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold: its name, what is wrong, and the ids of the rows (digests, for files in the vault)."""

    rule: str
    sentence: str
    ids: tuple[Id, ...]


def check(
    session: Session,
    *,
    editions: Mapping[str, Expected] | None = None,
    vault_paths: Callable[[str], bool] | None = None,
    now: datetime | None = None,
    grace: timedelta = timedelta(minutes=10),
) -> tuple[Broken, ...]:
    """Every broken rule, in the order of `RULES`; empty when the store is consistent.

    ``editions`` says by edition key what its applications must have. ``vault_paths`` tells whether a digest's bytes are
    there. What was due before ``now`` less ``grace`` and still stands is broken. What is not given is not asked.
    """
    asked = Asked(editions or {}, vault_paths, now, grace)
    found = ((rule, tuple(rule.find(session, asked))) for rule in RULES)
    return tuple(Broken(rule.name, rule.sentence, ids) for rule, ids in found if ids)
