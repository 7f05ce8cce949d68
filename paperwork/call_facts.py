"""The frozen facts of a call for entries: what is asked for, how it is chosen, by when, whom to call (R120)."""

from dataclasses import dataclass

from paperwork.red_head import RedHead


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom to call; an empty line is one to be written by hand."""

    body: str
    person: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Scope:
    """One field of the call with its description, a line a paragraph."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standard:
    """One criterion: its points and its aspects with theirs."""

    name: str
    points: int
    aspects: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One file that is handed in: its label, its format, whether it must be, and what is asked of it."""

    label: str
    kind: str
    required: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One round: who scores, how many go on, and by when; lengths in words, empty where none is spoken."""

    name: str
    on_site: bool
    panel: str
    places: int
    due: str
    talk: str
    questions: str
    above: str
    below: str
    reasons: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of the selection as its attachment says it; ``standards_note`` is empty once they are confirmed."""

    entry_name: str
    title: str
    organizer: str
    office: str
    office_short: str
    definition: tuple[str, ...]
    scopes: tuple[Scope, ...]
    standards: tuple[Standard, ...]
    standards_note: str
    principles: str
    societies: tuple[str, ...]
    unit_types: str
    by_society: bool
    by_expert: bool
    opens: str
    closes: str
    files: tuple[Asked, ...]
    rounds: tuple[Judged, ...]
    notice_days: int
    notice_scope: str
    occasion: str
    forum: str
    portal: str
    past_results: str


@dataclass(frozen=True, slots=True)
class Call:
    """One society's call: its red head, to whom it goes, the plan, whom to call, which blanks come with it."""

    head: RedHead
    society: str
    plan: Plan
    reach: tuple[Reach, ...]
    blanks: tuple[str, ...]
