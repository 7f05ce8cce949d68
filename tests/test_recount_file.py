"""The score file of a real round: who gets it and when, what stands in it, and that the second count agrees."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from contest import FINAL, FINAL_LOCKS, LOCKS, PREPARED, SCORED, SIGNED, Contest, descending
from sqlmodel import select, update

from office import assignments, recusals, tally
from office.assignments import Asked
from office.score_export import ScoreFile, export_scores
from records.tables.event import Event, Note
from records.tables.person import Person
from records.tables.scoring import Score
from review.assignment import AssignmentRule
from states.refusals import NotAllowed, NotYours

pytestmark = pytest.mark.slow


def exported(contest: Contest, round_key: str, officer_id: int) -> ScoreFile:
    with contest.office.desk.database.write() as session:
        return export_scores(session, contest.office.desk, round_key, officer_id=officer_id, now=SIGNED)


def lines_of(file: ScoreFile, kind: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, file.data.splitlines()) if line["kind"] == kind]


def recounted(file: ScoreFile, folder: Path) -> int:
    path = folder / "scores.jsonl"
    path.write_bytes(file.data)
    return run("recount", path).code


def test_nobody_gets_the_scores_before_the_lock(contest: Contest) -> None:
    contest.score("first_round", descending(contest.items))
    for officer in (contest.office.wang, contest.office.ren, contest.office.supervisor):
        with pytest.raises(NotAllowed, match="尚未锁定"):
            exported(contest, "first_round", officer)


def test_between_lock_and_result_only_lead_and_supervisor_get_them(contest: Contest) -> None:
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    with pytest.raises(NotYours, match="负责人和监督人员"):
        exported(contest, "first_round", contest.office.wang)
    sealed = exported(contest, "first_round", contest.office.ren)
    assert exported(contest, "first_round", contest.office.supervisor) == sealed
    contest.release("first_round")
    assert exported(contest, "first_round", contest.office.wang) == sealed
    with pytest.raises(NotYours):
        exported(contest, "first_round", 999)


def test_each_export_stands_in_the_ledger_with_its_digest(contest: Contest) -> None:
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    found = exported(contest, "first_round", contest.office.supervisor)
    assert found.sha256 == hashlib.sha256(found.data).hexdigest()
    with contest.office.desk.database.read() as session:
        rows = session.exec(select(Event, Note).where(Event.kind == "panel", Note.event_id == Event.id))
        told = [(event.officer_id, note.body) for event, note in rows if (note.body or {}).get("step") == "export"]
    note = {"round": "first_round", "step": "export", "sha256": found.sha256}
    assert told == [(contest.office.supervisor, note)]


def test_the_lead_who_exports_does_not_open_scoring_again(contest: Contest) -> None:
    """Scoring after its instant is open only where the lead took the lock back."""
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    exported(contest, "first_round", contest.office.ren)
    with pytest.raises(NotAllowed, match="锁定"):
        contest.enter("first_round", contest.experts[0], contest.items[0], "10", now=SIGNED)


def test_a_round_with_absences_conflicts_and_a_vote_is_counted_the_same(contest: Contest, tmp_path: Path) -> None:
    """A13, A31, R29: a tie across the cut, an absence, a conflict declared after scoring, a seat without a word."""
    first, *_ = contest.items
    totals = descending(contest.items)
    totals[contest.items[15]] = totals[contest.items[14]]
    totals[contest.items[16]] = ["70", "", "70", "70", "70"]
    contest.score("first_round", totals)
    contest.enter("first_round", contest.experts[0], first, None, absent="absent", now=SCORED)
    desk, second = contest.office.desk, contest.items[1]
    with desk.database.write() as session:
        panel = tally.panel_of(session, desk, "first_round")
        recusals.declare_conflict(session, desk, panel, contest.experts[4], second, reason="同门", now=SCORED)
    contest.lock("first_round")
    still_open = exported(contest, "first_round", contest.office.ren)
    assert [line["outcome"] for line in lines_of(still_open, "place")].count("open") == 2
    assert recounted(still_open, tmp_path) == 0
    with desk.database.write() as session:
        order = [contest.items[15], contest.items[14]]
        tally.record_tie_vote(
            session, desk, "first_round", order, minutes="五票", officer_id=contest.office.wang, now=LOCKS
        )
    decided = exported(contest, "first_round", contest.office.ren)
    assert [line["order"] for line in lines_of(decided, "vote")] == [order]
    assert recounted(decided, tmp_path) == 0
    codes = {(line["item"], line["expert"]): (line["absent"], line["barred"]) for line in lines_of(decided, "ballot")}
    assert codes[first, contest.experts[0]] == ("absent", [])
    assert codes[second, contest.experts[4]] == ("recused", ["declared"])
    assert codes[contest.items[16], contest.experts[1]] == ("missing", [])
    assert len(codes) == 17 * 5


def test_a_final_is_counted_the_same_and_names_nobody(selected: Contest, tmp_path: Path) -> None:
    file = exported(selected, "final", selected.office.wang)
    assert recounted(file, tmp_path) == 0
    assert [line["outcome"] for line in lines_of(file, "place")] == ["chosen"] * 10 + ["left_out"] * 5
    with selected.office.desk.database.read() as session:
        people = [name for name in session.exec(select(Person.name)) if name]
    assert len(people) > 20
    assert [name for name in people if name in file.data.decode()] == []


def test_a_score_that_was_changed_behind_the_lock_is_found(in_the_final: Contest, tmp_path: Path) -> None:
    """The figures of the lock stand against the scores as they are now."""
    in_the_final.score("final", descending(in_the_final.items[:15]), now=FINAL)
    in_the_final.lock("final", now=FINAL_LOCKS)
    assert recounted(exported(in_the_final, "final", in_the_final.office.ren), tmp_path) == 0
    with in_the_final.office.desk.database.write() as session:
        mine = (Score.application_id == in_the_final.items[14], Score.expert_id == in_the_final.experts[0])
        session.execute(update(Score).where(*mine, Score.total == 8100).values(total=8150))
    changed = exported(in_the_final, "final", in_the_final.office.ren)
    assert recounted(changed, tmp_path) == 1
    with in_the_final.office.desk.database.write() as session:
        session.execute(update(Score).where(Score.total == 8150).values(total=8100))


def test_the_operator_writes_the_file_and_counts_it_again(selected: Contest, tmp_path: Path) -> None:
    home, file = selected.office.desk.settings.home, tmp_path / "final.jsonl"
    email = "wang@office.example"
    written = run("export-scores", "final", file, "--officer", email, home=home, now="2024-10-29 09:00")
    assert written.code == 0, written.err
    assert hashlib.sha256(file.read_bytes()).hexdigest() in written.out
    counted = run("recount", file)
    assert (counted.code, counted.err) == (0, "")
    assert "15 项，0 处不一致" in counted.out
    again = run("export-scores", "final", file, "--officer", email, home=home, now="2024-10-29 09:00")
    assert again.is_refusal(1, str(file))
    stranger = run("export-scores", "final", tmp_path / "x", "--officer", "a@b.cn", home=home, now="2024-10-29 09:00")
    assert stranger.is_refusal(1, "a@b.cn")
    assert not (tmp_path / "x").exists()
    assert run("recount", tmp_path / "x").code == 2


def test_a_round_of_chosen_pairs_is_counted_the_same(before_the_round: Contest, tmp_path: Path) -> None:
    """A12: who was not asked for an item is neither counted nor in its quorum."""
    contest, desk = before_the_round, before_the_round.office.desk
    contest.prepare("first_round")
    asked = Asked(AssignmentRule(per_item=3))
    with desk.database.write() as session:
        digest = assignments.plan(session, desk, "first_round", asked).digest
        assignments.carry_out(
            session, desk, "first_round", asked, expected=digest, officer_id=contest.office.wang, now=PREPARED
        )
    contest.open("first_round")
    with desk.database.read() as session:
        pairs = sorted(tally.may_score(session, tally.panel_of(session, desk, "first_round"), contest.items))
    for place, (expert, item) in enumerate(pairs[:-1]):
        contest.enter("first_round", expert, item, str(60 + place % 30))
    contest.lock("first_round")
    file = exported(contest, "first_round", contest.office.ren)
    assert recounted(file, tmp_path) == 0
    barred = [line["barred"] for line in lines_of(file, "ballot")]
    assert (barred.count([]), barred.count(["not_asked"])) == (51, 34)
