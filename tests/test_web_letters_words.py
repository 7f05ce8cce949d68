"""A letter as its reader sees it, rewritten while it is held; templates in the edition's own words, by versions."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select
from visitors_of import Browser

from notifications import bounce_mailbox, letters
from notifications.wording import PLACEHOLDERS, Wording
from office import letter_desk, letter_edits, letter_templates
from office.letter_templates import TEMPLATES
from office.visitors import Part
from records.tables.bounce import Bounce, BounceKind, MailboxWatch
from records.tables.event import Event
from records.tables.letter import Letter, LetterState, LetterWording
from states.facts import State

from cast import HANDED_IN, Office, an_application

ASKED = "submit.endorser"
OURS = Wording("请贵会办理推荐", "您好！\n\n请在期限内办理 {项目名称}。\n联系人见后。", "Please answer in time.")


def asked(office: Office, state: LetterState = LetterState.HELD) -> Letter:
    """The letter that asks the endorser, in this state."""
    an_application(office, State.SUBMITTED)
    (letter,) = office.letters(ASKED)
    with office.desk.database.write() as session:
        kept = session.get_one(Letter, letter.id)
        kept.state = state.value
        kept.sent_at = HANDED_IN if state in {LetterState.SENT, LetterState.BOUNCED} else None
        kept.answer = "250 ok" if kept.sent_at else ""
        session.add(kept)
    return office.letters(ASKED)[0]


def typed(browser: Browser, page: str, words: Wording, reason: str = "写错了称呼") -> dict[str, str]:
    """What the form of this page sends."""
    text = browser.client.get(page).text
    hidden = dict(re.findall(r'name="(seen|version)" value="([^"]*)"', text))
    said = {"subject": words.subject, "body": words.body, "english": words.english, "reason": reason}
    return {"form_secret": browser.secret()} | hidden | said


def rendered(office: Office, letter: Letter) -> letters.Rendered:
    kept = next(each for each in office.letters() if each.id == letter.id)
    return letters.render(kept, edition=office.desk.edition, settings=office.desk.settings)


def test_a_held_letter_is_rewritten_and_its_original_kept(office: Office) -> None:
    """Row 74: heading and body are the office's, table, link and foot the template's; who and why stand beside."""
    letter = asked(office)
    wang = Browser(office, Part.OFFICE)
    page = f"/letters/{letter.id}"
    assert wang.client.post(f"{page}/edit", data=typed(wang, page, OURS)).status_code == 303
    words = rendered(office, letter)
    assert "请贵会办理推荐" in words.subject
    assert "请在期限内办理 {项目名称}。" in words.text, "placeholders are gone: braces are braces"
    assert "请在期限内办理 {项目名称}。" in words.html
    assert str(letter.facts["link"]) in words.text
    assert "材料已提交，请审阅后确认推荐" not in words.text
    shown = wang.client.get(page).text
    assert ("材料已提交，请审阅后确认推荐" in shown, "写错了称呼" in shown, "王工" in shown) == (True, True, True)
    with office.desk.database.read() as session:
        (edit,) = letter_edits.edits_of(session, letter.id or 0)
        assert edit.before is not None
        assert edit.before.subject == "请确认推荐"
        assert session.exec(select(Event.application_id).where(Event.kind == "letter_edited")).one() == 1
    form = {"form_secret": wang.secret(), "verb": "restore"}
    assert wang.client.post(f"{page}/edit", data=form).status_code == 303
    assert "材料已提交，请审阅后确认推荐" in rendered(office, letter).text


@pytest.mark.parametrize(
    ("words", "reason", "said"),
    [
        (Wording("", "正文", ""), "理由", "请填写这一项"),
        (Wording("标题", " ", ""), "理由", "请填写这一项"),
        (Wording("标题", "字" * 4001, ""), "理由", "不能超过 4000 个字"),
        (Wording("标题", "正文", ""), "", "请写明理由"),
    ],
)
def test_a_bad_rewriting_is_refused_with_what_was_typed(office: Office, words: Wording, reason: str, said: str) -> None:
    letter = asked(office)
    wang = Browser(office, Part.OFFICE)
    page = f"/letters/{letter.id}"
    answer = wang.client.post(f"{page}/edit", data=typed(wang, page, words, reason))
    assert (answer.status_code, said in answer.text, words.body.strip() in answer.text) == (422, True, True)
    assert office.letters(ASKED)[0].wording is None


def test_a_stale_rewriting_shows_both(office: Office) -> None:
    letter = asked(office)
    wang, ren = Browser(office, Part.OFFICE), Browser(office, Part.LEAD)
    page = f"/letters/{letter.id}"
    late = typed(wang, page, Wording("王工的标题", "王工的正文", ""))
    assert ren.client.post(f"{page}/edit", data=typed(ren, page, OURS)).status_code == 303
    answer = wang.client.post(f"{page}/edit", data=late)
    assert answer.status_code == 409
    assert ("王工的正文" in answer.text, "请在期限内办理" in answer.text) == (True, True)


@pytest.mark.parametrize("state", [LetterState.WAITING, LetterState.SENT, LetterState.CANCELLED])
def test_only_a_held_letter_is_rewritten(office: Office, state: LetterState) -> None:
    letter = asked(office, state)
    wang = Browser(office, Part.OFFICE)
    assert "保存改写" not in wang.client.get(f"/letters/{letter.id}").text
    form = {"form_secret": wang.secret(), "subject": "x", "body": "y", "reason": "z", "seen": ""}
    assert wang.client.post(f"/letters/{letter.id}/edit", data=form).status_code == 422


def test_only_what_is_possible_is_offered(office: Office) -> None:
    letter = asked(office, LetterState.SENT)
    page = Browser(office, Part.OFFICE).client.get(f"/letters/{letter.id}").text
    assert re.findall(r'name="verb" value="(\w+)"', page) == ["resend"]


def test_the_page_of_a_letter_can_do_nothing_and_holds_no_link(office: Office) -> None:
    """Styled as it is sent, in a frame of ours alone: no script, no form, nothing fetched, no secret."""
    letter = asked(office)
    wang = Browser(office, Part.OFFICE)
    answer = wang.client.get(f"/letters/{letter.id}/page?theme=dark")
    policy = answer.headers["content-security-policy"]
    assert ("sandbox" in policy, "default-src 'none'" in policy, "frame-ancestors 'self'" in policy) == (True,) * 3
    assert "script-src" not in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert str(letter.facts["link"]) not in answer.text
    assert not re.search(r"https?://", answer.text.replace("http://www.w3.org", ""))
    assert "@media all" in answer.text
    assert "@media not all" in wang.client.get(f"/letters/{letter.id}/page?theme=light").text
    outer = wang.client.get(f"/letters/{letter.id}")
    assert re.search(r"<iframe[^>]* sandbox ", outer.text)
    assert outer.headers["x-frame-options"] == "DENY"


def test_what_goes_into_a_chat_holds_no_secret(office: Office) -> None:
    letter = asked(office)
    page = Browser(office, Part.OFFICE).client.get(f"/letters/{letter.id}").text
    assert ("复制微信文字" in page, "/endorser/IM24-001" in page, 'class="square"' in page) == (True, True, True)
    assert str(letter.facts["link"]).rpartition("/")[2] not in page


def test_what_one_rewrote_another_lets_go(office: Office) -> None:
    """What outsiders see needs two persons in this edition: whoever rewrote a letter does not release it."""
    letter = asked(office)
    wang, ren = Browser(office, Part.OFFICE), Browser(office, Part.LEAD)
    page = f"/letters/{letter.id}"
    wang.client.post(f"{page}/edit", data=typed(wang, page, OURS))
    form = {"verb": "release", f"letter-{letter.id}": "yes", "sure": "yes"}
    answer = wang.client.post("/letters/selected", data=form | {"form_secret": wang.secret()})
    assert (answer.status_code, "不能由您自己放行" in answer.text) == (403, True)
    looked = wang.client.post("/letters/selected", data=form | {"form_secret": wang.secret(), "sure": ""}).text
    assert "由您改写，须由另一人放行" in looked
    assert office.letters(ASKED)[0].state == "held"
    assert ren.client.post("/letters/selected", data=form | {"form_secret": ren.secret()}).status_code == 303
    assert office.letters(ASKED)[0].state == "waiting"


def test_who_is_left_out_is_listed_with_the_reason(office: Office) -> None:
    asked(office)
    wang = Browser(office, Part.OFFICE)
    ids = [letter.id or 0 for letter in office.letters()]
    form = {"form_secret": wang.secret(), "verb": "release"} | {f"letter-{id_}": "yes" for id_ in ids}
    page = wang.client.post("/letters/selected", data=form).text
    assert "1 / 1" in page
    assert f"另有 {len(ids) - 1} 封不能放行" in page
    assert "还在待发" in page


def test_letters_are_put_off_to_an_instant(office: Office) -> None:
    letter = asked(office)
    wang = Browser(office, Part.OFFICE)
    form = {"form_secret": wang.secret(), "verb": "schedule", f"letter-{letter.id}": "yes", "sure": "yes"}
    for when, said in (("morgen", "不是一个时刻"), ("", "没有填写发送时刻")):
        answer = wang.client.post("/letters/selected", data=form | {"when": when})
        assert (answer.status_code, said in answer.text, "1 / 1" in answer.text) == (422, True, True)
    assert wang.client.post("/letters/selected", data=form | {"when": "2024-07-01 08:00"}).status_code == 422
    assert wang.client.post("/letters/selected", data=form | {"when": "2024-08-02 08:00"}).status_code == 303
    kept = office.letters(ASKED)[0]
    assert (kept.state, kept.next_try_at.isoformat()) == ("waiting", "2024-08-02T00:00:00+00:00")
    assert "定于" in wang.client.get("/letters").text


def test_no_letter_leaves_before_its_cooling_off(office: Office) -> None:
    letter = asked(office)
    until = HANDED_IN + timedelta(hours=2)
    with office.desk.database.write() as session:
        kept = session.get_one(Letter, letter.id)
        kept.next_try_at = until
        session.add(kept)
    with office.desk.database.write() as session:
        early = HANDED_IN + timedelta(minutes=5)
        letter_desk.schedule(session, office.desk, [letter.id or 0], early, officer_id=office.wang, now=HANDED_IN)
    assert office.letters(ASKED)[0].next_try_at == until


def test_a_returned_letter_says_why_until_it_is_dealt_with(office: Office) -> None:
    letter = asked(office, LetterState.BOUNCED)
    kept = office.desk.vault.keep(_mail())
    with office.desk.database.write() as session:
        session.add(
            Bounce(
                edition="2024", mailbox="m", uid_validity=1, uid=1, kind=BounceKind.BOUNCED.value, letter_id=letter.id,
                reason="unknown", words="550 no such user", sha256=kept.sha256, read_at=HANDED_IN,
            )
        )  # fmt: skip
    wang = Browser(office, Part.OFFICE)
    page = wang.client.get(f"/letters/{letter.id}").text
    assert ("地址不存在" in page, "550 no such user" in page, "已另行告知" in page) == (True, True, True)
    answer = wang.client.get(f"/letters/{letter.id}/returned")
    assert (answer.content, "attachment" in answer.headers["content-disposition"]) == (_mail().read(), True)
    form = {"form_secret": wang.secret()}
    assert wang.client.post(f"/letters/{letter.id}/settle", data=form).status_code == 303
    assert "已另行告知" not in wang.client.get(f"/letters/{letter.id}").text
    assert wang.client.get("/letters/9999/returned").status_code == 422


def _mail():  # noqa: ANN202 - a stream
    from io import BytesIO

    return BytesIO(b"From: mailer-daemon\r\n\r\n<script>alert(1)</script>")


def test_without_a_mailbox_the_pages_say_that_returns_are_not_watched(office: Office) -> None:
    assert "退信：未监测" in Browser(office, Part.OFFICE).client.get("/letters").text


def test_with_a_mailbox_the_pages_say_how_it_is_watched(office: Office) -> None:
    told = {"bounce_host": "imap.example.cn", "bounce_user": "office"}
    desk = replace(office.desk, settings=office.desk.settings.model_copy(update=told))
    wang = Browser(replace(office, desk=desk), Part.OFFICE)
    assert "还没有查看过" in wang.client.get("/letters").text
    assert "退信：监测中" in wang.client.get("/desk").text
    with office.desk.database.write() as session:
        watch = MailboxWatch(mailbox=bounce_mailbox.key_of(desk.settings), looked_at=HANDED_IN, fault="口令不对。")
        session.add(watch)
    assert "口令不对。" in wang.client.get("/letters").text
    assert "退信：读不了" in wang.client.get("/desk").text


# --- templates ------------------------------------------------------------------------------------------------------


def test_every_template_is_listed_and_shown_on_a_sample_and_on_a_case(office: Office) -> None:
    """Row 105."""
    an_application(office, State.SUBMITTED)
    wang = Browser(office, Part.OFFICE)
    page = wang.client.get("/letters/templates").text
    assert [key for key in TEMPLATES if f"/letters/templates/{key}" not in page] == []
    assert "没有这样的占位符" not in page
    one = wang.client.get(f"/letters/templates/{ASKED}?view=text").text
    assert "示例项目名称" in one
    one = wang.client.get(f"/letters/templates/{ASKED}?view=text&number=im24-001").text
    assert ("甲项目智能产线" in one, "示例项目名称" in one) == (True, False)
    refused = wang.client.get(f"/letters/templates/{ASKED}?number=IM24-999")
    assert (refused.status_code, "没有编号为 IM24-999" in refused.text) == (422, True)
    assert wang.client.get("/letters/templates/burn.everything").status_code == 422


def test_what_the_lead_begins_from_can_be_kept_as_it_is(office: Office) -> None:
    """With placeholders in braces, none of them unknown, every text as long as it may be; each template of them all."""
    desk = office.desk
    with desk.database.write() as session:
        for template in TEMPLATES:
            words, version = letter_templates.begin_from(session, desk, template)
            assert version == 0
            letter_templates.change(
                session, desk, template, words, seen=0, reason="照旧", officer_id=office.ren, now=HANDED_IN
            )
            told = letter_templates.preview(session, desk, template, None)
            assert not re.search("|".join(rf"\{{{name}\}}" for name in PLACEHOLDERS), told.text), template


def test_an_editions_own_wording_holds_for_new_letters_alone(office: Office) -> None:
    first = asked(office)
    ren = Browser(office, Part.LEAD)
    page = f"/letters/templates/{ASKED}"
    assert ren.client.post(f"{page}/change", data=typed(ren, page, OURS)).status_code == 303
    an_application(office, State.SUBMITTED, "乙")
    assert "材料已提交，请审阅后确认推荐" in rendered(office, first).text
    second = office.letters(ASKED)[1]
    assert "请在期限内办理 乙项目智能产线。" in rendered(office, second).text
    assert ("本届第 1 版" in ren.client.get(page).text, "写错了称呼" in ren.client.get(page).text) == (True, True)
    form = typed(ren, page, OURS) | {"verb": "restore"}
    assert ren.client.post(f"{page}/change", data=form).status_code == 303
    an_application(office, State.SUBMITTED, "丙")
    assert "材料已提交，请审阅后确认推荐" in rendered(office, office.letters(ASKED)[2]).text
    with office.desk.database.read() as session:
        assert session.exec(select(LetterWording.version)).all() == [1, 2]
        assert len(session.exec(select(Event).where(Event.kind == "letter_wording")).all()) == 2


def test_a_placeholder_that_no_letter_knows_is_refused_by_name(office: Office) -> None:
    ren = Browser(office, Part.LEAD)
    page = f"/letters/templates/{ASKED}"
    bad = Wording("标题 {编号}", "给 {项目名} 的 {{ 7*7 }}", "")
    answer = ren.client.post(f"{page}/change", data=typed(ren, page, bad))
    assert (answer.status_code, "没有这样的占位符：{项目名}" in answer.text) == (422, True)
    assert "给 {项目名} 的" in answer.text


def test_a_wording_is_words_and_no_template(office: Office) -> None:
    ren = Browser(office, Part.LEAD)
    page = f"/letters/templates/{ASKED}"
    evil = Wording("标题", "{% include 'layout.txt' %} <script>alert(1)</script>", "")
    assert ren.client.post(f"{page}/change", data=typed(ren, page, evil)).status_code == 422
    plain = Wording("标题", "百分号 % 和 <b>尖括号</b>", "")
    tried = ren.client.post(f"{page}/try", data=typed(ren, page, plain))
    assert ("&lt;b&gt;尖括号&lt;/b&gt;" in tried.text, tried.headers["x-frame-options"]) == (True, "SAMEORIGIN")
    with office.desk.database.read() as session:
        assert session.exec(select(LetterWording)).all() == []


def test_a_newer_version_is_not_written_over(office: Office) -> None:
    ren = Browser(office, Part.LEAD)
    page = f"/letters/templates/{ASKED}"
    late = typed(ren, page, Wording("晚到的标题", "晚到的正文", ""))
    assert ren.client.post(f"{page}/change", data=typed(ren, page, OURS)).status_code == 303
    answer = ren.client.post(f"{page}/change", data=late)
    assert (answer.status_code, "晚到的正文" in answer.text, "请在期限内办理" in answer.text) == (409, True, True)


def test_only_the_lead_words_a_template(office: Office) -> None:
    wang = Browser(office, Part.OFFICE)
    page = f"/letters/templates/{ASKED}"
    assert "改定，用于以后的信" not in wang.client.get(page).text
    assert wang.client.post(f"{page}/change", data={"form_secret": wang.secret()}).status_code == 403
