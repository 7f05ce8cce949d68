"""What the experts read and what a round leaves behind: R69, R77, R96, R126, R129 to R131, R136."""

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from plan_clauses import answering, clause, idle
from plan_office import (
    FINAL,
    FINAL_LOCKED,
    FIRST_ROUND,
    FIRST_ROUND_LOCKED,
    an_office,
    enter,
    lock,
    score_all,
    standing,
    the_experts,
)
from python_calamine import CalamineWorkbook

from office import archive, papers
from states.facts import State
from web import expert_pad

from cast import Office

TOTALS = tuple(range(80, 95))  # one for each finalist
REASON = "核心技术首创，三家企业连续运行两年。"


def _without(name: str, empty: object = ()) -> Any:  # noqa: ANN401 - an inversion
    return answering(lambda facts: replace(facts, **{name: empty}))


def _made(office: Office, name: str, key: str) -> bytes:
    with office.desk.database.write() as session:
        return papers.make(session, office.desk, name, of=key, officer_id=office.ren, now=FINAL_LOCKED).data


def _texts(file: bytes) -> str:
    document = docx.Document(BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def _chosen(office: Office, state: State) -> list[str]:
    return [office.found(item).number for item in standing(office, state)]


def _final_over(office: Office) -> str:
    """Every finalist scored, one of them above the limit with its reason; the number of that one."""
    score_all(office, "final", TOTALS, now=FINAL)
    item = standing(office, State.FINALIST)[0]
    enter(office, "final", the_experts(office)[0], item, "99.5", reason=REASON, now=FINAL)
    lock(office, "final", now=FINAL_LOCKED)
    return office.found(item).number


def _labels(office: Office) -> list[str]:
    with office.desk.database.read() as session:
        return [
            paper.upload.slot
            for paper in expert_pad.files_of(session, office.desk, standing(office, State.FIRST_ROUND)[0])
        ]


@clause("R69", "评审重要依据", guards="web.expert_pad:files_of", invert=answering(lambda files: files[::-1]))
def test_the_form_is_the_first_that_an_expert_reads(tmp_path: Path) -> None:
    with an_office(tmp_path, "first_round") as office:
        assert _labels(office)[:1] == ["form"]


@clause("R77", "评审重要依据", guards="web.expert_pad:files_of", invert=idle([]))
def test_the_film_stands_beside_the_score(tmp_path: Path) -> None:
    with an_office(tmp_path, "first_round") as office:
        assert _labels(office)[1:2] == ["video"]


@clause("R96", "重点审阅“文件 1”和“文件 2”", guards="web.expert_pad:files_of", invert=idle([]))
def test_form_and_film_come_before_everything_else(tmp_path: Path) -> None:
    with an_office(tmp_path, "first_round") as office:
        assert _labels(office)[:2] == ["form", "video"]


@clause("R126", "（方案未写）", guards="office.round_papers:told", invert=_without("items"))
def test_the_first_rounds_minutes_name_the_fifteen(tmp_path: Path) -> None:
    with an_office(tmp_path, "first_round") as office:
        score_all(office, "first_round", range(95, 79, -1), now=FIRST_ROUND)
        lock(office, "first_round", now=FIRST_ROUND_LOCKED)
        said, numbers = _texts(_made(office, "minutes", "first_round")), _chosen(office, State.FIRST_ROUND)
    assert [number for number in numbers[:15] if number not in said] == []


@clause("R129", "现场统计分值", guards="office.round_papers:told", invert=_without("items"))
def test_the_tally_for_signature_holds_every_items_score(tmp_path: Path) -> None:
    with an_office(tmp_path, "final") as office:
        _final_over(office)
        said = _texts(_made(office, "tally", "final"))
        book = CalamineWorkbook.from_filelike(BytesIO(_made(office, "scores", "final")))
        numbers = _chosen(office, State.FINALIST)
    assert [number for number in numbers if number not in said] == []
    assert {row[1] for row in book.get_sheet_by_name("排名").to_python()[2:]} >= set(numbers)


@clause("R130", "并存档", guards="office.round_papers:told", invert=_without("extremes"))
def test_the_register_holds_each_written_reason(tmp_path: Path) -> None:
    with an_office(tmp_path, "final") as office:
        number = _final_over(office)
        said = _texts(_made(office, "reasons", "final"))
    assert (number in said, "99.5" in said, REASON in said) == (True, True, True)


@clause("R131", "（方案未写）", guards="office.round_papers:told", invert=_without("items"))
def test_the_finals_minutes_name_the_ten(tmp_path: Path) -> None:
    with an_office(tmp_path, "final") as office:
        _final_over(office)
        said, numbers = _texts(_made(office, "minutes", "final")), _chosen(office, State.FINALIST)
    assert [number for number in numbers[-9:] if number not in said] == []


@clause("R136", "（方案未写）", guards="office.archive_case:_add_files", invert=idle())
def test_the_archive_of_a_case_holds_its_files_by_their_place(tmp_path: Path) -> None:
    with an_office(tmp_path, "first_round") as office:
        item = office.found(standing(office, State.FIRST_ROUND)[0])
        packed = BytesIO()
        archive.write_case(office.desk, item.number, packed, officer_id=office.wang, now=FIRST_ROUND)
    with zipfile.ZipFile(packed) as found:
        names = found.namelist()
    assert [name for name in names if item.number in name and "文件1" in name and name.endswith(".docx")] != []
    assert {"index.docx", "MANIFEST.sha256"} <= {name.rsplit("/")[-1] for name in names}
