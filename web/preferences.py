"""Keeps in the browser how its reader wants to read: language, light or dark."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from office.visitors import Part
from web.admission import may
from web.language import Language
from web.pages import Pages
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The address ``/preferences``."""
    router = APIRouter()

    @router.post("/preferences")
    def prefer(
        language: Annotated[str, Form()] = "",
        theme: Annotated[str, Form()] = "",
        back: Annotated[str, Form()] = "/",
        visit: Visit = may(Part.PUBLIC),
    ) -> Response:
        chosen = Language.ENGLISH if language == Language.ENGLISH else Language.CHINESE
        visit.read_in(chosen, "light" if theme == "light" else "dark" if theme == "dark" else "")
        return pages.go(visit, back if is_ours(back) else "/")

    return router


def is_ours(path: str) -> bool:
    """Whether a path leads to a page of ours: nobody is sent elsewhere by a form that was tampered with."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
