"""Writes the press kit of the result: a paragraph and a picture for each winner, the table, texts to be copied."""

from collections.abc import Sequence
from dataclasses import dataclass

from paperwork.case_facts import Issued, fingerprint
from paperwork.official_paper import official, signature_of
from paperwork.sheets import Column, List, workbook
from paperwork.word_marks import Cell, Table
from paperwork.word_package import Properties

TITLE = "新闻通稿"
GATHERINGS = "论坛活动"
LIST = "入选名单"
_WIDTHS = (12.0, 68.0, 46.0, 30.0)
_WITH_PRESENTER = (12.0, 52.0, 38.0, 28.0, 26.0)
_COLUMNS = (
    Column("序号", 6), Column("项目名称", 44), Column("申报单位", 34), Column("推荐方", 24), Column("征集范围", 20),
    Column("现场汇报", 22), Column("介绍", 60), Column("English", 44),
)  # fmt: skip
_PICTURE_MM = (100.0, 58.0)  # as wide and as high at most


@dataclass(frozen=True, slots=True)
class Cover:
    """The picture of a winner, JPEG, with where it is from."""

    jpeg: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class Winner:
    """One winner as the public reads of it; ``presenter`` is who spoke for it at the final, name and post, or empty."""

    number: str
    title: str
    unit: str
    endorser: str
    category: str
    paragraph: str
    english: str
    presenter: str = ""
    cover: Cover | None = None

    @property
    def presented(self) -> str:
        """Who presented it, as a line of its own."""
        return f"终评现场汇报：{self.presenter}。" if self.presenter else ""


@dataclass(frozen=True, slots=True)
class Gathering:
    """One public event of the forum (R23): what, when in words, where and what is told of it; the last two or none."""

    title: str
    when: str
    place: str
    words: str

    @property
    def line(self) -> str:
        """The event in one line."""
        where = f"，{self.place}" if self.place else ""
        return f"{self.title}：{self.when}{where}。{self.words}"


@dataclass(frozen=True, slots=True)
class PressKit:
    """What is told on the day: the award, the occasion, the day in words, the winners in the order of the notice."""

    award: str
    organizer: str
    occasion: str
    day: str
    winners: tuple[Winner, ...]
    english_award: str
    gatherings: tuple[Gathering, ...] = ()

    @property
    def lead(self) -> str:
        """The first sentence."""
        return (
            f"{self.day}，{self.organizer}在{self.occasion}上发布“{self.award}”，"
            f"共 {len(self.winners)} 项成果入选，排名不分先后。"
        )


def press_kit(facts: PressKit, issued: Issued) -> bytes:
    """The press release as .docx: lead, picture and paragraph a winner, the table, the English lines (R115, R116)."""
    word = official(TITLE, issued, facts)
    word.text(facts.lead)
    for place, winner in enumerate(facts.winners, start=1):
        word.heading(f"{place}. {winner.title}", 2)
        if winner.cover:
            word.picture(winner.cover.jpeg, _PICTURE_MM, f"{winner.title}：{winner.cover.origin}", keeps_next=True)
        word.text(winner.paragraph + winner.presented)
    word.heading(LIST)
    word.table(_listed(facts.winners))
    if facts.gatherings:
        word.heading(GATHERINGS)
    for each in facts.gatherings:
        word.text(each.line)
    word.heading("English")
    word.text(english_lead(facts))
    for place, winner in enumerate(facts.winners, start=1):
        word.text(f"{place}. {winner.english}")
    signature_of(word, issued)
    return word.to_bytes()


def _listed(winners: Sequence[Winner]) -> Table:
    """The list; who presented has a column where anybody is known."""
    presented = any(each.presenter for each in winners)
    labels = ("序号", "项目名称", "申报单位", "推荐方", *(("现场汇报",) if presented else ()))
    head = [Cell(words, align="center", bold=True) for words in labels]
    rows = [
        [
            Cell(str(place), align="center"), Cell(each.title), Cell(each.unit), Cell(each.endorser or "—"),
            *((Cell(each.presenter or "—"),) if presented else ()),
        ]
        for place, each in enumerate(winners, start=1)
    ]  # fmt: skip
    return Table(_WITH_PRESENTER if presented else _WIDTHS, [head, *rows], head_rows=1)


def list_of_winners(facts: PressKit, issued: Issued) -> bytes:
    """The list as .xlsx, with all that is told of each winner."""
    told = Properties(title=f"{facts.award} {LIST}", author=issued.office, subject=facts.award, made_at=issued.at)
    rows = [
        (
            str(place), each.title, each.unit, each.endorser, each.category, each.presenter, each.paragraph,
            each.english,
        )
        for place, each in enumerate(facts.winners, start=1)
    ]  # fmt: skip
    return workbook([List(LIST, told.title, _COLUMNS, rows)], told, digest=fingerprint(facts))


def plain_text(facts: PressKit) -> str:
    """The same as plain text, for editors who want no layout."""
    told = "\n\n".join(
        f"{place}. {each.title}\n{each.paragraph}{each.presented}" for place, each in enumerate(facts.winners, start=1)
    )
    english = "\n".join(f"{place}. {each.english}" for place, each in enumerate(facts.winners, start=1))
    gathered = "\n".join([GATHERINGS, *(each.line for each in facts.gatherings)]) + "\n\n" if facts.gatherings else ""
    return f"{facts.award}\n\n{facts.lead}\n\n{told}\n\n{gathered}{english_lead(facts)}\n\n{english}\n"


def wechat_text(facts: PressKit) -> str:
    """A text for WeChat with its line breaks: the list, short enough to be read on a telephone."""
    lines = [f"【{facts.award}】发布", "", facts.lead, ""]
    for place, each in enumerate(facts.winners, start=1):
        lines += [f"{place}. {each.title}", f"　　{each.unit}"]
    lines += ["", "（排名不分先后）"]
    if facts.gatherings:
        lines += ["", *(each.line for each in facts.gatherings), ""]
    return "\n".join([*lines, f"发布单位：{facts.organizer}"])


def english_lead(facts: PressKit) -> str:
    """The lead in English."""
    return f"{facts.english_award}: {len(facts.winners)} projects selected, in no particular order."
