"""The letters that no step of the lifecycle sends: reminders, invitations, receipts of objections."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Occasion:
    """A letter's occasion: ``key`` names the template, ``recipient`` who gets it, ``label`` what people call it.

    What is only reminded of leaves ``by_day``: it waits out the quiet hours.
    """

    key: str
    recipient: str
    label: str
    by_day: bool = False

    @property
    def template(self) -> str:
        """The template's stem, ``<occasion>.<recipient>``."""
        return f"{self.key}.{self.recipient}"


SUBMISSION_OPEN = Occasion("submission_open", "society", "征集开始")
REMIND_SUBMISSION = Occasion("remind_submission", "applicant", "提交截止提醒", by_day=True)
REMIND_ENDORSEMENT = Occasion("remind_endorsement", "endorser", "推荐确认提醒", by_day=True)
REMIND_CORRECTION = Occasion("remind_correction", "applicant", "修改期限提醒", by_day=True)
REMIND_SCORING = Occasion("remind_scoring", "expert", "评分提醒", by_day=True)
REMIND_STAGE = Occasion("remind_stage", "office", "办公室期限提醒", by_day=True)
OVERDUE = Occasion("overdue", "office", "逾期未办提醒", by_day=True)
BLOCKED = Occasion("blocked", "office", "到期未能自动办理")
EXTENSION = Occasion("extension", "applicant", "延期通知")
INVITE_SCORING = Occasion("invite_scoring", "expert", "在线评审邀请")
INVITE_FINAL = Occasion("invite_final", "expert", "评审会邀请")
NOTICE_POSTED = Occasion("notice_posted", "society", "公示告知")
OBJECTION_RECEIVED = Occasion("objection_received", "objector", "异议受理回执")
OBJECTION_QUESTION = Occasion("objection_question", "applicant", "异议说明通知")
OBJECTION_DECIDED = Occasion("objection_decided", "objector", "异议处理结果")
OBJECTION_OPINION = Occasion("objection_opinion", "expert", "异议征求专家意见")
OBJECTION_CLOSED = Occasion("objection_closed", "applicant", "异议处理结果告知")
REMIND_OBJECTION = Occasion("remind_objection", "applicant", "异议说明期限提醒", by_day=True)
ACTING_FOR_APPLICANT = Occasion("acting", "applicant", "代办告知")
ACTING_FOR_ENDORSER = Occasion("acting", "endorser", "代办告知")
ACTING_FOR_EXPERT = Occasion("acting", "expert", "代办告知")
INVITE_COLLEAGUE = Occasion("invite_colleague", "applicant", "共同填报邀请")
REMIND_INNER = Occasion("remind_inner", "applicant", "推荐学会内部截止提醒", by_day=True)
DIGEST = Occasion("digest", "office", "办公室晨报", by_day=True)
SIGN_IN = Occasion("sign_in", "visitor", "登录链接")
SET_UP = Occasion("set_up", "officer", "启用工作账户")

OCCASIONS: tuple[Occasion, ...] = (
    SUBMISSION_OPEN,
    REMIND_SUBMISSION,
    REMIND_ENDORSEMENT,
    REMIND_CORRECTION,
    REMIND_SCORING,
    REMIND_STAGE,
    OVERDUE,
    BLOCKED,
    EXTENSION,
    INVITE_SCORING,
    INVITE_FINAL,
    NOTICE_POSTED,
    OBJECTION_RECEIVED,
    OBJECTION_QUESTION,
    OBJECTION_DECIDED,
    OBJECTION_OPINION,
    OBJECTION_CLOSED,
    REMIND_OBJECTION,
    INVITE_COLLEAGUE,
    REMIND_INNER,
    ACTING_FOR_APPLICANT,
    ACTING_FOR_ENDORSER,
    ACTING_FOR_EXPERT,
    DIGEST,
    SIGN_IN,
    SET_UP,
)
