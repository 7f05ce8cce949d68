"""Proves 今日待办 and the progress of a round: what waits for whom, and never a word of a score."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta

import pytest
from contest import FINAL_SIGNED, OPENS, SCORED, Contest, descending
from sqlalchemy import update

from documents.findings import Finding, Verdict
from office import corrections, decisions, formal_check, progress, tasks
from office.applications import current_files
from office.formal_check import Answer
from office.tasks import Task
from records.tables.letter import Letter, LetterState
from records.tables.person import Officer
from states.facts import State

from cast import CHECKED, HANDED_IN, Office, a_draft, an_application, at, put, submit


def waiting(office: Office, officer_id: int, *, now: datetime = CHECKED) -> dict[str, Task]:
    with office.desk.database.read() as session:
        officer = session.get_one(Officer, officer_id)
        return {task.key: task for task in tasks.tasks(session, office.desk, officer, now=now)}


def test_an_endorsed_case_waits_for_the_check_until_it_is_due(office: Office) -> None:
    assert "check" not in waiting(office, office.wang)
    an_application(office, State.ENDORSED)
    task = waiting(office, office.wang)["check"]
    assert (task.what, task.page, task.due) == ("1 项待形式审查", "check", office.desk.edition.check.due)


def test_the_supervisor_reads_and_has_nothing_to_do(office: Office) -> None:
    an_application(office, State.ENDORSED)
    assert waiting(office, office.supervisor) == {}


def test_a_waiver_waits_for_everybody_but_who_gave_it(office: Office) -> None:
    item_id = a_draft(office)
    red = Finding("video.length", "R72", Verdict.RED, "时长 12:07，超时 7 秒")
    put(office, item_id, "video", red, words="long")
    submit(office, item_id)
    with office.desk.database.write() as session:
        (video,) = (file for file in current_files(session, item_id) if file.slot == "video")
        answer = Answer("video.length", video.id or 0, reason="片尾黑屏", waiver=True)
        formal_check.tick(session, office.desk, item_id, answer, officer_id=office.wang, now=CHECKED)
    assert "waivers" not in waiting(office, office.wang)
    assert waiting(office, office.li)["waivers"].count == 1


def test_a_correction_is_told_three_working_days_before_it_is_due(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=("video",), reason="超时", officer_id=office.wang, now=CHECKED
        )
    due = office.found(item_id).lapses_at
    assert due == at("2024-08-28 00:00")
    assert "corrections" not in waiting(office, office.wang, now=at("2024-08-21 10:00"))
    assert waiting(office, office.wang, now=at("2024-08-23 10:00"))["corrections"].due == due


def test_endorsers_are_named_in_the_last_week(office: Office) -> None:
    submit(office, a_draft(office))
    closes = office.desk.edition.endorsement.closes
    assert closes is not None
    assert "endorsements" not in waiting(office, office.wang, now=closes - timedelta(days=8))
    assert waiting(office, office.wang, now=closes - timedelta(days=6))["endorsements"].why == "中国纺织工程学会"


def test_letters_that_failed_are_told_first(office: Office) -> None:
    an_application(office, State.ENDORSED)
    with office.desk.database.write() as session:
        session.execute(update(Letter).values(state=LetterState.DEAD.value))
    with office.desk.database.read() as session:
        officer = session.get_one(Officer, office.wang)
        first = tasks.tasks(session, office.desk, officer, now=HANDED_IN)
    assert first[0].key == "late-1" or first[0].tone == "bad"
    assert "letters-dead" in {task.key for task in first}


def test_a_draft_decision_waits_for_another_then_for_the_lead(in_the_final: Contest) -> None:
    contest = in_the_final
    contest.score("final", descending(contest.standing(State.FINALIST)), now=at("2024-10-25 15:00"))
    contest.lock("final", now=at("2024-10-25 18:00"))
    office = contest.office
    decision_id = contest.draft_result("final", now=FINAL_SIGNED)
    key = f"decision-{decision_id}"
    assert waiting(office, office.wang)[key].why == "您是拟稿人，请另一人核稿"
    assert waiting(office, office.li)[key].tone == "warn"
    with office.desk.database.write() as session:
        decisions.check(session, office.desk, decision_id, officer_id=office.li, now=FINAL_SIGNED)
    assert waiting(office, office.li)[key].tone == "info"
    assert "待签发" in waiting(office, office.ren)[key].what


def test_progress_counts_who_is_done(contest: Contest) -> None:
    """Rows 65 and 69: an abstention is done, a score that does not count any more is not."""
    first, second = contest.experts[:2]
    contest.enter("first_round", first, contest.items[0], "88")
    contest.enter("first_round", first, contest.items[1], None, absent="abstained")
    contest.enter("first_round", second, contest.items[0], "91")
    with contest.office.desk.database.read() as session:
        told = progress.of_round(session, contest.office.desk, "first_round")
    assert told is not None
    assert told.open
    assert not told.released
    assert (told.done, told.asked) == (3, 17 * 5)
    assert [(expert.done, expert.asked) for expert in told.experts[:3]] == [(2, 17), (1, 17), (0, 17)]
    assert (told.items[0].done, told.items[0].asked) == (2, 5)
    assert told.experts[0].last_at == SCORED


def test_nothing_of_a_score_is_in_tasks_or_progress(contest: Contest) -> None:
    contest.score("first_round", {item: ["93"] * 5 for item in contest.items})
    office = contest.office
    with office.desk.database.read() as session:
        told = progress.of_round(session, office.desk, "first_round")
        officer = session.get_one(Officer, office.wang)
        found = tasks.tasks(session, office.desk, officer, now=SCORED)
    assert told is not None
    words = json.dumps([asdict(told.experts[0]), [asdict(task) for task in found]], default=str, ensure_ascii=False)
    assert "93" not in words


def test_experts_behind_are_named_while_scoring_is_open(contest: Contest) -> None:
    contest.score("first_round", {item: ["80", "80", "80", "", ""] for item in contest.items})
    task = waiting(contest.office, contest.office.wang, now=SCORED)["scoring-first_round"]
    assert (task.what, task.tone) == ("初评：2 位专家未评完", "info")
    assert task.why == "专家4、专家5"
    assert waiting(contest.office, contest.office.wang, now=task.due - timedelta(days=1))[task.key].tone == "warn"
    contest.lock("first_round")
    assert task.key not in waiting(contest.office, contest.office.wang, now=OPENS)


@pytest.mark.parametrize("minutes", [0, 2])
def test_a_deadline_that_nobody_carried_out_is_told_after_a_minute(office: Office, minutes: int) -> None:
    due = office.desk.edition.submission.closes
    told = waiting(office, office.wang, now=due + timedelta(minutes=minutes))
    assert any(task.tag == "时限" and task.due == due for task in told.values()) == bool(minutes)
