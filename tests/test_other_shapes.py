"""What an edition of another shape says of itself: one round, no endorsement, one route, a final at home."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from edition_texts import TEXT, refusal_of, replaced

from config.editions_file import parse_edition
from notifications import letters
from office import deadline_desk, paper_standing, papers
from office.case_history import History
from office.desk import Desk
from office.visitors import STRANGER
from records.tables.application import Application
from records.tables.letter import Letter
from states.facts import State
from states.lifecycle import Trigger
from states.refusals import NotAllowed
from web import case_told
from web.desk_cases import labels
from web.navigation import PLACES

from cast import SOCIETY, applications, at, found_desk, office_at

SPRING = at("2024-05-21 10:00")
REQUIRED, ROUTES = 'required = { value = true, r = "R40" }', 'routes = { value = ["society", "expert"]'
ONE_ROUND = TEXT[: TEXT.rindex("[[rounds]]")] + TEXT[TEXT.index("[notice]") :]
NO_ENDORSEMENT = replaced((REQUIRED, REQUIRED.replace("true", "false")))
BY_SOCIETY, BY_EXPERT = (replaced((ROUTES, f'routes = {{ value = ["{route}"]')) for route in ("society", "expert"))
AT_HOME = replaced(('mode = { value = "on_site"', 'mode = { value = "online"'))
TIES = 'ties = { value = ["median", "criterion_mean", "fewer_extremes", "panel"]'


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """The desk of a new home of a changed edition."""
    (tmp_path / "edition.toml").write_text(request.param, encoding="utf-8")
    founded = found_desk(tmp_path / "home", tmp_path / "edition.toml")
    yield founded
    founded.database.close()


def call(desk: Desk) -> str:
    """What the call of one society says, the plan with it."""
    with desk.database.write() as session:
        made = papers.make(session, desk, "call", of=SOCIETY, now=SPRING)
    return re.sub(r"<[^>]+>", "", ZipFile(BytesIO(made.data)).read("word/document.xml").decode())


def opening_letter(desk: Desk) -> str:
    """What societies are told when entries are taken."""
    row = Letter(template="submission_open.society", key="k", email="a@b.example", edition=desk.key, facts={})
    return letters.render(row, edition=desk.edition, settings=desk.settings).text


@pytest.mark.parametrize("desk", [ONE_ROUND], indirect=True)
def test_the_only_round_selects_and_knows_no_finalist(desk: Desk) -> None:
    with desk.database.read() as session:
        locks = deadline_desk.line(session, desk, "first_round_locks")
        papers_of_a_hall = [
            each for each in paper_standing.standings(session, desk, now=SPRING) if each.phase == "final"
        ]
    assert locks is not None
    assert locks.happens.trigger is Trigger.SELECT
    assert {State.FINALIST, State.NOT_SELECTED}.isdisjoint(labels(desk))
    assert State.ENDORSED in labels(desk)
    assert papers_of_a_hall == []


@pytest.mark.parametrize("desk", [NO_ENDORSEMENT], indirect=True)
def test_without_endorsement_nobody_is_asked_to_seal_before_handing_in(desk: Desk) -> None:
    told = call(desk)
    assert "审核并盖章" not in told
    assert "审核并签字" not in told
    assert "15 家成员学会为：" in told
    assert State.ENDORSED not in labels(desk)


@pytest.mark.parametrize(
    ("desk", "asked", "not_asked"),
    [(BY_SOCIETY, "审核并盖章", "审核并签字"), (BY_EXPERT, "审核并签字", "审核并盖章")],
    indirect=["desk"],
)
def test_call_and_letter_name_the_routes_that_the_edition_has(desk: Desk, asked: str, not_asked: str) -> None:
    """A7, R14, R15: whom nobody may choose is not named."""
    for told in (call(desk), opening_letter(desk).replace("审核", "审核并")):
        assert asked in told
        assert not_asked not in told


@pytest.mark.parametrize("desk", [AT_HOME], indirect=True)
def test_a_final_at_home_asks_for_reasons_in_the_call_too(desk: Desk) -> None:
    """R106, R107: wherever the edition asks for them."""
    assert "分值高于 99 分或低于 50 分的，评审专家须写明理由，并存档。" in call(desk)
    assert "专家专家" not in call(desk)


def test_a_tie_chain_must_end_with_the_panel() -> None:
    """A13: without it a tie at the cut could never be decided, for nothing is drawn without a record."""
    refused = refusal_of(replaced((TIES, TIES.replace(', "panel"', ""))))
    assert refused.key == "rounds[0].ties"
    assert parse_edition(replaced((TIES, 'ties = { value = ["panel"]')), name="x").edition.rounds[0].ties == ("panel",)


@pytest.mark.parametrize(
    ("desk", "state", "sentence", "holder"),
    [
        (NO_ENDORSEMENT, State.DRAFT, "材料还没有提交。", "贵单位"),
        (NO_ENDORSEMENT, State.SUBMITTED, "材料已提交，正在形式审查。", "遴选办公室"),
        (AT_HOME, State.FINALIST, "已入围，等待专家评审。", "评审专家"),
        (ONE_ROUND, State.NOT_SHORTLISTED, "本届未入选，感谢参与。", "已办结"),
    ],
    indirect=["desk"],
)
def test_an_applicant_waits_for_nobody_whom_the_edition_has_not(
    desk: Desk, state: State, sentence: str, holder: str
) -> None:
    told = case_told.standing(desk, Application(lapses_at=None), History(state, SPRING, ()), endorser="")
    assert (told.sentence, told.holder) == (sentence, holder)
    assert "推荐" not in told.following
    assert "答辩" not in told.following


@pytest.mark.parametrize("desk", [TEXT], indirect=True)
def test_an_applicant_under_notice_reads_until_when_it_is_really_up(desk: Desk) -> None:
    closes, history = at("2024-11-13 00:00"), History(State.PUBLICIZED, SPRING, ())
    told = case_told.standing(desk, Application(), history, endorser="", notice_closes=closes)
    assert told.until == closes


@pytest.mark.parametrize(("desk", "there"), [(ONE_ROUND, False), (TEXT, True)], indirect=["desk"])
def test_the_rail_has_the_hall_where_a_round_meets_in_one(desk: Desk, there: bool) -> None:
    place = next(place for place in PLACES if place.path == "/stage")
    with desk.database.read() as session:
        assert place.count is not None
        assert (place.count(session, desk, STRANGER, SPRING) is not None) is there


@pytest.mark.parametrize("desk", [AT_HOME], indirect=True)
def test_who_goes_on_to_a_final_at_home_is_listed_too(desk: Desk) -> None:
    """R98, R126: the list of the fifteen needs no hall."""
    office = office_at(desk)
    (item,) = applications(office, State.FORMALLY_CHECKED, 1)
    with desk.database.write() as session:
        session.get_one(Application, item).state = State.FINALIST.value
        made = papers.make(session, desk, "finalists", now=at("2024-10-16 10:00"))
        assert "IM24-001" in ZipFile(BytesIO(made.data)).read("word/document.xml").decode()


@pytest.mark.parametrize("desk", [ONE_ROUND], indirect=True)
def test_an_edition_of_one_round_says_why_it_has_no_such_list(desk: Desk) -> None:
    with desk.database.write() as session, pytest.raises(NotAllowed, match="只有一轮"):
        papers.make(session, desk, "finalists", now=SPRING)
