"""Proves that every fact of every edition has a Chinese name of its own."""

from pathlib import Path

import pytest
from house_rules import ROOT

from config.editions_file import facts_listed, load_edition, stage_of
from config.fact_names import STAGES, name_of

EDITIONS = [*sorted((ROOT / "config" / "editions").glob("*.toml")), *sorted((ROOT / "tests/editions").glob("*.toml"))]


@pytest.mark.parametrize("file", EDITIONS, ids=lambda file: file.stem)
def test_every_fact_is_named_in_chinese_and_no_two_alike(file: Path) -> None:
    keys = [fact.key for fact in facts_listed(load_edition(file))]
    names = [name_of(key) for key in keys]
    assert [key for key, name in zip(keys, names, strict=True) if name.isascii()] == []
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert {stage_of(key) for key in keys} <= STAGES.keys()
