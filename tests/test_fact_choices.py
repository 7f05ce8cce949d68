"""The words of an edition's closed lists are told by what they mean, and taken back the same."""

import typing

import pytest

from config.edition import Endorsement, Round
from config.editions_file import load_edition, shipped_edition
from config.fact_choices import choices, is_code, keys, told

EDITION = load_edition(shipped_edition("2024")).edition
LISTS = {
    "rounds[0].mode": Round.model_fields["mode"].annotation,
    "rounds[0].mean": Round.model_fields["mean"].annotation,
    "rounds[1].rank_on": Round.model_fields["rank_on"].annotation,
    "rounds[1].ties": typing.get_args(Round.model_fields["ties"].annotation)[0],
    "rounds[1].item_lock": Round.model_fields["item_lock"].annotation,
    "endorsement.routes": typing.get_args(Endorsement.model_fields["routes"].annotation)[0],
}


@pytest.mark.parametrize("key", LISTS)
def test_every_word_of_a_closed_list_has_a_meaning_of_its_own(key: str) -> None:
    meanings = choices(EDITION, key)
    assert set(meanings) == set(typing.get_args(LISTS[key]))
    assert len(set(meanings.values())) == len(meanings)


def test_the_criterion_that_breaks_a_tie_is_one_of_the_editions_own() -> None:
    assert choices(EDITION, "rounds[0].tie_criterion") == {it.key: it.name for it in EDITION.criteria}
    assert choices(EDITION, "award.title") == {}


def test_lines_go_to_words_and_back_and_strange_ones_stay() -> None:
    meanings = choices(EDITION, "rounds[0].ties")
    lines = "\n".join(EDITION.rounds[0].ties)
    assert told(meanings, lines).splitlines()[-1] == "专家组表决"
    assert keys(meanings, told(meanings, lines)) == lines
    assert keys(meanings, "抽签\n专家组表决") == "抽签\npanel"


def test_what_only_the_program_reads_is_no_setting_for_people() -> None:
    assert is_code("rounds[0].key")
    assert is_code("check.human_lines[2].rule")
    assert not is_code("award.key")
    assert not is_code("rounds[0].name")
