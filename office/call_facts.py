"""Gathers what a call for entries says from the edition, and whom to call at a society (R120, R28, A35)."""

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from config.edition import Edition, Round, Slot
from config.lengths import length_shown
from office import document_numbers, people
from office.desk import Desk
from office.paper_kinds import Key
from paperwork.call_facts import Asked, Call, Judged, Plan, Reach, Scope, Standard
from records.tables.endorser import Endorser
from records.tables.person import Person
from states.refusals import NotAllowed

_KINDS = {"form": "Word 文档", "video": "MP4", "letter": "PDF 扫描件", "evidence": "PDF 扫描件"}


def societies(session: Session, desk: Desk) -> list[Key]:
    """The societies of the edition, in its order; `NotAllowed` for an edition without any."""
    rows = session.exec(_societies(desk)).all()
    if not rows:
        raise NotAllowed("本届没有推荐学会。", next_step="请在本届设置中列出推荐学会。")
    return [Key(each.name, each.name) for each in rows]


def call_of(session: Session, desk: Desk, name: str) -> Call:
    """The call of one society, named in full or in short; `NotAllowed` for one that the edition has not."""
    rows = session.exec(_societies(desk)).all()
    society = next((each for each in rows if name in (each.name, each.short)), None)
    if society is None:
        raise NotAllowed(f"本届没有“{name}”这家学会。", next_step="请从名单中选择，或在“人员”中核对学会的名称。")
    return Call(
        head=document_numbers.head_of(session, desk, "call"),
        society=society.name,
        plan=plan_of(desk),
        reach=_reach(session, desk.edition, society),
        blanks=_blanks(desk.edition),
    )


def plan_of(desk: Desk) -> Plan:
    """The edition's plan in words."""
    edition, award = desk.edition, desk.edition.award
    criteria = desk.loaded.clauses.get("criteria[0].points")
    routes = edition.endorsement.routes if edition.endorsement.required else ()
    return Plan(
        entry_name=award.entry_name,
        title=award.title,
        organizer=award.organizer,
        office=award.office,
        office_short=award.office_short or award.office,
        definition=_lines(award.definition),
        scopes=tuple(Scope(each.name, _lines(each.description)) for each in edition.categories),
        standards=tuple(
            Standard(each.name, each.points, tuple((one.name, one.points) for one in each.aspects))
            for each in edition.criteria
        ),
        standards_note=criteria.note if criteria and criteria.open else "",
        principles="、".join(award.principles),
        societies=tuple(each.name for each in edition.endorsement.societies),
        unit_types="、".join(each.name for each in edition.unit_types),
        by_society="society" in routes,
        by_expert="expert" in routes,
        opens=_day(desk.shown(edition.submission.opens)),
        closes=desk.until(edition.submission.closes),
        files=tuple(_asked(edition, slot) for slot in edition.slots),
        rounds=tuple(_judged(desk, round_) for round_ in edition.rounds),
        notice_days=edition.notice.days,
        notice_scope=edition.notice.scope,
        occasion=edition.announcement.occasion,
        forum=edition.announcement.forum,
        portal=award.portal,
        past_results=award.past_results,
    )


def _judged(desk: Desk, round_: Round) -> Judged:
    return Judged(
        name=round_.name,
        on_site=round_.mode == "on_site",
        panel="、".join(round_.panel),
        places=round_.places,
        due=desk.until(round_.result_due),
        talk=length_shown(round_.talk_seconds) if round_.talk_seconds else "",
        questions=length_shown(round_.question_seconds) if round_.question_seconds else "",
        above=f"{round_.reason_above:g}",
        below=f"{round_.reason_below:g}",
        reasons=round_.reasons_required,
    )


def _asked(edition: Edition, slot: Slot) -> Asked:
    """What is asked of one file; of the form and the evidence in short, for their blanks say the rest."""
    lines: tuple[str, ...] = ()
    if slot.reader == "form" and edition.form:
        lines = (edition.form.printed_note, *(part.heading for part in edition.form.parts))
    elif slot.reader == "video" and edition.video:
        lines = edition.video.printed_guide
    elif slot.reader == "letter" and edition.letter:
        lines = ("加盖公章或签字之后扫描。", *edition.letter.commitments)
    elif slot.reader == "evidence" and edition.evidence:
        lines = tuple(f"{kind.name}：{kind.description}" for kind in edition.evidence.kinds)
    return Asked(slot.label, _KINDS[slot.reader], slot.required, lines)


def _blanks(edition: Edition) -> tuple[str, ...]:
    blanks = {"form": edition.form, "letter": edition.letter, "evidence": edition.evidence, "video": edition.video}
    return tuple(
        f"{slot.label}{'制作说明' if slot.reader == 'video' else ''}" for slot in edition.slots if blanks[slot.reader]
    )


def _reach(session: Session, edition: Edition, society: Endorser) -> tuple[Reach, ...]:
    """The society's own block, as the edition has it or as who answers for it is known; then the central one."""
    told = next((each for each in edition.contacts if each.body == society.name), None)
    if told is not None:
        own = Reach(told.body, told.person, told.phone, told.email)
    else:
        person = session.get_one(Person, society.person_id)
        own = Reach(society.name, person.name, person.phone, people.email_of(session, society.person_id) or "")
    central = [each for each in edition.contacts[-1:] if each.body != society.name]
    return (own, *(Reach(each.body, each.person, each.phone, each.email) for each in central))


def _societies(desk: Desk) -> SelectOfScalar[Endorser]:
    mine = (Endorser.edition == desk.key, Endorser.kind == "society")
    return select(Endorser).where(*mine).order_by(col(Endorser.id))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _day(shown: str) -> str:
    """An instant at the beginning of a day is that day."""
    return shown.removesuffix(" 00:00")
