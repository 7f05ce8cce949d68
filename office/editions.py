"""Opens the desks of all editions that one store holds: two lists side by side, or two years (A34)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from sqlmodel import Session

from config.workdays import Workdays
from office import adopted, holidays
from office.desk import Desk

PREFIX = "/e/"  # before the path of an address that says which edition it means


@dataclass(frozen=True, slots=True)
class Editions:
    """The desk of the edition that the home names, and the desks of the others that its store holds."""

    own: Desk
    beside: tuple[Desk, ...] = ()

    def __iter__(self) -> Iterator[Desk]:
        """Every desk, the home's own first, then the latest edition."""
        return iter((self.own, *self.beside))

    def find(self, key: str) -> Desk | None:
        """The desk of this edition, or ``None``."""
        return next((desk for desk in self if desk.key == key), None)


def of(desk: Desk) -> Editions:
    """Every edition of the desk's store, this one first."""
    return refreshed(Editions(desk))


def refreshed(known: Editions) -> Editions:
    """The same desks while nothing was adopted since, else with the newest; an edition that is new joins them.

    Where the store holds several, what each desk gives out as its address names the edition: whoever follows a link
    of one is not shown the other.
    """
    with known.own.database.read() as session:
        digests = adopted.digests(session)
        workdays = holidays.in_force(session, known.own.settings)
        others = sorted(digests.keys() - {known.own.key}, reverse=True)
        desks = [_newest(session, known, key, digests, workdays) for key in (known.own.key, *others)]
    if others:
        root = known.own.settings.public_url.removesuffix(_place(known.own))
        desks = [_addressed(desk, root) for desk in desks]
    if [id(desk) for desk in desks] == [id(desk) for desk in known]:
        return known
    return Editions(desks[0], tuple(desks[1:]))


def _newest(session: Session, known: Editions, key: str, digests: dict[str, str], workdays: Workdays) -> Desk:
    desk = known.find(key)
    if desk and desk.loaded.sha256 == digests.get(key, desk.loaded.sha256) and desk.workdays == workdays:
        return desk
    return replace(desk or known.own, loaded=adopted.loaded(session, key, workdays), workdays=workdays)


def _addressed(desk: Desk, root: str) -> Desk:
    address = root + _place(desk)
    if desk.settings.public_url == address:
        return desk
    return replace(desk, settings=desk.settings.model_copy(update={"public_url": address}))


def _place(desk: Desk) -> str:
    return PREFIX + quote(desk.key, safe="")
