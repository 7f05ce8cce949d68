"""Keeps in the browser how its reader wants to read: language, light or dark, which edition."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from office.visitors import Part
from web.admission import may
from web.language import Language
from web.navigation import PLACES
from web.pages import NoSuchPage, Pages
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The address ``/preferences``."""
    router = APIRouter()

    @router.post("/preferences")
    def prefer(
        language: Annotated[str, Form()] = "",
        theme: Annotated[str, Form()] = "",
        edition: Annotated[str, Form()] = "",
        back: Annotated[str, Form()] = "/",
        visit: Visit = may(Part.PUBLIC),
    ) -> Response:
        if edition:
            return _to_edition(pages, visit, edition, back)
        chosen = Language.ENGLISH if language == Language.ENGLISH else Language.CHINESE
        visit.read_in(chosen, "light" if theme == "light" else "dark" if theme == "dark" else "")
        return pages.go(visit, back if is_ours(back) else "/")

    return router


def _to_edition(pages: Pages, visit: Visit, key: str, back: str) -> Response:
    """The same desk of another edition: its case and its settings are others, so the way leads to the list of them."""
    if pages.editions.find(key) is None:
        raise NoSuchPage("没有这一届。", next_step="请回到首页。")
    visit.stay_with(key)
    places = ("/editions", *(it.path for it in PLACES if it.path != "/"))
    return pages.go(visit, next((path for path in places if f"{back}/".startswith(f"{path}/")), "/"))


def is_ours(path: str) -> bool:
    """Whether a path leads to a page of ours: nobody is sent elsewhere by a form that was tampered with."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
