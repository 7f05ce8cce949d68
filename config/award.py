"""The shape of what an award is: its names, its fields, who may apply and endorse, whom to call."""

from config.fact import Fact


class Correction(Fact):
    """Where our texts differ from the plan's own words, and why (A27, A33, A35)."""

    place: str
    original: str
    ours: str
    why: str


class Award(Fact):
    """What is awarded, by whom, under which names (R1–R4, R12, R18, R41, R119)."""

    key: str
    year: int
    entry_name: str  # 候选: 2024中国智能制造科技进展 (R1)
    title: str  # 获奖: 2024年中国智能制造十大科技进展 (R2)
    organizer: str
    office: str
    office_short: str = ""  # what letters call it; its full name where this is empty
    definition: str
    systems: tuple[str, ...]
    principles: tuple[str, ...]
    portal: str
    past_results: str
    number_prefix: str  # application numbers: IM24-001
    zone: str
    selected: str = "入选"  # what the state of a winner is called: 入选十大 (R2)
    corrections: tuple[Correction, ...] = ()


class Contact(Fact):
    """Whom to call: one block a society and a central one (R28, A35)."""

    body: str
    person: str
    phone: str
    email: str


class Category(Fact):
    """One field of the call (R5–R9)."""

    key: str
    name: str
    description: str
    fields: tuple[str, ...] = ()


class UnitType(Fact):
    """A kind of applicant unit (R17)."""

    key: str
    name: str


class Society(Fact):
    """A member society that may endorse (R13)."""

    name: str
    short: str
