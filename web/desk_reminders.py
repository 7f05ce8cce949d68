"""Shows the office every kind of reminder, and lets the lead silence one, or take that back."""

from fastapi import APIRouter
from starlette.responses import Response

from config.refusal import Refusal
from office import quiet_hours, reminder_desk, silences
from office.visitors import Part
from web.admission import may
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/reminders``."""
    router = APIRouter()

    @router.get("/reminders")
    def listed(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit)

    @router.post("/reminders/{kind}")
    def switch(kind: str, visit: Visit = may(Part.LEAD)) -> Response:
        desk, said, officer_id = pages.desk, visit.typed, visit.visitor.officer_id or 0
        try:
            with desk.database.write() as session:
                if said.get("switch") == "on":
                    silences.resume(session, desk, kind, officer_id=officer_id, now=visit.now)
                else:
                    reason = said.get("reason", "")
                    silences.silence(session, desk, kind, reason=reason, officer_id=officer_id, now=visit.now)
        except Refusal as refusal:
            return _page(pages, visit, refusal=refusal, kind=kind)
        return pages.go(visit, f"/reminders#{kind}")

    return router


def _page(pages: Pages, visit: Visit, *, refusal: Refusal | None = None, kind: str = "") -> Response:
    """Every kind; after a refusal with the reason that was typed, beside the kind that it was typed for."""
    desk = pages.desk
    with desk.database.read() as session:
        groups = reminder_desk.groups(session, desk, now=visit.now)
        waiting = quiet_hours.waiting(session, desk, now=visit.now)
    return pages.show(
        visit, "desk/reminders", status=status_of(refusal) if refusal else 200, refusal=refusal, groups=groups,
        rules=tuple(reminder_desk.shown_rules(desk)), waiting=waiting, may_switch=Part.LEAD in visit.visitor.parts,
        typed_for=kind, reason=visit.typed.get("reason", ""), longest=silences.LONGEST_REASON,
    )  # fmt: skip
