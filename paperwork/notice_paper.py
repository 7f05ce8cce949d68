"""Writes the public notice: who is to be selected, until when it may be objected to, the list attached (R112, R132)."""

from dataclasses import dataclass, replace

from paperwork.case_facts import Issued
from paperwork.official_paper import TABLE_GAP, contact_of, official, signature_of
from paperwork.red_head import RedHead, addressed, attached, attachment, printed_by
from paperwork.word_looks import OFFICIAL_PAGE
from paperwork.word_marks import Cell, Table

TITLE = "公示"
_WIDTHS = (13.0, 23.0, 57.0, 37.0, 26.0)
_NO_ENDORSER = (13.0, 23.0, 73.0, 47.0)


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a public list: nothing but what the public may read."""

    number: str
    title: str
    unit: str
    endorser: str


@dataclass(frozen=True, slots=True)
class NoticeTold:
    """One version of the notice in words; ``differences`` is empty for the first, ``steps`` are those that came before.

    ``opens`` and ``closes`` are both ends of the window, ``reckoning`` says how it was counted (A3–A5).
    """

    award: str
    entry_name: str
    number: str
    version: int
    societies: bool
    steps: tuple[str, ...]
    scope: str
    opens: str
    closes: str
    reckoning: str
    grounds: tuple[str, ...]
    contact: str
    day: str
    items: tuple[Listed, ...]
    differences: tuple[str, ...]
    is_draft: bool = False  # to be looked at and sealed before it is posted: its day is the one that is planned


def notice_paper(facts: NoticeTold, issued: Issued) -> bytes:
    """The notice as .docx, dated when this version was put out."""
    posted = replace(issued, day=facts.day)
    title = f"关于“{facts.award}”入选结果的公示"
    word = official(title, issued, facts, head=RedHead(issued.office, facts.number, ""))
    addressed(word, *(["各成员学会"] if facts.societies else []), "各有关单位")
    word.text(
        f"{facts.entry_name}遴选工作经{'、'.join(facts.steps)}，拟确定“{facts.items[0].title}”等 {len(facts.items)} 项"
        f"为“{facts.award}”，现予公示。公示范围：{facts.scope}。"
        if facts.items
        else f"{facts.entry_name}遴选工作经{'、'.join(facts.steps)}，现公示如下：名单为空。"
    )
    if facts.differences:
        word.text(f"本公示为第 {facts.version} 版，与上一版的差别：{'；'.join(facts.differences)}。")
    word.heading("一、公示时间")
    word.text(f"{facts.opens}至{facts.closes}。")
    word.text(facts.reckoning, style="Hint")
    if facts.is_draft:
        word.text("（公示稿：如在上述时刻发布，公示期即如此；以实际发布的时刻重新推算。）", style="Hint")
    word.heading("二、异议受理")
    word.heading("（一）受理方式", 2)
    word.text(
        "公示期间，单位或者个人对公示项目有异议的，应当以书面形式实名提出，写明理由并附证据材料；单位提出的须加盖公章，"
        f"个人提出的须签署真实姓名并留联系方式。匿名、逾期的异议不予受理。可就下列方面提出：{'、'.join(facts.grounds)}。"
    )
    word.heading("（二）处理办法", 2)
    word.text("遴选办公室自收到异议之日起进行核实，异议人的身份予以保密；存在重大质疑且查证属实的，取消入选资格。")
    contact_of(word, facts.contact)
    name = f"{facts.award}拟入选名单"
    attached(word, [name])
    signature_of(word, posted)
    printed_by(word, posted)
    attachment(word, None, facts.award, "拟入选名单")
    word.text("（排名不分先后）", style="Normal", align="center", after=TABLE_GAP)
    word.table(list_table(facts.items))
    return word.to_bytes()


def list_table(items: tuple[Listed, ...]) -> Table:
    """A public list; without an endorser in any line that column is left out."""
    endorsed = any(item.endorser for item in items)
    head = ["序号", "编号", "项目名称", "申报单位", *(["推荐方"] if endorsed else [])]
    rows = [
        [
            Cell(str(place), align="center"), Cell(item.number, align="center"), Cell(item.title), Cell(item.unit),
            *([Cell(item.endorser or "—")] if endorsed else []),
        ]
        for place, item in enumerate(items, start=1)
    ]  # fmt: skip
    widths = _WIDTHS if endorsed else _NO_ENDORSER
    spare = OFFICIAL_PAGE.room - sum(widths)
    return Table(
        [widths[0], widths[1], widths[2] + spare, *widths[3:]],
        [[Cell(words, align="center", bold=True) for words in head], *rows],
        head_rows=1,
    )
