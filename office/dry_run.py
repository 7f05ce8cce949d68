"""Tries a changed rule on every file that is held, before it is put into force; writes nothing (second list, 18)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from config.refusal import Refusal
from config.trial import Changed, Trial, trial
from documents import judged
from documents.findings import Declared, Finding, Report, Verdict
from documents.judged import Held
from office.application_folder import Check
from office.desk import Desk
from records.tables.application import Application, Upload
from records.tables.endorser import Endorser
from states.facts import State

_OVER = (State.WITHDRAWN, State.LAPSED)
_PAGE = 500  # files in one question to the database
_READER_FACTS = "form、video、letter、evidence、slots"

Progress = Callable[[int, int], None]  # files done, files in all


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of one application that would end otherwise, before and after; ``None`` where there is no such line."""

    item_id: int
    number: str
    title: str
    place: str
    rule: str
    before: Finding | None
    after: Finding | None

    @property
    def fails(self) -> bool:
        """Whether it would be red and is not."""
        return _verdict(self.after) is Verdict.RED and _verdict(self.before) is not Verdict.RED

    @property
    def heals(self) -> bool:
        """Whether it is red and would not be."""
        return _verdict(self.before) is Verdict.RED and _verdict(self.after) is not Verdict.RED


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a changed rule would do: how many were looked at, how many had to be read again, what would differ."""

    changed: tuple[Changed, ...]
    warnings: tuple[str, ...]
    applications: int
    files: int
    read_again: int
    differences: tuple[Difference, ...]

    @property
    def failing(self) -> tuple[str, ...]:
        """The numbers of the applications that would get a red line that they have not."""
        return tuple(dict.fromkeys(each.number for each in self.differences if each.fails))

    @property
    def healing(self) -> tuple[str, ...]:
        """The numbers of those that would lose a red line and get none."""
        healed = dict.fromkeys(each.number for each in self.differences if each.heals)
        return tuple(number for number in healed if number not in self.failing)

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The numbers of the others of which a line would end otherwise."""
        told = {*self.failing, *self.healing}
        return tuple(dict.fromkeys(each.number for each in self.differences if each.number not in told))

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        parts = [
            f"{len(numbers)} 项{words}：{'、'.join(numbers)}"
            for numbers, words in (
                (self.failing, "将不通过"),
                (self.healing, "将不再有不通过项"),
                (self.looked_at, "的结论有其他变化"),
            )
            if numbers
        ]
        counted = (
            f"试行于 {self.applications} 项的 {self.files} 个文件（重新读取 {self.read_again} 个），没有写入任何内容"
        )
        return f"{'；'.join(parts) or '没有一项的结论会改变'}。{counted}。"


def try_rules(desk: Desk, changes: Sequence[str], *, check: Check, progress: Progress | None = None) -> Outcome:
    """What would become of every application if these facts of the edition were others (``form.words_limit=4500``).

    The facts of the reports are judged anew where they tell enough, else the file is read again by both editions.
    Withdrawn and lapsed applications stay out. Raises `Refusal` for a key that does not exist, has nothing to do with
    files, or takes another kind of value.
    """
    tried = trial(desk.edition, changes, workdays=desk.workdays)
    keys = tuple(each.key for each in tried.changed)
    strange = [key for key in keys if not judged.concerns_files(key)]
    if strange:
        raise Refusal(
            f"{'、'.join(strange)} 与文件检查无关，无从试行。", next_step=f"可以试行的各项在 {_READER_FACTS} 之下。"
        )
    with desk.database.read() as session:
        total = len(session.exec(_current(select(Upload.id), desk)).all())
    differences: list[Difference] = []
    applications: set[int] = set()
    files = read_again = 0
    for item, upload, held in _held(desk):
        applications.add(item.id or 0)
        touching = judged.touching(keys, held.slot, desk.edition)
        if touching:
            before, after, read = _both(desk, tried, held, touching, check)
            read_again += read
            differences += _differences(item, upload, held.slot.label, before, after)
        files += 1
        if progress:
            progress(files, total)
    return Outcome(tried.changed, tried.warnings, len(applications), files, read_again, tuple(differences))


def _both(
    desk: Desk, tried: Trial, held: Held, keys: Sequence[str], check: Check
) -> tuple[Sequence[Finding], Sequence[Finding], bool]:
    """The lines by the edition in force and by the one that is tried, and whether the file was read for it."""
    after = judged.judged(held, keys, old=desk.edition, new=tried.edition)
    if after is not None:
        return held.report.findings, after, False
    digest = held.report.sha256
    before, again = (
        check(
            desk.vault.path(digest), slot=edition.slot(held.slot.key), edition=edition, declared=held.declared,
            sha256=digest,
        ).findings
        for edition in (desk.edition, tried.edition)
    )  # fmt: skip
    return before, again, True


def _differences(
    item: Application, upload: Upload, label: str, before: Sequence[Finding], after: Sequence[Finding]
) -> Iterator[Difference]:
    """The rules whose worst line would end otherwise; that a number in it reads otherwise is no difference."""
    old, new = _worst_by_rule(before), _worst_by_rule(after)
    for rule in dict.fromkeys((*old, *new)):
        was, now = old.get(rule), new.get(rule)
        if _verdict(was) is not _verdict(now):
            yield Difference(item.id or 0, item.number, item.title, f"{label} {upload.name}", rule, was, now)


def _worst_by_rule(lines: Sequence[Finding]) -> dict[str, Finding]:
    worst: dict[str, Finding] = {}
    for line in lines:
        if line.rule not in worst or line.verdict.rank > worst[line.rule].verdict.rank:
            worst[line.rule] = line
    return worst


def _verdict(line: Finding | None) -> Verdict | None:
    return line.verdict if line else None


def _held(desk: Desk) -> Iterator[tuple[Application, Upload, Held]]:
    """Every current file with its report, application by application; each page is a transaction of its own."""
    slots = {slot.key: slot for slot in desk.edition.slots}
    last = 0
    while True:
        with desk.database.read() as session:
            page = session.exec(
                _current(select(Application, Upload, Endorser), desk).where(col(Upload.id) > last).limit(_PAGE)
            ).all()
        for item, upload, endorser in page:
            last = upload.id or 0
            if upload.report and upload.slot in slots:
                declared = Declared(
                    item.title, item.unit, endorser.name if endorser else "", endorser.kind if endorser else None,
                    upload.kind,
                )  # fmt: skip
                yield item, upload, Held(Report.from_dict(upload.report), slots[upload.slot], upload.size, declared)
        if len(page) < _PAGE:
            return


def _current(query: Any, desk: Desk) -> Any:  # noqa: ANN401 - a query of any columns
    """The question for the files that hold, of the applications that are not over."""
    return (
        query.select_from(Upload)
        .join(Application, col(Application.id) == col(Upload.application_id))
        .outerjoin(Endorser, col(Endorser.id) == col(Application.endorser_id))
        .where(
            Application.edition == desk.key,
            col(Application.state).not_in(_OVER),
            col(Upload.superseded_at).is_(None),
            col(Upload.finished_at).is_not(None),
            col(Upload.cleared_at).is_(None),
        )
        .order_by(col(Upload.id))
    )
