"""Asks a whole store what must hold of it: the invariants, the files, the ledger."""

from dataclasses import dataclass
from datetime import datetime

from config.edition import Edition
from documents.vault import Vault
from office import editions
from office.desk import Desk
from records import invariants, ledger
from records.database import Database
from records.invariant_rule import Expected
from records.invariants import Broken
from records.ledger import Verification


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found: the rules that do not hold, and the walk over the ledger."""

    broken: tuple[Broken, ...]
    ledger: Verification

    @property
    def faults(self) -> list[str]:
        """All of it in sentences; empty for a healthy store."""
        return [f"{each.sentence}{list(each.ids)[:10]}" for each in self.broken] + list(self.ledger.faults)


def examine(
    desk: Desk, *, now: datetime | None, database: Database | None = None, vault: Vault | None = None
) -> Examined:
    """Examine the desk's own store, or a copy of it with its files.

    Without ``now`` it is not asked whether what was due is done: a copy stands still while time goes on.
    """
    expected = {each.key: _expected(each.edition) for each in editions.of(desk)}
    holds = (vault or desk.vault).holds
    with (database or desk.database).read() as session:
        broken = invariants.check(session, editions=expected, vault_paths=holds, now=now)
        return Examined(broken, ledger.verify(session))


def _expected(edition: Edition) -> Expected:
    required = tuple(slot.key for slot in edition.slots if slot.required)
    return Expected(required_slots=required, endorsement_required=edition.endorsement.required)
