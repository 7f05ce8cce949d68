"""The house stands as it was planned: floors, names, sizes, locks, licences, and the ways in."""

import os
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path, PurePosixPath

import house_rules as rules
import pytest
from house_rules import BESIDE, FLOORS, ROOT, Rule, Source

# One breach of each rule: where it stands and what it says.
BREACHES = [
    (rules.says_its_job, "office/notice.py", "x = 1\n"),
    (rules.init_holds_only_its_sentence, "office/__init__.py", '"""The office."""\nfrom office.notice import post\n'),
    (rules.files_are_short, "office/notice.py", "x = 1\n" * 300),
    (rules.functions_are_short, "office/notice.py", "def post():\n" + "    x = 1\n" * 49),
    (rules.letters_leave_by_one_way, "office/notice.py", "from smtplib import SMTP\n"),
    (rules.letters_leave_by_one_way, "web/app.py", "import smtplib\n"),
    (rules.only_the_doors_read_the_clock, "office/notice.py", "datetime.now(UTC)\n"),
    (rules.only_the_doors_read_the_clock, "records/ledger.py", "func.now()\n"),
    (rules.only_the_doors_read_the_clock, "config/workdays.py", "time.time()\n"),
    (rules.nothing_is_left_to_do, "office/notice.py", "# TO" + "DO: post it\n"),
    (rules.names_are_our_own, "review/statistics.py", ""),
    (rules.names_are_our_own, "office/utils.py", ""),
    (rules.names_are_our_own, "office/common/notice.py", ""),
]


def pyproject() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Rule) -> None:
    assert [f"{source.path}: {breach}" for source in rules.sources() for breach in rule(source)] == []


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES, ids=lambda it: getattr(it, "__name__", None) or "")
def test_a_breach_is_seen(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(PurePosixPath(path), text))) != []


def test_every_rule_has_a_breach() -> None:
    assert {rule for rule, _, _ in BREACHES} == set(rules.RULES)


def test_the_doors_may_read_the_clock() -> None:
    assert list(rules.only_the_doors_read_the_clock(Source(PurePosixPath("web/app.py"), "datetime.now(UTC)\n"))) == []


def test_our_names_resolve_inside_the_repository(tmp_path: Path) -> None:
    """`config`, `records` or `web` are everyday names: no dependency may put its own in front of ours."""
    program = f"import importlib.util as u\nfor name in {FLOORS!r}: print(u.find_spec(name).origin)"
    found = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert [Path(line) for line in found.stdout.split()] == [ROOT / name / "__init__.py" for name in FLOORS]


def test_packages_are_listed_one_by_one() -> None:
    """A package that is not listed would be missing from an installed copy; tests never are."""
    there = {
        ".".join(file.parent.relative_to(ROOT).parts) for name in FLOORS for file in (ROOT / name).rglob("__init__.py")
    }
    assert set(pyproject()["tool"]["setuptools"]["packages"]) == there


def test_every_module_stands_in_a_listed_package() -> None:
    packages = set(pyproject()["tool"]["setuptools"]["packages"])
    assert {".".join(source.path.parent.parts) for source in rules.sources(*FLOORS)} <= packages


def test_every_folder_with_code_has_its_place() -> None:
    """A new top-level folder is a floor, or stands beside the house; nothing in between."""
    hidden = {"var", "build"}
    folders = {it.name for it in ROOT.iterdir() if it.is_dir() and not it.name.startswith(".")} - hidden
    with_code = {name for name in folders if any((ROOT / name).rglob("*.py"))}
    assert with_code <= {*FLOORS, *BESIDE}
    assert list(ROOT.glob("*.py")) == []


def test_every_floor_is_held_by_the_tools() -> None:
    """What is not named to the type checker and the import contracts is not looked at."""
    tool = pyproject()["tool"]
    assert set(tool["mypy"]["packages"]) == set(FLOORS)
    assert set(tool["importlinter"]["root_packages"]) == set(FLOORS)
    floors = {name for row in tool["importlinter"]["contracts"][0]["layers"] for name in re.split(r"[ |]+", row)}
    assert floors == set(FLOORS) - {"recount"}


@pytest.mark.slow
def test_imports_point_down_the_floors() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    seen = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert seen.returncode == 0, seen.stdout + seen.stderr


@pytest.mark.parametrize(
    "name", ["requirements.in", "requirements-dev.in", "requirements.lock", "requirements-dev.lock"]
)
def test_no_list_names_an_address(name: str) -> None:
    """Where packages come from is the machine's setting, not the repository's."""
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_a_digest(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_both_locks_agree() -> None:
    """`make demo` and `make test` run the same versions."""
    lock = runpy.run_path(str(ROOT / "docs" / "make_licences.py"))["locked"]
    running, testing = lock(ROOT / "requirements.lock"), lock(ROOT / "requirements-dev.lock")
    assert running.items() <= testing.items()


def test_the_page_of_licences_is_current() -> None:
    """Also fails when a dependency comes under a licence that the house does not take (GPL, AGPL, unknown)."""
    page = runpy.run_path(str(ROOT / "docs" / "make_licences.py"))["page"]
    assert (ROOT / "docs" / "licences.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_what_the_readme_says_can_be_made(name: str) -> None:
    said = set(re.findall(r"\bmake ([a-z]+)", (ROOT / name).read_text(encoding="utf-8")))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test", "serve", "check", "help"} <= said
    assert said <= targets


def test_make_alone_lists_every_way_in() -> None:
    listed = subprocess.run(["make", "--silent"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z]+):.* ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.findall(r"^ +make ([a-z]+)", listed, re.MULTILINE) == targets


@pytest.mark.parametrize("name", [".ci/run", "deploy/test-system.sh"])
def test_scripts_can_be_started(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    subprocess.run(["bash", "-n", ROOT / name], check=True)
