"""Lends the tests doors: making an application's 260 routes costs more than most tests ask of it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from fastapi import FastAPI

from office.desk import Desk
from office.editions import Editions
from web.app import make_app
from web.pages import Pages

_Kind = tuple[str, bool]  # the address that everybody sees, and whether the components are shown
_free: dict[_Kind, list[FastAPI]] = {}
_lent: list[tuple[_Kind, FastAPI]] = []
_stays = [False]  # whether what is made now outlives the test


def open_door(
    desk: Desk,
    clock: Callable[[], datetime],
    *,
    with_components: bool = False,
    **children: Any,  # noqa: ANN401 - those of `make_app`
) -> FastAPI:
    """As `make_app`; what one test asked for serves a later one, with that one's desk, clock and ``children``."""
    kind = (desk.settings.public_url, with_components)
    free = _free.setdefault(kind, [])
    if not free or _stays[-1]:
        app = make_app(desk, clock=clock, with_components=with_components, **children)
    else:
        app = free.pop()
        vars(app.state.pages).update(vars(Pages(Editions(desk), clock, **children)))
    if not _stays[-1]:
        _lent.append((kind, app))
    return app


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
    """A door that a module's or the session's fixture asks for is its own."""
    _stays.append(fixturedef.scope != "function")
    try:
        return (yield)
    finally:
        _stays.pop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """After the test its doors are free."""
    try:
        return (yield)
    finally:
        while _lent:
            kind, app = _lent.pop()
            _free[kind].append(app)
