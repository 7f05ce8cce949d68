"""Makes the demo's application folders: real files, and the application.toml that the office would get with them."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from cli import specimens
from cli.season_cast import Endorsing, Entry
from config.edition import Edition

Sealing = Literal["full", "none"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One folder to be made: the entry, what of it is different this time, and when it is received."""

    entry: Entry
    name: str
    received_at: datetime
    sealing: Sealing = "full"
    number: str = ""  # of the application that this corrects
    only: tuple[str, ...] = ()  # slots that a correction brings; all when empty
    without: tuple[str, ...] = ()  # slots that were forgotten


def parcels(entries: Iterable[Entry]) -> list[Parcel]:
    """What is handed in at first, in the order in which it is received."""
    return [parcel_of(entry) for entry in sorted(entries, key=lambda entry: entry.handed_in)]


def parcel_of(entry: Entry) -> Parcel:
    """What an entry hands in at first, with the fault that its story needs."""
    return Parcel(
        entry,
        entry.folder,
        entry.handed_in,
        sealing="none" if entry.story == "letter_without_seal" else "full",
        without=("video",) if entry.story == "draft_lapses" else (),
    )


def corrected(parcel: Parcel, number: str, received_at: datetime, *slots: str, **changed: object) -> Parcel:
    """The parcel that answers a returned application: other bytes in the named slots."""
    entry = replace(parcel.entry, **changed)  # type: ignore[arg-type]
    return Parcel(entry, f"{parcel.name}-corrected", received_at, number=number, only=slots)


def make(root: Path, edition: Edition, parcel: Parcel, *, videos: Path | None = None) -> Path:
    """Write the folder whole or not at all; what is there already is kept. Returns its path.

    ``videos`` keeps one encode a length, in the root's own folder of that name without it.
    """
    folder = root / parcel.name
    if folder.exists():
        return folder
    draft = root / f".{parcel.name}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    names = {slot: name for slot, name in _names(edition).items() if slot in (parcel.only or _names(edition))}
    for slot, name in names.items():
        if slot not in parcel.without:
            _write(slot, draft / name, edition, parcel, videos or root / "videos")
    files = {slot: name for slot, name in names.items() if slot not in parcel.without}
    (draft / "application.toml").write_text(_toml(edition, parcel, files), encoding="utf-8")
    draft.rename(folder)
    return folder


def _names(edition: Edition) -> dict[str, str]:
    endings = {"form": "docx", "video": "mp4", "letter": "pdf", "evidence": "pdf"}
    return {slot.key: f"{slot.key}.{endings[slot.reader]}" for slot in edition.slots}


def _write(slot: str, path: Path, edition: Edition, parcel: Parcel, videos: Path) -> None:
    entry = parcel.entry
    facts = {"title": entry.title, "unit": entry.unit, "endorser": entry.endorsing.name}
    if slot == "form":
        specimens.write_form(path, edition=edition, words=entry.words, **facts)
    elif slot == "video":
        specimens.write_video(path, seconds=entry.seconds, cache=videos)
    elif slot == "letter":
        route: Literal["society", "expert"] = "expert" if entry.endorsing.kind == "expert" else "society"
        bare = parcel.sealing == "none"
        specimens.write_letter(
            path,
            edition=edition,
            route=route,
            date=(parcel.received_at - timedelta(days=1)).date(),
            seals=() if bare else None,
            signature=False if bare else None,
            **facts,
        )
    else:
        specimens.write_evidence(path, edition=edition, pages=1 + (entry.place % 5 == 0), seed=entry.place)


def _toml(edition: Edition, parcel: Parcel, files: dict[str, str]) -> str:
    """The few lines that come with a folder; strings as JSON, which TOML reads the same."""
    entry, many = parcel.entry, {slot.key for slot in edition.slots if slot.many}
    top: dict[str, Any] = {"number": parcel.number} if parcel.number else {}
    top |= {"title": entry.title, "unit": entry.unit, "unit_type": entry.unit_type, "category": entry.category}
    lines = [f"{key} = {_quoted(value)}" for key, value in top.items()]
    promised = len(edition.letter.commitments) if edition.letter else 0
    lines += [f"commitments = {promised}", f"received_at = {parcel.received_at.isoformat()}"]
    lines += ["", "[contact]"]
    lines += [
        f"{key} = {_quoted(value)}"
        for key, value in (("name", entry.person), ("phone", entry.phone), ("email", entry.email))
    ]
    lines += ["", "[endorser]", *_endorser(entry.endorsing)] if edition.endorsement.required else []
    lines += ["", "[files]"]
    lines += [f"{slot} = {json.dumps([name]) if slot in many else _quoted(name)}" for slot, name in files.items()]
    return "\n".join(lines) + "\n"


def _endorser(endorsing: Endorsing) -> list[str]:
    told = {key: getattr(endorsing, key) for key in ("kind", "name", "unit", "title", "phone", "email")}
    return [f"{key} = {_quoted(value)}" for key, value in told.items() if value]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
