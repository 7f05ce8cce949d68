"""The conditions of the lifecycle, each with the sentence that refuses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from states.facts import Facts, State


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition of a step: when it holds, and what is said (and done next) when it does not."""

    name: str
    holds: Callable[[Facts, datetime], bool]
    sentence: str
    next_step: str


def _in_window(facts: Facts, now: datetime) -> bool:
    return facts.opens is not None and facts.closes is not None and facts.opens <= now < facts.closes


def _due_within_limit(facts: Facts, now: datetime) -> bool:
    return facts.due is not None and now < facts.due and (facts.due_limit is None or facts.due <= facts.due_limit)


def _before_first_round(facts: Facts, now: datetime) -> bool:
    return facts.first_round_opens is None or now < facts.first_round_opens


IN_WINDOW = Guard(
    "in_window", _in_window, "现在不在提交时间之内。", "请核对截止时刻；确有特殊情况请联系遴选办公室申请延期。"
)
FILES_READY = Guard(
    "files_ready",
    lambda facts, now: facts.files_ready,
    "必交文件不齐，或文件中有不能提交的问题。",
    "请按检查报告逐条改正后重新上传，再提交。",
)
COMMITMENTS = Guard(
    "commitments_ticked",
    lambda facts, now: facts.commitments_ticked,
    "承诺尚未全部勾选。",
    "请逐条阅读并勾选承诺后再提交。",
)
ENDORSER_CHOSEN = Guard(
    "endorser_chosen",
    lambda facts, now: facts.endorser_chosen or not facts.endorsement_required,
    "尚未选择推荐学会或推荐专家。",
    "请选择一家成员学会或填写一位推荐专家后再提交。",
)
ENDORSEMENT_STANDS = Guard(
    "endorsement_stands",
    lambda facts, now: facts.endorsement_stands,
    "推荐所依据的材料（推荐表、承诺书、项目名称、申报单位或推荐方）已改动，原推荐不再有效。",
    "请改用“提交”，系统会请推荐方重新确认。",
)
ENDORSE_IN_TIME = Guard(
    "endorse_in_time",
    lambda facts, now: facts.endorse_by is not None and now < facts.endorse_by,
    "推荐确认的截止时刻已过。",
    "请联系遴选办公室。",
)
OPINION = Guard("opinion_given", lambda facts, now: facts.opinion_given, "尚未填写推荐意见。", "请用一两句话写明意见。")
REASON = Guard("reason_given", lambda facts, now: facts.reason_given, "尚未写明理由。", "请写明理由后再执行。")
SLOTS_NAMED = Guard(
    "slots_named", lambda facts, now: facts.slots_named, "没有指明要修改哪几份文件。", "请至少指定一份文件并写明原因。"
)
DUE_SET = Guard(
    "due_within_limit",
    _due_within_limit,
    "修改期限没有设定，或离评审开始太近。",
    "请设定一个晚于现在、在评审开始之前留足工作日的期限。",
)
CORRECTIONS_LEFT = Guard(
    "corrections_left",
    lambda facts, now: facts.corrections_left,
    "该项目的修改次数已用完。",
    "请作出通过或不通过的结论。",
)
SHEET_COMPLETE = Guard(
    "sheet_complete",
    lambda facts, now: facts.sheet_complete,
    "形式审查表还没有填完，或仍有未处理的不通过项。",
    "请逐条完成审查表，再判定通过。",
)
OVERRIDES_CONFIRMED = Guard(
    "overrides_confirmed",
    lambda facts, now: facts.overrides_confirmed,
    "对机检不通过项的放行还缺第二人确认。",
    "请另一位工作人员确认理由。",
)
NO_ENDORSEMENT = Guard(
    "endorsement_not_required",
    lambda facts, now: not facts.endorsement_required,
    "该项目还没有推荐方确认。",
    "请等待推荐方确认，或凭扫描件上的盖章、签字代为确认。",
)
INSTANT_PASSED = Guard(
    "own_instant_passed",
    lambda facts, now: facts.own_instant is not None and facts.own_instant <= now,
    "该项目的期限还没有到。",
    "请等到期限届满。",
)
NOT_SEALED = Guard(
    "not_sealed_on_paper",
    lambda facts, now: not facts.sealed_on_paper,
    "扫描件上已见推荐方盖章或签字，按时提交者不因链接未确认而逾期。",
    "请遴选办公室核对盖章、签字后代为确认。",
)
BEFORE_FIRST_ROUND = Guard(
    "before_first_round",
    _before_first_round,
    "评审已经开始，不能自行撤回。",
    "请以单位公函向遴选办公室提出。",
)
UNITS_LETTER = Guard(
    "units_letter", lambda facts, now: facts.units_letter, "没有登记申报单位的公函。", "请先登记单位公函再办理撤回。"
)
ROUND_READY = Guard(
    "round_ready",
    lambda facts, now: facts.round_ready,
    "评审还不能开始：评分标准未确认、专家未分派，或回避未处理。",
    "请在评审页面逐项办结。",
)
NOT_RELEASED = Guard(
    "scores_not_released",
    lambda facts, now: not facts.scores_released,
    "本轮评分结果已经产生，不能再加入项目。",
    "该项目不能进入本轮；请作出书面说明。",
)
LOCKED = Guard("scoring_locked", lambda facts, now: facts.scoring_locked, "评分尚未锁定。", "请先锁定评分。")
QUORUM = Guard(
    "quorum_met", lambda facts, now: facts.quorum_met, "有项目的有效评分不足法定份数。", "请补齐评分或记录专家组意见。"
)
NO_TIE = Guard(
    "no_open_tie", lambda facts, now: not facts.open_tie, "入围线上有并列未决。", "请由专家组表决并登记结果。"
)
REASONS = Guard(
    "reasons_complete",
    lambda facts, now: facts.reasons_complete,
    "有高于上限或低于下限的分数缺少书面理由。",
    "请相关专家补写理由。",
)
CHOSEN = Guard("chosen", lambda facts, now: facts.chosen, "该项目不在入选名单之内。", "请核对排名。")
NOT_CHOSEN = Guard("not_chosen", lambda facts, now: not facts.chosen, "该项目在入选名单之内。", "请核对排名。")
SIGNED_OFF = Guard(
    "signed_off", lambda facts, now: facts.signed_off, "决定还没有走完拟稿、核稿、签发。", "请由两位不同的人完成签发。"
)
ONE_ROUND = Guard(
    "one_round",
    lambda facts, now: facts.one_round,
    "本届不止一轮评审，不能由第一轮直接产生结果。",
    "请先产生下一轮的名单。",
)
TWO_ROUNDS = Guard("two_rounds", lambda facts, now: not facts.one_round, "本届只有一轮评审。", "请直接产生入选名单。")
NUMBERED = Guard(
    "notice_numbered", lambda facts, now: facts.notice_numbered, "公示还没有文号或起止时间。", "请先登记公示文号。"
)
SUBSTITUTES = Guard(
    "may_substitute",
    lambda facts, now: facts.may_substitute,
    "该项目不能递补：本届不递补，没有空出的名额，或它不是下一名。",
    "请核对本届设置和评审名次。",
)
ORDER_NOT_DRAWN = Guard(
    "order_not_drawn",
    lambda facts, now: not facts.order_drawn,
    "下一轮的次序已经抽签，或评分已经开始，不能再递补入围。",
    "请按现有的项目进行评审。",
)
WINDOW_OVER = Guard(
    "window_over",
    lambda facts, now: facts.window_closes is not None and facts.window_closes <= now,
    "公示期还没有结束。",
    "请等到公示期满。",
)
NO_OBJECTION = Guard(
    "no_open_objection", lambda facts, now: not facts.open_objection, "该项目还有未办结的异议。", "请先办结异议。"
)
RECORDED = Guard(
    "decision_recorded",
    lambda facts, now: facts.decision_recorded and facts.reason_given,
    "没有登记取消资格的依据和决定。",
    "请写明依据（违反承诺，或异议成立）并登记决定。",
)
NOT_PUBLIC_YET = Guard(
    "next_public_step_not_taken",
    lambda facts, now: not facts.next_public_step_taken,
    "后面的公开步骤已经发生，不能再撤销。",
    "请另行作出更正决定。",
)


def came_from(state: State) -> Guard:
    """The guard of an inverse row: the application came from ``state`` by the step that is undone."""
    return Guard(
        f"came_from_{state}",
        lambda facts, now: facts.came_from is state,
        "该项目不是由这一步到达现状的。",
        "请在历史记录中核对。",
    )
