"""The plan's dates and its flow up to the formal check: R30 to R46."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from plan_clauses import clause, edition, idle, shipped
from plan_office import FIRST_ROUND, PANEL_FORMED, an_office, open_round, prepare
from sqlmodel import select

from cli import specimens
from config.refusal import Refusal
from documents import checks
from documents.findings import Declared, Report
from office import corrections, endorsement, formal_check, intake, people, uploads
from office.uploads import Incoming
from records.tables.application import Application
from states import agenda
from states.facts import Actor, Facts, State
from states.lifecycle import Trigger, step
from states.refusals import NotAllowed

from cast import (
    CHECKED,
    HANDED_IN,
    Office,
    a_draft,
    an_application,
    at,
    check_through,
    draft_form,
    endorse,
    experts,
    put,
    submit,
)

MOMENT = timedelta(microseconds=1)
OPENS = at("2024-05-29 00:00")
CLOSES = at("2024-08-16 00:00")
SOCIETY_NAMES = {"title": "高档数控机床误差自补偿", "unit": "江城重型机床股份有限公司", "endorser": "中国机械工程学会"}


def _due(kind: str) -> datetime:
    return next(each.due_at for each in agenda.planned(edition()) if each.kind == kind)


def _begin(office: Office, item_id: int, at_: datetime) -> None:
    with office.desk.database.write() as session:
        uploads.begin_file(session, office.desk, item_id, Incoming("form", "推荐表.docx", begun_at=at_))


@clause("R30", "2024年5月29日-8月15日", guards="edition:submission.opens")
def test_entries_are_taken_from_the_29th_of_may_and_not_a_moment_before(tmp_path: Path) -> None:
    with an_office(tmp_path) as office, office.desk.database.write() as session:
        with pytest.raises(NotAllowed, match="征集尚未开始"):
            intake.create_draft(session, office.desk, draft_form(), now=OPENS - MOMENT)
        intake.create_draft(session, office.desk, draft_form(), now=OPENS)


@clause("R31", "于8月15 日前", guards=("edition:submission.closes", "states.guards:IN_WINDOW"))
def test_the_15th_of_august_is_in_to_its_last_moment_and_midnight_is_late(tmp_path: Path) -> None:
    assert (CLOSES - OPENS).days == 79
    with an_office(tmp_path) as office:
        in_time, late = a_draft(office, "甲"), a_draft(office, "乙")
        submit(office, in_time, now=CLOSES - MOMENT)
        assert office.found(in_time).state == State.SUBMITTED
        with pytest.raises(NotAllowed, match="提交时间"):
            submit(office, late, now=CLOSES)
        assert office.found(late).state == State.DRAFT


@clause(
    "R32",
    "完成文件1、文件2、文件 3、文件4电子版的线上提交",
    guards=("edition:submission.closes", "states.windows:upload_may_begin"),
)
def test_a_file_whose_first_byte_comes_at_midnight_is_late(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        item_id = a_draft(office)
        _begin(office, item_id, CLOSES - MOMENT)
        with pytest.raises(NotAllowed, match="晚于截止时刻"):
            _begin(office, item_id, CLOSES)


def _days(*kinds: str) -> list[str]:
    """The days on which these kinds fall due; none of those that are not planned."""
    due = {each.kind: each.due_at for each in agenda.planned(edition())}
    return [f"{due[kind]:%m-%d}" for kind in kinds if kind in due]


@clause("R33", "初评，2024 年 10 月 15 日前", guards=("edition:rounds[0].result_due", "edition:reminders.days_before"))
def test_the_first_round_is_due_by_the_end_of_the_15th_of_october() -> None:
    assert edition().rounds[0].locks < at("2024-10-16 00:00")
    assert _due("first_round_due") == at("2024-10-16 00:00")
    before = [f"remind_first_round_{days}" for days in (14, 7, 3, 1)]
    assert _days(*before) == ["10-01", "10-08", "10-12", "10-14"]


@clause("R34", "终评2024年10月31日前", guards=("edition:rounds[1].result_due", "states.agenda:concerns_office_only"))
def test_the_final_is_due_by_the_end_of_the_31st_of_october_and_that_binds_the_office() -> None:
    assert edition().rounds[1].locks < at("2024-11-01 00:00")
    assert _due("final_due") == at("2024-11-01 00:00")
    assert _days("remind_final_14") == ["10-17"]
    assert next(each for each in agenda.planned(edition()) if each.kind == "final_due").office_only


@clause(
    "R35",
    "7 天公示",
    guards=("edition:notice.days", "edition:notice.count_posting_day", "edition:notice.roll_weekends"),
)
def test_a_notice_lasts_seven_whole_days_after_the_day_of_posting() -> None:
    """Posted on a Friday it ends with the next Friday; posted on a Saturday with a Monday."""
    friday, saturday = at("2024-11-01 09:00"), at("2024-11-02 09:00")
    ends = {
        posted: next(each.due_at for each in agenda.planned(edition(), posted=posted) if each.kind == "notice_closes")
        for posted in (friday, saturday)
    }
    assert ends == {friday: at("2024-11-09 00:00"), saturday: at("2024-11-12 00:00")}


@clause(
    "R37",
    "成员学会盖章或专家签字后，申报单位",
    guards=("edition:endorsement.required", "states.guards:NO_ENDORSEMENT"),
)
def test_no_entry_passes_the_check_before_it_is_endorsed(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        item_id = an_application(office, State.SUBMITTED)
        with office.desk.database.write() as session:
            formal_check.tick_all_human(session, office.desk, item_id, officer_id=office.wang, now=CHECKED)
        with pytest.raises(NotAllowed, match="还没有推荐方确认"), office.desk.database.write() as session:
            formal_check.pass_check(session, office.desk, [item_id], officer_id=office.wang, now=CHECKED)
        endorse(office, item_id)
        with office.desk.database.write() as session:
            formal_check.pass_check(session, office.desk, [item_id], officer_id=office.wang, now=CHECKED)
        assert office.found(item_id).state == State.FORMALLY_CHECKED


def _letter_report(path: Path, route: str, **sealed: object) -> Report:
    """The check of a real letter, written as the shipped edition prints it."""
    file = path / "承诺书.pdf"
    specimens.write_letter(
        file, edition=shipped().edition, route=route, date=at("2024-07-12 00:00").date(), **SOCIETY_NAMES, **sealed
    )
    declared = Declared(**SOCIETY_NAMES, route=route)
    return checks.check_file(file, slot=edition().slot("letter"), edition=edition(), declared=declared, in_child=False)


def _handed_in_with(office: Office, letter: Report, *, expert: bool = False) -> int:
    item_id = a_draft(office, "盖章")
    if expert:
        known = people.Known("温教授", ["wen@experts.example"], phone="010-1", unit="某大学", position="教授")
        with office.desk.database.write() as session:
            signing = endorsement.expert_endorser(session, office.desk, known)
            intake.choose_endorser(session, office.desk, item_id, signing, now=HANDED_IN)
    put(office, item_id, "letter", *letter.findings, words="扫描")
    submit(office, item_id)
    return item_id


def _endorse_from_paper(office: Office, item_id: int) -> str:
    with office.desk.database.write() as session:
        endorsement.endorse_from_paper(
            session, office.desk, item_id, officer_id=office.wang, reason="见文件 3", now=at("2024-08-24 09:00")
        )
    return office.found(item_id).state


@clause("R38", "提交推荐学会(15 家成员学会任一均可)审核并盖章", guards="documents.seals:find_seals")
def test_a_societys_seal_in_file_3_lets_the_office_confirm_the_endorsement(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        bare = _letter_report(tmp_path, "society", seals=("unit",))
        with pytest.raises(NotAllowed, match="还没有认定"):
            _endorse_from_paper(office, _handed_in_with(office, bare))
    with an_office(tmp_path / "sealed") as office:
        sealed = _letter_report(tmp_path, "society")
        assert _endorse_from_paper(office, _handed_in_with(office, sealed)) == State.ENDORSED


@clause("R39", "或者提交推荐专家审核并签字", guards="documents.signatures:find_signatures")
def test_an_experts_signature_in_file_3_lets_the_office_confirm_the_endorsement(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        bare = _letter_report(tmp_path, "expert", signature=False)
        with pytest.raises(NotAllowed, match="还没有认定"):
            _endorse_from_paper(office, _handed_in_with(office, bare, expert=True))
    with an_office(tmp_path / "signed") as office:
        signed = _letter_report(tmp_path, "expert")
        assert _endorse_from_paper(office, _handed_in_with(office, signed, expert=True)) == State.ENDORSED


@clause("R40", "成员学会盖章或专家签字后", guards=("states.guards:NOT_SEALED", "states.guards:INSTANT_PASSED"))
def test_who_is_neither_sealed_nor_confirmed_lapses_and_who_sealed_in_time_stays() -> None:
    passed, now = at("2024-08-23 00:00"), at("2024-08-23 00:00")
    lapse = {"trigger": Trigger.LAPSE, "actor": Actor.CLOCK}
    facts = Facts(own_instant=passed, sealed_on_paper=False)
    assert step(State.SUBMITTED, facts, **lapse, now=now) is State.LAPSED
    with pytest.raises(NotAllowed, match="期限还没有到"):
        step(State.SUBMITTED, facts, **lapse, now=now - MOMENT)
    with pytest.raises(NotAllowed, match="已见推荐方盖章或签字"):
        step(State.SUBMITTED, replace(facts, sealed_on_paper=True), **lapse, now=now)


def _with_every_file_but(office: Office, missing: str) -> int:
    """A draft that could be handed in, were it not for one file."""
    with office.desk.database.write() as session:
        item_id = intake.create_draft(session, office.desk, draft_form(missing), now=HANDED_IN).id or 0
        intake.tick_commitments(session, office.desk, item_id, [True] * 4, now=HANDED_IN)
        society = endorsement.society_endorser(session, office.desk, "中国纺织工程学会")
        intake.choose_endorser(session, office.desk, item_id, society, now=HANDED_IN)
    for slot in {"form", "video", "letter", "evidence"} - {missing}:
        put(office, item_id, slot)
    return item_id


@clause(
    "R42",
    "文件 1、文件 2、文件 3",
    guards=(
        "edition:slots[0].required",
        "edition:slots[1].required",
        "edition:slots[2].required",
        "states.guards:FILES_READY",
    ),
)
def test_nothing_is_handed_in_without_files_1_2_and_3(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        for missing in ("form", "video", "letter"):
            with pytest.raises(NotAllowed, match="必交文件不齐"):
                submit(office, _with_every_file_but(office, missing))


@clause("R43", "非必须提供", guards="edition:slots[3].required")
def test_file_4_may_be_missing(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        item_id = _with_every_file_but(office, "evidence")
        submit(office, item_id)
        assert office.found(item_id).state == State.SUBMITTED


@clause(
    "R44",
    "通过审查的推荐材料进入第一轮遴选(初评)",
    guards="office.tally:candidates",
    invert=lambda true: lambda session, desk, key: list(session.exec(select(Application.id))),
)
def test_only_what_passed_the_check_enters_the_first_round(tmp_path: Path) -> None:
    with an_office(tmp_path, "checked") as office:
        item_id = an_application(office, State.ENDORSED)
        prepare(office, "first_round", experts(office, 3), now=PANEL_FORMED)
        assert open_round(office, "first_round", now=FIRST_ROUND) == 16
        assert office.found(item_id).state == State.ENDORSED


@clause("R45", "要求返回修改", guards=("states.guards:REASON", "states.guards:SLOTS_NAMED"))
def test_what_fails_goes_back_with_named_files_a_reason_and_a_due_instant(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        item_id = an_application(office)
        for slots, reason in (((), "超时"), (("video",), " ")):
            with pytest.raises(Refusal), office.desk.database.write() as session:
                corrections.send_back(
                    session, office.desk, item_id, slots=slots, reason=reason, officer_id=office.wang, now=CHECKED
                )
        with office.desk.database.write() as session:
            corrections.send_back(
                session, office.desk, item_id, slots=["video"], reason="超时", officer_id=office.wang, now=CHECKED
            )
        item = office.found(item_id)
        assert (item.state, item.open_slots) == (State.RETURNED, "video")
        assert item.lapses_at == at("2024-08-28 00:00")


@clause("R46", "（方案未写）", guards="office.letter_facts:write", invert=idle(0))
def test_every_step_is_written_about_to_whom_the_table_names(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        item_id = an_application(office, State.SUBMITTED)
        assert _written(office, item_id) == ["submit.applicant", "submit.endorser"]
        endorse(office, item_id)
        check_through(office, item_id)
        assert _written(office, item_id)[2:] == ["endorse.applicant", "pass_check.applicant"]


def _written(office: Office, item_id: int) -> list[str]:
    return [letter.template for letter in office.letters() if letter.application_id == item_id]
