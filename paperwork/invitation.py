"""Writes the invitations to the defence: when, where, in which order, how long, a slip to answer on (R100, R127)."""

from collections.abc import Sequence
from dataclasses import dataclass

from paperwork.case_facts import Issued
from paperwork.official_paper import begin, parts, signature_of
from paperwork.red_head import RedHead, addressed, attached, attachment, printed_by
from paperwork.word import Word
from paperwork.word_looks import OFFICIAL_PAGE
from paperwork.word_marks import Cell, Table

TITLE = "答辩邀请函"
_SLIP = "参会回执"
_ROW_MM = 14.0
_WIDTHS = (36.0, 48.0, 24.0, 48.0)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who defends, as far as the unit has said (R26)."""

    name: str = ""
    post: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """One finalist's invitation; ``place`` is 0 and ``begins`` empty before the order is drawn."""

    head: RedHead
    number: str
    title: str
    unit: str
    round_name: str
    held: str
    venue: str
    place: int
    begins: str
    talk: str  # its length in words, empty where none is set
    questions: str
    parts: tuple[str, ...]
    speaker: Speaker = Speaker()


def invitations(facts: Sequence[Invitation], issued: Issued) -> bytes:
    """The invitations as .docx, each on pages of its own that are counted from one."""
    return parts(TITLE, issued, facts, _write, page=OFFICIAL_PAGE)


def _write(word: Word, facts: Invitation, issued: Issued) -> None:
    begin(word, f"关于邀请参加{issued.entry_name}\n{facts.round_name}现场答辩的函", issued, head=facts.head)
    addressed(word, facts.unit)
    word.text(
        f"你单位申报的“{facts.title}”（编号 {facts.number}）入围{facts.round_name}。现邀请你单位派员参加现场答辩。"
    )
    word.heading("一、时间和地点")
    word.text(f"会议时间：{facts.held}")
    word.text(f"会议地点：{facts.venue or '　' * 14}")
    if facts.place:
        word.text(f"答辩次序：第 {facts.place} 项，预计 {facts.begins} 开始，请提前 30 分钟到场候场。")
    else:
        word.text("答辩次序由抽签确定，抽签之后另行通知。")
    word.heading("二、答辩要求")
    for number, line in enumerate(_demands(facts), start=1):
        word.text(f"{number}. {line}")
    word.heading("三、回执")
    word.text("请填写参会回执，盖章之后发回联系邮箱。")
    word.text(f"联系人：{issued.contact}", align="left")
    attached(word, [_SLIP])
    signature_of(word, issued)
    printed_by(word, issued)
    attachment(word, None, _SLIP)
    word.table(_slip(facts))


def _demands(facts: Invitation) -> list[str]:
    told = [f"围绕申报材料的内容陈述：{'；'.join(facts.parts)}。"] if facts.parts else []
    if facts.talk:
        told.append(
            f"陈述 {facts.talk}，专家问询 {facts.questions}，现场计时，超时将记录在案。陈述内容须与申报材料一致。"
        )
    told.append("请在答辩之前登录申报系统，在“我的申报”中填写答辩人的姓名、职务和手机；有变更的及时更改。")
    return [*told, "所用材料应已作脱密处理，不涉及国家、军事、商业秘密。", "请自备演示文件，会前在现场试播。"]


def _slip(facts: Invitation) -> Table:
    def label(words: str) -> Cell:
        return Cell(words, align="center", bold=True)

    rows = [
        [label("项目编号"), Cell(facts.number), label("申报单位"), Cell(facts.unit)],
        [label("项目名称"), Cell(facts.title, span=3)],
        [label("答辩人"), Cell(facts.speaker.name), label("职务"), Cell(facts.speaker.post)],
        [label("手机"), Cell(facts.speaker.phone), label("邮箱"), Cell()],
        [label("随行人员"), Cell(span=3)],
        [label("自带电脑"), Cell("　是　　　　否", align="center"), label("到达时间"), Cell()],
        [label("单位盖章"), Cell(span=3)],
    ]
    heights = [_ROW_MM] * (len(rows) - 1) + [46.0]
    return Table(_WIDTHS, rows, heights=heights, together=True)
