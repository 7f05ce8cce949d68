"""Moving an instant for everybody: what it would move is shown, what a running stage allows, who moved it is told."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from plan_office import FIRST_ROUND, an_office
from sqlmodel import select

from config.refusal import Refusal
from config.workdays import DayKind
from office import deadline_desk, deadline_moves, edition_desk, extensions, holidays, opening, replanning, scores
from office.desk import Desk
from office.holidays import Wish
from records.tables.application import Application
from records.tables.deadline import Deadline
from records.tables.decision import Notice
from records.tables.person import Expert
from records.tables.signin import SignInLink
from states import agenda
from states.facts import State
from states.refusals import NotAllowed, NotYours, StateMoved

from cast import FOUNDED, HANDED_IN, Office, a_draft, an_application, at

CLOSES = at("2024-08-16 00:00")
LATER = at("2024-08-20 00:00")


def move(
    office: Office, kind: str, after: str, *, now: datetime = FOUNDED, by: int = 0, reason: str = "联合体通知"
) -> Desk:
    desk = opening.refreshed(office.desk)
    with desk.database.read() as session:
        seen = deadline_desk.line(session, desk, kind)
    assert seen is not None
    deadline_moves.move(
        desk, kind, at(after), reason=reason, seen=seen.due_at, officer_id=by or office.ren, now=now
    )  # fmt: skip
    return opening.refreshed(desk)


def line(desk: Desk, kind: str) -> deadline_desk.Line:
    with desk.database.read() as session:
        found = deadline_desk.line(session, desk, kind)
    assert found is not None
    return found


def previewed(desk: Desk, kind: str, after: str, *, now: datetime = FOUNDED) -> deadline_moves.Effect:
    with desk.database.read() as session:
        return deadline_moves.preview(session, desk, kind, at(after), now=now)


def test_before_its_stage_an_instant_moves_with_all_that_is_reckoned_from_it(office: Office) -> None:
    a_draft(office)
    effect = previewed(office.desk, "submission_closes", "2024-08-20 00:00")
    assert effect.reminded == 1
    assert {shift.label for shift in effect.shifts} >= {"上传宽限结束", "提交截止提醒（前 14 天）"}
    assert line(office.desk, "submission_closes").due_at == CLOSES
    desk = move(office, "submission_closes", "2024-08-20 00:00")
    found = line(desk, "submission_closes")
    assert (found.due_at, found.moves) == (LATER, 1)
    assert found.change is not None
    assert (found.change.before, found.change.who, found.change.why) == (CLOSES, "任组长", "联合体通知")
    assert line(desk, "upload_grace_ends").due_at == LATER + timedelta(minutes=30)


def test_moved_back_it_counts_one_move_more(office: Office) -> None:
    move(office, "submission_closes", "2024-08-20 00:00")
    desk = move(office, "submission_closes", "2024-08-16 00:00")
    found = line(desk, "submission_closes")
    assert (found.due_at, found.moves) == (CLOSES, 2)
    assert found.change is not None
    assert found.change.before == LATER


def test_while_the_window_runs_it_is_an_extension_for_all(office: Office) -> None:
    item = a_draft(office)
    effect = previewed(office.desk, "submission_closes", "2024-08-20 00:00", now=HANDED_IN)
    assert effect.way.by_extension
    assert any("宽限" in shift.label for shift in effect.shifts)
    with pytest.raises(Refusal, match="只能推后"):
        move(office, "submission_closes", "2024-08-10 00:00", now=HANDED_IN)
    desk = move(office, "submission_closes", "2024-08-20 00:00", now=HANDED_IN)
    found = line(desk, "submission_closes")
    assert (found.due_at, found.row.due_at) == (LATER, CLOSES)
    assert found.change is not None
    assert (found.change.before, found.change.who) == (CLOSES, "任组长")
    assert office.found(item).lapses_at == LATER
    with desk.database.read() as session:
        assert deadline_desk.own_lines(session, desk) == []  # everybody's instant is nobody's own


@pytest.mark.parametrize(
    ("kind", "after", "told"),
    [
        ("submission_opens", "2024-08-20 00:00", "已经过去"),
        ("notice_closes", "2024-12-20 00:00", "推算"),
        ("check_due", "2024-08-31 00:00", "一样"),
        ("check_due", "2024-07-01 00:00", "已经过去"),
        ("check_due", "9999-12-31 23:59", "离现在太远"),
        ("check_due", "0001-01-01 00:00", "离现在太远"),
    ],
)
def test_what_cannot_be_moved_says_why(office: Office, kind: str, after: str, told: str) -> None:
    with pytest.raises(Refusal, match=told):
        move(office, kind, after, now=HANDED_IN)


def test_only_the_lead_moves_and_says_why(office: Office) -> None:
    with pytest.raises(NotYours):
        move(office, "check_due", "2024-09-02 00:00", by=office.wang)
    with pytest.raises(Refusal, match="没有写明理由"):
        move(office, "check_due", "2024-09-02 00:00", reason=" ")
    with pytest.raises(NotAllowed, match="没有这个时限"):
        previewed(office.desk, "tea_time", "2024-09-02 00:00")


def test_a_contradiction_is_refused_before_anything_is_written(office: Office) -> None:
    with pytest.raises(NotAllowed) as fault:
        previewed(office.desk, "check_due", "2024-12-24 00:00")
    told = f"{fault.value.sentence}{fault.value.next_step}"
    assert "初评" in told
    assert not re.search(r"[a-z]+\.[a-z]+|rounds", told)  # in the office's words alone


def test_who_looked_at_another_instant_is_told(office: Office) -> None:
    desk = move(office, "check_due", "2024-09-02 00:00")
    with pytest.raises(StateMoved, match="刚刚被移动过"):
        deadline_moves.move(
            desk, "check_due", at("2024-09-03 00:00"), reason="又晚", seen=at("2024-08-31 00:00"),
            officer_id=office.ren, now=FOUNDED,
        )  # fmt: skip
    assert line(desk, "check_due").due_at == at("2024-09-02 00:00")


@pytest.mark.parametrize(
    ("after", "told"),
    [
        ("2024-10-02 18:00", "国庆节"),
        ("2024-10-13 18:00", "周末"),
        ("2025-01-15 18:00", "核对月份"),
    ],
)
def test_a_move_onto_a_day_off_or_far_away_warns(office: Office, after: str, told: str) -> None:
    desk = office.desk
    with desk.database.read() as session:
        found = deadline_desk.line(session, desk, "first_round_locks")
        assert found is not None
        assert any(told in words for words in deadline_moves._warnings(desk, found, at(after)))


@pytest.mark.slow
def test_open_scoring_is_put_off_and_the_invitations_with_it(tmp_path: Path) -> None:
    with an_office(tmp_path, "first_round") as office:
        now = FIRST_ROUND + timedelta(days=3)
        with pytest.raises(Refusal, match="只能推后"):
            move(office, "first_round_locks", "2024-10-10 18:00", now=now)
        desk = move(office, "first_round_locks", "2024-10-14 18:00", now=now)
        late = at("2024-10-13 10:00")
        with desk.database.write() as session:
            (link,) = {each.expires_at for each in session.exec(select(SignInLink)) if each.purpose == "invitation"}
            assert link == at("2024-10-14 18:00")
            expert = session.exec(select(Expert.id)).first()
            item = session.exec(select(Application.id).where(Application.state == State.FIRST_ROUND.value)).first()
            scores.enter(
                session, desk, "first_round", expert_id=expert or 0, item_id=item or 0, total="88", now=late
            )  # fmt: skip


class TestHolidays:
    """Days that the office sets over the published table."""

    DAY = date(2024, 11, 8)  # the last day of the notice, a Friday

    def change(self, office: Office, wish: Wish, *, by: int = 0, reason: str = "国办通知", seen: str = "") -> Desk:
        desk = opening.refreshed(office.desk)
        with desk.database.write() as session:
            holidays.change(
                session, desk, wish, reason=reason, expected=seen or holidays.seen(session),
                officer_id=by or office.ren, now=FOUNDED,
            )  # fmt: skip
        return opening.refreshed(desk)

    def test_a_day_that_becomes_a_holiday_moves_the_end_of_the_notice(self, office: Office) -> None:
        wish = Wish(self.DAY, self.DAY, DayKind.HOLIDAY)
        with office.desk.database.read() as session:
            (moved,) = holidays.effect(session, office.desk, wish, now=FOUNDED)
        assert (moved.label, moved.before, moved.after) == ("公示结束", at("2024-11-09 00:00"), at("2024-11-12 00:00"))
        desk = self.change(office, wish)
        assert desk.workdays.day_kind(self.DAY) is DayKind.HOLIDAY
        assert opening.open_desk(desk.settings.home).workdays == desk.workdays
        found = line(desk, "notice_closes")
        assert found.due_at == at("2024-11-12 00:00")
        assert found.change is not None
        assert (found.change.who, found.change.why) == ("任组长", "节假日调整：国办通知")
        back = self.change(office, Wish(self.DAY, self.DAY, None))
        assert (back.workdays.is_workday(self.DAY), line(back, "notice_closes").due_at) == (
            True,
            at("2024-11-09 00:00"),
        )

    def test_the_spans_of_a_year_are_named(self, office: Office) -> None:
        with office.desk.database.read() as session:
            found = holidays.spans(session, office.desk, 2024)
        national = next(span for span in found if span.name == "国庆节" and span.kind is DayKind.HOLIDAY)
        assert (national.first, national.days, national.own) == (date(2024, 10, 1), 7, False)
        assert {span.first for span in found if span.kind is DayKind.MAKE_UP} >= {date(2024, 10, 12)}
        assert not any(span.kind is DayKind.WEEKEND for span in found)

    def test_a_year_that_is_entered_whole_warns_no_more(self, office: Office) -> None:
        day = date(2031, 5, 6)
        assert "尚未公布" in office.desk.workdays.warning(day)
        desk = self.change(office, Wish(date(2031, 1, 1), date(2031, 12, 31), None, year=True))
        assert desk.workdays.warning(day) == ""

    def test_refusals(self, office: Office) -> None:
        wish = Wish(self.DAY, self.DAY, DayKind.HOLIDAY)
        for told, change in (
            ("末日早于首日", lambda: self.change(office, Wish(self.DAY, date(2024, 11, 1), DayKind.HOLIDAY))),
            ("最多改 31 天", lambda: self.change(office, Wish(date(2024, 1, 1), date(2024, 3, 1), DayKind.HOLIDAY))),
            ("离现在太远", lambda: self.change(office, Wish(date(1998, 1, 1), date(1998, 1, 1), DayKind.HOLIDAY))),
            ("没有写明理由", lambda: self.change(office, wish, reason="")),
            ("刚刚被改过", lambda: self.change(office, wish, seen="older")),
            ("不由您办理", lambda: self.change(office, wish, by=office.wang)),
        ):
            with pytest.raises(Refusal, match=told):
                change()


def test_a_later_version_keeps_the_end_of_a_notice_that_was_posted_late(office: Office) -> None:
    """What is adopted after the posting reckons the end from the real posting, not from the planned one."""
    desk = office.desk
    posted = desk.edition.notice.posted + timedelta(days=2)
    from_posting = agenda.planned(desk.edition, workdays=desk.workdays, posted=posted)
    late = next(each.due_at for each in from_posting if each.kind == "notice_closes")
    with desk.database.write() as session:
        notice = Notice(
            edition=desk.key, version=1, number="公告1", posted_at=posted, closes_at=late, reckoning="", items=[]
        )
        session.add(notice)
        session.flush()
        planned = replanning.planned(session, desk.edition, desk.workdays)
        session.delete(notice)
    assert next(each.due_at for each in planned if each.kind == "notice_closes") == late


def test_the_own_instant_of_one_application_stands_apart(office: Office) -> None:
    item = an_application(office, State.SUBMITTED)
    desk = office.desk
    with desk.database.write() as session:
        extensions.extend(
            session, desk, "endorsement", at("2024-09-01 18:00"), reason="推荐人出差", officer_id=office.wang,
            item_id=item, now=HANDED_IN,
        )  # fmt: skip
    with desk.database.read() as session:
        (own,) = deadline_desk.own_lines(session, desk)
        rows = session.exec(select(Deadline.kind).where(Deadline.due_at == at("2024-09-01 18:00"))).all()
    assert (own.due_at, own.state, rows) == (at("2024-09-01 18:00"), State.SUBMITTED, ["lapse"])
    assert own.change is not None
    assert (own.change.before, own.change.who, own.change.why) == (at("2024-08-23 00:00"), "王工", "推荐人出差")


def test_nothing_is_kept_of_what_is_only_looked_at(office: Office) -> None:
    before = edition_desk.facts_of(office.desk.loaded)
    previewed(office.desk, "announcement", "2024-12-05 10:00")
    assert edition_desk.facts_of(opening.refreshed(office.desk).loaded) == before


def test_an_extension_for_all_tells_those_who_wait_where_it_is_wanted(office: Office) -> None:
    items = [a_draft(office, name) for name in ("甲", "乙")]
    for day, tells in ((20, False), (22, True)):
        deadline_moves.move(
            office.desk, "submission_closes", at(f"2024-08-{day} 00:00"), reason="台风停课", tells=tells,
            seen=line(office.desk, "submission_closes").due_at, officer_id=office.ren, now=HANDED_IN,
        )  # fmt: skip
    told = office.letters("extension.applicant")
    assert [letter.application_id for letter in told] == items
    assert {letter.facts["due"] for letter in told} == {"2024年8月21日 24:00"}
