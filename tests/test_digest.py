"""The morning's letter to the office: on working days at 08:30, once, with what came, waits, is due, failed."""

from datetime import timedelta

import pytest
from sqlmodel import select

from config.settings import Settings
from flows.housekeeping import keep_house
from notifications.letters import render
from office import deadlines, digest, duties, silences
from records.tables.deadline import Deadline, FlowRun
from records.tables.event import Block
from records.tables.letter import Letter
from states import agenda
from states.facts import State

from cast import HANDED_IN, Office, a_draft, an_application, at

MORNING = at("2024-08-02 08:30")  # a Friday, the day after most was handed in


def planned(office: Office) -> list[Deadline]:
    with office.desk.database.read() as session:
        return list(session.exec(select(Deadline).where(Deadline.kind == agenda.DIGEST).order_by(Deadline.due_at)))


def told(office: Office, address: str = "wang@office.example") -> Letter:
    return next(each for each in reversed(office.letters("digest.office")) if each.email == address)


def run(office: Office, kind: str, at_: object, failed: str = "") -> None:
    deadlines.keep(
        office.desk.database,
        FlowRun(edition=office.desk.key, kind=kind, started_at=at_, ended_at=at_, failed=failed),
    )


def test_it_is_written_on_working_days_alone(office: Office) -> None:
    mornings = {
        "2024-08-02 08:29": "2024-08-02 08:30",
        "2024-08-02 08:30": "2024-08-05 08:30",
        "2024-09-30 09:00": "2024-10-08 08:30",  # over the national holidays
        "2024-10-11 12:00": "2024-10-12 08:30",  # a Saturday that is worked in exchange
    }
    found = {after: digest.next_morning(office.desk, after=at(after)) for after in mornings}
    assert found == {after: at(next_one) for after, next_one in mornings.items()}


def test_the_engine_plans_one_at_a_time_and_makes_up_for_one_alone(office: Office) -> None:
    """However often it looks; three mornings that were missed are one letter."""
    for _ in range(2):
        keep_house(office.desk, now=at("2024-08-01 12:00"))
    assert [row.due_at for row in planned(office)] == [MORNING]
    late = at("2024-08-07 10:00")
    taken = deadlines.claim_next(office.desk.database, edition_key=office.desk.key, now=late, worker="w")
    while taken and taken.kind != agenda.DIGEST:
        with office.desk.database.write() as session:
            deadlines.settle(session, taken, {"letters": 3}, now=late)
        taken = deadlines.claim_next(office.desk.database, edition_key=office.desk.key, now=late, worker="w")
    assert taken is not None
    duties.carry_out(office.desk, taken.kind, due_at=taken.due_at, now=late)
    with office.desk.database.write() as session:
        deadlines.settle(session, taken, {"letters": 3}, now=late)
    assert len(office.letters("digest.office")) == 3
    assert digest.plan(office.desk, now=late)
    assert [row.due_at for row in planned(office)] == [MORNING, at("2024-08-08 08:30")]


def test_it_tells_what_came_what_waits_and_what_is_due(office: Office) -> None:
    an_application(office, State.SUBMITTED)
    a_draft(office, "乙")
    run(office, "backup", at("2024-08-02 02:30"))
    run(office, "delivery", HANDED_IN + timedelta(hours=1), failed="ConnectionRefusedError: ")
    assert duties.carry_out(office.desk, "digest", due_at=MORNING, now=MORNING)["letters"] == 3
    facts = told(office).facts
    assert facts["came"] == "新提交 1 项"
    assert facts["failed"] == "信件投递：失败 1 次"
    assert facts["backup"] == "2024年8月2日 02:30（6 小时前）"
    assert facts["window"] == "2024年8月1日 08:30至今"
    with office.desk.database.read() as session:
        assert session.exec(select(Block).order_by(Block.id.desc())).first().digest in facts["root"].replace("\n", "")
    soon = duties.carry_out(office.desk, "digest", due_at=at("2024-08-12 08:30"), now=at("2024-08-12 08:30"))
    assert soon["letters"] == 3
    assert "2024年8月15日 24:00 提交截止，1 项在等" in told(office).facts["soon"]


def test_each_officer_is_told_what_waits_for_them(office: Office) -> None:
    an_application(office, State.ENDORSED)
    now = at("2024-08-20 08:30")
    duties.carry_out(office.desk, "digest", due_at=now, now=now)
    assert "1 项待形式审查（2024年8月30日 24:00）" in told(office).facts["waits"]
    assert "supervisor@office.example" not in {letter.email for letter in office.letters("digest.office")}


def test_twice_a_day_is_once_and_an_empty_day_says_so(office: Office) -> None:
    assert [
        duties.carry_out(office.desk, "digest", due_at=MORNING, now=MORNING + n * timedelta(hours=1))["letters"]
        for n in range(2)
    ] == [3, 0]
    facts = told(office).facts
    assert (facts["came"], facts["failed"], facts["backup"]) == ("没有", "没有", "还没有完好的备份")


def test_silenced_it_is_not_written_and_planned_all_the_same(office: Office) -> None:
    with office.desk.database.write() as session:
        silences.silence(session, office.desk, "digest", reason="休假", officer_id=office.ren, now=HANDED_IN)
    assert "letters" not in duties.carry_out(office.desk, "digest", due_at=MORNING, now=MORNING)
    assert office.letters("digest.office") == []
    assert digest.plan(office.desk, now=MORNING)


def test_it_reads_as_a_letter(office: Office, settings: Settings) -> None:
    an_application(office, State.SUBMITTED)
    duties.carry_out(office.desk, "digest", due_at=MORNING, now=MORNING)
    words = render(told(office), edition=office.desk.edition, settings=settings)
    for line in ("办公室晨报", "收到：新提交 1 项", "    第 ", "不含任何分数", f"{settings.public_url}/desk"):
        assert line in f"{words.subject}\n{words.text}"


@pytest.fixture
def settings(office: Office) -> Settings:
    return office.desk.settings
