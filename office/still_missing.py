"""Tells what an application still lacks before it can be handed in, each thing with its place (R40–R43, R79–R84)."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session

from office import applications, secrecy, typed_words
from office.desk import Desk
from records.tables.application import Application


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing: its ``place`` (``slot-<key>``, ``promises``, ``endorser``, ``form``), and ``words`` that say what."""

    place: str
    words: str


def still_missing(session: Session, desk: Desk, item: Application) -> tuple[Missing, ...]:
    """What stands between this application and its handing in, in the order of the page; the window is left out."""
    return (*_about_form(session, item), *_about_people(desk, item), *_about_files(session, desk, item))


def _about_form(session: Session, item: Application) -> Iterator[Missing]:
    held = typed_words.of_application(session, item)
    for name, label in typed_words.LABELS.items():
        if held and name in held.fields:
            yield Missing("form", f"{label}还没有填好。")


def _about_people(desk: Desk, item: Application) -> Iterator[Missing]:
    if desk.edition.endorsement.required and item.endorser_id is None:
        yield Missing("endorser", "推荐方还没有选定。")
    if desk.edition.letter and desk.edition.letter.commitments and item.commitments_at is None:
        yield Missing("promises", "承诺还没有勾选。")


def _about_files(session: Session, desk: Desk, item: Application) -> Iterator[Missing]:
    files = applications.current_files(session, item.id or 0)
    asked = {upload.id for upload, _ in secrecy.unconfirmed(session, item.id or 0)}
    for slot in desk.edition.slots:
        here = [upload for upload in files if upload.slot == slot.key]
        if slot.required and not here:
            yield Missing(f"slot-{slot.key}", f"{slot.label}还没有上传。")
        for upload in here:
            if upload.blocks_submit:
                yield Missing(f"slot-{slot.key}", f"{slot.label}（{upload.name}）有必须改正之处。")
            if upload.id in asked:
                yield Missing(f"slot-{slot.key}", f"{slot.label}（{upload.name}）需要再次确认保密承诺。")
