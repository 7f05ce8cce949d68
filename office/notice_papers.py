"""The papers of the notice: each version as it was posted, with its difference from the one before (R112, R132)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from config.refusal import Refusal
from office import notice_view, paper_facts
from office.desk import Desk
from office.notice_view import Version
from office.paper_kinds import Key, Paper, Phase, Subject
from paperwork import notice_paper
from paperwork.notice_paper import Listed, NoticeTold
from records.tables.application import Application
from records.tables.decision import Decision, Notice
from records.tables.endorser import Endorser
from states.facts import State
from states.refusals import NotAllowed

_PUBLIC = (State.PUBLICIZED, State.ANNOUNCED)


def told(session: Session, desk: Desk, version: str) -> NoticeTold:
    """One version in words; `NotAllowed` before anything is posted and for one that was taken back, `Refusal` else.

    A former version is told as it was posted. From the newest, who withdrew since is gone, as on the public page.
    """
    standing = _standing(session, desk)
    found = next((each for each in standing if str(each.notice.version) == version), None)
    if found is None:
        raise Refusal(f"没有第 {version} 版公示，或已撤销。", next_step="请从公示办理页选择一版。")
    posted, edition = found.notice, desk.edition
    is_newest = found is standing[0]
    items = listed(session, posted.items)
    if is_newest:
        public = _ids_in(session, posted.items, _PUBLIC)
        items = {id_: item for id_, item in items.items() if id_ in public}
    day = _issued_at(session, posted).astimezone(desk.zone)
    contact = paper_facts.issued(desk, posted.posted_at).contact
    return NoticeTold(
        award=edition.award.title, entry_name=edition.award.entry_name, number=posted.number, version=posted.version,
        societies=bool(edition.endorsement.societies), steps=_steps(desk), scope=edition.notice.scope,
        opens=desk.shown(posted.posted_at), closes=desk.until(posted.closes_at), reckoning=posted.reckoning,
        grounds=edition.notice.objection_grounds, contact=contact, day=f"{day.year}年{day.month}月{day.day}日",
        items=tuple(items[id_] for id_ in posted.items if id_ in items), differences=_differences(found),
    )  # fmt: skip


def _issued_at(session: Session, posted: Notice) -> datetime:
    """When a version was put out: a later one keeps the window of the first, not its day."""
    decision = session.get(Decision, posted.decision_id) if posted.decision_id else None
    return (decision.executed_at if decision else None) or posted.posted_at


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


def _ids_in(session: Session, ids: Sequence[int], states: Sequence[State]) -> set[int]:
    wanted = col(Application.state).in_([state.value for state in states])
    query = select(Application.id).where(col(Application.id).in_(ids), wanted)
    return {id_ for id_ in session.exec(query) if id_ is not None}


def _steps(desk: Desk) -> tuple[str, ...]:
    first = ("推荐",) if desk.edition.endorsement.required else ()
    return (*first, "形式审查", *(round_.name for round_ in desk.edition.rounds))


def _differences(version: Version) -> tuple[str, ...]:
    if version.notice.version == 1:
        return ()
    gone = [f"删去 {item.number}《{item.title}》（{item.unit}）" for item in version.removed]
    come = [f"增加 {item.number}《{item.title}》（{item.unit}）" for item in version.added]
    return (*gone, *come, f"依据 {version.notice.number}")


def _about(session: Session, desk: Desk, _now: datetime) -> list[Key]:
    return [
        Key(str(each.notice.version), f"第 {each.notice.version} 版 {each.notice.number}")
        for each in _standing(session, desk)
    ]


def _notice(session: Session, desk: Desk, version: str, now: datetime) -> bytes:
    return notice_paper.notice_paper(told(session, desk, version), paper_facts.issued(desk, now))


PAPERS = (Paper("notice", notice_paper.TITLE, Subject.NOTICE, _notice, phase=Phase.NOTICE, about=_about),)
