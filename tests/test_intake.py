"""Taking applications in: drafts, files by their first byte, commitments, handing in (R30–R32, R40–R42, A23)."""

from datetime import timedelta
from io import BytesIO

import pytest
from pydantic import ValidationError
from sqlmodel import select

from config.refusal import Refusal
from documents.findings import Finding, Verdict
from office import applications, extensions, intake, uploads
from office.uploads import Checked, Incoming
from records.tables.application import Upload
from states.facts import Actor, State
from states.refusals import NotAllowed, NotYours

from cast import HANDED_IN, Office, a_draft, an_application, at, draft_form, put, report_of, submit

CLOSES = at("2024-08-16 00:00")
MICROSECOND = timedelta(microseconds=1)
TOO_LONG = Finding("form.words", "R52", Verdict.RED, "正文计 5600 字，上限 5000 字", "请删减。", blocks_submit=True)
LONG_VIDEO = Finding("video.length", "R72", Verdict.RED, "时长 12:07，超过 12:00", "请剪短。")


def create(office: Office, name: str = "甲", **told: object) -> int:
    now = told.pop("now", HANDED_IN)
    with office.desk.database.write() as session:
        return intake.create_draft(session, office.desk, draft_form(name, **told), now=now).id or 0


def begin(office: Office, item_id: int, slot: str, instant: object) -> Upload:
    with office.desk.database.write() as session:
        return uploads.begin_file(session, office.desk, item_id, Incoming(slot, slot, begun_at=instant))


def finish(office: Office, upload: Upload, instant: object) -> None:
    kept = office.desk.vault.keep(BytesIO(b"bytes"))
    by = Incoming(upload.slot, upload.name, begun_at=upload.begun_at)
    with office.desk.database.write() as session:
        row = session.get_one(Upload, upload.id)
        uploads.finish_file(session, office.desk, row, Checked(kept, report_of("form", "form")), by=by, now=instant)


def current(office: Office, item_id: int) -> list[tuple[str, int, int]]:
    with office.desk.database.read() as session:
        files = applications.current_files(session, item_id)
    return [(file.slot, file.ordinal, file.revision) for file in files]


def test_numbers_run_by_edition(office: Office) -> None:
    numbers = [office.found(create(office, name)).number for name in ("甲", "乙", "丙")]
    assert numbers == ["IM24-001", "IM24-002", "IM24-003"]


def test_a_draft_waits_until_submission_closes(office: Office) -> None:
    item = office.found(create(office))
    assert (item.state, item.lapses_at) == (State.DRAFT, CLOSES)


def test_drafts_are_made_inside_the_window_alone(office: Office) -> None:
    opens = office.desk.edition.submission.opens
    with pytest.raises(NotAllowed, match="尚未开始"):
        create(office, "甲", now=opens - MICROSECOND)
    with pytest.raises(NotAllowed, match="晚于截止时刻 2024年8月15日 24:00"):
        create(office, "乙", now=CLOSES)
    create(office, "丙", now=opens)
    create(office, "丁", now=CLOSES - MICROSECOND)


def test_the_same_project_twice_is_refused(office: Office) -> None:
    """A23: one unit may bring several projects, but not one project twice."""
    create(office, "甲")
    with pytest.raises(Refusal, match="已经登记，编号 IM24-001"):
        create(office, "甲", title=" 甲项目 智能产线 ")
    create(office, "甲", title="甲单位的另一项目")
    create(office, "甲", unit="乙单位")


def test_category_and_unit_type_are_those_of_the_edition(office: Office) -> None:
    item = office.found(create(office, category="智能生产", unit_type="高校"))
    assert (item.category, item.unit_type) == ("production", "university")
    with pytest.raises(Refusal, match="本届没有“航天”") as refused:
        create(office, "乙", category="航天")
    assert "product（智能产品）" in refused.value.next_step


@pytest.mark.parametrize(
    "told", [{"title": "  "}, {"title": "长" * 201}, {"contact": {"name": "甲", "email": "a b@c"}}]
)
def test_a_draft_needs_a_title_and_a_real_address(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        draft_form("甲", **told)


def test_the_first_byte_decides(office: Office) -> None:
    """R31: begun at 00:00:00.000000 is late, a microsecond earlier is in time."""
    item_id = create(office)
    with pytest.raises(NotAllowed, match="晚于截止时刻"):
        begin(office, item_id, "form", CLOSES)
    begin(office, item_id, "form", CLOSES - MICROSECOND)


def test_an_upload_begun_in_time_may_end_and_be_submitted_within_the_grace(office: Office) -> None:
    item_id = a_draft(office)
    grace_ends = CLOSES + timedelta(minutes=30)
    upload = begin(office, item_id, "form", CLOSES - MICROSECOND)
    finish(office, upload, grace_ends - MICROSECOND)
    submit(office, item_id, now=grace_ends - MICROSECOND)
    assert office.found(item_id).state == State.SUBMITTED


def test_an_upload_ends_with_the_grace(office: Office) -> None:
    item_id = a_draft(office)
    upload = begin(office, item_id, "form", CLOSES - MICROSECOND)
    with pytest.raises(NotAllowed, match="未能在 2024年8月16日 00:30 之前完成"):
        finish(office, upload, CLOSES + timedelta(minutes=30))


def test_without_an_upload_in_flight_there_is_no_grace(office: Office) -> None:
    item_id = a_draft(office)
    with pytest.raises(NotAllowed, match="不在提交时间之内"):
        submit(office, item_id, now=CLOSES)
    submit(office, item_id, now=CLOSES - MICROSECOND)


def test_an_extension_moves_the_window_of_one_application(office: Office) -> None:
    extended, other = a_draft(office, "甲"), a_draft(office, "乙")
    until = CLOSES + timedelta(days=2)
    with office.desk.database.write() as session:
        extensions.extend(
            session, office.desk, "submission", until, reason="洪水", officer_id=office.ren, item_id=extended,
            now=HANDED_IN,
        )  # fmt: skip
    put(office, extended, "form", words="新", now=CLOSES)
    with pytest.raises(NotAllowed, match="晚于截止时刻"):
        put(office, other, "form", words="新", now=CLOSES)
    submit(office, extended, now=until - MICROSECOND)
    assert office.found(extended).state == State.SUBMITTED


def test_versions_run_and_one_is_current(office: Office) -> None:
    item_id = a_draft(office)
    put(office, item_id, "form", words="第二版")
    put(office, item_id, "form", words="第三版")
    assert ("form", 1, 3) in current(office, item_id)
    assert len([file for file in current(office, item_id) if file[0] == "form"]) == 1


def test_evidence_takes_many_files_each_with_its_versions(office: Office) -> None:
    """A25: several files are accepted."""
    item_id = a_draft(office)
    put(office, item_id, "evidence", words="一")
    put(office, item_id, "evidence", words="二")
    evidence = [file for file in current(office, item_id) if file[0] == "evidence"]
    assert evidence == [("evidence", 1, 1), ("evidence", 2, 1)]
    submit(office, item_id)


def test_an_optional_file_that_blocks_can_be_taken_out_again(office: Office) -> None:
    """R43: 没有可不提供."""
    item_id = a_draft(office)
    broken = Finding("evidence.pages", "R89", Verdict.RED, "打不开", "请重新扫描。", blocks_submit=True)
    upload_id = put(office, item_id, "evidence", broken)
    with pytest.raises(NotAllowed, match="不能提交的问题"):
        submit(office, item_id)
    with office.desk.database.write() as session:
        upload = session.get_one(Upload, upload_id)
        by = Incoming("evidence", upload.name, begun_at=HANDED_IN)
        uploads.drop_file(session, office.desk, upload, by=by, now=HANDED_IN)
    submit(office, item_id)


def test_a_slot_that_the_edition_has_not_is_refused(office: Office) -> None:
    item_id = create(office)
    with pytest.raises(Refusal, match="没有“budget”这一份") as refused:
        begin(office, item_id, "budget", HANDED_IN)
    assert "form、video、letter、evidence" in refused.value.next_step


def test_what_was_handed_in_is_not_changed(office: Office) -> None:
    item_id = an_application(office, State.SUBMITTED)
    with pytest.raises(NotAllowed, match="不能更换文件"):
        put(office, item_id, "form", words="偷换")


def test_a_broken_off_upload_gives_way_to_the_next_one(office: Office) -> None:
    item_id = create(office)
    begin(office, item_id, "form", HANDED_IN)
    finish(office, begin(office, item_id, "form", HANDED_IN + MICROSECOND), HANDED_IN + MICROSECOND)
    with office.desk.database.read() as session:
        rows = session.exec(select(Upload).where(Upload.application_id == item_id).order_by(Upload.revision)).all()
    assert [(row.revision, row.finished_at is None, row.superseded_at is None) for row in rows] == [
        (1, True, False),
        (2, False, True),
    ]


def test_all_four_commitments_are_ticked(office: Office) -> None:
    """R81–R84."""
    item_id = create(office)
    with pytest.raises(Refusal, match="第 2 条、第 4 条"), office.desk.database.write() as session:
        intake.tick_commitments(session, office.desk, item_id, [True, False, True], now=HANDED_IN)
    assert office.found(item_id).commitments_at is None


@pytest.mark.parametrize("missing", ["form", "video", "letter"])
def test_files_1_2_and_3_are_required_and_4_is_not(office: Office, missing: str) -> None:
    """R42, R43."""
    item_id = a_draft(office)
    with office.desk.database.write() as session:
        for file in applications.current_files(session, item_id):
            if file.slot == missing:
                by = Incoming(missing, file.name, begun_at=HANDED_IN)
                uploads.drop_file(session, office.desk, file, by=by, now=HANDED_IN)
    with pytest.raises(NotAllowed, match="必交文件不齐"):
        submit(office, item_id)
    put(office, item_id, missing)
    submit(office, item_id)


def test_a_form_above_the_limit_blocks_and_a_long_video_does_not(office: Office) -> None:
    """R52 blocks; R72 is sent back by the office."""
    item_id = a_draft(office)
    put(office, item_id, "form", TOO_LONG, words="长")
    with pytest.raises(NotAllowed, match="不能提交的问题"):
        submit(office, item_id)
    put(office, item_id, "form", words="短")
    put(office, item_id, "video", LONG_VIDEO, words="长")
    submit(office, item_id)
    assert office.found(item_id).state == State.SUBMITTED


def test_without_commitments_or_endorser_nothing_is_handed_in(office: Office) -> None:
    item_id = create(office)
    for slot in ("form", "video", "letter"):
        put(office, item_id, slot)
    with pytest.raises(NotAllowed, match="承诺"):
        submit(office, item_id)
    with office.desk.database.write() as session:
        intake.tick_commitments(session, office.desk, item_id, [True] * 4, now=HANDED_IN)
    with pytest.raises(NotAllowed, match="推荐学会或推荐专家"):
        submit(office, item_id)


def test_handing_in_writes_to_applicant_and_endorser(office: Office) -> None:
    submit(office, a_draft(office, society="中国仿真学会"))
    assert [letter.template for letter in office.letters()] == ["submit.applicant", "submit.endorser"]
    assert office.letters("submit.applicant")[0].email.endswith("@applicants.example")
    assert office.letters("submit.endorser")[0].email.endswith("@societies.example")


def test_only_the_office_vouches_for_another_instant(office: Office) -> None:
    item_id = a_draft(office)
    late = CLOSES + timedelta(days=1)
    vouched = {"judged_at": CLOSES - MICROSECOND, "now": late}
    with pytest.raises(NotYours), office.desk.database.write() as session:
        intake.submit(session, office.desk, item_id, actor=Actor.APPLICANT, **vouched)
    with office.desk.database.write() as session:
        intake.submit(session, office.desk, item_id, actor=Actor.OFFICE, officer_id=office.wang, **vouched)
    item = office.found(item_id)
    assert (item.state, item.submitted_at, item.state_since) == (State.SUBMITTED, CLOSES - MICROSECOND, late)
