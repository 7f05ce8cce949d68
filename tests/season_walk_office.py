"""The office's part of the walk: its accounts, its settings and lists, the queue of the formal check, what it signs."""

import re
from pathlib import Path

import xlsxwriter
from playwright.sync_api import expect
from season_walk_applicants import EVERY, RETURNED
from season_walk_house import LEAD
from season_walk_people import PATIENCE, Cast, Person

from cast import at

SOCIETIES = {"中国纺织工程学会": "fangzhi@societies.example", "中国机械工程学会": "jixie@societies.example"}
EXPERTS = {
    "文院士": ("wen@experts.example", "北方大学", "院士"),
    "屈教授": ("qu@experts.example", "南方大学", "教授"),
    "尚研究员": ("shang@experts.example", "西部研究院", "研究员"),
}
PASSWORDS = {"任组长": "松涛 竹影 石阶 2024", "王工": "江风 渔火 客船 1357"}


def the_lead_sets_up_the_account_by_the_link_of_init(cast: Cast, _folder: Path) -> None:
    """Password and second factor; the link is good once."""
    lead = cast.add("任组长", LEAD)
    lead.sets_up_the_account(cast.house.setup_link, PASSWORDS[lead.name])
    stranger = cast.add("过路人")
    stranger.goes(cast.house.setup_link)
    stranger.sees("这个链接已经用过一次。")
    cast.leave("过路人")


def the_lead_confirms_what_the_plan_does_not_say(cast: Cast, _folder: Path) -> None:
    """Every assumption ticked on the page, then none is left."""
    lead = cast["任组长"]
    lead.goes("/settings/open")
    for tick in lead.main.locator("form input[type=checkbox]").all():
        tick.check()
    lead.presses("确认所选", then="全部确认了")


def the_lead_gives_a_colleague_an_account(cast: Cast, _folder: Path) -> None:
    """The colleague's own letter holds the one-time link: nobody else can use it."""
    lead = cast["任组长"]
    lead.goes("/people?kind=officers")
    lead.fills(name="王工", email="wang@office.example", role="office")
    lead.presses("添加", then="王工")
    cast.house.later(minutes=1)
    wang = cast.add("王工", "wang@office.example")
    wang.sets_up_the_account(cast.house.new_link(wang.email, "启用"), PASSWORDS[wang.name])


def the_office_imports_societies_and_experts(cast: Cast, folder: Path) -> None:
    """Two Excel lists, previewed row by row, each taken whole."""
    societies = [["学会名称", "联系人", "邮箱"], *([name, "秘书", email] for name, email in SOCIETIES.items())]
    experts = [["姓名", "工作单位", "职称", "电子邮箱"]]
    experts += [[name, unit, position, email] for name, (email, unit, position) in EXPERTS.items()]
    _bring(cast["王工"], "societies", _book(folder / "学会.xlsx", societies), "更改 2 行")
    _bring(cast["王工"], "experts", _book(folder / "专家.xlsx", experts), "新增 3 行")


def _book(path: Path, rows: list[list[str]]) -> Path:
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return path


def _bring(officer: Person, kind: str, list_: Path, told: str) -> None:
    officer.goes(f"/people?kind={kind}")
    officer.taps("导入 Excel 名单")
    officer.page.locator("#field-list").set_input_files(list_)
    officer.presses("上传并预览", then=told)
    officer.presses("整份导入")
    expect(officer.page).to_have_url(f"{officer.house.address}/people?kind={kind}", timeout=PATIENCE)
    officer.sees("wen@experts.example" if kind == "experts" else "jixie@societies.example")


def the_office_checks_the_files_by_keys(cast: Cast, _folder: Path) -> None:
    """R44 to R46: a tick for all that only people can judge, Enter for the whole, and one that goes back."""
    cast.house.until(at("2024-08-19 10:00"))
    wang = cast["王工"]
    wang.signs_in_at_the_office()
    wang.goes("/check")
    wang.taps("从第一项开始")
    for _ in range(len(EVERY)):
        _checks_one(wang)
    wang.goes("/check")
    wang.sees("没有待审的项目")


def _checks_one(wang: Person) -> None:
    """The case that the queue shows: the machine's red line goes back with its reason, everything else passes."""
    number = wang.page.url.rpartition("/")[2]
    wang.sees_so_many(".check-line.here", 1)  # the keys are listened to
    wang.sees(number)
    too_long = RETURNED.title in wang.main.inner_text() and "12:07" in wang.main.inner_text()
    wang.page.keyboard.press("a")
    wang.sees_so_many('[data-key="a"]', 0)
    here = wang.page.locator(".here[data-open-line]")
    for left in range(wang.page.locator("[data-open-line]").count() - 1, -1, -1):
        wang.sees_so_many(".here[data-open-line]", 1)
        wrong = "bad" in (here.get_attribute("class") or "")
        wang.page.keyboard.press("2" if wrong else "1")
        if wrong:
            wang.page.keyboard.press("Enter")
        wang.sees_so_many("[data-open-line]", left)
    if too_long:
        wang.page.keyboard.press("r")
        _sends_back(wang)
    else:
        wang.page.keyboard.press("Enter")
        expect(wang.page).not_to_have_url(f"{wang.house.address}/check/{number}", timeout=PATIENCE)


def _sends_back(wang: Person) -> None:
    """The reason is there already; the session ends while it is read, and nothing that was typed is lost."""
    place = wang.main.locator("#field-reason")
    expect(place).to_have_value(re.compile("12:07"), timeout=PATIENCE)
    place.fill(place.input_value() + "\n请剪去片头。")
    wang.house.later(hours=3)
    wang.presses("退回修改", then="请剪去片头。")
    typed, there = wang.main.inner_text(), wang.page.url
    assert "登录" in typed
    wang.signs_in_at_the_office()
    wang.goes(there)
    place.fill(place.input_value() + "\n请剪去片头。")
    wang.presses("退回修改", then="退回修改")
    wang.goes("/check")
    wang.taps("从第一项开始")


def the_office_checks_what_came_back(cast: Cast, _folder: Path) -> None:
    """The one that was corrected waits again, and passes."""
    cast.house.until(at("2024-08-22 10:00"))
    wang = cast["王工"]
    wang.signs_in_at_the_office()
    wang.goes("/check")
    wang.taps("从第一项开始")
    wang.sees(RETURNED.title)
    _checks_one(wang)
