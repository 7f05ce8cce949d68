"""The desk of the notice and of the announcement: the reckoning, the versions, what is held, what is told of whom."""

import io
from datetime import datetime, timedelta

import docx
import pytest
from contest import ANNOUNCED, CLOSES, POSTED, Contest
from objectors import lodge
from python_calamine import CalamineWorkbook
from visitors_of import Browser

from config.refusal import Refusal
from office import announcement, decision_desk, notice
from office.announcement import Told
from office.visitors import Part
from states.facts import State
from states.refusals import NotAllowed

from cast import at

pytestmark = pytest.mark.slow

IN_TIME = POSTED + timedelta(days=2)


def office_at(contest: Contest, now: datetime = IN_TIME, part: Part = Part.OFFICE) -> Browser:
    return Browser(contest.office, part, now=now)


def announced(contest: Contest) -> int:
    listed = {"announce": contest.standing(State.PUBLICIZED)}
    decision = contest.signed(contest.draft("announcement", listed, now=CLOSES), now=CLOSES)
    with contest.office.desk.database.write() as session:
        notice.announce(session, contest.office.desk, decision, now=ANNOUNCED)
    return decision


def sheets(data: bytes) -> list[str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [
        " ".join(str(cell) for row in book.get_sheet_by_name(name).to_python() for cell in row)
        for name in book.sheet_names
    ]


def test_the_window_is_reckoned_day_by_day_before_it_is_posted_and_after(selected: Contest) -> None:
    """A3–A5: the office sees both ways of counting, and which is its own."""
    before = office_at(selected, POSTED - timedelta(days=1)).client.get("/notices").text
    assert "10 项已入选，等待公示" in before
    assert "如在 2024年11月1日 09:00 发布" in before
    selected.post()
    page = office_at(selected).client.get("/notices").text
    for words in ("2024-11-08", "第 7 天", "24:00 止", "公示当日不计入", "至 2024年11月7日 24:00 止"):
        assert words in page
    assert "放假安排尚未公布" not in page


def test_a_year_whose_holidays_are_not_out_is_told(selected: Contest) -> None:
    page = office_at(selected, at("2031-11-01 09:00")).client.get("/notices").text
    assert "2031 年放假安排尚未公布，暂按周末推算" in page


def test_a_version_shows_what_it_took_off(selected: Contest) -> None:
    selected.post()
    item = selected.items[3]
    selected.disqualify(item, ground="违反承诺：第 2 条", now=IN_TIME)
    client = office_at(selected).client
    page = client.get("/notices").text
    assert f"<del>{selected.number(item)}" in page
    assert "第 2 版，共 9 项" in page
    assert "第 1 版，共 10 项" in client.get("/notices?version=1").text
    (told,) = sheets(client.get("/notices/list.xlsx").content)
    assert selected.number(item) not in told
    (told,) = sheets(client.get("/notices/list.xlsx?version=1").content)
    assert selected.number(item) in told


def test_an_open_case_is_shown_to_hold_its_item_alone(selected: Contest) -> None:
    selected.post()
    lodge(selected)
    page = office_at(selected).client.get("/notices").text
    assert page.count("暂缓") == 1
    assert "IM24-异001 待指定经办人" in page


def test_nothing_is_posted_means_an_export_that_says_so(selected: Contest) -> None:
    answer = office_at(selected).client.get("/notices/list.xlsx")
    assert (answer.status_code, "还没有公示" in answer.text) == (422, True)


def test_the_result_is_told_on_the_day_of_the_conference_and_not_before(selected: Contest) -> None:
    """R36, R115: signed days ahead and looked at as it will be, carried out on the day."""
    selected.post()
    listed = {"announce": selected.standing(State.PUBLICIZED)}
    decision = selected.signed(selected.draft("announcement", listed, now=CLOSES), now=CLOSES)
    desk = selected.office.desk
    with desk.database.write() as session, pytest.raises(NotAllowed, match="结果定于 2024年11月29日 10:00"):
        notice.announce(session, desk, decision, now=ANNOUNCED - timedelta(microseconds=1))
    foreseen = decision_desk.preview(desk, decision, now=CLOSES)
    assert (foreseen.refusal, len(foreseen.letters)) == (None, 10)
    with desk.database.write() as session:
        assert notice.announce(session, desk, decision, now=ANNOUNCED).count == 10


def test_the_conditions_of_the_announcement_are_told_one_by_one(selected: Contest) -> None:
    selected.post()
    lodge(selected)
    page = office_at(selected, CLOSES).client.get("/announcement").text
    assert [page.count(words) for words in ("已满足", "未满足")] == [1, 4]
    assert "1 项暂缓，其余照常公布" in page


def test_what_is_told_of_a_winner_goes_to_press_kit_and_results(selected: Contest) -> None:
    """R115–R118: a paragraph and an English line for each, who speaks at the forum, who is ready to be matched."""
    selected.post()
    wang, number = office_at(selected), selected.number(selected.items[0])
    told = {
        "paragraph": "国内首套全流程数字孪生产线。", "english": "The first digital twin of a whole mill",
        "forum": "yes", "speaker": "周总工 13800001111", "matching": "yes", "wanted": "可对接中小企业改造",
        "matching_contact": "吴主任 010-1",
    }  # fmt: skip
    refused = wang.client.post(
        f"/announcement/{number}/words", data={"form_secret": wang.secret()} | told | {"speaker": ""}
    )  # fmt: skip
    assert (refused.status_code, "没有写发言人" in refused.text, told["paragraph"] in refused.text) == (422, True, True)
    assert (
        wang.client.post(f"/announcement/{number}/words", data={"form_secret": wang.secret()} | told).status_code == 303
    )
    page = wang.client.get("/announcement").text
    assert told["paragraph"] in page
    assert "（排名不分先后）" in page
    text = wang.client.get("/announcement/press.txt").content.decode()
    assert told["english"] in text
    assert text.count("\n\n") > 10
    paper = docx.Document(io.BytesIO(wang.client.get("/announcement/press.docx").content))
    said = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert told["paragraph"] in said
    assert "共 10 项成果入选，排名不分先后" in said
    assert len(paper.tables[0].rows) == 11
    forum, matching = sheets(wang.client.get("/announcement/contacts.xlsx").content)
    assert "周总工 13800001111" in forum
    assert "吴主任 010-1" in matching
    announced(selected)
    public = Browser(selected.office, now=ANNOUNCED).client.get("/results").text
    assert told["paragraph"] in public
    assert "周总工" not in public


def test_before_the_announcement_the_public_reads_nothing_of_it(selected: Contest) -> None:
    selected.post()
    with selected.office.desk.database.write() as session:
        announcement.keep(
            session, selected.office.desk, selected.number(selected.items[0]), Told(paragraph="国内首套。"),
            officer_id=selected.office.wang, now=IN_TIME,
        )  # fmt: skip
    assert "国内首套" not in Browser(selected.office, now=IN_TIME).client.get("/results").text


def test_the_press_kit_waits_for_a_list_and_a_winner_must_be_on_it(selected: Contest) -> None:
    wang = office_at(selected)
    answer = wang.client.get("/announcement/press.docx")
    assert (answer.status_code, "还没有可以发布的名单" in answer.text) == (422, True)
    selected.post()
    passed_over = selected.number(selected.standing(State.NOT_SELECTED)[0])
    with selected.office.desk.database.read() as session, pytest.raises(Refusal, match="不在公示或公布的名单里"):
        announcement.line(session, selected.office.desk, passed_over)
    long = {"form_secret": wang.secret(), "paragraph": "长" * 1001}
    answer = wang.client.post(f"/announcement/{selected.number(selected.items[0])}/words", data=long)
    assert (answer.status_code, "宣传文字超过 1000 字" in answer.text) == (422, True)
