"""Gathers everything that the office knows of one application, for its page."""

from dataclasses import dataclass

from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from office import applications, check_sheet, history, people, visitors
from office.adopted import OtherEdition
from office.check_sheet import SheetLine
from office.desk import Desk
from office.history import Step
from records.tables.application import Application, Upload
from records.tables.endorser import Endorser
from records.tables.event import Event
from records.tables.letter import Letter
from records.tables.person import Officer, Person
from states.refusals import NotAllowed

_TOLD_TO = ("applicant", "endorser")


@dataclass(frozen=True, slots=True)
class SlotFile:
    """One file of the case: its slot's label, the version that holds, and every earlier one, the newest first."""

    label: str
    reader: str
    required: bool
    upload: Upload | None
    earlier: tuple[Upload, ...] = ()
    lines: tuple[SheetLine, ...] = ()

    @property
    def human(self) -> tuple[SheetLine, ...]:
        """The lines that only people can tell, and what an officer said of a machine's."""
        return tuple(line for line in self.lines if line.verdict is None or line.answer is not None)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One application with its people, files, history, letters, events, and hints of twins."""

    item: Application
    contact: Person
    email: str
    endorser: Endorser | None
    files: tuple[SlotFile, ...]
    hints: tuple[SheetLine, ...]
    steps: tuple[Step, ...]
    letters: tuple[Letter, ...]
    events: tuple[Event, ...]
    officers: dict[int, str]  # officer -> name

    @property
    def acted_for(self) -> tuple[Step, ...]:
        """What the office did in somebody's place."""
        return tuple(step for step in self.steps if step.acting_for)


def by_number(session: Session, desk: Desk, number: str) -> Application:
    """The application with this number; `NoSuchCase` when there is none, `OtherEdition` where another has it."""
    try:
        return applications.by_number(session, desk, number)
    except OtherEdition:
        raise
    except NotAllowed as unknown:
        raise visitors.NoSuchCase(unknown.sentence, next_step=unknown.next_step) from unknown


def case_file(session: Session, desk: Desk, item: Application) -> CaseFile:
    """Everything of one application. Nothing of a score and nothing of an objector is in it."""
    item_id = item.id or 0
    lines = check_sheet.sheet(session, desk, item)
    letters = session.exec(
        _told(select(Letter).where(Letter.application_id == item_id)).order_by(col(Letter.id).desc())
    )
    return CaseFile(
        item=item,
        contact=session.get_one(Person, item.contact_id),
        email=people.email_of(session, item.contact_id) or "",
        endorser=session.get(Endorser, item.endorser_id) if item.endorser_id else None,
        files=_files(session, desk, item_id, lines),
        hints=tuple(line for line in lines if line.upload_id is None),
        steps=history.for_office(session, desk, item_id),
        letters=tuple(letters),
        events=_events(session, desk, item_id),
        officers=officer_names(session),
    )


def file_of(session: Session, item: Application, upload_id: int) -> Upload:
    """A file of this application that came in whole, whether it still holds or not; `NotAllowed` otherwise."""
    upload = session.get(Upload, upload_id)
    if upload is None or upload.application_id != item.id or upload.finished_at is None:
        raise NotAllowed("这个项目没有这个文件。", next_step="请从项目页面打开文件。")
    return upload


def letter_of(session: Session, item: Application, letter_id: int) -> Letter:
    """A letter about this application; `NotAllowed` otherwise."""
    letter = session.get(Letter, letter_id)
    if letter is None or letter.application_id != item.id or letter.template.rpartition(".")[2] not in _TOLD_TO:
        raise NotAllowed("这个项目没有这封信。", next_step="请从项目页面打开信件。")
    return letter


def officer_names(session: Session) -> dict[int, str]:
    """The name of every officer by id."""
    query = select(Officer.id, Person.name).join(Person, col(Person.id) == col(Officer.person_id))
    return {id_: name for id_, name in session.exec(query) if id_ is not None}


def _files(session: Session, desk: Desk, item_id: int, lines: tuple[SheetLine, ...]) -> tuple[SlotFile, ...]:
    """Every slot of the edition in its order, each with its files, or empty."""
    whole = (Upload.application_id == item_id, col(Upload.finished_at).is_not(None))
    uploads = session.exec(select(Upload).where(*whole).order_by(col(Upload.ordinal), col(Upload.revision).desc()))
    places: dict[str, dict[int, list[Upload]]] = {}
    for upload in uploads:
        places.setdefault(upload.slot, {}).setdefault(upload.ordinal, []).append(upload)
    found: list[SlotFile] = []
    for slot in desk.edition.slots:
        kept = [
            (holds, tuple(each for each in versions if each.id != (holds and holds.id)))
            for versions in places.get(slot.key, {}).values()
            for holds in [next((each for each in versions if each.superseded_at is None), None)]
        ]
        found += [
            SlotFile(slot.label, slot.reader, slot.required, holds, earlier, _lines_of(holds, lines))
            for holds, earlier in kept or [(None, ())]
        ]
    return tuple(found)


def _told(query: SelectOfScalar[Letter]) -> SelectOfScalar[Letter]:
    """Letters to who hands in and who endorses; to whom an objector or an expert was written stays behind its door."""
    return query.where(or_(*(col(Letter.template).endswith(f".{recipient}") for recipient in _TOLD_TO)))


def _lines_of(upload: Upload | None, lines: tuple[SheetLine, ...]) -> tuple[SheetLine, ...]:
    return tuple(line for line in lines if upload is not None and line.upload_id == upload.id)


def _events(session: Session, desk: Desk, item_id: int) -> tuple[Event, ...]:
    """What the ledger holds of it, the newest first; what is told behind its own doors alone is left out."""
    mine = (Event.edition == desk.key, Event.application_id == item_id, col(Event.kind).in_(history.TOLD))
    return tuple(session.exec(select(Event).where(*mine).order_by(col(Event.id).desc())))
