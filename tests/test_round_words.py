"""What the papers of a round call who goes on, and what they note where nobody had to stay behind (R2, R98, A28)."""

import pytest
from contest import LOCKS, Contest

from office import round_papers
from paperwork.round_told import RoundTold
from states.facts import State

from cast import Office, applications, experts


@pytest.fixture
def locked(office: Office) -> Contest:
    """Three applications for fifteen places, two of them equal, scored and locked."""
    items = applications(office, State.FORMALLY_CHECKED, 3)
    made = Contest(office, items, experts(office, 3))
    made.prepare("first_round")
    made.open("first_round")
    made.score("first_round", {items[0]: ["90"] * 3, items[1]: ["90"] * 3, items[2]: ["80"] * 3})
    made.lock("first_round", now=LOCKS)
    return made


def told(contest: Contest) -> RoundTold:
    office = contest.office
    with office.desk.database.write() as session:
        return round_papers.told(session, office.desk, "first_round", officer_id=office.ren, paper="minutes", now=LOCKS)


def test_the_first_round_sends_on_and_selects_nobody(locked: Contest) -> None:
    assert told(locked).passed == "入围"
    final = locked.office.desk.edition.deciding_round
    assert round_papers.passed_word(locked.office.desk, final) == "入选"


def test_fewer_than_the_places_go_on_with_a_note(locked: Contest) -> None:
    assert "参评 3 项，不多于应取的 15 项，全部入围。" in told(locked).rules


def test_a_step_of_the_chain_is_called_as_the_edition_calls_it(locked: Contest) -> None:
    assert [line for line in told(locked).ties if line.startswith("第二步")] == [
        "第二步，“创新性”平均分高者在前：不适用，有的项目缺少数据。"
    ]
