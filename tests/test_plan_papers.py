"""The papers that the office needs: R120 to R128."""

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from plan_clauses import answering, clause, edition, idle
from plan_office import FINAL, FINAL_PREPARED, an_office
from python_calamine import CalamineWorkbook

from documents.findings import Finding, Verdict
from office import corrections, final_facts, formal_check, papers, stage_order
from paperwork.evidence_template import evidence_template
from paperwork.form_template import form_template
from paperwork.letter_template import letter_template
from states.facts import State

from cast import CHECKED, Office, a_draft, an_application, endorse, files, put, submit

TOO_LONG = Finding("video.length", "R71", Verdict.RED, "时长 12:07，超过 12:00", "请剪到 12 分钟以内。")


def _texts(file: bytes) -> str:
    document = docx.Document(BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def _printed(office: Office, name: str, item_id: int | None = None) -> bytes:
    number = office.found(item_id).number if item_id else ""
    with office.desk.database.read() as session:
        return papers.make(session, office.desk, name, of=number, now=CHECKED).data


def _refused_for_its_film(office: Office) -> int:
    item_id = a_draft(office)
    put(office, item_id, "video", TOO_LONG)
    submit(office, item_id)
    endorse(office, item_id)
    answer = formal_check.Answer("video.length", files(office, item_id)["video"], accepted=False, reason="请重新录制。")
    with office.desk.database.write() as session:
        formal_check.tick(session, office.desk, item_id, answer, officer_id=office.wang, now=CHECKED)
    return item_id


def _missing(words: Iterable[str], text: str) -> list[str]:
    return [word for word in words if word not in text]


@clause(
    "R121",
    "申报文件格式及相关要求",
    guards=("edition:form.note", "edition:form.parts", "edition:letter.commitments", "edition:evidence.kinds"),
)
def test_the_form_the_letter_and_the_evidence_list_are_there_to_be_filled_in() -> None:
    form, letter, evidence = (_texts(make(edition())) for make in (form_template, letter_template, evidence_template))
    headings = ("一、", "背景和意义", "二、", "创新性", "三、", "引领性", "四、", "应用性")
    assert _missing(("文字控制在5000字以内", "项目名称", "推荐学会或专家", "申报单位", *headings), form) == []
    assert _missing(("真实准确", "知识产权权属清晰", "脱密处理", "监督检查", "申报单位（盖章）"), letter) == []
    assert _missing(("知识产权证明", "评价证明", "应用证明", "技术合作开发说明", "其他证明"), evidence) == []


def _without(name: str) -> Any:  # noqa: ANN401 - an inversion
    return answering(lambda facts: replace(facts, **{name: ()}))


@clause("R122", "（方案未写）", guards="office.paper_facts:receipt_of", invert=_without("files"))
def test_a_receipt_tells_which_files_the_office_has(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        said = _texts(_printed(office, "receipt", an_application(office, State.SUBMITTED)))
    assert _missing(("文件1 推荐表", "文件2 答辩视频", "文件3 承诺书", "SHA-256", "2024-08-01 10:00:00"), said) == []


@clause("R123", "（方案未写）", guards=("office.check_sheet:about_files", "edition:check.correction_working_days"))
def test_an_opinion_and_a_notice_tell_what_is_wrong_and_until_when(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        item_id = _refused_for_its_film(office)
        opinion = _texts(_printed(office, "check-opinion", item_id))
        with office.desk.database.write() as session:
            corrections.send_back(
                session, office.desk, item_id, slots=["video"], reason="视频超时", officer_id=office.wang, now=CHECKED
            )
        notice = _texts(_printed(office, "correction", item_id))
    assert _missing(("R71", TOO_LONG.evidence, "不通过", "请重新录制。"), opinion) == []
    assert _missing(("2024年8月27日 24:00", "文件2 答辩视频", TOO_LONG.evidence, "请重新录制。"), notice) == []


@clause("R124", "（方案未写）", guards="office.paper_facts:summary", invert=_without("rows"))
def test_a_summary_tells_of_every_application(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        numbers = [office.found(_refused_for_its_film(office)).number]
        numbers.append(office.found(an_application(office, State.FORMALLY_CHECKED, "乙")).number)
        book = CalamineWorkbook.from_filelike(BytesIO(_printed(office, "check-summary")))
    assert [row[0] for row in book.get_sheet_by_name("汇总").to_python()[2:]] == numbers


def _of(office: Office, name: str, key: str = "") -> bytes:
    with office.desk.database.write() as session:
        return papers.make(session, office.desk, name, of=key, officer_id=office.ren, now=FINAL_PREPARED).data


@clause(
    "R120",
    "（方案未写）",
    guards=("office.call_facts:call_of", "edition:contacts", "edition:categories"),
    invert=_without("reach"),
)
def test_a_call_for_each_society_with_its_contact_and_the_plan(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        textile, optics = (_texts(_of(office, "call", name)) for name in ("中国纺织工程学会", "中国光学工程学会"))
    assert _missing(("白江", "刘艳秋", "（一）智能制造技术", "（五）制造业领域应用", "附件1"), textile) == []
    assert _missing(("中国光学工程学会秘书处", "刘艳秋", "智能产品"), optics) == []
    assert "白江" not in optics


@clause("R125", "（方案未写）", guards="office.round_papers:told", invert=_without("items"))
def test_the_first_rounds_scores_and_ranking_are_a_sheet(tmp_path: Path) -> None:
    with an_office(tmp_path, "finalists") as office:
        book = CalamineWorkbook.from_filelike(BytesIO(_of(office, "scores", "first_round")))
    rows = book.get_sheet_by_name("排名").to_python()[2:]
    assert [row[6] for row in rows].count("入围") == 15
    assert len({row[1] for row in rows}) == 16


@clause(
    "R127", "（方案未写）", guards=("office.final_facts:invitations_of", "office.final_facts:_turns"), invert=idle([])
)
def test_every_finalist_is_invited_seated_and_told_when(tmp_path: Path) -> None:
    with an_office(tmp_path, "final") as office:
        order = _drawn(office)
        invited = _texts(_together(office, "invitation"))
        listed = _texts(_of(office, "running-order"))
        with office.desk.database.read() as session:
            plates = {plate.name for plate in final_facts.plates_of(session, office.desk)}
    assert _missing([f"（编号 {number}）" for number in order], invited) == []
    assert _missing(("陈述 10 分钟，专家问询 3 分钟", "第 15 项"), invited) == []
    assert _missing(order, listed) == []
    assert len(plates) == len(order) + 3 + 4  # who speaks, who scores, the office


@clause("R128", "（方案未写）", guards="office.final_facts:sheet_of", invert=_without("lines"))
def test_each_expert_has_a_score_sheet_with_a_code(tmp_path: Path) -> None:
    with an_office(tmp_path, "final") as office:
        order = _drawn(office)
        with office.desk.database.read() as session:
            keys = [each.key for each in final_facts.experts(session, office.desk)]
        sheets = [_texts(_of(office, "score-sheet", key)) for key in keys]
    assert [_missing([*order, "总分", "专家签名", "高于 99 分或低于 50 分"], said) for said in sheets] == [[]] * len(
        sheets
    )
    assert len(set(sheets)) == len(sheets) > 1


def _drawn(office: Office) -> list[str]:
    with office.desk.database.write() as session:
        stage_order.set_up(session, office.desk, starts_at=FINAL, officer_id=office.wang, now=FINAL_PREPARED)
        drawn = stage_order.draw_order(
            session, office.desk, seed="20241018-3280", officer_id=office.wang, now=FINAL_PREPARED
        )
    return list(drawn.drawn)


def _together(office: Office, name: str) -> bytes:
    with office.desk.database.read() as session:
        return papers.together(session, office.desk, name, now=FINAL_PREPARED).data
