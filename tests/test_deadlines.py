"""Each deadline is carried out once, in order of due time, whoever crashes, hangs or competes (F5, F6, F9, F13)."""

import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from office import deadlines
from office.deadlines import Changes, Claimed, StaleClaim
from records import ledger
from records.database import Database
from records.tables.deadline import Deadline, FlowRun
from records.tables.event import Event, Note
from states.agenda import LAPSE, Planned, label_of

NOON = datetime(2031, 3, 14, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def agenda(**instants: datetime) -> list[Planned]:
    return [Planned(kind, due_at, label_of(kind)) for kind, due_at in instants.items()]


def plan(store: Database, *, now: datetime = NOON - 300 * DAY, **instants: datetime) -> Changes:
    with store.write() as session:
        return deadlines.plan(session, edition_key="2031", planned=agenda(**instants), now=now)


def ensure(store: Database, kind: str, due_at: datetime) -> bool:
    with store.write() as session:
        return deadlines.ensure(session, "2031", kind, due_at)


def claim(store: Database, now: datetime = NOON, worker: str = "one", lease: int = 60) -> Claimed | None:
    return deadlines.claim_next(store, edition_key="2031", now=now, worker=worker, lease_seconds=lease)


def held(store: Database, now: datetime = NOON, worker: str = "one") -> Claimed:
    claimed = claim(store, now, worker)
    assert claimed is not None
    return claimed


def settle(store: Database, claimed: Claimed, now: datetime = NOON, prefect_run: str = "run") -> None:
    with store.write() as session:
        deadlines.settle(session, claimed, {"lapsed": 2, "rows": [{"n": 1}]}, now=now, prefect_run=prefect_run)


def fail(store: Database, claimed: Claimed, now: datetime = NOON) -> datetime:
    with store.write() as session:
        return deadlines.fail(session, claimed, "磁盘已满", now=now)


def standing(store: Database) -> dict[str, datetime]:
    with store.read() as session:
        return {
            row.kind: row.due_at for row in session.exec(select(Deadline).where(col(Deadline.cancelled_at).is_(None)))
        }


def runs(store: Database) -> list[FlowRun]:
    with store.read() as session:
        return list(session.exec(select(FlowRun).order_by(col(FlowRun.id))))


def test_a_plan_is_written_once(store: Database) -> None:
    assert plan(store, submission_closes=NOON, check_due=NOON + DAY) == Changes(written=2)
    assert plan(store, submission_closes=NOON, check_due=NOON + DAY) == Changes()
    assert standing(store) == {"submission_closes": NOON, "check_due": NOON + DAY}


def test_a_changed_agenda_moves_cancels_and_brings_back(store: Database) -> None:
    plan(store, submission_closes=NOON, check_due=NOON)
    assert plan(store, submission_closes=NOON + DAY) == Changes(moved=1, cancelled=1)
    assert standing(store) == {"submission_closes": NOON + DAY}
    assert plan(store, submission_closes=NOON, check_due=NOON) == Changes(moved=1, written=1)
    assert standing(store) == {"submission_closes": NOON, "check_due": NOON}


def test_a_cancelled_deadline_is_never_carried_out(store: Database) -> None:
    plan(store, submission_closes=NOON)
    plan(store)
    assert claim(store) is None


def test_what_was_settled_stays_and_the_office_is_told(store: Database) -> None:
    """F9: moved after it ran, it falls due again at the new instant, and the change says that it had run."""
    plan(store, submission_closes=NOON)
    settle(store, held(store))
    assert plan(store, now=NOON, submission_closes=NOON) == Changes()
    later = plan(store, now=NOON, submission_closes=NOON + DAY)
    assert later == Changes(written=1, ran_already=("submission_closes",))
    assert claim(store) is None
    assert held(store, NOON + DAY).due_at == NOON + DAY


def test_what_was_settled_is_not_repeated_for_an_instant_of_the_past(store: Database) -> None:
    plan(store, submission_closes=NOON)
    settle(store, held(store))
    assert plan(store, now=NOON, submission_closes=NOON - DAY) == Changes(ran_already=("submission_closes",))
    assert claim(store) is None


def test_a_deadline_in_hand_is_not_moved(store: Database) -> None:
    """F9: the new date wins only while nobody has claimed; what is in hand ends, and the new date stands beside it."""
    plan(store, submission_closes=NOON)
    claimed = held(store)
    assert plan(store, now=NOON, submission_closes=NOON + DAY) == Changes(written=1)
    settle(store, claimed)
    assert held(store, NOON + DAY).due_at == NOON + DAY


def test_a_reminder_of_the_past_is_not_planned_but_one_that_waited_stays(store: Database) -> None:
    assert plan(store, now=NOON + MINUTE, remind_submission_7=NOON, submission_closes=NOON) == Changes(written=1)
    ensure(store, "remind_submission_3", NOON - MINUTE)
    assert plan(store, now=NOON, submission_closes=NOON, remind_submission_3=NOON - MINUTE) == Changes()
    assert "remind_submission_3" in standing(store)


def test_an_applications_own_instant_is_not_the_agendas_to_cancel(store: Database) -> None:
    assert ensure(store, LAPSE, NOON) is True
    assert ensure(store, LAPSE, NOON) is False
    assert plan(store, submission_closes=NOON) == Changes(written=1)
    assert standing(store)[LAPSE] == NOON


def test_the_earliest_comes_first_and_nothing_before_its_time(store: Database) -> None:
    """F6: several deadlines in one gap run in order of due time, each with its own instant."""
    plan(
        store, check_due=NOON - MINUTE, submission_closes=NOON - DAY, first_round_opens=NOON + timedelta(microseconds=1)
    )
    found = []
    while claimed := claim(store):
        found.append((claimed.kind, claimed.due_at))
        settle(store, claimed)
    assert found == [("submission_closes", NOON - DAY), ("check_due", NOON - MINUTE)]
    assert claim(store, NOON + timedelta(microseconds=1)) is not None


def test_another_edition_is_not_ours(store: Database) -> None:
    plan(store, submission_closes=NOON)
    assert deadlines.claim_next(store, edition_key="2032", now=NOON, worker="one") is None


def test_later_ones_wait_while_another_worker_holds_an_earlier_one(store: Database) -> None:
    plan(store, submission_closes=NOON - DAY, check_due=NOON)
    first = held(store)
    assert claim(store, worker="two") is None
    settle(store, first)
    assert held(store, worker="two").kind == "check_due"


def test_a_crashed_worker_goes_on_at_once_and_others_after_the_lease(store: Database) -> None:
    """F1, F13: the run that was cut off says so."""
    plan(store, submission_closes=NOON)
    held(store)
    assert claim(store, NOON + 59 * timedelta(seconds=1), worker="two") is None
    again = held(store, NOON + timedelta(seconds=1))
    assert (again.fence, again.attempts) == (2, 2)
    other = held(store, NOON + timedelta(seconds=61), worker="two")
    assert other.fence == 3
    cut_off = [bool(run.failed) for run in runs(store)]
    assert cut_off == [True, True, False]


def test_an_older_fence_settles_nothing(store: Database) -> None:
    """F13: who hung beyond the lease cannot write any more, neither success nor failure."""
    plan(store, submission_closes=NOON)
    hung = held(store)
    taken_over = held(store, NOON + DAY, worker="two")
    with pytest.raises(StaleClaim, match="提交截止"):
        settle(store, hung)
    with pytest.raises(StaleClaim):
        fail(store, hung)
    settle(store, taken_over)
    with pytest.raises(StaleClaim):
        settle(store, taken_over)
    with store.read() as session:
        assert len(session.exec(select(Event)).all()) == 1


def test_settling_writes_the_row_the_run_and_the_ledger(store: Database) -> None:
    """F6: late is recorded with both times."""
    plan(store, submission_closes=NOON - 90 * MINUTE)
    settle(store, held(store))
    with store.read() as session:
        row = session.exec(select(Deadline)).one()
        event, note = session.exec(select(Event)).one(), session.exec(select(Note)).one().body or {}
        assert ledger.verify(session).verified
    assert (row.settled_at, row.outcome) == (NOON, {"lapsed": 2, "rows": [{"n": 1}]})
    assert (event.kind, event.subject, event.subject_id, event.actor) == ("deadline", "deadline", row.id, "clock")
    assert (note["seconds_late"], note["label"], note["prefect"]) == (5400, "提交截止", "Prefect 已记录")
    (run,) = runs(store)
    assert (run.due_at, run.started_at, run.ended_at) == (NOON - 90 * MINUTE, NOON, NOON)
    assert (run.counts, run.prefect_run, run.failed) == ({"lapsed": 2}, "run", "")


def test_the_ledger_says_when_prefect_did_not_answer(store: Database) -> None:
    plan(store, submission_closes=NOON)
    settle(store, held(store), prefect_run="")
    with store.read() as session:
        assert "未应答" in (session.exec(select(Note)).one().body or {})["prefect"]
    assert runs(store)[0].prefect_run == ""


def test_a_failure_is_tried_again_later_and_holds_up_nobody(store: Database) -> None:
    plan(store, submission_closes=NOON - DAY, check_due=NOON)
    again = fail(store, held(store))
    assert again == NOON + MINUTE
    assert held(store).kind == "check_due"
    assert runs(store)[0].failed == "磁盘已满"
    retried = held(store, again, worker="two")
    assert (retried.kind, retried.attempts) == ("submission_closes", 2)
    assert fail(store, retried, again) == again + 2 * MINUTE


def test_the_back_off_ends_at_an_hour(store: Database) -> None:
    plan(store, submission_closes=NOON)
    instant, waits = NOON, []
    for _ in range(9):
        again = fail(store, held(store, instant), instant)
        waits.append((again - instant) // MINUTE)
        instant = again
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_next_due_is_when_something_can_be_tried(store: Database) -> None:
    with store.read() as session:
        assert deadlines.next_due(session) is None
    plan(store, submission_closes=NOON, check_due=NOON + DAY)
    fail(store, held(store))
    with store.read() as session:
        assert deadlines.next_due(session) == NOON + MINUTE
        assert deadlines.next_due(session, edition_key="2032") is None


def test_overdue_lists_what_still_stands(store: Database) -> None:
    plan(store, submission_closes=NOON, check_due=NOON + MINUTE, final_due=NOON + DAY)
    settle(store, held(store))
    with store.read() as session:
        assert [row.kind for row in deadlines.overdue(session, NOON + MINUTE)] == ["check_due"]
        assert deadlines.overdue(session, NOON) == []


WORKER = """
import sys, time
from datetime import datetime, UTC
from office import deadlines
from records.database import Database
url, worker, go = sys.argv[1], sys.argv[2], float(sys.argv[3])
store, now = Database(url), datetime(2031, 3, 14, 12, tzinfo=UTC)
time.sleep(max(0, go - time.monotonic()))
while True:
    claimed = deadlines.claim_next(store, edition_key="2031", now=now, worker=worker)
    if claimed:
        print(claimed.id)
        with store.write() as session:
            deadlines.settle(session, claimed, {}, now=now)
        continue
    with store.read() as session:
        if not deadlines.overdue(session, now):
            break
"""


def test_three_processes_carry_out_each_deadline_once(store: Database) -> None:
    """F5: fifty deadlines, three processes at once, no claim twice."""
    for number in range(50):
        ensure(store, LAPSE, NOON - number * MINUTE)
    root = Path(deadlines.__file__).parent.parent
    go = str(time.monotonic() + 2)
    processes = [
        subprocess.Popen([sys.executable, "-c", WORKER, store.url, f"worker{n}", go], cwd=root, stdout=subprocess.PIPE)
        for n in range(3)
    ]
    claims = Counter(line for process in processes for line in process.communicate(timeout=60)[0].split())
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(claims) == 50
    assert set(claims.values()) == {1}
    with store.read() as session:
        assert ledger.verify(session).verified
        assert len(session.exec(select(Event)).all()) == 50
