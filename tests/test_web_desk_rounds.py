"""The rounds' desk through its pages: panel, units, conflicts, assignment, sheets, seal, tie, ranking."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from contest import LOCKS, PREPARED, SCORED, SIGNED, Contest, descending
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook
from sqlmodel import select
from starlette.testclient import TestClient
from test_web_desk_live import at_the_desk, soon
from test_web_pages import DESK, browser, served, visiting
from visitors_of import Browser

from office.visitors import Part
from records.tables.event import Event
from records.tables.person import Expert, Person
from records.tables.scoring import Panel, PanelMember, PaperSheet, Recusal, Score, TieVote

from cast import Office

pytestmark = pytest.mark.slow
__all__ = ["browser"]

HERE = "/rounds/first_round"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64
NUMBERS = re.compile(r"\d{2}\.\d{2}")


def lead(contest: Contest, now=SCORED) -> Browser:  # noqa: ANN001 - an instant
    return Browser(contest.office, Part.LEAD, now=now)


def wang(contest: Contest, now=SCORED) -> Browser:  # noqa: ANN001 - an instant
    return Browser(contest.office, Part.OFFICE, now=now)


def post(browser: Browser, path: str, **words: str) -> tuple[int, str]:
    answer = browser.client.post(path, data={"form_secret": browser.secret()} | words)
    return answer.status_code, answer.text


def send(browser: Browser, path: str, field: str, file: tuple[str, bytes], **words: str) -> tuple[int, str]:
    answer = browser.client.post(path, data={"form_secret": browser.secret()} | words, files={field: file})
    return answer.status_code, answer.text


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def sheet(client: TestClient, path: str, name: int = 0) -> list[list[object]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(name).to_python()
    return [row for row in rows[2:] if any(row)]


def book(tmp_path: Path, *rows: list[str]) -> tuple[str, bytes]:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as made:
        page = made.add_worksheet("名单")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return path.name, path.read_bytes()


def rows_of(contest: Contest, table: type, *where: object) -> list:
    with contest.office.desk.database.read() as session:
        return list(session.exec(select(table).where(*where)))


# --- the panel --------------------------------------------------------------------------------------------------------


def test_experts_are_seated_with_kind_and_limit_and_taken_away_as_excel(before_the_round: Contest) -> None:
    one, two, *_ = before_the_round.experts
    desk = wang(before_the_round, PREPARED)
    seen = hidden(desk.client.get(f"{HERE}/panel").text, "seen")
    kinds = {f"kind-{one}": "academician", f"kind-{two}": "committee", f"most-{one}": "6", f"most-{two}": ""}
    ticked = {f"seat-{one}": "yes", f"seat-{two}": "yes"}
    assert post(desk, f"{HERE}/panel/seat", seen=seen, **kinds, **ticked)[0] == 303
    seats = {row.expert_id: (row.member_type, row.most) for row in rows_of(before_the_round, PanelMember)}
    assert seats == {one: ("academician", 6), two: ("committee", None)}
    taken = sheet(desk.client, f"{HERE}/panel.xlsx")
    assert [(row[0], row[3], row[4]) for row in taken] == [
        ("专家1", "领域院士", 6), ("专家2", "专家委员会专家", ""),
    ]  # fmt: skip
    status, page = post(desk, f"{HERE}/panel/seat", seen=seen, **{f"seat-{one}": "yes", f"kind-{one}": "comprehensive"})
    assert (status, "专家组刚刚被改过" in page, "您填写的专家组" in page) == (409, True, True)
    assert len(rows_of(before_the_round, PanelMember)) == 2


def test_a_wrong_limit_keeps_what_was_ticked(before_the_round: Contest) -> None:
    one = before_the_round.experts[2]
    desk = wang(before_the_round, PREPARED)
    seen = hidden(desk.client.get(f"{HERE}/panel").text, "seen")
    words = {f"seat-{one}": "yes", f"kind-{one}": "comprehensive", f"most-{one}": "许多"}
    status, page = post(desk, f"{HERE}/panel/seat", seen=seen, **words)
    assert (status, "“许多”不是评审上限" in page) == (422, True)
    assert f'name="seat-{one}" value="yes" checked' in page
    assert rows_of(before_the_round, PanelMember) == []


def test_a_panel_comes_from_excel_looked_at_first(before_the_round: Contest, tmp_path: Path) -> None:
    desk = wang(before_the_round, PREPARED)
    file = book(tmp_path, ["姓名", "邮箱", "类别", "评审上限"], ["专家3", "", "领域院士", "9"], ["无此人", "", "", ""])
    status, page = send(desk, f"{HERE}/panel/import", "list", file)
    assert (status, "专家名单中没有这个人" in page, "有 1 行不对" in page) == (200, True, True)
    file = book(tmp_path, ["姓名", "类别", "上限"], ["专家3", "领域院士", "9"], ["专家5", "专家委员会专家", ""])
    _, page = send(desk, f"{HERE}/panel/import", "list", file)
    take = {"sha256": hidden(page, "sha256"), "seen": hidden(page, "seen")}
    assert post(desk, f"{HERE}/panel/import/take", **take)[0] == 303
    seats = {row.expert_id: (row.member_type, row.most) for row in rows_of(before_the_round, PanelMember)}
    assert seats == {before_the_round.experts[2]: ("academician", 9), before_the_round.experts[4]: ("committee", None)}


# --- units and conflicts ----------------------------------------------------------------------------------------------


def test_the_table_of_units_is_kept_by_hand_and_by_excel(contest: Contest, tmp_path: Path) -> None:
    desk = wang(contest)
    assert post(desk, "/units/save", name="清华大学", aliases="清华；Tsinghua", parent="教育部")[0] == 303
    status, page = post(desk, "/units/save", name="北方大学", aliases="清华", parent="")
    assert (status, "“清华”已在“清华大学”一行中" in page, 'value="北方大学"' in page) == (422, True, True)
    file = book(
        tmp_path, ["单位", "曾用名", "上级", "省份"], ["清华大学", "清华", "教育部", ""],
        ["某某研究院", "某某所", "某某集团", "浙江省"],
    )  # fmt: skip
    _, page = send(desk, "/units/import", "list", file)
    assert "新增 1 行，更改 1 行" in page
    take = {"sha256": hidden(page, "sha256"), "digest": hidden(page, "digest")}
    assert post(desk, "/units/import/take", **take)[0] == 303
    taken = sheet(desk.client, "/units/list.xlsx?q=某某")
    assert taken == [["某某研究院", "某某所", "某某集团", "浙江"]]
    page = desk.client.get("/units").text
    status, page = post(
        desk,
        "/units/save",
        unit=hidden(page, "unit"),
        seen="2024-01-01T00:00:00+00:00",
        name="甲大学",
        aliases="",
        parent="",
    )
    assert (status, "刚刚被改过" in page, "甲大学" in page) == (409, True, True)


def test_a_conflict_explains_itself_and_only_the_lead_frees_it(contest: Contest) -> None:
    """R29, A21: found through the table of units as soon as it changes."""
    item = contest.office.found(contest.items[0])
    desk = wang(contest)
    post(desk, "/units/save", name=item.unit, aliases="评审大学1", parent="")
    page = desk.client.get(f"{HERE}/conflicts").text
    assert "据单位别名、曾用名表" in page
    assert "须回避" in page
    (row,) = rows_of(contest, Recusal)
    assert post(desk, f"{HERE}/conflicts/free", row=str(row.id), why="同名")[0] == 403
    status, page = post(lead(contest), f"{HERE}/conflicts/free", row=str(row.id), why=" ")
    assert (status, "没有写明解除回避的理由" in page) == (422, True)
    assert post(lead(contest), f"{HERE}/conflicts/free", row=str(row.id), why="同名而非同一单位")[0] == 303
    taken = sheet(desk.client, f"{HERE}/conflicts.xlsx?kind=freed")
    assert [(each[0], each[6], each[9]) for each in taken] == [("专家1", "已解除", "同名而非同一单位")]
    assert sheet(desk.client, f"{HERE}/conflicts.xlsx?kind=blocks") == []


def test_a_conflict_is_declared_by_the_office_for_an_expert(contest: Contest) -> None:
    desk = wang(contest)
    words = {"expert": str(contest.experts[1]), "reason": "曾任顾问"}
    status, page = post(desk, f"{HERE}/conflicts/declare", number="IM24-999", **words)
    assert (status, "没有这个项目" in page, "曾任顾问" in page) == (422, True, True)
    assert post(desk, f"{HERE}/conflicts/declare", number=contest.number(contest.items[0]), **words)[0] == 303
    (row,) = rows_of(contest, Recusal)
    assert (row.ground, row.explanation) == ("declared", "本人申报：曾任顾问")
    (event,) = rows_of(contest, Event, Event.kind == "recusal")
    assert event.officer_id == contest.office.wang


# --- the assignment ---------------------------------------------------------------------------------------------------


def test_an_assignment_is_previewed_then_done_as_it_was_seen(before_the_round: Contest) -> None:
    before_the_round.prepare("first_round")
    desk = wang(before_the_round, PREPARED)
    page = desk.client.get(f"{HERE}/assignment?way=balanced&per_item=3&match=ignored").text
    assert ("51 对" in page, "为均衡工作量分派" in page) == (True, True)
    rule = {"way": "balanced", "per_item": "3", "match": "ignored"}
    stale = post(desk, f"{HERE}/assignment/carry-out", digest="0" * 64, **rule)
    assert (stale[0], "预览之后名单" in stale[1]) == (422, True)
    assert post(desk, f"{HERE}/assignment/carry-out", digest=hidden(page, "digest"), **rule)[0] == 303
    page = desk.client.get(f"{HERE}/assignment").text
    assert "共 51 对" in page
    assert len(sheet(desk.client, f"{HERE}/assignment.xlsx")) == 51
    (panel,) = rows_of(before_the_round, Panel, Panel.round == "first_round")
    assert panel.pairing == "chosen"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("way=balanced&per_item=", "没有填写每项由几名专家评审"),
        ("way=lot&per_item=3", "没有填写抽签的种子"),
        ("way=lot&per_item=3&seed=甲", "种子不合要求"),
        ("way=balanced&per_item=3&most=0", "“0”不是评审上限"),
        ("way=balanced&per_item=9", "需要 9 名专家"),
    ],
)
def test_what_cannot_be_assigned_is_said_in_words(before_the_round: Contest, query: str, said: str) -> None:
    before_the_round.prepare("first_round")
    page = wang(before_the_round, PREPARED).client.get(f"{HERE}/assignment?{query}").text
    assert said in page
    assert 'name="digest"' not in page


def test_lots_are_previewed_with_their_minutes(before_the_round: Contest) -> None:
    before_the_round.prepare("first_round")
    desk = wang(before_the_round, PREPARED)
    query = "way=lot&per_item=2&match=ignored&seed=20240909-3D"
    assert "种子：20240909-3D" in desk.client.get(f"{HERE}/assignment?{query}").text
    assert any("SHA-256" in str(row[0]) for row in sheet(desk.client, f"{HERE}/assignment.xlsx?{query}", 1))


def test_a_lost_expert_is_replaced_on_the_page(contest: Contest) -> None:
    one, two, *_ = contest.experts
    desk = wang(contest)
    status, page = post(desk, f"{HERE}/assignment/replace", lost=str(one), instead=str(one), reason="病")
    assert (status, "没有选定接替的专家" in page) == (422, True)
    with contest.office.desk.database.write() as session:
        person = session.get_one(Expert, two).person_id
        session.get_one(Person, person).unit = contest.office.found(contest.items[0]).unit
    status, page = post(desk, f"{HERE}/assignment/replace", lost=str(one), instead=str(two), reason="病")
    assert (status, "没有可以接替的专家" in page) == (422, True)


# --- before the release -----------------------------------------------------------------------------------------------


def test_nobody_sees_a_number_before_the_release(contest: Contest) -> None:
    """Row 69: done or not done on every page and in every Excel; nothing of the scores."""
    contest.score("first_round", {item: ["97", "61", "43", "88", "71"] for item in contest.items[:4]})
    for part in (Part.OFFICE, Part.LEAD, Part.SUPERVISOR):
        browser = Browser(contest.office, part, now=SCORED)
        page = browser.client.get(HERE).text
        assert "23%" in re.sub(r"<[^>]+>", "", page).replace(" ", "").replace("\n", "")
        for path in ("", "/panel", "/conflicts", "/assignment", "/sheets", "/ranking"):
            text = re.sub(r"<[^>]+>", " ", browser.client.get(HERE + path).text)
            assert not re.search(r"\b(97|61|43|88|71)\b", text), (part, path)
        told = sheet(browser.client, f"{HERE}/progress.xlsx")
        assert {cell for row in told for cell in row[5:]} == {"已评", "未评"}
        assert "还密封着" in browser.client.get(f"{HERE}/ranking").text
        refused = browser.client.get(f"{HERE}/ranking.xlsx")
        assert (refused.status_code, "还没有解封" in refused.text) == (422, True)


def test_the_quorum_of_each_item_is_told(contest: Contest) -> None:
    """A31: two thirds of five are four; a stated absence puts it out of reach."""
    done, near, lost, *_ = contest.items
    contest.score("first_round", {done: ["80", "80", "80", "80", ""], near: ["80", "", "", "", ""]})
    for expert in contest.experts[:2]:
        contest.enter("first_round", expert, lost, None, absent="absent")
    told = {row[0]: row[4] for row in sheet(wang(contest).client, f"{HERE}/progress.xlsx")}
    numbers = [contest.number(item) for item in (done, near, lost)]
    assert [told[number] for number in numbers] == ["已达到", "未达到", "达不到"]


def test_a_look_at_a_sealed_score_has_a_reason_and_is_seen_by_the_supervisor(contest: Contest) -> None:
    contest.score("first_round", {contest.items[0]: ["97", "80", "80", "80", "80"]})
    words = {"expert": str(contest.experts[0]), "item": str(contest.items[0])}
    assert post(wang(contest), f"{HERE}/steps/peek", reason="想看", **words)[0] == 403
    assert "没有写明查看的理由" in post(lead(contest), f"{HERE}/steps/peek", reason=" ", **words)[1]
    status, page = post(lead(contest), f"{HERE}/steps/peek", reason="专家来电称录错", **words)
    assert (status, "97.00 分" in page) == (200, True)
    supervisor = Browser(contest.office, Part.SUPERVISOR, now=SCORED)
    page = supervisor.client.get(HERE).text
    assert ("专家来电称录错" in page, "任组长" in page, "97" in re.sub(r"<[^>]+>", " ", page)) == (True, True, False)
    assert len(rows_of(contest, Event, Event.kind == "score_peek")) == 1
    nothing = words | {"item": str(contest.items[1])}
    assert "还没有评这个项目" in post(lead(contest), f"{HERE}/steps/peek", reason="核对", **nothing)[1]


def test_who_is_behind_is_reminded_once_a_day(contest: Contest) -> None:
    desk = wang(contest)
    before = len(contest.office.letters("remind_scoring.expert"))
    assert "还有 17 项待您评分" in desk.client.get(HERE).text
    assert post(desk, f"{HERE}/steps/nudge", expert=str(contest.experts[0]))[0] == 303
    status, page = post(desk, f"{HERE}/steps/nudge", expert=str(contest.experts[0]))
    assert (status, "今天已经催过" in page) == (422, True)
    assert post(desk, f"{HERE}/steps/nudge")[0] == 303
    assert len(contest.office.letters("remind_scoring.expert")) - before == 5
    tomorrow = wang(contest, SCORED + timedelta(days=1))
    assert post(tomorrow, f"{HERE}/steps/nudge")[0] == 303
    assert len(contest.office.letters("remind_scoring.expert")) - before == 10


def test_a_round_is_confirmed_opened_and_locked_by_hand(before_the_round: Contest) -> None:
    desk = wang(before_the_round, PREPARED)
    assert "评分标准为示例" in desk.client.get(HERE).text
    status, page = post(desk, f"{HERE}/steps/open")
    assert (status, "评分标准未确认、专家未分派" in page) == (422, True)
    before_the_round.prepare("first_round")
    assert post(desk, f"{HERE}/steps/open")[0] == 303
    assert post(desk, f"{HERE}/steps/lock")[0] == 303
    assert post(desk, f"{HERE}/steps/reopen", reason="补评")[0] == 403
    assert post(lead(before_the_round, PREPARED), f"{HERE}/steps/reopen", reason="补评")[0] == 303
    status, page = post(desk, f"{HERE}/steps/dance")
    assert (status, "没有这一步" in page) == (422, True)


@pytest.mark.parametrize("path", [HERE, f"{HERE}/conflicts?q=x", "/units?q=x", f"{HERE}/ranking"])
def test_a_part_is_sent_alone_to_who_has_the_page(contest: Contest, path: str) -> None:
    answer = wang(contest).client.get(path, headers={"hx-request": "true"})
    assert (answer.status_code, "<html" in answer.text) == (200, path.endswith("ranking"))


# --- paper sheets -----------------------------------------------------------------------------------------------------


def begin(contest: Contest, total: str = "92", **more: str) -> tuple[int, str]:
    words = {"expert": str(contest.experts[0]), "number": contest.number(contest.items[0]), "total": total} | more
    return send(wang(contest), f"{HERE}/sheets/new", "photo", ("sheet.jpg", JPEG), **words)


def test_a_paper_score_counts_once_two_persons_typed_the_same(contest: Contest) -> None:
    assert begin(contest)[0] == 303
    assert rows_of(contest, Score) == []
    (paper,) = rows_of(contest, PaperSheet)
    own = wang(contest)
    assert "等另一位工作人员复核" in own.client.get(f"{HERE}/sheets/{paper.id}").text
    assert post(own, f"{HERE}/sheets/{paper.id}/confirm", total="92")[0] == 403
    other = lead(contest)
    page = other.client.get(f"{HERE}/sheets/{paper.id}").text
    assert not re.search(r"\b92\b", re.sub(r"<[^>]+>", " ", page))
    assert other.client.get(f"{HERE}/sheets/{paper.id}/photo").content == JPEG
    assert post(other, f"{HERE}/sheets/{paper.id}/confirm", total="９２")[0] == 303
    (score,) = rows_of(contest, Score)
    assert (score.total, score.expert_id) == (9200, contest.experts[0])
    (event,) = rows_of(contest, Event, Event.kind == "score")
    assert (event.officer_id, event.actor) == (contest.office.ren, "office")
    refused = other.client.get(f"{HERE}/sheets/{paper.id}/photo")
    assert (refused.status_code, "一起密封" in refused.text) == (422, True)


def test_a_difference_is_shown_and_whoever_was_wrong_types_again(contest: Contest) -> None:
    begin(contest, "92")
    (paper,) = rows_of(contest, PaperSheet)
    other, own = lead(contest), wang(contest)
    assert post(other, f"{HERE}/sheets/{paper.id}/confirm", total="29")[0] == 303
    page = other.client.get(f"{HERE}/sheets/{paper.id}").text
    assert ("92.00" in page, "29.00" in page) == (True, True)
    assert rows_of(contest, Score) == []
    assert post(other, f"{HERE}/sheets/{paper.id}/retype", total="92")[0] == 403
    assert post(own, f"{HERE}/sheets/{paper.id}/retype", total="29")[0] == 303
    assert [score.total for score in rows_of(contest, Score)] == [2900]


@pytest.mark.parametrize(
    ("total", "more", "said"),
    [
        ("NaN", {}, "不是一个确定的数"),
        ("Infinity", {}, "不是一个确定的数"),
        ("1e400", {}, "科学记数法"),
        ("99.01", {}, "不是 1 分的整数倍"),
        ("101", {}, "高于最高分"),
        ("", {}, "没有填写"),
        ("80", {"absent": "absent"}, "缺席或弃权时不能同时打分"),
        ("80", {"number": "IM24-999"}, "没有这个项目"),
    ],
)
def test_bad_input_from_paper_is_refused_and_kept(
    contest: Contest, total: str, more: dict[str, str], said: str
) -> None:
    status, page = begin(contest, total, **more)
    assert (status, said in page) == (422, True)
    assert f'name="total" inputmode="decimal" autocomplete="off" maxlength="12" value="{total}"' in page
    assert rows_of(contest, PaperSheet) == []


def test_a_sheet_without_a_picture_or_twice_is_refused(contest: Contest) -> None:
    words = {"expert": str(contest.experts[0]), "number": contest.number(contest.items[0]), "total": "80"}
    status, page = send(wang(contest), f"{HERE}/sheets/new", "photo", ("a.pdf", b"%PDF-1.7"), **words)
    assert (status, "不是 JPG 或 PNG" in page) == (422, True)
    assert begin(contest)[0] == 303
    status, page = begin(contest)
    assert (status, "已有一份待复核" in page) == (422, True)
    (paper,) = rows_of(contest, PaperSheet)
    assert post(wang(contest), f"{HERE}/sheets/{paper.id}/drop", why="拿错项目")[0] == 303
    assert begin(contest)[0] == 303


def test_a_sheet_of_the_experts_own_unit_is_refused(contest: Contest) -> None:
    post(wang(contest), "/units/save", name=contest.office.found(contest.items[0]).unit, aliases="评审大学1", parent="")
    status, page = begin(contest)
    assert (status, "应当回避" in page) == (403, True)


# --- tie and ranking --------------------------------------------------------------------------------------------------


def test_a_tie_at_the_cut_stops_and_the_vote_is_recorded(contest: Contest) -> None:
    """A13: which items, nothing of their scores; every place once; then the result can be drafted."""
    totals = descending(contest.items)
    totals[contest.items[15]] = totals[contest.items[14]]
    contest.score("first_round", totals)
    contest.lock("first_round")
    tied = contest.items[14:16]
    desk = wang(contest, LOCKS)
    page = desk.client.get(HERE).text
    assert "第 15 与第 16 名之间" in page
    assert all(contest.number(item) in page for item in tied)
    assert not NUMBERS.search(re.sub(r"<[^>]+>", " ", page))
    same = {f"place-{item}": "1" for item in tied}
    status, page = post(desk, f"{HERE}/steps/tie", minutes="五票", **same)
    assert (status, "没有排全" in page, "五票" in page) == (422, True, True)
    order = {f"place-{tied[0]}": "2", f"place-{tied[1]}": "1"}
    assert post(desk, f"{HERE}/steps/tie", minutes="五票对零票", **order)[0] == 303
    (vote,) = rows_of(contest, TieVote)
    assert vote.items == [tied[1], tied[0]]
    assert "入选线上有并列" not in desk.client.get(HERE).text
    contest.release("first_round")
    page = wang(contest, SIGNED).client.get(f"{HERE}/ranking").text
    assert "专家组表决：次序为" in page


def test_after_the_release_the_ranking_tells_how_firm_it_is(contest: Contest) -> None:
    totals = descending(contest.items)
    totals[contest.items[0]] = ["95", "95", "95", "95", "60"]
    contest.score("first_round", totals)
    contest.lock("first_round")
    contest.release("first_round")
    desk = wang(contest, SIGNED)
    page = desk.client.get(f"{HERE}/ranking").text
    assert "最后入选的" in page
    assert "偏离较大" in page
    tried = desk.client.get(f"{HERE}/ranking?top=3", headers={"hx-request": "true"}).text
    assert ("如果取前 3 项" in tried, "<html" in tried) == (True, False)
    taken = sheet(desk.client, f"{HERE}/ranking.xlsx")
    assert len(taken) == 17
    assert [row[5] for row in taken].count("入选") == 15
    assert sheet(desk.client, f"{HERE}/ranking.xlsx", 1)
    page = desk.client.get(HERE).text
    assert "看排名" in page


def test_who_is_none_of_the_office_finds_no_desk(office: Office) -> None:
    for part in (Part.EXPERT, Part.PUBLIC):
        assert Browser(office, part).client.get("/rounds").status_code in {401, 403}
    assert Browser(office, Part.SUPERVISOR).client.get("/rounds").status_code == 200
    assert Browser(office, Part.OFFICE).client.get("/rounds/semi_final").status_code == 404


def test_a_score_that_is_saved_elsewhere_is_ticked_on_the_open_board(browser: Chromium, contest: Contest) -> None:
    """Within two seconds and without a reload: done, and nothing of the number."""
    with served(contest.office, SCORED) as address, visiting(browser, address, DESK) as visit:
        at_the_desk(visit, contest.office, HERE, Part.OFFICE, now=SCORED)
        visit.page.wait_for_selector(".pulse[data-live=on]")
        row = visit.page.locator(".done-grid tbody tr").first
        assert row.locator("td.yes").count() == 0
        contest.enter("first_round", contest.experts[0], contest.items[0], "97")
        expect(row.locator("td.yes")).to_have_count(1, timeout=soon())
        assert "97" not in visit.page.locator("main").inner_text()
        assert visit.complaints == []
