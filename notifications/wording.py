"""Sets a letter's frozen facts into its template.

A letter is one text, ``templates/<trigger>.<recipient>.txt``: it sets heading, summary, rows and button and fills the
blocks ``body`` and ``english``. Its ``.html`` is the same text, read with escaping and set in the other layout.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined, nodes
from markupsafe import Markup

from config.award import Contact
from config.edition import Edition
from config.lengths import length_shown
from config.settings import Settings
from records.tables.letter import Letter
from states.windows import closing_shown

TEMPLATES = Path(__file__).parent / "templates"
# What a letter may say beside the edition's own facts: key -> what the office fills in. All are words; "" when absent.
FACTS = {
    "number": "项目编号",
    "title": "项目名称",
    "unit": "申报单位",
    "endorser": "推荐方",
    "contact": "收信人姓名",
    "state_label": "项目现状",
    "reason": "原因、依据或说明",
    "slots": "要修改的文件",
    "due": "期限，连同时区",
    "link": "办理地址",
    "opinion": "推荐方的意见，或处理意见",
    "list": "清单，一行一项",
    "window": "起止时间",
    "decision_number": "文号或受理编号",
    "place": "地点",
    "minutes": "会议时长（分钟）",
    "round": "哪一轮评审",
    "by": "邀请人",
    "role": "请其担任什么",
    "inner": "学会内部的截止时间",
    "came": "收到了什么",
    "waits": "待办事项，一行一项",
    "soon": "将到期的事，一行一项",
    "failed": "没有办成的事，一行一项",
    "backup": "最近一次备份",
    "root": "账本末端",
}
# What an edition's own wording of a template may name in braces: what people call it -> a key of the words.
PLACEHOLDERS = {
    "编号": "number",
    "项目名称": "title",
    "申报单位": "unit",
    "推荐方": "endorser",
    "联系人": "contact",
    "现状": "state_label",
    "原因": "reason",
    "文件": "slots",
    "期限": "due",
    "意见": "opinion",
    "清单": "list",
    "起止": "window",
    "文号": "decision_number",
    "地点": "place",
    "时长": "minutes",
    "轮次": "round",
    "邀请人": "by",
    "身份": "role",
    "学会截止": "inner",
    "收到": "came",
    "待办": "waits",
    "将到期": "soon",
    "未办成": "failed",
    "备份": "backup",
    "账本": "root",
    "办公室": "office",
}
_PLACEHOLDER = re.compile(r"\{([^{}\n]{0,40})\}")
_OWN, _PARTS = "own words", "parts alone"  # templates that have no file
_BETWEEN = "\x1e"  # stands in no letter
_MADE = {
    _OWN: """{% extends original %}{% block body %}{{ own.body }}{% endblock %}
{% block english %}{{ own.english }}{% endblock %}""",
    _PARTS: """{{ heading }}\x1e{% block body %}{% endblock %}\x1e{% block english %}{% endblock %}""",
}
_PROJECT = ("number", "title", "unit", "endorser")
_ZONES = {"Asia/Shanghai": "北京时间"}
_SUBJECT_TITLE = 40  # characters of a project's name in a subject


@dataclass(frozen=True, slots=True)
class Wording:
    """What people may word in a letter: heading, body and English; link, table and foot are the template's."""

    subject: str
    body: str
    english: str


def words_of(letter: Letter, *, edition: Edition, settings: Settings) -> dict[str, Any]:
    """All that a template may name: the letter's facts (`FACTS`, "" when absent), the edition's, the office's."""
    facts = {key: str(letter.facts.get(key) or "") for key in FACTS}
    if not facts["link"].startswith(("https://", "http://")):
        facts["link"] = ""
    words = facts | {
        "edition": edition,
        "award": edition.award,
        "office": edition.award.office_short or edition.award.office,
        "project": [(FACTS[key], facts[key]) for key in _PROJECT],
        "short_title": _shortened(facts["title"]),
        "office_contact": _central(edition),
        "home": settings.public_url,
        "letter_number": letter_number(letter),
        "until": _until(edition.award.zone),
        "length": length_shown,
        "rows": [],
        "button": "",
        "summary": "",
        "tone": "muted",
        "salutation": _salutation(letter.template, facts, edition),
        "own": Wording("", "", ""),
    }
    return words | ({"own": _own(letter.wording, words)} if letter.wording else {})


def _own(told: Mapping[str, Any], words: Mapping[str, Any]) -> Wording:
    """The letter's own wording: an edition's with its placeholders filled, one letter's as it was written."""
    said = (told["subject"], told["body"], told["english"])
    return Wording(*(filled(each, words) if told["in_braces"] else each for each in said))


def filled(told: str, words: Mapping[str, Any]) -> str:
    """Placeholders as the words that they stand for; what is none stays as it was written."""
    return _PLACEHOLDER.sub(lambda it: str(words[PLACEHOLDERS[it[1]]]) if it[1] in PLACEHOLDERS else it[0], told)


def unknown_placeholders(told: str) -> list[str]:
    """The braces in a text that name nothing that a letter knows."""
    return [name for name in dict.fromkeys(_PLACEHOLDER.findall(told)) if name not in PLACEHOLDERS]


def in_braces() -> dict[str, str]:
    """Facts that are their own placeholders: a template worded with them is what an edition may begin from."""
    return {key: f"{{{name}}}" for name, key in PLACEHOLDERS.items() if key in FACTS}


def parts(template: str, words: Mapping[str, Any]) -> Wording:
    """Heading, body and English of a letter as it would be sent now, as plain text."""
    name = _OWN if words["own"].body else f"{template}.txt"
    own = {"original": f"{template}.txt", "layout": _PARTS}
    told = _environment("txt").get_template(name).render(words, **own).split(_BETWEEN)
    heading, body, english = ("\n\n".join("\n".join(lines) for lines in _parts(part)) for part in told)
    return Wording(words["own"].subject or heading, body, english)


def letter_number(letter: Letter) -> str:
    """The number that a reader quotes on the telephone."""
    return f"L-{letter.id or 0:06d}"


def _salutation(template: str, facts: Mapping[str, str], edition: Edition) -> str:
    """Who is spoken to: the unit with its contact, the endorser, the office, or a person."""
    recipient = template.rpartition(".")[2]
    if recipient == "applicant":
        return " ".join(part for part in (facts["unit"], facts["contact"]) if part)
    if recipient in {"endorser", "society"}:
        return facts["endorser"] or facts["contact"]
    return edition.award.office if recipient == "office" else facts["contact"]


def _central(edition: Edition) -> Contact | None:
    """The organizer's contact block among those of the societies (R28, A35)."""
    own = [contact for contact in edition.contacts if contact.body == edition.award.organizer]
    return next(iter([*own, *reversed(edition.contacts)]), None)


def _until(zone: str) -> Callable[[datetime], str]:
    """A closing instant as people read it, with its zone."""

    def shown(instant: datetime) -> str:
        return f"{closing_shown(instant, zone)}（{_ZONES.get(zone, zone)}）"

    return shown


def page(kind: Literal["txt", "html"], template: str, words: Mapping[str, Any]) -> str:
    """One of the two readings of a template; the text's first line is the subject."""
    name = _OWN if words["own"].body else f"{template}.{kind}"
    return _environment(kind).get_template(name).render(words, original=f"{template}.{kind}", layout=f"layout.{kind}")


def parsed(template: str) -> nodes.Template:
    """A template as its parts, for those who look for what it names."""
    return _environment("txt").parse((TEMPLATES / f"{template}.txt").read_text(encoding="utf-8"))


@cache
def _environment(kind: str) -> Environment:
    """The two readings of one set of templates: HTML escapes everything, text nothing."""
    escapes = kind == "html"
    built = Environment(
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), DictLoader(_MADE)]),
        undefined=StrictUndefined,
        autoescape=escapes,  # noqa: S701 - plain text knows no markup
        auto_reload=False,
    )
    built.filters["paragraphs"] = _html_paragraphs if escapes else _text_paragraphs
    built.filters["lines"] = _html_lines if escapes else _text_lines
    return built


def _html_paragraphs(body: Markup) -> Markup:
    """``body`` comes escaped from the page."""
    paragraphs = ([Markup(line) for line in part] for part in _parts(body))  # noqa: S704
    return Markup("").join(Markup("<p>{}</p>").format(Markup("<br>").join(lines)) for lines in paragraphs)


def _text_paragraphs(body: str) -> str:
    return "\n\n".join("\n".join(lines) for lines in _parts(body))


def _parts(body: str) -> list[list[str]]:
    """The paragraphs, each as its lines: runs between empty ones."""
    runs = groupby(body.splitlines(), key=lambda line: bool(line.strip()))
    return [list(lines) for filled, lines in runs if filled]


def _html_lines(value: str) -> Markup:
    return Markup("<br>").join(value.splitlines())


def _text_lines(value: str) -> str:
    """A value of several lines stands indented beneath its label."""
    lines = value.splitlines()
    return value if len(lines) <= 1 else "".join(f"\n    {line}" for line in lines)


def _shortened(title: str) -> str:
    line = one_line(title)
    return line if len(line) <= _SUBJECT_TITLE else line[: _SUBJECT_TITLE - 1] + "…"


def one_line(words: str) -> str:
    """Nothing that could end a header line, or hide: controls and separators become one space."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
