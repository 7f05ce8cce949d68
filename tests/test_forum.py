"""The events of the forum: on the desk, in Excel, with the result, in calendars, in the press kit (R23)."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import icalendar
import pytest
from after_the_final import announced, copied, tell
from contest import ANNOUNCED, CLOSES, Contest
from python_calamine import CalamineWorkbook
from sqlmodel import select
from visitors_of import Browser

from config.refusal import Refusal
from office import announcement, calendar_feed, forum
from office.forum import Told
from office.visitors import Part, Visitor
from paperwork import press_kit
from records.tables.event import Event
from records.tables.forum import ForumEvent
from states.facts import State
from states.refusals import NotAllowed, NotYours, StateMoved

from cast import HANDED_IN, Office, at

STARTS, ENDS = at("2024-11-30 14:00"), at("2024-11-30 17:30")
TALK = Told("“双十”论坛", STARTS, ENDS, "南京国际博览中心", "入选成果交流", public=True)


@pytest.fixture(scope="module")
def noticed(selected_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Contest]:
    """The notice is out, two winners agreed to speak; the first test to ask has the result announced."""
    with copied(selected_home, tmp_path_factory.mktemp("forum")) as contest:
        contest.post()
        for item in contest.standing(State.PUBLICIZED)[:2]:
            tell(contest, item, forum=True, speaker=f"周总工 1380000{item}")
        yield contest


def saved(office: Office, told: Told = TALK, **asked: int) -> ForumEvent:
    with office.desk.database.write() as session:
        made = forum.save(session, office.desk, told, officer_id=office.wang, now=HANDED_IN, **asked)
        session.expunge(made)
    return made


def end(office: Office, event: ForumEvent) -> None:
    with office.desk.database.write() as session:
        forum.take_away(session, office.desk, event.id or 0, seen=event.version, officer_id=office.wang, now=HANDED_IN)


def titles(office: Office, *, public: bool = False) -> list[str]:
    with office.desk.database.read() as session:
        return [line.event.title for line in forum.events(session, office.desk, public=public)]


def test_events_stand_in_the_order_of_time_and_outsiders_see_the_public_ones(office: Office) -> None:
    saved(office)
    saved(office, Told("彩排", at("2024-11-29 09:00"), at("2024-11-29 10:00")))
    assert titles(office) == ["彩排", "“双十”论坛"]
    assert titles(office, public=True) == ["“双十”论坛"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, "没有写活动名称"),
        ({"title": "长" * 101}, "写得太长"),
        ({"words": "长" * 1_001}, "写得太长"),
        ({"ends_at": STARTS}, "结束不在开始之后"),
        ({"ends_at": at("2025-01-01 00:00")}, "超过 31 天"),
        ({"speakers": ("IM24-001",)}, "IM24-001 没有登记论坛发言"),
    ],
)
def test_what_cannot_be_held_so_is_refused_with_what_to_do(office: Office, wrong: dict[str, object], said: str) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        saved(office, replace(TALK, **wrong))  # type: ignore[arg-type]
    assert refused.value.next_step
    assert titles(office) == []


def test_a_change_needs_the_version_that_was_looked_at(office: Office) -> None:
    event = saved(office)
    moved = saved(office, replace(TALK, place="线上"), event_id=event.id or 0, seen=1)
    assert (moved.place, moved.version) == ("线上", 2)
    with pytest.raises(StateMoved, match="刚刚被改过"):
        saved(office, event_id=event.id or 0, seen=1)
    with pytest.raises(StateMoved, match="刚刚被改过"):
        end(office, event)


def test_taken_away_it_is_shown_no_more_and_stays_in_the_store_and_the_ledger(office: Office) -> None:
    event = saved(office)
    end(office, event)
    assert titles(office) == []
    for again in (lambda: end(office, event), lambda: saved(office, event_id=event.id or 0, seen=2)):
        with pytest.raises(NotAllowed, match="已经撤下"):
            again()
    with office.desk.database.read() as session:
        assert session.get_one(ForumEvent, event.id).ended_at == HANDED_IN
        assert session.exec(select(Event.subject_id).where(Event.kind == "forum_event")).all() == [event.id] * 2


def test_a_supervisor_changes_nothing(office: Office) -> None:
    with office.desk.database.write() as session, pytest.raises(NotYours):
        forum.save(session, office.desk, TALK, officer_id=office.supervisor, now=HANDED_IN)


def test_calendars_follow_the_event_and_keep_its_name(office: Office) -> None:
    event = saved(office)
    saved(office, replace(TALK, title="彩排", public=False))
    saved(office, replace(TALK, ends_at=at("2024-11-30 18:00")), event_id=event.id or 0, seen=1)
    found = {}
    with office.desk.database.read() as session:
        for part in (Part.OFFICE, Part.APPLICANT):
            told = calendar_feed.entries(session, office.desk, Visitor(people=(1,), person_id=1), part)
            data = calendar_feed.written(office.desk.edition, told)
            events = icalendar.Calendar.from_ical(data).events
            found[part] = [each for each in events if str(each["uid"]).startswith("forum-")]
    assert [len(events) for events in found.values()] == [2, 1]
    (shown,) = found[Part.APPLICANT]
    assert str(shown["uid"]).startswith(f"forum-{event.id}@")
    assert (shown.start, shown.end, int(shown["sequence"])) == (STARTS, at("2024-11-30 18:00"), 2)
    assert (str(shown["location"]), "入选成果交流" in str(shown["description"])) == (TALK.place, True)


def test_the_desk_adds_changes_and_takes_away(office: Office) -> None:
    wang = Browser(office, Part.OFFICE)
    form = {
        "form_secret": wang.secret(),
        "title": "论坛",
        "starts_at": "2024-11-30T14:00",
        "ends_at": "2024-11-30T12:00",
    }
    refused = wang.client.post("/forum/save", data=form | {"place": "南京"})
    assert (refused.status_code, "结束不在开始之后" in refused.text, 'value="南京"' in refused.text) == (
        422,
        True,
        True,
    )
    assert wang.client.post("/forum/save", data=form | {"ends_at": "2424-11-30T12:00"}).status_code == 422
    form |= {"ends_at": "2024-11-30T17:30"}
    assert wang.client.post("/forum/save", data=form).status_code == 303
    page = wang.client.get("/forum?event=1").text
    assert ("2024年11月30日 14:00" in page, 'value="2024-11-30T17:30"' in page, "撤下这场活动" in page) == (True,) * 3
    assert wang.client.post("/forum/save", data=form | {"event": "1", "seen": "1", "public": "yes"}).status_code == 303
    assert titles(office, public=True) == ["论坛"]
    supervisor = Browser(office, Part.SUPERVISOR).client.get("/forum").text
    assert ("论坛</td>" in supervisor or "论坛" in supervisor, "/forum/save" in supervisor) == (True, False)
    assert wang.client.post("/forum/end", data={**form, "event": "1", "seen": "2"}).status_code == 303
    assert "还没有登记论坛活动" in wang.client.get("/announcement").text


def test_who_speaks_is_chosen_from_those_who_agreed_and_told_once_announced(noticed: Contest) -> None:
    office, numbers = noticed.office, [noticed.number(item) for item in noticed.standing(State.PUBLICIZED)]
    saved(office, replace(TALK, speakers=(numbers[1], numbers[0])))
    with pytest.raises(Refusal, match=f"{numbers[2]} 没有登记"):
        saved(office, replace(TALK, speakers=(numbers[2],)))
    wang = Browser(office, Part.OFFICE, now=CLOSES)
    assert f'name="speaker-{numbers[1]}" value="yes" checked' in wang.client.get("/forum?event=1").text
    book = CalamineWorkbook.from_filelike(io.BytesIO(wang.client.get("/forum/list.xlsx").content))
    (row,) = [row for row in book.get_sheet_by_index(0).to_python()[2:] if row[0]]
    assert (row[0], row[4], str(row[5]).count("IM24-"), str(row[6]).count("周总工")) == (TALK.title, "是", 2, 2)
    before = Browser(office, now=CLOSES).client.get("/results").text
    assert (TALK.place in before, "发言项目" in before) == (True, False)
    announced(noticed)
    after = Browser(office, now=ANNOUNCED).client.get("/results").text
    assert ("发言项目" in after, "周总工" in after) == (True, False)
    with office.desk.database.read() as session:
        kit = announcement.press(session, office.desk)
    line = "“双十”论坛：2024年11月30日 14:00 至 17:30，南京国际博览中心。入选成果交流"
    assert [line in told for told in (press_kit.wechat_text(kit), press_kit.plain_text(kit))] == [True, True]
