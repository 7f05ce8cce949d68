"""Shows an applicant the slots of an application: limits, files with their reports, what is on its way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from sqlmodel import Session, col, select

from config.edition import Edition, EvidenceKind, Reader, Slot
from documents.findings import Picture, Verdict
from office import applications, secrecy, slices, uploads
from office.case_history import History
from office.desk import Desk
from records.tables.application import Application, Upload
from states.facts import State
from web import report
from web.report import Card
from web.shown import limit

_VERDICTS = {
    Verdict.GREEN.value: ("通过", "ok"),
    Verdict.ADVICE.value: ("有建议", "info"),
    Verdict.LOOK.value: ("待人工核对", "warn"),
    Verdict.RED.value: ("有问题", "bad"),
}
_UNREAD = ("尚未检查", "rest")
Limit = tuple[str, dict[str, object]]
_ENDINGS: dict[Reader, str] = {"form": ".docx", "video": ".mp4", "letter": ".pdf", "evidence": ".pdf"}


@dataclass(frozen=True, slots=True)
class Held:
    """A file that holds: how its check ended, its report, the versions before it, and words that look secret."""

    upload: Upload
    verdict: str
    tone: str
    kind: str
    card: Card | None
    earlier: tuple[Upload, ...]
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One slot: what it takes, whether it is open now and why, its files, and uploads that were broken off.

    ``arriving`` are pairs of an upload and how many of its bytes are here.
    """

    slot: Slot
    ending: str
    limits: tuple[Limit, ...]
    is_open: bool
    reasons: tuple[str, ...]
    held: tuple[Held, ...]
    arriving: tuple[tuple[Upload, int], ...]
    kinds: tuple[EvidenceKind, ...]
    has_template: bool

    @property
    def largest(self) -> int:
        """The largest file that it takes, in bytes."""
        return self.slot.max_megabytes << 20


def places(session: Session, desk: Desk, item: Application, history: History) -> list[Place]:
    """Every slot of the edition in its order; while returned, the named ones with the reasons beside them (R45)."""
    query = select(Upload).where(Upload.application_id == item.id).order_by(col(Upload.ordinal), col(Upload.revision))
    every = list(session.exec(query))
    secret = {upload.id or 0: found for upload, found in secrecy.unconfirmed(session, item.id or 0)}
    open_now = applications.open_slots(item)
    return [
        Place(
            slot, _ENDINGS[slot.reader], limits(desk.edition, slot),
            is_open="*" in open_now or slot.key in open_now,
            reasons=_reasons(item, history, slot) if slot.key in open_now else (),
            held=tuple(_held(desk, slot, upload, every, secret) for upload in every if _holds(upload, slot)),
            arriving=tuple(_arriving(session, desk, (upload for upload in every if _arrives(upload, slot)))),
            kinds=_kinds(desk.edition, slot), has_template=slot.reader != "video",
        )
        for slot in desk.edition.slots
    ]  # fmt: skip


def _kinds(edition: Edition, slot: Slot) -> tuple[EvidenceKind, ...]:
    return edition.evidence.kinds if slot.reader == "evidence" and edition.evidence else ()


def limits(edition: Edition, slot: Slot) -> tuple[Limit, ...]:
    """What a file of this slot must keep to, told before anybody uploads one: texts with their facts."""
    told: list[Limit] = [("{ending} 文件", {"ending": _ENDINGS[slot.reader]})]
    told.append(("不超过 {most}", {"most": limit(slot.max_megabytes)}))
    if slot.reader == "form" and edition.form:
        told.append(("正文不超过 {words} 字", {"words": edition.form.words_limit}))
    if slot.reader == "video" and edition.video:
        told.append(("时长不超过 {minutes} 分钟", {"minutes": f"{edition.video.seconds_limit / 60:g}"}))
    if slot.reader == "letter":
        told.append(("推荐方与申报单位签章齐全后扫描", {}))
    if slot.many:
        told.append(("可以传多个文件", {}))
    return tuple(told)


def _reasons(item: Application, history: History, slot: Slot) -> tuple[str, ...]:
    """What was said of this slot when the case was sent back; everything, where the words name no slot."""
    if item.state != State.RETURNED or history.last is None:
        return ()
    lines = tuple(line for line in history.last.reason.splitlines() if line.strip())
    return tuple(line for line in lines if slot.label in line) or lines


def _holds(upload: Upload, slot: Slot) -> bool:
    return upload.slot == slot.key and upload.superseded_at is None and upload.finished_at is not None


def _arrives(upload: Upload, slot: Slot) -> bool:
    return upload.slot == slot.key and upload.superseded_at is None and upload.finished_at is None


def _arriving(session: Session, desk: Desk, begun: Iterable[Upload]) -> Iterator[tuple[Upload, int]]:
    """Those of which something is here to go on from: what was given up for two days is not kept."""
    for upload in begun:
        if arrived := slices.progress(session, desk, upload.application_id, upload.id or 0).arrived:
            yield upload, arrived


def _held(desk: Desk, slot: Slot, upload: Upload, every: list[Upload], secret: dict[int, str]) -> Held:
    earlier = tuple(
        each
        for each in reversed(every)
        if (each.slot, each.ordinal) == (upload.slot, upload.ordinal)
        and each.id != upload.id
        and each.finished_at is not None
    )
    kind = next((each.name for each in _kinds(desk.edition, slot) if each.key == upload.kind), "")
    verdict, tone = _VERDICTS.get(upload.verdict, _UNREAD)
    return Held(upload, verdict, tone, kind, _card(desk, slot, upload), earlier, secret.get(upload.id or 0, ""))


def _card(desk: Desk, slot: Slot, upload: Upload) -> Card | None:
    def picture_at(picture: Picture) -> str:
        return f"/pictures/{upload.id}/{quote(picture.key, safe='')}"

    if not upload.report.get("findings"):
        return None
    return report.card(uploads.kept_report(desk, upload), place=slot.label, source=picture_at)
