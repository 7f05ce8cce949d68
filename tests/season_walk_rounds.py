"""The rounds of the walk: panels seated at the desk, three experts who score by their letters, two signatures."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from season_walk_applicants import ENTERPRISE, EVERY, INSTITUTE, JOINT, PAPER, UNIVERSITY, Entry
from season_walk_office import EXPERTS
from season_walk_people import PATIENCE, PHONE, Cast, Person

from cast import at

BY_KEYS, BY_TOTAL, BY_THUMB = EXPERTS
# What each of the three gives; the last one stays outside.
FIRST = {
    ENTERPRISE: (97, 92, 95),
    UNIVERSITY: (88, 91, 86),
    INSTITUTE: (83, 79, 84),
    JOINT: (76, 78, 74),
    PAPER: (45, 52, 57),
}
FINAL = {
    ENTERPRISE: ("96.5", "95", "97"),
    UNIVERSITY: ("88", "90.5", "89"),
    INSTITUTE: ("99.5", "98", "96"),
    JOINT: ("71", "70.5", "72"),
}
REASON = "关键指标达到国际领先，现场演示与材料一致，已连续运行两年。"
FINALISTS = tuple(FINAL)
WINNERS = (INSTITUTE, ENTERPRISE)
# The means of the first round as anybody would print them.
MEANS = tuple(f"{sum(given) / 3:.2f}" for given in FIRST.values())


def the_office_prepares_the_first_round(cast: Cast, _folder: Path) -> None:
    """R24, R29, A12: who sits, by which criteria, everything to everybody; the clock opens it by itself."""
    cast.house.until(at("2024-09-05 10:00"))
    cast["王工"].signs_in_at_the_office()
    _prepares(cast["王工"], "first_round")


def _prepares(wang: Person, round_key: str) -> None:
    wang.goes(f"/rounds/{round_key}/panel")
    for tick in wang.main.locator("input[name^=seat-]").all():
        tick.check()
    for kind in wang.main.locator("select[name^=kind-]").all():
        kind.select_option("committee")
    wang.presses("保存专家组", then="在座 3 人")
    wang.goes(f"/rounds/{round_key}")
    wang.presses("确认评分标准")
    expect(wang.main.get_by_role("button", name="确认评分标准")).to_have_count(0, timeout=PATIENCE)
    wang.goes(f"/rounds/{round_key}/assignment")
    wang.presses("预览", then="每位专家的项数")
    wang.presses("按预览分派", then="全体专家评全部项目")


def three_experts_score_the_first_round(cast: Cast, _folder: Path) -> None:
    """R95 to R97: by keys, by a total, and by thumb on a telephone of 390 pixels."""
    cast.house.until(at("2024-09-10 09:00"))
    for place, (name, (email, *_)) in enumerate(EXPERTS.items()):
        expert = cast.add(name, email, screen=PHONE if name == BY_THUMB else None)
        _comes_by_the_invitation(expert, "进入评审")
        expert.sees(*(entry.title for entry in EVERY))
        for _ in EVERY:
            expert.taps("^评下一项")
            entry = _shown(expert)
            {BY_KEYS: _scores_by_keys, BY_TOTAL: _scores_a_total, BY_THUMB: _scores_by_thumb}[name](
                expert, str(FIRST[entry][place])
            )
        expert.sees("您的项目已全部评完")


def _comes_by_the_invitation(expert: Person, word: str) -> None:
    expert.follows_the_letter(word)
    expert.presses("登录", then="已评")


def _shown(expert: Person) -> Entry:
    """The application on the page, with its files beside the pad."""
    expert.sees("答辩视频")
    expert.fits_the_screen()
    title = expert.main.locator("h1").inner_text()
    return next(entry for entry in EVERY if entry.title == title)


def _scores_by_keys(expert: Person, total: str) -> None:
    """Every aspect typed, no hand on the mouse; the sum is made by the page."""
    fields = expert.page.locator("[data-mode=aspects] .stepper input")
    left = int(total)
    for field in fields.all():
        most = int(field.get_attribute("data-points") or 0)
        field.focus()
        expert.page.keyboard.type(str(min(most, left)))
        left -= min(most, left)
    assert expert.page.locator("[data-total]").inner_text() == total
    fields.first.press("Enter")
    expert.sees(f"已提交：{int(total)}.00 分")


def _scores_a_total(expert: Person, total: str) -> None:
    if expert.page.get_by_text("直接填总分").count():
        expert.page.get_by_text("直接填总分").click()
    expert.page.locator("#total").fill(total)
    expert.page.locator("[data-submit]").click()
    expert.sees("已提交：")


def _scores_by_thumb(expert: Person, total: str) -> None:
    """The page's own keys, tapped; halves have a key of their own."""
    page: Page = expert.page
    if page.get_by_text("直接填总分").count():
        page.get_by_text("直接填总分").tap()
    page.locator("#total").tap()
    for key in total.removesuffix(".5"):
        page.locator(f'[data-keypad] [data-key="{key}"]').tap()
    if total.endswith(".5"):
        page.locator('[data-keypad] [data-key="half"]').tap()
    page.locator("[data-submit]").tap()
    expert.sees("已提交：")


def the_office_sees_only_who_is_done(cast: Cast, _folder: Path) -> None:
    """A12, R97: no score, no mean, no rank before the release, wherever the office looks."""
    wang = cast["王工"]
    wang.signs_in_at_the_office()
    for path in ("/rounds/first_round", "/desk", "/cases", "/decisions", "/cases/IM24-001", "/check"):
        wang.goes(path)
        wang.sees_nothing_of(*MEANS, "名次")
    wang.goes("/rounds/first_round")
    wang.sees(f"{3 * len(EVERY)} / {3 * len(EVERY)}", "已评完")
    wang.goes("/rounds/first_round/ranking")
    wang.sees_nothing_of(*MEANS)


def the_result_of_the_first_round_is_signed_by_two(cast: Cast, _folder: Path) -> None:
    """R98 to R100: the clock locks and lays the draft ready, one checks, the lead signs, then it holds."""
    cast.house.until(at("2024-10-13 09:00"))
    both_sign_in(cast)
    checked_and_signed(cast, "初评结果")
    _carried_out(cast["任组长"])


def the_office_prepares_the_final(cast: Cast, _folder: Path) -> None:
    """The same morning, while the letters to the finalists wait their two hours."""
    _prepares(cast["王工"], "final")
    cast.house.later(hours=3)
    for entry in FINALISTS:
        assert "入围" in cast.house.new_letter(entry.email, "终评")
    cast.house.new_letter(PAPER.email, "未能入围")


def _carried_out(lead: Person) -> None:
    """From here on outsiders see it; the letters wait for two hours, in which it could be taken back."""
    lead.presses("执行")
    lead.presses("确认执行", then="已执行")
    lead.goes(lead.page.url)
    lead.sees("已执行")


def the_final_is_scored(cast: Cast, _folder: Path) -> None:
    """R101 to R109: half points, and a reason of one's own above 99 before anything can be sent."""
    cast.house.until(at("2024-10-25 09:00"))
    for place, name in enumerate(EXPERTS):
        expert = cast[name]
        _comes_by_the_invitation(expert, "评审会")
        expert.goes("/score/final")
        for _ in FINALISTS:
            expert.taps("^评下一项")
            total = FINAL[_shown(expert)][place]
            if float(total) > 99:
                _gives_the_reason_that_is_asked(expert, total)
            elif name == BY_THUMB:
                _scores_by_thumb(expert, total)
            else:
                _scores_a_total(expert, total)
        expert.sees("您的项目已全部评完")
        cast.leave(name)


def _gives_the_reason_that_is_asked(expert: Person, total: str) -> None:
    page = expert.page
    if page.get_by_text("直接填总分").count():
        page.get_by_text("直接填总分").click()
    page.locator("#total").fill(total)
    expect(page.locator("[data-submit]")).to_be_disabled(timeout=PATIENCE)
    page.locator("#reason").fill(REASON)
    page.locator("[data-submit]").click()
    expert.sees("已提交：99.50 分")


def the_result_of_the_final_is_signed_by_two(cast: Cast, _folder: Path) -> None:
    """R109, R110: tallied on the spot, the best two of four in this edition."""
    cast.house.until(at("2024-10-25 18:30"))
    both_sign_in(cast)
    checked_and_signed(cast, "终评结果")
    lead = cast["任组长"]
    _carried_out(lead)
    lead.goes("/rounds/final/ranking")
    lead.sees(*(f"{mean(FINAL[entry]):.2f}" for entry in FINALISTS))


def mean(given: tuple[str, ...]) -> float:
    """The arithmetic mean, as A12 has it."""
    return sum(float(each) for each in given) / len(given)


def both_sign_in(cast: Cast) -> None:
    """Each with a code of their own."""
    cast["王工"].signs_in_at_the_office()
    cast["任组长"].signs_in_at_the_office()


def checked_and_signed(cast: Cast, what: str) -> None:
    """One reads it and every letter that would leave, another signs; both are signed in."""
    wang, lead = cast["王工"], cast["任组长"]
    wang.goes("/decisions")
    draft = wang.main.get_by_role("button", name=re.compile(f"拟稿：{what}"))
    if draft.count():
        draft.click()
        wang.sees("收信人看到的信")
        checker = lead
    else:
        checker = wang
        _opens_the_decision(wang, what)
    if checker is lead:
        _opens_the_decision(lead, what)
    checker.presses("核稿，无误", then="待签发")
    if checker is wang:
        _opens_the_decision(lead, what)
    lead.presses("签发", then="待执行")


def _opens_the_decision(officer: Person, what: str) -> None:
    officer.goes("/decisions")
    officer.opens_the_row(what)
    officer.sees("收信人看到的信")
