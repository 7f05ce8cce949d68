"""Writes the call for entries as one society sends it on: red head, its own contact, the plan attached (R120, A35)."""

from paperwork.call_facts import Call
from paperwork.call_plan import write_plan, write_reach
from paperwork.case_facts import Issued
from paperwork.official_paper import official, signature_of
from paperwork.red_head import addressed, attached, attachment, printed_by

TITLE = "征集通知"


def call_for_entries(facts: Call, issued: Issued) -> bytes:
    """The call as .docx; applicants are called 申报单位 throughout, whatever they are (A27)."""
    plan = facts.plan
    word = official(f"关于开展{plan.entry_name}\n推荐工作的通知", issued, facts, head=facts.head)
    addressed(word, facts.society, "各有关单位")
    word.text(
        f"为充分体现“{plan.entry_name}”遴选活动的{plan.principles}，{plan.organizer}邀请成员学会积极动员所在领域的行业组织、"
        "研究机构、高校、企业和专家参与推荐。现将有关事项通知如下。"
    )
    word.heading("一、征集范围")
    word.text(f"{'、'.join(scope.name for scope in plan.scopes)}，详见附件 1。")
    word.heading("二、申报与推荐")
    word.text(f"申报单位（{plan.unit_types}）请准备下列材料的电子版：")
    for each in plan.files:
        word.text(f"{each.label}（{each.kind}{'' if each.required else '，非必须提供'}）。")
    word.text(
        f"{_endorsed(facts)}申报单位在申报通道完成线上提交，截止时间为 {plan.closes}，逾期不再受理。"
        "材料的格式和要求见附件 1。"
    )
    word.text(f"申报通道：{plan.portal}", align="left")
    word.heading("三、时间安排")
    for line in _dates(facts):
        word.text(line)
    word.heading("四、联系方式")
    write_reach(word, facts.reach)
    attached(word, [f"{plan.entry_name}推荐评选方案", *(f"{name}（另附）" for name in facts.blanks)])
    signature_of(word, issued)
    printed_by(word, issued)
    attachment(word, 1, plan.entry_name, "推荐评选方案")
    write_plan(word, plan, facts.reach)
    return word.to_bytes()


def _endorsed(facts: Call) -> str:
    """Who seals or signs before it is handed in, by the routes that the edition has (R14, R15, R40)."""
    routes = [f"由{facts.society}（或其他成员学会）审核并盖章"] if facts.plan.by_society else []
    routes += ["由推荐专家审核并签字"] if facts.plan.by_expert else []
    return f"材料{'，或者'.join(routes)}之后，" if routes else ""


def _dates(facts: Call) -> list[str]:
    plan = facts.plan
    lines = [f"线上提交：{plan.opens} 至 {plan.closes}；"]
    lines += [f"{each.name}：{each.due} 前确定结果，遴选出 {each.places} 项；" for each in plan.rounds]
    return [*lines, f"公示：{plan.notice_days} 天；", f"公布：{plan.occasion}。"]
