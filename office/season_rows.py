"""Writes one case of an imported season at its present state, with its files and whom to write to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from documents.findings import Report
from office import intake, own_instants, people
from office.desk import Desk
from office.scraps import scraps_of
from office.season_judge import Line, find_endorser, key_of
from records.tables.application import Application, Upload
from states.facts import State

Reports = Mapping[tuple[str, str], Report]  # by digest and slot
_ALL = "*"  # every slot may be changed: the list does not say which were sent back


def write(session: Session, desk: Desk, line: Line, reports: Reports, *, now: datetime) -> Application:
    """The case of one row; the clock is told to look where it has an instant of its own."""
    words, edition = line.words, desk.edition
    state = line.state or State.DRAFT
    endorser = find_endorser(session, desk, words["endorser"]) if words["endorser"] else None
    known = people.Known(words["contact"], [words["email"]], words["phone"], line.unit)
    handed_in = state not in (State.DRAFT, State.WITHDRAWN)
    item = Application(
        edition=desk.key, number=line.number or intake.next_number(session, desk), state=state.value, state_since=now,
        lapses_at=line.due, title=line.title, unit=line.unit, unit_type=key_of(words["unit_type"], edition.unit_types),
        category=key_of(words["category"], edition.categories), partners=words["partners"],
        contact_id=people.add_person(session, known).id or 0, endorser_id=endorser.id if endorser else None,
        received_at=line.received, submitted_at=line.received if handed_in else None,
        sent_back_count=int(state is State.RETURNED), open_slots=_ALL if state is State.RETURNED else "",
    )  # fmt: skip
    item.scraps = scraps_of(item)
    session.add(item)
    session.flush()
    _add_files(session, line, item, reports)
    if line.due and state in (State.RETURNED, State.SUBMITTED):
        own_instants.watch(session, desk, line.due, now=now)
    return item


def note(line: Line) -> dict[str, Any]:
    """What the ledger says of the import of one case; erased with its contact."""
    return {
        "row": line.row, "title": line.title, "unit": line.unit, "number": line.words["number"],
        "state": line.words["state"], "reason": line.words["reason"], "told": list(line.told),
        "files": [{"slot": slot, "name": file.name, "sha256": file.sha256} for slot, file in line.files],
    }  # fmt: skip


def _add_files(session: Session, line: Line, item: Application, reports: Reports) -> None:
    ordinals: dict[str, int] = {}
    for slot, file in line.files:
        ordinals[slot] = ordinals.get(slot, 0) + 1
        report = reports[file.sha256, slot]
        session.add(Upload(
            application_id=item.id or 0, slot=slot, ordinal=ordinals[slot], name=file.name.rpartition("/")[2],
            size=file.size, sha256=file.sha256, begun_at=line.received, finished_at=line.received,
            verdict=report.verdict.value, blocks_submit=report.blocks_submit,
            likeness=report.facts.get("likeness", ""), report=report.as_dict(),
        ))  # fmt: skip
    session.flush()
