"""The formal check: machine lines, human lines, waivers by two persons, passing in one batch (R20, R44, R68–R88)."""

import pytest

from config.refusal import Refusal
from documents.findings import Finding, Verdict
from office import check_sheet, corrections, formal_check
from office.check_sheet import SheetLine
from office.formal_check import Answer
from records.tables.application import CheckLine
from states.facts import State
from states.refusals import NotAllowed, NotYours

from cast import CHECKED, Office, a_draft, an_application, applications, check_through, endorse, files, put, submit

LONG_VIDEO = Finding("video.length", "R72", Verdict.RED, "时长 12:07，超过 12:00", "请剪短到 12 分钟以内后重新上传。")
NO_SEAL = Finding("letter.unit", "R87", Verdict.LOOK, "申报单位（盖章）：未看到印章", "由遴选办公室人工核对。")
STYLE = Finding("form.style.body", "R66", Verdict.ADVICE, "正文 40 段，2 段格式不同", "建议调整格式。")


def lines_of(office: Office, item_id: int) -> dict[str, SheetLine]:
    with office.desk.database.read() as session:
        return {line.rule: line for line in check_sheet.sheet(session, office.desk, office.found(item_id))}


def endorsed_with(office: Office, slot: str, *lines: Finding) -> int:
    item_id = a_draft(office)
    put(office, item_id, slot, *lines, words="其他")
    submit(office, item_id)
    endorse(office, item_id)
    return item_id


def tick(office: Office, item_id: int, answer: Answer, *, by: int) -> CheckLine:
    with office.desk.database.write() as session:
        return formal_check.tick(session, office.desk, item_id, answer, officer_id=by, now=CHECKED)


def pass_check(office: Office, *ids: int) -> None:
    with office.desk.database.write() as session:
        formal_check.pass_check(session, office.desk, ids, officer_id=office.wang, now=CHECKED)


def accept_human_lines(office: Office, item_id: int) -> int:
    with office.desk.database.write() as session:
        return formal_check.tick_all_human(session, office.desk, item_id, officer_id=office.wang, now=CHECKED)


def test_the_sheet_has_machine_lines_and_human_lines(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    lines = lines_of(office, item_id)
    assert [line.rule for line in lines.values() if line.verdict is not None] == [
        "form.words",
        "video.length",
        "letter.endorser",
    ]
    human = [line.r for line in lines.values() if line.verdict is None]
    assert human == [
        line.r for line in office.desk.edition.check.human_lines if line.slot in ("form", "video", "letter")
    ]
    assert {"R68", "R73", "R75", "R76", "R88"} <= set(human)


def test_nothing_passes_with_an_open_human_line(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    with pytest.raises(NotAllowed, match="审查表还没有填完"):
        pass_check(office, item_id)
    assert accept_human_lines(office, item_id) == len(office.desk.edition.check.human_lines)
    assert accept_human_lines(office, item_id) == 0
    pass_check(office, item_id)
    assert office.found(item_id).state == State.FORMALLY_CHECKED


def test_many_ready_cases_pass_in_one_batch_or_none_does(office: Office) -> None:
    ids = applications(office, State.ENDORSED, 3)
    for item_id in ids[:2]:
        accept_human_lines(office, item_id)
    with office.desk.database.read() as session:
        assert formal_check.ready_ids(session, office.desk) == ids[:2]
    with pytest.raises(NotAllowed):
        pass_check(office, *ids)
    assert [office.found(item_id).state for item_id in ids] == [State.ENDORSED] * 3
    pass_check(office, *ids[:2])
    assert [office.found(item_id).state for item_id in ids] == [State.FORMALLY_CHECKED] * 2 + [State.ENDORSED]
    assert len(office.letters("pass_check.applicant")) == 2


def test_advice_needs_no_answer(office: Office) -> None:
    """R63–R67 advise and never block."""
    item_id = endorsed_with(office, "form", STYLE)
    assert lines_of(office, item_id)["form.style.body"].settled
    check_through(office, item_id)


def test_a_line_to_look_at_needs_a_person(office: Office) -> None:
    item_id = endorsed_with(office, "letter", NO_SEAL)
    accept_human_lines(office, item_id)
    with pytest.raises(NotAllowed, match="审查表还没有填完"):
        pass_check(office, item_id)
    tick(office, item_id, Answer("letter.unit", files(office, item_id)["letter"]), by=office.li)
    pass_check(office, item_id)


def test_a_red_line_is_waived_by_two_persons_with_a_reason(office: Office) -> None:
    item_id = endorsed_with(office, "video", LONG_VIDEO)
    accept_human_lines(office, item_id)
    video = files(office, item_id)["video"]
    with pytest.raises(NotAllowed, match="不能直接通过"):
        tick(office, item_id, Answer("video.length", video), by=office.wang)
    with pytest.raises(NotAllowed, match="没有写明理由"):
        tick(office, item_id, Answer("video.length", video, waiver=True), by=office.wang)
    line = tick(office, item_id, Answer("video.length", video, reason="片尾黑屏 10 秒", waiver=True), by=office.wang)
    with pytest.raises(NotAllowed, match="第二人确认"):
        pass_check(office, item_id)
    for not_second, refusal in ((office.wang, NotYours), (office.supervisor, NotYours)):
        with pytest.raises(refusal), office.desk.database.write() as session:
            formal_check.confirm_waiver(session, office.desk, line.id or 0, officer_id=not_second, now=CHECKED)
    with office.desk.database.write() as session:
        formal_check.confirm_waiver(session, office.desk, line.id or 0, officer_id=office.li, now=CHECKED)
    pass_check(office, item_id)
    assert office.found(item_id).state == State.FORMALLY_CHECKED


def test_a_waiver_that_is_answered_anew_wants_its_second_person_again(office: Office) -> None:
    item_id = endorsed_with(office, "video", LONG_VIDEO)
    accept_human_lines(office, item_id)
    answer = Answer("video.length", files(office, item_id)["video"], reason="片尾黑屏", waiver=True)
    line = tick(office, item_id, answer, by=office.wang)
    with office.desk.database.write() as session:
        formal_check.confirm_waiver(session, office.desk, line.id or 0, officer_id=office.li, now=CHECKED)
    tick(office, item_id, answer, by=office.li)
    with pytest.raises(NotAllowed, match="第二人确认"):
        pass_check(office, item_id)


def test_only_a_red_line_is_waived(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    answer = Answer("form.words", files(office, item_id)["form"], reason="无", waiver=True)
    with pytest.raises(NotAllowed, match="才需要放行"):
        tick(office, item_id, answer, by=office.wang)


def test_an_officer_may_say_no_to_a_green_line(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    accept_human_lines(office, item_id)
    form = files(office, item_id)["form"]
    with pytest.raises(NotAllowed, match="理由"):
        tick(office, item_id, Answer("form.words", form, accepted=False), by=office.wang)
    tick(office, item_id, Answer("form.words", form, accepted=False, reason="正文夹带图片文字"), by=office.wang)
    with pytest.raises(NotAllowed):
        pass_check(office, item_id)
    with office.desk.database.read() as session:
        assert corrections.proposed(session, office.desk, item_id) == (
            ("form",),
            "正文计 4000 字，上限 5000 字 正文夹带图片文字",
        )


def test_a_long_video_is_proposed_to_be_sent_back(office: Office) -> None:
    """R72: 超时会要求返回修改."""
    item_id = endorsed_with(office, "video", LONG_VIDEO)
    with office.desk.database.read() as session:
        slots, words = corrections.proposed(session, office.desk, item_id)
    assert slots == ("video",)
    assert "12:07" in words


def test_an_answer_holds_for_its_file_alone(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    with pytest.raises(NotAllowed, match="没有这一条"):
        tick(office, item_id, Answer("form.words", files(office, item_id)["video"]), by=office.wang)
    with pytest.raises(NotAllowed, match="没有这一条"):
        tick(office, item_id, Answer("no.such.rule", files(office, item_id)["form"]), by=office.wang)


def test_drafts_and_passed_cases_have_no_sheet_to_fill(office: Office) -> None:
    draft, passed = a_draft(office, "乙"), an_application(office, State.FORMALLY_CHECKED)
    for item_id in (draft, passed):
        with pytest.raises(NotAllowed, match="审查表不能填写"):
            tick(office, item_id, Answer("form.words", files(office, item_id)["form"]), by=office.wang)


def test_a_supervisor_only_reads(office: Office) -> None:
    item_id = an_application(office, State.ENDORSED)
    with pytest.raises(Refusal, match="不能办理"):
        tick(office, item_id, Answer("form.words", files(office, item_id)["form"]), by=office.supervisor)


def test_nobody_passes_what_was_not_endorsed(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    accept_human_lines(office, item_id)
    with pytest.raises(NotAllowed, match="推荐方确认"):
        pass_check(office, item_id)
