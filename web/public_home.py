"""Tells whoever wants to apply what is awarded, who may, by when, and with which files (R3–R10, R17, R28)."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from office.visitors import Part
from web import mine_slots, season
from web.admission import may
from web.pages import Pages
from web.visit import Visit


@dataclass(frozen=True, slots=True)
class Until:
    """One line of dates: the instant, and how many days and working days are left; ``None`` once it is over."""

    label: str
    opens: datetime
    closes: datetime
    left: tuple[int, int] | None


def routes(pages: Pages) -> APIRouter:
    """The address ``/guide``."""
    router = APIRouter()

    @router.get("/guide")
    def guide(visit: Visit = may(Part.PUBLIC)) -> Response:
        edition = pages.desk.edition
        submission = edition.submission
        return pages.show(
            visit, "guide", dates=_dates(pages, visit), is_open=submission.opens <= visit.now < submission.closes,
            is_ahead=visit.now < submission.opens, societies=[each.name for each in edition.endorsement.societies],
            by_expert="expert" in edition.endorsement.routes,
            slots=[(slot.label, mine_slots.limits(edition, slot), slot.required) for slot in edition.slots],
        )  # fmt: skip

    return router


def _dates(pages: Pages, visit: Visit) -> list[Until]:
    """Every stage of the season with what is left until its end."""
    desk, now = pages.desk, visit.now
    return [
        Until(
            stage.name, stage.opens, stage.closes,
            season.remaining(now, stage.closes, desk.workdays, desk.zone) if now < stage.closes else None,
        )
        for stage in season.stages(desk.edition, desk.workdays, now=now)
    ]  # fmt: skip
