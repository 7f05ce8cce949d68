"""Sound files damaged at random: each still gets an answer, whatever became of it."""

import random
from collections.abc import Iterator
from pathlib import Path

import damaged_files
import pytest
from thorough import at_most

from config.edition import Edition, Reader
from config.editions_file import load_edition, shipped_edition
from documents.child import Readers
from documents.pool import Spent

pytestmark = pytest.mark.slow

FILES_A_SEED = at_most(12, 40)


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(shipped_edition("2024")).edition


@pytest.fixture(scope="module")
def spent() -> list[Spent]:
    return []


@pytest.fixture(scope="module")
def readers(spent: list[Spent]) -> Iterator[Readers]:
    with Readers(watch=lambda _, cost: spent.append(cost)) as warm:
        warm.warm()
        yield warm


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", ["form", "video", "letter"])
def test_a_damaged_file_is_answered_with_a_reason(
    tmp_path: Path, readers: Readers, spent: list[Spent], edition: Edition, kind: Reader, seed: int
) -> None:
    """R42, R44: no reader crashes, hangs or grows on it; found again by its seed and number."""
    chance, files, faults = random.Random(seed), damaged_files.sound(kind), []
    for number in range(FILES_A_SEED):
        path = tmp_path / f"{number}"
        path.write_bytes(damaged_files.damaged(chance.choice(files), kind, chance))
        report = readers.check(path, slot=edition.slot(kind), edition=edition)
        faults.append((number, damaged_files.fault(report, spent[-1])))
    assert [each for each in faults if each[1]] == []


def test_the_same_seed_does_the_same_damage() -> None:
    data = damaged_files.sound("form")[0]
    first, again, other = (damaged_files.damaged(data, "form", random.Random(seed)) for seed in (7, 7, 8))
    assert first == again != other
