"""The report and the two versions in a real browser: both lights, desk and telephone, nothing fetched, axe content."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from chromium import chromium
from playwright.sync_api import Browser

from cli import specimens
from config.editions_file import load_edition, shipped_edition
from documents.checks import check_file
from documents.differences import FactChange, LineChange, PartChange, pieces
from documents.findings import Finding, Report, Verdict
from office.versions import Compared, Version
from web.report import page, versions_side_by_side

from cast import at

pytestmark = pytest.mark.slow

EDITION = load_edition(shipped_edition("2024")).edition
NAMES = {"title": "轮毂铸造数字孪生产线", "unit": "甲重工", "endorser": "中国机械工程学会"}
WHEN = at("2024-08-01 10:00")
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js")).read_text(encoding="utf-8")
JUDGED = "axe.run().then(told => told.violations.map(rule => rule.id + rule.nodes.map(node => node.html).join()))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[Report]:
    folder = tmp_path_factory.mktemp("set")
    specimens.write_letter(folder / "letter.pdf", edition=EDITION, route="society", date=date(2024, 7, 30), **NAMES)
    specimens.write_form(folder / "form.docx", edition=EDITION, words=5_600, leave_out_part="application", **NAMES)
    slots = {"form.docx": "form", "letter.pdf": "letter"}
    found = [
        check_file(folder / name, slot=EDITION.slot(slot), edition=EDITION, in_child=False)
        for name, slot in slots.items()
    ]
    return [replace(report, name=f"一个很长很长的文件夹名称/{'子文件夹/' * 12}{report.name}") for report in found]


def compared() -> Compared:
    old = Version(1, 1, "推荐表.docx", "a" * 64, 1 << 20, WHEN, "red", holds=False)
    new = Version(2, 2, "推荐表.docx", "b" * 64, 2 << 20, WHEN, "green", holds=True)
    changed = pieces("能耗下降 12%，良品率提升。", "能耗下降 15%，良品率提升。")
    red, look = (Finding("form.words", "R52", verdict, "正文计 5600 字") for verdict in (Verdict.RED, Verdict.LOOK))
    return Compared(
        "文件1 推荐表", old, new, same_bytes=False, parts=(PartChange("创新性", (changed,)),),
        facts=(FactChange("正文字数", "5600 字", ""),), lines=(LineChange("form.words", red, look),),
    )  # fmt: skip


def faults(browser: Browser, file: Path, scheme: str) -> list[str]:
    """What axe, the console and the network have to say, at a desk and on a telephone."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    shown = context.new_page()
    found: list[str] = []
    shown.on("console", lambda message: found.append(message.text))
    shown.on("request", lambda request: found.append(request.url) if request.url.startswith("http") else None)
    shown.goto(file.as_uri())
    for width in (1280, 390):
        shown.set_viewport_size({"width": width, "height": 900})
        if shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") > 0:
            found.append(f"wider than {width}")
        shown.evaluate(AXE)
        found += shown.evaluate(JUDGED)
    context.close()
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_can_be_read_by_everybody(
    browser: Browser, reports: list[Report], tmp_path: Path, scheme: str
) -> None:
    file = tmp_path / "report.html"
    file.write_text(page(reports, edition=EDITION, at=WHEN), encoding="utf-8")
    assert faults(browser, file, scheme) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_versions_can_be_read_by_everybody(browser: Browser, tmp_path: Path, scheme: str) -> None:
    whole = page([], edition=EDITION, at=WHEN)
    piece = versions_side_by_side(compared(), shown_at=datetime.isoformat)
    file = tmp_path / "versions.html"
    file.write_text(whole.replace("<footer>", f"{piece}<footer>"), encoding="utf-8")
    assert faults(browser, file, scheme) == []
