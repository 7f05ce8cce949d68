"""The tests of the plan guard what they name: inverted, each of them fails."""

import subprocess
import sys
from pathlib import Path

import plan_clauses
import pytest
from plan_clauses import PlanTest
from plan_inversions import edition_inversions, judge

from review import scores
from states import guards
from states.facts import Facts

from cast import at

PROGRAM = Path(__file__).with_name("plan_inversions.py")


def _said(tested: PlanTest) -> list[tuple[str, bool]]:
    return [(line.said.partition(":")[0], line.good) for line in judge(tested)]


@pytest.mark.slow
def test_every_test_of_the_plan_fails_when_what_it_guards_is_inverted() -> None:
    seen = subprocess.run([sys.executable, PROGRAM], capture_output=True, text=True, check=False)
    assert seen.returncode == 0, seen.stdout + seen.stderr


def test_a_test_that_does_not_feel_its_inversion_is_found_out() -> None:
    needs_reason = "review.scores:needs_reason"
    deaf = PlanTest("R106", "", lambda: None, ("edition:rounds[1].reasons_required", needs_reason))
    assert _said(deaf) == [("passes", True), ("passes", False), ("passes", False)]


def test_a_test_that_breaks_instead_of_saying_no_is_found_out() -> None:
    def breaks() -> None:
        if not plan_clauses.edition().rounds[1].reasons_required:
            raise KeyError("reason")

    assert _said(PlanTest("R106", "", breaks, ("edition:rounds[1].reasons_required",))) == [
        ("passes", True),
        ("breaks", False),
    ]


def test_a_test_that_fails_as_things_are_is_found_out() -> None:
    def fails() -> None:
        assert plan_clauses.edition().rounds[1].places == 11

    assert _said(PlanTest("R110", "", fails, ())) == [("fails", False)]


def test_after_an_inversion_everything_stands_as_before() -> None:
    rules, true = plan_clauses.shipped().edition.rounds[1], scores.needs_reason
    within = Facts(opens=at("2024-05-29 00:00"), closes=at("2024-08-16 00:00"))
    watched = ("review.scores:needs_reason", "states.guards:IN_WINDOW", "edition:rounds[1].places")
    assert len(_said(PlanTest("R106", "", lambda: None, watched))) > len(watched)
    assert scores.needs_reason is true
    assert scores.needs_reason(9950, rules) == "high"
    assert guards.IN_WINDOW.holds(within, at("2024-08-01 00:00"))
    assert plan_clauses.edition() is plan_clauses.shipped().edition


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("form.words_limit", ["10000", "2500"]),
        ("notice.substitute", ["True"]),
        ("submission.closes", ["2024-08-17 00:00:00+08:0", "2024-08-15 00:00:00+08:0"]),
        ("endorsement.societies", ["14 of them", "14 of them"]),
        ("check.human_lines[0]", ["left out"]),
        ("decisions.release", ["one_person", "at_deadline"]),
    ],
)
def test_a_fact_is_inverted_by_its_kind(path: str, shown: list[str]) -> None:
    true = plan_clauses.shipped().edition
    inverted = list(edition_inversions(true, path))
    assert [words for words, _ in inverted] == shown
    assert all(edition != true for _, edition in inverted)
