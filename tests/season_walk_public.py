"""The public's part of the walk: the notice by its link, an objection and its answer, the day of the announcement."""

import re
from pathlib import Path

from playwright.sync_api import expect
from season_walk_applicants import EVERY, FORGOTTEN, JOINT, PAPER, TEXTILE, looks_at_the_case
from season_walk_office import SOCIETIES
from season_walk_people import PATIENCE, Cast
from season_walk_rounds import WINNERS, both_sign_in, checked_and_signed

from cli.specimens import write_evidence

from cast import at

OBJECTED = WINNERS[1]
OBJECTOR = "骆闻达"
STATEMENT = "材料所述用户单位的应用规模与公开报道不一致，请核实。"


def the_notice_is_signed_and_posted_by_the_clock(cast: Cast, _folder: Path) -> None:
    """R112: signed the same evening, yet nobody outside sees the list before its hour; then every society has it."""
    checked_and_signed(cast, "公示")
    cast.house.later(hours=3)
    cast.house.new_letter(JOINT.email, "未能入选")
    stranger = cast.add("路人")
    stranger.goes("/notice")
    stranger.sees_nothing_of(*(entry.title for entry in WINNERS))
    cast.leave("路人")
    cast.house.until(at("2024-11-01 10:00"))


def an_objector_files_by_the_link_of_the_notice(cast: Cast, folder: Path) -> None:
    """R27, A17: real name, written, with evidence; the first try forgets the statement, and nothing else is lost."""
    proof = folder / "书面异议.pdf"
    write_evidence(proof, edition=cast.house.desk.edition)
    objector = cast.add(OBJECTOR, "luo@objectors.example")
    objector.goes(cast.house.new_link(SOCIETIES[TEXTILE], "公示"))
    objector.sees(*(entry.title for entry in WINNERS), "公示中")
    objector.sees_nothing_of(PAPER.title)
    objector.taps("提出异议")
    place = objector.main.locator("#field-item")
    place.select_option(label=re.search(rf".*{OBJECTED.title}.*", place.inner_text())[0].strip())  # type: ignore[index]
    objector.fills(ground="真实性", name=OBJECTOR, phone="13500000000", email=objector.email, statement=STATEMENT)
    objector.page.locator("#field-proof").set_input_files(proof)
    objector.presses("提交异议", then="没有冒用他人名义")
    objector.page.get_by_label("没有冒用他人名义").check()
    if objector.page.locator("#field-proof").get_attribute("required") is not None:
        objector.page.locator("#field-proof").set_input_files(proof)
    objector.presses("提交异议", then="异议编号")
    cast.house.later(minutes=5)
    objector.follows_the_letter("已收到并受理")
    objector.sees("异议编号")


def the_office_asks_the_applicant_and_decides(cast: Cast, _folder: Path) -> None:
    """R114: handled by one, confirmed by another; the applicant never learns who objected."""
    wang, lead = cast["王工"], cast["任组长"]
    lead.signs_in_at_the_office()
    lead.goes("/objections")
    lead.opens_the_row(OBJECTED.title)
    lead.main.locator("#field-handler").select_option(label="王工")
    lead.presses("指定", then="请申报单位说明什么")
    case = lead.page.url
    wang.signs_in_at_the_office()
    wang.goes(case)
    wang.presses("寄出，请其说明")
    expect(wang.main.get_by_role("button", name="寄出，请其说明")).to_have_count(0, timeout=PATIENCE)
    cast.house.later(hours=1)
    applicant = cast[OBJECTED.who]
    assert OBJECTOR not in cast.house.new_letter(OBJECTED.email, "作出书面说明")
    looks_at_the_case(cast, OBJECTED)
    applicant.taps("看异议的内容")
    applicant.sees(STATEMENT)
    applicant.sees_nothing_of(OBJECTOR)
    applicant.main.locator("textarea[name=text]").fill("应用证明由用户单位盖章，规模以证明为准。")
    applicant.presses("提交说明", then="应用证明由用户单位盖章")
    wang.goes(case)
    wang.fills(verdict="dismissed", outcome="经核实，应用规模与证明材料一致。")
    wang.presses("提出意见", then="由另一位工作人员核定")
    lead.goes(case)
    lead.main.get_by_role("button", name=re.compile("^核定")).click()
    lead.sees("经核实，应用规模与证明材料一致。")
    cast.house.later(hours=3)
    cast.house.new_letter("luo@objectors.example", "处理结果")
    cast.leave(OBJECTOR)


def the_result_is_announced_on_its_day(cast: Cast, _folder: Path) -> None:
    """R115: signed beforehand, released by the clock at the conference, not one minute sooner."""
    cast.house.until(at("2024-11-22 10:00"))
    both_sign_in(cast)
    checked_and_signed(cast, "公布")
    public = cast.add("公众")
    cast.house.until(at("2024-11-29 09:59"))
    public.goes("/results")
    public.sees_nothing_of(*(entry.title for entry in WINNERS))
    cast.house.until(at("2024-11-29 10:00"))
    public.goes("/results")
    public.sees(*(entry.title for entry in WINNERS))
    public.sees_nothing_of(*(entry.title for entry in EVERY if entry not in WINNERS))
    cast.house.later(hours=3)
    for entry in WINNERS:
        cast.house.new_letter(entry.email, "谨致祝贺")


def everybody_reads_the_end_on_their_own_page(cast: Cast, _folder: Path) -> None:
    """The status page is right at each end that there was, to the draft that was never handed in."""
    told = {WINNERS[0]: "已公布", JOINT: "终评未入选", PAPER: "初评未入围", FORGOTTEN: "逾期"}
    cast.add(PAPER.who, PAPER.email)  # who came on paper reads it here as everybody does
    for entry, words in told.items():
        looks_at_the_case(cast, entry).sees(words)


def the_books_are_whole(cast: Cast, _folder: Path) -> None:
    """The chain of events and every rule over the store, as the operator's commands see them; and no letter failed."""
    house = cast.house
    house.until(at("2024-11-30 10:00"))
    for answer in (house.command("ledger", "verify"), house.command("doctor", now="2024-11-30 10:00")):
        assert answer.code == 0, answer.out + answer.err
    lead = cast["任组长"]
    lead.signs_in_at_the_office()
    lead.goes("/ledger")
    lead.taps("核验整本账")
    lead.sees("核验通过")
