"""Says of every address who may come to it, and asks every form for the secret that it was given."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from config.award import Award
from config.refusal import Refusal
from office.visitors import Part
from states.refusals import NotYours
from web.envelope import CHANGING, LARGEST_FORM, lift, require_own_form
from web.visit import FORM_FIELD, FORM_HEADER, Visit

_NEVER_SHOWN = {FORM_FIELD, "password", "again", "code"}
_LONGEST_NUMBER = 18  # digits; a store counts no further
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class SignInNeeded(NotYours):
    """Somebody unknown came to a page that is not for everybody."""


class StaleForm(Refusal):
    """A form that was not made for this browser, or was made before it signed in or out."""


@dataclass(frozen=True)
class Admission:
    """Who may come to one address. ``by_address``: the address itself holds a secret, its forms need no other."""

    parts: tuple[Part, ...]
    by_address: bool = False
    largest: int = LARGEST_FORM  # bytes of a form

    async def __call__(self, request: Request) -> Visit:
        """The visit, if it is let in; raises `NotYours`, `SignInNeeded`, `StaleForm`, `ForeignOrigin`, or 404."""
        if any(len(word) > _LONGEST_NUMBER for word in request.path_params.values() if word.isdecimal()):
            raise HTTPException(404)
        pages = request.app.state.pages
        visit: Visit = await run_in_threadpool(pages.visit, request, by_address=self.by_address)
        visit.take_place(self.parts)
        pages.sit_down(visit)
        if request.method in CHANGING:
            require_own_form(request, public_url=pages.desk.settings.public_url, largest=self.largest)
            lift(request, self.largest)
        typed = await _typed(request)
        visit.typed = {name: value for name, value in typed.items() if name not in _NEVER_SHOWN}
        _refuse_others(visit, self.parts)
        if request.method in CHANGING and not self.by_address:
            told = request.headers.get(FORM_HEADER) or typed.get(FORM_FIELD, "")
            _refuse_other_edition(visit, [each.edition.award for each in pages.editions], told)
            _refuse_stale(visit, told)
        return visit


def may(*parts: Part, by_address: bool = False, largest: int = LARGEST_FORM) -> Any:  # noqa: ANN401 - as Depends itself
    """What a route writes as the default of its ``visit``: who may come there."""
    return Depends(Admission(parts, by_address=by_address, largest=largest))


@dataclass(frozen=True, slots=True)
class Address:
    """One line of the table of routes."""

    method: str
    path: str
    parts: tuple[Part, ...]
    by_address: bool


def addresses(app: FastAPI) -> Iterator[Address]:
    """Every address of the application with who may come; one that says nothing may be opened by nobody."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            said = next((it.call for it in route.dependant.dependencies if isinstance(it.call, Admission)), None)
            for method in sorted(route.methods or ()):
                parts = said.parts if said else ()
                yield Address(method, route.path, parts, by_address=bool(said and said.by_address))


async def _typed(request: Request) -> dict[str, str]:
    """The words of a form; an upload's raw body is left alone."""
    if request.method not in CHANGING or not request.headers.get("content-type", "").startswith(_FORMS):
        return {}
    form: FormData = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _refuse_others(visit: Visit, parts: tuple[Part, ...]) -> None:
    if visit.visitor.parts & set(parts):
        return
    who = "、".join(part.label for part in parts)
    if not visit.visitor.is_known:
        raise SignInNeeded("请先登录，再打开这个页面。", next_step=f"这个页面只对{who}开放。")
    raise NotYours("这个页面不对您开放。", next_step=f"应由{who}打开；如身份有误，请退出后用正确的账户登录。")


def _refuse_other_edition(visit: Visit, awards: list[Award], told: str) -> None:
    """A form that was opened before another window went over to another edition is done in neither."""
    for award in awards:
        if award.key != visit.desk.key and hmac.compare_digest(told.encode(), visit.form_secret_in(award.key).encode()):
            raise StaleForm(
                f"这张表单属于“{award.entry_name}”，而您已在另一个窗口切换到“{visit.desk.edition.award.entry_name}”，"
                "没有提交。",
                next_step="请先在页首切换回去，再提交。",
            )


def _refuse_stale(visit: Visit, told: str) -> None:
    if not hmac.compare_digest(told.encode(), visit.form_secret.encode()):
        raise StaleForm(
            "这张表单已经失效，没有提交。", next_step="请回到原页面刷新后再提交；浏览器须允许本站保存 Cookie。"
        )
