"""What a rule over the whole store is: a name, a sentence, and the question that finds what breaks it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import TextClause, bindparam, text
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

Id = int | str


@dataclass(frozen=True, slots=True)
class Expected:
    """What one edition asks of its records: the required slots, and whether an endorsement must stand behind."""

    required_slots: tuple[str, ...] = ()
    endorsement_required: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules are asked against; without ``now`` or ``vault_paths`` the rules that need them pass."""

    editions: Mapping[str, Expected] = field(default_factory=dict)
    vault_paths: Callable[[str], bool] | None = None
    now: datetime | None = None
    grace: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: ``find`` yields the ids of what breaks it, of the table that the sentence speaks of."""

    name: str
    sentence: str
    find: Callable[[Session, Asked], Iterable[Id]]


def rule(sentence: str) -> Callable[[Callable[[Session, Asked], Iterable[Id]]], Rule]:
    """Make a rule of a function: its name is the rule's name."""
    return lambda find: Rule(find.__name__, sentence, find)


def ids(session: Session, sql: str, **values: object) -> list[Id]:
    """The first column of a query in SQL that both databases understand; lists and instants may be bound."""
    return list(session.execute(bound(sql, values), values).scalars())


def bound(sql: str, values: Mapping[str, object]) -> TextClause:
    """The statement with the kind of each value told: instants are stored in UTC, a list stands in ``IN :name``."""
    kinds = []
    for name, value in values.items():
        if isinstance(value, datetime):
            kinds.append(bindparam(name, type_=UTCDateTime()))
        elif isinstance(value, list | tuple | set | frozenset):
            kinds.append(bindparam(name, expanding=True))
    return text(sql).bindparams(*kinds)
