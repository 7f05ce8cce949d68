"""Another award, played whole: nothing of 2024 is in the code (the invented harbour prize of 2031)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from contest import Contest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from cli import season_files
from cli.season_cast import Endorsing, Entry
from config.refusal import Refusal
from documents.child import Readers
from notifications import letters
from office import (
    check_sheet,
    corrections,
    deadlines,
    duties,
    formal_check,
    notice,
    objections,
    opening,
    scores,
    uploads,
)
from office.application_folder import Received, receive_folder
from records import ledger
from records.tables.application import Application
from records.tables.deadline import Deadline
from records.tables.decision import Decision, Notice
from records.tables.letter import Letter
from review.scores import BadScore
from states import agenda
from states.facts import State
from states.refusals import NotAllowed
from web.app import make_app

from cast import Office, a_draft, broken_rules, experts, found_desk, office_at, put, submit

pytestmark = pytest.mark.slow

HARBOUR = Path(__file__).parent / "editions" / "harbour2031.toml"
TOLD = {"unit_type": "workshop", "category": "building"}
PLAIN, PLACES = 33, 30
INSTANT = timedelta(microseconds=1)
# Words that only the award of 2024, or an award with endorsers and a final, could say; digests hold any digits.
OF_2024 = re.compile(
    r"\b(?:2024|5000)\b|2024年|IM24|智遴|智能制造|科技进展|十大|十五|15 ?[项家个]|10 ?项|初评|终评|入围|答辩|"
    "12 ?分钟|720 ?秒|7 ?天|四项|文件 ?[1-4]|推荐|学会|遴选办公室|联合体|北京时间|一个工作日"
)


def nz(words: str) -> datetime:
    """An instant of the edition's own clock."""
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo("Pacific/Auckland"))


@dataclass
class Season:
    """The harbour prize of 2031 with its office, and what its clock did at each deadline."""

    office: Office
    readers: Readers
    folders: Path
    contest: Contest | None = None
    ran: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)  # what a test will look at, kept when it happened

    def clock(self, until: datetime) -> None:
        """Do what is due up to ``until``, each thing at its own instant, as the engine does it."""
        desk = self.office.desk
        while due := self._next(until):
            claimed = deadlines.claim_next(desk.database, edition_key=desk.key, now=due, worker="clock")
            assert claimed is not None
            told = duties.carry_out(desk, claimed.kind, due_at=claimed.due_at, now=due)
            with desk.database.write() as session:
                deadlines.settle(session, claimed, told, now=due)
            self.ran[claimed.kind] = (claimed.due_at, told)

    def _next(self, until: datetime) -> datetime | None:
        with self.office.desk.database.read() as session:
            due = deadlines.next_due(session, edition_key=self.office.desk.key)
        return due if due is not None and due <= until else None

    def take(self, parcel: season_files.Parcel) -> Received:
        """Hand an application's folder in through the office, an hour after it was received."""
        desk = self.office.desk
        folder = season_files.make(self.folders, desk.edition, parcel, videos=self.folders / "videos")
        later = parcel.received_at + timedelta(hours=1)
        return receive_folder(desk, folder, check=self.readers.check, officer_id=self.office.wang, now=later)

    def do(self, verb: Callable[..., Any], *facts: Any, **options: Any) -> Any:  # noqa: ANN401 - any verb of the office
        """One verb of the office in its own transaction."""
        with self.office.desk.database.write() as session:
            return verb(session, self.office.desk, *facts, **options)

    def read(self, question: Callable[[Session], Any]) -> Any:  # noqa: ANN401 - any answer
        """What a question to the store answers."""
        with self.office.desk.database.read() as session:
            return question(session)

    def state(self, item_id: int) -> State:
        """Where an application stands."""
        return State(self.office.found(item_id).state)

    def count(self, state: State) -> int:
        """How many applications stand in a state."""
        query = select(Application.id).where(Application.state == state.value)
        return len(self.read(lambda session: session.exec(query).all()))


def an_entry(name: str, **told: object) -> Entry:
    """An application as a folder tells it: 1,500 字, a film of three minutes, nobody endorses."""
    facts: dict[str, Any] = {
        "place": 7, "story": name, "title": f"{name}的桥", "unit": f"{name}工坊", "unit_type": "workshop",
        "category": "upkeep", "person": "海二", "phone": "000-0002", "email": f"{name.encode().hex()}@units.example",
        "endorsing": Endorsing("society", ""), "handed_in": nz("2031-02-10 09:00"), "quality": 0.0, "words": 1_500,
        "seconds": 180.0,
    }  # fmt: skip
    return Entry(**facts | told)


def a_parcel(name: str, *, received_at: datetime, **told: object) -> season_files.Parcel:
    return season_files.Parcel(an_entry(name, **told), name.encode().hex(), received_at)


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    """The whole season, from the founding to the announcement."""
    home = tmp_path_factory.mktemp("harbour")
    with Readers() as readers:
        played = Season(office_at(found_desk(home / "home", HARBOUR)), readers, home / "folders")
        played.folders.mkdir()
        for act in (hand_in, check, score, publish):
            act(played)
        yield played
    played.office.desk.database.close()


def hand_in(season: Season) -> None:
    """Real folders and plain ones, some at the last moment, some never."""
    office, closes = season.office, season.office.desk.edition.submission.closes
    season.clock(nz("2031-02-01 08:00"))
    real = {"良": {}, "长文": {"words": 1_900}, "长片": {"seconds": 250.0, "place": 8}}
    for name, told in real.items():
        season.seen[name] = season.take(a_parcel(name, received_at=nz("2031-02-10 10:00"), **told))
    drafts = [a_draft(office, f"第{n:02d}坊", now=nz("2031-02-15 10:00"), **TOLD) for n in range(PLAIN)]
    for item in drafts:
        submit(office, item, now=nz("2031-02-20 10:00"))
    season.seen["plain"] = drafts
    season.seen["left"] = a_draft(office, "搁置", now=nz("2031-02-16 10:00"), **TOLD)
    season.seen["in_flight"] = a_draft(office, "途中", now=nz("2031-02-16 11:00"), **TOLD)
    begun = uploads.Incoming("video", "way.mp4", begun_at=closes - INSTANT)
    season.do(uploads.begin_file, season.seen["in_flight"], begun)
    season.clock(closes - INSTANT)
    season.seen["before_closing"] = season.state(season.seen["left"])
    season.seen["末"] = season.take(a_parcel("末", received_at=closes - INSTANT))
    with pytest.raises(NotAllowed, match="晚于截止时刻 2031年3月1日 24:00") as late:
        season.take(a_parcel("迟", received_at=closes))
    season.seen["late"] = str(late.value)
    season.clock(closes)
    season.seen["at_closing"] = [season.state(season.seen[name]) for name in ("left", "in_flight")]
    season.clock(closes + timedelta(minutes=5))


def check(season: Season) -> None:
    """The formal check: corrections, a withdrawal, a rejection, and the others in one batch."""
    office, wang = season.office, season.office.wang
    film, plain = season.seen["长片"].item_id, season.seen["plain"]
    send_back(season, film, now=nz("2031-03-04 10:00"))
    parcel = a_parcel("长片", received_at=nz("2031-03-06 10:00"))
    number = season.seen["长片"].number
    answer = season_files.corrected(parcel, number, nz("2031-03-12 10:00"), "video", seconds=200.0)
    season.seen["corrected"] = season.take(answer)
    send_back(season, film, "budget", now=nz("2031-03-13 10:00"))
    put(office, film, "budget", words="二", now=nz("2031-03-14 10:00"))
    submit(office, film, now=nz("2031-03-14 11:00"))
    with pytest.raises(NotAllowed, match="修改次数已用完"):
        send_back(season, film, "budget", now=nz("2031-03-15 10:00"))
    season.do(corrections.withdraw_by_applicant, plain[-1], now=nz("2031-03-15 11:00"))
    season.do(corrections.reject, plain[-2], reason="不是桥梁。", officer_id=wang, now=nz("2031-03-15 12:00"))
    passed = [*(season.seen[name].item_id for name in ("良", "末")), film, *plain[:-2]]
    for item in passed:
        answer_the_sheet(season, item, now=nz("2031-03-16 10:00"))
    season.do(formal_check.pass_check, passed, officer_id=wang, now=nz("2031-03-17 10:00"))
    season.contest = Contest(office, passed, experts(office, 5))


def send_back(season: Season, item: int, *slots: str, now: datetime) -> None:
    """Send back what the sheet proposes, or these slots; the due instant is kept."""
    with season.office.desk.database.read() as session:
        proposed, words = corrections.proposed(session, season.office.desk, item)
    season.do(
        corrections.send_back, item, slots=slots or proposed, reason=words or "决算没有签字。",
        officer_id=season.office.wang, now=now,
    )  # fmt: skip
    season.seen.setdefault("due", []).append((slots or proposed, season.office.found(item).lapses_at))


def answer_the_sheet(season: Season, item: int, *, now: datetime) -> None:
    """An officer looks at every line that wants a person."""
    desk = season.office.desk
    with desk.database.write() as session:
        lines = check_sheet.sheet(session, desk, session.get_one(Application, item))
        for line in lines:
            if not line.settled:
                said = formal_check.Answer(line.rule, line.upload_id or 0)
                formal_check.tick(session, desk, item, said, officer_id=season.office.wang, now=now)


def score(season: Season) -> None:
    """The only round: points from 1 to 20 in quarters, a tie at the last place, the result by two persons."""
    contest, round_ = season.contest, season.office.desk.edition.rounds[0]
    assert contest is not None
    contest.prepare("first_round", now=round_.opens - timedelta(days=3))
    season.clock(round_.opens)
    during = round_.opens + timedelta(days=1)
    season.seen["tied"] = tied = contest.items[PLACES - 1 : PLACES + 1]
    totals = {item: [str(19 - place / 4 if place < PLACES else 10)] * 5 for place, item in enumerate(contest.items)}
    enter_tied(season, now=during)
    contest.score("first_round", {item: row for item, row in totals.items() if item not in tied}, now=during)
    season.clock(round_.locks)
    season.seen["ranking"] = contest.outcome("first_round").ranking
    drafted = season.read(lambda session: session.exec(select(Decision)).one())
    season.seen["drafted"] = drafted
    contest.signed(drafted.id or 0, now=round_.locks + timedelta(days=1))
    season.clock(round_.result_due)


def enter_tied(season: Season, *, now: datetime) -> None:
    """The last winner and the first loser have the same total; the second of them is the safer bridge."""
    first, second = season.seen["tied"]
    aspects = {
        first: {"precision": "2", "economy": "2", "record": "7"},
        second: {"precision": "1", "economy": "1", "record": "9"},
    }
    assert season.contest is not None
    with season.office.desk.database.write() as session:
        for item, typed in aspects.items():
            for expert in season.contest.experts:
                enter(session, season, expert, item, aspects=typed, now=now)


def publish(season: Season) -> None:
    """Twenty days of notice, an objection that holds and one that does not, the announcement."""
    desk, office, contest = season.office.desk, season.office, season.contest
    assert contest is not None
    posted, closes = desk.edition.notice.posted, nz("2031-06-09 00:00")
    draft = season.do(notice.draft_posting, officer_id=office.wang, now=posted - timedelta(days=1))
    contest.signed(draft.id or 0, now=posted - timedelta(days=1))
    season.clock(posted)
    copied, honest = contest.items[:2]
    season.seen["copied"], season.seen["honest"] = copied, honest
    case = object_to(season, copied, received_at=closes - INSTANT)
    other = object_to(season, honest, received_at=posted)
    with pytest.raises(NotAllowed, match="不在公示期之内"):
        object_to(season, honest, received_at=closes)
    season.clock(closes)
    later = closes + timedelta(days=2)
    contest.decide(other.id, objections.DISMISSED, outcome="查无此事。", now=later)
    contest.decide(case.id, objections.SUSTAINED, outcome="图纸相同。", now=later)
    contest.disqualify(copied, ground="异议成立：图纸相同。", now=later)
    draft = season.do(notice.draft_announcement, officer_id=office.wang, now=later)
    contest.signed(draft.id or 0, now=later)
    season.clock(nz("2031-07-20 00:00"))


def object_to(season: Season, item: int, *, received_at: datetime) -> Any:  # noqa: ANN401 - the case
    now = max(received_at, nz("2031-06-09 01:00"))
    return season.do(
        objections.lodge, item, name="周海", phone="000-0003", email="zhou@elsewhere.example", unit="",
        ground="抄袭", statement="图纸与他人相同。", received_at=received_at, now=now,
    )  # fmt: skip


def enter(session: Session, season: Season, expert: int, item: int, *, now: datetime, **typed: Any) -> Any:  # noqa: ANN401
    return scores.enter(
        session, season.office.desk, "first_round", expert_id=expert, item_id=item, total=typed.pop("total", None),
        now=now, **typed,
    )  # fmt: skip


# --- intake ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_its_own_limits_judge_the_files(season: Season) -> None:
    """1,900 字 are too many and four minutes and ten seconds too long, though both were fine in 2024."""
    assert season.seen["良"].state is season.seen["末"].state is State.SUBMITTED
    wordy, film = season.seen["长文"], season.seen["长片"]
    assert wordy.state is State.DRAFT
    assert any("1800" in line.evidence for _, line in wordy.findings)
    assert film.state is State.SUBMITTED
    assert season.seen["due"][0][0] == ("video",)


@pytest.mark.slow
def test_drafts_lapse_at_its_own_closing_instant_and_its_own_grace(season: Season) -> None:
    assert season.seen["before_closing"] is State.DRAFT
    assert season.seen["at_closing"] == [State.LAPSED, State.DRAFT]
    assert season.ran["upload_grace_ends"][0] == nz("2031-03-02 00:05")
    assert season.state(season.seen["in_flight"]) is State.LAPSED
    assert season.state(season.seen["长文"].item_id) is State.LAPSED


@pytest.mark.slow
def test_nobody_is_asked_to_endorse(season: Season) -> None:
    kinds = season.read(lambda session: session.exec(select(Letter.template)).all())
    assert not [kind for kind in kinds if "endors" in kind or kind.endswith(".endorser")]
    assert season.count(State.ENDORSED) == season.count(State.SUBMITTED) == 0


@pytest.mark.slow
def test_corrections_have_its_eight_working_days_and_come_twice(season: Season) -> None:
    assert season.seen["corrected"].state is State.SUBMITTED
    assert season.seen["due"] == [
        (("video",), nz("2031-03-15 00:00")),
        (("budget",), nz("2031-03-26 00:00")),
    ]


# --- the round -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_its_deadlines_know_one_round_and_no_endorsement(season: Season) -> None:
    rows = season.read(lambda session: session.exec(select(Deadline)).all())
    assert not [row.kind for row in rows if "final" in row.kind or "endorsement" in row.kind]
    assert all(row.settled_at for row in rows)
    told = [agenda.label_of(row.kind, season.office.desk.words) for row in rows]
    assert "函评开始" in told
    assert not [label for label in told if OF_2024.search(label)]


@pytest.mark.slow
def test_the_only_round_brings_thirty_winners(season: Season) -> None:
    """SELECT and LEAVE_OUT both run from the first round; who is left out was not passed over in a final."""
    assert season.ran["first_round_opens"][1]["moved"] == PLAIN - 2 + 3
    assert (season.seen["drafted"].drafted_by, season.seen["drafted"].number) == (None, "港桥〔2031〕1号")
    assert len(season.seen["drafted"].payload["select"]) == PLACES
    assert season.count(State.NOT_SHORTLISTED) == 4
    assert season.count(State.FINALIST) == season.count(State.NOT_SELECTED) == 0


@pytest.mark.slow
def test_a_tie_at_the_last_place_is_broken_by_its_own_criterion(season: Season) -> None:
    lost, won = season.seen["tied"]
    places = {placed.item: placed for placed in season.seen["ranking"].places}
    assert places[lost].printed == places[won].printed == "11.000"
    assert season.state(lost) is State.NOT_SHORTLISTED
    assert season.state(won) is State.ANNOUNCED


# --- what outsiders see ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_notice_lasts_twenty_days_by_the_calendar(season: Season) -> None:
    first, second = season.read(lambda session: session.exec(select(Notice).order_by(Notice.version)).all())
    assert (first.posted_at, first.closes_at) == (nz("2031-05-20 12:00"), nz("2031-06-09 00:00"))
    assert "公示 20 天" in first.reckoning
    assert len(first.items) == PLACES
    assert len(second.items) == PLACES - 1
    assert season.seen["copied"] not in second.items


@pytest.mark.slow
def test_the_thirty_less_the_disqualified_are_announced(season: Season) -> None:
    assert season.ran["announcement"][0] == nz("2031-07-01 15:00")
    assert season.count(State.ANNOUNCED) == PLACES - 1
    assert season.state(season.seen["copied"]) is State.DISQUALIFIED
    assert season.state(season.seen["honest"]) is State.ANNOUNCED


@pytest.mark.slow
def test_no_letter_says_anything_of_2024(season: Season) -> None:
    desk = season.office.desk
    rows = season.read(lambda session: session.exec(select(Letter)).all())
    assert len({row.template for row in rows}) > 12
    for row in rows:
        words = letters.render(row, edition=desk.edition, settings=desk.settings)
        told = f"{words.subject}\n{words.text}\n{words.html}"
        assert not OF_2024.findall(told), f"{row.template}: {words.text}"
        assert "港湾" in words.text


@pytest.mark.slow
@pytest.mark.parametrize("now", ["2031-02-10 10:00", "2031-05-25 10:00", "2031-07-02 10:00"])
def test_no_page_says_anything_of_2024(season: Season, now: str) -> None:
    """The drawing apart: it shows the lifecycle with all its ways, also those that this edition does not use."""
    client = TestClient(make_app(season.office.desk, clock=lambda: nz(now)))
    for path in ("/", "/notice"):
        answer = client.get(path)
        seen = re.sub(r"(?s)<svg.*?</svg>|<[^>]+>", " ", answer.text)
        assert not OF_2024.findall(seen), seen
        assert "港湾" in seen
    assert "函评" in client.get("/").text


@pytest.mark.slow
def test_what_the_clock_did_is_told_without_2024(season: Season) -> None:
    told = [f"{kind} {outcome}" for kind, (_, outcome) in season.ran.items()]
    assert not [line for line in told if OF_2024.search(line)]
    assert not [kind for kind, (_, outcome) in season.ran.items() if outcome.get("blocked")]
    assert not OF_2024.search(season.seen["late"].replace("遴选办公室", ""))  # the program's own word for an office


@pytest.mark.slow
def test_its_store_holds_every_rule_and_its_ledger_is_whole(season: Season) -> None:
    assert broken_rules(season.office.desk) == ()
    assert season.read(ledger.verify).faults == ()


# --- the numbers of 2024 ---------------------------------------------------------------------------------------------


@pytest.fixture
def scoring(tmp_path: Path) -> Iterator[Season]:
    """Two applications in the open round, three experts."""
    office = office_at(found_desk(tmp_path / "home", HARBOUR))
    season = Season(office, Readers(), tmp_path)
    now = nz("2031-02-10 10:00")
    items = [a_draft(office, name, now=now, **TOLD) for name in ("甲", "乙")]
    for item in items:
        submit(office, item, now=now)
        answer_the_sheet(season, item, now=now)
    season.do(formal_check.pass_check, items, officer_id=office.wang, now=now)
    season.contest = Contest(office, items, experts(office, 3))
    opens = office.desk.edition.rounds[0].opens
    season.contest.prepare("first_round", now=opens - timedelta(days=1))
    season.contest.open("first_round", now=opens)
    yield season
    assert broken_rules(office.desk) == ()
    office.desk.database.close()


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"total": "50"}, BadScore),  # the lower limit of 2024 is above the highest points here
        ({"total": "99"}, BadScore),
        ({"total": "0.75"}, BadScore),
        ({"total": "12.1"}, BadScore),  # in quarters
        ({"total": "19.25"}, Refusal),  # above 19 wants a reason
        ({"total": "3.75"}, Refusal),  # below 4 wants a reason
    ],
)
def test_scores_are_bound_by_its_own_numbers(scoring: Season, typed: dict[str, str], refusal: type[Refusal]) -> None:
    assert scoring.contest is not None
    (expert, *_), (item, _) = scoring.contest.experts, scoring.contest.items
    now = scoring.office.desk.edition.rounds[0].opens
    with pytest.raises(refusal) as refused, scoring.office.desk.database.write() as session:
        enter(session, scoring, expert, item, now=now, **typed)
    assert not re.search(r"99|50|100", refused.value.sentence.replace(typed["total"], ""))
    with scoring.office.desk.database.write() as session:
        for total in ("19", "4", "18.25"):
            enter(session, scoring, expert, item, now=now, total=total)


def test_two_applications_of_thirty_places_all_go_on(scoring: Season) -> None:
    """A28: fewer than places; neither fifteen nor ten is asked for."""
    contest, round_ = scoring.contest, scoring.office.desk.edition.rounds[0]
    assert contest is not None
    contest.score("first_round", {item: ["10"] * 3 for item in contest.items}, now=round_.opens)
    contest.lock("first_round", now=round_.locks)
    contest.release("first_round", now=round_.locks)
    assert contest.standing(State.TOP_TEN) == contest.items


def test_a_home_is_founded_for_the_edition_that_is_given(tmp_path: Path) -> None:
    """Not for the one that the settings would choose without it; and it is opened so again."""
    desk = found_desk(tmp_path / "home", HARBOUR)
    desk.database.close()
    again = opening.open_desk(tmp_path / "home")
    assert again.key == "harbour2031"
    again.database.close()
