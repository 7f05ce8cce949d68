"""The papers of the result: announcement, letters, certificates, book, lists, cancellations, statistics (R134–R137)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import announcement as publicity
from office import cancellations, notice, paper_facts, season_statistics, winners_book
from office.announcement import Line
from office.desk import Desk
from office.notice_papers import listed
from office.paper_kinds import Key, Paper, Phase, Subject
from paperwork import announcement, certificate, compendium, contact_lists, statistics_sheet, winner_letter
from paperwork.announcement import Announcement
from paperwork.contact_lists import Contacts, Matched, Speaker
from paperwork.winner_letter import WinnersTold, WinnerTold
from records.tables.application import Application
from records.tables.decision import Decision
from states.facts import State
from states.lifecycle import Trigger
from states.refusals import NotAllowed


def announced(session: Session, desk: Desk, number: str) -> Announcement:
    """What a signed decision announces, ready to be printed before its day; held items are named and left out."""
    decision = next((each for each in _announcements(session, desk) if each.number == number), None)
    if decision is None:
        raise Refusal(f"没有文号为 {number} 的公布决定，或尚未签发。", next_step="请核对文号；公布的决定须先签发。")
    ids = [id_ for id_ in _listed_ids(session, desk) if id_ in decision.payload[Trigger.ANNOUNCE.value]]
    clear, held = _clear(session, desk, ids)
    if not clear:
        raise NotAllowed("没有可以公布的项目。", next_step="请先办结异议。")
    names, edition, posted = listed(session, ids), desk.edition, notice.newest(session, desk)
    issued = paper_facts.issued(desk, edition.announcement.at)
    return Announcement(
        award=edition.award.title, entry_name=edition.award.entry_name, organizer=edition.award.organizer,
        number=decision.number, societies=bool(edition.endorsement.societies),
        window=f" {desk.shown(posted.posted_at)} 至 {desk.until(posted.closes_at)} " if posted else "",
        occasion=edition.announcement.occasion, forum=edition.announcement.forum, contact=issued.contact,
        day=issued.day, items=tuple(names[id_] for id_ in clear), held=tuple(names[id_].number for id_ in held),
    )  # fmt: skip


def winners(session: Session, desk: Desk, number: str = "") -> WinnersTold:
    """The winners of every signed announcement, or the one with this number; `NotAllowed` before it is signed."""
    lines = winner_lines(session, desk)
    decided = _decided_by(session, desk)
    chosen = [each for each in lines if number in ("", each.item.item.number)]
    if not chosen:
        raise Refusal(f"{number} 不在已签发公布的名单里，或有未办结的异议。", next_step="请核对编号。")
    edition = desk.edition
    issued = paper_facts.issued(desk, edition.announcement.at)
    return WinnersTold(
        award=edition.award.title, entry_name=edition.award.entry_name, organizer=edition.award.organizer,
        occasion=edition.announcement.occasion, forum=edition.announcement.forum, contact=issued.contact,
        day=issued.day,
        winners=tuple(_winner(desk, each, decided[each.item.item.id or 0]) for each in chosen),
    )  # fmt: skip


def winner_lines(session: Session, desk: Desk) -> list[Line]:
    """Every winner of a signed announcement that nothing holds, in the order of the notice."""
    decided = _decided_by(session, desk)
    clear, _ = _clear(session, desk, list(decided))
    return [each for each in publicity.lines(session, desk) if each.item.item.id in clear]


def contacts(session: Session, desk: Desk) -> Contacts:
    """Who speaks at the forum and who is ready to be matched, among all that is under notice or announced."""
    lines = publicity.lines(session, desk)
    if not lines:
        raise NotAllowed("还没有公示的项目。", next_step="公示发布之后，在结果发布页登记论坛发言和对接。")
    flagged = [(each.item.item, each.publicity) for each in lines if each.publicity]
    return Contacts(
        desk.edition.announcement.forum,
        desk.edition.award.title,
        tuple(Speaker(it.number, it.title, it.unit, kept.speaker) for it, kept in flagged if kept.forum),
        tuple(
            Matched(it.number, it.title, it.unit, kept.wanted, kept.matching_contact)
            for it, kept in flagged
            if kept.matching
        ),
    )


def _winner(desk: Desk, line: Line, decision: str) -> WinnerTold:
    item = line.item.item
    return WinnerTold(
        item.number, item.title, item.unit, paper_facts.partners_of(item), line.item.endorser,
        _certificate_number(desk, item), decision,
    )  # fmt: skip


def _certificate_number(desk: Desk, item: Application) -> str:
    """IM24-证013: the application's own figures, so that it stays whoever else is taken off the list."""
    return f"{desk.edition.award.number_prefix}-证{item.number.rpartition('-')[2]}"


def _announcements(session: Session, desk: Desk) -> Sequence[Decision]:
    """The signed announcements that were not taken back, in the order of their numbers; refused before the first."""
    query = select(Decision).where(
        Decision.edition == desk.key, Decision.kind == "announcement", col(Decision.signed_at).is_not(None),
        col(Decision.undone_at).is_(None),
    )  # fmt: skip
    found = session.exec(query.order_by(col(Decision.id))).all()
    if not found:
        raise NotAllowed("公布的决定还没有签发。", next_step="公示期满后请在签发页拟稿、核稿、签发公布的决定。")
    return found


def _decided_by(session: Session, desk: Desk) -> dict[int, str]:
    """The number of the announcement of each winner, the last where there are several."""
    return {
        id_: decision.number
        for decision in _announcements(session, desk)
        for id_ in decision.payload[Trigger.ANNOUNCE.value]
    }


def _listed_ids(session: Session, desk: Desk) -> list[int]:
    return [each.item.item.id or 0 for each in publicity.lines(session, desk)]


def _clear(session: Session, desk: Desk, ids: Sequence[int]) -> tuple[list[int], list[int]]:
    """Those that stand and nothing holds, and those that an objection still holds; who lost the title is neither."""
    query = select(Application.id, Application.state).where(col(Application.id).in_(ids))
    states = {id_: State(state) for id_, state in session.execute(query)}
    objected = notice.undecided(session, desk)
    standing = [id_ for id_ in ids if states[id_] in (State.PUBLICIZED, State.ANNOUNCED)]
    held = [id_ for id_ in standing if id_ in objected and states[id_] is not State.ANNOUNCED]
    return [id_ for id_ in standing if id_ not in held], held


def _about_announcements(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    return [Key(each.number, each.number) for each in _announcements(session, desk)]


def _about_winners(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    items = [each.item.item for each in winner_lines(session, desk)]
    return [Key(item.number, f"{item.number} {item.unit}") for item in items]


def _about_contacts(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    contacts(session, desk)
    return []


def _about_book(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    winner_lines(session, desk)
    return []


def _about_statistics(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    season_statistics.require_entries(session, desk)
    return []


def _announcement(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
    return announcement.announcement(announced(session, desk, number), paper_facts.issued(desk, now))


def _letter(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
    return winner_letter.winner_letters(winners(session, desk, number), paper_facts.issued(desk, now))


def _letters(session: Session, desk: Desk, now: datetime) -> bytes:
    return winner_letter.winner_letters(winners(session, desk), paper_facts.issued(desk, now))


def _certificate(session: Session, desk: Desk, number: str, now: datetime) -> bytes:
    return certificate.certificates(winners(session, desk, number), paper_facts.issued(desk, now))


def _certificates(session: Session, desk: Desk, now: datetime) -> bytes:
    return certificate.certificates(winners(session, desk), paper_facts.issued(desk, now))


def _contacts(session: Session, desk: Desk, _key: str, now: datetime) -> bytes:
    return contact_lists.contact_lists(contacts(session, desk), paper_facts.issued(desk, now))


def _compendium(session: Session, desk: Desk, _key: str, now: datetime) -> bytes:
    facts = winners_book.book(session, desk, winner_lines(session, desk))
    return compendium.compendium(facts, paper_facts.issued(desk, now))


def _statistics(session: Session, desk: Desk, _key: str, now: datetime) -> bytes:
    season_statistics.require_entries(session, desk)
    return statistics_sheet.statistics_sheet(season_statistics.told(session, desk), paper_facts.issued(desk, now))


PAPERS = (
    cancellations.PAPER,
    Paper(
        "announcement", announcement.TITLE, Subject.DECISION, _announcement, phase=Phase.RELEASE,
        about=_about_announcements,
    ),
    Paper(
        "winner-letter", winner_letter.TITLE, Subject.WINNER, _letter, phase=Phase.RELEASE, about=_about_winners,
        together=_letters,
    ),
    Paper(
        "certificate", certificate.TITLE, Subject.WINNER, _certificate, phase=Phase.RELEASE, about=_about_winners,
        together=_certificates,
    ),
    Paper(
        "contacts", contact_lists.TITLE, Subject.EDITION, _contacts, ending="xlsx", phase=Phase.RELEASE,
        about=_about_contacts,
    ),
    Paper("compendium", compendium.TITLE, Subject.EDITION, _compendium, phase=Phase.RELEASE, about=_about_book),
    Paper(
        "statistics", statistics_sheet.TITLE, Subject.EDITION, _statistics, ending="xlsx", phase=Phase.ARCHIVE,
        about=_about_statistics,
    ),
)  # fmt: skip
