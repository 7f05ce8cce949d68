"""The papers of the notice: each version as it was posted, with its difference from the one before (R112, R132)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import decisions, notice, notice_view, paper_facts
from office.desk import Desk
from office.notice_view import Version
from office.paper_kinds import Key, Paper, Phase, Subject
from paperwork import notice_paper
from paperwork.notice_paper import Listed, NoticeTold
from records.tables.application import Application
from records.tables.decision import Decision, Notice
from records.tables.endorser import Endorser
from records.tables.event import Event
from states.lifecycle import Trigger
from states.refusals import NotAllowed


def told(session: Session, desk: Desk, key: str, *, now: datetime) -> NoticeTold:
    """One version in words by its number, or the draft by the number of its decision.

    Each version is told as it was put out: who withdrew is off the next one.
    `NotAllowed` before there is anything, `Refusal` for what is not there or was taken back.
    """
    draft = decisions.waiting(session, desk, "notice")
    if draft is not None and key == draft.number:
        return _draft_told(session, desk, draft, now=now)
    standing = _standing(session, desk)
    found = next((each for each in standing if str(each.notice.version) == key), None)
    if found is None:
        raise Refusal(f"没有第 {key} 版公示，或已撤销。", next_step="请从公示办理页选择一版。")
    posted, items = found.notice, listed(session, found.notice.items)
    lines = tuple(items[id_] for id_ in posted.items if id_ in items)
    plain = _told(desk, posted, lines, at=_issued_at(session, posted))
    return replace(plain, differences=_differences(found))


def _draft_told(session: Session, desk: Desk, decision: Decision, *, now: datetime) -> NoticeTold:
    """What would be posted by a decision that is not carried out yet, at the planned instant or now, the later one."""
    at = max(now, desk.edition.notice.posted)
    posted = decision.payload[Trigger.PUBLICIZE.value]
    ids = [*notice.standing_list(session, desk), *posted]
    last = notice.newest(session, desk)
    planned = Notice(
        edition=desk.key, version=last.version + 1 if last else 1, number=decision.number, posted_at=at,
        closes_at=notice.window_end(desk, at), reckoning=notice.reckoning(desk, at),
    )  # fmt: skip
    names = listed(session, ids)
    return replace(_told(desk, planned, tuple(names[id_] for id_ in ids), at=at), is_draft=True)


def _told(desk: Desk, posted: Notice, items: tuple[Listed, ...], *, at: datetime) -> NoticeTold:
    edition, day = desk.edition, at.astimezone(desk.zone)
    return NoticeTold(
        award=edition.award.title, entry_name=edition.award.entry_name, number=posted.number, version=posted.version,
        societies=bool(edition.endorsement.societies), steps=_steps(desk), scope=edition.notice.scope,
        opens=desk.shown(posted.posted_at), closes=desk.until(posted.closes_at), reckoning=posted.reckoning,
        grounds=edition.notice.objection_grounds, contact=paper_facts.issued(desk, at).contact,
        day=f"{day.year}年{day.month}月{day.day}日", items=items, differences=(),
    )  # fmt: skip


def _issued_at(session: Session, posted: Notice) -> datetime:
    """When a version was put out: a later one keeps the window of the first, not its day."""
    told = (Event.kind == "notice", Event.subject == "notice", Event.subject_id == posted.id)
    return session.exec(select(Event.at).where(*told)).first() or posted.posted_at


def listed(session: Session, ids: Sequence[int]) -> dict[int, Listed]:
    """These applications as a public list names them."""
    query = (
        select(Application, Endorser.name)
        .join(Endorser, col(Endorser.id) == col(Application.endorser_id), isouter=True)
        .where(col(Application.id).in_(ids))
    )
    return {
        item.id or 0: Listed(item.number, item.title, item.unit, name or "") for item, name in session.execute(query)
    }


def _standing(session: Session, desk: Desk) -> list[Version]:
    """Every version that was not taken back, the newest first."""
    found = [each for each in notice_view.versions(session, desk) if not each.undone]
    if not found:
        raise NotAllowed("还没有公示。", next_step="请先在签发页拟稿、核稿、签发并执行公示的决定。")
    return found


def _steps(desk: Desk) -> tuple[str, ...]:
    first = ("推荐",) if desk.edition.endorsement.required else ()
    return (*first, "形式审查", *(round_.name for round_ in desk.edition.rounds))


def _differences(version: Version) -> tuple[str, ...]:
    if version.notice.version == 1:
        return ()
    gone = [f"删去 {item.number}《{item.title}》（{item.unit}）" for item in version.removed]
    come = [f"增加 {item.number}《{item.title}》（{item.unit}）" for item in version.added]
    return (*gone, *come, version.basis)


def _about(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    draft = decisions.waiting(session, desk, "notice")
    drafts = [Key(draft.number, f"稿 {draft.number}")] if draft else []
    try:
        standing = _standing(session, desk)
    except NotAllowed:
        if not drafts:
            raise
        standing = []
    versions = [Key(str(each.notice.version), f"第 {each.notice.version} 版 {each.notice.number}") for each in standing]
    return drafts + versions


def _notice(session: Session, desk: Desk, key: str, now: datetime) -> bytes:
    return notice_paper.notice_paper(told(session, desk, key, now=now), paper_facts.issued(desk, now))


PAPERS = (Paper("notice", notice_paper.TITLE, Subject.NOTICE, _notice, phase=Phase.NOTICE, about=_about),)
