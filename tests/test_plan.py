"""The plan, clause by clause: every one of R1 to R137 is tested or is only a text."""

from collections import Counter

import plan_clauses
import pytest
import test_plan_files
import test_plan_flow
import test_plan_kept
import test_plan_names
import test_plan_papers
import test_plan_results
import test_plan_rounds

PARTS = (
    test_plan_names, test_plan_flow, test_plan_files, test_plan_rounds, test_plan_kept,
    test_plan_papers, test_plan_results,
)  # fmt: skip
CLAUSES = [f"R{number}" for number in range(1, 138)]

# Clauses that ask for words alone: where the edition keeps the words.
TEXTS = {
    "R3": "award.definition",
    "R4": "award.systems",
    "R12": "award.principles",
    "R36": "announcement.occasion",
    "R41": "award.portal",
    "R48": "form.title",
    "R59": "form.parts[3].hints",
    "R60": "form.parts[3].hints",
    "R61": "form.parts[3].hints",
    "R74": "video.guide",
    "R80": "letter.statement",
    "R90": "evidence.kinds[0].description",
    "R91": "evidence.kinds[1].description",
    "R92": "evidence.kinds[2].description",
    "R94": "evidence.kinds[4].description",
    "R119": "award.past_results",
}

_TESTED = {tested.r for tested in plan_clauses.REGISTER}


@pytest.mark.parametrize("r", CLAUSES)
def test_every_clause_is_tested_or_a_text(r: str) -> None:
    assert (r in _TESTED) != (r in TEXTS)


def test_nothing_stands_in_the_lists_that_the_plan_does_not_ask() -> None:
    assert _TESTED | TEXTS.keys() == set(CLAUSES)


@pytest.mark.parametrize(("r", "key"), TEXTS.items())
def test_a_text_stands_in_the_edition_under_its_clause(r: str, key: str) -> None:
    assert r in plan_clauses.shipped().clauses[key].r


def test_every_test_of_the_parts_is_registered_under_its_clause() -> None:
    """A test without its clause would never be inverted, one of the same name would hide another."""
    named = [name for part in PARTS for name in vars(part) if name.startswith("test_")]
    assert Counter(named) == Counter(tested.test.__name__ for tested in plan_clauses.REGISTER)
    assert max(Counter(named).values()) == 1
