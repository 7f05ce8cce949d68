"""Drafts the next edition from the desk's own, and takes an edition into the store beside the others (row 142; A34)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from config.edition_edit import edited, typed
from config.editions_file import LoadedEdition, facts_listed, parse_edition
from config.next_edition import NextEdition, next_edition
from config.refusal import Refusal
from office import adopted, authority, editions, opening
from office.desk import Desk
from records.tables.person import Person


@dataclass(frozen=True, slots=True)
class Draft:
    """The next edition as it would begin: what was changed to make it, and its text as an edition."""

    made: NextEdition
    loaded: LoadedEdition


class DatesOpen(Refusal):
    """Dates of a new edition that nobody has confirmed: ``keys``."""

    def __init__(self, keys: Collection[str]) -> None:
        super().__init__(
            f"还有 {len(keys)} 个日期没有确认，新一届没有采用。", next_step="请逐个核对，改好后在前面打勾。"
        )
        self.keys = frozenset(keys)


def draft(desk: Desk, year: int) -> Draft:
    """The edition of ``year`` made from the desk's own; the same each time, and nothing is written.

    Raises `Refusal` for a year that does not come later or that the store has, `BadConfiguration` for a contradiction.
    """
    made = next_edition(desk.loaded, year, desk.workdays)
    loaded = parse_edition(made.text, name=f"{year} 年草案", workdays=desk.workdays)
    with desk.database.read() as session:
        _refuse_held(session, loaded)
    return Draft(made, loaded)


def adopt_draft(
    desk: Desk, year: int, words: Mapping[str, str], confirmed: Collection[str], *, expected: str, reason: str,
    officer_id: int, now: datetime,
) -> Desk:  # fmt: skip
    """Take the draft into the store, by the lead who has confirmed every date, some of them set to ``words``.

    ``expected`` is the digest of the draft that was looked at. Raises `DatesOpen`, `BadValue` for words that are no
    date, `BadConfiguration` for a contradiction, `Refusal` where the draft is another by now. Returns its desk.
    """
    drafted = draft(desk, year)
    with desk.database.read() as session:
        name = session.get_one(Person, authority.leading(session, officer_id).person_id).name
    if drafted.loaded.sha256 != expected:
        raise Refusal("本届设置或节假日刚刚被改过，草案已经不同。", next_step="请核对下面新的草案，再采用。")
    if missing := {each.key for each in drafted.made.moved} - set(confirmed):
        raise DatesOpen(missing)
    changes = _changes(drafted, words)
    signed = dict.fromkeys(sorted(confirmed), f"{name} {now.astimezone(desk.zone):%Y-%m-%d}")
    text = edited(drafted.loaded.text, changes, confirmed=signed)
    loaded = parse_edition(text, name=f"{year} 年草案", workdays=desk.workdays)
    return begin(desk, loaded, reason=reason, officer_id=officer_id, now=now)


def begin(desk: Desk, loaded: LoadedEdition, *, reason: str, officer_id: int | None, now: datetime) -> Desk:
    """Take an edition into the desk's store beside those that it holds, by the lead (none: the operator).

    From then on its deadlines run, its pages are open, and a switch leads from one edition to the other. Raises
    `Refusal` for an edition or a number prefix that the store has, and without a reason.
    """
    if not reason.strip():
        raise Refusal("没有写明采用理由。", next_step="请写明依据，例如通知的文号。")
    with desk.database.write() as session:
        if officer_id is not None:
            authority.leading(session, officer_id)
        _refuse_held(session, loaded)
        _refuse_same_numbers(session, desk, loaded)
        opening.adopt_first(
            session, loaded, desk.workdays, reason=reason.strip(), officer_id=officer_id, now=now
        )  # fmt: skip
    return editions.of(desk).find(loaded.edition.award.key) or desk


def _changes(drafted: Draft, words: Mapping[str, str]) -> dict[str, Any]:
    """The dates that were set to others than the draft has."""
    facts = {fact.key: fact.value for fact in facts_listed(drafted.loaded)}
    said = {each.key: words[each.key] for each in drafted.made.moved if each.key in words}
    values = {key: typed(key, facts[key], word) for key, word in said.items()}
    return {key: value for key, value in values.items() if value != facts[key]}


def _refuse_held(session: Session, loaded: LoadedEdition) -> None:
    award = loaded.edition.award
    if adopted.newest(session, award.key) is not None:
        raise Refusal(
            f"“{award.entry_name}”（{award.key}）已经采用。",
            next_step="改动它的内容，请切换到那一届，在“本届设置”中办理。",
        )


def _refuse_same_numbers(session: Session, desk: Desk, loaded: LoadedEdition) -> None:
    """Two applications of the same number could not be told apart on paper."""
    prefix = loaded.edition.award.number_prefix
    for key in adopted.digests(session):
        other = adopted.loaded(session, key, desk.workdays).edition.award
        if other.number_prefix == prefix:
            raise Refusal(
                f"申报编号前缀“{prefix}”与“{other.entry_name}”相同，编号会分不清。",
                next_step="请在新方案中改 award.number_prefix。",
            )
