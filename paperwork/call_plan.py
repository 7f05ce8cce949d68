"""Writes the plan of the selection as it is attached to the call: scope, standard, procedure, files (R120)."""

from collections.abc import Sequence

from paperwork.call_facts import Asked, Judged, Plan, Reach, Standard
from paperwork.official_paper import TABLE_GAP
from paperwork.word import Word
from paperwork.word_looks import OFFICIAL_PAGE
from paperwork.word_marks import Cell, Table

_NUMBERS = "一二三四五六七八九十"
_STANDARDS = (34.0, 18.0, OFFICIAL_PAGE.room - 52.0)
_FILES = (38.0, 30.0, OFFICIAL_PAGE.room - 68.0)


def write_plan(word: Word, plan: Plan, reach: Sequence[Reach]) -> None:
    """The whole plan below its title; what an edition does not have is left out, and nothing keeps a number of it."""
    for line in plan.definition:
        word.text(line)
    parts = (
        ("征集范围", _scopes), ("遴选标准", _standards), ("推荐、遴选流程", _procedure), ("公布和宣传", _publicity),
        ("往届成果展示", _past),
    )  # fmt: skip
    for number, (heading, write) in enumerate(parts):
        word.heading(f"{_NUMBERS[number]}、{heading}")
        write(word, plan)
    word.heading(f"{_NUMBERS[len(parts)]}、联系方式")
    write_reach(word, reach)
    word.heading(f"{_NUMBERS[len(parts) + 1]}、申报文件格式及相关要求", after=TABLE_GAP)
    word.table(_files(plan.files))


def write_reach(word: Word, reach: Sequence[Reach]) -> None:
    """Whom to call, one block a body; what is not known yet is a line to write on."""
    for each in reach:
        word.text(f"{each.body}：{each.person or '　' * 8}")
        word.text(f"电　话：{each.phone or '　' * 12}", align="left")
        word.text(f"邮　箱：{each.email or '　' * 12}", align="left")


def _scopes(word: Word, plan: Plan) -> None:
    for number, scope in enumerate(plan.scopes):
        word.heading(f"（{_NUMBERS[number]}）{scope.name}", 2)
        for line in scope.lines:
            word.text(line)


def _standards(word: Word, plan: Plan) -> None:
    if plan.standards_note:
        word.text(f"（{plan.standards_note}）", style="Hint")
    word.table(_standard_table(plan.standards))


def _standard_table(standards: Sequence[Standard]) -> Table:
    head = [Cell(words, align="center", bold=True) for words in ("指标", "分值", "考察的方面")]
    rows: list[list[Cell | str]] = [
        [
            Cell(each.name, align="center"), Cell(str(each.points), align="center"),
            "；".join(f"{name}（{points} 分）" for name, points in each.aspects),
        ]
        for each in standards
    ]  # fmt: skip
    return Table(_STANDARDS, [head, *rows], head_rows=1)


def _procedure(word: Word, plan: Plan) -> None:
    if plan.societies:
        count = len(plan.societies)
        word.text(
            f"为充分体现“{plan.entry_name}”遴选活动的{plan.principles}，邀请{plan.organizer} {count} 家成员学会积极动员"
            f"所在领域的国内外权威的行业组织、研究机构、高校、企业，以及本领域专家共同参与推荐工作。"
            f"{count} 家{'推荐单位' if plan.by_society else '成员学会'}为：{'、'.join(plan.societies)}。"
        )
    word.text(
        f"{plan.organizer}成立“{plan.office}”（以下简称“{plan.office_short}”），负责收集推荐材料，对推荐材料进行形式审查，"
        "组织召开评审会，并对遴选结果进行发布、宣传。"
    )
    word.heading("1. 推荐材料初步审核与提交", 2)
    word.text(_handing_in(plan))
    word.text(f"申报通道：{plan.portal}", align="left")
    for number, each in enumerate(plan.rounds, start=2):
        word.heading(f"{number}. 第{_NUMBERS[number - 2]}轮遴选（{each.name}，{each.due} 前确定结果）", 2)
        word.text(_judged(plan, each, is_last=each is plan.rounds[-1]))
    word.heading(f"{len(plan.rounds) + 2}. 公示", 2)
    word.text(
        f"遴选结果在{plan.notice_scope}进行 {plan.notice_days} 天公示。对公示期间存在重大质疑的，"
        f"{plan.office_short}有权取消入选资格。"
    )


def _handing_in(plan: Plan) -> str:
    """Who prepares what, who stands behind it, until when it is handed in (R30–R44)."""
    files = "、".join(each.label for each in plan.files)
    endorsed = {
        (True, True): "提交推荐学会（成员学会任一均可）审核并盖章，或者提交推荐专家审核并签字。盖章或签字之后，",
        (True, False): "提交推荐学会（成员学会任一均可）审核并盖章。盖章之后，",
        (False, True): "提交推荐专家审核并签字。签字之后，",
        (False, False): "",
    }[plan.by_society, plan.by_expert]
    return (
        f"申报单位（{plan.unit_types}）准备{files}，{endorsed}自 {plan.opens} 起，在申报通道完成电子版的线上提交，"
        f"截止时间为 {plan.closes}。{plan.office_short}对相关文件进行形式审查，"
        f"通过审查的推荐材料进入{plan.rounds[0].name}。"
    )


def _judged(plan: Plan, each: Judged, *, is_last: bool) -> str:
    chosen = f"遴选出 {each.places} 项" + (f"，入围“{plan.title}”。" if is_last else "进入下一轮遴选。")
    reasons = f"分值高于 {each.above} 分或低于 {each.below} 分的，评审专家须写明理由，并存档。" if each.reasons else ""
    if not each.on_site:
        panel = each.panel if each.panel.endswith("专家") else f"{each.panel}专家"
        told = f"{plan.office_short}组织{panel}进行线上评审，按照遴选标准和要求进行打分，根据评分结果{chosen}"
        return told + reasons
    times = f"每项陈述时间为 {each.talk}，专家问询 {each.questions}。" if each.talk else ""
    return (
        f"{plan.office_short}邀请{each.panel}召开{each.name}会，采用“现场答辩+专家打分”的方式。{times}专家逐项讨论并打分。"
        f"{reasons}{plan.office_short}现场统计分值，根据分值高低{chosen}"
    )


def _publicity(word: Word, plan: Plan) -> None:
    forum = f"部分入围成果将在{plan.forum}等活动上进行交流。" if plan.forum else ""
    word.text(f"“{plan.title}”将在{plan.occasion}上发布，并作为{plan.organizer}的成果予以宣传。{forum}")


def _past(word: Word, plan: Plan) -> None:
    word.text(f"历届成果网址：{plan.past_results}", align="left")


def _files(files: Sequence[Asked]) -> Table:
    head = [Cell(words, align="center", bold=True) for words in ("文件", "格式", "要求")]
    rows: list[list[Cell | str]] = [
        [
            each.label + ("" if each.required else "\n（非必须提供）"), Cell(each.kind, align="center"),
            "\n".join(each.lines),
        ]
        for each in files
    ]  # fmt: skip
    return Table(_FILES, [head, *rows], head_rows=1)
