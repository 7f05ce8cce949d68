"""Puts one case into the words and tones that its page at the desk shows."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from config.edition import Edition
from documents.findings import Picture
from office import uploads
from office.case_file import CaseFile, SlotFile
from office.case_history import History, Step
from office.desk import Desk
from records.tables.application import Application
from records.tables.letter import Letter, LetterState
from states.facts import State
from states.lifecycle import Trigger
from states.occasions import OCCASIONS
from web import case_told, report
from web.case_told import Mark
from web.overview_facts import LETTERS
from web.report import Card

_UNIT, _OFFICE, _ENDORSER, _EXPERTS, _NOBODY = "申报单位", "遴选办公室", "推荐方", "评审专家", "已办结"
HOLDERS = {
    State.DRAFT: _UNIT, State.RETURNED: _UNIT, State.SUBMITTED: _ENDORSER, State.ENDORSED: _OFFICE,
    State.FORMALLY_CHECKED: _OFFICE, State.FIRST_ROUND: _EXPERTS, State.FINALIST: _UNIT, State.TOP_TEN: _OFFICE,
    State.PUBLICIZED: _OFFICE,
}  # fmt: skip
_OCCASIONS = {occasion.template: occasion.label for occasion in OCCASIONS}
_RECIPIENTS = {"applicant": _UNIT, "endorser": _ENDORSER}


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A letter as the case lists it."""

    letter: Letter
    label: str
    recipient: str
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of the case with its card; ``address`` is where the file itself is to be had."""

    slot: SlotFile
    address: str
    card: Card | None


def holder(state: State) -> str:
    """Who has to do something now."""
    return HOLDERS.get(state, _NOBODY)


def road(edition: Edition, item: Application) -> list[Mark]:
    """The stages, and how far the case came; what ended is marked at the stage where it ended."""
    state, since = State(item.state), item.state_since
    before = State(item.came_from) if item.came_from else State.DRAFT
    return case_told.road(edition, History(state, since, (Step(Trigger.SUBMIT, before, state, since),)))


def due(desk: Desk, item: Application) -> datetime | None:
    """Until when the present state must be left, where an instant binds it."""
    if item.state == State.DRAFT:
        return item.lapses_at or desk.edition.submission.closes
    if item.state == State.ENDORSED:
        return desk.edition.check.due
    return item.lapses_at


def shown_files(desk: Desk, case: CaseFile) -> list[ShownFile]:
    """Every slot with what a machine says of the file in it."""
    return [_file(desk, slot) for slot in case.files]


def shown_letter(desk: Desk, letter: Letter) -> ShownLetter:
    """A letter with what it is called, who gets it, how far it is."""
    stem, _, recipient = letter.template.rpartition(".")
    label = _OCCASIONS.get(letter.template) or Trigger(stem).named(desk.words)
    state, tone = LETTERS[LetterState(letter.state)]
    return ShownLetter(letter, label, _RECIPIENTS.get(recipient, recipient), state, tone)


def _file(desk: Desk, slot: SlotFile) -> ShownFile:
    upload = slot.upload
    if upload is None:
        return ShownFile(slot, "", None)
    address = f"/files/{upload.id}"

    def picture_at(picture: Picture) -> str:
        return f"/pictures/{upload.id}/{quote(picture.key, safe='')}"

    if not upload.report.get("findings"):
        return ShownFile(slot, address, None)
    card = report.card(uploads.kept_report(desk, upload), place=slot.label, source=picture_at)
    return ShownFile(slot, address, card)
