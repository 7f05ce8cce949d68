"""Checks files in warm child processes with bounded time and memory, so that a hostile file harms nobody (R44)."""

from base64 import b64decode
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from config.edition import Edition, Slot
from documents.digest import sha256_of
from documents.findings import Declared, Finding, Picture, Report, Verdict
from documents.pool import ChildFailed, Limits, Pool

_TASK = "documents.checks:answer"
_REASONS = {"crash": "读取时程序异常中止", "time": "读取超过时限", "memory": "读取所需内存超过上限"}
READABLE_CLAUSES = {"form": "R47", "video": "R70", "letter": "R78", "evidence": "R89"}


class Readers:
    """Warm readers that check one file after another, ``workers`` at a time; safe for threads.

    A child starts with the first file (or with `warm`) and serves many; it dies with this process.
    """

    def __init__(
        self, workers: int = 1, *, limits: Limits | None = None, task: str = _TASK, search: Path | None = None
    ) -> None:
        self._pool = Pool(task, workers=workers, limits=limits, search=() if search is None else (search,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Start the children now, so that the first file does not wait for them."""
        self._pool.warm()

    def close(self) -> None:
        """End the children."""
        self._pool.close()

    def check(
        self, path: Path, *, slot: Slot, edition: Edition, declared: Declared | None = None, sha256: str | None = None
    ) -> Report:
        """The report on a file; a reader that crashed or ran over its limits is a line for a person, no exception.

        ``sha256`` is the digest when it is known already (from the vault): the file is then not read once more for it.
        """
        message = {
            "path": str(path.resolve()),
            "slot": slot.model_dump(mode="json"),
            "edition": edition.model_dump_json(),
            "declared": None if declared is None else asdict(declared),
            "sha256": sha256,
        }
        try:
            return report(self._pool.ask(message))
        except ChildFailed as failure:
            finding = unfinished(slot, failure.why)
            return Report(path.name, slot.reader, sha256 or sha256_of(path), findings=(finding,))


def unfinished(slot: Slot, why: str) -> Finding:
    """The line for a file that the program could not read to its end: a person must look, nothing is blocked."""
    evidence = f"程序未能读完此文件（{_REASONS.get(why, why)}），请人工查看。"
    step = "可先确认文件能正常打开，另存后重新上传；仍不行请联系遴选办公室。"
    return Finding(f"{slot.reader}.readable", READABLE_CLAUSES[slot.reader], Verdict.LOOK, evidence, step)


def report(plain: dict[str, Any]) -> Report:
    """The report that a child wrote as JSON."""
    lines = tuple(
        Finding(**line | {"verdict": Verdict(line["verdict"]), "pictures": tuple(line["pictures"])})
        for line in plain["findings"]
    )
    pictures = tuple(Picture(each["key"], each["caption"], b64decode(each["jpeg"])) for each in plain["pictures"])
    return Report(plain["name"], plain["kind"], plain["sha256"], plain["facts"], lines, pictures)
