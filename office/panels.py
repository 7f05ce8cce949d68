"""Seats experts in a round and tells who sits where: kind of member, fields, units, most items (R24, R25)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import authority, person_desk, rounds, tally
from office.desk import Desk
from records.tables.person import Expert
from records.tables.scoring import Panel, PanelMember
from states.refusals import StateMoved

MEMBER_TYPES: Mapping[str, str] = {
    "academician": "领域院士",
    "comprehensive": "领域综合性专家",
    "committee": "专家委员会专家",
}
MOST_ITEMS = 9_999


@dataclass(frozen=True, slots=True)
class Seat:
    """One expert of the edition beside a round: whether they sit, as what, how many items they take at most."""

    expert_id: int
    person: person_desk.Line
    fields: tuple[str, ...]
    sits: bool
    member_type: str
    most: int | None
    left_at: datetime | None
    other_rounds: tuple[str, ...]  # names of the other rounds in which they sit

    @property
    def kind(self) -> str:
        """The kind of member in Chinese."""
        return MEMBER_TYPES.get(self.member_type, self.member_type)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One seat as it shall be."""

    expert_id: int
    member_type: str
    most: int | None = None


def seats(session: Session, desk: Desk, round_key: str) -> list[Seat]:
    """Every expert of the edition beside this round, who sits first."""
    panel = tally.panel_of(session, desk, round_key)
    experts = {expert.person_id: expert for expert in session.exec(select(Expert).where(Expert.edition == desk.key))}
    held = {seat.expert_id: seat for seat in session.exec(select(PanelMember).where(PanelMember.panel_id == panel.id))}
    elsewhere = _elsewhere(session, desk, panel)
    found = []
    for line in person_desk.lines(session, desk, "experts"):
        expert = experts[line.person.id or 0]
        id_ = expert.id or 0
        seat = held.get(id_)
        sits = seat is not None and seat.left_at is None
        found.append(
            Seat(
                id_, line, fields_of(expert), sits, seat.member_type if seat else "committee",
                seat.most if seat else None, seat.left_at if seat else None, elsewhere.get(id_, ()),
            )
        )  # fmt: skip
    return sorted(found, key=lambda seat: (not seat.sits, seat.expert_id))


def fields_of(expert: Expert) -> tuple[str, ...]:
    """An expert's fields of competence."""
    return _parts(expert.fields)


def field_names(desk: Desk, words: str) -> str:
    """An expert's fields as people read them: a category that was noted by its key is told by its name."""
    names = {each.key: each.name for each in desk.edition.categories}
    return "、".join(names.get(word, word) for word in _parts(words))


def field_keys(desk: Desk, fields: Sequence[str]) -> frozenset[str]:
    """The categories of the edition that these words name, by key or by name; other words match nothing."""
    known: dict[str, str] = {word: each.key for each in desk.edition.categories for word in (each.key, each.name)}
    return frozenset(known[word] for word in fields if word in known)


def seat(
    session: Session,
    desk: Desk,
    round_key: str,
    wanted: Sequence[Wanted],
    *,
    seen: str | None = None,
    officer_id: int,
    now: datetime,
) -> Panel:
    """Seat exactly these experts before the round opens; refused as `rounds.form_panel` refuses.

    ``seen`` is the mark of the panel that the form showed: `StateMoved` when it was changed since.
    """
    authority.acting(session, officer_id)
    if seen is not None and seen != mark(seats(session, desk, round_key)):
        raise StateMoved("专家组刚刚被改过。", next_step="请核对下面现在的专家组，再保存。")
    strange = [one for one in wanted if one.member_type not in MEMBER_TYPES]
    if strange:
        raise Refusal("有的专家没有写明类别。", next_step=f"类别可以是：{'、'.join(MEMBER_TYPES.values())}。")
    panel = rounds.form_panel(
        session, desk, round_key, [(one.expert_id, one.member_type) for one in wanted], officer_id=officer_id, now=now
    )
    limits = {one.expert_id: one.most for one in wanted}
    for member in session.exec(select(PanelMember).where(PanelMember.panel_id == panel.id)):
        member.most = limits.get(member.expert_id)
        session.add(member)
    session.flush()
    return panel


def limit_of(words: str) -> int | None:
    """A typed limit of items; nothing typed is none. `Refusal` for what is no whole number from 1."""
    told = words.strip()
    if not told:
        return None
    if not (told.isascii() and told.isdecimal() and 0 < int(told[:9]) <= MOST_ITEMS):
        raise Refusal(f"“{told}”不是评审上限。", next_step="请填 1 以上的整数；不限的留空。")
    return int(told)


def mark(rows: Sequence[Seat]) -> str:
    """What a form of this panel showed, so that an older one is told from a newer."""
    return ";".join(f"{row.expert_id}:{row.member_type}:{row.most or ''}" for row in rows if row.sits)


def _elsewhere(session: Session, desk: Desk, panel: Panel) -> dict[int, tuple[str, ...]]:
    query = select(PanelMember.expert_id, Panel.round).join(Panel, col(Panel.id) == col(PanelMember.panel_id))
    others = (Panel.edition == desk.key, Panel.id != panel.id, col(PanelMember.left_at).is_(None))
    names: dict[str, str] = {round_.key: round_.name for round_ in desk.edition.rounds}
    found: dict[int, tuple[str, ...]] = {}
    for expert, key in session.exec(query.where(*others)):
        found[expert] = (*found.get(expert, ()), names.get(key, key))
    return found


def _parts(words: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in words.replace("、", ",").replace("，", ",").split(",") if part.strip())
