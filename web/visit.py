"""One request as the pages need it: who came, when, from where, and how they want to read."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from fastapi import Request
from starlette.responses import Response

from office import acting_for, signin, visitors
from office.acting_for import Place
from office.desk import Desk
from office.visitors import STRANGER, Part, Visitor
from web.language import Language

Theme = Literal["", "light", "dark"]
FORM_FIELD, FORM_HEADER = "form_secret", "x-form-secret"
_TOKEN, _GUEST, _LANGUAGE, _THEME = "linxuan", "linxuan_guest", "linxuan_language", "linxuan_theme"
_EDITION = "linxuan_edition"
_YEAR = 365 * 24 * 3600  # seconds


@dataclass
class Visit:
    """One request. What it keeps in the browser is sent with whatever answer it gets (`Visit.sealed`)."""

    desk: Desk
    now: datetime
    path: str
    asked: str = ""  # the page with what its address asks for, where one was opened
    host: str = ""
    visitor: Visitor = STRANGER
    place: Place | None = None  # whose place an officer has taken (代办)
    language: Language = Language.CHINESE
    theme: Theme = ""
    is_fragment: bool = False
    token: str = ""
    guest: str = ""
    edition: str = ""  # that the browser looked at last
    typed: dict[str, str] = field(default_factory=dict)  # the words of the form that came, without its secrets
    is_stale: bool = False  # it is time to write down that this browser was seen
    _kept: dict[str, tuple[str, int | None]] = field(default_factory=dict)

    def take_place(self, parts: Iterable[Part]) -> None:
        """Where an officer may not go, and whom they stand in for may: be that person, and have it written down."""
        if self.place is None or self.visitor.parts & set(parts) or not self.place.visitor.parts & set(parts):
            return
        self.visitor = self.place.visitor
        self.desk = replace(self.desk, database=self.desk.database.stood_in_by(self.place.stand_in))

    @property
    def stands_in(self) -> bool:
        """Whether this page is shown to an officer in somebody's place."""
        return self.place is not None and self.visitor is self.place.visitor

    @property
    def form_secret(self) -> str:
        """What a form must bring back; a guest is given a cookie of their own the first time one is shown."""
        return self.form_secret_in(self.desk.key)

    def form_secret_in(self, edition: str) -> str:
        """The same for a form of another edition: what was meant for one must not be done in the other."""
        if self.visitor.signin_id is not None:
            return signin.form_secret(self.desk, f"sign-in {self.visitor.signin_id} {edition}")
        if not self.guest:
            self.guest = secrets.token_urlsafe(16)
            self._kept[_GUEST] = (self.guest, None)
        return signin.form_secret(self.desk, f"guest {self.guest} {edition}")

    def sign_in(self, token: str) -> None:
        """Keep the token of a new sign-in in this browser, in the place of what it had."""
        self._kept[_TOKEN] = (token, None)

    def sign_out(self) -> None:
        """Forget the token."""
        self._kept[_TOKEN] = ("", 0)

    def read_in(self, language: Language, theme: Theme) -> None:
        """Keep how this browser's reader wants to read."""
        self._kept[_LANGUAGE] = (language.value, _YEAR)
        self._kept[_THEME] = (theme, _YEAR if theme else 0)

    def stay_with(self, edition: str) -> None:
        """Keep which edition this browser looks at."""
        if self.edition != edition:
            self._kept[_EDITION] = (edition, _YEAR)

    def sealed(self, answer: Response) -> Response:
        """The answer with the cookies of this visit; a token is replaced only where an answer takes it along."""
        if self.is_stale and _TOKEN not in self._kept:
            with self.desk.database.write() as session:
                fresh = signin.refresh(session, self.token, now=self.now)
            if fresh:
                self.sign_in(fresh)
        secure = _is_secure(self.desk)
        for name, (value, seconds) in self._kept.items():
            full = _named(name, secure=secure)
            answer.set_cookie(full, value, max_age=seconds, secure=secure, httponly=True, samesite="lax")
        return answer


def of(request: Request, desk: Desk, now: datetime) -> Visit:
    """Who came with this request; asks the records once."""
    secure = _is_secure(desk)
    kept = {name: request.cookies.get(_named(name, secure=secure), "") for name in (_TOKEN, _GUEST, _LANGUAGE, _THEME)}
    theme = kept[_THEME]
    visit = Visit(
        desk, now, request.url.path, asked=_asked(request),
        host=request.client.host if request.client else "",
        language=Language.ENGLISH if kept[_LANGUAGE] == Language.ENGLISH else Language.CHINESE,
        theme="light" if theme == "light" else "dark" if theme == "dark" else "",
        is_fragment=request.headers.get("hx-request") == "true",
        token=kept[_TOKEN], guest=kept[_GUEST], edition=kept_edition(request, desk),
    )  # fmt: skip
    if visit.token:
        _recognise(visit)
    return visit


def _asked(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query if request.method == "GET" else ""


def kept_edition(request: Request, desk: Desk) -> str:
    """The edition that this browser looked at last, as it says."""
    return request.cookies.get(_named(_EDITION, secure=_is_secure(desk)), "")


def _recognise(visit: Visit) -> None:
    with visit.desk.database.read() as session:
        found = signin.find(session, visit.token, now=visit.now)
        came = visit.visitor = visitors.recognise(session, visit.desk, found) if found else STRANGER
        if came.officer_id is not None and Part.OFFICE in came.parts:
            visit.place = acting_for.place_of(
                session, visit.desk, came.officer_id, signin_id=came.signin_id, now=visit.now
            )  # fmt: skip
    if not visit.visitor.is_known:
        visit.sign_out()
    elif found is not None:
        visit.is_stale = signin.is_stale(found, now=visit.now)


def _is_secure(desk: Desk) -> bool:
    return desk.settings.public_url.startswith("https:")


def _named(name: str, *, secure: bool) -> str:
    """Under https the browser itself holds the cookie to this host, path and channel."""
    return f"__Host-{name}" if secure else name
