"""Registers the tests of the plan: which clause each tests, in the plan's own words, and what it guards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

from config.edition import Edition
from config.editions_file import LoadedEdition, load_edition, shipped_edition

Invert = Callable[[Any], Any]
Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class PlanTest:
    """One test of one clause. Each of its ``guards`` is inverted alone, and must make it fail.

    A guard is ``edition:form.words_limit``, a fact of the edition, or ``review.scores:needs_reason``, a function,
    constant or condition; ``a + b`` are two locks on one door, opened together. ``invert`` makes the inverted function
    of the true one, where no plain inversion is right.
    """

    r: str
    words: str
    test: Callable[..., None]
    guards: tuple[str, ...]
    invert: Invert | None = None


REGISTER: list[PlanTest] = []
_in_force: list[LoadedEdition] = []


def clause(
    r: str, words: str, *, guards: str | tuple[str, ...], invert: Invert | None = None
) -> Callable[[Test], Test]:
    """Register a test of clause ``r``, whose words in the plan are ``words``; they become its docstring."""

    def register(test: Test) -> Test:
        test.__doc__ = f"{r}: {words}\n\n{test.__doc__ or ''}".strip()
        REGISTER.append(PlanTest(r, words, test, (guards,) if isinstance(guards, str) else guards, invert))
        return test

    return register


@cache
def shipped() -> LoadedEdition:
    """The edition of 2024 as it stands in its file."""
    return load_edition(shipped_edition("2024"))


def loaded() -> LoadedEdition:
    """The edition that a test of the plan works with: the shipped one, unless one of its facts is inverted."""
    return _in_force[-1] if _in_force else shipped()


def edition() -> Edition:
    """The same without its clauses."""
    return loaded().edition


@contextmanager
def in_force(inverted: Edition) -> Iterator[None]:
    """While this lasts, the tests work with the inverted edition."""
    _in_force.append(replace(shipped(), edition=inverted))
    try:
        yield
    finally:
        _in_force.pop()


def idle(answer: object = None) -> Invert:
    """An inversion: the function does nothing at all and gives this answer."""
    return lambda true: lambda *args, **options: answer


def answering(change: Callable[[Any], object]) -> Invert:
    """An inversion: the function does its work, and its answer is changed."""
    return lambda true: lambda *args, **options: change(true(*args, **options))
