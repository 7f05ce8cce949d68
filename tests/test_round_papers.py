"""The papers of a round: what they say, who may have them when, and that they print whole."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import docx
import pytest
from command_line import run
from contest import FINAL, FINAL_LOCKS, FINAL_SIGNED, Contest, descending
from printing import Printer, pages, words
from python_calamine import CalamineWorkbook
from sqlmodel import col, select
from visitors_of import Browser
from word_schema import disorder

from office import papers, rounds, score_export, tally
from office.visitors import Part
from records.tables.event import Event, Note
from states.facts import State
from states.refusals import NotAllowed, NotYours

ROUND_PAPERS = ("tally", "scores", "reasons", "reasons-list", "minutes")
REASON = "关键指标经第三方检测，达到国际领先水平，证据充分。"


def make(
    contest: Contest, name: str, of: str = "final", *, who: str = "ren", now: datetime = FINAL_LOCKS
) -> papers.Made:
    desk = contest.office.desk
    with desk.database.write() as session:
        return papers.make(session, desk, name, of=of, officer_id=getattr(contest.office, who), now=now)


def words_of(data: bytes) -> str:
    document = docx.Document(BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def cells_of(data: bytes, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_name(sheet).to_python()


@pytest.fixture
def locked(in_the_final: Contest) -> Contest:
    """A final with an extreme score, locked and not yet released."""
    finalists = in_the_final.standing(State.FINALIST)
    in_the_final.score("final", descending(finalists), now=FINAL)
    later = FINAL + timedelta(minutes=5)
    in_the_final.enter("final", in_the_final.experts[0], finalists[0], "99.5", reason=REASON, now=later)
    in_the_final.lock("final", now=FINAL_LOCKS)
    return in_the_final


def test_the_tally_says_what_was_counted(locked: Contest) -> None:
    said = words_of(make(locked, "tally").data)
    with locked.office.desk.database.read() as session:
        outcome = tally.frozen(session, locked.office.desk, "final")
        panel = tally.panel_of(session, locked.office.desk, "final")
        digest = score_export.digest_of(session, locked.office.desk, panel)
    assert digest in said
    for placed in outcome.ranking.places:
        assert locked.number(placed.item) in said
        assert placed.printed in said
    assert said.count("\n入选") == len(outcome.chosen) == 10
    assert (REASON in said, "99.50" in said) == (True, True)
    assert "算术平均" in said


def test_a_tally_after_a_late_score_says_which_print_it_replaces(locked: Contest) -> None:
    """R109: two signed tallies of one round must not lie side by side without one of them saying that it is void."""
    desk, later = locked.office.desk, FINAL_LOCKS + timedelta(minutes=20)

    def digest() -> str:
        with desk.database.read() as session:
            return score_export.digest_of(session, desk, tally.panel_of(session, desk, "final"))

    first, before = words_of(make(locked, "tally").data), digest()
    assert "本表取代" not in first
    with desk.database.write() as session:
        rounds.reopen_round(
            session, desk, "final", officer_id=locked.office.ren, reason="补录一份纸质评分表", now=FINAL_LOCKS
        )  # fmt: skip
    with pytest.raises(NotAllowed, match="尚未锁定"):
        make(locked, "tally")
    locked.enter("final", locked.experts[1], locked.standing(State.FINALIST)[0], "61", now=later)
    locked.lock("final", now=later)
    for _ in range(2):
        said = words_of(make(locked, "tally", now=later).data)
        assert said.count("本表取代") == 1
        assert f"本表取代数据为 SHA-256 {before} 的统计表" in said
    assert digest() != before


def test_the_sheet_holds_numbers_and_the_list(locked: Contest) -> None:
    rows = cells_of(make(locked, "scores").data, "排名")
    head = next(row for row in rows if row[0] == "名次")
    body = rows[rows.index(head) + 1 :]
    assert [row[0] for row in body] == [str(place) for place in range(1, len(body) + 1)]
    assert all(isinstance(row[4], float) for row in body)
    assert sum(row[6] == "入选" for row in body) == 10
    assert len(head) == 7 + len(locked.experts)
    assert REASON in str(cells_of(make(locked, "reasons-list").data, "登记册"))


def test_the_minutes_name_the_ten_and_no_other(locked: Contest) -> None:
    document = docx.Document(BytesIO(make(locked, "minutes").data))
    listed = [row.cells[1].text for row in document.tables[-2].rows][1:]
    with locked.office.desk.database.read() as session:
        chosen = tally.frozen(session, locked.office.desk, "final").ranking.chosen
    assert listed == [locked.number(item) for item in chosen]


@pytest.mark.parametrize("name", ROUND_PAPERS)
def test_a_paper_with_scores_is_sealed_like_the_scores(locked: Contest, name: str) -> None:
    with pytest.raises(NotYours):
        make(locked, name, who="wang")
    before = looks(locked)
    make(locked, name)
    make(locked, name, who="supervisor")
    assert looks(locked) == before + 2  # each look before the result stands in the ledger
    locked.release("final", now=FINAL_SIGNED)
    make(locked, name, who="wang", now=FINAL_SIGNED)
    assert looks(locked) == before + 2


def looks(contest: Contest) -> int:
    """How often the ledger tells that a paper was made."""
    with contest.office.desk.database.read() as session:
        notes = session.exec(select(Note.body).join(Event, col(Event.id) == col(Note.event_id)))
        return sum((body or {}).get("step") == "paper" for body in notes)


@pytest.mark.parametrize("name", ROUND_PAPERS)
def test_before_the_lock_there_is_none(in_the_final: Contest, name: str) -> None:
    with pytest.raises(NotAllowed, match="尚未锁定"):
        make(in_the_final, name, now=FINAL)


def test_the_same_facts_make_the_same_bytes(locked: Contest) -> None:
    for name in ROUND_PAPERS:
        assert make(locked, name).data == make(locked, name).data


@pytest.mark.slow
def test_they_are_valid_and_print_whole(locked: Contest, printer: Printer) -> None:
    for name in ("tally", "reasons", "minutes"):
        data = make(locked, name).data
        assert list(disorder(data)) == []
        printed = printer.convert(data, "pdf")
        assert 1 <= len(pages(printed, dots_an_inch=40)) <= 3
        assert "".join(REASON.split()) in words(printed) or name == "minutes"


def test_the_desk_hands_them_out_by_a_click(locked: Contest) -> None:
    lead, clerk, supervisor = (
        Browser(locked.office, part, now=FINAL_LOCKS) for part in (Part.LEAD, Part.OFFICE, Part.SUPERVISOR)
    )
    page = lead.client.get("/papers")
    assert '/papers/tally?of=final" download' in page.text
    answer = lead.client.get("/papers/tally?of=final")
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    refused = clerk.client.get("/papers/tally?of=final")
    assert refused.status_code in {403, 422}
    assert "结果产生之前" in refused.text
    assert supervisor.client.get("/papers/scores?of=final").status_code == 200
    assert "没有“none”这种文书" in lead.client.get("/papers/none").text
    assert "需要轮次" in lead.client.get("/papers/tally").text
    assert "没有" in lead.client.get("/papers/tally?of=nowhere").text


def test_the_command_wants_to_know_who_asks(locked: Contest, tmp_path: Path) -> None:
    home, file = locked.office.desk.settings.home, tmp_path / "tally.docx"
    asked = ("paper", "tally", "--of", "final", "--out", file)
    assert run(*asked, home=home, now="2024-10-25 18:05").is_refusal(3, "不能导出")
    told = run(*asked, "--officer", "ren@office.example", home=home, now="2024-10-25 18:05")
    assert told.code == 0, told.err
    assert file.read_bytes()[:2] == b"PK"
