"""The applicants' part of the walk: one of each kind, from the link in a letter to handed in, and what goes wrong."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Route, expect
from season_walk_house import House
from season_walk_people import PATIENCE, Cast, Person

from cli import specimens

from cast import at

TOO_LONG = 727.0  # seconds; R71 has 720
TEXTILE, MACHINES = "中国纺织工程学会", "中国机械工程学会"


@dataclass(frozen=True)
class Entry:
    """One application as its unit tells it; ``expert`` recommends where ``society`` is empty."""

    who: str
    title: str
    unit: str
    unit_type: str
    category: str
    society: str = ""
    partners: str = ""
    seconds: float = 20.0

    @property
    def email(self) -> str:
        """Where its contact person reads letters."""
        return f"{self.who.encode().hex()}@applicants.example"

    @property
    def endorser(self) -> str:
        """Who stands behind it, as the form and the letter of commitment say."""
        return self.society or EXPERT["name"]


EXPERT = {
    "name": "申院士", "unit": "东海大学", "position": "院士", "phone": "13900000000", "email": "shen@academy.example",
}  # fmt: skip
ENTERPRISE = Entry("甲公司", "柔性纺纱智能产线", "甲纺织有限公司", "enterprise", "production", TEXTILE)
UNIVERSITY = Entry("乙大学", "机床故障诊断方法", "乙大学", "university", "technology", MACHINES, seconds=TOO_LONG)
INSTITUTE = Entry("丙研究院", "智能检测装备", "丙研究院", "institute", "product")
JOINT = Entry("丁公司", "远程运维服务", "丁服务有限公司", "enterprise", "service", TEXTILE, partners="己大学、庚研究所")
RETURNED = UNIVERSITY
PAPER = Entry("辛公司", "纸面申报的分拣线", "辛物流有限公司", "enterprise", "application", TEXTILE)
FORGOTTEN = Entry("庚公司", "仓储调度软件", "庚软件有限公司", "enterprise", "technology")
ENTRIES = (ENTERPRISE, UNIVERSITY, INSTITUTE, JOINT)
EVERY = (*ENTRIES, PAPER)


def specimens_of(entry: Entry, folder: Path, house: House) -> dict[str, Path]:
    """Real files of one application, made before its unit sits down."""
    edition, title, unit, endorser = house.desk.edition, entry.title, entry.unit, entry.endorser
    own = folder / entry.who
    own.mkdir()
    files = {"form": own / "推荐表.docx", "video": own / "答辩视频.mp4", "letter": own / "承诺书.pdf"}
    specimens.write_form(files["form"], edition=edition, words=4200, title=title, unit=unit, endorser=endorser)
    specimens.write_video(files["video"], seconds=entry.seconds, cache=folder / "videos")
    specimens.write_letter(
        files["letter"], edition=edition, route="society" if entry.society else "expert", date=date(2024, 6, 1),
        title=title, unit=unit, endorser=endorser,
    )  # fmt: skip
    return files


def applicants_of_every_kind_hand_in(cast: Cast, folder: Path) -> None:
    """R5 to R9, R17: from an enterprise to a joint application, by a society or an expert; one only begins."""
    cast.house.until(at("2024-06-03 10:00"))
    for entry in ENTRIES:
        person = cast.add(entry.who, entry.email)
        person.signs_in_by_letter()
        _hands_in(person, entry, specimens_of(entry, folder, cast.house))
        cast.house.later(minutes=20)
    forgetful = cast.add(FORGOTTEN.who, FORGOTTEN.email)
    forgetful.signs_in_by_letter()
    _begins(forgetful, FORGOTTEN)


def one_comes_by_paper_and_the_office_acts_for_it(cast: Cast, folder: Path) -> None:
    """Row 119: on the applicant's own pages, from a scan, shown in red; and they are told by letter."""
    wang, scan = cast["王工"], folder / "来函.pdf"
    specimens.write_evidence(scan, edition=cast.house.desk.edition)
    wang.signs_in_at_the_office()
    wang.goes("/acting?whom=applicant")
    wang.fills(
        name=f"{PAPER.who}联系人", phone="010-1", email=PAPER.email, reason="6 月 3 日收到纸质材料，来电委托录入。"
    )
    wang.page.locator("#field-scan").set_input_files(scan)
    wang.presses("开始代办", then="新建申报")
    _hands_in(wang, PAPER, specimens_of(PAPER, folder, cast.house))
    number = wang.page.url.rpartition("/")[2]
    wang.goes("/acting?whom=endorser")
    wang.fills(number=number, reason="推荐学会寄来盖章的推荐意见。")
    wang.page.locator("#field-scan").set_input_files(scan)
    wang.presses("开始代办", then=PAPER.title)
    wang.presses("确认推荐", then="已办理：已推荐")
    wang.page.locator("form[action='/acting/end'] button").first.click()
    wang.sees("共 2 次")
    wang.goes(f"/cases/{number}")
    wang.sees("代办")
    cast.house.later(minutes=10)
    cast.house.new_letter(PAPER.email, "来电委托录入")


def _hands_in(person: Person, entry: Entry, files: dict[str, Path]) -> None:
    """The whole way of one application, from its name to the receipt."""
    _begins(person, entry)
    _names_the_endorser(person, entry)
    _uploads(person, entry, files)
    _commits(person)
    if entry is ENTERPRISE:
        _presses_twice(person)
    elif entry is UNIVERSITY:
        _a_second_window_is_told_that_the_first_was_quicker(person)
    else:
        person.presses("提交申报", then="材料已提交，等待推荐方确认。")


def _begins(person: Person, entry: Entry) -> None:
    """The first form; its number is given at once."""
    person.goes("/mine/new")
    told = {"title": entry.title, "unit": entry.unit, "unit_type": entry.unit_type, "category": entry.category}
    person.fills(**told, partners=entry.partners)
    for name, value in (("name", f"{entry.who}联系人"), ("phone", "13800000000")):
        person.main.locator(f"#field-{name}").fill(value)
    person.presses("建立草稿", then="现在的情况")
    assert re.search(r"/mine/IM24-\d{3}", person.page.url), person.page.url


def _names_the_endorser(person: Person, entry: Entry) -> None:
    """A society from the list, or a recommending expert with everything that R50 asks."""
    place = person.page.locator("#endorser")
    if entry.society:
        person.fills(society=entry.society)
        person.presses("由学会推荐")
    else:
        place.get_by_text("改由推荐专家推荐").click()
        for name, value in EXPERT.items():
            place.locator(f"#field-{name}").fill(value)
        person.presses("由专家推荐")
    person.sees(entry.endorser, at="#endorser, #facts")


def _uploads(person: Person, entry: Entry, files: dict[str, Path]) -> None:
    """Each file's report appears at once; one is chosen before the script came, another's line is cut for a moment."""
    for slot, path in files.items():
        how = {(INSTITUTE, "form"): _chooses_too_early, (JOINT, "form"): _chooses_while_cut_off}
        how.get((entry, slot), _chooses)(person, slot, path)
        person.sees(path.name, at=f"#slot-{slot} .slot-name", patience=3 * PATIENCE)


def _chooses(person: Person, slot: str, path: Path) -> None:
    _slot(person, slot).locator("input[type=file]").first.set_input_files(path)


def _chooses_too_early(person: Person, slot: str, path: Path) -> None:
    """The page stands there, the script that uploads is still on its way over a slow line."""
    script, held = "**/static/upload.js", list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    person.page.route(script, hold)
    with person.page.expect_request(script):
        person.page.reload(wait_until="commit")
    _chooses(person, slot, path)
    held[0].continue_()
    person.page.unroute(script)


def _chooses_while_cut_off(person: Person, slot: str, path: Path) -> None:
    person.page.wait_for_load_state("load")
    person.page.context.set_offline(True)
    _chooses(person, slot, path)
    person.sees("连接中断", at=f"#slot-{slot} .upload-told")
    person.page.context.set_offline(False)


def _commits(person: Person) -> None:
    """R79, R81 to R84: each of the four ticked by hand."""
    for tick in person.page.locator("#promises input[type=checkbox]").all():
        tick.check()
    person.presses("确认承诺")
    person.sees("已于", at="#promises")
    person.sees("材料已齐", at="#missing")


def _presses_twice(person: Person) -> None:
    """Pressed twice by a nervous hand, it is handed in once; the page can be reloaded and gone back from."""
    person.main.get_by_role("button", name="提交申报").dblclick()
    person.sees("材料已提交，等待推荐方确认。")
    person.page.reload()
    person.sees("材料已提交，等待推荐方确认。")
    there = person.page.url
    person.page.go_back()
    person.goes(there)
    person.sees("材料已提交，等待推荐方确认。")
    assert person.main.get_by_role("button", name="提交申报").count() == 0


def _a_second_window_is_told_that_the_first_was_quicker(person: Person) -> None:
    """Two tabs: what the older one still shows is refused in a sentence, and nothing happens twice."""
    second = person.page.context.new_page()
    second.goto(person.page.url)
    person.presses("提交申报", then="材料已提交，等待推荐方确认。")
    second.locator("main").get_by_role("button", name="提交申报").click()
    expect(second.locator("main [role=alert]").first).to_be_visible(timeout=PATIENCE)
    second.close()


def looks_at_the_case(cast: Cast, entry: Entry) -> Person:
    """Open one's own status page, by a new link from the mailbox: the last sign-in is long over."""
    person = cast[entry.who]
    person.signs_in_by_letter()
    person.taps(entry.title)
    person.sees("现在的情况")
    return person


def the_returned_one_comes_back(cast: Cast, folder: Path) -> None:
    """R45, R72: only the named slot is open; a shorter video makes it whole again."""
    cast.house.until(at("2024-08-20 10:00"))
    better = folder / RETURNED.who / "新视频.mp4"
    specimens.write_video(better, seconds=30, cache=folder / "videos")
    assert "12:07" in cast.house.new_letter(RETURNED.email, "需要修改")
    person = looks_at_the_case(cast, RETURNED)
    person.sees("退回修改")
    assert _slot(person, "form").locator("input[type=file]").count() == 0
    place = _slot(person, "video")
    place.locator("input[type=file]").first.set_input_files(better)
    person.sees(better.name, at="#slot-video .slot-name", patience=3 * PATIENCE)
    person.presses("提交申报")
    expect(person.main.get_by_role("button", name="提交申报")).to_have_count(0, timeout=PATIENCE)


def _slot(person: Person, slot: str) -> Locator:
    return person.page.locator(f"#slot-{slot}")
