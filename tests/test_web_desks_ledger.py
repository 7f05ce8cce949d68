"""The desk 账本: filtered, verified, taken away, and never what a record says in words."""

import re
from io import BytesIO

import pytest
from contest import Contest, descending
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from visitors_of import Browser

from office.visitors import Part
from states.facts import State

from cast import Office, an_application

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("part", [Part.OFFICE, Part.SUPERVISOR])
def test_records_are_filtered_by_kind_and_application(office: Office, part: Part) -> None:
    an_application(office, State.SUBMITTED, "甲")
    an_application(office, State.SUBMITTED, "乙")
    browser = Browser(office, part)
    page = browser.client.get("/ledger?kind=submit").text.partition("<tbody>")[2]
    assert sorted(re.findall(r'href="/cases/(IM24-\d+)"', page)) == ["IM24-001", "IM24-002"]
    page = browser.client.get("/ledger?q=IM24-002").text.partition("<tbody>")[2]
    assert set(re.findall(r'href="/cases/(IM24-\d+)"', page)) == {"IM24-002"}
    assert "没有找到" in browser.client.get("/ledger?q=IM24-999").text
    rows = CalamineWorkbook.from_filelike(BytesIO(browser.client.get("/ledger/list.xlsx?kind=submit").content))
    assert {row[5] for row in rows.get_sheet_by_index(0).to_python()} >= {"IM24-001", "IM24-002"}


def test_the_chain_is_walked_and_a_fault_is_named(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    browser = Browser(office, Part.SUPERVISOR)
    page = browser.client.get("/ledger/verify").text
    assert "核验通过" in page
    (head,) = re.findall(r'class="digest">(\w{64})<', page)
    assert head in browser.client.get("/ledger").text
    with office.desk.database.engine.begin() as connection:
        kind = connection.execute(text("SELECT kind FROM event WHERE id = 1")).scalar_one()
        connection.execute(text("UPDATE event SET kind = 'submit' WHERE id = 1"))
    page = browser.client.get("/ledger/verify").text
    assert "核验不通过" in page
    assert "与封存时不一致" in page
    with office.desk.database.engine.begin() as connection:
        connection.execute(text("UPDATE event SET kind = :kind WHERE id = 1"), {"kind": kind})


def test_nothing_of_a_score_is_told_before_the_release(contest: Contest) -> None:
    """A lock keeps the standings in its note; the page shows that it was locked and no more."""
    contest.score("first_round", descending(contest.items))
    contest.lock("first_round")
    page = Browser(contest.office, Part.OFFICE).client.get("/ledger").text.partition("<tbody>")[2]
    assert "评分" in page
    assert "standings" not in page
    assert "95.00" not in page
    assert "其他记录" not in page
