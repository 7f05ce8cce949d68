"""The desk 时限: list and month, a move looked at first, stale forms, holidays, calendars; two browsers agree."""

import re
from io import BytesIO

import icalendar
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook
from test_deadline_moves import move
from test_web_desk_live import at_the_desk, soon
from test_web_pages import AXE, DESK, JUDGED, PHONE, WIDTH, browser, served, visiting
from visitors_of import Browser

from office import extensions, opening
from office.visitors import Part
from states.facts import State

from cast import FOUNDED, HANDED_IN, Office, a_draft, an_application, at

pytestmark = pytest.mark.slow
__all__ = ["browser"]


def post(visitor: Browser, path: str, **words: str) -> tuple[int, str]:
    answer = visitor.client.post(path, data={"form_secret": visitor.secret(), **words})
    return answer.status_code, answer.text


def sheet(data: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()


def lead(office: Office) -> Browser:
    return Browser(office, Part.LEAD, now=FOUNDED)


class TestTheList:
    """What the page tells."""

    def test_each_instant_with_what_happens_and_who_waits(self, office: Office) -> None:
        a_draft(office)
        page = Browser(office, Part.OFFICE).client.get("/deadlines").text
        row = page.partition('<tr id="submission_closes"')[2].partition("</tr>")[0]
        for words in ("2024年8月15日 24:00", "关闭申报，没有提交的逾期", "转移：逾期", "/cases?state=draft", "1 项"):
            assert words in row
        assert "提交截止提醒（前 14 天）" not in page.partition('<table class="cases times"')[2]
        assert "提交截止提醒（前 14 天）" in Browser(office, Part.OFFICE).client.get("/deadlines?reminders=yes").text
        assert "30 分钟内传完" in page

    def test_a_month_names_its_holidays_and_days_worked_in_exchange(self, office: Office) -> None:
        page = Browser(office, Part.SUPERVISOR).client.get("/deadlines?month=2024-10").text
        month = page.partition('<table class="month"')[2].partition("</table>")[0]
        assert month.count("国庆节") == 7
        cell = next(part for part in month.split("<td") if "<b>12</b>" in part and "beside" not in part)
        assert "make_up" in cell and "调休上班" in cell and "初评评分锁定" in cell  # noqa: PT018 - one cell
        for strange in ("2024-13", "9999-99", "x", "0001-01"):
            assert 'aria-current="date"' in Browser(office, Part.OFFICE).client.get(f"/deadlines?month={strange}").text

    def test_what_moved_tells_from_when_by_whom_and_why_and_is_taken_away(self, office: Office) -> None:
        item = an_application(office, State.SUBMITTED)
        desk = move(office, "announcement", "2024-12-05 10:00")
        with desk.database.write() as session:
            extensions.extend(
                session, desk, "endorsement", at("2024-09-01 18:00"), reason="推荐人出差", officer_id=office.wang,
                item_id=item, now=HANDED_IN,
            )  # fmt: skip
        seen = Browser(office, Part.OFFICE)
        page = seen.client.get("/deadlines").text
        for words in (
            "原为 2024年11月29日 10:00，",
            "任组长：联合体通知",
            "推荐人出差",
            "/cases/IM24-001/acts/extension",
        ):
            assert words in page
        rows = {row[3]: row for row in sheet(seen.client.get("/deadlines/list.xlsx").content) if len(row) > 3}
        assert rows["结果公布"][9:11] == ["任组长", "联合体通知"]
        assert len(rows) < len(sheet(seen.client.get("/deadlines/list.xlsx?reminders=yes").content))

    def test_one_application_is_extended_from_here(self, office: Office) -> None:
        an_application(office, State.SUBMITTED)
        wang = Browser(office, Part.OFFICE)
        answer = wang.client.post("/deadlines/extend", data={"form_secret": wang.secret(), "number": " IM24-001 "})
        assert (answer.status_code, answer.headers["location"]) == (303, "/cases/IM24-001/acts/extension")
        status, page = post(wang, "/deadlines/extend", number="IM24-999")
        assert (status, 'value="IM24-999"' in page) == (404, True)
        status, page = post(wang, "/deadlines/extend", number=" ")
        assert (status, "没有填写项目编号" in page) == (422, True)


class TestAMove:
    """Looked at, done with a reason, refused when stale."""

    def test_it_is_looked_at_and_then_done(self, office: Office) -> None:
        ren = lead(office)
        page = ren.client.get("/deadlines/first_round_locks/move").text
        seen = re.search(r'name="seen" value="([^"]+)"', page)
        assert seen is not None
        words = {"seen": seen[1], "after": "2024-10-02T18:00", "reason": ""}
        status, page = post(ren, "/deadlines/first_round_locks/move", step="preview", **words)
        assert status == 200
        for told in (
            "10 月 2 日是国庆节，不上班；下一个工作日是 10 月 8 日",
            "评分提醒（前 7 天）",
            "还没有写入任何内容",
        ):
            assert told in page
        status, page = post(ren, "/deadlines/first_round_locks/move", step="do", **words)
        assert (status, "没有写明理由" in page, "2024-10-02T18:00" in page) == (422, True, True)
        status, _ = post(ren, "/deadlines/first_round_locks/move", step="do", **(words | {"reason": "专家出差"}))
        assert status == 303
        assert opening.refreshed(office.desk).edition.rounds[0].locks == at("2024-10-02 18:00")
        assert "专家出差" in ren.client.get("/deadlines").text

    def test_a_stale_form_shows_both_and_loses_nothing(self, office: Office) -> None:
        ren = lead(office)
        old = office.desk.edition.announcement.at.isoformat()
        move(office, "announcement", "2024-12-05 10:00")
        words = {"seen": old, "after": "2024-12-06T10:00", "reason": "会期改了", "step": "do"}
        status, page = post(ren, "/deadlines/announcement/move", **words)
        assert status == 409
        for told in ("您看到的：2024年11月29日 10:00", "现在是：2024年12月5日 10:00", "2024-12-06T10:00", "会期改了"):
            assert told in page

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            ({"after": "明天"}, "不是一个时刻"),
            ({"after": "0001-01-01T00:00"}, "不是一个时刻"),
            ({"after": "2024-12-05T10:00", "seen": "x"}, "不完整"),
            ({"after": "2024-12-05T10:00", "seen": "2024-11-29T10:00:00"}, "不完整"),
            ({"after": "2024-05-01T10:00"}, "已经过去"),
            ({"after": "2024-10-01T10:00"}, "不在 “公示开始”"),
        ],
    )
    def test_what_is_wrong_is_said_and_stays_typed(self, office: Office, words: dict[str, str], told: str) -> None:
        seen = office.desk.edition.announcement.at.isoformat()
        said = {"seen": seen, "reason": "我的理由", "step": "do"} | words
        status, page = post(lead(office), "/deadlines/announcement/move", **said)
        assert status == 422
        assert told in page
        if "seen" not in words:
            assert "我的理由" in page

    def test_others_of_the_office_only_read(self, office: Office) -> None:
        wang = Browser(office, Part.OFFICE, now=FOUNDED)
        assert "/deadlines/announcement/move" not in wang.client.get("/deadlines").text
        assert wang.client.get("/deadlines/announcement/move").status_code == 403
        assert post(wang, "/deadlines/announcement/move")[0] == 403
        page = Browser(office, Part.SUPERVISOR).client.get("/deadlines").text
        assert "为一个项目延期" not in page

    def test_a_kind_that_is_none(self, office: Office) -> None:
        assert lead(office).client.get("/deadlines/tea_time/move").status_code == 422


class TestHolidays:
    """The table of days off."""

    WORDS = {"first": "2024-11-08", "last": "", "kind": "holiday", "reason": "国办发明电〔2024〕1 号", "year": "2024"}

    def test_a_year_with_its_source(self, office: Office) -> None:
        wang = Browser(office, Part.OFFICE)
        page = wang.client.get("/holidays?year=2024").text
        for words in ("国务院办公厅公布", "10.1 周二 – 10.7 周一", "7 天", "调休上班"):
            assert words in page
        assert 'action="/holidays/change"' not in page  # the lead's alone
        assert "2031 年的放假安排尚未公布" in wang.client.get("/holidays?year=2031").text
        assert "2024 年" in wang.client.get("/holidays?year=99999999999999999999").text
        rows = sheet(wang.client.get("/holidays/list.xlsx?year=2024").content)
        assert ["2024-10-01", "2024-10-07", 7.0, "节假日", "国庆节"] in [row[:5] for row in rows]

    def test_a_change_is_looked_at_done_with_a_reason_and_shown(self, office: Office) -> None:
        ren = lead(office)
        seen = re.search(r'name="seen" value="([^"]+)"', ren.client.get("/holidays").text)
        assert seen is not None
        status, page = post(ren, "/holidays/change", step="preview", seen=seen[1], **self.WORDS)
        assert status == 200
        assert re.search(r"公示结束</td><td>2024年11月8日 24:00</td><td><b>2024年11月11日 24:00", page)
        status, page = post(ren, "/holidays/change", step="do", seen=seen[1], **(self.WORDS | {"reason": ""}))
        assert (status, "没有写明理由" in page, 'value="2024-11-08"' in page) == (422, True, True)
        assert post(ren, "/holidays/change", step="do", seen=seen[1], **self.WORDS)[0] == 303
        page = ren.client.get("/holidays?year=2024").text
        assert "办公室录入" in page
        assert "任组长：国办发明电〔2024〕1 号" in page
        status, page = post(ren, "/holidays/change", step="do", seen=seen[1], **self.WORDS)
        assert (status, "刚刚被改过" in page) == (422, True)

    @pytest.mark.parametrize(
        ("words", "told"),
        [({"first": "明天"}, "日期读不懂"), ({"kind": "tea"}, "没有选择"), ({"last": "2024-11-01"}, "末日早于首日")],
    )
    def test_refusals(self, office: Office, words: dict[str, str], told: str) -> None:
        status, page = post(lead(office), "/holidays/change", step="do", **(self.WORDS | words))
        assert (status, told in page) == (422, True)


class TestCalendars:
    """An address to subscribe to."""

    def test_it_is_made_read_and_voided(self, office: Office) -> None:
        a_draft(office)
        jia = Browser(office, Part.APPLICANT)
        assert ".ics" in jia.client.get("/calendar").text
        answer = jia.client.get("/calendar/mine/applicant.ics")
        assert answer.headers["content-type"].startswith("text/calendar")
        assert "attachment" in answer.headers["content-disposition"]
        assert post(jia, "/calendar/applicant", verb="give")[0] == 303
        page = jia.client.get("/calendar").text
        address = re.search(r"/calendar/(\d+-[0-9a-f]+\.ics)", page)
        assert address is not None
        stranger = Browser(office).client
        feed = stranger.get(f"/calendar/{address[1]}")
        names = {str(event["uid"]) for event in icalendar.Calendar.from_ical(feed.content).events}
        assert any(name.startswith("case-1@") for name in names)
        assert "inline" in feed.headers["content-disposition"]
        assert "日历程序最近一次来取" in jia.client.get("/calendar").text
        assert post(jia, "/calendar/applicant", verb="revoke")[0] == 303
        assert stranger.get(f"/calendar/{address[1]}").status_code == 422
        assert stranger.get("/calendar/1-x.ics").status_code == 422

    def test_nobody_takes_the_calendar_of_another_part(self, office: Office) -> None:
        a_draft(office)
        jia = Browser(office, Part.APPLICANT)
        assert jia.client.get("/calendar/mine/office.ics").status_code == 422
        assert post(jia, "/calendar/office", verb="give")[0] == 422
        assert Browser(office).client.get("/calendar").status_code == 401


def test_before_a_stage_opens_the_lead_is_asked_to_confirm(office: Office) -> None:
    page = lead(office).client.get("/desk").text
    assert re.search(r'href="/settings/open">申报开始前，\d+ 项拟定内容待确认', page)
    assert "月历与全部时限" in page


def test_a_move_is_seen_by_both_on_the_month_and_in_the_calendar(browser: Chromium, office: Office) -> None:
    """Through the pages: preview, reason, the month; the other browser within two seconds; the subscribed file."""
    with served(office, FOUNDED) as address, visiting(browser, address, DESK) as one:
        at_the_desk(one, office, "/calendar", Part.LEAD, now=FOUNDED)
        one.page.get_by_role("button", name="生成订阅地址").click()
        path = one.page.locator(".address code").inner_text().partition("/calendar/")[2]
        with visiting(browser, address, PHONE, "dark") as other:
            at_the_desk(other, office, "/deadlines?month=2024-12", Part.SUPERVISOR, now=FOUNDED)
            other.page.wait_for_selector(".pulse[data-live=on]")
            one.page.goto(f"{address}/deadlines/announcement/move")
            one.page.get_by_label("新的时刻").fill("2024-12-05T10:00")
            one.page.get_by_role("button", name="预览影响").click()
            expect(one.page.locator(".effect")).to_contain_text("2024年12月5日 10:00")
            one.page.get_by_label("理由").fill("大会改期")
            one.page.get_by_role("button", name="移动", exact=True).click()
            expect(other.page.locator(".month .mark-moved")).to_contain_text("结果公布", timeout=soon())
            expect(one.page.locator(".month .mark-moved")).to_contain_text("结果公布")
            expect(one.page.locator("#announcement")).to_contain_text("任组长：大会改期")
            feed = icalendar.Calendar.from_ical(one.page.request.get(f"{address}/calendar/{path}").body())
            (event,) = (each for each in feed.events if str(each["uid"]).startswith("announcement@"))
            assert (event.start, int(event["sequence"])) == (at("2024-12-05 10:00"), 1)
            for visit in (one, other):
                visit.require_clean()
                visit.page.evaluate(AXE)
                assert visit.page.evaluate(JUDGED) == []
                assert visit.page.evaluate(WIDTH) <= 0
