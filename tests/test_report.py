"""One report, four carriers: page, letter, JSON and check sheet say the same lines in the same words (R44, R45)."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cli import check, specimens
from config.editions_file import load_edition, shipped_edition
from documents.checks import check_file
from documents.findings import Finding, Picture, Report, Verdict, worst_first
from notifications import letters
from office import check_sheet, corrections, uploads
from office.applications import current_files
from office.uploads import Checked, Incoming
from web.report import card, data_address, page

from cast import CHECKED, HANDED_IN, Office, a_draft, at, submit

LOADED = load_edition(shipped_edition("2024"))
EDITION = LOADED.edition
NAMES = {"title": "轮毂铸造数字孪生产线", "unit": "甲重工", "endorser": "中国机械工程学会"}
WHEN = at("2024-08-01 10:00")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A letter with both seals, and a form that is too long and lacks a part."""
    made = tmp_path_factory.mktemp("set")
    specimens.write_letter(made / "承诺书.pdf", edition=EDITION, route="society", date=date(2024, 7, 30), **NAMES)
    specimens.write_form(made / "推荐表.docx", edition=EDITION, words=5_600, leave_out_part="application", **NAMES)
    return made


@pytest.fixture(scope="module")
def letter(folder: Path) -> Report:
    return check_file(folder / "承诺书.pdf", slot=EDITION.slot("letter"), edition=EDITION, in_child=False)


@pytest.fixture(scope="module")
def form(folder: Path) -> Report:
    return check_file(folder / "推荐表.docx", slot=EDITION.slot("form"), edition=EDITION, in_child=False)


class Words(HTMLParser):
    """The texts of a page, one after another, and the addresses that it would fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.addresses: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def in_office(office: Office, item_id: int, slot: str, report: Report, path: Path) -> None:
    kept = office.desk.vault.keep(path)
    uploads.keep_pictures(office.desk, report)
    with office.desk.database.write() as session:
        incoming = Incoming(slot, path.name, begun_at=HANDED_IN)
        uploads.put_file(session, office.desk, item_id, incoming, Checked(kept, report), now=HANDED_IN)


def on_sheet(office: Office, item_id: int, slot: str) -> list[check_sheet.SheetLine]:
    with office.desk.database.read() as session:
        lines = check_sheet.sheet(session, office.desk, office.found(item_id))
        return [line for line in lines if line.slot == slot and line.verdict is not None]


def as_json(path: Path) -> dict[str, Any]:
    out = io.StringIO()
    check.run([path], kind=None, edition=LOADED, as_json=True, out=out)
    (file,) = json.loads(out.getvalue())["files"]
    return dict(file)


def test_page_json_sheet_and_letter_say_the_same_lines(office: Office, form: Report, folder: Path) -> None:
    item_id = a_draft(office)
    lines = worst_first(form.findings)
    assert [line.verdict for line in lines][:3] == [Verdict.RED, Verdict.RED, lines[2].verdict]
    in_office(office, item_id, "form", form, folder / "推荐表.docx")

    sheet = on_sheet(office, item_id, "form")
    assert [(line.rule, line.r, line.text, line.verdict, line.next_step) for line in sheet] == [
        (line.rule, line.r, line.evidence, line.verdict, line.next_step) for line in lines
    ]
    assert {line.place for line in sheet} == {"文件1 推荐表 推荐表.docx"}

    told = as_json(folder / "推荐表.docx")["findings"]
    assert [(line["rule"], line["evidence"], line["next_step"]) for line in told] == [
        (line.rule, line.evidence, line.next_step) for line in form.findings
    ]

    words = Words(page([form], edition=EDITION, at=WHEN)).texts
    places = [words.index(line.evidence) for line in lines]
    assert places == sorted(places)
    assert all(line.next_step in words for line in lines if line.next_step)

    with office.desk.database.read() as session:
        slots, reason = corrections.proposed(session, office.desk, item_id)
    assert slots == ("form",)
    assert reason.splitlines() == [line.words for line in lines if line.verdict is Verdict.RED]


def test_the_letter_that_sends_back_carries_these_words(office: Office, form: Report, folder: Path) -> None:
    item_id = a_draft(office)
    in_office(office, item_id, "form", replace(form, findings=_unblocked(form)), folder / "推荐表.docx")
    submit(office, item_id)
    with office.desk.database.write() as session:
        slots, reason = corrections.proposed(session, office.desk, item_id)
        corrections.send_back(
            session, office.desk, item_id, slots=slots, reason=reason, officer_id=office.wang, now=CHECKED
        )
    (row,) = office.letters("send_back.applicant", item_id=item_id)
    rendered = letters.render(row, edition=EDITION, settings=office.desk.settings)
    flat = re.sub(r"\s+", "", rendered.text)
    for line in form.findings:
        if line.verdict is Verdict.RED:
            assert re.sub(r"\s+", "", line.words) in flat


def _unblocked(report: Report) -> tuple[Finding, ...]:
    """Lines that are red and yet let the application come in, as a video's are (R72)."""
    return tuple(replace(line, blocks_submit=False) for line in report.findings)


def test_pictures_come_along_everywhere(office: Office, letter: Report, folder: Path) -> None:
    named = {key for line in letter.findings for key in line.pictures}
    assert named
    assert named <= {picture.key for picture in letter.pictures}
    item_id = a_draft(office)
    in_office(office, item_id, "letter", letter, folder / "承诺书.pdf")

    shown = {(line.rule, each.key) for line in on_sheet(office, item_id, "letter") for each in line.pictures}
    assert shown == {(line.rule, key) for line in letter.findings for key in line.pictures}
    kept = [each for line in on_sheet(office, item_id, "letter") for each in line.pictures]
    assert all(office.desk.vault.verify(each.sha256) for each in kept)

    told = as_json(folder / "承诺书.pdf")
    captions = {picture["key"]: picture["caption"] for picture in told["pictures"]}
    assert captions == {picture.key: picture.caption for picture in letter.pictures}
    assert {key for line in told["findings"] for key in line["pictures"]} == named

    html = Words(page([letter], edition=EDITION, at=WHEN))
    assert [address for address in html.addresses if address.startswith("data:image/jpeg")] == [
        data_address(picture) for key in _in_order(letter) for picture in letter.pictures if picture.key == key
    ]


def _in_order(report: Report) -> Iterator[str]:
    for line in worst_first(report.findings):
        yield from line.pictures


def test_a_report_comes_out_of_the_store_as_it_went_in(office: Office, letter: Report, folder: Path) -> None:
    item_id = a_draft(office)
    in_office(office, item_id, "letter", letter, folder / "承诺书.pdf")
    with office.desk.database.read() as session:
        (file,) = [each for each in current_files(session, item_id) if each.slot == "letter"]
        again = uploads.kept_report(office.desk, file)
    assert (again.findings, again.pictures) == (letter.findings, letter.pictures)
    assert json.dumps(letter.as_dict()) == json.dumps(again.as_dict())


def test_the_page_needs_nothing_beside_itself(letter: Report, form: Report) -> None:
    html = Words(page([form, letter], edition=EDITION, at=WHEN))
    assert html.addresses
    assert all(address.startswith("data:image/jpeg;base64,") for address in html.addresses)
    assert not html.tags & {"script", "link", "iframe", "object"}
    styles = "".join(html.texts)
    assert "url(" not in styles
    assert "@import" not in styles
    assert set(re.findall(r"var\((--[\w-]+)", styles)) <= set(re.findall(r"(--[\w-]+):", styles))


def test_what_a_stranger_wrote_stays_text_on_the_page() -> None:
    evil = "<script>alert(1)</script>\u202e"
    finding = Finding("form.words", "R52", Verdict.RED, evil, evil, blocks_submit=True, pictures=("p", "gone"))
    report = Report(evil, "form", "0" * 64, {}, (finding,), (Picture("p", evil, b"\xff\xd8"),))
    html = page([report], edition=EDITION, at=WHEN)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    shown = card(report, place="文件1", source=data_address)
    assert "\u202e" not in shown.name
    assert shown.ending == "现在不能提交，请改正后重新上传"
    assert [picture.key for picture, _ in shown.lines[0].pictures] == ["p"]
