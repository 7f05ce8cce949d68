"""Judges a file anew by other rules from the facts of its report, as far as these tell enough (no file is read)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from config.edition import Edition, Reader, Slot
from documents import checks, docx_findings, recommendation
from documents.findings import Declared, Finding, Report

# The facts of an edition that say what a line reads and nothing of how a file is read.
_ENOUGH: dict[Reader, tuple[str, ...]] = {
    "form": ("form.words_limit", "form.words_green_to", "form.words_look_to"),
    "video": ("video.seconds_limit", "video.seconds_tolerance", "video.codecs"),
    "letter": (),
    "evidence": (),
}
_SIZE = ".max_megabytes"


@dataclass(frozen=True, slots=True)
class Held:
    """A file that is held: its report, its slot, its bytes, what its application was registered with."""

    report: Report
    slot: Slot
    size: int
    declared: Declared


def touching(keys: Iterable[str], slot: Slot, edition: Edition) -> tuple[str, ...]:
    """Those of the changed keys that could change a line of a slot: ``form.…``, ``slots[0].…``."""
    own = f"slots[{[each.key for each in edition.slots].index(slot.key)}]."
    return tuple(key for key in keys if key.startswith((own, f"{slot.reader}.")))


def concerns_files(key: str) -> bool:
    """Whether a fact of the edition has to do with the checks of files at all."""
    return (key.startswith("slots[") and key.endswith(_SIZE)) or key.startswith(tuple(f"{each}." for each in _ENOUGH))


def judged(held: Held, keys: Iterable[str], *, old: Edition, new: Edition) -> tuple[Finding, ...] | None:
    """The lines of a file by the ``new`` edition, which differs in these keys; ``None`` when it must be read again.

    The facts are trusted only where judging them by the ``old`` edition gives the very lines that the report has.
    """
    reading = [key for key in keys if not key.startswith("slots[")]
    if any(key not in _ENOUGH[held.slot.reader] for key in reading):
        return None
    rest = [line for line in held.report.findings if line.rule != checks.SIZE_RULE]
    sized = checks.size_line(held.size, new.slot(held.slot.key))
    if not reading or not held.report.facts:
        return (sized, *rest)
    before, after = (_lines(held, edition) for edition in (old, new))
    if before is None or after is None or not set(before) <= set(rest):
        return None
    return (sized, *(line for line in rest if line not in before), *after)


def _lines(held: Held, edition: Edition) -> tuple[Finding, ...] | None:
    """What the reader of its kind says of its facts; ``None`` when they are of an older reader."""
    try:
        if held.slot.reader == "form" and edition.form:
            form = restored(recommendation.FormFacts, held.report.facts)
            return checks.safe(docx_findings.findings(form, edition.form, held.declared))
        if held.slot.reader == "video" and edition.video:
            from documents import video, video_findings  # loads the video library, which only videos need

            film = restored(video.VideoFacts, held.report.facts)
            return checks.safe(video_findings.findings(film, edition.video))
    except (KeyError, TypeError, ValueError):
        return None
    return None


def restored(kind: Any, plain: Any) -> Any:  # noqa: ANN401 - whatever a type of facts is made of
    """A value of a type of facts again from its JSON; raises `KeyError` or `TypeError` where it does not fit."""
    inner = get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{each.name: restored(hints[each.name], plain[each.name]) for each in fields(kind)})
    if get_origin(kind) is tuple:
        kinds = [inner[0]] * len(plain) if inner[1:] == (...,) else inner
        return tuple(restored(each, value) for each, value in zip(kinds, plain, strict=True))
    if get_origin(kind) is dict:
        return {key: restored(inner[1], value) for key, value in plain.items()}
    if get_origin(kind) in (Union, UnionType):
        real = next(each for each in inner if each is not NoneType)
        return None if plain is None else restored(real, plain)
    return plain
