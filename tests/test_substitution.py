"""A winner's place that fell free: of several on the next rank the panel chooses, on the desk's page (A18)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import small_final
from contest import FINAL, FINAL_LOCKS, FINAL_SIGNED, POSTED, Contest
from visitors_of import Browser

from office import decision_desk
from office.visitors import Part
from states.facts import State

LATE = POSTED + timedelta(days=1)
LOST_FOR_GOOD = "入选项目取消资格，本届不递补"


@pytest.fixture(scope="module")
def contest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contest]:
    """One of three finalists won and lost its title; the other two share the next rank. The next moves up."""
    folder = tmp_path_factory.mktemp("substitution")
    for made in small_final.fresh(small_final.released(folder), folder / "copy"):
        contest = with_rules(made, substitute=True)
        contest.prepare("final", now=FINAL - timedelta(days=3))
        contest.open("final", now=FINAL)
        totals = dict(zip(contest.items[:3], ("95", "90", "90"), strict=True))
        contest.score("final", {item: [total] * len(contest.experts) for item, total in totals.items()}, now=FINAL)
        contest.lock("final", now=FINAL_LOCKS)
        contest.release("final", now=FINAL_SIGNED)
        contest.post()
        contest.disqualify(contest.items[0], ground="违反承诺：第 2 条", now=LATE)
        yield contest


def with_rules(contest: Contest, *, substitute: bool) -> Contest:
    """The same contest with one place for a winner, that is filled again or not."""
    desk = contest.office.desk
    first, last = desk.edition.rounds
    rounds = (first, last.model_copy(update={"places": 1}))
    notice = desk.edition.notice.model_copy(update={"substitute": substitute})
    edition = desk.edition.model_copy(update={"rounds": rounds, "notice": notice})
    changed = replace(desk, loaded=replace(desk.loaded, edition=edition))
    return replace(contest, office=replace(contest.office, desk=changed))


def test_where_nobody_moves_up_the_desk_says_so(contest: Contest) -> None:
    for substitute, said in ((False, True), (True, False)):
        office = with_rules(contest, substitute=substitute).office
        page = Browser(office, Part.OFFICE, now=LATE).client.get("/decisions").text
        assert (LOST_FOR_GOOD in page) is said


def test_of_a_tie_the_desk_asks_for_the_choice_and_its_minutes(contest: Contest) -> None:
    desk, (_, second, third) = contest.office.desk, contest.items[:3]
    with desk.database.read() as session:
        (tied,) = decision_desk.ties(session, desk).values()
        assert [(one.item.id, one.place) for one in tied] == [(second, 2), (third, 2)]
    wang = Browser(contest.office, Part.OFFICE, now=LATE)
    page = wang.client.get("/decisions").text
    assert "下一名次有并列" in page
    assert [f'name="chosen" value="{item}"' in page for item in (second, third, contest.items[3])] == [
        True,
        True,
        False,
    ]
    said = {"form_secret": wang.secret(), "kind": "substitution", "chosen": str(third), "minutes": "专家组 3 比 2"}
    for lack, word in (
        ({"chosen": ""}, "并列"),
        ({"chosen": str(contest.items[3])}, "并列"),
        ({"minutes": " "}, "经过"),
    ):
        refused = wang.client.post("/decisions/draft", data=said | lack)
        assert (refused.status_code, word in refused.text) == (422, True)
    assert f'value="{third}" required checked' in refused.text
    made = wang.client.post("/decisions/draft", data=said)
    drafted = contest.decision(int(made.headers["location"].rpartition("/")[2]))
    assert (drafted.payload, drafted.ground) == ({"publicize": [third]}, "专家组 3 比 2")
    assert "下一名次有并列" not in wang.client.get("/decisions").text
    assert contest.state(second) is State.NOT_SELECTED
