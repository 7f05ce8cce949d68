"""Words that look secret ask for the commitment on secrets once more, for the very version that holds them (R83)."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from config.edition import Edition, Slot
from documents.findings import Declared, Finding, Report, Verdict
from office import check_sheet, corrections, secrecy
from office.application_folder import receive_folder
from records.tables.application import Upload
from records.tables.event import Event
from states.facts import Actor, State
from states.refusals import NotAllowed

from cast import CHECKED, HANDED_IN, Office, a_draft, broken_rules, put, report_of, submit

WORDS = Finding(
    "form.secrecy", "R83", Verdict.LOOK, "发现涉密字样 1 处：机密：…属于机密级项目…", "请再次确认承诺第 3 条。"
)
CLEAN = Finding("form.secrecy", "R83", Verdict.GREEN, "未发现涉密字样")


def a_draft_with_words(office: Office) -> int:
    item_id = a_draft(office)
    put(office, item_id, "form", WORDS, words="涉密")
    return item_id


def confirm(office: Office, item_id: int) -> int:
    with office.desk.database.write() as session:
        return secrecy.confirm(session, office.desk, item_id, actor=Actor.APPLICANT, now=HANDED_IN)


def note_on_sheet(office: Office, item_id: int) -> str:
    with office.desk.database.read() as session:
        lines = check_sheet.sheet(session, office.desk, office.found(item_id))
        return next(line.note for line in lines if line.rule == secrecy.RULE)


def test_the_refusal_names_the_words_the_file_and_what_to_do(office: Office) -> None:
    item_id = a_draft_with_words(office)
    with pytest.raises(NotAllowed) as refused:
        submit(office, item_id)
    assert "属于机密级项目" in refused.value.sentence
    assert "form涉密" in refused.value.sentence
    assert "承诺第 3 条" in refused.value.next_step
    assert "secrecy_confirmed = true" in refused.value.next_step
    assert office.found(item_id).state == State.DRAFT


def test_once_confirmed_it_goes_in_and_the_ledger_says_who_when_for_which_version(office: Office) -> None:
    item_id = a_draft_with_words(office)
    assert (confirm(office, item_id), confirm(office, item_id)) == (1, 0)
    submit(office, item_id)
    assert office.found(item_id).state == State.SUBMITTED
    with office.desk.database.read() as session:
        events = session.exec(select(Event).where(Event.kind == "secrecy_confirmed")).all()
        confirmed = session.exec(select(Upload.id).where(Upload.secrecy_confirmed_at == HANDED_IN)).all()
    assert [(event.actor, event.at, event.subject_id) for event in events] == [
        (Actor.APPLICANT.value, HANDED_IN, confirmed[0])
    ]
    assert broken_rules(office.desk) == ()


def test_a_later_version_with_such_words_asks_again(office: Office) -> None:
    item_id = a_draft_with_words(office)
    confirm(office, item_id)
    put(office, item_id, "form", WORDS, words="再传")
    with pytest.raises(NotAllowed, match="再传"):
        submit(office, item_id)
    put(office, item_id, "form", CLEAN, words="脱密后")
    submit(office, item_id)
    assert office.found(item_id).state == State.SUBMITTED


def test_a_form_without_such_words_asks_nothing(office: Office) -> None:
    item_id = a_draft(office)
    put(office, item_id, "form", CLEAN, words="干净")
    assert confirm(office, item_id) == 0
    submit(office, item_id)


def test_the_sheet_tells_the_office_whether_it_was_confirmed(office: Office) -> None:
    item_id = a_draft_with_words(office)
    assert note_on_sheet(office, item_id) == "承诺第 3 条尚未再次确认"
    confirm(office, item_id)
    assert note_on_sheet(office, item_id) == "已于 2024年8月1日 10:00 再次确认承诺第 3 条"


def test_after_handing_in_there_is_nothing_left_to_confirm_until_it_is_returned(office: Office) -> None:
    item_id = a_draft_with_words(office)
    confirm(office, item_id)
    submit(office, item_id)
    with pytest.raises(NotAllowed, match="不再需要确认"):
        confirm(office, item_id)
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=["form"], reason="请脱密", officer_id=office.wang, now=CHECKED
        )
    later = CHECKED + timedelta(hours=1)
    put(office, item_id, "form", WORDS, words="补正", now=later)
    with pytest.raises(NotAllowed, match="补正"):
        submit(office, item_id, now=later)
    confirm(office, item_id)
    submit(office, item_id, now=later)
    assert office.found(item_id).state == State.SUBMITTED


FOLDER = """
received_at = 2024-08-01T10:00:00+08:00
title = "轮毂铸造数字孪生产线"
unit = "甲重工"
unit_type = "enterprise"
category = "production"
commitments = 4
contact = { name = "甲联系人", email = "jia@applicants.example" }
endorser = { kind = "society", name = "中国纺织工程学会" }
files = { form = "form", video = "video", letter = "letter" }
"""


def words_in_every_form(
    path: Path, *, slot: Slot, edition: Edition, declared: Declared | None = None, sha256: str | None = None
) -> Report:
    return report_of(slot.reader, path.name, *([WORDS] if slot.reader == "form" else []))


def test_a_folder_can_bring_the_confirmation_with_it_or_later(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for slot in ("form", "video", "letter"):
        (folder / slot).write_text(slot, encoding="utf-8")
    told = folder / "application.toml"
    told.write_text(FOLDER, encoding="utf-8")
    first = receive_folder(office.desk, folder, check=words_in_every_form, officer_id=office.wang, now=HANDED_IN)
    assert first.state == State.DRAFT
    assert first.refusal is not None
    assert "再次确认承诺第 3 条" in first.refusal.sentence
    told.write_text(f'number = "{first.number}"\nsecrecy_confirmed = true\n{FOLDER}', encoding="utf-8")
    again = receive_folder(office.desk, folder, check=words_in_every_form, officer_id=office.wang, now=HANDED_IN)
    assert (again.number, again.state, again.refusal) == (first.number, State.SUBMITTED, None)
