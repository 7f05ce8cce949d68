"""What the lead changes in 本届设置 is what pages, deadlines, letters and papers say from then on."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from edition_texts import LOADED, TEXT, refusal_of, replaced
from visitors_of import Browser

from config.editions_file import parse_edition
from office import deadline_desk, letter_templates, opening, papers
from office.visitors import Part
from states.facts import State

from cast import FOUNDED, HANDED_IN, SOCIETY, Office, an_application, at, broken_rules, found_desk, office_at

CHANGED = {
    "submission.closes": "2024-08-18 00:00", "submission.upload_grace_minutes": "20",
    "endorsement.closes": "2024-08-27 00:00", "check.correction_working_days": "4", "form.words_limit": "4321",
    "form.words_green_to": "4200", "form.words_look_to": "4400", "video.seconds_limit": "450",
    "slots[0].label": "甲件 桥表", "slots[3].max_megabytes": "77", "categories[1].name": "悬索类",
    "unit_types[2].name": "工坊", "award.title": "癸卯桥梁工艺八大", "award.office_short": "评审处",
    "award.number_prefix": "ZX", "rounds[0].places": "17", "rounds[1].places": "8", "rounds[1].talk_seconds": "480",
    "rounds[1].reason_above": "95", "notice.days": "9", "announcement.at": "2024-12-06 14:00",
    "announcement.occasion": "桥梁年会", "decisions.number_prefix": "桥评〔甲〕", "mail.subject_prefix": "【桥梁】",
    "contacts[1].phone": "000-1111",
}  # fmt: skip


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office whose lead changed facts of all kinds through the pages, before the season began."""
    before = office_at(found_desk(tmp_path_factory.mktemp("changed") / "home"))
    browser = Browser(before, Part.LEAD, now=FOUNDED)
    words = {"form_secret": browser.secret(), "seen": before.desk.loaded.sha256, **CHANGED}
    assert browser.client.post("/settings/preview", data=words).status_code == 200
    assert browser.client.post("/settings/change", data=words | {"reason": "联合体决定"}).status_code == 303
    office = replace(before, desk=opening.refreshed(before.desk))
    an_application(office, State.SUBMITTED)
    yield office
    assert broken_rules(office.desk) == ()
    office.desk.database.close()


def words_of(data: bytes) -> str:
    return re.sub(r"<[^>]+>", "", ZipFile(BytesIO(data)).read("word/document.xml").decode())


def test_pages_say_the_new_facts(changed: Office) -> None:
    pages = {
        (Part.PUBLIC, "/guide"): ("悬索类", "2024年8月17日 24:00", "甲件 桥表"),
        (Part.APPLICANT, "/mine/new"): ("悬索类", "工坊"),
        (Part.OFFICE, "/deadlines"): ("8月18日 00:20", "12月6日 14:00", "8月26日 24:00", "例如 ZX-003"),
    }
    for (part, path), expected in pages.items():
        page = Browser(changed, part, now=HANDED_IN).client.get(path).text
        assert [each for each in expected if each not in page] == [], path
        assert "IM24" not in page


def test_deadlines_stand_where_the_facts_say(changed: Office) -> None:
    with changed.desk.database.read() as session:
        found = {
            kind: getattr(deadline_desk.line(session, changed.desk, kind), "due_at", None)
            for kind in ("submission_closes", "upload_grace_ends", "endorsement_closes", "announcement")
        }
    assert found == {
        "submission_closes": at("2024-08-18 00:00"), "upload_grace_ends": at("2024-08-18 00:20"),
        "endorsement_closes": at("2024-08-27 00:00"), "announcement": at("2024-12-06 14:00"),
    }  # fmt: skip


def test_papers_print_the_new_facts(changed: Office) -> None:
    """R52, R71, R98, R103, R110: the note and the guide too, whose numbers are the limits' own."""
    with changed.desk.database.write() as session:
        made = {
            name: words_of(papers.make(session, changed.desk, name, of=of, now=HANDED_IN).data)
            for name, of in (("call", SOCIETY), ("video-guide", ""), ("blank-form", ""))
        }
    expected = {
        "call": ("4321字", "7分钟30秒", "17 项", "8 项", "8 分钟", "95 分", "桥梁年会", "000-1111", "9 天"),
        "video-guide": ("7分钟30秒", "7 分钟 30 秒"), "blank-form": ("4321字",),
    }  # fmt: skip
    for name, lines in expected.items():
        assert [each for each in lines if each not in made[name]] == [], name
        assert re.findall(r"5000字|12分钟|世界智能制造大会|\{[^{}]*\}", made[name]) == [], name


def test_letters_and_their_samples_say_the_new_facts(changed: Office) -> None:
    sent = changed.letters("submit.applicant")[-1]
    assert sent.facts["number"] == "ZX-001"
    with changed.desk.database.read() as session:
        told = [letter_templates.preview(session, changed.desk, each, None) for each in letter_templates.TEMPLATES]
    text = "\n".join(f"{each.subject}\n{each.text}" for each in told)
    assert re.findall(r"IM24|8月15日|(?<!科技进展)遴选办公室|智能制造科技进展】|智遴|世界智能制造大会", text) == []
    assert all(each.subject.startswith("【桥梁】") for each in told)


def test_the_sheet_to_confirm_prints_what_holds_now(changed: Office) -> None:
    answer = Browser(changed, Part.LEAD, now=HANDED_IN).client.get("/settings/confirmation.docx")
    told = words_of(answer.content)
    assert [each for each in ("8月26日 24:00", "12月6日 14:00", "桥评〔甲〕", "ZX") if each not in told] == []
    assert "智遴" not in told


@pytest.mark.parametrize(
    ("key", "words"),
    [("award.title", "另一名称"), ("form.words_limit", "4300"), ("slots[0].max_megabytes", "5"),
     ("submission.closes", "2024-08-20T00:00")],
)  # fmt: skip
def test_what_has_begun_refuses_with_a_sentence(changed: Office, key: str, words: str) -> None:
    browser = Browser(changed, Part.LEAD, now=HANDED_IN)
    typed = {"form_secret": browser.secret(), "seen": changed.desk.loaded.sha256, "reason": "试改", key: words}
    answer = browser.client.post("/settings/change", data=typed)
    assert (answer.status_code, "不能再改" in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["change", "try", "preview"])
def test_a_contradiction_is_told_at_its_field_and_is_no_fault_of_the_program(changed: Office, path: str) -> None:
    browser = Browser(changed, Part.LEAD, now=FOUNDED)
    typed = {"form_secret": browser.secret(), "seen": changed.desk.loaded.sha256, "stage": "submission"}
    answer = browser.client.post(f"/settings/{path}", data=typed | {"reason": "试改", "form.words_limit": "4000"})
    assert (answer.status_code, "次序不对" in answer.text) == (422, True)
    assert 'value="4000"' in answer.text


def test_the_numbers_of_note_and_guide_are_those_of_the_limits() -> None:
    """R52, R71: as the plan prints them, and followed by whoever changes the limit."""
    form, video = LOADED.edition.form, LOADED.edition.video
    assert form is not None
    assert video is not None
    assert "文字控制在5000字以内" in form.printed_note
    assert "答辩视频时间不超过12分钟（超时会要求返回修改）。" in video.printed_guide
    shorter = parse_edition(replaced(("value = 720.0", "value = 570.0")), name="x").edition.video
    assert shorter is not None
    assert "答辩视频时间不超过9分钟30秒（超时会要求返回修改）。" in shorter.printed_guide


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [("{字数上限}", "{字数}", "form.note"), ("{时长上限}", "{字数上限}", "video.guide"),
     ('"IM24"', '"im24"', "award.number_prefix"), ('"IM24"', '"IM/24"', "award.number_prefix"),
     ('"IM24"', '" "', "award.number_prefix")],
)  # fmt: skip
def test_what_could_not_be_printed_or_found_is_refused(old: str, new: str, key: str) -> None:
    assert refusal_of(replaced((old, new), text=TEXT)).key == key
