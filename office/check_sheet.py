"""Lays out the check sheet: what machines found in the files, what only people can tell (R20, R44)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from documents.findings import Verdict
from office.desk import Desk
from records.tables.application import Application, CheckLine, Upload
from records.tables.endorser import Endorser

Ready = dict[str, bool]


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line: a machine's finding (``verdict`` is set) or a question for people (``verdict`` is ``None``).

    ``text`` is the evidence or the question; ``answer`` what an officer said of it, if anybody did. A line about the
    application itself has no slot and no ``upload_id``; it only informs.
    """

    slot: str
    upload_id: int | None
    rule: str
    r: str
    text: str
    verdict: Verdict | None = None
    next_step: str = ""
    answer: CheckLine | None = None

    @property
    def red(self) -> bool:
        """Whether a machine says no: it passes by a waiver alone."""
        return self.verdict is Verdict.RED

    @property
    def refused(self) -> bool:
        """Whether an officer said no, or a machine did and nobody waived it."""
        return not self.answer.accepted if self.answer else self.red

    @property
    def settled(self) -> bool:
        """Whether nothing more is to be said: good by itself, accepted by an officer, or waived where red."""
        if self.answer is None:
            return self.verdict in (Verdict.GREEN, Verdict.ADVICE)
        return self.answer.accepted  # a red line is accepted by a waiver alone, see `formal_check.tick`

    @property
    def unconfirmed(self) -> bool:
        """Whether it is a waiver that still wants its second officer."""
        return bool(self.answer and self.answer.waiver and self.answer.confirmed_by is None)


def sheet(session: Session, desk: Desk, item: Application) -> tuple[SheetLine, ...]:
    """Every line of one application, slot by slot as the edition lists them."""
    about_files = _sheets(session, desk, [item.id or 0]).get(item.id or 0, ())
    return (*about_files, *_about_endorser(session, item))


def sheets_ready(session: Session, desk: Desk, items: Sequence[Application]) -> dict[int, Ready]:
    """For each application whether its sheet is complete and its waivers are confirmed by a second officer."""
    sheets = _sheets(session, desk, [item.id or 0 for item in items])
    return {item.id or 0: _readiness(sheets.get(item.id or 0, ())) for item in items}


def faults(lines: Iterable[SheetLine]) -> tuple[tuple[str, ...], str]:
    """The slots that hold a refused line, and the reasons in words: what a sending back would say (R45, R72)."""
    wrong = [line for line in lines if line.refused and line.slot]
    words = [f"{line.text} {(line.answer and line.answer.reason) or line.next_step}".strip() for line in wrong]
    return tuple(dict.fromkeys(line.slot for line in wrong)), "\n".join(words)


def _readiness(lines: Sequence[SheetLine]) -> Ready:
    return {
        "sheet_complete": bool(lines) and all(line.settled for line in lines),
        "overrides_confirmed": not any(line.unconfirmed for line in lines),
    }


def _sheets(session: Session, desk: Desk, ids: Sequence[int]) -> dict[int, list[SheetLine]]:
    """The lines of many applications, by two questions to the database."""
    uploads = session.exec(
        select(Upload)
        .where(
            col(Upload.application_id).in_(ids),
            col(Upload.superseded_at).is_(None),
            col(Upload.finished_at).is_not(None),
        )
        .order_by(col(Upload.ordinal))
    ).all()
    said = session.exec(select(CheckLine).where(col(CheckLine.application_id).in_(ids)))
    answers = {(line.upload_id, line.rule): line for line in said}
    places = {slot.key: place for place, slot in enumerate(desk.edition.slots)}
    sheets: dict[int, list[SheetLine]] = {}
    for upload in sorted(uploads, key=lambda upload: places.get(upload.slot, len(places))):
        sheets.setdefault(upload.application_id, []).extend(_lines(desk, upload, answers))
    return sheets


def _lines(desk: Desk, upload: Upload, answers: dict[tuple[int, str], CheckLine]) -> Iterator[SheetLine]:
    id_ = upload.id or 0
    for finding in upload.report.get("findings", ()):
        yield SheetLine(
            upload.slot, id_, finding["rule"], finding["r"], finding["evidence"], Verdict(finding["verdict"]),
            finding["next_step"], answers.get((id_, finding["rule"])),
        )  # fmt: skip
    for line in desk.edition.check.human_lines:
        if line.slot == upload.slot:
            yield SheetLine(upload.slot, id_, line.rule, line.r, line.text, answer=answers.get((id_, line.rule)))


def _about_endorser(session: Session, item: Application) -> Iterator[SheetLine]:
    """A flag where the recommending expert is of the applicant's own unit (A19): told, not judged."""
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    if endorser and endorser.unit and "".join(endorser.unit.split()) == "".join(item.unit.split()):
        text = f"推荐专家{endorser.name}与申报单位同属{item.unit}"
        yield SheetLine("", None, "endorser.same_unit", "A19", text, Verdict.ADVICE)
