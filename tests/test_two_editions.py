"""Two editions in one store keep to themselves: nobody moves, counts or sends what belongs to the other."""

from asyncio import create_task, gather
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from httpx import Response
from sqlmodel import select, update
from visitors_of import Browser

from config.editions_file import parse_edition
from config.refusal import Refusal
from flows import engine
from flows.clock import Clock, fire_due
from notifications import outbox
from notifications.delivery import deliver
from notifications.smtp import MailboxRelay
from office import duties, editions, formal_check, new_edition, people, person_desk, rounds, signin_links
from office.desk import Desk
from office.visitors import Part
from records.tables.application import Application
from records.tables.deadline import Deadline
from records.tables.endorser import Endorser
from records.tables.letter import Letter, LetterState
from records.tables.person import Expert
from records.tables.scoring import Panel, Recusal
from records.tables.signin import LinkPurpose
from states.facts import State
from states.occasions import SUBMISSION_OPEN
from states.refusals import NotAllowed, NotYours
from web.admission import addresses
from web.pages import Pages
from web.visit import Visit
from web.watch import Watch

from cast import CHECKED, FOUNDED, HANDED_IN, Office, an_application, experts

OTHER = "2025"
MANY = 40  # pages


async def test_a_letter_leaves_in_its_own_editions_words_alone(office: Office, tmp_path: Path) -> None:
    """The engine of 2024 would sign a letter of 2025 with the name and the contacts of 2024."""
    desk, item_id = office.desk, an_application(office, State.SUBMITTED)
    others = [letter.id for letter in office.letters("submit.endorser", item_id=item_id)]
    with desk.database.write() as session:
        session.execute(update(Letter).where(Letter.id.in_(others)).values(edition=OTHER))
    relay = MailboxRelay(tmp_path / "mail")
    await deliver(desk.database, relay, edition=desk.edition, settings=desk.settings, now=HANDED_IN, worker="engine")
    with desk.database.read() as session:
        states = dict(session.exec(select(Letter.template, Letter.state)).all())
        own, other = (outbox.counts(session, edition_key=key) for key in (desk.key, OTHER))
        assert outbox.next_due(session, edition_key=desk.key) is None
    assert states == {"submit.applicant": LetterState.SENT, "submit.endorser": LetterState.WAITING}
    assert (own["sent"], own["waiting"], other["sent"], other["waiting"]) == (1, 0, 0, 1)
    with desk.database.write() as session:
        session.execute(update(Letter).values(edition=desk.key))


async def test_what_another_editions_engine_has_in_flight_is_not_taken_back(office: Office, tmp_path: Path) -> None:
    """Both engines are called the same: only the edition tells whose flight it is."""
    desk, item_id = office.desk, an_application(office, State.SUBMITTED)
    (flying,) = office.letters("submit.endorser", item_id=item_id)
    flight = {"state": LetterState.SENDING.value, "claimed_by": "engine", "edition": OTHER}
    with desk.database.write() as session:
        session.execute(update(Letter).where(Letter.id == flying.id).values(**flight))
    relay = MailboxRelay(tmp_path / "mail")
    await deliver(desk.database, relay, edition=desk.edition, settings=desk.settings, now=HANDED_IN, worker="engine")
    assert office.letters("submit.endorser", item_id=item_id)[0].state == LetterState.SENDING
    back = {"state": LetterState.WAITING.value, "claimed_by": "", "edition": desk.key}
    with desk.database.write() as session:
        session.execute(update(Letter).where(Letter.id == flying.id).values(**back))


def test_a_selection_moves_nothing_of_another_edition(office: Office) -> None:
    item_id = an_application(office)
    with office.desk.database.write() as session:
        formal_check.tick_all_human(session, office.desk, item_id, officer_id=office.wang, now=CHECKED)
        session.execute(update(Application).values(edition=OTHER))
    with pytest.raises(NotAllowed, match="不存在"), office.desk.database.write() as session:
        formal_check.pass_check(session, office.desk, [item_id], officer_id=office.wang, now=CHECKED)
    with office.desk.database.write() as session:
        session.execute(update(Application).values(edition=office.desk.key))
    assert office.found(item_id).state == State.ENDORSED


def next_year(office: Office) -> Desk:
    """The edition of 2025 in the same store, as the operator takes it in."""
    drafted = new_edition.draft(office.desk, 2025)
    return new_edition.begin(office.desk, drafted.loaded, reason="通知〔2025〕1 号", officer_id=office.ren, now=FOUNDED)


def go_over(browser: Browser, edition: str, *, back: str = "/desk") -> Response:
    words = {"form_secret": browser.secret(), "edition": edition, "back": back}
    return browser.client.post("/preferences", data=words)


def test_an_edition_begins_beside_another_and_changes_nothing_of_it(office: Office) -> None:
    with office.desk.database.read() as session:
        before = [row.model_dump() for row in session.exec(select(Deadline).where(Deadline.edition == "2024"))]
    desk = next_year(office)
    assert (desk.key, desk.settings.public_url) == ("2025", "http://127.0.0.1:8000/e/2025")
    with desk.database.read() as session:
        after = [row.model_dump() for row in session.exec(select(Deadline).where(Deadline.edition == "2024"))]
        rounds = session.exec(select(Panel.round).where(Panel.edition == OTHER)).all()
        societies = session.exec(select(Endorser.name).where(Endorser.edition == OTHER)).all()
        opens = session.exec(
            select(Deadline.due_at).where(Deadline.edition == OTHER, Deadline.kind == "submission_opens")
        ).one()
    assert after == before
    assert set(rounds) == {"first_round", "final"}
    assert len(societies) == len(office.desk.edition.endorsement.societies)
    assert opens == desk.edition.submission.opens


def test_an_edition_that_could_be_mistaken_for_another_is_refused(office: Office) -> None:
    drafted = new_edition.draft(office.desk, 2025).loaded
    told = {"officer_id": office.ren, "now": FOUNDED}
    alike = drafted.text.replace('"IM25"', '"IM24"')
    same_numbers = parse_edition(alike, name="alike", workdays=office.desk.workdays)
    with pytest.raises(Refusal, match=r"IM24.*相同"):
        new_edition.begin(office.desk, same_numbers, reason="通知", **told)
    with pytest.raises(Refusal, match="理由"):
        new_edition.begin(office.desk, drafted, reason=" ", **told)
    with pytest.raises(NotYours):
        new_edition.begin(office.desk, drafted, reason="通知", officer_id=office.wang, now=FOUNDED)
    new_edition.begin(office.desk, drafted, reason="通知", **told)
    with pytest.raises(Refusal, match="已经采用"):
        new_edition.begin(office.desk, drafted, reason="通知", **told)


def test_the_desk_goes_over_to_the_other_edition_and_back(office: Office) -> None:
    an_application(office)
    next_year(office)
    browser = Browser(office, Part.LEAD)
    page = browser.client.get("/cases").text
    assert 'name="edition" value="2025"' in page
    assert "2024 年度遴选" in page
    assert go_over(browser, "2025", back="/cases/IM24-0001").headers["location"] == "/cases"
    page = browser.client.get("/cases").text
    assert "2025 年度遴选" in page
    assert "IM24-" not in page
    assert 'name="edition" value="2024"' in page
    assert go_over(browser, "2024").headers["location"] == "/desk"
    assert "IM24-" in browser.client.get("/cases").text
    assert go_over(browser, "2099").status_code == 404


def test_a_form_of_one_edition_does_nothing_in_the_other(office: Office) -> None:
    next_year(office)
    browser = Browser(office, Part.LEAD)
    opened_in_2024 = browser.secret()
    go_over(browser, "2025")
    answer = browser.client.post("/settings/preview", data={"form_secret": opened_in_2024, "submission.closes": "x"})
    assert answer.status_code == 409
    assert "另一个窗口切换到“2025中国智能制造科技进展”" in answer.text


def test_an_address_says_which_edition_it_means(office: Office) -> None:
    next_year(office)
    browser = Browser(office, Part.PUBLIC)
    assert "2024 年度遴选" in browser.client.get("/guide").text
    assert "2025 年度遴选" in browser.client.get("/e/2025/guide").text
    assert "2025 年度遴选" in browser.client.get("/guide").text  # the browser stays with what it was shown
    assert "2024 年度遴选" in browser.client.get("/e/2024/guide").text
    assert browser.client.get("/e/2099/guide").status_code == 404
    assert browser.client.get("/e/2025").status_code == 200


def test_only_who_takes_part_is_led_to_the_other_edition(office: Office) -> None:
    desk = next_year(office)
    expert = Browser(office, Part.EXPERT)
    assert 'name="edition"' not in expert.client.get("/score").text
    with desk.database.write() as session:
        person = session.exec(select(Expert.person_id)).one()
        session.add(Expert(edition=OTHER, person_id=person, created_at=FOUNDED))
    assert 'name="edition" value="2025"' in expert.client.get("/score").text
    assert 'name="edition" value="2025"' in Browser(office, Part.APPLICANT).client.get("/mine").text


def test_an_invitation_to_one_edition_voids_none_to_the_other(office: Office) -> None:
    desk, other = office.desk, next_year(office)
    until = HANDED_IN + timedelta(days=9)
    with desk.database.write() as session:
        person = people.add_expert(session, desk.key, people.Known("文", ["wen@x.example"]), now=FOUNDED).person_id
        session.add(Expert(edition=OTHER, person_id=person, created_at=FOUNDED))
        old, new = (
            signin_links.invite(session, each, person, until=until, now=HANDED_IN).rpartition("/")[2]
            for each in (desk, other)
        )
        assert signin_links.look(session, old, LinkPurpose.INVITATION, now=HANDED_IN).edition == "2024"
        signin_links.invite(session, other, person, until=until, now=HANDED_IN)
        signin_links.look(session, old, LinkPurpose.INVITATION, now=HANDED_IN)
        with pytest.raises(signin_links.LinkSpent, match="取代"):
            signin_links.look(session, new, LinkPurpose.INVITATION, now=HANDED_IN)


async def test_one_engine_runs_the_deadlines_of_both(office: Office, tmp_path: Path) -> None:
    """The call of 2025 goes out in 2025's name, with links into 2025; the season of 2024 goes on."""
    desk = next_year(office)
    relay = MailboxRelay(tmp_path / "mail")
    clock = Clock(office.desk, duties.carry_out, relay, deliver)
    clock = engine.prepared(clock, FOUNDED)
    assert [each.key for each in clock.desks] == ["2024", "2025"]
    opens = [each.edition.submission.opens for each in clock.desks]
    runs = await fire_due(clock, opens[0])
    assert {(run.edition, run.kind) for run in runs} >= {("2024", "submission_opens")}
    assert "2025" not in {run.edition for run in runs}
    runs = await fire_due(clock, opens[1])
    assert ("2025", "submission_opens") in {(run.edition, run.kind) for run in runs}
    assert not [run.failed for run in runs if run.failed]
    with desk.database.read() as session:
        called = session.exec(
            select(Letter).where(Letter.edition == OTHER, Letter.template == SUBMISSION_OPEN.template)
        ).all()
    assert [letter.state for letter in called] == [LetterState.SENT]  # the one society whose address the plan gives


def test_an_old_address_leads_into_the_edition_that_it_meant(office: Office) -> None:
    """Letters from before the second edition name none; a browser that stayed with another is led over."""
    item = an_application(office, State.SUBMITTED)
    next_year(office)
    applicant, officer = Browser(office, Part.APPLICANT), Browser(office, Part.OFFICE)
    for browser, path in (
        (applicant, "/mine/IM24-001"),
        (officer, "/cases/IM24-001?tab=files"),
        (Browser(office), f"/endorse/{office.link(item)}"),
    ):
        browser.client.get("/e/2025/")
        if not path.startswith("/endorse"):  # an address with a secret means the home's own edition by itself
            assert browser.client.get(path).headers["location"] == f"/e/2024{path}"
        assert browser.client.get(f"/e/2024{path}").status_code == 200
    assert browser.client.get(f"/e/2025/endorse/{office.link(item)}").headers["location"].startswith("/e/2024/endorse")
    assert applicant.client.get("/e/2025/mine/IM24-999").status_code == 404


async def test_what_is_new_in_one_edition_is_not_told_of_the_other(office: Office) -> None:
    """All pages share one look at the records, those of one edition."""
    pages = Pages(editions.Editions(office.desk), lambda: HANDED_IN)
    watch = Watch(pages, lambda _session, desk: desk.key)

    async def heard(desk: Desk) -> str:
        pages.sit_down(Visit(desk, HANDED_IN, "/"))
        return await watch.revision()

    both = [create_task(heard(desk)) for desk in (office.desk, next_year(office))]
    assert await gather(*both) == ["2024", "2025"]


def test_a_unit_that_changed_is_looked_into_in_every_edition(office: Office) -> None:
    """The same person scores in both: a new unit may be a conflict in the one whose desk nobody sits at."""
    item, (expert,) = an_application(office, State.FORMALLY_CHECKED), experts(office, 1)
    given = {"officer_id": office.wang, "now": CHECKED}
    with office.desk.database.write() as session:
        rounds.form_panel(session, office.desk, "first_round", [(expert, "committee")], **given)
        rounds.assign(session, office.desk, "first_round", **given)
    other = next_year(office)
    with office.desk.database.write() as session:
        person = session.get_one(Expert, expert).person_id
        session.add(Expert(edition=OTHER, person_id=person, created_at=FOUNDED))
        session.flush()
        line = person_desk.line(session, other, person)
        told = person_desk.Told("专家", office.found(item).unit, "", "", line.emails, "", "")
        person_desk.change(session, other, person, told, seen=line.digest, **given)
        assert [row.application_id for row in session.exec(select(Recusal))] == [item]


@pytest.mark.slow
def test_no_page_of_one_edition_names_a_case_of_the_other(office: Office) -> None:
    """Every page and every list to take away that needs no number, as the lead of 2025 sees it."""
    title = office.found(an_application(office, State.ENDORSED)).title
    next_year(office)
    browser = Browser(office, Part.LEAD)
    browser.client.get("/e/2025/")
    pages = [
        address.path
        for address in addresses(browser.client.app)  # type: ignore[arg-type]
        if address.method == "GET" and "{" not in address.path and {Part.OFFICE, Part.LEAD} & set(address.parts)
        if not address.path.endswith(("/live", "/tick"))
    ]
    assert len(pages) > MANY
    told = {path: words_of(browser.client.get(path)) for path in pages}
    assert [path for path, words in told.items() if title in words or "IM24-001" in words] == []
    browser.client.get("/e/2024/")
    assert title in words_of(browser.client.get("/cases"))


def words_of(answer: Response) -> str:
    """What an answer says: a page as it is, a workbook or a document with its parts unpacked."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with ZipFile(BytesIO(answer.content)) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
