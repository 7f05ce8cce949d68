"""What the pages take from elsewhere: whole as it was made, under its licence, and light."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from house_rules import ROOT

STATIC = ROOT / "web" / "static"
FOLDERS = [STATIC / "vendor", ROOT / "tests" / "vendor"]
HEAVIEST = 350_000  # bytes of scripts and styles, compressed as servers do


def told(folder: Path) -> list[dict]:
    return json.loads((folder / "vendor.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", FOLDERS, ids=["pages", "tests"])
def test_every_file_is_the_one_that_was_made(folder: Path) -> None:
    """A file that was changed by hand, is missing, or was slipped in is found."""
    listed = {f"{it['folder']}/{name}": digest for it in told(folder) for name, digest in it["sha256"].items()}
    found = {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file() and file.name != "vendor.json"
    }
    assert found == listed


@pytest.mark.parametrize("folder", FOLDERS, ids=["pages", "tests"])
def test_every_package_brings_its_licence(folder: Path) -> None:
    for it in told(folder):
        assert "LICENSE" in it["sha256"], it["name"]
        assert it["folder"].endswith(it["version"])


def test_apache_asks_for_its_notice() -> None:
    assert [
        it["name"] for it in told(FOLDERS[0]) if it["licence"] == "Apache-2.0" and "NOTICE" not in it["sha256"]
    ] == []


def test_the_versions_are_those_of_the_recipe() -> None:
    recipe = json.loads((ROOT / "web" / "vendoring" / "package.json").read_text(encoding="utf-8"))
    wanted = recipe["dependencies"] | recipe["devDependencies"]
    for folder in FOLDERS:
        for it in told(folder):
            assert wanted[it["name"]] == it["version"]


def test_the_recipe_names_no_address() -> None:
    """Where packages come from is the machine's setting, not the repository's."""
    for file in (ROOT / "web" / "vendoring").iterdir():
        assert "://" not in file.read_text(encoding="utf-8"), file.name


def test_all_icons_of_the_recipe_are_there_and_no_more() -> None:
    (lucide,) = (FOLDERS[0]).glob("lucide-*")
    listed = (ROOT / "web" / "vendoring" / "icons.txt").read_text(encoding="utf-8").split()
    assert sorted(listed) == sorted(file.stem for file in lucide.glob("*.svg"))


def test_scripts_and_styles_are_light() -> None:
    """All of them together, though no page asks for all."""
    files = [file for kind in ("css", "js") for file in STATIC.rglob(f"*.{kind}")]
    assert files
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < HEAVIEST
