"""Lays the form of an application out as it was typed: values, faults, and both versions where two people typed."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from config.edition import Edition
from config.refusal import Refusal
from office import drafts
from office.desk import Desk
from office.drafts import Clash, Clashing
from office.typed_words import LABELS
from records.tables.application import Application
from web.visit import Visit

FIELD, WAS = "case_", "was_"
EXPERT = ("name", "unit", "position", "phone", "email")


@dataclass(frozen=True, slots=True)
class Shown:
    """The form as its page shows it: values and faults, what each field was opened with, and what clashed."""

    values: dict[str, str]
    faults: dict[str, str]
    was: dict[str, str]
    open_fields: frozenset[str]
    saved: str
    clashes: tuple[Clash, ...] = ()
    aside: dict[str, str] = field(default_factory=dict)
    ticked: frozenset[str] = frozenset()


def shown(session: Session, visit: Visit, item: Application, *, refusal: Refusal | None = None) -> Shown:
    """The form with what was kept; after a clash with what was typed, to be saved over what now stands there."""
    form = drafts.form_of(session, visit.desk, item)
    aside = drafts.aside(session, item)
    clashes = refusal.clashes if isinstance(refusal, Clashing) else ()
    typed = {name: visit.typed[FIELD + name] for name in LABELS if FIELD + name in visit.typed and clashes}
    saved = clock(visit.desk, form.saved_at) if form.saved_at else ""
    return Shown(
        form.values | typed, form.faults, form.values, form.open_fields, saved, clashes, aside,
        frozenset(aside.get("ticked", "").split(",")),
    )  # fmt: skip


def clock(desk: Desk, at: datetime) -> str:
    """The time of day in the edition's zone."""
    return at.astimezone(desk.zone).strftime("%H:%M")


def names_of(edition: Edition) -> dict[str, str]:
    """What the keys of categories and unit types are called."""
    return {each.key: each.name for each in edition.categories} | {each.key: each.name for each in edition.unit_types}
