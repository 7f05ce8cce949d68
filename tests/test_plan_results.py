"""What is printed and told after the final: R23, R116 to R118, R132 to R135, R137."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from plan_clauses import answering, clause, idle
from plan_office import an_office, announcement, signed, standing
from python_calamine import CalamineWorkbook

from office import announcement as publicity
from office import disqualification, forum, objection_desk, objections, papers, season_statistics
from office.announcement import Told
from paperwork import press_kit
from records.tables.application import Application
from records.tables.decision import Decision
from states.facts import State

from cast import SOCIETY, Office, at

DURING, OVER = at("2024-11-04 09:00"), at("2024-11-09 00:00")
CASE = "IM24-异001"


def _without(name: str, empty: object = ()) -> Any:  # noqa: ANN401 - an inversion
    return answering(lambda facts: replace(facts, **{name: empty}))


def _texts(file: bytes) -> str:
    document = docx.Document(BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def _made(office: Office, name: str, key: str = "") -> bytes:
    with office.desk.database.read() as session:
        return papers.make(session, office.desk, name, of=key, now=OVER).data


def _numbers(office: Office, state: State) -> list[str]:
    return [office.found(item).number for item in standing(office, state)]


def _tell(office: Office, number: str, **told: object) -> None:
    with office.desk.database.write() as session:
        words = Told(**told)  # type: ignore[arg-type]
        publicity.keep(session, office.desk, number, words, officer_id=office.wang, now=OVER)


def _objected(office: Office, item: int) -> None:
    """An objection from its handler over the applicant to its end."""
    desk, by = office.desk, {"officer_id": office.wang, "now": DURING}
    with desk.database.write() as session:
        objections.lodge(
            session, desk, item, name="骆闻达", phone="", email="luo@objectors.example", unit="", ground="知识产权",
            statement="核心专利已判归他人。", received_at=DURING, now=DURING,
        )  # fmt: skip
        objection_desk.assign(session, desk, 1, handler_id=office.wang, **by)
        objection_desk.ask(session, desk, 1, question="请说明专利权属。", **by)
        objection_desk.answer(session, desk, 1, text="专利属我单位。", now=DURING)
        objections.propose(session, desk, 1, "sustained", outcome="判决书属实。", **by)
        objections.confirm(session, desk, 1, officer_id=office.ren, now=DURING)


@clause("R116", "作为联合体 2024年重大研究成果予以宣传", guards="office.announcement:press", invert=_without("winners"))
def test_the_press_kit_tells_of_every_winner(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office, office.desk.database.read() as session:
        said = press_kit.wechat_text(publicity.press(session, office.desk))
        titles = [session.get_one(Application, item).title for item in standing(office, State.PUBLICIZED)]
    assert [title for title in titles if title not in said] == []
    assert len(titles) == 10


@clause("R23", "组织召开“智能制造科技进展论坛”", guards="office.forum:events", invert=idle([]))
def test_the_office_lists_the_events_of_the_forum_for_everybody(tmp_path: Path) -> None:
    talk = forum.Told("论坛", at("2024-11-30 14:00"), at("2024-11-30 17:00"), "南京", public=True)
    with an_office(tmp_path, "publicized") as office:
        with office.desk.database.write() as session:
            forum.save(session, office.desk, talk, officer_id=office.wang, now=OVER)
        with office.desk.database.read() as session:
            said = press_kit.wechat_text(publicity.press(session, office.desk))
    assert "论坛：2024年11月30日 14:00 至 17:00，南京。" in said


@clause(
    "R117", "部分入围成果将在2024年智能制造科技进展“双十”论坛等活动上进行交流",
    guards="office.result_papers:contacts", invert=_without("speakers"),
)  # fmt: skip
def test_who_speaks_at_the_forum_is_listed(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office:
        number = _numbers(office, State.PUBLICIZED)[0]
        _tell(office, number, forum=True, speaker="周总工 13800001111")
        book = CalamineWorkbook.from_filelike(BytesIO(_made(office, "contacts")))
    rows = book.get_sheet_by_name("论坛").to_python()
    assert "“双十”论坛" in str(rows[0][0])
    assert [(row[0], row[3]) for row in rows[2:] if row[0]] == [(number, "周总工 13800001111")]


@clause(
    "R118", "推进智能制造科技进展成果与地方、企业实际需求对接", guards="office.result_papers:contacts",
    invert=_without("matched"),
)  # fmt: skip
def test_whom_regions_and_firms_may_call_is_listed(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office:
        number = _numbers(office, State.PUBLICIZED)[1]
        _tell(office, number, matching=True, wanted="中小企业改造", matching_contact="李工 13900002222")
        book = CalamineWorkbook.from_filelike(BytesIO(_made(office, "contacts")))
    rows = book.get_sheet_by_name("对接").to_python()[2:]
    assert [(row[0], row[3], row[4]) for row in rows if row[0]] == [(number, "中小企业改造", "李工 13900002222")]


@clause("R132", "（方案未写）", guards="office.notice_papers:told", invert=_without("items"))
def test_the_notice_is_printed_with_its_window_and_the_ten(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office:
        said, numbers = _texts(_made(office, "notice", "1")), _numbers(office, State.PUBLICIZED)
    assert "2024年11月1日 09:00至2024年11月8日 24:00。" in said
    assert [number for number in numbers if number not in said] == []


@clause("R133", "（方案未写）", guards="office.objection_papers:told", invert=_without("number", ""))
def test_an_objection_is_taken_up_asked_decided_and_answered_on_paper(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office:
        _objected(office, standing(office, State.PUBLICIZED)[0])
        kinds = ("acceptance", "inquiry", "decision", "answer")
        said = [_texts(_made(office, f"objection-{kind}", CASE)) for kind in kinds]
    assert [CASE in each for each in said] == [True] * 4
    assert [each.count("骆闻达") for each in said] == [0] * 4
    assert "判决书属实。" in said[3]


@clause("R134", "（方案未写）", guards="office.cancellations:told", invert=_without("ground", ""))
def test_a_cancellation_is_printed_with_its_ground(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office:
        desk, item = office.desk, standing(office, State.PUBLICIZED)[0]
        _objected(office, item)
        with desk.database.write() as session:
            made = disqualification.draft_disqualification(
                session, desk, item, case_id=1, officer_id=office.wang, now=DURING
            )
            decision, number = made.id or 0, made.number
        signed(office, decision, now=DURING)
        said = _texts(_made(office, "cancellation", number))
    assert f"异议成立（{CASE}，知识产权）：判决书属实。" in said


@clause("R135", "（方案未写）", guards="office.result_papers:winners", invert=_without("winners"))
def test_every_winner_gets_a_letter_and_a_certificate(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office:
        numbers = _numbers(office, State.PUBLICIZED)
        decision = announcement(office, now=OVER)
        with office.desk.database.read() as session:
            number = session.get_one(Decision, decision).number
            merged = [
                papers.together(session, office.desk, name, now=OVER) for name in ("winner-letter", "certificate")
            ]
        told = _texts(_made(office, "announcement", number))
        letters, sheets = (_texts(each.data) for each in merged)
    assert [number for number in numbers if number not in told] == []
    assert (letters.count("特此通知，谨致祝贺！"), sheets.count("特发此证，以资鼓励。")) == (10, 10)


@clause("R137", "（方案未写）", guards="office.season_statistics:told", invert=_without("breakdowns"))
def test_the_season_is_counted_by_endorser_category_province_and_kind(tmp_path: Path) -> None:
    with an_office(tmp_path, "publicized") as office, office.desk.database.read() as session:
        counted = season_statistics.told(session, office.desk)
    assert [each.name for each in counted.breakdowns] == ["推荐方", "类别", "省份", "单位类型"]
    society = next(group for group in counted.breakdowns[0].groups if group.label == SOCIETY)
    assert society.counts == (16, 16, 15, 10)
