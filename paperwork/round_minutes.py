"""Writes the minutes of a round with who goes on, and the register of extreme scores (R126, R130, R131)."""

from paperwork.case_facts import Issued, fingerprint
from paperwork.official_paper import TABLE_GAP, official, signature_of, signing_table
from paperwork.round_told import RoundTold
from paperwork.sheets import List, workbook
from paperwork.tally_sheet import EXTREME_COLUMNS, extreme_rows, extremes_table
from paperwork.word_looks import OFFICIAL_WIDE
from paperwork.word_marks import Cell, Table
from paperwork.word_package import Properties

MINUTES, REGISTER = "评审会纪要", "高低分理由登记册"
_LIST = (14.0, 25.0, 60.0, 41.0, 16.0)
_PANEL = (26.0, 70.0, 44.0, 16.0)


def round_minutes(told: RoundTold, issued: Issued) -> bytes:
    """The minutes as .docx: who judged, by which rules, what was decided on ties, who goes on."""
    word = official(f"{told.name}{MINUTES}", issued, told)
    word.text(f"{told.name}评分自 {told.opened} 开始，至 {told.locked} 锁定。共评 {len(told.items)} 项。")
    word.heading("一、评审专家", after=TABLE_GAP)
    head = [Cell(words, align="center", bold=True) for words in ("姓名", "单位", "类别", "已评")]
    rows: list[list[Cell | str]] = [
        [judge.name, judge.unit, judge.kind, _mid(str(judge.scored))] for judge in told.judges
    ]
    word.table(Table(_PANEL, [head, *rows], head_rows=1))
    word.heading("二、回避")
    for line in told.recusals or ("没有专家回避。",):
        word.text(line)
    word.heading("三、统计规则")
    for line in told.rules:
        word.text(line)
    word.heading("四、同分的处理")
    for line in (*told.ties, *told.votes) or ("没有同分。",):
        word.text(line)
    word.heading(f"五、结果（{len(told.chosen)} 项）", after=TABLE_GAP)
    word.table(_chosen(told))
    word.text(f"高于或低于界线的评分 {len(told.extremes)} 个，理由见{REGISTER}。")
    word.heading("六、签字", after=TABLE_GAP)
    word.table(signing_table({}, "专家组组长", "记录人", "监督人"))
    signature_of(word, issued)
    return word.to_bytes()


def reason_register(told: RoundTold, issued: Issued) -> bytes:
    """The register of extreme scores with their reasons, for the archive, as .docx (R108)."""
    word = official(f"{told.name}{REGISTER}", issued, told, page=OFFICIAL_WIDE)
    word.text(f"评分锁定：{told.locked}　共 {len(told.extremes)} 个。理由为专家提交时所写，锁定后不能改动。")
    if told.extremes:
        word.table(extremes_table(told))
    else:
        word.text("没有高于或低于界线的评分。")
    word.table(signing_table({}, "登记人", "归档人"))
    signature_of(word, issued)
    return word.to_bytes()


def reason_workbook(told: RoundTold, issued: Issued) -> bytes:
    """The same register as .xlsx."""
    title = f"{issued.entry_name}{told.name}{REGISTER}"
    properties = Properties(title=title, author=issued.office, made_at=issued.at, subject=issued.entry_name)
    return workbook(
        (List("登记册", title, EXTREME_COLUMNS, extreme_rows(told)),), properties, digest=fingerprint(told.extremes)
    )


def _chosen(told: RoundTold) -> Table:
    head = [Cell(words, align="center", bold=True) for words in ("名次", "编号", "项目名称", "申报单位", "平均分")]
    rows: list[list[Cell | str]] = [
        [_mid(it.place), _mid(it.number), it.title, it.unit, _mid(it.printed)] for it in told.chosen
    ]
    return Table(_LIST, [head, *rows], head_rows=1)


def _mid(text: str) -> Cell:
    return Cell(text, align="center")
