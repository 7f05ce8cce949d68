"""A letter says what its reader must know: which instant passed, what lacks, where and how long is talked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from edition_texts import LOADED, replaced

from config.lengths import length_shown
from config.settings import Settings
from documents.findings import Finding, Verdict
from notifications import letters
from office import corrections, duties, intake, reminders, results, rounds
from records.tables.letter import Letter
from states.facts import State

from cast import Office, a_draft, applications, at, draft_form, experts, found_desk, office_at, put, submit

IN_JULY = at("2024-07-20 10:00")
SENT_BACK = at("2024-08-20 10:00")
REMINDED = at("2024-08-26 09:00")
UNSEALED = Finding("letter.endorser", "R86", Verdict.LOOK, "没有找到推荐方的印章或签字")
HALL = replaced(
    ("talk_seconds = { value = 600", "talk_seconds = { value = 450"),
    ('venue = { value = ""', 'venue = { value = "南京"'),
)
ONLINE = replaced(('mode = { value = "on_site"', 'mode = { value = "online"'))


def facts_of(office: Office, template: str, item: int) -> dict[str, str]:
    (letter,) = office.letters(template, item_id=item)
    return letter.facts


def send_back(office: Office, item: int) -> None:
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item, slots=["video"], reason="视频 12:07", officer_id=office.wang, now=SENT_BACK
        )


def test_a_lapse_tells_which_instant_passed_and_what_was_not_done(office: Office) -> None:
    """A draft, a case that its endorser never answered, a correction that never came (R31, R37, A11)."""
    draft, waits = a_draft(office, "甲"), a_draft(office, "乙")
    put(office, waits, "letter", UNSEALED, words="无章")
    submit(office, waits)
    (back,) = applications(office, State.ENDORSED, 1, names=("丙",))
    send_back(office, back)
    due = at("2024-08-28 00:00")
    duties.carry_out(office.desk, "lapse", due_at=due, now=due)
    told = {item: facts_of(office, "lapse.applicant", item) for item in (draft, waits, back)}
    assert [(facts["due"], facts["reason"]) for facts in told.values()] == [
        ("2024年8月15日 24:00", "没有提交申报材料"),
        ("2024年8月22日 24:00", "推荐方没有确认推荐"),
        ("2024年8月27日 24:00", "没有提交修改后的申报材料"),
    ]


def test_the_reminder_of_a_correction_says_which_files_and_why(office: Office) -> None:
    (back,) = applications(office, State.ENDORSED, 1)
    send_back(office, back)
    with office.desk.database.write() as session:
        reminders.remind_of_own_instants(session, office.desk, at=REMINDED, key="soon", now=REMINDED)
    told = facts_of(office, "remind_correction.applicant", back)
    assert (told["slots"], told["reason"], told["due"]) == ("文件2 答辩视频", "视频 12:07", "2024年8月27日 24:00")


def test_the_reminder_of_the_closing_says_what_lacks(office: Office) -> None:
    with office.desk.database.write() as session:
        empty = intake.create_draft(session, office.desk, draft_form(), now=IN_JULY).id or 0
    put(office, empty, "form", now=IN_JULY)
    with office.desk.database.write() as session:
        reminders.remind_drafts(session, office.desk, key="soon", now=IN_JULY)
    lacking = facts_of(office, "remind_submission.applicant", empty)["list"].splitlines()
    assert lacking == [
        "推荐方还没有选定。", "承诺还没有勾选。", "文件2 答辩视频还没有上传。", "文件3 承诺书还没有上传。",
    ]  # fmt: skip


@pytest.fixture
def invited(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """An office of a changed edition whose panel of the final was written to."""
    (tmp_path / "edition.toml").write_text(request.param, encoding="utf-8")
    office = office_at(found_desk(tmp_path / "home", tmp_path / "edition.toml"))
    members = [(expert, "committee") for expert in experts(office, 2)]
    with office.desk.database.write() as session:
        rounds.form_panel(session, office.desk, "final", members, officer_id=office.wang, now=at("2024-10-20 10:00"))
        assert rounds.invite(session, office.desk, "final", now=at("2024-10-20 10:00")) == 2
    yield office
    office.desk.database.close()


def read(office: Office, letter: Letter) -> str:
    return letters.render(letter, edition=office.desk.edition, settings=office.desk.settings).text


@pytest.mark.parametrize("invited", [HALL], indirect=True)
def test_finalists_and_panel_are_told_place_and_lengths_of_the_edition(invited: Office) -> None:
    """R100: time, place, and how long is talked and asked, to the second."""
    assert "地点：南京" in read(invited, invited.letters("invite_final.expert")[0])
    row = Letter(
        template="shortlist.applicant", key="k", email="a@b.example", edition=invited.desk.key,
        facts=results.invitation(invited.desk),
    )  # fmt: skip
    told = read(invited, row)
    assert "地点：南京" in told
    assert "陈述 7 分钟 30 秒，专家问询 3 分钟" in told
    assert "地点和答辩顺序另行通知" not in told


@pytest.mark.parametrize("invited", [ONLINE], indirect=True)
def test_the_panel_of_a_final_at_home_is_not_invited_to_the_first_round(invited: Office) -> None:
    """With the limits of that round, which asks for reasons (R106, R107)."""
    told = read(invited, invited.letters("invite_scoring.expert")[0])
    assert "终评现已开始" in told
    assert "分值高于 99 分或低于 50 分的，请写明理由。" in told


@pytest.mark.parametrize(("seconds", "said"), [(600, "10 分钟"), (450, "7 分钟 30 秒"), (45, "45 秒"), (0, "0 秒")])
def test_lengths_are_told_to_the_second(seconds: int, said: str) -> None:
    assert length_shown(seconds) == said


def test_a_letter_frozen_before_rounds_were_named_still_reads() -> None:
    row = Letter(template="invite_scoring.expert", key="k", email="a@b.example", edition="2024", facts={})
    assert "初评现已开始" in letters.render(row, edition=LOADED.edition, settings=Settings()).text
