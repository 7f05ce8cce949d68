"""Writes the four sample files of an application, real ones and the same bytes at each call, for the demo and tests."""

import shutil
from datetime import date
from pathlib import Path

from cli.specimen_evidence import evidence_bytes
from cli.specimen_form import FilledForm, form_bytes
from cli.specimen_letter import FilledLetter, SealOwner, letter_bytes
from cli.specimen_video import video_bytes
from config.edition import Edition
from documents.scan_letter import Route


def write_form(
    path: Path, *, edition: Edition, title: str, unit: str, endorser: str, words: int, leave_out_part: str | None = None
) -> None:
    """Write a recommendation form of exactly ``words`` 字 as A8 counts them.

    ``leave_out_part`` is the key of a part that is missing on purpose. `ValueError` when the edition asks for no form.
    """
    if edition.form is None:
        raise ValueError(f"{edition.award.key}: this edition has no form")
    path.write_bytes(form_bytes(edition.form, FilledForm(title, unit, endorser, words, leave_out_part)))


def write_video(path: Path, *, seconds: float, cache: Path | None = None, sound: bool = True) -> None:
    """Write an H.264 MP4 that plays for ``seconds``; one encode a length, kept in the folder ``cache``."""
    if cache is None:
        path.write_bytes(video_bytes(round(seconds, 3), sound=sound))
        return
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / f"{seconds:.3f}{'' if sound else '-silent'}.mp4"
    if not kept.exists():
        draft = kept.with_suffix(".part")  # whole or not there: whoever makes it may be killed
        draft.write_bytes(video_bytes(round(seconds, 3), sound=sound))
        draft.replace(kept)
    shutil.copyfile(kept, path)


def write_letter(
    path: Path,
    *,
    edition: Edition,
    title: str,
    unit: str,
    endorser: str,
    route: Route,
    date: date,
    seals: tuple[SealOwner, ...] | None = None,
    signature: bool | None = None,
) -> None:
    """Write the scan of a commitment letter; by default sealed and signed as its route asks (R86, R87).

    A society and the unit seal; an expert signs and the unit seals. `ValueError` when the edition asks for no letter.
    """
    if edition.letter is None:
        raise ValueError(f"{edition.award.key}: this edition has no letter")
    by_route: tuple[SealOwner, ...] = ("endorser", "unit") if route == "society" else ("unit",)
    filled = FilledLetter(
        title=title,
        unit=unit,
        endorser=endorser,
        date=date,
        seals=by_route if seals is None else seals,
        signature=route == "expert" if signature is None else signature,
    )
    path.write_bytes(letter_bytes(edition.letter, filled))


def write_evidence(path: Path, *, edition: Edition, pages: int = 2, seed: int = 0) -> None:
    """Write a scanned evidence list of some pages; `ValueError` when the edition takes no evidence."""
    if edition.evidence is None:
        raise ValueError(f"{edition.award.key}: this edition takes no evidence")
    path.write_bytes(evidence_bytes(edition.evidence, pages=pages, seed=seed))
