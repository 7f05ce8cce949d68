"""Checks files in warm child processes with bounded time and memory, so that a hostile file harms nobody (R44)."""

import logging
import os
import stat
import sys
from base64 import b64decode
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from threading import Lock

from config.edition import Edition, Reader, Slot
from documents import own_rules
from documents.digest import sha256_of
from documents.findings import Declared, Finding, Picture, Report, Verdict
from documents.pool import ChildFailed, Confinement, Limits, Message, Pool, Spent
from documents.warm import Warm

_log = logging.getLogger(__name__)
TASK = "documents.checks:answer"
_RECOGNISING_TASK = "documents.checks:answer_recognising"  # reads the print of scanned letters too
_REASONS = {
    "crash": "读取时程序异常中止",
    "time": "读取超过时限",
    "memory": "读取所需内存超过上限",
    "again": "此前两次都未能读完，不再尝试",
    "changed": "检查期间文件内容有变动",
    "special": "不是普通文件",
    "gone": "文件已不在原处，或没有权限读取",
}
_MOST_TRIES = 2
READABLE_CLAUSES: dict[Reader, str] = {"form": "R47", "video": "R70", "letter": "R78", "evidence": "R89"}
LIMITS: dict[Reader, Limits] = {
    "form": Limits(processor_seconds=10, memory_bytes=320 << 20),
    "video": Limits(memory_bytes=768 << 20),
    "letter": Limits(),
    "evidence": Limits(),
}

Watch = Callable[[Path, Spent], None]


def task_of(*, ocr: bool) -> str:
    """What the children are asked to do: with ``ocr`` (the setting ``LINXUAN_OCR``) they read letters' print too."""
    return _RECOGNISING_TASK if ocr else TASK


class Readers(Warm):
    """Warm readers that check one file after another, ``workers`` at a time; safe for threads.

    A child starts with the first file (or with `warm`) and serves many; it dies with this process. ``watch`` is told
    what each file cost, from the thread that asked. ``limits`` stand for all kinds in place of `LIMITS`; with
    ``network`` the children keep the network, which only serves to prove that they do not use it.
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        limits: Limits | None = None,
        task: str = TASK,
        search: Path | None = None,
        watch: Watch | None = None,
        network: bool = False,
    ) -> None:
        self._search = () if search is None else (search,)
        super().__init__(Pool(task, workers=workers, search=self._search, network=network))
        self._limits = LIMITS if limits is None else dict.fromkeys(LIMITS, limits)
        self._watch = watch
        self._failures: dict[tuple[str, Reader], int] = {}  # a digest and a reader, how often it did not finish
        self._lock = Lock()

    def warm(self) -> None:
        """Start the children now, so that the first file does not wait for them."""
        self._pool.warm()

    def confinement(self) -> Confinement:
        """What this system lets the children be kept from; raises `ChildFailed` when none starts."""
        return self._pool.confinement()

    def check(
        self, path: Path, *, slot: Slot, edition: Edition, declared: Declared | None = None, sha256: str | None = None
    ) -> Report:
        """The report on a file; a reader that crashed or ran over its limits is a line for a person, no exception.

        ``sha256`` is the digest when it is known already (from the vault): the file is then not read once more for it.
        A file that two readers did not finish is not given to a third. `OSError` is left to the caller.
        """
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            return Report(path.name, slot.reader, "", findings=(unfinished(slot, "special"),))
        if self._failures:
            sha256 = sha256 or sha256_of(path)
            if self._failures.get((sha256, slot.reader), 0) >= _MOST_TRIES:
                return Report(path.name, slot.reader, sha256, findings=(unfinished(slot, "again"),))
        question = _question(path, slot, edition, declared, sha256)
        try:
            found = report(self._asked(path, slot, question))
        except ChildFailed as failure:
            rest = self._without_own_rules(path, slot, question)
            found = rest or self._failed(path, slot, failure, sha256 or sha256_of(path))
        if _state(path.stat()) != _state(before):
            return Report(path.name, slot.reader, found.sha256, findings=(unfinished(slot, "changed"),))
        return found

    def _asked(self, path: Path, slot: Slot, question: Message) -> Message:
        spent = Spent()
        try:
            answer = self._pool.ask(question, limits=self._limits[slot.reader], reads=(path.resolve(),))
            spent = answer.spent
        except ChildFailed as failure:
            spent = failure.spent
            raise
        finally:
            if self._watch is not None:
                self._watch(path, spent)
        return answer.message

    def _without_own_rules(self, path: Path, slot: Slot, question: Message) -> Report | None:
        """The report without the rules that are installed beside ours, if it was one of them that failed."""
        rules = own_rules.installed((*map(str, self._search), *sys.path))
        if not rules:
            return None
        try:
            found = report(self._asked(path, slot, question | {"own_rules": False}))
        except ChildFailed:
            return None
        return replace(found, findings=(*found.findings, own_rules.unfinished(rules)))

    def _failed(self, path: Path, slot: Slot, failure: ChildFailed, sha256: str) -> Report:
        _log.warning("%s 未能读完：%s %s（%s）", slot.reader, failure.why, failure.error, sha256)
        with self._lock:
            self._failures[sha256, slot.reader] = self._failures.get((sha256, slot.reader), 0) + 1
        return Report(path.name, slot.reader, sha256, findings=(unfinished(slot, failure.why),))


def _question(path: Path, slot: Slot, edition: Edition, declared: Declared | None, sha256: str | None) -> Message:
    return {
        "path": str(path.resolve()),
        "slot": slot.model_dump(mode="json"),
        "edition": edition.model_dump_json(),
        "declared": None if declared is None else asdict(declared),
        "sha256": sha256,
        "own_rules": True,
    }


def _state(found: os.stat_result) -> tuple[int, int, int]:
    """What changes when somebody writes to a file or puts another in its place."""
    return found.st_ino, found.st_size, found.st_mtime_ns


def unfinished(slot: Slot, why: str) -> Finding:
    """The line for a file that the program could not read to its end: a person must look, nothing is blocked."""
    evidence = f"程序未能读完此文件（{_REASONS.get(why, why)}），请人工查看。"
    step = "可先确认文件能正常打开，另存后重新上传；仍不行请联系遴选办公室。"
    return Finding(f"{slot.reader}.readable", READABLE_CLAUSES[slot.reader], Verdict.LOOK, evidence, step)


def report(plain: Message) -> Report:
    """The report that a child wrote as JSON."""
    pictures = tuple(Picture(each["key"], each["caption"], b64decode(each["jpeg"])) for each in plain["pictures"])
    return Report.from_dict(plain, pictures)
