"""The desk 本届设置: everybody of the office reads, the lead changes with a preview, nothing typed is lost."""

import re
from io import BytesIO

import pytest
from docx import Document
from python_calamine import CalamineWorkbook
from visitors_of import Browser

from config.editions_file import facts_listed
from office import edition_desk, opening
from office.visitors import Part

from cast import FOUNDED, HANDED_IN, Office

pytestmark = pytest.mark.slow

CLOSES = "submission.closes"
LATER = "2024-08-18T00:00:00+08:00"


def lead(office: Office) -> Browser:
    return Browser(office, Part.LEAD, now=FOUNDED)


def post(browser: Browser, path: str, **words: str) -> tuple[int, str]:
    answer = browser.client.post(path, data={"form_secret": browser.secret(), **words})
    return answer.status_code, answer.text


def preview(browser: Browser, office: Office, words: dict[str, str], *, seen: str = "") -> tuple[int, str]:
    return post(
        browser, "/settings/preview", seen=seen or office.desk.loaded.sha256, stage="submission", **words
    )  # fmt: skip


def in_force(office: Office) -> str:
    return opening.refreshed(office.desk).edition.submission.closes.isoformat()


def change_elsewhere(office: Office, words: dict[str, str]) -> None:
    desk = opening.refreshed(office.desk)
    edition_desk.change(
        desk, words, reason="通知", expected=desk.loaded.sha256, officer_id=office.ren, now=FOUNDED
    )  # fmt: skip


@pytest.mark.parametrize("part", [Part.OFFICE, Part.LEAD, Part.SUPERVISOR])
def test_the_office_reads_every_fact_with_its_clause(office: Office, part: Part) -> None:
    browser = Browser(office, part, now=FOUNDED)
    page = browser.client.get("/settings?stage=submission").text
    for words in ("申报截止", "2024年8月15日 24:00", "R31、R32、A1", "submission.closes", "待确认"):
        assert words in page
    assert ("/settings/edit?stage=submission" in page) == (part is Part.LEAD)


def test_the_list_is_taken_away_as_it_is_shown(office: Office) -> None:
    answer = lead(office).client.get("/settings/all.xlsx?stage=notice")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    keys = [fact.key for fact in facts_listed(office.desk.loaded) if fact.key.startswith("notice.")]
    assert [row[5] for row in rows if str(row[5]).startswith("notice.")] == keys


def test_the_untouched_form_changes_nothing(office: Office) -> None:
    """Every stage, sent back as a browser sends it: with other line ends and no outer blanks, is no change at all."""
    browser = lead(office)
    for stage in ("award", "submission", "endorsement", "check", "first_round", "final", "notice", "always"):
        facts = {fact.key: fact for fact in edition_desk.facts_of(office.desk.loaded) if fact.stage == stage}
        words = {key: fact.typed.replace("\n", "\r\n") for key, fact in facts.items()}
        status, page = preview(browser, office, words)
        assert (status, "没有改动任何一项" in page) == (422, True), stage


def test_the_form_is_in_words_and_takes_them_back(office: Office) -> None:
    """Nobody types a key: instants stand in a field for time, closed lists in Chinese; as shown, no change."""
    browser = lead(office)
    page = browser.client.get("/settings/edit?stage=first_round").text
    for words in ('value="2024-09-09T09:00"', ">算术平均</option>", ">创新性</option>", "中位数高者在前\n"):
        assert words in page
    assert "criterion_mean" not in page
    assert 'name="rounds[0].key"' not in page
    shown = "中位数高者在前\r\n指定标准平均分高者在前\r\n极端分少者在前\r\n专家组表决"
    same = {"rounds[0].opens": "2024-09-09T09:00", "rounds[0].ties": shown, "rounds[0].mean": "mean"}
    assert "没有改动任何一项" in preview(browser, office, same)[1]
    status, changed = preview(browser, office, {"rounds[0].ties": "极端分少者在前\r\n专家组表决"})
    assert status == 200
    assert "极端分少者在前、专家组表决" in changed


def test_a_preview_tells_what_moves_and_writes_nothing(office: Office) -> None:
    status, page = preview(lead(office), office, {CLOSES: "2024-08-18 00:00"})
    assert status == 200
    assert "提交截止" in page
    assert "2024年8月17日 24:00" in page
    assert in_force(office) == "2024-08-16T00:00:00+08:00"


def test_what_is_no_value_is_told_beside_its_field_and_stays_typed(office: Office) -> None:
    status, page = preview(lead(office), office, {CLOSES: "明天", "video.guide": "另一句"})
    assert status == 422
    assert re.search(r'name="submission.closes"[^>]*aria-invalid="true"[^>]*value="明天"', page)
    assert "不是一个时刻" in page
    assert "另一句" in page


def test_the_lead_puts_a_change_into_force_with_a_reason(office: Office) -> None:
    browser = lead(office)
    seen = office.desk.loaded.sha256
    status, page = post(browser, "/settings/change", seen=seen, **{CLOSES: LATER})
    assert (status, "没有写明理由" in page, LATER in page) == (422, True, True)
    status, _ = post(browser, "/settings/change", seen=seen, reason="联合体通知", **{CLOSES: LATER})
    assert status == 303
    assert in_force(office) == LATER
    versions = browser.client.get("/settings/versions").text
    for words in ("第 2 版", "联合体通知", "任组长", "申报截止", "2024年8月17日 24:00"):
        assert words in versions


def test_a_stale_form_shows_both_and_loses_nothing(office: Office) -> None:
    browser, seen = lead(office), office.desk.loaded.sha256
    change_elsewhere(office, {CLOSES: "2024-08-20 00:00", "notice.scope": "全国"})
    status, page = preview(browser, office, {CLOSES: LATER, "video.seconds_limit": "600"}, seen=seen)
    assert status == 200
    for words in ("设置已被改过", "别人也改过", "2024-08-16T00:00:00+08:00", "2024年8月19日 24:00", LATER, "600"):
        assert words in page
    assert "公示范围" not in page  # the other's change stays, and is not taken back
    status, page = post(browser, "/settings/change", seen=seen, reason="通知", **{CLOSES: LATER})
    assert (status, "刚刚被改过" in page) == (422, True)
    assert in_force(office) == "2024-08-20T00:00:00+08:00"


def test_a_begun_stage_offers_no_form_and_takes_no_change(office: Office) -> None:
    browser = Browser(office, Part.LEAD, now=HANDED_IN)
    assert "/settings/edit?stage=submission" not in browser.client.get("/settings?stage=submission").text
    status, page = preview(browser, office, {CLOSES: LATER})
    assert (status, "不能采用" in page, "采用为新的一版" in page) == (200, True, False)
    status, page = post(browser, "/settings/change", seen=office.desk.loaded.sha256, reason="通知", **{CLOSES: LATER})
    assert (status, "不能再改" in page) == (422, True)


def test_a_file_rule_is_tried_on_the_files_that_are_here(office: Office) -> None:
    browser = lead(office)
    status, page = preview(browser, office, {"form.words_limit": "4900"})
    assert (status, "在已收文件上试行" in page) == (200, True)
    status, page = post(browser, "/settings/try", seen=office.desk.loaded.sha256, **{"form.words_limit": "4900"})
    assert (status, "没有一项的结论会改变" in page) == (200, True)
    assert "在已收文件上试行" not in preview(browser, office, {CLOSES: LATER})[1]


def test_the_lead_confirms_what_the_plan_leaves_open(office: Office) -> None:
    browser = lead(office)
    page = browser.client.get("/settings/open").text
    assert 'name="award.number_prefix"' in page
    assert post(browser, "/settings/confirm", seen=office.desk.loaded.sha256)[0] == 422
    status, _ = post(
        browser, "/settings/confirm", seen=office.desk.loaded.sha256, **{"award.number_prefix": "yes"}
    )  # fmt: skip
    assert status == 303
    assert 'name="award.number_prefix"' not in browser.client.get("/settings/open").text
    paper = Document(BytesIO(browser.client.get("/settings/confirmation.docx").content))
    rows = [[cell.text for cell in row.cells] for table in paper.tables for row in table.rows]
    (row,) = [row for row in rows if "申报编号前缀" in row]
    assert row[2] == "IM24"
    assert "任组长 2024-05-20确认" in row[3]
    assert any("待确认" in row[-1] for row in rows)
