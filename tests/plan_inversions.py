"""Shows that every test of the plan guards something: inverts what it names, and demands that the test fails."""

import gc
import importlib
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from inspect import signature
from pathlib import Path
from types import FunctionType
from typing import Any, get_args

import plan_clauses
import plan_office
import pytest
from plan_clauses import PlanTest
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from thorough import THOROUGH

from config.edition import Edition
from config.refusal import Refusal
from documents.findings import Unreadable
from states.guards import Guard
from states.lifecycle import machine

SAYS_NO = (AssertionError, pytest.fail.Exception, Refusal, Unreadable, IntegrityError)  # the last: the store itself
OUR_OWN = (
    "config",
    "states",
    "documents",
    "review",
    "records",
    "notifications",
    "paperwork",
    "office",
    "web.",
    "test_plan",
    "plan_",
    "cast",
)


@dataclass(frozen=True)
class Line:
    """One line of the table: a test, what was inverted, and what the test said to that."""

    tested: PlanTest
    inverted: str
    said: str

    @property
    def good(self) -> bool:
        """Whether the test passes as things are, and fails when they are inverted."""
        return self.said.startswith("passes" if self.inverted == "" else "fails")

    def __str__(self) -> str:
        mark = " " if self.good else "!"
        return f"{mark} {self.tested.r:<5} {self.tested.test.__name__:<78} {self.inverted or '-':<62} {self.said}"


def main() -> int:
    """Print the table of all tests and inversions; 1 when a test does not fail where it must."""
    warnings.simplefilter("error")
    importlib.import_module("test_plan")
    plan_office.prepare_stages()
    gc.freeze()  # what is there stays to the end: it need not be looked through again and again
    lines = [line for tested in _ordered(plan_clauses.REGISTER) for line in _sampled(tested)]
    print(*lines, sep="\n")  # noqa: T201 - this is a program that prints its table
    bad = [line for line in lines if not line.good]
    inverted = sum(1 for line in lines if line.inverted)
    print(f"{len(plan_clauses.REGISTER)} tests, {inverted} inversions, {len(bad)} without effect")  # noqa: T201
    return 1 if bad else 0


def judge(tested: PlanTest) -> Iterator[Line]:
    """The test as things are, then with each inversion of each of its guards."""
    yield Line(tested, "", _run(tested.test))
    yield from inversions(tested)


def inversions(tested: PlanTest) -> Iterator[Line]:
    """The test with each inversion of each of its guards alone."""
    for guard in tested.guards:
        if guard.startswith("edition:"):
            path = guard.removeprefix("edition:")
            for value, changed in edition_inversions(plan_clauses.shipped().edition, path):
                with plan_clauses.in_force(changed):
                    yield Line(tested, f"{path} = {value}", _run(tested.test))
        else:
            with opened(guard.split(" + "), tested):
                yield Line(tested, guard, _run(tested.test))


def _sampled(tested: PlanTest) -> Iterator[Line]:
    """The test with the first of its guards inverted; where time does not matter as things are too, and with all."""
    return judge(tested) if THOROUGH else inversions(replace(tested, guards=tested.guards[:1]))


def _ordered(register: list[PlanTest]) -> list[PlanTest]:
    return sorted(register, key=lambda tested: int(tested.r[1:]))


def _run(test: Callable[..., None]) -> str:
    """What a test says: ``passes``, ``fails: …`` where it says no, ``breaks: …`` where it cannot tell."""
    with tempfile.TemporaryDirectory(prefix="linxuan-inverted-") as folder:
        try:
            test(*([Path(folder)] if signature(test).parameters else []))
        except SAYS_NO as no:
            return f"fails: {_first_line(no)}"
        except Exception as broken:  # noqa: BLE001 - the outermost loop: a broken test is a line of the table
            return f"breaks: {type(broken).__name__}: {_first_line(broken)}"
    return "passes"


def _first_line(fault: BaseException) -> str:
    lines = str(fault).strip().splitlines()
    return (lines[0] if lines else type(fault).__name__)[:60]


def edition_inversions(edition: Edition, path: str) -> Iterator[tuple[str, Edition]]:
    """Every inversion of one fact, told in words: ``rounds[1].places``; a whole entry of a list is left out."""
    *way, last = path.replace("[", ".[").split(".")
    holder = reduce(_step, way, edition)
    value = _step(holder, last)
    if isinstance(value, BaseModel):
        yield "left out", _put(edition, way, tuple(entry for entry in holder if entry != value))
        return
    for inverted in _other_words(holder, last, value) or _opposites(value):
        yield _shown(inverted), _put(edition, [*way, last], inverted)


def _other_words(holder: object, name: str, value: object) -> list[object]:
    """Where the edition allows certain words only: the others."""
    fields = type(holder).model_fields if isinstance(holder, BaseModel) else {}
    allowed = get_args(fields[name].annotation) if name in fields else ()
    return [word for word in allowed if value in allowed and word != value]


def _step(holder: Any, token: str) -> Any:  # noqa: ANN401 - any fact of an edition
    return holder[int(token[1:-1])] if token.startswith("[") else getattr(holder, token)


def _put(holder: Any, way: list[str], value: object) -> Any:  # noqa: ANN401 - any fact of an edition
    if not way:
        return value
    inner = _put(_step(holder, way[0]), way[1:], value)
    if way[0].startswith("["):
        place = int(way[0][1:-1])
        return (*holder[:place], inner, *holder[place + 1 :])
    return holder.model_copy(update={way[0]: inner})


def _opposites(value: object) -> list[Any]:
    """What a fact is turned into: the other truth, twice and half, a day later and earlier, backwards, one less."""
    match value:
        case bool():
            return [not value]
        case int():
            return [value * 2 or 1, value // 2] if value else [1]
        case float() | Decimal():
            return [value * 2, value / 2]
        case datetime():
            return [value + timedelta(days=1), value - timedelta(days=1)]
        case str():
            return [f"{value[::-1]}变"]
        case tuple():
            return [value[:-1], value[1:]]
        case _:
            raise TypeError(f"no inversion of {value!r}")


def _shown(value: object) -> str:
    return f"{len(value)} of them" if isinstance(value, tuple) else str(value)[:24]


@contextmanager
def opened(guards: list[str], tested: PlanTest) -> Iterator[None]:
    """While this lasts, these functions and constants are inverted wherever they are named, these conditions open."""
    with ExitStack() as opened_now:
        for guard in guards:
            opened_now.enter_context(_inverted(guard, tested))
        yield


@contextmanager
def _inverted(guard: str, tested: PlanTest) -> Iterator[None]:
    name, _, attribute = guard.partition(":")
    module = importlib.import_module(name)
    *classes, last = attribute.split(".")
    owner = reduce(getattr, classes, module)
    true = getattr(owner, last)
    if isinstance(true, Guard):
        holds = true.holds
        _hold(true, lambda facts, now: True)
        try:
            yield
        finally:
            _hold(true, holds)
        return
    places = [(owner, last)] if classes else _places(true)
    inverted = inverted_function(true, tested) if isinstance(true, FunctionType) else type(true)()
    for place, label in places:
        setattr(place, label, inverted)
    try:
        yield
    finally:
        for place, label in places:
            setattr(place, label, true)


def _hold(guard: Guard, holds: Callable[..., bool]) -> None:
    """Give a condition of the lifecycle another meaning; the machine is built anew with it."""
    object.__setattr__(guard, "holds", holds)
    machine.cache_clear()


def _places(true: object) -> list[tuple[Any, str]]:
    """Every module of ours that names this very thing."""
    ours = [module for name, module in sys.modules.items() if name.startswith(OUR_OWN)]
    return [(module, label) for module in ours for label, there in list(vars(module).items()) if there is true]


def inverted_function(true: Callable[..., Any], tested: PlanTest) -> Callable[..., Any]:
    """The test's own inversion; else: what was refused is let through, yes is no, and what was found is not found."""
    if tested.invert is not None:
        inverted: Callable[..., Any] = tested.invert(true)
        return inverted

    def plain(*args: object, **options: object) -> object:
        try:
            answer = true(*args, **options)
        except (Refusal, Unreadable):
            return None
        if isinstance(answer, bool):
            return not answer
        return type(answer)() if isinstance(answer, str | tuple | list | dict | set | frozenset) else answer

    return plain


if __name__ == "__main__":
    sys.exit(main())
