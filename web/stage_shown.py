"""Says of the stage what every page of it needs to draw: the moment, clocks in milliseconds, square codes."""

from datetime import datetime, timedelta

from markupsafe import Markup

from config.refusal import Refusal
from office import stage_told
from office.stage_clock import BELLS, Clock
from office.stage_told import Moment
from web.pages import Pages
from web.visit import Visit
from web.watch import Revision

_MILLISECOND = timedelta(milliseconds=1)


def moment_of(pages: Pages, visit: Visit) -> Moment:
    """The final as it stands; `Refusal` before a stage is set up."""
    return shown_to(pages, visit, stage_told.steps)[0]


def shown_to(pages: Pages, visit: Visit, told: Revision) -> tuple[Moment, str]:
    """The final as it stands, with the revision by which these screens hear that it is another."""
    with pages.desk.database.read() as session:
        found, revision = stage_told.moment(session, pages.desk, now=visit.now), told(session, pages.desk)
    if found is None:
        raise Refusal("终评现场还没有设立。", next_step="请办公室先在“终评现场”中设立。")
    return found, revision


def clock_marks(clock: Clock) -> Markup:
    """The attributes by which a page reckons this clock itself: instants and lengths in milliseconds."""
    told = {
        "started": _instant(clock.started_at),
        "paused-at": _instant(clock.paused_at),
        "ended-at": _instant(clock.ended_at),
        "paused": clock.paused // _MILLISECOND,
        "limit": clock.limit // _MILLISECOND,
        "bells": ",".join(str(seconds) for seconds in BELLS),
    }
    return Markup(" ").join(Markup('data-{}="{}"').format(name, value) for name, value in told.items())


def _instant(at: datetime | None) -> str:
    return "" if at is None else str(int(at.timestamp() * 1000))
