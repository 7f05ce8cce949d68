"""What letters say, to whom, and that no word of a stranger becomes more than a word."""

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from config.edition import Edition
from config.editions_file import load_edition, shipped_edition
from config.settings import Settings
from notifications import message
from notifications.letters import Draft, Unbuildable, render, write
from notifications.wording import FACTS, TEMPLATES
from records.database import Database
from records.tables.all_tables import METADATA
from records.tables.letter import Letter
from states.lifecycle import LIFECYCLE
from states.occasions import OCCASIONS

NOW = datetime(2024, 8, 15, 15, 59, tzinfo=UTC)
EDITION = load_edition(shipped_edition("2024")).edition
HARBOUR = load_edition(Path(__file__).parent / "editions" / "harbour2031.toml").edition
NAMED = {f"{row.trigger}.{recipient}" for row in LIFECYCLE for recipient in row.letters}
NAMED |= {occasion.template for occasion in OCCASIONS}
OF_WINNERS = {"publicize.applicant", "announce.applicant", "notice_posted.society"}
FILLED = {key: f"〔{label}〕" for key, label in FACTS.items()} | {"link": "https://award.example.cn/a/9f3aK2"}
NAUGHTY = '<script>alert(1)</script>" onload="x" {{ 7*7 }}\r\nBcc: evil@example.org'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, mail_from="office@example.cn", mail_reply_to="desk@example.cn")


def a_letter(template: str = "send_back.applicant", *, to: str = "jia@example.cn", **facts: str) -> Letter:
    return Letter(
        id=17, edition="2024", key="event-17-applicant", message_id="<event-17-applicant.2024.a1@example.cn>",
        template=template, email=to, facts=facts, written_at=NOW, next_try_at=NOW,
    )  # fmt: skip


def as_read(letter: Letter, settings: Settings, edition: Edition = EDITION) -> EmailMessage:
    words = render(letter, edition=edition, settings=settings)
    built = message.build(letter, words, edition=edition, settings=settings, at=NOW)
    return email.message_from_bytes(built, _class=EmailMessage, policy=email.policy.default)


class Elements(HTMLParser):
    """Every element of a page with the names of its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, *sorted(name for name, _ in attrs)))


@pytest.mark.parametrize("kind", ["txt", "html"])
def test_there_is_a_template_for_every_letter_and_no_other(kind: str) -> None:
    """House rule 14; R46."""
    assert {path.name.removesuffix(f".{kind}") for path in TEMPLATES.glob(f"*.{kind}")} - {"layout"} == NAMED


@pytest.mark.parametrize("edition", [EDITION, HARBOUR], ids=lambda edition: edition.award.key)
@pytest.mark.parametrize("facts", [{}, FILLED], ids=["bare", "filled"])
@pytest.mark.parametrize("template", sorted(NAMED))
def test_every_letter_can_be_written(
    template: str, facts: dict[str, str], edition: Edition, settings: Settings
) -> None:
    words = render(a_letter(template, **facts), edition=edition, settings=settings)
    assert words.subject.startswith(edition.mail.subject_prefix)
    assert edition.award.office in words.text
    assert "L-000017" in words.text
    assert "L-000017" in words.html
    assert not re.search(r"\n{3,}|None|Undefined|\{[{%]", words.text)
    assert not re.search(r"：：|，，|，。|。。| ，", words.text)


@pytest.mark.parametrize("template", sorted(NAMED))
def test_the_page_says_what_the_text_says(template: str, settings: Settings) -> None:
    words = render(a_letter(template, **FILLED), edition=EDITION, settings=settings)
    page = re.sub(r"\s+", "", re.sub(r"<[^>]*>", "", words.html.partition("<body")[2]))
    said = [line.strip() for line in words.text.splitlines() if line.strip() and line.strip() != "----"]
    missing = [line for line in said if re.sub(r"\s+", "", line.rstrip("：").rpartition("：")[2]) not in page]
    assert missing == []


@pytest.mark.parametrize("template", sorted(NAMED))
def test_chinese_comes_first_with_english_beneath(template: str, settings: Settings) -> None:
    text = render(a_letter(template, **FILLED), edition=EDITION, settings=settings).text
    chinese, english, foot = text.split("----\n")
    assert len(re.findall(r"[\u4e00-\u9fff]", chinese)) > 40
    assert len(re.findall(r"[A-Za-z]+", english)) > 10
    assert foot


@pytest.mark.parametrize("template", sorted(NAMED))
def test_candidates_and_winners_are_never_mixed(template: str, settings: Settings) -> None:
    """R1, R2: a candidate is called by the entry's name, a winner by the title, and no letter says both."""
    words = render(a_letter(template, **FILLED), edition=EDITION, settings=settings)
    said = words.subject + words.text + words.html
    assert (EDITION.award.title in said) == (template in OF_WINNERS)
    assert not (EDITION.award.title in said and EDITION.award.entry_name in said)


@pytest.mark.parametrize("template", sorted(NAMED))
def test_nothing_of_one_year_or_one_award_stands_in_a_template(template: str) -> None:
    source = (TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
    assert not re.search(r"20\d\d|智能制造|联合体|十大|初评|终评", source)


def test_a_deadline_is_said_in_text_page_and_preview(settings: Settings) -> None:
    """A1: the moment is printed everywhere."""
    due = "2024年8月20日 18:00（北京时间）"
    words = render(a_letter(due=due, slots="文件3 承诺书", reason="盖章不清晰"), edition=EDITION, settings=settings)
    assert due in words.text
    assert due in words.html.partition("</h1>")[0]  # the hidden preview line
    assert due in words.html.partition("</h1>")[2]


def test_a_midnight_is_told_as_the_end_of_the_day(settings: Settings) -> None:
    """R31, A1: who reads "16 August, 00:00" comes a day late."""
    text = render(a_letter("submission_open.society"), edition=EDITION, settings=settings).text
    assert "2024年8月15日 24:00（北京时间）" in text
    assert "8月16日" not in text


def test_the_link_is_a_button_and_stands_as_text(settings: Settings) -> None:
    words = render(a_letter(link=FILLED["link"]), edition=EDITION, settings=settings)
    assert f'href="{FILLED["link"]}"' in words.html
    assert words.html.count(FILLED["link"]) == 2
    assert FILLED["link"] in words.text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", " https://a", ""])
def test_a_link_that_is_no_address_makes_no_button(link: str, settings: Settings) -> None:
    assert "href" not in render(a_letter(link=link), edition=EDITION, settings=settings).html


def test_no_picture_no_script_no_foreign_address(settings: Settings) -> None:
    html = render(a_letter(**FILLED), edition=EDITION, settings=settings).html
    assert not re.search(r"<(img|script|link|iframe|form)\b", html)
    assert set(re.findall(r"https?://[^\s\"<]+", html)) == {FILLED["link"]}
    assert 'style="' in html.partition('class="button"')[2][:200]


@pytest.mark.parametrize("template", sorted(NAMED))
def test_words_of_strangers_stay_words(template: str, settings: Settings) -> None:
    """No element, no attribute, no second header, no template comes out of a fact."""
    plain = {key: "〔字〕\n〔字〕" for key in FACTS if key != "link"}
    naughty = dict.fromkeys(plain, NAUGHTY)
    tame = render(a_letter(template, **plain), edition=EDITION, settings=settings)
    wild = render(a_letter(template, **naughty), edition=EDITION, settings=settings)
    assert Elements(wild.html).found == Elements(tame.html).found
    read = as_read(a_letter(template, **naughty), settings)
    assert read["Bcc"] is None
    assert "\n" not in wild.subject
    assert "7*7" in wild.text or "49" not in wild.text


def test_a_misspelt_fact_in_a_template_is_found(settings: Settings) -> None:
    """What the edition does not have is not silently empty either: `StrictUndefined` speaks."""
    broken = EDITION.model_copy(update={"mail": EDITION.check})  # has no subject_prefix
    with pytest.raises(Unbuildable, match="subject_prefix"):
        render(a_letter(), edition=broken, settings=settings)


def test_a_letter_without_template_cannot_be_built(settings: Settings) -> None:
    with pytest.raises(Unbuildable, match=r"nothing\.nobody"):
        render(a_letter("nothing.nobody"), edition=EDITION, settings=settings)


def test_the_message_carries_what_a_mail_program_needs(settings: Settings) -> None:
    read = as_read(a_letter(contact="张工", title="纺织全流程数字孪生工厂", number="IM24-031"), settings)
    assert read["From"].addresses[0].display_name == EDITION.mail.sender_name
    assert read["From"].addresses[0].addr_spec == "office@example.cn"
    assert read["Reply-To"].addresses[0].addr_spec == "desk@example.cn"
    assert (read["To"].addresses[0].display_name, read["To"].addresses[0].addr_spec) == ("张工", "jia@example.cn")
    assert read["Subject"].endswith("：IM24-031 纺织全流程数字孪生工厂")
    assert read["Message-ID"] == "<event-17-applicant.2024.a1@example.cn>"
    assert read["Date"] == "Thu, 15 Aug 2024 23:59:00 +0800"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert read["X-Linxuan-Letter"] == "L-000017"


def test_the_text_comes_first_and_both_parts_are_safe_to_carry(settings: Settings) -> None:
    letter = a_letter(**FILLED)
    parts = [part for part in as_read(letter, settings).walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in parts} == {"base64"}
    words = render(letter, edition=EDITION, settings=settings)
    assert parts[0].get_content().replace("\r\n", "\n") == words.text
    built = message.build(letter, words, edition=EDITION, settings=settings, at=NOW)
    assert max(map(len, built.split(b"\r\n"))) <= 998
    assert built.isascii()


@pytest.mark.parametrize(
    "name",
    ["张\r\nBcc: evil@example.org", 'O\'Brien, "Bob" <x@y>', "名" * 300, "\x00\x1b[31m王", "李\u2028四", "a@b, c@d"],
)
def test_a_name_is_never_more_than_a_name(name: str, settings: Settings) -> None:
    read = as_read(a_letter(contact=name), settings)
    assert [address.addr_spec for address in read["To"].addresses] == ["jia@example.cn"]
    assert read["Bcc"] is None
    assert read.defects == []


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b\r\nRCPT TO:<c@d>", "a b@c.cn", "张三@example.cn", "a@" + "x" * 70 + ".cn", "@x.cn", "a@"]
)
def test_what_is_no_address_cannot_be_built(to: str, settings: Settings) -> None:
    with pytest.raises(Unbuildable) as caught:
        as_read(a_letter(to=to), settings)
    assert caught.value.next_step


def test_a_chinese_domain_is_written_in_ascii() -> None:
    assert message.envelope_address("jia@例子.中国") == "jia@xn--fsqu00a.xn--fiqs8s"


def test_half_a_character_cannot_be_built(settings: Settings) -> None:
    with pytest.raises(Unbuildable):
        as_read(a_letter(reason="\ud800"), settings)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'letters.db'}")
    METADATA.create_all(database.engine)
    yield database
    database.close()


def a_draft(key: str = "remind-jia-3", **more: object) -> Draft:
    facts = {"number": "IM24-001"}
    return Draft("remind_submission.applicant", key, None, "jia@example.cn", facts=facts, **more)


def written(database: Database, *drafts: Draft, edition: str = "2024", now: datetime = NOW) -> int:
    with database.write() as session:
        return write(session, drafts, edition_key=edition, now=now, instance="a1", mail_from="office@example.cn")


def test_a_letter_is_written_once_under_its_key(database: Database) -> None:
    """One reminder silences only itself."""
    assert written(database, a_draft("remind-jia-3"), a_draft("remind-jia-3")) == 1
    assert written(database, a_draft("remind-jia-3"), a_draft("remind-jia-1")) == 1
    with database.read() as session:
        assert {letter.key for letter in session.exec(select(Letter))} == {"remind-jia-3", "remind-jia-1"}


def test_a_letter_waits_out_its_cooling_off(database: Database) -> None:
    later = NOW + timedelta(hours=2)
    written(database, a_draft("a", hold_until=later), a_draft("b"), a_draft("c", hold_until=NOW - timedelta(days=1)))
    with database.read() as session:
        waits = dict(session.exec(select(Letter.key, Letter.next_try_at)).all())
    assert waits == {"a": later, "b": NOW, "c": NOW}


def test_the_number_of_a_message_is_its_own_and_can_be_carried(database: Database) -> None:
    drafts = [a_draft(key) for key in ("event-17-applicant", "提醒 甲>\r\n", "提醒 乙>\r\n", "a:b", "a/b")]
    written(database, *drafts)
    with database.read() as session:
        ids = dict(session.exec(select(Letter.key, Letter.message_id)).all())
    assert ids["event-17-applicant"] == "<event-17-applicant.2024.a1@example.cn>"
    assert len(set(ids.values())) == 5
    assert all(re.fullmatch(r"<[A-Za-z0-9_-]+\.2024\.a1@example\.cn>", id_) for id_ in ids.values())


def test_a_letter_of_a_step_taken_back_does_not_exist(database: Database) -> None:
    """F30: the letter stands and falls with the transaction that caused it."""
    with pytest.raises(IntegrityError):  # no such event: the second letter takes the first with it
        written(database, a_draft("a"), a_draft("b", event_id=404))
    with database.read() as session:
        assert session.exec(select(Letter)).all() == []
