"""Proves the numbers of the overview on both databases' words, and that a round's scores stay out until released."""

import json
from dataclasses import asdict
from datetime import date, timedelta

from contest import SCORED, SIGNED, Contest, descending
from sqlalchemy import event

from office import board, corrections
from office.board import Board
from states.facts import State

from cast import CHECKED, HANDED_IN, Office, a_draft, an_application, endorse, submit


def told(office: Office) -> Board:
    with office.desk.database.read() as session:
        return board.board(session, office.desk, now=CHECKED)


def test_what_stands_where_and_when_it_came(office: Office) -> None:
    a_draft(office, "甲")
    for name, hours in (("乙", 0), ("丙", 13), ("丁", 14)):  # handed in at 10:00, 23:00 and at midnight
        submit(office, a_draft(office, name, now=HANDED_IN), now=HANDED_IN + timedelta(hours=hours))
    found = told(office)
    assert (found.total, found.handed_in) == (4, 3)
    assert found.counts == {State.DRAFT: 1, State.SUBMITTED: 3}
    assert found.intake == ((date(2024, 8, 1), 2), (date(2024, 8, 2), 1))


def test_the_funnel_counts_who_ever_came_so_far(office: Office) -> None:
    first, second = an_application(office, State.ENDORSED, "甲"), an_application(office, State.FORMALLY_CHECKED, "乙")
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, first, slots=("video",), reason="超时", officer_id=office.wang, now=CHECKED
        )
    assert second
    assert [(step.count, step.share) for step in told(office).funnel] == [(2, None), (1, 50), (0, 0), (0, None)]


def test_societies_by_category_leave_drafts_out(office: Office) -> None:
    an_application(office, State.ENDORSED, "甲")
    a_draft(office, "乙")
    assert [(cell.endorser, cell.category, cell.count) for cell in told(office).endorsers] == [
        ("纺织", "production", 1)
    ]


def test_the_news_are_in_words_and_new_ones_can_be_asked_for(office: Office) -> None:
    item_id = a_draft(office)
    with office.desk.database.read() as session:
        before = board.revision(session)
    submit(office, item_id)
    endorse(office, item_id)
    with office.desk.database.read() as session:
        news = board.happened(session, office.desk, after=before)
        assert board.revision(session) > before
    assert [each.words for each in news] == ["推荐方：推荐", "申报单位：提交"]
    assert {each.number for each in news} == {"IM24-001"}


def test_no_score_is_told_before_release_and_every_one_after(contest: Contest) -> None:
    contest.score("first_round", descending(contest.items, highest=93))
    before = told(contest.office)
    (round_,) = before.rounds
    assert (round_.progress.done, round_.scores) == (17 * 5, ())
    assert '"93"' not in json.dumps(asdict(before.rounds[0].progress.items[0]), default=str)
    assert not [each for each in before.happened if "评分" in each.words]
    contest.lock("first_round")
    assert told(contest.office).rounds[0].scores == ()
    contest.release("first_round", now=SIGNED)
    scores = told(contest.office).rounds[0].scores
    assert len(scores) == 17
    assert [item.place for item in scores] == sorted(item.place for item in scores)
    assert sum(item.chosen for item in scores) == 15
    assert scores[0].points[0][1] == 93


def test_the_numbers_cost_a_fixed_number_of_questions(office: Office) -> None:

    def questions() -> int:
        asked: list[str] = []
        with office.desk.database.read() as session:
            connection = session.connection()
            event.listen(connection, "before_cursor_execute", lambda *words: asked.append(words[2]))
            board.board(session, office.desk, now=SCORED)
        return len(asked)

    few = questions()
    for name in ("甲", "乙", "丙"):
        an_application(office, State.ENDORSED, name)
    assert questions() == few
