"""The notice on paper: each version as it was put out, with both dates and its difference (R112, R132, A3–A5)."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import docx
import pytest
from after_the_final import copied, make, objected, words_of
from contest import POSTED, Contest
from objectors import DURING
from sqlmodel import select
from visitors_of import Browser
from word_schema import disorder

from config.refusal import Refusal
from office import notice_papers, undo
from office.visitors import Part
from paperwork.case_facts import fingerprint
from records.tables.event import Batch
from states.facts import State
from states.refusals import NotAllowed


@pytest.fixture(scope="module")
def posted(selected_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contest]:
    """Version 1 with ten, version 2 with nine; for tests that only read."""
    with copied(selected_home, tmp_path_factory.mktemp("notice")) as contest:
        objected(contest)
        yield contest


def rows(data: bytes) -> list[list[str]]:
    """The list attached: the last table."""
    return [[cell.text for cell in row.cells] for row in docx.Document(BytesIO(data)).tables[-1].rows]


def test_the_first_version_says_until_when_how_reckoned_and_who(posted: Contest) -> None:
    data = make(posted, "notice", "1")
    said = words_of(data)
    assert "2024年11月1日 09:00至2024年11月8日 24:00。" in said
    assert "公示当日不计入" in said
    assert "如公示当日计入，则至 2024年11月7日 24:00 止" in said
    assert "刘艳秋　电话：010-68799025" in said
    assert "智遴〔2024〕3号" in said
    assert "与上一版的差别" not in said
    listed = rows(data)
    assert listed[0] == ["序号", "编号", "项目名称", "申报单位", "推荐方"]
    assert [row[1] for row in listed[1:]] == [posted.number(item) for item in posted.items[:10]]
    assert "91." not in said  # no score: only the public list


def test_the_second_version_says_what_went_by_which_decision_and_when(posted: Contest) -> None:
    data = make(posted, "notice", "2")
    said, gone = words_of(data), posted.number(posted.items[0])
    assert f"本公示为第 2 版，与上一版的差别：删去 {gone}《" in said
    assert "依据 智遴〔2024〕4号。" in said
    assert "2024年11月4日" in said  # put out on that day, under the window of the first
    assert [row[1] for row in rows(data)[1:]] == [posted.number(item) for item in posted.items[1:10]]


def test_the_papers_are_valid_and_carry_the_hash_of_their_facts(posted: Contest) -> None:
    desk = posted.office.desk
    with desk.database.read() as session:
        digests = [fingerprint(notice_papers.told(session, desk, version, now=DURING)) for version in ("1", "2")]
    for version, digest in zip(("1", "2"), digests, strict=True):
        data = make(posted, "notice", version)
        assert list(disorder(data)) == []
        assert f"数据 SHA-256 {digest}" in words_of(data)
        assert make(posted, "notice", version) == data
    assert digests[0] != digests[1]


def test_a_version_that_is_not_there_is_said(posted: Contest) -> None:
    with pytest.raises(Refusal, match="没有第 3 版公示"):
        make(posted, "notice", "3")


def test_there_is_none_before_it_is_posted_nor_after_it_was_taken_back(selected: Contest) -> None:
    with pytest.raises(NotAllowed, match="还没有公示"):
        make(selected, "notice", "1")
    decision = selected.post().decision_id
    make(selected, "notice", "1")
    desk = selected.office.desk
    with desk.database.write() as session:
        batch = session.exec(select(Batch.id).where(Batch.decision_id == decision)).one() or 0
        now = POSTED + timedelta(minutes=30)
        undo.undo(session, desk, batch, reason="名单有误", officer_id=selected.office.ren, now=now)
    with pytest.raises(NotAllowed, match="还没有公示"):
        make(selected, "notice", "1")


def test_the_desk_of_the_notice_hands_out_the_version_that_is_shown(posted: Contest) -> None:
    wang = Browser(posted.office, Part.OFFICE, now=DURING)
    assert 'href="/papers/notice?of=2" download' in wang.client.get("/notices").text
    assert 'href="/papers/notice?of=1" download' in wang.client.get("/notices?version=1").text
    answer = wang.client.get("/papers/notice?of=1")
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")


def test_the_draft_is_printed_before_it_is_posted_by_the_number_of_its_decision(selected: Contest) -> None:
    """It is looked at, signed and sealed on paper first; its window is the one of the planned instant."""
    listed = {"publicize": selected.standing(State.TOP_TEN)}
    decision = selected.draft("notice", listed, now=POSTED - timedelta(days=2))
    number = selected.decision(decision).number
    said = words_of(make(selected, "notice", number, now=POSTED - timedelta(days=2)))
    assert "2024年11月1日 09:00至2024年11月8日 24:00。" in said
    assert "公示稿：" in said
    page = Browser(selected.office, Part.OFFICE, now=POSTED - timedelta(days=1)).client.get(f"/decisions/{decision}")
    assert 'href="/papers/notice?of=%E6%99%BA' in page.text
    later = words_of(make(selected, "notice", number, now=POSTED + timedelta(days=3)))
    assert "2024年11月4日 09:00至2024年11月11日 24:00。" in later
