"""Proves the list of applications: pages in order both ways, every scrap finds its case, filters hold."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event

from config.refusal import Refusal
from office import advance, case_list, extensions, intake
from office.act import Act
from office.case_list import Order, Wanted
from office.scraps import initials
from states.facts import Actor, State
from states.lifecycle import Trigger

from cast import HANDED_IN, Office, at, draft_form

COUNT = 23


@pytest.fixture
def filled(office: Office) -> Iterator[Office]:
    """An office with drafts of different instants, some of which share an instant."""
    with office.desk.database.write() as session:
        for number in range(1, COUNT + 1):
            telling = {
                "title": f"第{number}号高端装备 100% 数字_孪生" if number == 7 else f"第{number}号高端装备",
                "contact": {
                    "name": f"联系人{number}",
                    "phone": f"138001380{number:02}",
                    "email": f"c{number}@applicants.example",
                },
            }
            form = draft_form(f"沈阳机床{number}", **telling)
            intake.create_draft(session, office.desk, form, now=HANDED_IN + timedelta(hours=number // 3))
    return office


def numbers(office: Office, wanted: Wanted = Wanted(), **place: str) -> list[str]:  # noqa: B008 - frozen
    with office.desk.database.read() as session:
        return [line.number for line in case_list.page(session, office.desk, wanted, size=100, **place).lines]


@pytest.mark.parametrize("order", Order)
def test_walking_the_pages_shows_every_case_once_in_both_directions(filled: Office, order: Order) -> None:
    wanted = Wanted(order=order)
    whole = numbers(filled, wanted)
    assert len(set(whole)) == COUNT
    with filled.desk.database.read() as session:
        forth = [case_list.page(session, filled.desk, wanted, size=5)]
        while forth[-1].after:
            forth.append(case_list.page(session, filled.desk, wanted, after=forth[-1].after, size=5))
        back = [forth[-1]]
        while back[-1].before:
            back.append(case_list.page(session, filled.desk, wanted, before=back[-1].before, size=5))
    assert [line.number for page in forth for line in page.lines] == whole
    assert [line.number for page in reversed(back) for line in page.lines] == whole
    assert forth[0].before is None


def test_the_orders_are_newest_number_latest_arrival_nearest_due(filled: Office) -> None:
    with filled.desk.database.write() as session:
        intake.create_draft(session, filled.desk, draft_form("晚"), now=HANDED_IN - timedelta(hours=1))
        extensions.extend(
            session, filled.desk, "submission", at("2024-08-20 00:00"),
            reason="地震", officer_id=filled.ren, item_id=1, now=HANDED_IN,
        )  # fmt: skip
    assert numbers(filled)[0] == "IM24-024"
    assert numbers(filled, Wanted(order=Order.DUE))[-1] == "IM24-001"
    assert numbers(filled, Wanted(order=Order.SINCE))[-1] == "IM24-024"


@pytest.mark.parametrize(
    "words",
    ["IM24-007", "im24-007", "ＩＭ２４－００７", "第7号", "13800138007", "c7@applicants", "联系人7", "数字_孪生",
     "100%", "机床7单位 第7", "d7hgdzb"],
)  # fmt: skip
def test_any_scrap_finds_its_case(filled: Office, words: str) -> None:
    assert numbers(filled, Wanted(words=words)) == ["IM24-007"]


def test_signs_of_a_pattern_are_only_signs(filled: Office) -> None:
    assert numbers(filled, Wanted(words="高_装备")) == []
    assert numbers(filled, Wanted(words="第%号数字")) == []


def test_a_corrected_title_is_found_by_its_new_words(filled: Office) -> None:
    with filled.desk.database.write() as session:
        intake.change_names(session, filled.desk, 3, title="深海机器人", now=HANDED_IN)
    assert numbers(filled, Wanted(words="深海")) == numbers(filled, Wanted(words="shjqr")) == ["IM24-003"]
    assert "IM24-003" not in numbers(filled, Wanted(words="第3号"))


def test_filters_join_the_search(filled: Office) -> None:
    with filled.desk.database.write() as session:
        intake.create_draft(session, filled.desk, draft_form("晚", category="technology"), now=HANDED_IN)
        advance.advance(
            session, filled.desk, [4], Act(Trigger.WITHDRAW, Actor.APPLICANT), now=HANDED_IN + timedelta(days=1)
        )
    assert numbers(filled, Wanted(states=(State.WITHDRAWN,))) == ["IM24-004"]
    assert numbers(filled, Wanted(category="technology", words="晚单位")) == ["IM24-024"]
    assert numbers(filled, Wanted(states=(State.WITHDRAWN,), category="technology")) == []


@pytest.mark.parametrize("place", ["~", "x~3", "3", "~drop", "2024-08-01~9~9"])
def test_a_place_that_is_none_is_refused_in_words(filled: Office, place: str) -> None:
    with pytest.raises(Refusal, match="没有这一页"):
        numbers(filled, Wanted(order=Order.SINCE), after=place)


def test_a_page_is_one_question_that_walks_an_index(filled: Office) -> None:
    asked: list[str] = []
    with filled.desk.database.read() as session:
        connection = session.connection()

        @event.listens_for(connection, "before_cursor_execute")
        def _note(_c: object, _k: object, statement: str, *_: object) -> None:
            asked.append(statement)

        first = case_list.page(session, filled.desk, Wanted(order=Order.SINCE), size=5)
        case_list.page(session, filled.desk, Wanted(order=Order.SINCE), after=first.after or "", size=5)
        assert len(asked) == 2
        places = ("2024", "2024-08-02 00:00:00", "2024-08-02 00:00:00", 5, 6)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[1]}", places[: asked[1].count("?")]).fetchall()
    told = " ".join(str(row[-1]) for row in plan)
    assert "SCAN application" not in told
    assert "USE TEMP B-TREE FOR ORDER BY" not in told


def test_initials_are_the_first_letters() -> None:
    assert initials("智能制造 2.0（AI）") == "znzz20ai"
