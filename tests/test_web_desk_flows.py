"""The desk 流程: whether the engine lives, what each run did, what was missed, what failed, and trying it again."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import select
from visitors_of import Browser

from flows import engine
from office import deadlines, duties, flow_desk
from office.deadlines import Claimed
from office.visitors import Part
from records.tables.deadline import Deadline, FlowRun
from records.tables.event import Event, Note
from states.facts import State
from states.refusals import NotAllowed, NotYours

from cast import FOUNDED, HANDED_IN, Office, a_draft, an_application, at

CLOSED = at("2024-08-16 00:00")
OUTAGE = at("2024-08-16 03:00")
LONG_AFTER = at("2024-10-20 09:00")


def claim(office: Office, kind: str, now: datetime = HANDED_IN) -> Claimed:
    """The deadline of this kind in the engine's hands; whatever is due before it is done."""
    while claimed := deadlines.claim_next(office.desk.database, edition_key=office.desk.key, now=now, worker="engine"):
        if claimed.kind == kind:
            return claimed
        done(office, claimed, now)
    raise LookupError(kind)


def done(office: Office, claimed: Claimed, now: datetime) -> None:
    outcome = duties.carry_out(office.desk, claimed.kind, due_at=claimed.due_at, now=now)
    with office.desk.database.write() as session:
        deadlines.settle(session, claimed, outcome, now=now + timedelta(seconds=2))


def failed(office: Office, kind: str = "submission_opens") -> int:
    """A deadline that just failed, by its id."""
    claimed = claim(office, kind)
    with office.desk.database.write() as session:
        deadlines.fail(session, claimed, "OSError: 磁盘已满", now=HANDED_IN)
    return claimed.id


def sheet(data: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()


def test_the_engine_lives_as_long_as_it_looks(office: Office) -> None:
    home = office.desk.settings.home
    assert flow_desk.beat(home, now=HANDED_IN) == flow_desk.Beat(None, well=False)
    (home / flow_desk.ALIVE).write_text(HANDED_IN.isoformat())
    assert flow_desk.beat(home, now=HANDED_IN + timedelta(seconds=59)).well
    assert not flow_desk.beat(home, now=HANDED_IN + timedelta(seconds=61)).well
    (home / flow_desk.ALIVE).write_text("half a l")
    assert not flow_desk.beat(home, now=HANDED_IN).well


def test_the_engine_and_the_desk_speak_of_the_same_file() -> None:
    assert engine.ALIVE == flow_desk.ALIVE


def test_a_run_tells_what_it_moved_and_how_late(office: Office) -> None:
    a_draft(office)
    an_application(office, State.SUBMITTED, "乙")
    done(office, claim(office, "submission_closes", OUTAGE), OUTAGE)
    with office.desk.database.read() as session:
        (run,) = flow_desk.page(session, office.desk, kind="submission_closes").runs
        missed, ahead = flow_desk.coming(session, office.desk, now=OUTAGE)
    assert (run.cases, run.cases_in_all, run.seconds, run.late) == (("IM24-001",), 1, 2.0, OUTAGE - CLOSED)
    assert [each.kind for each in missed] == ["upload_grace_ends"]
    assert ahead[0].due_at > OUTAGE


def test_a_failed_deadline_is_tried_at_the_next_look(office: Office) -> None:
    deadline = failed(office)
    desk, soon = office.desk, HANDED_IN + timedelta(seconds=1)
    with desk.database.read() as session:
        (run,) = flow_desk.page(session, desk, only="failed").runs
        missed, _ = flow_desk.coming(session, desk, now=HANDED_IN)
    assert run.may_retry
    assert missed[0].again_at == HANDED_IN + timedelta(minutes=1)
    with desk.database.write() as session:
        assert flow_desk.retry(session, desk, deadline, officer_id=office.wang, now=soon) == "征集开始"
    claimed = deadlines.claim_next(desk.database, edition_key=desk.key, now=soon, worker="engine")
    assert claimed is not None
    assert (claimed.id, claimed.attempts) == (deadline, 2)


def test_what_did_not_fail_is_not_tried_again(office: Office) -> None:
    desk = office.desk
    deadline = failed(office)
    with desk.database.write() as session, pytest.raises(NotYours):
        flow_desk.retry(session, desk, deadline, officer_id=office.supervisor, now=HANDED_IN)
    with desk.database.read() as session:
        untouched = session.exec(select(Deadline.id).where(Deadline.kind == "announcement")).one()
    for other in (untouched or 0, 999_999):
        with desk.database.write() as session, pytest.raises(NotAllowed):
            flow_desk.retry(session, desk, other, officer_id=office.wang, now=HANDED_IN)
    with desk.database.write() as session:
        flow_desk.retry(session, desk, deadline, officer_id=office.wang, now=HANDED_IN)
    with desk.database.write() as session, pytest.raises(NotAllowed):  # twice is once
        flow_desk.retry(session, desk, deadline, officer_id=office.wang, now=HANDED_IN)


def test_a_stage_that_opens_unconfirmed_is_told_in_the_ledger(office: Office) -> None:
    done(office, claim(office, "submission_opens"), HANDED_IN)
    with office.desk.database.read() as session:
        (note,) = session.exec(select(Note.body).join(Event).where(Event.kind == "opened_unconfirmed")).all()
    assert note is not None
    assert (note["stage"], note["count"] > 0) == ("submission", True)


@pytest.mark.slow
class TestThePage:
    """What the office sees."""

    def test_the_engine_the_runs_and_what_was_missed(self, office: Office) -> None:
        a_draft(office)
        done(office, claim(office, "submission_closes", OUTAGE), OUTAGE)
        wang = Browser(office, Part.OFFICE, now=OUTAGE)
        page = wang.client.get("/flows").text
        for words in ("没有响应", "请系统管理员", "补办，晚 3 小时", "逾期 1 项", 'href="/cases/IM24-001"', "到期未办",
                      "执行后各状态项数", "未经 Prefect", "只在主机上对系统管理员开放"):  # fmt: skip
            assert words in page, words
        assert ":4200" not in page  # no way to Prefect's own page
        (office.desk.settings.home / flow_desk.ALIVE).write_text(OUTAGE.isoformat())
        assert "运行中" in wang.client.get("/flows").text
        rows = sheet(wang.client.get("/flows/list.xlsx?kind=submission_closes").content)
        assert any(row[1:2] == ["提交截止"] and row[4] == "完成" for row in rows)
        assert wang.client.get("/flows?page=99999999999999999999&kind=%25&only=x").status_code == 200

    def test_a_failure_is_said_in_words_and_retried(self, office: Office) -> None:
        deadline = failed(office)
        wang = Browser(office, Part.OFFICE)
        page = wang.client.get("/flows?only=failed").text
        for words in ("失败", "磁盘已满", "下次尝试", f"/flows/{deadline}/retry"):
            assert words in page
        assert "OSError" not in page
        assert f"/flows/{deadline}/retry" not in Browser(office, Part.SUPERVISOR).client.get("/flows").text
        path, form = f"/flows/{deadline}/retry", {"form_secret": wang.secret()}
        assert wang.client.post(path, data=form).status_code == 303
        answer = wang.client.post(path, data=form)
        assert (answer.status_code, "现在不能重试" in answer.text) == (422, True)
        assert wang.client.post("/flows/99999999999999999999/retry", data=form).status_code == 404

    def test_a_delivery_that_failed_is_listed(self, office: Office) -> None:
        with office.desk.database.write() as session:
            session.add(
                FlowRun(
                    edition=office.desk.key, kind="delivery", started_at=HANDED_IN, ended_at=HANDED_IN,
                    failed="ConnectionRefusedError: 邮件服务器不应答",
                )
            )  # fmt: skip
        page = Browser(office, Part.OFFICE).client.get("/flows").text
        assert "信件投递" in page
        assert "邮件服务器不应答" in page

    def test_without_the_watcher_the_page_says_so(self, office: Office) -> None:
        answer = Browser(office, Part.OFFICE).client.get("/flows/watcher", headers={"hx-request": "true"})
        assert "没有应答" in answer.text
        assert "<html" not in answer.text

    def test_an_opening_without_confirmation_stands_on_the_overview(self, office: Office) -> None:
        done(office, claim(office, "submission_opens"), HANDED_IN)
        page = Browser(office, Part.LEAD).client.get("/desk").text
        assert re.search(r"申报开始时 \d+ 项拟定内容未经确认", page)

    def test_an_edition_may_keep_a_round_shut_until_all_is_confirmed(self, office: Office) -> None:
        edition = office.desk.edition
        strict = edition.model_copy(
            update={"decisions": edition.decisions.model_copy(update={"confirm_before_opening": True})}
        )
        desk = replace(office.desk, loaded=replace(office.desk.loaded, edition=strict))
        outcome = duties.carry_out(desk, "first_round_opens", due_at=FOUNDED, now=FOUNDED)
        assert "没有确认" in outcome["blocked"]

    def test_why_a_tally_waits_is_not_told_but_why_a_round_does_is(self, office: Office) -> None:
        """A tie or a missing reason says something of scores that nobody may know before the release."""
        for kind, why in (("first_round_opens", "还没有分派"), ("first_round_locks", "第 15 名并列")):
            claimed = claim(office, kind, LONG_AFTER)
            with office.desk.database.write() as session:
                deadlines.settle(session, claimed, {"blocked": why, "letters": 2}, now=LONG_AFTER)
        wang = Browser(office, Part.OFFICE, now=LONG_AFTER)
        for told in (wang.client.get("/flows").text, str(sheet(wang.client.get("/flows/list.xlsx").content))):
            assert "未能自动办理，已告知办公室" in told
            assert "还没有分派" in told
            assert "并列" not in told

    def test_the_last_whole_backup_is_told(self, office: Office) -> None:
        wang = Browser(office, Part.OFFICE)
        assert "还没有" in wang.client.get("/flows").text.partition("最近的备份")[2][:200]
        for days, fault in ((3, ""), (1, "磁盘已满")):
            at_ = HANDED_IN - timedelta(days=days)
            run = FlowRun(
                edition=office.desk.key, kind="backup", started_at=at_, ended_at=at_, due_at=at_, failed=fault
            )
            with office.desk.database.write() as session:
                session.add(run)
        page = wang.client.get("/flows").text
        tile = page.partition("最近的备份")[2][:400]
        assert "2024年7月29日 10:00" in tile
        assert "超过 26 小时" in tile
        assert "<b>备份</b>" in page
