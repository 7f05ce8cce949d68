"""Gathers the press kit of the result with its pictures, as Word paper and as an archive of files (R116, row 40)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from sqlmodel import Session

from documents.findings import Picture
from office import announcement, applications, paper_facts, uploads, winners_book
from office.announcement import Line
from office.archive_bundle import Bundle
from office.archive_names import plain
from office.desk import Desk
from paperwork import press_kit
from paperwork.press_kit import Cover, PressKit

PICTURES = "图片"
_OF_FORM = "推荐表中的图"


def kit(session: Session, desk: Desk) -> PressKit:
    """What is told on the day, of each winner with a picture where there is one; `NotAllowed` before the notice."""
    told = announcement.press(session, desk)
    lines = {line.item.item.number: line for line in announcement.lines(session, desk)}
    found = covers(session, desk, [lines[winner.number] for winner in told.winners])
    return replace(told, winners=tuple(replace(each, cover=found.get(each.number)) for each in told.winners))


def covers(session: Session, desk: Desk, lines: Sequence[Line]) -> dict[str, Cover]:
    """Number -> its picture: the most telling frame of its video, else the first picture of a form that is printed."""
    found, without = {}, []
    for line in lines:
        frame = _frame(session, desk, line.item.item.id or 0)
        if frame is None:
            without.append(line)
        else:
            found[line.item.item.number] = Cover(frame.jpeg, frame.caption)
    forms = winners_book.forms(session, desk, without)
    for line in without:
        figure = winners_book.first_figure(forms.get(line.item.item.id or 0, {}))
        if figure is not None:
            found[line.item.item.number] = Cover(figure.jpeg, _OF_FORM)
    return found


def write(session: Session, desk: Desk, target: BinaryIO, *, now: datetime) -> PressKit:
    """The whole kit as .zip: the release as Word and as text, the list, the text for WeChat, a picture a winner."""
    told, issued = kit(session, desk), paper_facts.issued(desk, now)
    with Bundle(target, at=now.astimezone(desk.zone)) as bundle:
        bundle.put(f"{press_kit.TITLE}.docx", press_kit.press_kit(told, issued))
        bundle.put(f"{press_kit.LIST}.xlsx", press_kit.list_of_winners(told, issued))
        bundle.put(f"{press_kit.TITLE}.txt", _text(press_kit.plain_text(told)))
        bundle.put("微信文字.txt", _text(press_kit.wechat_text(told)))
        for place, winner in enumerate(told.winners, start=1):
            if winner.cover:
                bundle.put(f"{PICTURES}/{plain(f'{place:02} {winner.title}')}.jpg", winner.cover.jpeg)
        bundle.close()
    return told


def _text(words: str) -> bytes:
    """Plain text that every editor on Windows opens as it is: marked UTF-8, its line ends."""
    return words.replace("\n", "\r\n").encode("utf-8-sig")


def _frame(session: Session, desk: Desk, item_id: int) -> Picture | None:
    """The frame that the check took for the most telling one, else the first that it kept."""
    slots = {slot.key for slot in desk.edition.slots if slot.reader == "video"}
    for file in applications.current_files(session, item_id):
        if file.slot in slots:
            report = uploads.kept_report(desk, file)
            frames = {picture.key: picture for picture in report.pictures}
            best = frames.get(str(report.facts.get("poster", "")))
            if frame := best or next(iter(frames.values()), None):
                return frame
    return None
