"""Proves the history of a case: every kind of event has its words or is sealed, and who reads sees what is theirs."""

from contest import Contest
from sqlmodel import col, select

from office import corrections, extensions, history, intake, people
from records.tables.application import Application
from records.tables.event import Event
from states.facts import Actor, State

from cast import CHECKED, HANDED_IN, Office, a_draft, an_application, at


def office_steps(office: Office, item_id: int) -> list[tuple[str, str]]:
    with office.desk.database.read() as session:
        return [(step.what, step.why) for step in history.for_office(session, office.desk, item_id)]


def returned(office: Office) -> int:
    item_id = an_application(office)
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=("video",), reason="视频超时 7 秒", officer_id=office.wang, now=CHECKED
        )  # fmt: skip
    return item_id


def test_every_event_of_a_case_has_words_or_is_sealed(selected: Contest) -> None:
    with selected.office.desk.database.read() as session:
        kinds = set(session.exec(select(Event.kind).where(col(Event.application_id).is_not(None))))
        assert kinds >= {"score", "check_line", "select", "upload"}
        assert kinds <= history.TOLD | history.SEALED
        for item in session.exec(select(Application)):
            steps = history.for_office(session, selected.office.desk, item.id or 0)
            assert steps[-1].what == "建立草稿"
            assert [step.at for step in steps] == sorted((step.at for step in steps), reverse=True)


def test_the_road_is_told_with_who_when_why(office: Office) -> None:
    item_id = returned(office)
    with office.desk.database.read() as session:
        newest = history.for_office(session, office.desk, item_id)[0]
    assert (newest.what, newest.who, newest.state) == ("退回修改", "遴选办公室 · 王工", State.RETURNED)
    assert newest.why.startswith("视频超时 7 秒；可修改：文件2")
    assert "截止" in newest.why
    assert (newest.at, newest.undone) == (CHECKED, False)


def test_files_names_and_extensions_say_which(office: Office) -> None:
    item_id = an_application(office, State.DRAFT)
    with office.desk.database.write() as session:
        intake.change_names(session, office.desk, item_id, title="深海机器人", now=HANDED_IN)
        extensions.extend(
            session, office.desk, "submission", at("2024-08-20 00:00"), reason="台风", officer_id=office.ren,
            item_id=item_id, now=HANDED_IN,
        )  # fmt: skip
    steps = dict(office_steps(office, item_id))
    assert steps["延长期限"] == "至 2024年8月19日 24:00：台风"
    assert steps["更正名称"] == "甲单位：深海机器人"
    assert "第 1 版" in steps["上传文件"]


def test_erased_words_are_said_to_be_erased(office: Office) -> None:
    item_id = returned(office)
    contact = office.found(item_id).contact_id
    with office.desk.database.write() as session:
        people.erase_person(session, office.desk.key, contact, by=office.ren, now=CHECKED)
    assert set(dict(office_steps(office, item_id)).values()) <= {"（文字已按规定删除）", ""}


def test_what_the_office_did_for_somebody_says_for_whom(office: Office) -> None:
    item_id = a_draft(office)
    with office.desk.database.write() as session:
        intake.submit(session, office.desk, item_id, actor=Actor.OFFICE, officer_id=office.li, now=HANDED_IN)
        newest = history.for_office(session, office.desk, item_id)[0]
    assert (newest.what, newest.who, newest.acting_for) == ("提交", "遴选办公室 · 李工", "申报单位")
