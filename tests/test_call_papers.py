"""The papers of the call (R120, R121, A27, A33, A35), their numbers, and the desk that hands all papers out."""

import re
import shutil
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from command_line import run
from sqlmodel import select
from visitors_of import Browser
from word_schema import disorder

from config.editions_file import load_edition, shipped_edition
from config.refusal import Refusal
from office import call_facts, document_numbers, ledger_desk, opening, paper_bundle, paper_standing, papers
from office.paper_kinds import Phase
from office.visitors import Part
from paperwork.video_guide import video_guide
from records.tables.event import Event
from states.facts import State
from states.refusals import NotAllowed, NotYours

from cast import HANDED_IN, Office, an_application, at, found_desk, office_at

NOW = at("2024-05-29 09:00")
TEXTILE, MECHANICAL = "中国纺织工程学会", "中国机械工程学会"


@pytest.fixture(scope="module")
def shared(founded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with two applications that the tests only read."""
    home = tmp_path_factory.mktemp("call") / "home"
    shutil.copytree(founded_home, home)
    office = office_at(opening.open_desk(home))
    an_application(office, State.SUBMITTED)
    an_application(office, State.FORMALLY_CHECKED, "乙")
    yield office
    office.desk.database.close()


def make(office: Office, name: str, of: str = "") -> bytes:
    with office.desk.database.read() as session:
        return papers.make(session, office.desk, name, of=of, now=NOW).data


def texts(file: bytes) -> str:
    document = docx.Document(BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def give(office: Office, paper: str, number: str, *, by: int | None = None) -> None:
    with office.desk.database.write() as session:
        document_numbers.give(session, office.desk, paper, number, officer_id=by or office.wang, now=NOW)


def test_each_society_has_its_own_contact_and_the_central_one(shared: Office) -> None:
    """A35: the plan's copy is one society's; every other names itself."""
    textile, mechanical = texts(make(shared, "call", TEXTILE)), texts(make(shared, "call", MECHANICAL))
    assert "白江" in textile
    assert "13718277833" in textile
    assert "白江" not in mechanical
    assert f"{MECHANICAL}秘书处" in mechanical
    assert textile.startswith("中国智能制造科技进展遴选办公室文件")
    for said in (textile, mechanical):
        assert said.count("刘艳秋") == 2  # in the call and in the plan that is attached
    assert f"{MECHANICAL}、各有关单位：" in mechanical


def test_the_call_says_the_plan_with_its_dates_and_numbers(shared: Office) -> None:
    """R30–R36, R98, R103, R110: nothing of them is written in the code."""
    said = texts(make(shared, "call", TEXTILE))
    edition = shared.desk.edition
    wanted = [
        "2024年8月15日 24:00", "2024年10月15日 24:00", "2024年10月31日 24:00", "遴选出 15 项", "遴选出 10 项",
        "每项陈述时间为 10 分钟，专家问询 3 分钟", "高于 99 分或低于 50 分", "7 天公示", "2024世界智能制造大会",
        "15 家推荐单位为", edition.award.portal, edition.award.past_results,
        *(each.name for each in edition.categories), *(each.name for each in edition.endorsement.societies),
        "评分标准为示例，请按遴选标准图片核对",
    ]  # fmt: skip
    assert [words for words in wanted if words not in said] == []


def test_the_call_has_neither_slip_nor_company(shared: Office) -> None:
    """A27, A33."""
    said = texts(make(shared, "call", TEXTILE))
    assert re.findall("数字李生|所行程|贵公司|答辩企业|公司（申报单位名称）", said) == []
    assert [words for words in ("数字孪生技术", "应用所形成的", "申报单位") if words not in said] == []


def test_the_office_sees_every_difference_from_the_plan(shared: Office) -> None:
    corrections = shared.desk.edition.award.corrections
    said = texts(make(shared, "differences"))
    assert len(corrections) >= 6
    assert [each.original for each in corrections if each.original not in said or each.ours not in said] == []


def test_a_call_is_asked_for_by_a_society_of_the_edition(shared: Office) -> None:
    with pytest.raises(NotAllowed, match="没有“某学会”"):
        make(shared, "call", "某学会")
    with pytest.raises(Refusal, match="需要学会名称"):
        make(shared, "call")
    assert make(shared, "call", "纺织") == make(shared, "call", TEXTILE)  # in short


def test_an_edition_without_societies_has_no_calls_and_its_own_blanks(tmp_path: Path) -> None:
    office = office_at(found_desk(tmp_path / "home", Path(__file__).parent / "editions" / "harbour2031.toml"))
    with office.desk.database.read() as session, pytest.raises(NotAllowed, match="没有推荐学会"):
        call_facts.societies(session, office.desk)
    with pytest.raises(NotAllowed, match="没有登记"):
        make(office, "differences")
    guide = texts(make(office, "video-guide"))
    assert [words for words in ("不超过 4 分钟", "H.265（HEVC）", "乙件 现场录像", "做法") if words not in guide] == []
    assert "智能制造" not in guide
    office.desk.database.close()


def test_the_guide_to_the_video_says_what_is_checked() -> None:
    """R70–R77: every demand of the edition, and the questions that people answer of a film."""
    edition = load_edition(shipped_edition("2024")).edition
    said = texts(video_guide(edition))
    assert edition.video is not None
    lines = [line.text for line in edition.check.human_lines if line.slot == "video"]
    assert [
        words for words in (*edition.video.printed_guide, *lines, "12 分钟", "1 GB", "H.264") if words not in said
    ] == []
    with pytest.raises(Refusal, match="不要求视频"):
        video_guide(edition.model_copy(update={"video": None}))


def test_a_document_has_room_for_a_number_until_it_is_given_one(office: Office) -> None:
    assert "智遴〔2024〕　　号" in texts(make(office, "call", TEXTILE))
    give(office, "call", "智遴〔2024〕3号")
    assert "智遴〔2024〕3号" in texts(make(office, "call", TEXTILE))
    give(office, "call", "智遴〔2024〕4号")
    with office.desk.database.read() as session:
        assert document_numbers.given(session, office.desk) == {"call": "智遴〔2024〕4号"}
        kinds = session.exec(select(Event.kind).where(Event.subject == "documentnumber")).all()
    assert kinds == ["document_number"] * 2
    assert ledger_desk.named(office.desk, kinds[0]) == "给文号"


def test_a_number_is_given_once_and_by_the_office(office: Office) -> None:
    give(office, "call", "智遴〔2024〕1号")
    for number, words in (("智遴〔2024〕1号", "已经用过"), (" ", "1 至 40 个字"), ("文" * 41, "1 至 40 个字")):
        with pytest.raises(Refusal, match=words):
            give(office, "invitation", number)
    with pytest.raises(NotYours):
        give(office, "invitation", "智遴〔2024〕2号", by=office.supervisor)
    with office.desk.database.read() as session:
        assert document_numbers.suggested(session, office.desk) == "智遴〔2024〕2号"


def test_every_paper_that_can_be_made_keeps_the_rules_of_its_format(shared: Office) -> None:
    with shared.desk.database.read() as session:
        found = [each for each in paper_standing.standings(session, shared.desk, now=NOW) if each.ready]
        for each in found:
            key = each.keys[0].key if each.keys else ""
            made = papers.make(session, shared.desk, each.paper.name, of=key, now=NOW)
            if made.file_name.endswith("docx"):
                assert (made.file_name, list(disorder(made.data))) == (made.file_name, [])
    assert {each.paper.name for each in found} > {"call", "differences", "blank-form", "video-guide", "receipt"}


FAULTS = {
    "a style that is not told": ("word/document.xml", b'w:val="BodyText"', b'w:val="Nobody"'),
    "children in another order": ("word/document.xml", b"<w:tblPr><w:tblStyle", b"<w:tblPr><w:jc/><w:tblStyle"),
    "an element that is unknown there": ("word/document.xml", b"<w:tcPr>", b"<w:tcPr><w:keepNext/>"),
    "a value that is none": ("word/document.xml", b'w:val="center"', b'w:val="middle"'),
    "a cell without a paragraph": ("word/document.xml", b"</w:tcPr>", b"</w:tcPr></w:tc><w:tc><w:tcPr/>"),
    "a relation to nothing": ("word/_rels/document.xml.rels", b"styles.xml", b"stiles.xml"),
    "a part without a type": ("[Content_Types].xml", b"/word/fontTable.xml", b"/word/fontTables.xml"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_rules_find_what_is_wrong(shared: Office, fault: str) -> None:
    name, old, new = FAULTS[fault]
    broken = BytesIO()
    with ZipFile(BytesIO(make(shared, "differences"))) as source, ZipFile(broken, "w") as target:
        for each in source.namelist():
            data = source.read(each)
            target.writestr(each, data.replace(old, new, 1) if each == name else data)
        assert old in source.read(name)
    assert list(disorder(broken.getvalue())) != []


def test_all_of_a_kind_come_as_one_archive(shared: Office) -> None:
    file = BytesIO()
    paper_bundle.write_kind(shared.desk, "call", file, now=NOW)
    with ZipFile(file) as archive:
        calls = [name for name in archive.namelist() if name.endswith(".docx")]
        assert len(calls) == len(shared.desk.edition.endorsement.societies)
        assert f"{TEXTILE} 征集通知.docx" in calls
        assert archive.read(f"{TEXTILE} 征集通知.docx") == make(shared, "call", TEXTILE)
    for name, words in (("tally", "还没有锁定"), ("differences", "不成批")):
        with pytest.raises(Refusal, match=words):
            paper_bundle.write_kind(shared.desk, name, BytesIO(), now=NOW)


def test_all_papers_come_with_a_list_of_those_that_do_not(shared: Office) -> None:
    file, told = BytesIO(), list[tuple[int, int]]()
    paper_bundle.write_all(
        shared.desk, file, officer_id=shared.wang, now=NOW, done=lambda done, total: told.append((done, total))
    )
    with ZipFile(file) as archive:
        names, lacking = archive.namelist(), archive.read(paper_bundle.LEFT_OUT).decode()
    assert f"1 {Phase.CALL.label}/征集通知/{MECHANICAL} 征集通知.docx" in names
    assert any(name.startswith(f"2 {Phase.CHECK.label}/形式审查意见/IM24-001") for name in names)
    assert "答辩邀请函：还没有进入终评的项目。" in lacking
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1] == len(told) - 1


def test_the_desk_shows_what_is_missing_and_gives_numbers(office: Office) -> None:
    clerk, supervisor = Browser(office, Part.OFFICE, now=NOW), Browser(office, Part.SUPERVISOR, now=NOW)
    page = clerk.client.get("/papers").text
    assert "还没有进入终评的项目。" in page
    assert f'href="/papers/call?of={"%E4%B8%AD"}' in page
    form = {"form_secret": clerk.secret(), "paper": "call", "number": "智遴〔2024〕9号"}
    assert clerk.client.post("/papers/number", data=form).status_code == 303
    assert "智遴〔2024〕9号" in clerk.client.get("/papers").text
    again = clerk.client.post("/papers/number", data=form | {"paper": "invitation"})
    assert "已经用过" in again.text
    assert "发文字号" not in supervisor.client.get("/papers").text
    assert supervisor.client.get("/papers/call/each.zip").content[:2] == b"PK"
    assert "不合印" in clerk.client.get("/papers/call/together").text
    assert "还没有生成" in clerk.client.get("/papers/all.zip").text


def test_all_papers_are_made_behind_the_page(shared: Office) -> None:
    clerk = Browser(shared, Part.OFFICE, now=HANDED_IN)
    assert clerk.client.post("/papers/all", data={"form_secret": clerk.secret()}).status_code == 303
    asked = 0
    while "下载全部文书" not in (work := clerk.client.get("/papers/work", headers={"hx-request": "true"}).text):
        asked += 1
        assert asked < 1_000, work
        time.sleep(0.05)
    with ZipFile(BytesIO(clerk.client.get("/papers/all.zip").content)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) > 20


def test_the_command_makes_all_of_a_kind(shared: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home = shared.desk.settings.home
    answer = run("paper", "call", "--all", "--json", home=home, now="2024-05-29 09:00")
    assert answer.told["file"].endswith("征集通知.zip")
    assert len(ZipFile(tmp_path / answer.told["file"]).namelist()) == 16
    assert run("paper", "call", "--all", "--of", TEXTILE, home=home).is_refusal(2, "--of")
    assert run("template", "video", home=home).code == 0
