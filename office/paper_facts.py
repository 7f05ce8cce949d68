"""Gathers what the papers of the office say, frozen, from the records and the check sheet (R121–R124)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from documents.findings import Picture, worst
from office import applications, check_sheet, cleared
from office.check_sheet import SheetLine
from office.desk import Desk
from paperwork.applicant_looks import Filled
from paperwork.case_facts import Case, CheckedFile, CheckedLine, Issued
from paperwork.check_opinion import CheckOpinion
from paperwork.check_summary import CheckSummary, SummaryRow
from paperwork.correction_notice import CorrectionNotice
from paperwork.receipt import Receipt, ReceivedFile
from records.tables.application import Application, Upload
from records.tables.endorser import Endorser
from records.tables.event import Event, Note
from records.tables.person import Officer, Person
from states.facts import State
from states.lifecycle import Trigger
from states.refusals import NotAllowed

_UNDER_CHECK = frozenset((State.SUBMITTED, State.ENDORSED))
_ENDED_BEFORE = frozenset((State.DRAFT, State.RETURNED, State.REJECTED, State.LAPSED, State.WITHDRAWN))
_REFUSED = frozenset((State.RETURNED, State.REJECTED))
_MOST_PICTURES = 10  # of one file


def issued(desk: Desk, now: datetime) -> Issued:
    """Who issues a paper now, and how to reach them: the edition's last contact block is the central one (R28)."""
    contact = desk.edition.contacts[-1] if desk.edition.contacts else None
    local = now.astimezone(desk.zone)
    return Issued(
        office=desk.edition.award.office,
        entry_name=desk.edition.award.entry_name,
        contact=f"{contact.person}　电话：{contact.phone}　邮箱：{contact.email}" if contact else "",
        portal=desk.edition.award.portal,
        at=local,
        day=f"{local.year}年{local.month}月{local.day}日",
    )


def partners_of(item: Application) -> tuple[str, ...]:
    """The units that an application was made together with."""
    return tuple(part.strip() for part in re.split(r"[、；;，,\n]", item.partners) if part.strip())


def filled_of(session: Session, desk: Desk, number: str) -> Filled:
    """What a template for this application is filled with; `NotAllowed` for a number that the edition has not."""
    case = case_of(session, desk, applications.by_number(session, desk, number))
    return Filled(case.number, case.title, case.unit, case.endorser)


def opinion_of(session: Session, desk: Desk, item: Application) -> CheckOpinion:
    """The lines about the files of an application with their two columns, and where the check has come to (R123).

    Hints at other applications (A23, A24) are left out: the applicant may be given this paper.
    """
    if item.submitted_at is None:
        raise NotAllowed(f"{item.number} 还没有提交，没有形式审查意见。", next_step="请在申报提交之后再生成。")
    lines = check_sheet.about_files(session, desk, item)
    return CheckOpinion(
        case=case_of(session, desk, item),
        files=_checked_files(session, desk, lines),
        conclusion=_conclusion(desk, item),
        reason=_last_step(session, item).verdict,
        officers=_officers(session, lines),
    )


def correction_of(session: Session, desk: Desk, item: Application) -> CorrectionNotice:
    """What is to be corrected until when; `NotAllowed` unless the office has sent the application back (R45, R72)."""
    step = _last_step(session, item)
    if item.state != State.RETURNED or item.lapses_at is None or step.kind != Trigger.SEND_BACK:
        label = State(item.state).named(desk.words)
        raise NotAllowed(
            f"{item.number} 现为“{label}”，没有待补正的事项。", next_step="请先由遴选办公室退回修改，再生成补正通知。"
        )
    wanted = applications.open_slots(item)
    faults = [line for line in check_sheet.about_files(session, desk, item) if line.refused and line.slot in wanted]
    return CorrectionNotice(
        case=case_of(session, desk, item),
        files=_checked_files(
            session, desk, faults, slots=[slot.key for slot in desk.edition.slots if slot.key in wanted]
        ),
        reason=step.reason,
        until=desk.until(item.lapses_at),
    )


def receipt_of(session: Session, desk: Desk, item: Application) -> Receipt:
    """The files that were handed in with their digests; `NotAllowed` before the application was submitted (R122)."""
    if item.submitted_at is None:
        raise NotAllowed(f"{item.number} 还没有提交，没有受理回执。", next_step="请在申报提交之后再生成。")
    labels = {slot.key: slot.label for slot in desk.edition.slots}
    order = list(labels)
    files = sorted(applications.current_files(session, item.id or 0), key=lambda file: order.index(file.slot))
    return Receipt(
        case=case_of(session, desk, item),
        submitted=_exactly(desk, item.resubmitted_at or item.submitted_at),
        resubmitted=item.resubmitted_at is not None,
        files=tuple(
            ReceivedFile(
                labels[file.slot], file.name, file.size, file.sha256, _exactly(desk, file.finished_at or file.begun_at)
            )
            for file in files
        ),
        zone=f"{desk.zone.key}，UTC{item.submitted_at.astimezone(desk.zone).isoformat()[-6:]}",
    )


def summary(session: Session, desk: Desk) -> CheckSummary:
    """One row for each application that was ever handed in, in the order of their numbers (R124)."""
    query = select(Application).where(Application.edition == desk.key, col(Application.submitted_at).is_not(None))
    items = session.exec(query.order_by(Application.number)).all()
    _held = _beside(session, items)
    sheets, slots = check_sheet.sheets(session, desk, items), desk.edition.slots
    return CheckSummary(
        slots=tuple(slot.label for slot in slots),
        rows=tuple(
            _summary_row(session, desk, item, sheets[item.id or 0], [slot.key for slot in slots]) for item in items
        ),
    )


def _beside(session: Session, items: Sequence[Application]) -> list[Upload | Endorser]:
    """The files and the endorsers of many applications: as long as they are held, nobody asks the store for them."""
    ids, endorsers = [item.id for item in items], {item.endorser_id for item in items}
    uploads = session.exec(select(Upload).where(col(Upload.application_id).in_(ids))).all()
    return [*uploads, *session.exec(select(Endorser).where(col(Endorser.id).in_(endorsers)))]


def _summary_row(
    session: Session, desk: Desk, item: Application, lines: Sequence[SheetLine], slots: Sequence[str]
) -> SummaryRow:  # fmt: skip
    worst_of = {
        slot: worst(line.verdict for line in lines if line.slot == slot and line.verdict)
        for slot in {line.slot for line in lines if line.slot}
    }
    return SummaryRow(
        case=case_of(session, desk, item),
        submitted_at=(item.submitted_at or item.received_at).astimezone(desk.zone),
        verdicts=tuple(worst_of.get(slot) for slot in slots),
        conclusion=_conclusion(desk, item),
        reason=_last_step(session, item).verdict if State(item.state) in _REFUSED else "",
        files=(*_checked_files(session, desk, lines, with_pictures=False), *_about_itself(lines)),
    )


def case_of(session: Session, desk: Desk, item: Application) -> Case:
    """An application in the words that its papers share."""
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    return Case(
        number=item.number,
        title=item.title,
        unit=item.unit,
        unit_type=next((each.name for each in desk.edition.unit_types if each.key == item.unit_type), item.unit_type),
        category=next((each.name for each in desk.edition.categories if each.key == item.category), item.category),
        endorser=endorser.name if endorser else "",
        state=State(item.state).named(desk.words),
        submitted=_exactly(desk, item.submitted_at) if item.submitted_at else "",
    )


def _checked_files(
    session: Session,
    desk: Desk,
    lines: Sequence[SheetLine],
    *,
    slots: Sequence[str] = (),
    with_pictures: bool = True,
) -> tuple[CheckedFile, ...]:
    """The lines file by file, in the order of the sheet; ``slots`` without a line come last, with none."""
    uploads = {id_: session.get_one(Upload, id_) for id_ in dict.fromkeys(line.upload_id for line in lines) if id_}
    labels = {slot.key: slot.label for slot in desk.edition.slots}
    files = [
        CheckedFile(
            labels[upload.slot],
            upload.name,
            tuple(_line(line) for line in lines if line.upload_id == id_),
            _pictures(desk, upload) if with_pictures else (),
        )
        for id_, upload in uploads.items()
    ]
    covered = {upload.slot for upload in uploads.values()}
    return (*files, *(CheckedFile(labels[slot], "", ()) for slot in slots if slot not in covered))


def _about_itself(lines: Sequence[SheetLine]) -> tuple[CheckedFile, ...]:
    """The lines about the application itself, which only inform the office (A19, A23, A24)."""
    told = tuple(_line(line) for line in lines if not line.slot)
    return (CheckedFile("项目", "", told),) if told else ()


def _line(line: SheetLine) -> CheckedLine:
    said = line.answer.reason if line.answer else ""
    return CheckedLine(line.r, line.text, line.verdict, _answer(line), said or (line.next_step if line.refused else ""))


def _answer(line: SheetLine) -> str:
    if line.answer is None:
        return "" if line.settled else "未查"
    if line.answer.waiver:
        return "放行（待复核）" if line.unconfirmed else "放行（已复核）"
    return "通过" if line.answer.accepted else "不通过"


def _pictures(desk: Desk, upload: Upload) -> tuple[Picture, ...]:
    """The pictures of a report, as far as the vault still has them, a few at most: the sheet is no album."""
    told = [each for each in cleared.pictures(upload) if desk.vault.holds(each["sha256"])]
    return tuple(
        Picture(each["key"], each["caption"], desk.vault.path(each["sha256"]).read_bytes())
        for each in told[:_MOST_PICTURES]
    )


def _conclusion(desk: Desk, item: Application) -> str:
    state = State(item.state)
    if state in _UNDER_CHECK:
        return "审查中"
    return state.named(desk.words) if state in _ENDED_BEFORE else "形式审查通过"


@dataclass(frozen=True, slots=True)
class _Step:
    """The last step of an application; ``reason`` is empty where none was given, or it was erased."""

    kind: str
    reason: str

    @property
    def verdict(self) -> str:
        """The reason of a check that ended with no; what was said before a later step holds no more."""
        return self.reason if self.kind in (Trigger.REJECT, Trigger.SEND_BACK) else ""


def _last_step(session: Session, item: Application) -> _Step:
    query = (
        select(Event.kind, Note.body)
        .join(Note, col(Note.event_id) == col(Event.id), isouter=True)
        .where(Event.application_id == item.id, col(Event.state_to).is_not(None))
        .order_by(col(Event.id).desc())
    )
    kind, body = session.exec(query.limit(1)).first() or ("", None)
    return _Step(kind, str((body or {}).get("reason", "")))


def _officers(session: Session, lines: Sequence[SheetLine]) -> tuple[str, ...]:
    """Who answered lines of the sheet or confirmed a waiver, by name, in the order of their first answer."""
    said = [line.answer for line in lines if line.answer]
    ids = dict.fromkeys(id_ for answer in said for id_ in (answer.officer_id, answer.confirmed_by) if id_)
    people = session.exec(
        select(Officer.id, Person.name)
        .join(Person, col(Person.id) == col(Officer.person_id))
        .where(col(Officer.id).in_(ids))
    )
    names = dict(people.all())
    return tuple(names[id_] for id_ in ids)


def _exactly(desk: Desk, instant: datetime) -> str:
    """To the second, in the edition's zone."""
    return instant.astimezone(desk.zone).strftime("%Y-%m-%d %H:%M:%S")
