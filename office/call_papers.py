"""The papers of the call: each society's circular, what differs from the plan, the blanks (R120, R121)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from config.edition import Edition
from office import call_facts, paper_facts
from office.desk import Desk
from office.paper_kinds import Key, Paper, Phase, Subject
from paperwork import call_differences, call_for_entries, video_guide
from paperwork.evidence_template import evidence_template
from paperwork.form_template import form_template
from paperwork.letter_template import letter_template
from states.refusals import NotAllowed


def _call(session: Session, desk: Desk, society: str, now: datetime) -> bytes:
    facts = call_facts.call_of(session, desk, society)
    return call_for_entries.call_for_entries(facts, paper_facts.issued(desk, now))


def _societies(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    return call_facts.societies(session, desk)


def _differences(_session: Session, desk: Desk, _key: str, now: datetime) -> bytes:
    _corrected(_session, desk, now)
    return call_differences.call_differences(desk.edition.award.corrections, paper_facts.issued(desk, now))


def _corrected(_session: Session, desk: Desk, _now: datetime) -> list[Key]:
    if not desk.edition.award.corrections:
        raise NotAllowed(
            "本届没有登记与方案原文的差异。", next_step="有差异的，请登记在本届设置的“与方案原文的差异”中。"
        )
    return []


def _blank(
    name: str, title: str, make: Callable[[Edition], bytes], has: Callable[[Edition], object]
) -> Paper:  # fmt: skip
    """A blank of the edition, for applicants to fill in."""

    def about(_session: Session, desk: Desk, _now: datetime) -> Sequence[Key]:
        if not has(desk.edition):
            raise NotAllowed(f"本届没有{title}。", next_step="请在本届设置中核对需要提交的材料。")
        return []

    def made(_session: Session, desk: Desk, _key: str, _now: datetime) -> bytes:
        return make(desk.edition)

    return Paper(name, title, Subject.EDITION, made, phase=Phase.CALL, about=about)


PAPERS = (
    Paper(
        "call", call_for_entries.TITLE, Subject.SOCIETY, _call, phase=Phase.CALL, about=_societies, numbered=True
    ),
    Paper(
        "differences", call_differences.TITLE, Subject.EDITION, _differences, phase=Phase.CALL, about=_corrected
    ),
    _blank("blank-form", "空白申报表", form_template, lambda edition: edition.form),
    _blank("blank-letter", "空白承诺书", letter_template, lambda edition: edition.letter),
    _blank("blank-evidence", "空白证明材料清单", evidence_template, lambda edition: edition.evidence),
    _blank("video-guide", video_guide.TITLE, video_guide.video_guide, lambda edition: edition.video),
)  # fmt: skip
