"""Clears out what names a person, or is a file, once its time is over: proposed by one, confirmed by another."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from office import authority, retention_files
from office.desk import Desk
from office.retention_rules import FILES, OBJECTORS, RULES, SIGN_INS, Rule
from paperwork.archive_index import size_in_words
from records import ledger
from records.tables.application import Application
from records.tables.colleague import Colleague
from records.tables.decision import Objection
from records.tables.endorser import Endorser
from records.tables.person import Person
from records.tables.retention import RetentionRun
from states.facts import Actor
from states.refusals import NotAllowed, NotYours, StateMoved


@dataclass(frozen=True, slots=True)
class Line:
    """A rule as it stands now: how long, how many are due; ``due`` is ``None`` for what stays or goes by itself.

    Of applications whose files are due also how many files, of how many bytes.
    """

    rule: Rule
    term: str
    due: int | None
    files: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the dry run: under which rule, who or which case, and what it is about."""

    rule: str
    who: str
    about: str


def lines(session: Session, desk: Desk, *, now: datetime) -> list[Line]:
    """The whole table with what is due now."""
    return [_line(session, desk, rule, now) for rule in RULES]


def due(session: Session, desk: Desk, *, now: datetime) -> dict[str, list[int]]:
    """What is due, as ids by rule; rules under which nothing is due are left out."""
    found = {rule.key: rule.listed(session, desk, now) for rule in RULES if rule.listed}
    return {key: ids for key, ids in found.items() if ids}


def dry_run(session: Session, desk: Desk, *, now: datetime) -> list[Listed]:
    """Every entry that a clearing would take, in words; nothing is written, and no objector is named."""
    found = due(session, desk, now=now)
    return [entry for rule in RULES for entry in _told(session, desk, rule, found.get(rule.key, ()))]


def digest_of(listed: dict[str, list[int]]) -> str:
    """Which list it is that was looked at; sign-ins run out from hour to hour and do not count."""
    told = {key: ids for key, ids in listed.items() if key != SIGN_INS}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def waiting(session: Session, desk: Desk) -> RetentionRun | None:
    """The clearing that waits for its second person."""
    mine = (RetentionRun.edition == desk.key, col(RetentionRun.done_at).is_(None))
    return session.exec(select(RetentionRun).where(*mine, col(RetentionRun.dropped_at).is_(None))).first()


def done(session: Session, desk: Desk) -> Sequence[RetentionRun]:
    """The clearings that were carried out, the newest first."""
    mine = (RetentionRun.edition == desk.key, col(RetentionRun.done_at).is_not(None))
    return session.exec(select(RetentionRun).where(*mine).order_by(col(RetentionRun.id).desc())).all()


def propose(session: Session, desk: Desk, *, seen: str, officer_id: int, now: datetime) -> RetentionRun:
    """The lead puts the list that was ``seen`` before a second person; nothing is taken yet."""
    authority.leading(session, officer_id)
    if waiting(session, desk) is not None:
        raise NotAllowed("已有一份清理名单在等第二人确认。", next_step="请先确认或作罢那一份。")
    found = due(session, desk, now=now)
    if not found:
        raise NotAllowed("现在没有到期的内容。", next_step="到期后再办理。")
    _refuse_other(found, seen)
    run = RetentionRun(
        edition=desk.key, listed=found, digest=digest_of(found), proposed_by=officer_id, proposed_at=now
    )  # fmt: skip
    session.add(run)
    session.flush()
    _tell(session, desk, run, "提出", officer_id, now)
    return run


def confirm(session: Session, desk: Desk, run_id: int, *, officer_id: int, now: datetime) -> dict[str, int]:
    """Another officer than the one who proposed it has it carried out; returns how many by rule.

    `StateMoved` when the list is no longer the one that was proposed: it must be proposed anew.
    """
    authority.acting(session, officer_id)
    run = _open(session, desk, run_id)
    if run.proposed_by == officer_id:
        raise NotYours("提出人不能自己确认。", next_step="应由另一位工作人员核对名单后确认。")
    found = due(session, desk, now=now)
    _refuse_other(found, run.digest)
    for rule in RULES:
        if rule.take and rule.key in found:
            rule.take(session, desk, found[rule.key], run.proposed_by, now)
    run.confirmed_by, run.done_at = officer_id, now
    session.add(run)
    session.flush()
    _tell(session, desk, run, "确认并执行", officer_id, now)
    return {key: len(ids) for key, ids in found.items()}


def drop(session: Session, desk: Desk, run_id: int, *, officer_id: int, now: datetime) -> None:
    """Leave a proposed list be; any officer who acts may."""
    authority.acting(session, officer_id)
    run = _open(session, desk, run_id)
    run.dropped_at = now
    session.add(run)
    session.flush()
    _tell(session, desk, run, "作罢", officer_id, now)


def _line(session: Session, desk: Desk, rule: Rule, now: datetime) -> Line:
    if rule.listed is None:
        return Line(rule, rule.term(desk), None)
    ids = rule.listed(session, desk, now)
    held = retention_files.of(session, desk, ids).values() if rule.key in FILES and ids else ()
    return Line(rule, rule.term(desk), len(ids), sum(each.files for each in held), sum(each.size for each in held))


def _told(session: Session, desk: Desk, rule: Rule, ids: Sequence[int]) -> Iterator[Listed]:
    if rule.key == SIGN_INS:
        if ids:
            yield Listed(rule.what, f"{len(ids)} 次登录", "")
    elif rule.key in FILES:
        yield from _files_told(session, desk, rule, ids)
    elif rule.key == OBJECTORS:
        for case in session.exec(select(Objection).where(col(Objection.id).in_(ids)).order_by(col(Objection.id))):
            yield Listed(rule.what, "异议人（不显示姓名）", case.number)
    else:
        for person in session.exec(select(Person).where(col(Person.id).in_(ids)).order_by(col(Person.id))):
            yield Listed(rule.what, person.name or "（未填姓名）", _about(session, person.id or 0))


def _files_told(session: Session, desk: Desk, rule: Rule, ids: Sequence[int]) -> Iterator[Listed]:
    """IM24-031: 4 个文件，214.0 MB."""
    numbers = dict(session.exec(select(Application.id, Application.number).where(col(Application.id).in_(ids))).all())
    for id_, held in retention_files.of(session, desk, ids).items():
        yield Listed(rule.what, numbers[id_], f"{held.files} 个文件，{size_in_words(held.size)}")


def _about(session: Session, person_id: int) -> str:
    """The applications that a person stands in, by number."""
    owned = select(Colleague.application_id).where(Colleague.person_id == person_id)
    chosen = select(Endorser.id).where(Endorser.person_id == person_id)
    theirs = or_(
        col(Application.contact_id) == person_id,
        col(Application.id).in_(owned),
        col(Application.endorser_id).in_(chosen),
    )
    numbers = session.exec(select(Application.number).where(theirs).order_by(col(Application.id))).all()
    return "、".join(numbers)


def _open(session: Session, desk: Desk, run_id: int) -> RetentionRun:
    run = waiting(session, desk)
    if run is None or run.id != run_id:
        raise NotAllowed("这份清理名单已经办完或作罢。", next_step="请刷新页面。")
    return run


def _refuse_other(found: dict[str, list[int]], seen: str) -> None:
    if digest_of(found) != seen:
        raise StateMoved("名单在您查看之后有了变化，没有清理任何信息。", next_step="请重新查看名单；已提出的请先作罢。")


def _tell(session: Session, desk: Desk, run: RetentionRun, step: str, officer_id: int, now: datetime) -> None:
    note = {"step": step, "digest": run.digest, "counts": {key: len(ids) for key, ids in run.listed.items()}}
    entry = ledger.Entry(
        desk.key, "retention", Actor.OFFICE, now, subject="retentionrun", subject_id=run.id, officer_id=officer_id,
        note=note,
    )  # fmt: skip
    ledger.record(session, [entry])
