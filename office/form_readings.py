"""Keeps what a child read of a form, so that whoever asks for the book again waits for no child (row 127)."""

import json
import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Self

from config.edition import FormRules
from documents import form_blocks
from documents.form_blocks import Blocks
from documents.form_parts import PartReader
from office.desk import Desk
from office.review_copies import FOLDER

_READING = "1"  # counts up when forms are read otherwise: older readings are not used again
_TRIED = ".tried"
_DIGITS = 12  # of the digest of the rules by which a form was read


class Readings:
    """The forms of an edition, part by part; what is not kept yet is read in a confined child, one for all of them.

    What is kept lies beside the copies for readers, and goes with them: with its file, or unused for 14 days.
    """

    def __init__(self, desk: Desk, rules: FormRules) -> None:
        self._desk, self._reader = desk, PartReader(rules)
        self._kind = f"{_READING}-{sha256(rules.model_dump_json().encode()).hexdigest()[:_DIGITS]}.reading"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def read_ahead(self, digest: str) -> bool:
        """Read a form before anybody asks for the book; whether it was tried. One that fails is not tried again."""
        place = self._place(digest)
        tried = place.with_name(f"{place.name}{_TRIED}")
        if place.is_file() or tried.is_file():
            return False
        place.parent.mkdir(mode=0o700, exist_ok=True)
        tried.touch()
        self(digest)
        return True

    def __call__(self, digest: str) -> Blocks | None:
        """The parts of the form with this digest; ``None`` where it is not held, or cannot be read."""
        place = self._place(digest)
        with suppress(FileNotFoundError):
            os.utime(place)
            told = json.loads(place.read_bytes())
            return {key: tuple(map(form_blocks.block_of, blocks)) for key, blocks in told.items()}
        if not self._desk.vault.holds(digest):
            return None
        found = self._reader(self._desk.vault.path(digest))
        if found is not None:
            _keep(place, found)
        return found

    def _place(self, digest: str) -> Path:
        return self._desk.settings.home / FOLDER / f"{digest}.{self._kind}"


def _keep(place: Path, found: Blocks) -> None:
    """Whole or not there: two may read one form at once, or be killed."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    told = {key: [form_blocks.plain(each) for each in blocks] for key, blocks in found.items()}
    handle, draft = tempfile.mkstemp(dir=place.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(told, file)
    Path(draft).replace(place)
