"""The papers of an objection: when each exists, that nobody is named on them, and the lead's own print (R114, R133)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from after_the_final import OUTCOME, copied, make, objected, words_of
from contest import Contest
from objectors import DURING, FILE_NAME, LUO, lodge
from visitors_of import Browser
from word_schema import disorder

from config.refusal import Refusal
from office import drawer, objection_desk, objection_papers, objections
from office.visitors import Part
from paperwork.case_facts import fingerprint
from states.refusals import NotAllowed, NotYours

ALL = ("objection-acceptance", "objection-inquiry", "objection-decision", "objection-answer")
MARKS = (*(LUO[key] for key in ("name", "unit", "phone", "email", "address")), FILE_NAME)
CASE = "IM24-异001"


@pytest.fixture(scope="module")
def decided(selected_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contest]:
    """One case, sustained and answered, its item's title gone."""
    with copied(selected_home, tmp_path_factory.mktemp("objections")) as contest:
        objected(contest)
        yield contest


@pytest.fixture
def open_case(selected: Contest) -> Contest:
    selected.post()
    lodge(selected)
    return selected


def by_name(
    contest: Contest, name: str, who: int, *, why: str = "寄挂号信", now: datetime = DURING
) -> tuple[str, bytes]:
    desk = contest.office.desk
    with desk.database.write() as session:
        return objection_papers.addressed_by_name(session, desk, 1, name, reason=why, officer_id=who, now=now)


@pytest.mark.parametrize("name", ALL)
def test_a_paper_goes_to_the_number_and_names_nobody(decided: Contest, name: str) -> None:
    data = make(decided, name, CASE)
    said = words_of(data)
    assert CASE in said
    assert [mark for mark in MARKS if mark in said or mark.encode() in data] == []
    assert list(disorder(data)) == []
    assert make(decided, name, CASE) == data


def test_each_says_what_it_is_for(decided: Contest) -> None:
    said = {name: words_of(make(decided, name, CASE)) for name in ALL}
    unit = decided.office.found(decided.items[0]).unit
    assert "已于 2024年11月4日 09:00:00 收到" in said["objection-acceptance"]
    assert "公示期（2024年11月1日 09:00 至 2024年11月8日 24:00）之内" in said["objection-acceptance"]
    assert said["objection-inquiry"].splitlines()[2] == f"{unit}："
    assert "请于2024年11月11日 24:00之前加盖公章后提交" in said["objection-inquiry"]
    for name in ("objection-decision", "objection-answer"):
        assert OUTCOME in said[name]
        assert "该项目的资格已依 智遴〔2024〕4号 取消。" in said[name]


def test_the_applicant_reads_the_question_and_not_the_objectors_words(decided: Contest) -> None:
    """What is left of a statement without its names may still tell who wrote it."""
    for name in ("objection-inquiry", "objection-decision"):
        said = words_of(make(decided, name, CASE))
        assert "请说明权属。" in said
        assert "核心专利已于" not in said
        assert "个人实名" not in said
    assert "核心专利已于" in words_of(make(decided, "objection-acceptance", CASE))


def test_before_its_step_there_is_no_paper_and_its_sentence_says_what_to_do(open_case: Contest) -> None:
    desk, wang = open_case.office.desk, open_case.office.wang
    for name, sentence in zip(ALL, ("还没有经办人", "还没有请申报单位说明", "还没有办结", "还没有办结"), strict=True):
        with pytest.raises(NotAllowed, match=sentence):
            make(open_case, name, CASE)
    with desk.database.write() as session:
        objection_desk.assign(session, desk, 1, handler_id=wang, officer_id=wang, now=DURING)
    make(open_case, "objection-acceptance", CASE)
    with desk.database.write() as session:
        objections.propose(session, desk, 1, "refused", officer_id=wang, outcome="未附证据。", now=DURING)
        objections.confirm(session, desk, 1, officer_id=open_case.office.ren, now=DURING)
    with pytest.raises(NotAllowed, match="没有受理通知书"):
        make(open_case, "objection-acceptance", CASE)
    assert "异议不予受理" in words_of(make(open_case, "objection-answer", CASE))
    with pytest.raises(Refusal, match="没有编号为 IM24-异009 的异议"):
        make(open_case, "objection-answer", "IM24-异009")


def test_only_the_lead_prints_a_name_with_a_reason_and_the_ledger_knows(decided: Contest) -> None:
    office = decided.office
    with pytest.raises(NotYours):
        by_name(decided, "objection-answer", office.wang)
    with pytest.raises(Refusal, match="没有写明为什么"):
        by_name(decided, "objection-answer", office.ren, why=" ")
    with pytest.raises(Refusal, match="不寄给异议人"):
        by_name(decided, "objection-inquiry", office.ren)
    before = openings(decided)
    file_name, data = by_name(decided, "objection-answer", office.ren)
    said = words_of(data)
    assert file_name == f"{CASE} 异议处理答复书.docx"
    assert f"{LUO['unit']}　{LUO['name']}：" in said
    assert f"（寄：{LUO['address']}）" in said
    assert "由经办人手写" not in said
    assert openings(decided) == [*before, "寄挂号信"]


def test_the_name_is_in_no_hash(decided: Contest) -> None:
    """A hash of facts with a name in them would confirm a guess."""
    desk = decided.office.desk
    with desk.database.read() as session:
        digest = fingerprint(objection_papers.told(session, desk, objections.find(session, desk, 1)))
    _, data = by_name(decided, "objection-answer", decided.office.ren)
    assert f"数据 SHA-256 {digest}" in words_of(data)
    assert f"数据 SHA-256 {digest}" in words_of(make(decided, "objection-answer", CASE))


def openings(contest: Contest) -> list[str]:
    """The reasons for which the drawer was opened, the oldest first."""
    desk = contest.office.desk
    with desk.database.read() as session:
        found = drawer.openings(session, desk, objections.find(session, desk, 1))
        return [each.reason for each in reversed(found)]


def test_the_desk_hands_them_out_the_named_one_to_the_lead_and_into_no_cache(decided: Contest) -> None:
    wang, lead = (Browser(decided.office, part, now=DURING) for part in (Part.OFFICE, Part.LEAD))
    page = wang.client.get("/objections/1").text
    assert [name for name in ALL if f'href="/papers/{name}?of=IM24-%E5%BC%82001"' not in page] == []
    assert "/drawer/papers/" not in page
    form = {"form_secret": lead.secret(), "why": "书面送达"}
    answer = lead.client.post("/objections/1/drawer/papers/objection-answer", data=form)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert LUO["name"] in words_of(answer.content)
    refused = lead.client.post("/objections/1/drawer/papers/objection-answer", data=form | {"why": " "})
    assert (refused.status_code, "没有写明为什么" in refused.text) == (422, True)
    case = wang.client.get(f"/cases/{decided.number(decided.items[0])}").text
    assert 'href="/objections/1"' in case
    assert "异议处理答复书" in case
