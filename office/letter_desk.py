"""Lists the outbox to the office and does with its letters what may be done: hold, release, send again, make void."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case
from sqlmodel import Session, col, func, or_, select

from notifications import letters, outbox
from notifications.letters import Rendered
from office import authority
from office.desk import Desk
from records import ledger
from records.tables.application import Application
from records.tables.letter import Letter, LetterState
from records.tables.person import Person
from states.facts import Actor
from states.lifecycle import Trigger
from states.occasions import OCCASIONS
from states.refusals import NotAllowed

PAGE = 100  # letters on one page
_TROUBLED = (LetterState.DEAD, LetterState.IN_DOUBT, LetterState.HELD)
_OCCASIONS = {occasion.template: occasion.label for occasion in OCCASIONS}
_SECRET = "link"  # noqa: S105 - a fact's name: whoever reads the link can act in the reader's name
_VERBS: Mapping[str, tuple[str, Callable[[Session, Sequence[int], datetime], int]]] = {
    "hold": ("扣留", outbox.hold),
    "release": ("放行", outbox.release),
    "resend": ("重发", outbox.resend),
    "cancel": ("作废", outbox.cancel),
}
VERBS = {verb: label for verb, (label, _) in _VERBS.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """One letter of the list: what it is called, who gets it, about which application."""

    letter: Letter
    label: str
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, with how many letters there are in all that were asked for."""

    lines: tuple[Line, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def page(session: Session, desk: Desk, *, state: str = "", words: str = "", number: int = 1, size: int = PAGE) -> Page:
    """Letters in a state (any when empty) with ``words`` in address, name or number; those in trouble first."""
    wanted = [col(Letter.edition) == desk.key]
    if state:
        wanted.append(col(Letter.state) == state)
    if words:
        parts = (col(Letter.email), col(Person.name), col(Application.number))
        wanted.append(or_(*(part.contains(words, autoescape=True) for part in parts)))
    joined = (
        select(Letter, Person.name, Application.number)
        .join(Person, col(Person.id) == col(Letter.person_id), isouter=True)
        .join(Application, col(Application.id) == col(Letter.application_id), isouter=True)
        .where(*wanted)
    )
    total = session.exec(select(func.count()).select_from(joined.subquery())).one()
    troubled = case((col(Letter.state).in_([each.value for each in _TROUBLED]), 0), else_=1)
    ordered = joined.order_by(troubled, col(Letter.id).desc()).limit(size).offset((max(number, 1) - 1) * size)
    rows = session.execute(ordered).all()
    return Page(tuple(_line(desk, *row) for row in rows), total, max(number, 1))


def chosen(session: Session, desk: Desk, ids: Sequence[int]) -> list[Line]:
    """These letters of the edition, in order."""
    query = (
        select(Letter, Person.name, Application.number)
        .join(Person, col(Person.id) == col(Letter.person_id), isouter=True)
        .join(Application, col(Application.id) == col(Letter.application_id), isouter=True)
        .where(Letter.edition == desk.key, col(Letter.id).in_(ids))
        .order_by(col(Letter.id))
    )
    return [_line(desk, *row) for row in session.execute(query).all()]


def rendered(desk: Desk, letter: Letter) -> Rendered:
    """The words of a letter without the link in it; raises `letters.Unbuildable`."""
    plain = Letter(
        **letter.model_dump(exclude={"facts"}), facts={k: it for k, it in letter.facts.items() if k != _SECRET}
    )
    return letters.render(plain, edition=desk.edition, settings=desk.settings)


def act(session: Session, desk: Desk, verb: str, ids: Sequence[int], *, officer_id: int, now: datetime) -> int:
    """Hold, release, send again or make void these letters; returns of how many that was possible.

    `NotAllowed` when it is possible of none: they have left, or are leaving.
    """
    authority.acting(session, officer_id)
    if verb not in _VERBS:
        raise NotAllowed("没有这一步。", next_step="请从页面上的按钮操作。")
    label, deed = _VERBS[verb]
    mine = [line.letter.id or 0 for line in chosen(session, desk, ids)]
    done = deed(session, mine, now) if mine else 0
    if not done:
        raise NotAllowed(f"所选信件现在都不能{label}。", next_step="可能已经发出或正在发送，请刷新页面核对。")
    entry = ledger.Entry(
        desk.key, f"letters_{verb}", Actor.OFFICE, now, officer_id=officer_id, note={"letters": mine, "done": done}
    )
    ledger.record(session, [entry])
    return done


def _line(desk: Desk, letter: Letter, name: str | None, number: str | None) -> Line:
    stem = letter.template.rpartition(".")[0]
    label = _OCCASIONS.get(letter.template) or Trigger(stem).named(desk.words)
    return Line(letter, label, name or "", number or "")
