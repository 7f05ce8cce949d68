"""Writes the papers of an objection: accepted, asked of the applicant, decided, answered (R114, R133)."""

from dataclasses import dataclass, replace

from paperwork.case_facts import Issued
from paperwork.official_paper import TABLE_GAP, contact_of, official, signature_of
from paperwork.red_head import addressed
from paperwork.word import Word
from paperwork.word_looks import OFFICIAL_PAGE
from paperwork.word_marks import Cell, Table

ACCEPTANCE, INQUIRY = "异议受理通知书", "关于请说明异议事项的函"
DECISION, ANSWER = "异议处理决定", "异议处理答复书"
_LABEL, _VALUE = 26.0, (OFFICIAL_PAGE.room - 52.0) / 2


@dataclass(frozen=True, slots=True)
class ObjectionTold:
    """One case in words, without anything of who objects: texts are those that the desk may read.

    An instant that has not come yet is empty; ``verdict`` is 成立, 不成立 or 不予受理, empty while the case is open.
    """

    number: str
    item_number: str
    title: str
    unit: str
    award: str
    ground: str
    by_unit: bool
    statement: str
    received: str
    window: str
    evidence_sha256: str
    accepted: str
    question: str
    asked: str
    answer_until: str
    answer: str
    answered: str
    opinion: str
    verdict: str
    outcome: str
    decided: str
    decision_number: str
    contact: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who objected, taken from the drawer for one print: it is in no hash and in no file that stays here."""

    name: str
    unit: str = ""
    address: str = ""


def acceptance(facts: ObjectionTold, issued: Issued, to: Addressee | None = None) -> bytes:
    """To the objector: the objection was taken up, what it is about, what comes now."""
    word = _begun(ACCEPTANCE, facts, issued)
    _to_objector(word, facts, to)
    word.text(
        f"你（单位）对公示项目“{facts.title}”（编号 {facts.item_number}）提出的异议，已于 {facts.received} 收到。"
        f"经初步审查，在公示期（{facts.window}）之内实名提出并附有证据，予以受理，异议编号 {facts.number}。",
        after=TABLE_GAP,
    )
    word.table(_received_table(facts))
    word.text("遴选办公室将请申报单位说明，必要时征求专家意见，经两人以上办理作出决定，并将结果书面答复你（单位）。")
    word.text("你（单位）的身份予以保密。如需补充证据，请注明异议编号。")
    _ended(word, facts, issued, at=facts.accepted)
    return word.to_bytes()


def inquiry(facts: ObjectionTold, issued: Issued) -> bytes:
    """To the unit that applied: what it is asked, until when; nothing that tells who asks."""
    word = _begun(INQUIRY, facts, issued)
    addressed(word, facts.unit)
    word.text(
        f"你单位申报的“{facts.title}”（编号 {facts.item_number}）公示期间，收到关于“{facts.ground}”的异议"
        f"（{facts.number}）。请就下列事项书面说明，并附证明材料："
    )
    _quoted(word, facts.question)
    until = f"请于{facts.answer_until}之前" if facts.answer_until else "请"
    word.text(f"{until}加盖公章后提交。逾期不说明的，遴选办公室依据已有材料作出决定。")
    word.text("异议办结之前，该项目暂缓公布；其他项目不受影响。请勿打听异议人的身份。")
    _ended(word, facts, issued, at=facts.asked)
    return word.to_bytes()


def decision(facts: ObjectionTold, issued: Issued) -> bytes:
    """The decision on the case for the file and for the unit: what was asked, said, found and decided.

    The objector's own words are not in it: of them the unit knows what a person put into the question.
    """
    word = _begun(DECISION, facts, issued)
    addressed(word, facts.unit)
    word.table(_case_table(facts))
    word.heading("一、异议事项")
    _quoted(word, facts.question or f"关于“{facts.ground}”的异议。")
    word.heading("二、申报单位的说明")
    _quoted(word, facts.answer or ("（逾期未说明）" if facts.asked else "（未要求说明）"))
    if facts.opinion:
        word.heading("三、专家意见")
        _quoted(word, facts.opinion)
    word.heading(f"{'四' if facts.opinion else '三'}、核实情况和结论")
    _quoted(word, facts.outcome)
    word.text(f"经核定，该异议{_concluded(facts)}。{_consequence(facts)}")
    _ended(word, facts, issued, at=facts.decided)
    return word.to_bytes()


def answer(facts: ObjectionTold, issued: Issued, to: Addressee | None = None) -> bytes:
    """To the objector: how the case ended, and why."""
    word = _begun(ANSWER, facts, issued)
    _to_objector(word, facts, to)
    word.text(
        f"你（单位）于 {facts.received} 对公示项目“{facts.title}”（编号 {facts.item_number}）提出的异议"
        f"（{facts.number}，{facts.ground}），经核实，结论如下："
    )
    word.heading(f"异议{_concluded(facts)}")
    _quoted(word, facts.outcome)
    word.text(_consequence(facts) or "该项目的公示和公布不因本异议而改变。")
    word.text("感谢你（单位）对遴选工作的监督。你（单位）的身份予以保密。")
    _ended(word, facts, issued, at=facts.decided)
    return word.to_bytes()


def _begun(title: str, facts: ObjectionTold, issued: Issued) -> Word:
    return official(title, issued, facts, number=facts.number)


def _ended(word: Word, facts: ObjectionTold, issued: Issued, *, at: str) -> None:
    """Contact and signature, dated on the day of the act that the paper tells."""
    contact_of(word, facts.contact)
    signature_of(word, replace(issued, day=at.partition(" ")[0]))


def _to_objector(word: Word, facts: ObjectionTold, to: Addressee | None) -> None:
    """Whom it goes to: from the drawer for this print, else two lines to be written by hand."""
    if to:
        addressed(word, "　".join(filter(None, (to.unit, to.name))))
        if to.address:
            word.text(f"（寄：{to.address}）", style="Hint")
        return
    addressed(word, f"{facts.number} 号异议人")
    line = "　" * 9
    rows = [[_bold("送达"), Cell(f"姓名或单位：{line}\n地址：{line}")]]
    word.table(Table((_LABEL, OFFICIAL_PAGE.room - _LABEL), rows, heights=[14.0]))
    word.text("姓名和地址由经办人手写；系统只把本件记在异议编号之下。", style="Hint")


def _case_table(facts: ObjectionTold) -> Table:
    """What the applicant may know of a case: neither when it came nor how it was signed."""
    rows: list[list[Cell | str]] = [
        [_bold("异议编号"), facts.number, _bold("异议方面"), facts.ground],
        [_bold("项目"), Cell(f"{facts.item_number}　{facts.title}", span=3)],
    ]
    return Table((_LABEL, _VALUE, _LABEL, _VALUE), rows)


def _received_table(facts: ObjectionTold) -> Table:
    """What the objector brought, as it was registered."""
    rows: list[list[Cell | str]] = [
        [_bold("异议方面"), facts.ground, _bold("名义"), "单位盖章" if facts.by_unit else "个人实名"],
        [_bold("异议内容"), Cell(facts.statement, span=3)],
    ]
    if facts.evidence_sha256:
        rows.append([_bold("证据摘要"), Cell(f"SHA-256 {facts.evidence_sha256}", span=3, points=8)])
    return Table((_LABEL, _VALUE, _LABEL, _VALUE), rows)


def _concluded(facts: ObjectionTold) -> str:
    return facts.verdict or "尚未办结"


def _consequence(facts: ObjectionTold) -> str:
    """What follows where it was sustained."""
    if facts.verdict != "成立":
        return ""
    if facts.decision_number:
        return f"该项目的资格已依 {facts.decision_number} 取消。"
    return "该项目的资格另行决定。"


def _quoted(word: Word, text: str) -> None:
    for line in filter(str.strip, text.splitlines()):
        word.text(line.strip())


def _bold(text: str) -> Cell:
    return Cell(text, align="center", bold=True)
