"""Lays out the score pad: the fields of the edition's criteria with what was typed or kept, and the files beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from config.edition import Criterion
from office import applications
from office.desk import Desk
from office.tally import PanelRules
from records.tables.application import Upload
from records.tables.scoring import Score
from review import scores
from web.typed_numbers import whole

ABSENCES = (("absent", "缺席"), ("abstained", "弃权"))
CONFLICTS = ("与申报单位同单位", "参加过这个项目", "与完成人是师生或亲属", "与申报单位有经济往来")
_ASPECT = "aspect-"
_BY_ASPECTS, _BY_TOTAL = "aspects", "total"


@dataclass(frozen=True, slots=True)
class Typed:
    """What an expert sent, as it was written; ``revision`` is the version that they looked at."""

    mode: str
    total: str | None
    aspects: dict[str, str]
    reason: str
    absent: str
    revision: int | None


@dataclass(frozen=True, slots=True)
class Pad:
    """The fields as the page shows them; limits in points, ``step`` of the total."""

    mode: str
    criteria: tuple[Criterion, ...]
    values: Mapping[str, str]
    total: str
    reason: str
    revision: int
    step: Decimal
    lowest: Decimal
    highest: Decimal
    above: Decimal | None  # beyond which a written reason is asked; ``None``: the round asks none (A15)
    below: Decimal | None
    least: int  # letters, digits and characters of such a reason


@dataclass(frozen=True, slots=True)
class Paper:
    """One file beside the pad: its slot, its kind of evidence, what reads it."""

    upload: Upload
    label: str
    kind: str
    reader: str


def typed_of(words: Mapping[str, str], rules: PanelRules) -> Typed:
    """The form's words; by aspects the total is reckoned, never taken from the browser."""
    revision = whole(words.get("revision", ""))
    absent = words.get("absent", "")
    mode = _BY_TOTAL if words.get("mode") == _BY_TOTAL or not rules.criteria else _BY_ASPECTS
    aspects = {name.removeprefix(_ASPECT): value for name, value in words.items() if name.startswith(_ASPECT)}
    if absent:
        return Typed(mode, None, {}, words.get("reason", ""), absent, revision)
    total = words.get("total", "") if mode == _BY_TOTAL else None
    return Typed(mode, total, {} if mode == _BY_TOTAL else aspects, words.get("reason", ""), "", revision)


def pad(rules: PanelRules, kept: Score | None, typed: Typed | None) -> Pad:
    """The pad with what was typed after a refusal, else with the expert's own version."""
    round_ = rules.round
    values = {key: plain(points) for key, points in kept.aspects.items()} if kept else {}
    total = plain(kept.total) if kept and kept.total is not None else ""
    mode = _mode(rules, kept)
    reason = kept.reason if kept else ""
    if typed is not None:
        values, total, mode, reason = typed.aspects, typed.total or "", typed.mode, typed.reason
    asks = round_.reasons_required
    return Pad(
        mode, rules.criteria, values, total, reason, kept.revision if kept else 0, round_.step, round_.lowest,
        round_.highest, round_.reason_above if asks else None, round_.reason_below if asks else None,
        round_.reason_least,
    )  # fmt: skip


def ground_of(words: Mapping[str, str]) -> str:
    """Why an expert must stay out: the reason that was pressed, and what was added to it."""
    return "；".join(told for name in ("reason", "words") if (told := words.get(name, "").strip()))


def files_of(session: Session, desk: Desk, item_id: int) -> list[Paper]:
    """The files that hold, in the edition's order: the form first (R69), then the film (R77), letter and evidence."""
    order = [slot.key for slot in desk.edition.slots]
    kinds = {kind.key: kind.name for kind in desk.edition.evidence.kinds} if desk.edition.evidence else {}
    found = [upload for upload in applications.current_files(session, item_id) if upload.slot in order]
    found.sort(key=lambda upload: (order.index(upload.slot), upload.kind, upload.ordinal))
    slots = {slot.key: slot for slot in desk.edition.slots}
    return [Paper(it, slots[it.slot].label, kinds.get(it.kind, ""), slots[it.slot].reader) for it in found]


def _mode(rules: PanelRules, kept: Score | None) -> str:
    if not rules.criteria or (kept is not None and kept.total is not None and not kept.aspects):
        return _BY_TOTAL
    return _BY_TOTAL if kept is None and rules.round.mode == "on_site" else _BY_ASPECTS


def plain(centipoints: int) -> str:
    """Points without needless decimals: 92.5, 12."""
    printed = scores.print_points(scores.points_of(centipoints), 2)
    return printed.rstrip("0").rstrip(".")
