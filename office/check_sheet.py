"""Lays out the check sheet: what machines found in the files, what only people can tell (R20, R44)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from documents.findings import Verdict, in_words
from office import cleared, secrecy, twins
from office.desk import Desk
from records.tables.application import Application, CheckLine, Upload
from records.tables.endorser import Endorser

Ready = dict[str, bool]


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture that shows a line: its name in the report, what it shows, the digest of its bytes in the vault."""

    key: str
    caption: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line: a machine's finding (``verdict`` is set) or a question for people (``verdict`` is ``None``).

    ``text`` is the evidence or the question; ``answer`` what an officer said of it, if anybody did; ``place`` names
    the file; ``note`` is what the applicant has done about it since. A line about the application itself has no slot
    and no ``upload_id``; it only informs.
    """

    slot: str
    upload_id: int | None
    rule: str
    r: str
    text: str
    verdict: Verdict | None = None
    next_step: str = ""
    answer: CheckLine | None = None
    place: str = ""
    pictures: tuple[KeptPicture, ...] = ()
    note: str = ""

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
        """Whether nothing more is to be said: good, only told, accepted by an officer, or waived where red."""
        if self.answer is None:
            return self.upload_id is None or self.verdict in (Verdict.GREEN, Verdict.ADVICE)
        return self.answer.accepted  # a red line is accepted by a waiver alone, see `formal_check.tick`

    @property
    def mark(self) -> str:
        """What tells this answer from any other to the same line; empty where nobody answered."""
        if self.answer is None:
            return ""
        return f"{self.answer.id}-{self.answer.officer_id}-{self.answer.at:%Y%m%dT%H%M%S.%f}-{self.answer.confirmed_by}"

    @property
    def unconfirmed(self) -> bool:
        """Whether it is a waiver that still wants its second officer."""
        return bool(self.answer and self.answer.waiver and self.answer.confirmed_by is None)


def sheet(session: Session, desk: Desk, item: Application) -> tuple[SheetLine, ...]:
    """Every line of one application: slot by slot, the worst first in each; last what only informs."""
    return (*about_files(session, desk, item), *_about_endorser(session, item), *_about_twins(session, desk, item))


def sheets(session: Session, desk: Desk, items: Sequence[Application]) -> dict[int, tuple[SheetLine, ...]]:
    """Every line of many applications, as `sheet` tells them; what they are compared with is read once."""
    files, among = many(session, desk, items), twins.known(session, desk)
    return {
        item.id or 0: (
            *files[item.id or 0], *_about_endorser(session, item), *_about_twins(session, desk, item, among)
        )
        for item in items
    }  # fmt: skip


def about_files(session: Session, desk: Desk, item: Application) -> tuple[SheetLine, ...]:
    """The lines that are to be answered: those about the files of one application."""
    return tuple(_sheets(session, desk, [item.id or 0]).get(item.id or 0, ()))


def many(session: Session, desk: Desk, items: Sequence[Application]) -> dict[int, tuple[SheetLine, ...]]:
    """The lines about the files of many applications, by two questions to the database."""
    found = _sheets(session, desk, [item.id or 0 for item in items])
    return {item.id or 0: tuple(found.get(item.id or 0, ())) for item in items}


def sheets_ready(session: Session, desk: Desk, items: Sequence[Application]) -> dict[int, Ready]:
    """For each application whether its sheet is complete and its waivers are confirmed by a second officer."""
    sheets = _sheets(session, desk, [item.id or 0 for item in items])
    return {item.id or 0: _readiness(sheets.get(item.id or 0, ())) for item in items}


def faults(lines: Iterable[SheetLine]) -> tuple[tuple[str, ...], str]:
    """The slots that hold a refused line, and the reasons in words: what a sending back would say (R45, R72)."""
    wrong = [line for line in lines if line.refused and line.slot]
    words = [in_words(line.text, (line.answer and line.answer.reason) or line.next_step) for line in wrong]
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
    id_, place = upload.id or 0, _place(desk, upload)
    pictures = {each["key"]: KeptPicture(**each) for each in cleared.pictures(upload)}
    found = [(Verdict(finding["verdict"]), finding) for finding in upload.report.get("findings", ())]
    for verdict, finding in sorted(found, key=lambda pair: -pair[0].rank):
        yield SheetLine(
            upload.slot, id_, finding["rule"], finding["r"], finding["evidence"], verdict, finding["next_step"],
            answers.get((id_, finding["rule"])), place,
            tuple(pictures[key] for key in finding.get("pictures", ()) if key in pictures),
            secrecy.note(desk, upload) if finding["rule"] == secrecy.RULE else "",
        )  # fmt: skip
    for line in desk.edition.check.human_lines:
        if line.slot == upload.slot:
            answer = answers.get((id_, line.rule))
            yield SheetLine(upload.slot, id_, line.rule, line.r, line.text, answer=answer, place=place)


def _place(desk: Desk, upload: Upload) -> str:
    """The file as people name it: 文件4 证明材料清单（2）专利.pdf."""
    slot = next((slot for slot in desk.edition.slots if slot.key == upload.slot), None)
    label = slot.label if slot else upload.slot
    return f"{label}（{upload.ordinal}）{upload.name}" if slot and slot.many else f"{label} {upload.name}"


def _about_endorser(session: Session, item: Application) -> Iterator[SheetLine]:
    """A flag where the recommending expert is of the applicant's own unit (A19): told, not judged."""
    endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
    if endorser and endorser.unit and "".join(endorser.unit.split()) == "".join(item.unit.split()):
        text = f"推荐专家{endorser.name}与申报单位同属{item.unit}"
        yield SheetLine("", None, "endorser.same_unit", "A19", text, Verdict.ADVICE)


def _about_twins(
    session: Session, desk: Desk, item: Application, among: twins.Known | None = None
) -> Iterator[SheetLine]:  # fmt: skip
    """Hints that the same work, or the same unit's, stands elsewhere (A23, A24): told, not judged."""
    for hint in twins.hints(session, desk, item, among=among):
        yield SheetLine("", None, hint.rule, hint.r, hint.sentence, hint.verdict, hint.next_step)
