"""What names a person goes when its time is over: listed, proposed by the lead, confirmed by another, never more."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from command_line import run
from sqlmodel import select
from test_erasure import whole_store
from visitors_of import Browser

from config.refusal import Refusal
from office import corrections, drawer, endorsement, intake, opening, people, retention, retention_rules, signin
from office.drawer import Identity
from office.people import Known
from office.visitors import Part
from records import ledger
from records.tables.application import Application
from records.tables.decision import Decision, Objection, Objector
from records.tables.event import Event
from records.tables.person import Expert, Person
from records.tables.retention import RetentionRun
from records.tables.signin import SignIn, SignInPurpose
from states.facts import State
from states.refusals import NotAllowed, NotYours, StateMoved

from cast import HANDED_IN, Office, a_draft, an_application, at, office_at, submit

TOLD = at("2024-11-29 11:00")
AFTER_DRAFTS, AFTER_ALL = at("2025-05-29 11:00"), at("2026-11-29 11:00")


@pytest.fixture(scope="module")
def over_home(founded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A season that was announced: 甲 stands, 乙 was withdrawn with an expert behind it, 丙 stayed a draft."""
    home = tmp_path_factory.mktemp("over") / "home"
    shutil.copytree(founded_home, home)
    office = office_at(opening.open_desk(home))
    an_application(office, State.SUBMITTED, "甲")
    second = a_draft(office, "乙")
    a_draft(office, "丙")
    desk = office.desk
    known = Known("皇甫推荐", ["huangfu@experts.example"], "13912345678", "某某研究院", "研究员")
    with desk.database.write() as session:
        endorser = endorsement.expert_endorser(session, desk, known)
        intake.choose_endorser(session, desk, second, endorser, now=HANDED_IN)
    submit(office, second)
    with desk.database.write() as session:
        corrections.withdraw_by_applicant(session, desk, second, reason="不再参评", now=HANDED_IN)
        hands = {"drafted_by": office.wang, "checked_by": office.li, "signed_by": office.ren}
        instants = dict.fromkeys(("drafted_at", "checked_at", "signed_at", "executed_at"), TOLD)
        session.add(Decision(edition=desk.key, kind="announcement", number="智遴〔2024〕9号", **hands, **instants))
    desk.database.close()
    return home


@pytest.fixture
def over(over_home: Path, tmp_path: Path) -> Iterator[Office]:
    """The same to be changed; whatever is taken out of it, the ledger stays whole."""
    shutil.copytree(over_home, tmp_path / "home")
    office = office_at(opening.open_desk(tmp_path / "home"))
    yield office
    with office.desk.database.read() as session:
        assert ledger.verify(session).faults == ()
    office.desk.database.close()


def listed(office: Office, now: datetime) -> list[tuple[str, str]]:
    """What of the dry run names persons; of the files see `test_retention_files`."""
    with office.desk.database.read() as session:
        entries = retention.dry_run(session, office.desk, now=now)
        return [(entry.who, entry.about) for entry in entries if not entry.who.startswith("IM24")]


def propose(office: Office, now: datetime, officer: int | None = None) -> int:
    with office.desk.database.write() as session:
        seen = retention.digest_of(retention.due(session, office.desk, now=now))
        run = retention.propose(session, office.desk, seen=seen, officer_id=officer or office.ren, now=now)
        return run.id or 0


def confirm(office: Office, run: int, now: datetime, officer: int | None = None) -> dict[str, int]:
    with office.desk.database.write() as session:
        return retention.confirm(session, office.desk, run, officer_id=officer or office.wang, now=now)


class TestWhatIsDue:
    """Each rule by its own term, counted from the day of the result."""

    def test_nothing_before_the_result_and_each_at_its_instant(self, over: Office) -> None:
        moments = (TOLD, AFTER_DRAFTS - timedelta(seconds=1), AFTER_DRAFTS, AFTER_ALL - timedelta(seconds=1))
        found = [[who for who, _ in listed(over, now)] for now in moments]
        assert found == [[], [], ["丙联系人"], ["丙联系人"]]
        assert listed(over, AFTER_ALL) == [
            ("乙联系人", "IM24-002"), ("皇甫推荐", "IM24-002"), ("丙联系人", "IM24-003")
        ]  # fmt: skip

    def test_a_season_without_a_result_keeps_everything(self, office: Office) -> None:
        a_draft(office)
        assert listed(office, at("2034-01-01 00:00")) == []

    def test_whoever_stands_elsewhere_stays(self, over: Office) -> None:
        """乙's contact answers for 甲 too; the recommending expert scores."""
        desk = over.desk
        with desk.database.write() as session:
            theirs = session.exec(select(Person).where(Person.name == "乙联系人")).one()
            first = session.get_one(Application, 1)
            first.contact_id = theirs.id or 0
            session.add(first)
            expert = session.exec(select(Person).where(Person.name == "皇甫推荐")).one()
            session.add(Expert(edition=desk.key, person_id=expert.id or 0, created_at=HANDED_IN))
        assert [who for who, _ in listed(over, AFTER_ALL)] == ["丙联系人"]

    def test_winners_are_never_listed(self) -> None:
        kept = {State.TOP_TEN, State.PUBLICIZED, State.ANNOUNCED, State.FINALIST, State.FIRST_ROUND}
        assert kept.isdisjoint(retention_rules.OVER)

    @pytest.mark.parametrize(
        ("day", "months", "then"),
        [("2024-08-31", 6, "2025-02-28"), ("2023-08-31", 6, "2024-02-29"), ("2024-12-01", 24, "2026-12-01")],
    )
    def test_a_month_without_that_day_ends_on_its_last(self, day: str, months: int, then: str) -> None:
        assert retention_rules.months_after(at(f"{day} 09:00"), months) == at(f"{then} 09:00")


class TestTwoPersons:
    """Proposed by the lead, carried out by the confirmation of somebody else, and only that very list."""

    def test_what_was_listed_goes_and_nothing_else(self, over: Office) -> None:
        run = propose(over, AFTER_ALL)
        assert all(name in whole_store(over) for name in ("乙联系人", "丙联系人", "皇甫", "huangfu"))
        assert confirm(over, run, AFTER_ALL) == {"contacts": 2, "drafts": 1, "unjudged_files": 2}
        store = whole_store(over)
        assert not any(name in store for name in ("乙联系人", "丙联系人", "皇甫", "huangfu"))
        assert all(name in store for name in ("甲联系人", "乙项目", "丙项目", "智遴〔2024〕9号"))
        assert listed(over, AFTER_ALL) == []
        with over.desk.database.read() as session:
            steps = session.exec(select(Event.officer_id).where(Event.kind == "retention").order_by(Event.id)).all()
            (done,) = retention.done(session, over.desk)
        assert steps == [over.ren, over.wang]
        assert (done.proposed_by, done.confirmed_by, done.done_at) == (over.ren, over.wang, AFTER_ALL)

    def test_nobody_confirms_alone_and_no_other_than_the_lead_proposes(self, over: Office) -> None:
        with pytest.raises(NotYours):
            propose(over, AFTER_ALL, over.wang)
        run = propose(over, AFTER_ALL)
        for officer in (over.ren, over.supervisor):
            with pytest.raises(NotYours):
                confirm(over, run, AFTER_ALL, officer)
        with pytest.raises(NotAllowed, match="已有一份"):
            propose(over, AFTER_ALL)
        assert "皇甫" in whole_store(over)

    def test_a_list_that_has_changed_is_proposed_anew(self, over: Office) -> None:
        run = propose(over, AFTER_DRAFTS)
        with pytest.raises(StateMoved, match="没有清理任何信息"):
            confirm(over, run, AFTER_ALL)
        with over.desk.database.write() as session:
            retention.drop(session, over.desk, run, officer_id=over.li, now=AFTER_ALL)
        with pytest.raises(NotAllowed, match="已经办完或作罢"):
            confirm(over, run, AFTER_ALL)
        assert confirm(over, propose(over, AFTER_ALL), AFTER_ALL)["contacts"] == 2
        with pytest.raises(NotAllowed, match="没有到期"):
            propose(over, AFTER_ALL)


def test_a_sign_in_goes_when_it_ran_out_long_ago(over: Office) -> None:
    desk = over.desk
    with desk.database.write() as session:
        person = people.add_person(session, Known("来访者", ["somebody@applicants.example"]))
        signin.begin(session, person.id or 0, SignInPurpose.MAIL, now=AFTER_DRAFTS)
    later = AFTER_DRAFTS + timedelta(days=200)
    assert ("1 次登录", "") in listed(over, later)
    confirm(over, propose(over, later), later)
    with desk.database.read() as session:
        assert session.exec(select(SignIn)).all() == []


def test_who_objected_goes_when_the_case_was_answered_long_ago(over: Office) -> None:
    """The case and its words stay; the identity can never be read again, and was never listed."""
    desk = over.desk
    with desk.database.write() as session:
        case = Objection(
            edition=desk.key, number="YY24-001", application_id=1, ground="知识产权", statement="核心专利已判归他人",
            received_at=TOLD, status="dismissed", replied_at=TOLD,
        )  # fmt: skip
        session.add(case)
        session.flush()
        drawer.put_away(session, desk, case, Identity("骆闻达", "", "", "luo@objectors.example"))
    entries = listed(over, AFTER_ALL)
    assert ("异议人（不显示姓名）", "YY24-001") in entries
    assert "骆闻达" not in str(entries)
    assert confirm(over, propose(over, AFTER_ALL), AFTER_ALL)["objectors"] == 1
    with desk.database.read() as session:
        (record,) = session.exec(select(Objector))
        assert (record.sealed, record.erased_at) == (None, AFTER_ALL)
        assert session.exec(select(Objection.statement)).one() == "核心专利已判归他人"


def test_the_page_lists_and_two_officers_settle(over: Office) -> None:
    ren, wang = Browser(over, Part.LEAD, now=AFTER_ALL), Browser(over, Part.OFFICE, now=AFTER_ALL)
    page = ren.client.get("/retention").text
    for words in ("皇甫推荐", "IM24-002", "个人信息保护法", "结果公布后 24 个月", "提出清理"):
        assert words in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert ren.client.get("/retention/list.xlsx").content.startswith(b"PK")
    stale = ren.client.post("/retention/propose", data={"form_secret": ren.secret(), "seen": "another"})
    assert (stale.status_code, "名单在您查看之后有了变化" in stale.text) == (409, True)
    ren.client.post("/retention/propose", data={"form_secret": ren.secret(), "seen": seen})
    assert "确认删除" not in ren.client.get("/retention").text
    assert "确认删除" in wang.client.get("/retention").text
    with over.desk.database.read() as session:
        run = session.exec(select(RetentionRun)).one().id
    told = {"form_secret": wang.secret(), "step": "confirm"}
    assert wang.client.post(f"/retention/{run}/settle", data=told).status_code == 303
    page = wang.client.get("/retention").text
    assert ("皇甫" in page, "任组长 提出，王工 确认" in page) == (False, True)
    again = wang.client.post(f"/retention/{run}/settle", data=told)
    assert (again.status_code, "已经办完或作罢" in again.text) == (422, True)


def test_the_commands_tell_and_take_nothing(over: Office) -> None:
    home, before = over.desk.settings.home, whole_store(over)
    due = run("retention", "dry-run", "--json", home=home, now="2026-11-29 11:00").told["due"]
    assert [(each["who"], each["about"]) for each in due][-3:] == listed(over, AFTER_ALL)
    rules = {
        each["key"]: each
        for each in run("retention", "show", "--json", home=home, now="2026-11-29 11:00").told["rules"]
    }
    assert (rules["contacts"]["due"], rules["winners"]["due"]) == (2, None)
    assert "到期 2 条" in run("retention", "show", home=home, now="2026-11-29 11:00").out
    assert whole_store(over) == before


def test_a_refusal_says_what_to_do(over: Office) -> None:
    with pytest.raises(Refusal) as refusal:
        confirm(over, 999, AFTER_ALL)
    assert refusal.value.next_step
