"""Writes the press kit of the result: a paragraph for each winner, the table, texts to be copied (R115, R116)."""

from dataclasses import dataclass

from paperwork.case_facts import Issued
from paperwork.official_paper import official, signature_of
from paperwork.word_marks import Cell, Table

TITLE = "新闻通稿"
GATHERINGS = "论坛活动"
_WIDTHS = (12.0, 68.0, 46.0, 30.0)


@dataclass(frozen=True, slots=True)
class Winner:
    """One winner as the public reads of it."""

    title: str
    unit: str
    endorser: str
    category: str
    paragraph: str
    english: str


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
    """The press release as .docx: lead, one paragraph a winner, the table, the English lines."""
    word = official(TITLE, issued, facts)
    word.text(facts.lead)
    for place, winner in enumerate(facts.winners, start=1):
        word.heading(f"{place}. {winner.title}", 2)
        word.text(winner.paragraph)
    word.heading("入选名单")
    head = [Cell(words, align="center", bold=True) for words in ("序号", "项目名称", "申报单位", "推荐方")]
    rows = [
        [Cell(str(place), align="center"), Cell(each.title), Cell(each.unit), Cell(each.endorser or "—")]
        for place, each in enumerate(facts.winners, start=1)
    ]
    word.table(Table(_WIDTHS, [head, *rows], head_rows=1))
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


def plain_text(facts: PressKit) -> str:
    """The same as plain text, for editors who want no layout."""
    told = "\n\n".join(f"{place}. {each.title}\n{each.paragraph}" for place, each in enumerate(facts.winners, start=1))
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
