"""What differs between two texts of an edition, and what a stage already begun keeps out."""

import re

import pytest
from edition_texts import HARBOUR, LOADED, TEXT, replaced

from config.edition import Edition
from config.editions_file import (
    ALWAYS_OPEN,
    differences,
    facts_listed,
    frozen_differences,
    load_edition,
    parse_edition,
    stage_of,
)


class TestChanges:
    """What differs between two texts and what may be adopted."""

    def test_a_difference_tells_before_after_and_clause(self) -> None:
        new = parse_edition(replaced(("places = { value = 15", "places = { value = 16")), name="x")
        (found,) = differences(LOADED, new)
        assert (found.key, found.before, found.after, found.clause.r) == ("rounds[0].places", 15, 16, ("R98",))

    def test_the_same_instant_in_another_zone_is_no_difference(self) -> None:
        new = parse_edition(replaced(("2024-08-16T00:00:00+08:00", "2024-08-15T16:00:00Z")), name="x")
        assert differences(LOADED, new) == ()

    def test_what_one_text_does_not_have_is_none(self) -> None:
        shorter = re.sub(r"\[\[contacts\]\]\nbody = \{ value = \"中国科协.*?\n\n", "", TEXT, flags=re.DOTALL)
        found = differences(LOADED, parse_edition(shorter, name="x"))
        assert [(one.key, one.after) for one in found] == [
            (f"contacts[1].{part}", None) for part in ("body", "person", "phone", "email")
        ]
        back = differences(parse_edition(shorter, name="x"), LOADED)
        assert [one.before for one in back] == [None] * 4

    @pytest.mark.parametrize(
        ("key", "stage"),
        [
            ("award.zone", "award"),
            ("form.words_limit", "submission"),
            ("slots[3].many", "submission"),
            ("endorsement.societies", "endorsement"),
            ("check.human_lines[2].text", "check"),
            ("criteria[0].points", "first_round"),
            ("rounds[0].places", "first_round"),
            ("rounds[1].places", "final"),
            ("notice.days", "notice"),
            ("announcement.at", "announcement"),
            ("contacts[0].phone", ALWAYS_OPEN),
        ],
    )
    def test_each_key_belongs_to_a_stage(self, key: str, stage: str) -> None:
        assert stage_of(key) == stage

    def test_every_key_of_every_edition_has_a_stage(self) -> None:
        assert {fact.key.partition(".")[0].partition("[")[0] for fact in facts_listed(LOADED)} == set(
            Edition.model_fields
        )
        for loaded in (LOADED, load_edition(HARBOUR)):
            assert all(stage_of(key) for key in loaded.clauses)

    def test_a_stage_that_runs_keeps_its_keys(self) -> None:
        text = replaced(("2024-11-29T10:00:00+08:00", "2024-11-30T10:00:00+08:00"), ("value = 1024", "value = 512"))
        found = differences(LOADED, parse_edition(text, name="x"))
        kept = frozen_differences(found, frozenset({"award", "submission"}))
        assert [one.key for one in kept] == ["slots[1].max_megabytes"]
        assert frozen_differences(found, frozenset()) == ()
