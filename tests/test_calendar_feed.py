"""Calendars to subscribe to: what each part sees, that entries keep their names and count moves, who is let in."""

from datetime import datetime, timedelta

import icalendar
import pytest
from contest import Contest
from test_deadline_moves import move
from test_objections import lodge, noticed
from visitors_of import of_jia, signed_in

from office import calendar_addresses, calendar_feed, extensions, opening, people, rounds, signin, visitors
from office.calendar_addresses import AddressGone
from office.calendar_feed import Entry
from office.desk import Desk
from office.visitors import Part, Visitor
from records.tables.calendar_address import CalendarAddress
from records.tables.person import Officer
from states.facts import State
from states.refusals import NotAllowed

from cast import FOUNDED, HANDED_IN, Office, a_draft, an_application, at, experts

__all__ = ["noticed"]

PUBLIC = {"submission_opens", "submission_closes", "notice_posts", "notice_closes", "announcement"}


def visitor(office: Office, part: Part, name: str = "甲") -> Visitor:
    """Somebody of the cast, as a sign-in tells them."""
    token = signed_in(office, part, name=name)
    with office.desk.database.read() as session:
        found = signin.find(session, token, now=HANDED_IN)
        assert found is not None
        return visitors.recognise(session, office.desk, found)


def calendar(desk: Desk, whose: Visitor, part: Part) -> dict[str, icalendar.Event]:
    """What a calendar program reads: the entries by their lasting names."""
    with desk.database.read() as session:
        data = calendar_feed.written(desk.edition, calendar_feed.entries(session, desk, whose, part))
    read = icalendar.Calendar.from_ical(data)
    return {str(event["uid"]).partition("@")[0]: event for event in read.events}


def give(office: Office, whose: Visitor, part: Part, *, now: datetime = HANDED_IN) -> str:
    """The secret part of a new address."""
    with office.desk.database.write() as session:
        kept = calendar_addresses.give(session, office.desk, whose, part, now=now)
        address = calendar_addresses.address(office.desk, kept)
    return address.rpartition("/")[2].removesuffix(".ics")


def opened(office: Office, token: str) -> tuple[CalendarAddress, Visitor]:
    with office.desk.database.read() as session:
        return calendar_addresses.opened(session, office.desk, token)


def test_an_end_is_shown_on_its_last_day_in_the_zone_of_the_award(office: Office) -> None:
    closes = calendar(office.desk, visitor(office, Part.OFFICE), Part.OFFICE)["submission_closes"]
    assert (closes.start, closes.end) == (at("2024-08-15 23:30"), at("2024-08-16 00:00"))
    assert closes["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert "2024年8月15日 24:00" in str(closes["description"])
    with office.desk.database.read() as session:
        found = calendar_feed.entries(session, office.desk, visitor(office, Part.OFFICE), Part.OFFICE)
    data = calendar_feed.written(office.desk.edition, found)
    assert b"BEGIN:VTIMEZONE" in data
    assert max(map(len, data.split(b"\r\n"))) <= 75


def test_a_move_keeps_the_name_and_counts_up(office: Office) -> None:
    whose = visitor(office, Part.OFFICE)
    seen = [
        calendar(move(office, "announcement", day) if day else office.desk, whose, Part.OFFICE)["announcement"]
        for day in ("", "2024-12-05 10:00", "2024-11-29 10:00")
    ]
    assert len({str(event["uid"]) for event in seen}) == 1
    assert [int(event["sequence"]) for event in seen] == [0, 1, 2]
    assert [event.start for event in seen] == [at(f"2024-{day} 10:00") for day in ("11-29", "12-05", "11-29")]
    assert "原为 2024年12月5日 10:00" in str(seen[-1]["description"])


def test_an_extension_counts_up_too(office: Office) -> None:
    item = a_draft(office)
    whose = visitor(office, Part.APPLICANT)
    before = calendar(office.desk, whose, Part.APPLICANT)
    desk = move(office, "submission_closes", "2024-08-20 00:00", now=HANDED_IN)
    after = calendar(desk, whose, Part.APPLICANT)
    for key in ("submission_closes", f"case-{item}"):
        assert int(after[key]["sequence"]) > int(before[key]["sequence"]), key
        assert after[key].end == at("2024-08-20 00:00")


def test_each_part_sees_its_own(office: Office) -> None:
    jia, yi = a_draft(office, "甲"), an_application(office, State.SUBMITTED, "乙")
    with office.desk.database.write() as session:
        extensions.extend(
            session, office.desk, "endorsement", at("2024-09-01 18:00"), reason="出差", officer_id=office.wang,
            item_id=yi, now=HANDED_IN,
        )  # fmt: skip
    seen = {
        part: set(calendar(office.desk, visitor(office, part), part))
        for part in (Part.OFFICE, Part.SUPERVISOR, Part.ENDORSER, Part.EXPERT, Part.APPLICANT)
    }
    assert {f"case-{yi}", "check_due"} <= seen[Part.OFFICE]
    assert not any(key.startswith(("remind", "overdue")) for key in seen[Part.OFFICE])
    assert seen[Part.SUPERVISOR] == seen[Part.OFFICE] - {f"case-{yi}", f"case-{jia}"}
    assert seen[Part.ENDORSER] == PUBLIC | {"endorsement_closes", f"case-{yi}"}
    assert seen[Part.EXPERT] == set()  # no seat yet
    assert seen[Part.APPLICANT] == PUBLIC | {f"case-{jia}"}
    assert set(calendar(office.desk, visitor(office, Part.APPLICANT, "乙"), Part.APPLICANT)) == PUBLIC


def test_an_expert_sees_the_rounds_with_a_seat_and_no_item(office: Office) -> None:
    whose = visitor(office, Part.EXPERT)
    seats = [(expert, "") for expert in (whose.expert_id or 0, *experts(office, 2))]
    with office.desk.database.write() as session:
        rounds.form_panel(session, office.desk, "first_round", seats, officer_id=office.wang, now=HANDED_IN)
    assert set(calendar(office.desk, whose, Part.EXPERT)) == {"first_round_opens", "first_round_locks"}


def test_strange_words_stay_words(office: Office) -> None:
    nasty = "甲,乙;丙\\丁\nBEGIN:VEVENT\r\nUID:9"
    entry = Entry("case-1", nasty, HANDED_IN, is_end=True, sequence=3, changed_at=FOUNDED, detail=nasty)
    read = icalendar.Calendar.from_ical(calendar_feed.written(office.desk.edition, [entry]))
    (event,) = read.events
    assert str(event["description"]).splitlines() == nasty.splitlines()
    assert (str(event["uid"]), int(event["sequence"])) == (f"case-1@{office.desk.key}.linxuan", 3)


def test_an_address_opens_for_its_person_alone_until_it_is_void(office: Office) -> None:
    a_draft(office)
    whose = visitor(office, Part.APPLICANT)
    token = give(office, whose, Part.APPLICANT)
    kept, found = opened(office, token)
    assert (kept.part, found.person_id, found.email) == ("applicant", whose.person_id, of_jia())
    for wrong in ("", "1", "x", f"{token}0", f"2{token[1:]}", "99999999999999999999-1", "²-1"):
        with pytest.raises(AddressGone):
            opened(office, wrong)
    again = give(office, whose, Part.APPLICANT, now=HANDED_IN + timedelta(days=1))
    assert again != token
    with pytest.raises(AddressGone, match="作废"):
        opened(office, token)
    with office.desk.database.write() as session:
        calendar_addresses.revoke(session, office.desk, whose, Part.APPLICANT, now=HANDED_IN)
    with pytest.raises(AddressGone, match="作废"):
        opened(office, again)


def test_nobody_gets_the_calendar_of_a_part_that_is_not_theirs(office: Office) -> None:
    a_draft(office)
    with pytest.raises(NotAllowed):
        give(office, visitor(office, Part.APPLICANT), Part.OFFICE)


def test_who_was_disabled_or_erased_is_let_in_no_more(office: Office) -> None:
    a_draft(office)
    tokens = {part: give(office, visitor(office, part), part) for part in (Part.OFFICE, Part.APPLICANT)}
    jia = visitor(office, Part.APPLICANT).person_id or 0
    with office.desk.database.write() as session:
        session.get_one(Officer, office.wang).disabled_at = HANDED_IN
        people.erase_person(session, office.desk.key, jia, by=office.ren, now=HANDED_IN)
    for token in tokens.values():
        with pytest.raises(AddressGone):
            opened(office, token)


def test_a_reading_is_written_down_once_an_hour() -> None:
    kept = CalendarAddress(edition="2024", part="office", person_id=1, salt="x", made_at=FOUNDED)
    instants = [HANDED_IN + timedelta(minutes=minutes) for minutes in (0, 30, 61)]
    assert [calendar_addresses.note_reading(kept, now=now) for now in instants] == [True, False, True]


def test_the_file_of_an_edition_without_a_home_holds_the_same_instants(office: Office) -> None:
    entries = calendar_feed.planned_entries(office.desk.edition, office.desk.workdays, changed_at=FOUNDED)
    whose = visitor(office, Part.SUPERVISOR)
    assert {entry.key for entry in entries} == set(calendar(opening.refreshed(office.desk), whose, Part.SUPERVISOR))


@pytest.mark.slow
def test_the_steps_of_an_objection_stand_in_the_calendar_of_the_office_alone(noticed: Contest) -> None:
    case_id, desk = lodge(noticed), noticed.office.desk
    whose = Visitor(person_id=1, people=(1,))
    seen = {part: calendar(desk, whose, part) for part in (Part.OFFICE, Part.SUPERVISOR, Part.APPLICANT)}
    assert [f"objection-{case_id}" in events for events in seen.values()] == [True, False, False]
    event = seen[Part.OFFICE][f"objection-{case_id}"]
    assert "待指定经办人" in str(event["summary"])
    assert int(event["sequence"]) > 0
