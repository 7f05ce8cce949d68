"""The papers of the final's day (R100–R104, R127, R128, A36): who is told what, in which order, what a sheet opens."""

import re
import shutil
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import cv2
import docx
import numpy as np
import pytest
from contest import FINAL, Contest, contest_at
from printing import Printer, pages, words
from visitors_of import Browser
from word_schema import disorder

from config.refusal import Refusal
from office import (
    conflicts_desk,
    document_numbers,
    final_facts,
    paper_standing,
    papers,
    sheet_codes,
    stage_order,
    tally,
)
from office.paper_kinds import Phase
from office.visitors import Part
from paperwork.name_plates import Plate, name_plates
from paperwork.score_sheet import SHUT
from states.facts import State
from states.refusals import NotAllowed

from cast import at

NOW = at("2024-10-24 11:00")
SEED = "20241024-328026"
FOOT = re.compile("第[0-9]+页共[0-9]+页数据SHA-256[0-9a-f]{64}")
RECUSED = 2  # place in the order of the item that the second expert stays out of


@pytest.fixture(scope="module")
def drawn(final_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contest]:
    """The final with its order drawn, a break, and one recusal; only read."""
    home = tmp_path_factory.mktemp("drawn") / "home"
    shutil.copytree(final_home, home)
    contest = contest_at(home)
    draw(contest)
    yield contest
    contest.office.desk.database.close()


def draw(contest: Contest) -> Sequence[str]:
    """Draw the order, put a break behind the fifth, keep the second expert out of the third."""
    desk, wang = contest.office.desk, contest.office.wang
    with desk.database.write() as session:
        stage_order.set_up(session, desk, starts_at=FINAL, officer_id=wang, now=NOW)
        order = stage_order.draw_order(session, desk, seed=SEED, officer_id=wang, now=NOW).drawn
        stage_order.add_break(session, desk, after=5, label="茶歇", minutes=15, officer_id=wang, now=NOW)
        conflicts_desk.declare(
            session,
            desk,
            "final",
            contest.experts[1],
            order[RECUSED],
            reason="曾共同承担课题",
            officer_id=wang,
            now=NOW,
        )
    return order


def order_of(contest: Contest) -> list[str]:
    with contest.office.desk.database.read() as session:
        return [turn.item.number for turn in final_facts.drawn(session, contest.office.desk) if turn.item]


def make(contest: Contest, name: str, of: str = "") -> bytes:
    with contest.office.desk.database.read() as session:
        return papers.make(session, contest.office.desk, name, of=of, now=NOW).data


def together(contest: Contest, name: str) -> bytes:
    with contest.office.desk.database.read() as session:
        return papers.together(session, contest.office.desk, name, now=NOW).data


def texts(file: bytes) -> str:
    document = docx.Document(BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def xml_of(file: bytes) -> str:
    with ZipFile(BytesIO(file)) as package:
        return package.read("word/document.xml").decode()


def test_a_finalist_is_told_place_time_and_lengths(drawn: Contest) -> None:
    """R100, R103, R104: 13 minutes an item, 15 of a break behind the fifth."""
    order = order_of(drawn)
    first, eighth = (texts(make(drawn, "invitation", number)) for number in (order[0], order[7]))
    assert "答辩次序：第 1 项，预计 08:30 开始" in first
    assert "答辩次序：第 8 项，预计 10:16 开始" in eighth  # 08:30 + 7 × 13 + 15
    assert "陈述 10 分钟，专家问询 3 分钟" in first
    assert "参会回执" in first
    assert order[7] in eighth
    assert order[0] not in eighth


def test_before_the_lots_the_invitation_says_so_and_nothing_else_is_made(in_the_final: Contest) -> None:
    number = in_the_final.number(in_the_final.standing(State.FINALIST)[0])
    said = texts(make(in_the_final, "invitation", number))
    assert "抽签之后另行通知" in said
    assert "预计" not in said
    for name, of in (("running-order", ""), ("score-sheet", str(in_the_final.experts[0]))):
        with pytest.raises(NotAllowed, match="还没有抽签") as refusal:
            make(in_the_final, name, of)
        assert "终评现场" in refusal.value.next_step


def test_nobody_is_invited_before_the_result(contest: Contest) -> None:
    for name, of in (("invitation", contest.number(contest.items[0])), ("finalists", ""), ("name-plates", "")):
        with pytest.raises(NotAllowed, match="还没有进入终评的项目"):
            make(contest, name, of)


def test_who_is_no_finalist_is_not_invited(drawn: Contest) -> None:
    left_out = drawn.number(drawn.standing(State.NOT_SHORTLISTED)[0])
    with pytest.raises(NotAllowed, match=f"{left_out} 没有进入终评"):
        make(drawn, "invitation", left_out)


def test_all_invitations_are_one_file_of_as_many_parts(drawn: Contest) -> None:
    finalists, file = order_of(drawn), together(drawn, "invitation")
    said, document = texts(file), docx.Document(BytesIO(file))
    assert len(document.sections) == len(finalists)
    assert [number for number in finalists if said.count(f"（编号 {number}）") != 1] == []
    assert xml_of(file).count('w:pgNumType w:start="1"') == len(finalists)  # each is counted from one
    assert "共" not in document.sections[0].footer.paragraphs[0].text


def test_the_number_of_the_invitation_stands_in_each(in_the_final: Contest) -> None:
    desk = in_the_final.office.desk
    with desk.database.write() as session:
        document_numbers.give(
            session, desk, "invitation", "智遴〔2024〕12号", officer_id=in_the_final.office.wang, now=NOW
        )
    assert texts(together(in_the_final, "invitation")).count("智遴〔2024〕12号") == len(
        in_the_final.standing(State.FINALIST)
    )


def test_the_order_is_printed_as_it_was_drawn(drawn: Contest) -> None:
    document = docx.Document(BytesIO(make(drawn, "running-order")))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows][1:]
    assert [row[2] for row in rows if row[0]] == order_of(drawn)
    assert rows[5][1:3] == ["09:35", "茶歇（15 分钟）"]
    assert rows[6][:2] == ["6", "09:50"]
    assert SEED in texts(make(drawn, "running-order"))


def test_the_list_of_finalists_tells_the_decision_and_no_score(drawn: Contest) -> None:
    said = texts(make(drawn, "finalists"))
    assert "下列 15 个项目进入终评（智遴〔2024〕1号）" in said
    assert [number for number in order_of(drawn) if number not in said] == []
    assert re.findall(r"\d+\.\d\d", said) == []


def test_everybody_has_a_plate_that_reads_from_both_sides(drawn: Contest) -> None:
    drawing = xml_of(make(drawn, "name-plates"))
    told = re.findall(r'<v:shape [^>]*alt="([^"]+)"[^>]*?(rotation:180;)?z-index', drawing)
    turned = {name for name, rotation in told if rotation}
    upright = {name for name, rotation in told if not rotation}
    assert turned == upright > {"专家1", "专家5", "任组长", "王　工"}
    assert len(re.findall("pageBreakBefore", drawing)) == 5 + 15 + 4 - 1


def test_a_long_name_stays_within_its_sheet(drawn: Contest) -> None:
    with drawn.office.desk.database.read() as session:
        issued = papers.paper_facts.issued(drawn.office.desk, NOW)
        assert final_facts.plates_of(session, drawn.office.desk)
    drawing = xml_of(name_plates([Plate("某某大学智能制造与先进装备研究院" * 2, ""), Plate("甲<&\"'", "乙")], issued))
    widths = [float(width) for width in re.findall(r"width:([\d.]+)mm", drawing)]
    assert max(widths) <= 180.5
    assert "甲&lt;&amp;" in drawing


def test_each_expert_has_a_sheet_in_running_order_with_recusals(drawn: Contest) -> None:
    """R128, R29: 回避 stands where the expert must not score, and nowhere else."""
    for place, expert in enumerate(drawn.experts):
        document = docx.Document(BytesIO(make(drawn, "score-sheet", str(expert))))
        rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows][2:]
        assert [row[1] for row in rows] == order_of(drawn)
        shut = [row[1] for row in rows if SHUT in row]
        assert shut == ([order_of(drawn)[RECUSED]] if place == 1 else [])
        assert f"专家{place + 1}" in document.tables[0].rows[0].cells[0].text
    assert [words for words in ("创新性\n（40 分）", "0.5 分为一档", "高于 99 分") if words not in texts(
        make(drawn, "score-sheet", str(drawn.experts[0]))
    )] == []  # fmt: skip
    with pytest.raises(NotAllowed, match="不在终评的专家组"):
        make(drawn, "score-sheet", "999")


def test_a_sheets_code_leads_an_officer_to_its_expert(drawn: Contest) -> None:
    desk, expert = drawn.office.desk, drawn.experts[2]
    with desk.database.read() as session:
        panel = tally.panel_of(session, desk, "final")
        address, code = sheet_codes.address_of(desk, panel, expert), sheet_codes.code_of(desk, panel, expert)
        assert sheet_codes.expert_of(session, desk, "final", code.lower()) == expert
    file = make(drawn, "score-sheet", str(expert))
    with ZipFile(BytesIO(file)) as package:
        picture = next(name for name in package.namelist() if name.startswith("word/media/"))
        pixels = cv2.imdecode(np.frombuffer(package.read(picture), np.uint8), cv2.IMREAD_COLOR)
    framed = cv2.copyMakeBorder(pixels, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    assert cv2.QRCodeDetector().detectAndDecode(framed)[0] == address
    assert texts(file).count(code) >= 2  # below the picture and at the head of every page
    path = address.removeprefix(desk.settings.public_url)
    clerk = Browser(drawn.office, Part.OFFICE, now=FINAL)
    assert re.search(rf'<option value="{expert}" selected', clerk.client.get(path).text)
    assert "请先登录" in Browser(drawn.office, now=FINAL).client.get(path).text


@pytest.mark.parametrize("what", ["forged", "another expert", "another round", "nonsense"])
def test_a_code_that_was_not_printed_here_opens_nothing(drawn: Contest, what: str) -> None:
    desk = drawn.office.desk
    with desk.database.read() as session:
        panel = tally.panel_of(session, desk, "final")
        code = sheet_codes.code_of(desk, panel, drawn.experts[0])
        number, _, seal = code.split("-")
        wrong = {
            "forged": f"{code[:-8]}{'0' * 8}", "another expert": f"{number}-{drawn.experts[1]}-{seal}",
            "another round": code, "nonsense": "1' OR '1",
        }  # fmt: skip
        key = "first_round" if what == "another round" else "final"
        with pytest.raises(NotAllowed) as refusal:
            sheet_codes.expert_of(session, desk, key, wrong[what])
    page = Browser(drawn.office, Part.OFFICE, now=FINAL).client.get(
        f"/rounds/{key}/sheets", params={"sheet": wrong[what]}
    )
    assert refusal.value.sentence in page.text


def test_every_paper_of_the_final_keeps_its_format_and_its_bytes(drawn: Contest) -> None:
    with drawn.office.desk.database.read() as session:
        found = [
            each for each in paper_standing.standings(session, drawn.office.desk, now=NOW)
            if each.ready and each.paper.make is not None and each.phase in (Phase.FIRST_ROUND, Phase.FINAL)
        ]  # fmt: skip
        for each in found:
            key = each.keys[0].key if each.keys else ""
            made = papers.make(session, drawn.office.desk, each.paper.name, of=key, now=NOW)
            if each.paper.ending == "docx":
                assert (each.paper.name, list(disorder(made.data))) == (each.paper.name, [])
            if each.paper.together:
                assert list(disorder(papers.together(session, drawn.office.desk, each.paper.name, now=NOW).data)) == []
    assert {"finalists", "invitation", "running-order", "name-plates", "score-sheet"} <= {it.paper.name for it in found}
    for name in ("finalists", "running-order", "name-plates"):
        assert make(drawn, name) == make(drawn, name)


def test_a_kind_that_is_made_one_by_one_is_not_printed_together(drawn: Contest) -> None:
    with pytest.raises(Refusal, match="不合印"):
        together(drawn, "running-order")


@pytest.mark.slow
def test_the_papers_of_the_day_print_whole(drawn: Contest, printer: Printer) -> None:
    """One start of the other program: as many pages as there should be, nothing lost, plates readable upside down."""
    number = order_of(drawn)[0]
    made = {
        "invitation": make(drawn, "invitation", number), "order": make(drawn, "running-order"),
        "sheet": make(drawn, "score-sheet", str(drawn.experts[1])), "plates": make(drawn, "name-plates"),
        "call": make(drawn, "call", "中国纺织工程学会"), "differences": make(drawn, "differences"),
    }  # fmt: skip
    printed = printer.print_all(made)
    sheets = {name: pages(pdf, dots_an_inch=40) for name, pdf in printed.items()}
    assert {name: len(found) for name, found in sheets.items() if name != "call"} == {
        "invitation": 3, "order": 1, "sheet": 2, "plates": 5 + 15 + 4, "differences": 1
    }  # fmt: skip
    assert 8 <= len(sheets["call"]) <= 12
    for name in ("invitation", "order", "sheet", "differences"):
        lines = [line for line in texts(made[name]).splitlines() if line.strip()]
        whole = FOOT.sub("", words(printed[name]))
        lost = [line for line in lines if "".join(line.split()) not in whole]
        assert (name, lost) == (name, [])
    ink = [np.asarray(sheet.convert("L")) < 128 for sheet in sheets["plates"]]
    halves = [(page[: len(page) // 2].sum(), page[len(page) // 2 :].sum()) for page in ink]
    assert all(upper > 200 and 0.7 < upper / lower < 1.4 for upper, lower in halves)


def test_a_finalists_case_page_hands_out_its_invitation(drawn: Contest) -> None:
    clerk, number = Browser(drawn.office, Part.OFFICE, now=NOW), order_of(drawn)[0]
    assert f"/papers/invitation?of={number}" in clerk.client.get(f"/cases/{number}").text
    assert clerk.client.get(f"/papers/invitation?of={number}").content == make(drawn, "invitation", number)
    left_out = drawn.number(drawn.standing(State.NOT_SHORTLISTED)[0])
    assert "/papers/invitation" not in clerk.client.get(f"/cases/{left_out}").text
