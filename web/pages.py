"""Turns facts into pages and their fragments: the templates, and what every page needs beside its own facts."""

from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from config.refusal import Refusal
from documents.child import Readers
from documents.review_copy import Copies
from office import editions, visitors
from office.desk import Desk
from office.editions import Editions
from records.away import journey
from web import language, navigation, shown, visit
from web.admission import SignInNeeded
from web.corner import corner
from web.edition_address import named_edition
from web.vendored import icon, vendored
from web.visit import Visit

HERE = Path(__file__).resolve().parent
_SEE_OTHER = 303
_visit: ContextVar[Visit] = ContextVar("visit")  # set while a template is filled in: parts need not be handed it
_desk: ContextVar[Desk] = ContextVar("desk")  # one request's own


class NoSuchPage(Refusal):
    """The address leads nowhere."""


@dataclass
class Pages:
    """The desks, the clock and the readers of files that the door brings, and the templates that show it all."""

    editions: Editions
    clock: Callable[[], datetime]
    readers: Readers = field(default_factory=Readers)  # their children start with the first file
    copies: Copies = field(default_factory=Copies)  # so does the child of these

    @property
    def desk(self) -> Desk:
        """The desk that this request came to, with the edition that was in force then, until it is answered."""
        return _desk.get(self.editions.own)

    def sit_down(self, came: Visit) -> None:
        """Answer this request, whatever is adopted meanwhile, at the desk that it came to."""
        _desk.set(came.desk)

    def visit(self, request: Request, *, by_address: bool = False) -> Visit:
        """Who came with this request; asked of the clock and the records once, and which editions are in force.

        The address says which edition is meant, else (where the address holds no secret of one) what the browser kept.
        Raises `NoSuchPage` for the address of an edition that is not held.
        """
        if hasattr(request.state, "visit"):
            found: Visit = request.state.visit
            return found
        with suppress(SQLAlchemyError):  # records that do not answer say nothing of a newer edition
            self.editions = editions.refreshed(self.editions)
        own, named = self.editions.own, named_edition(request.scope)
        desk = self.editions.find(named or ("" if by_address else visit.kept_edition(request, own))) or own
        found = request.state.visit = visit.of(request, desk, self.clock())
        if self.editions.beside:
            found.stay_with(desk.key)
        if named not in ("", desk.key):
            raise NoSuchPage("没有这一届。", next_step="请核对网址，或回到首页。")
        return found

    def show(self, came: Visit, name: str, /, *, status: int = 200, fragment: str = "", **facts: object) -> Response:
        """The page ``name`` with its facts; for htmx only its block ``fragment``, where one is named."""
        token = _visit.set(came)
        try:
            if fragment and came.is_fragment:
                html = render_block(_templates(), f"{name}.html", fragment, self._common(came) | facts)
            else:
                html = _templates().get_template(f"{name}.html").render(self._framed(came) | facts)
        finally:
            _visit.reset(token)
        return came.sealed(HTMLResponse(html, status_code=status, headers={"vary": "HX-Request"} if fragment else None))

    def go(self, came: Visit, path: str) -> Response:
        """Send the browser to another of our pages, by a GET of its own: reloading sends no form again."""
        return came.sealed(RedirectResponse(path, status_code=_SEE_OTHER))

    def go_over(self, came: Visit, edition: str) -> Response:
        """Send the browser to the same page of another edition: an old letter's link, another window's switch."""
        return self.go(came, f"{editions.PREFIX}{quote(edition, safe='')}{came.asked}")

    def refuse(self, came: Visit, refusal: Refusal, *, status: int, typed: str = "") -> Response:
        """The page of a refusal: its sentence, the next step, and what was typed, so that nothing is lost."""
        if came.is_fragment:
            return self._toasted(came, refusal, status)
        asks = isinstance(refusal, SignInNeeded)
        return self.show(came, "refusal", status=status, refusal=refusal, typed=typed, code=status, asks_sign_in=asks)

    def _toasted(self, came: Visit, refusal: Refusal, status: int) -> Response:
        """The same for a request of htmx: words that pass, wherever its answer was to go; the page stays as it is."""
        html = str(_templates().globals["ui"].toast(f"{refusal.sentence}{refusal.next_step}", "bad"))  # type: ignore[attr-defined]
        headers = {"hx-retarget": "#toasts", "hx-reswap": "beforeend"}
        return came.sealed(HTMLResponse(html, status_code=status, headers=headers))

    def _common(self, came: Visit) -> dict[str, object]:
        return {
            "edition": self.desk.edition,
            "visit": came,
            "visitor": came.visitor,
            "corner": corner(self.desk, came.now),
        }

    def _framed(self, came: Visit) -> dict[str, object]:
        """What the frame around a page shows; a frame without a rail when the records do not answer."""
        groups: dict[str, list[navigation.Shown]] = {}
        away, others = None, []
        with suppress(SQLAlchemyError), self.desk.database.read() as session:
            groups = navigation.rail(session, self.desk, came.visitor, now=came.now)
            away = journey(session)
            others = [
                desk.edition.award
                for desk in self.editions
                if desk.key != came.desk.key and visitors.takes_part(session, desk, came.visitor)
            ]
        return self._common(came) | {
            "rail": groups, "bell": navigation.bell(groups), "away": away, "other_editions": others,
        }  # fmt: skip


@cache
def _templates() -> Environment:
    """All templates, compiled once a process; what differs from one request to the next they ask of the visit."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        instant=lambda at: shown.instant(at, _visit.get().desk, _visit.get().language),
        day=lambda at: shown.day(at, _visit.get().desk, _visit.get().language),
        end=lambda at: shown.last_minute(at, _visit.get().desk, _visit.get().language),
        size=shown.size,
        grouped=shown.grouped,
    )
    made.globals.update(_=_say, icon=icon, vendored=vendored, form_secret=_form_secret, form_field=visit.FORM_FIELD)
    for name in ("ui", "forms"):
        made.globals[name] = made.get_template(f"parts/{name}.html").module
    return made


def _say(text: str, **facts: object) -> str:
    """A text in the reader's language, its ``{facts}`` filled in; Markup stays Markup."""
    said = language.say(str(text), _visit.get().language)
    return Markup.escape(said).format(**facts) if facts else said


def _form_secret() -> str:
    return _visit.get().form_secret
