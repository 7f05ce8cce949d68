"""How the papers look that applicants fill in: as the edition's form asks."""

from dataclasses import dataclass, replace

from config.edition import Edition, FormRules, TextStyle
from paperwork.word import Word
from paperwork.word_looks import APPLICANT_PAGE, GREY, SIZES, Look, Looks, Style
from paperwork.word_package import Properties

_LEVELS: dict[str, Style] = {"level1": "Heading1", "level2": "Heading2", "level3": "Heading3", "body": "BodyText"}
_SONG = "宋体"
_KAI = "楷体"
_PLAIN = Look(_SONG, SIZES["小四"], western=_SONG)


@dataclass(frozen=True, slots=True)
class Filled:
    """What is known of an application before its applicant fills anything in; an empty one stays to be filled in."""

    number: str = ""
    title: str = ""
    unit: str = ""
    endorser: str = ""


BLANK = Filled()


def paper(edition: Edition, title: str, filled: Filled, *, lines: float | None = None) -> Word:
    """An empty paper for applicants, dated with the opening of the call, so that it never changes.

    ``lines`` is the spacing of its text, where the form's own takes too much room.
    """
    properties = Properties(
        title=f"{filled.number} {filled.title} {title}".strip() if filled.number else title,
        author=edition.award.office,
        made_at=edition.submission.opens,
        subject=edition.award.entry_name,
    )
    chosen = looks(edition.form)
    if lines is not None:
        chosen["BodyText"] = replace(chosen["BodyText"], lines=lines)
    return Word(APPLICANT_PAGE, chosen, properties, number=filled.number)


def looks(rules: FormRules | None) -> Looks:
    """The edition's styles for headings and text (R63–R66), with what it leaves open in the same fonts."""
    told: Looks = {_LEVELS[style.level]: _look(style) for style in rules.styles} if rules else {}
    body = told.get("BodyText", replace(_PLAIN, lines=1.5, indent_chars=2))
    plain = replace(body, indent_chars=0, align="left")
    heading = replace(plain, bold=True, keeps_next=True)
    open_yet: Looks = {
        "Normal": plain,
        "Title": replace(plain, points=SIZES["小二"], bold=True, align="center", before=6, after=12),
        "Heading1": heading,
        "Heading2": heading,
        "Heading3": heading,
        "BodyText": body,
        "Hint": Look(_KAI, SIZES["五号"], western=_KAI, lines=1.25, indent_chars=2, colour=GREY, keeps_next=True),
        "TableText": replace(plain, lines=1.2),
        "Header": Look(_SONG, SIZES["小五"], colour=GREY),
    }
    return {**open_yet, **told}


def _look(style: TextStyle) -> Look:
    return Look(
        font=style.font,
        points=style.size_points,
        bold=style.bold,
        western=style.font,
        lines=style.line_spacing,
        indent_chars=style.first_line_chars or 0.0,
        align="both" if style.level == "body" else "left",
        keeps_next=style.level != "body",
    )
