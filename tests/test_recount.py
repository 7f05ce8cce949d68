"""The second count: ten thousand random elections, tampered files, and the program as it runs alone."""

import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thorough import at_most

from config.edition import Aspect, Criterion, Round
from review.ranking import Ballot, RoundRule, rank
from review.score_file import BallotLine, ScoreRecord, rule_digest, write_score_file

PROGRAM = Path(__file__).resolve().parent.parent / "recount" / "count_again.py"
NOON = datetime.fromisoformat("2024-10-25T12:00:00+08:00")
CRITERIA = (
    Criterion(
        key="innovation",
        name="创新性",
        points=40,
        aspects=(Aspect(key="breakthrough", name="突破", points=25), Aspect(key="patents", name="专利", points=15)),
    ),
    Criterion(key="lead", name="引领性", points=60, aspects=(Aspect(key="source", name="源头", points=60),)),
)
CHAINS = (
    ("median", "criterion_mean", "fewer_extremes", "panel"),
    ("panel",),
    ("fewer_extremes", "criterion_mean"),
    ("criterion_mean", "panel"),
    (),
)
Lines = list[dict[str, Any]]


@dataclass(frozen=True)
class Election:
    """A round with its ballots and votes, and how ours ranks it."""

    round: Round
    ballots: list[BallotLine]
    votes: list[tuple[int, ...]]
    carried: dict[int, Fraction]
    items: list[int]

    @property
    def file(self) -> bytes:
        """What the office would hand out."""
        able = [line for line in self.ballots if not line.barred]
        counted = [Ballot(one.item, one.expert, one.total, by_criterion(one)) for one in able]
        ranking = rank(
            counted,
            items=self.items,
            eligible={item: sum(line.item == item for line in able) for item in self.items},
            rule=RoundRule.of(self.round, carried=self.carried),
            panel_votes=newest_first(self.votes) if "panel" in self.round.ties else (),
        )
        frozen = self.round.model_dump(mode="json") | {"criteria": [one.model_dump(mode="json") for one in CRITERIA]}
        numbers = {item: f"IM24-{item:03}" for item in self.items}
        return write_score_file(
            ScoreRecord("2024", frozen, numbers, self.ballots, self.votes, ranking, carried=self.carried)
        )


def newest_first(votes: list[tuple[int, ...]]) -> list[int]:
    return list(dict.fromkeys(item for order in votes[::-1] for item in order))


def by_criterion(line: BallotLine) -> dict[str, int] | None:
    if not line.aspects:
        return None
    return {one.key: sum(line.aspects[aspect.key] for aspect in one.aspects) for one in CRITERIA}


def an_election(chance: random.Random) -> Election:
    """Ties, absences, conflicts, scores at the limits, every mean and chain; the withdrawn have no line at all."""
    lowest = chance.choice([0, 0, 10])
    round_ = Round(
        key="final", name="终评", mode="on_site", opens=NOON, locks=NOON, result_due=NOON,
        places=chance.randint(1, 6),
        mean=chance.choice(["mean", "trimmed", "median"]),
        rank_on=chance.choice(["printed", "exact"]),
        print_decimals=chance.randint(0, 3),
        ties=chance.choice(CHAINS),
        tie_criterion=chance.choice(["innovation", "lead", "unknown"]),
        quorum=Decimal(chance.choice(["0", "0.5", "0.6667", "0.67", "0.7", "0.33", "1"])),
        lowest=Decimal(lowest), highest=Decimal(100), step=Decimal("0.01"),
        reason_above=Decimal(chance.choice(["99", "90", "89.99"])), reason_below=Decimal(50),
        reasons_required=True, carry_percent=chance.choice([0, 0, 30, 100]), panel=(),
    )  # fmt: skip
    items = chance.sample(range(1, 99), chance.randint(0, 8))
    experts = range(1, chance.randint(1, 7) + 1)
    near = chance.choice([(8900, 9100, 50), (8999, 9001, 1), (1000, 10000, 4500)])
    ballots = [a_ballot(chance, item, expert, near) for item in items for expert in experts]
    votes = [tuple(chance.sample(items, chance.randint(0, len(items)))) for _ in range(chance.randint(0, 2))]
    carried = {item: Fraction(chance.randint(24000, 24003), chance.choice([299, 300])) for item in items}
    return Election(round_, ballots, votes, carried if round_.carry_percent else {}, items)


def a_ballot(chance: random.Random, item: int, expert: int, near: tuple[int, int, int]) -> BallotLine:
    barred = tuple(chance.sample(["same_unit", "declared"], chance.choice([0] * 8 + [1, 2])))
    if not chance.randint(0, 9):
        code = chance.choice(["absent", "abstained", "missing", "recused"])
        return BallotLine(item, expert, absent=code, barred=barred)
    if chance.randint(0, 2):
        return BallotLine(item, expert, total=chance.randrange(*near), barred=barred)
    aspects = {"breakthrough": chance.randint(20, 21) * 100, "patents": chance.choice([900, 1000])}
    aspects["source"] = 9000 - sum(aspects.values())
    return BallotLine(item, expert, total=sum(aspects.values()), aspects=aspects, barred=barred)


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """The program, loaded from its file as a stranger would."""
    spec = importlib.util.spec_from_file_location("count_again", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def differs(program: ModuleType, data: bytes) -> bool:
    """Whether the second count reaches another list, or finds the data at fault."""
    rule, items, said = program.read(data)
    return program.count(rule["frozen"], items, rule["votes"]) != said or program.faults_of(rule, items) != []


def a_file(seed: int = 7, **needed: Callable[[Lines], bool]) -> Lines:
    """The lines of the first election from this seed on that has what is needed."""
    while True:
        lines = [json.loads(text) for text in an_election(random.Random(seed)).file.splitlines()]
        if all(has(lines) for has in needed.values()):
            return lines
        seed += 1


def as_data(lines: Lines) -> bytes:
    return "\n".join(map(json.dumps, lines)).encode()


def of_kind(lines: Lines, kind: str) -> Lines:
    return [line for line in lines if line["kind"] == kind]


def decided(lines: Lines) -> bool:
    """Somebody is chosen, somebody left out, three scored with points each."""
    outcomes = {line["outcome"] for line in of_kind(lines, "place")}
    return {"chosen", "left_out"} <= outcomes and lines[0]["frozen"]["carry_percent"] == 0


def run(*words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", PROGRAM, *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.mark.slow
@given(st.integers(0, 2**64))
@settings(max_examples=at_most(50, 500), deadline=None)
def test_ten_thousand_random_elections_are_counted_the_same_twice(program: ModuleType, seed: int) -> None:
    """R98, R110, A12–A15, A28, A31: to the last digit, with each step of the tie chain."""
    chance = random.Random(seed)
    for _ in range(20):
        assert not differs(program, an_election(chance).file)


@given(st.integers(0, 2**64))
@settings(max_examples=20, deadline=None)
def test_random_elections_are_counted_the_same_twice(program: ModuleType, seed: int) -> None:
    assert not differs(program, an_election(random.Random(seed)).file)


def test_the_random_elections_meet_every_case() -> None:
    """Else their agreement would say little."""
    chance = random.Random(2024)
    files = [[json.loads(text) for text in an_election(chance).file.splitlines()] for _ in range(400)]
    places = [place for lines in files for place in of_kind(lines, "place")]
    assert {place["outcome"] for place in places} == {"chosen", "left_out", "open", "below_quorum"}
    steps = [(step, value is None) for place in places for step, value in place["steps"]]
    assert {step for step, missing in steps if not missing} == {"median", "criterion_mean", "fewer_extremes", "panel"}
    assert {step for step, missing in steps if missing} == {"criterion_mean", "panel"}
    assert {line["absent"] for lines in files for line in of_kind(lines, "ballot")} == {
        "", "absent", "abstained", "missing", "recused",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: of_kind(lines, "place")[0].update(printed="1.00"),
        lambda lines: of_kind(lines, "place")[0].update(outcome="left_out"),
        lambda lines: of_kind(lines, "place")[0].update(rank=2),
        lambda lines: of_kind(lines, "place")[0]["steps"].append(["median", "90.00"]),
        lambda lines: lines.remove(of_kind(lines, "place")[-1]),
        lambda lines: lines.append(lines.pop(lines.index(of_kind(lines, "place")[0]))),
        lambda lines: lines[0]["frozen"].update(places=99),
        lambda lines: lines[0]["frozen"].update(name="初评"),  # changes no place, only the digest
        lambda lines: lines[0].update(sha256="0" * 64),
        lambda lines: scored(lines).update(points="100.01"),
        lambda lines: scored(lines).update(points="-0.5"),
        lambda lines: scored(lines).update(points=None),
        lambda lines: scored(lines).update(absent="absent"),
        lambda lines: scored(lines).update(aspects={"source": "1.00"}),
    ],
)
def test_a_file_that_was_changed_differs(program: ModuleType, change: Callable[[Lines], object]) -> None:
    lines = a_file(needed=decided)
    assert not differs(program, as_data(lines))
    change(lines)
    assert differs(program, as_data(lines))


def scored(lines: Lines) -> dict[str, Any]:
    return next(line for line in of_kind(lines, "ballot") if line["points"] and not line["barred"])


def test_each_single_score_matters(program: ModuleType) -> None:
    """A changed score that counts changes a printed figure, wherever it stands."""
    lines = a_file(needed=lambda lines: decided(lines) and lines[0]["frozen"]["mean"] == "mean")
    for line in [one for one in of_kind(lines, "ballot") if one["points"] and not one["barred"]]:
        kept = dict(line)
        line.update(points="11.00", aspects={})
        assert differs(program, as_data(lines)), line
        line.update(kept)
    assert not differs(program, as_data(lines))


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: scored(lines).update(points="NaN"),
        lambda lines: scored(lines).update(points="九十"),
        lambda lines: scored(lines).update(points=[]),
        lambda lines: scored(lines).pop("barred"),
        lambda lines: scored(lines).update(item=1000),
        lambda lines: lines.append(dict(scored(lines))),
        lambda lines: lines.append(dict(of_kind(lines, "item")[0])),
        lambda lines: lines.append({"kind": "bribe", "item": 1}),
        lambda lines: lines[0].update(format="linxuan-scores/2"),
        lambda lines: lines.pop(0),
        lambda lines: of_kind(lines, "item")[0].pop("number"),
        lambda lines: lines.clear(),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, change: Callable[[Lines], object]) -> None:
    lines = a_file(needed=decided)
    change(lines)
    (tmp_path / "scores.jsonl").write_bytes(as_data(lines))
    ended = run("scores.jsonl", folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "无法重算" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "scores.jsonl").write_bytes(b"[" * 1_000_000)
    assert run("scores.jsonl", folder=tmp_path).returncode == 2


def test_the_program_runs_alone_and_prints_list_and_digests(tmp_path: Path) -> None:
    """Copied elsewhere, isolated from every package, as a supervisor would run it."""
    lines = a_file(needed=decided)
    file = tmp_path / "scores.jsonl"
    file.write_bytes(as_data(lines))
    same = run(file, folder=tmp_path)
    assert (same.returncode, same.stderr) == (0, "")
    best = of_kind(lines, "place")[0]
    number = next(line["number"] for line in of_kind(lines, "item") if line["item"] == best["item"])
    assert same.stdout.splitlines()[0].split() == ["1", number, best["printed"], "chosen"]
    digest = subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True).stdout.split()[0]
    assert digest in same.stdout
    assert rule_digest(lines[0]["frozen"]) in same.stdout
    best["printed"] = "0.00"
    file.write_bytes(as_data(lines))
    other = run(file, folder=tmp_path)
    assert other.returncode == 1
    assert "1 处不一致" in other.stdout
    assert run(folder=tmp_path).returncode == 2
    assert run("none.jsonl", folder=tmp_path).returncode == 2


def test_nothing_in_a_file_steers_a_terminal(tmp_path: Path) -> None:
    lines = a_file(needed=decided)
    for line in of_kind(lines, "item"):
        line["number"] = "遴\x1b[2J"
    of_kind(lines, "place")[0]["printed"] = "\x1b[2J"
    scored(lines)["absent"] = "\x1b[2J"
    (tmp_path / "scores.jsonl").write_bytes(as_data(lines))
    ended = run("scores.jsonl", folder=tmp_path)
    assert ended.returncode == 1
    assert "\x1b" not in ended.stdout + ended.stderr
    assert "遴\\x1b[2J" in ended.stdout


def test_the_program_is_short_and_leans_on_nothing() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    imported = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert len(text.splitlines()) < 150
    assert imported <= {name for name in sys.stdlib_module_names if not name.startswith("_")}
