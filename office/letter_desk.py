"""Lists the outbox to the office and does with its letters what may be done: hold, release, send again, put off."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case
from sqlmodel import Session, col, func, or_, select

from notifications import letters, outbox
from notifications.letters import Rendered
from office import authority, bounces
from office.desk import Desk
from records import ledger
from records.tables.application import Application
from records.tables.letter import Letter, LetterState
from records.tables.person import Person
from states.facts import Actor
from states.lifecycle import Trigger
from states.occasions import OCCASIONS
from states.refusals import NotAllowed, NotYours

PAGE = 100  # letters on one page
_TROUBLED = (LetterState.BOUNCED, LetterState.DEAD, LetterState.IN_DOUBT, LetterState.HELD)
_OCCASIONS = {occasion.template: occasion.label for occasion in OCCASIONS}
_SECRET = "link"  # noqa: S105 - a fact's name: whoever reads the link can act in the reader's name
Deed = Callable[[Session, Sequence[int], datetime], int]
_VERBS: Mapping[str, tuple[str, Deed, tuple[LetterState, ...]]] = {
    "hold": ("扣留", outbox.hold, outbox.HOLDS),
    "release": ("放行", outbox.release, outbox.RELEASES),
    "resend": ("重发", outbox.resend, outbox.RESENDS),
    "cancel": ("作废", outbox.cancel, outbox.CANCELS),
}
VERBS = {verb: label for verb, (label, *_) in _VERBS.items()} | {"schedule": "定时发出"}
_LEAVES = ("release", "resend", "schedule")
_WHY_NOT = {
    LetterState.WAITING: "还在待发，尚未发出过",
    LetterState.SENDING: "正在发送",
    LetterState.SENT: "已经发出",
    LetterState.IN_DOUBT: "存疑，系统会再发一次",
    LetterState.DEAD: "没有送到，须重发",
    LetterState.HELD: "已经扣留",
    LetterState.CANCELLED: "已经作废",
    LetterState.BOUNCED: "已被退回，须重发",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One letter of the list: what it is called, who gets it, about which application."""

    letter: Letter
    label: str
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an act would do: the letters that it takes, and each that it leaves out with the reason."""

    taken: tuple[Line, ...]
    left_out: tuple[tuple[Line, str], ...]


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


def possible(letter: Letter) -> dict[str, str]:
    """What may be done with this letter as it stands, each with its label."""
    return {verb: label for verb, label in VERBS.items() if LetterState(letter.state) in _states(verb)}


def looked_at(session: Session, desk: Desk, verb: str, ids: Sequence[int], *, officer_id: int) -> Chosen:
    """Which of these letters the act would take, and why not the others; nothing is done.

    What an officer rewrote leaves by another's hand, where the edition asks two persons for what outsiders see.
    """
    states = _states(verb)
    why: dict[int, str] = {}
    found = chosen(session, desk, ids)
    for line in found:
        state = LetterState(line.letter.state)
        if state not in states:
            why[line.letter.id or 0] = _WHY_NOT[state]
        elif verb in _LEAVES and _needs_another(desk, line.letter, officer_id):
            why[line.letter.id or 0] = "由您改写，须由另一人放行"
    taken = tuple(line for line in found if line.letter.id not in why)
    return Chosen(taken, tuple((line, why[line.letter.id or 0]) for line in found if line.letter.id in why))


def _needs_another(desk: Desk, letter: Letter, officer_id: int) -> bool:
    rewritten_by = (letter.wording or {}).get("by")
    return desk.edition.decisions.release == "two_persons" and rewritten_by == officer_id


def act(session: Session, desk: Desk, verb: str, ids: Sequence[int], *, officer_id: int, now: datetime) -> int:
    """Hold, release, send again or make void these letters; returns of how many that was possible.

    `NotAllowed` when it is possible of none: they have left, or are leaving. Who sends a letter again that came back
    has dealt with its return.
    """
    authority.acting(session, officer_id)
    if verb not in _VERBS:
        raise NotAllowed("没有这一步。", next_step="请从页面上的按钮操作。")
    label, deed, _ = _VERBS[verb]
    mine = _mine(session, desk, verb, ids, officer_id=officer_id)
    done = deed(session, mine, now) if mine else 0
    if verb == "resend" and done:
        bounces.handle(session, desk, mine, officer_id=officer_id, now=now)
    _tell(session, desk, verb, label, mine, done, officer_id=officer_id, now=now)
    return done


def schedule(session: Session, desk: Desk, ids: Sequence[int], at: datetime, *, officer_id: int, now: datetime) -> int:
    """Let waiting or held letters leave at an instant that is still to come; none before its cooling-off is over."""
    authority.acting(session, officer_id)
    if at <= now:
        raise NotAllowed(f"{desk.shown(at)} 已经过去。", next_step="请写一个将来的时刻；要立即发出请用“放行”。")
    mine = _mine(session, desk, "schedule", ids, officer_id=officer_id)
    done = outbox.schedule(session, mine, at) if mine else 0
    _tell(session, desk, "schedule", "定时发出", mine, done, officer_id=officer_id, now=now)
    return done


def _mine(session: Session, desk: Desk, verb: str, ids: Sequence[int], *, officer_id: int) -> list[int]:
    """The letters that the act takes; refused where every one waits for another person."""
    found = looked_at(session, desk, verb, ids, officer_id=officer_id)
    states = _states(verb)
    if not found.taken and any(LetterState(line.letter.state) in states for line, _ in found.left_out):
        raise NotYours("您改写的信，不能由您自己放行。", next_step="请另一位工作人员看过之后放行，或恢复原文。")
    return [line.letter.id or 0 for line in found.taken]


def _states(verb: str) -> tuple[LetterState, ...]:
    if verb == "schedule":
        return outbox.SCHEDULES
    if verb not in _VERBS:
        raise NotAllowed("没有这一步。", next_step="请从页面上的按钮操作。")
    return _VERBS[verb][2]


def _tell(
    session: Session, desk: Desk, verb: str, label: str, ids: list[int], done: int, *, officer_id: int, now: datetime
) -> None:
    if not done:
        raise NotAllowed(f"所选信件现在都不能{label}。", next_step="可能已经发出或正在发送，请刷新页面核对。")
    entry = ledger.Entry(
        desk.key, f"letters_{verb}", Actor.OFFICE, now, officer_id=officer_id, note={"letters": ids, "done": done}
    )
    ledger.record(session, [entry])


def label_of(desk: Desk, template: str) -> str:
    """What the letters of a template are called."""
    return _OCCASIONS.get(template) or Trigger(template.rpartition(".")[0]).named(desk.words)


def _line(desk: Desk, letter: Letter, name: str | None, number: str | None) -> Line:
    return Line(letter, label_of(desk, letter.template), name or "", number or "")
