"""What the lifecycle must know of an application to judge a step."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from states.words import PLAIN, Words


class State(StrEnum):
    """Where an application stands. The keys are permanent; the labels are data."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ENDORSED = "endorsed"
    FORMALLY_CHECKED = "formally_checked"
    FIRST_ROUND = "first_round"
    FINALIST = "finalist"
    TOP_TEN = "top_ten"
    PUBLICIZED = "publicized"
    ANNOUNCED = "announced"
    RETURNED = "returned"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    NOT_SHORTLISTED = "not_shortlisted"
    NOT_SELECTED = "not_selected"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"

    @property
    def label(self) -> str:
        """The Chinese label that people read where no edition is at hand."""
        return self.named(PLAIN)

    def named(self, words: Words) -> str:
        """The Chinese label that people read, in an edition's words."""
        return words.fill(_LABELS[self])


_LABELS = {
    State.DRAFT: "草稿",
    State.SUBMITTED: "已提交",
    State.ENDORSED: "已推荐",
    State.FORMALLY_CHECKED: "形式审查通过",
    State.FIRST_ROUND: "{first}中",
    State.FINALIST: "入围{last}",
    State.TOP_TEN: "{selected}",
    State.PUBLICIZED: "公示中",
    State.ANNOUNCED: "已公布",
    State.RETURNED: "退回修改",
    State.REJECTED: "形式审查未通过",
    State.LAPSED: "逾期",
    State.NOT_SHORTLISTED: "{left_out}",
    State.NOT_SELECTED: "{last}未入选",
    State.WITHDRAWN: "已撤回",
    State.DISQUALIFIED: "取消资格",
}

MAIN_ROAD = tuple(State)[:9]


class Actor(StrEnum):
    """Who takes a step."""

    APPLICANT = "applicant"
    ENDORSER = "endorser"
    OFFICE = "office"
    LEAD = "lead"
    CLOCK = "clock"

    @property
    def label(self) -> str:
        """The Chinese label that people read."""
        return {
            "applicant": "申报单位",
            "endorser": "推荐方",
            "office": "遴选办公室",
            "lead": "办公室负责人",
            "clock": "系统时钟",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that guards may ask, as plain values; equal facts are judged once (house rule: group, then decide).

    Instants are aware; windows are half-open. A fact that a trigger does not ask stays at its default.
    """

    # the edition's shape, and its words
    words: Words = PLAIN
    endorsement_required: bool = True
    one_round: bool = False
    # handing in: the window that holds for this application, extension, grace or correction time included
    opens: datetime | None = None
    closes: datetime | None = None
    files_ready: bool = False
    commitments_ticked: bool = False
    endorser_chosen: bool = False
    endorsement_stands: bool = False
    # endorsing
    endorse_by: datetime | None = None
    opinion_given: bool = False
    # sending back, rejecting
    reason_given: bool = False
    slots_named: bool = False
    due: datetime | None = None
    due_limit: datetime | None = None
    corrections_left: bool = True
    # formal check
    sheet_complete: bool = False
    overrides_confirmed: bool = True
    # lapsing: the application's own instant, and whether a paper seal in file 3 keeps it
    own_instant: datetime | None = None
    sealed_on_paper: bool = False
    # rounds
    first_round_opens: datetime | None = None
    round_ready: bool = False
    scores_released: bool = False
    scoring_locked: bool = False
    quorum_met: bool = False
    open_tie: bool = False
    reasons_complete: bool = False
    chosen: bool = False
    # what outsiders see
    signed_off: bool = False
    notice_numbered: bool = False
    window_closes: datetime | None = None
    open_objection: bool = False
    may_substitute: bool = False
    order_drawn: bool = False
    decision_recorded: bool = False
    units_letter: bool = False
    # undoing
    came_from: State | None = None
    next_public_step_taken: bool = False
