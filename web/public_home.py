"""Tells whoever wants to apply what is awarded, who may, by when, and with which files (R3–R10, R17, R28)."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from config.edition import Edition
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
        edition, now = pages.desk.edition, visit.now
        with pages.desk.database.read() as session:
            held = season.held(session, pages.desk, now=now)
        return pages.show(
            visit, "guide", dates=_dates(pages, held, now), is_open=held.submission.holds(now),
            is_ahead=now < held.submission.opens, closes=held.submission.closes,
            societies=_societies(edition), by_expert="expert" in edition.endorsement.routes,
            slots=[(slot.label, mine_slots.limits(edition, slot), slot.required) for slot in edition.slots],
        )  # fmt: skip

    return router


def _societies(edition: Edition) -> list[str]:
    """Which societies may be chosen (R13, R14); none where only experts recommend."""
    return [each.name for each in edition.endorsement.societies if "society" in edition.endorsement.routes]


def _dates(pages: Pages, held: season.Held, now: datetime) -> list[Until]:
    """Every stage of the season with what is left until its end."""
    desk = pages.desk
    return [
        Until(
            stage.name, stage.opens, stage.closes,
            season.remaining(now, stage.closes, desk.workdays, desk.zone) if now < stage.closes else None,
        )
        for stage in season.stages(desk.edition, desk.workdays, now=now, held=held)
    ]  # fmt: skip
