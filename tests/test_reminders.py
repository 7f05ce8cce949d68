"""Reminders: who is written to at which instant, once; at night they wait; each kind is silenced by itself alone."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from contest import Contest
from sqlmodel import select
from visitors_of import Browser

from config.refusal import Refusal
from flows.delivery_flow import Round, _is_due
from notifications import outbox
from office import (
    corrections,
    deadlines,
    duties,
    endorsement,
    opening,
    people,
    quiet_hours,
    reminder_desk,
    signin_links,
    silences,
    society_desk,
)
from office.desk import Desk
from office.visitors import Part
from records.tables.application import Application
from records.tables.colleague import Colleague
from records.tables.deadline import Deadline
from records.tables.endorser import Endorser
from records.tables.event import Event, Note
from records.tables.letter import Letter
from states import agenda
from states.facts import State
from states.refusals import NotAllowed, NotYours

from cast import CHECKED, HANDED_IN, SOCIETY, Office, a_draft, an_application, applications, ascii_of, at, office_at

DAY = timedelta(days=1)
T14 = at("2024-08-01 09:00")


@pytest.fixture(scope="module")
def desk(founded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk for those who only read."""
    home = tmp_path_factory.mktemp("read") / "home"
    shutil.copytree(founded_home, home)
    found = opening.open_desk(home)
    yield found
    found.database.close()


def fire(office: Office, kind: str, now: datetime) -> dict[str, object]:
    return duties.carry_out(office.desk, kind, due_at=now, now=now)


def silence(office: Office, kind: str, reason: str = "已逐一电话联系", officer: int | None = None) -> None:
    with office.desk.database.write() as session:
        silences.silence(session, office.desk, kind, reason=reason, officer_id=officer or office.ren, now=HANDED_IN)


def seat(office: Office, item: int, email: str, *, role: str = "filler", **told: object) -> int:
    """A colleague of the item's contact, who accepted unless told otherwise; as person id."""
    with office.desk.database.write() as session:
        person = people.add_person(session, people.Known("同事", [email])).id or 0
        facts = {"token_digest": email, "invited_at": HANDED_IN, "expires_at": T14, "accepted_at": HANDED_IN} | told
        session.add(
            Colleague(
                edition=office.desk.key, role=role, owner_id=session.get_one(Application, item).contact_id,
                application_id=item if role == "filler" else None, person_id=person, **facts,
            )
        )  # fmt: skip
    return person


def turns(office: Office, now: datetime) -> dict[str, reminder_desk.Turn]:
    with office.desk.database.read() as session:
        return {
            turn.kind: turn for group in reminder_desk.groups(session, office.desk, now=now) for turn in group.turns
        }


def with_rules(desk: Desk, **rules: object) -> Desk:
    """The desk under an edition whose reminders have other rules."""
    edition = desk.edition.model_copy(update={"reminders": desk.edition.reminders.model_copy(update=rules)})
    loaded = type(desk.loaded)(edition, desk.loaded.clauses, desk.loaded.text, desk.loaded.sha256, desk.loaded.path)
    return type(desk)(desk.database, loaded, desk.workdays, desk.settings, desk.vault)


class TestWho:
    """One letter a person and occasion, to who has not done it yet."""

    def test_each_reminder_writes_once_however_often_it_is_carried_out(self, office: Office) -> None:
        applications(office, State.DRAFT, 2)
        assert [fire(office, "remind_submission_14", T14)["letters"] for _ in range(2)] == [2, 0]
        assert fire(office, "remind_submission_7", T14 + 7 * DAY)["letters"] == 2

    def test_who_has_handed_in_is_not_reminded(self, office: Office) -> None:
        an_application(office, State.SUBMITTED)
        assert fire(office, "remind_submission_14", T14)["letters"] == 0
        assert fire(office, "remind_endorsement_7", at("2024-08-08 09:00"))["letters"] == 1

    def test_who_helps_fill_in_is_reminded_too_and_nobody_twice(self, office: Office) -> None:
        """Row 16: seats that were taken and not ended; two records with one address are one person."""
        item = a_draft(office)
        other = a_draft(office, "乙")
        contact = office.found(item).contact_id
        li = seat(office, item, "li@unit.example")
        seat(office, item, f"{ascii_of('甲')}@applicants.example")  # the contact once more
        seat(office, item, "li@unit.example", role="admin")
        seat(office, item, "asked@unit.example", accepted_at=None)
        seat(office, item, "left@unit.example", removed_at=HANDED_IN)
        zhao = seat(office, other, "zhao@unit.example", role="admin")
        expected = [(item, contact), (item, li), (other, office.found(other).contact_id), (other, zhao)]
        assert turns(office, HANDED_IN)["remind_submission_14"].recipients == 4
        assert [fire(office, "remind_submission_14", T14)["letters"] for _ in range(2)] == [4, 0]
        letters = office.letters("remind_submission.applicant")
        assert sorted((letter.application_id, letter.person_id) for letter in letters) == sorted(expected)
        assert len({letter.message_id for letter in letters}) == len({letter.key for letter in letters}) == 4
        assert {letter.facts["contact"] for letter in letters} == {"甲联系人", "乙联系人", "同事"}

    def test_a_correction_is_reminded_to_who_helps(self, office: Office) -> None:
        item = an_application(office, State.ENDORSED)
        li = seat(office, item, "li@unit.example")
        with office.desk.database.write() as session:
            corrections.send_back(
                session, office.desk, item, slots=["form"], reason="缺少图号", officer_id=office.wang, now=CHECKED
            )
        due = office.found(item).lapses_at
        assert due is not None
        last = max(instant for instant in agenda.reminders_before(due, office.desk.edition) if instant < due)
        assert fire(office, "lapse_soon", last)["letters"] == 2
        letters = office.letters("remind_correction.applicant")
        assert {letter.person_id for letter in letters} == {office.found(item).contact_id, li}
        assert {letter.facts["reason"] for letter in letters} == {"缺少图号"}

    def test_the_day_after_the_office_is_told_only_of_what_is_really_not_done(self, office: Office) -> None:
        assert fire(office, "overdue_check_1", at("2024-08-31 09:00"))["letters"] == 0
        an_application(office, State.ENDORSED)
        fire(office, "overdue_check_1", at("2024-08-31 09:00"))
        letters = office.letters("overdue.office")
        assert len(letters) == 3
        assert "1 项" in letters[0].facts["list"]

    def test_a_society_own_closing_is_reminded_before_it(self, office: Office) -> None:
        a_draft(office)
        with office.desk.database.write() as session:
            society = session.exec(select(Endorser).where(Endorser.name == SOCIETY)).one()
            society.inner_closes = at("2024-08-09 00:00")
            session.add(society)
        between = at("2024-08-06 09:00")
        with office.desk.database.read() as session:
            assert len(society_desk.reminded_at(session, office.desk, at=between, now=HANDED_IN)) == 0
            assert len(society_desk.reminded_at(session, office.desk, at=at("2024-08-05 09:00"), now=HANDED_IN)) == 1
        assert fire(office, "lapse_soon", at("2024-08-05 09:00"))["letters"] == 1
        assert office.letters("remind_inner.applicant")


@pytest.mark.slow
def test_the_day_after_the_lock_the_office_hears_who_had_not_scored_everything(contest: Contest) -> None:
    """Names and numbers of items, never a score; nothing where everybody was done."""
    office, expert = contest.office, contest.experts[0]
    for item in contest.items:
        contest.enter("first_round", expert, item, "80")
    after = at("2024-10-13 09:00")
    assert fire(office, "overdue_scoring_1", after)["letters"] == 3
    told = office.letters("overdue.office")[-1].facts["list"]
    assert "专家1 " not in told
    assert f"专家2 {len(contest.items)} 项" in told
    assert "80" not in told


NIGHTS = [
    ("2024-08-05 20:59", "2024-08-05 20:59"),
    ("2024-08-05 21:00", "2024-08-06 08:00"),
    ("2024-08-05 23:59", "2024-08-06 08:00"),
    ("2024-08-06 00:00", "2024-08-06 08:00"),
    ("2024-08-06 07:59", "2024-08-06 08:00"),
    ("2024-08-06 08:00", "2024-08-06 08:00"),
    ("2024-08-09 21:30", "2024-08-10 08:00"),  # a Saturday
]


class TestQuietHours:
    """From 21:00 to 08:00 reminders wait; nothing is dropped, and nothing urgent waits."""

    @pytest.mark.parametrize(("written", "leaves"), NIGHTS)
    def test_the_night_ends_in_the_morning(self, desk: Desk, written: str, leaves: str) -> None:
        assert quiet_hours.leaves_at(desk, at(written)) == at(leaves)

    def test_a_reminder_that_is_written_at_night_leaves_in_the_morning(self, office: Office) -> None:
        a_draft(office)
        fire(office, "remind_submission_7", at("2024-08-05 23:59"))
        (letter,) = office.letters("remind_submission.applicant")
        assert (letter.next_try_at, letter.by_day) == (at("2024-08-06 08:00"), True)

    def test_on_days_off_it_waits_for_the_next_working_day_where_the_edition_says_so(self, desk: Desk) -> None:
        desk = with_rules(desk, quiet_on_days_off=True)
        assert quiet_hours.leaves_at(desk, at("2024-08-10 10:00")) == at("2024-08-12 08:00")
        assert quiet_hours.leaves_at(desk, at("2024-09-30 22:00")) == at("2024-10-08 08:00")
        assert quiet_hours.leaves_at(desk, at("2024-10-12 10:00")) == at("2024-10-12 10:00")  # worked in exchange

    def test_an_edition_may_have_other_hours_or_none(self, desk: Desk) -> None:
        early = with_rules(desk, quiet_from=0, quiet_to=6)
        assert quiet_hours.leaves_at(early, at("2024-08-05 03:00")) == at("2024-08-05 06:00")
        assert quiet_hours.leaves_at(early, at("2024-08-05 23:00")) == at("2024-08-05 23:00")
        never = with_rules(desk, quiet_from=8, quiet_to=8)
        assert quiet_hours.leaves_at(never, at("2024-08-05 03:00")) == at("2024-08-05 03:00")

    def test_what_an_outage_left_behind_does_not_leave_at_night_either(self, office: Office) -> None:
        """Written by day, still unsent at 22:00: it waits, and the clock does not turn on it."""
        a_draft(office)
        fire(office, "remind_submission_7", at("2024-08-08 09:00"))
        late = at("2024-08-08 22:00")
        assert not _is_due(Round(office.desk, None, None, "engine", late))  # type: ignore[arg-type]
        with office.desk.database.read() as session:
            assert outbox.next_due(session, edition_key=office.desk.key) == at("2024-08-09 08:00")
        assert quiet_hours.put_off(office.desk, now=late) == 0
        assert _is_due(Round(office.desk, None, None, "engine", at("2024-08-09 08:00")))  # type: ignore[arg-type]

    def test_a_link_that_was_asked_for_leaves_at_once(self, office: Office) -> None:
        item, night = an_application(office, State.SUBMITTED), at("2024-08-05 23:00")
        with office.desk.database.write() as session:
            endorsement.send_again(session, office.desk, office.link(item), now=night)
            signin_links.send(session, office.desk, "somebody@applicants.example", host="1.2.3.4", now=night)
        for template in ("remind_endorsement.endorser", "sign_in.visitor"):
            (letter,) = office.letters(template)
            assert (letter.next_try_at, letter.by_day) == (night, False)
        assert quiet_hours.put_off(office.desk, now=night) == 0

    def test_a_decision_overtakes_a_reminder_that_waits(self, office: Office) -> None:
        item, night = an_application(office, State.SUBMITTED), at("2024-08-05 23:00")
        fire(office, "remind_endorsement_7", night)
        with office.desk.database.write() as session:
            waiting = session.exec(select(Letter).where(Letter.template == "remind_endorsement.endorser")).one()
            for letter in session.exec(select(Letter).where(Letter.application_id == item)):
                letter.state = "waiting" if letter == waiting else "cancelled"
            session.add(
                Letter(
                    edition=office.desk.key, key="later", message_id="<later>", template="disqualify.endorser",
                    application_id=item, email=waiting.email, written_at=night, next_try_at=night,
                )
            )  # fmt: skip
        with office.desk.database.read() as session:
            assert outbox.next_due(session, edition_key=office.desk.key) == night


class TestSilence:
    """All on by default, each silenced only by itself."""

    def test_a_silenced_kind_writes_nothing_and_the_next_one_does(self, office: Office) -> None:
        a_draft(office)
        silence(office, "remind_submission_14")
        assert fire(office, "remind_submission_14", T14).get("silenced") == 1
        assert office.letters("remind_submission.applicant") == []
        assert fire(office, "remind_submission_7", T14 + 7 * DAY)["letters"] == 1

    def test_it_stands_in_the_ledger_with_its_reason_and_so_does_its_end(self, office: Office) -> None:
        silence(office, "remind_check_7", "改为每日例会")
        with office.desk.database.write() as session:
            silences.resume(session, office.desk, "remind_check_7", officer_id=office.ren, now=HANDED_IN + DAY)
        with office.desk.database.read() as session:
            query = select(Event.kind, Note.body).join(Note, Note.event_id == Event.id)
            told = session.exec(query.where(Event.subject == "reminder").order_by(Event.id)).all()
        assert [(kind, body["kind"], body.get("reason")) for kind, body in told] == [
            ("reminder_silenced", "remind_check_7", "改为每日例会"), ("reminder_resumed", "remind_check_7", None)
        ]  # fmt: skip
        assert fire(office, "remind_check_7", at("2024-08-23 09:00"))["letters"] == 3

    @pytest.mark.parametrize("kind", ["submission_closes", "lapse", "remind_submission_99", "remind_nothing_1", ""])
    def test_what_does_more_than_remind_cannot_be_silenced(self, desk: Desk, kind: str) -> None:
        with pytest.raises(Refusal, match="不是一种提醒"):
            silence(office_at(desk), kind)

    def test_by_the_lead_alone_with_a_reason_and_once(self, office: Office) -> None:
        with pytest.raises(NotYours):
            silence(office, "digest", officer=office.wang)
        with pytest.raises(Refusal, match="理由"):
            silence(office, "digest", reason="  ")
        silence(office, "digest")
        with pytest.raises(NotAllowed, match="已经静默"):
            silence(office, "digest")


class TestThePage:
    """What the office sees."""

    def test_each_kind_tells_its_next_instant_and_to_how_many(self, office: Office) -> None:
        applications(office, State.DRAFT, 3)
        found = turns(office, HANDED_IN - DAY)
        assert (found["remind_submission_14"].next_at, found["remind_submission_14"].recipients) == (T14, 3)
        assert found["overdue_check_1"].recipients == 0
        assert found["remind_check_14"].recipients == 3
        assert found["digest"].next_at == at("2024-08-01 08:30")

    def test_what_is_written_is_what_was_previewed(self, office: Office) -> None:
        applications(office, State.SUBMITTED, 2)
        a_draft(office)
        with office.desk.database.write() as session:
            deadlines.ensure(session, office.desk.key, "lapse_soon", at("2024-08-05 09:00"))
        found = turns(office, HANDED_IN)
        with office.desk.database.read() as session:
            rows = session.exec(select(Deadline).where(Deadline.settled_at == None)).all()  # noqa: E711 - SQL's own
        kinds = [row for row in rows if row.kind in found and row.kind != "digest"]
        assert len(kinds) > 20
        for row in kinds:
            if row.due_at == found[row.kind].next_at:
                assert fire(office, row.kind, row.due_at).get("letters") == found[row.kind].recipients, row.kind

    def test_the_lead_silences_one_there_and_everybody_sees_why(self, office: Office) -> None:
        a_draft(office)
        ren = Browser(office, Part.LEAD)
        secret = ren.secret()
        refused = ren.client.post("/reminders/remind_submission_3", data={"form_secret": secret, "reason": " "})
        assert (refused.status_code, "静默一种提醒要写明理由" in refused.text) == (422, True)
        told = {"form_secret": secret, "reason": "已逐一电话联系"}
        answer = ren.client.post("/reminders/remind_submission_3", data=told)
        assert (answer.status_code, answer.headers["location"]) == (303, "/reminders#remind_submission_3")
        page = Browser(office, Part.SUPERVISOR).client.get("/reminders").text
        row = page.partition('<tr id="remind_submission_3"')[2].partition("</tr>")[0]
        assert "已静默" in row
        assert "任组长" in row
        assert "已逐一电话联系" in row
        assert "恢复" not in row
        ren.client.post("/reminders/remind_submission_3", data={"form_secret": secret, "switch": "on"})
        assert "已静默" not in ren.client.get("/reminders").text
