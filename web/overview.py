"""Shows the season to everybody: where it stands, what is due, what the office's work came to; no name, no score."""

from fastapi import APIRouter
from markupsafe import Markup
from starlette.responses import Response

from office.visitors import Part
from states import drawing
from web import notice_facts, overview_facts, season
from web.admission import may
from web.pages import Pages
from web.visit import Visit

_OFFICE = {Part.OFFICE, Part.LEAD, Part.SUPERVISOR}
# Where a stranger goes from here: address, picture, label, what it is for.
_WAYS = (
    ("/guide", "info", "申报指南", "征集什么、谁可以申报、要交哪些材料、联系谁"),
    ("/signin", "log-in", "登录", "各方都从这里进入，用登记的邮箱，不需要口令"),
    ("/past", "trophy", "历届入选", "往年入选的项目，可以查找"),
)
_RESULTS = (("/results", "badge-check", "结果公布", "本届正式入选的项目"),)  # once there are any


def routes(pages: Pages) -> APIRouter:
    """The address ``/``."""
    router = APIRouter()

    @router.get("/")
    def overview(visit: Visit = may(Part.PUBLIC)) -> Response:
        now, desk = visit.now, pages.desk
        with desk.database.read() as session:
            counts = overview_facts.counts(session, desk)
            for_office = bool(_OFFICE & set(visit.visitor.parts))
            due, inner = overview_facts.deadlines(session, desk, now=now, for_office=for_office)
            coming = next((each for each in due if each.status == "next"), None)
            left = season.remaining(now, coming.due_at, desk.workdays, desk.zone) if coming else (0, 0)
            return pages.show(
                visit,
                "overview",
                fragment="body",
                stages=season.stages(desk.edition, desk.workdays, now=now, held=season.held(session, desk, now=now)),
                drawing=Markup(drawing.svg(counts, desk.words)),  # noqa: S704 - made of our own labels and of numbers
                total=sum(counts.values()),
                due=due,
                inner=inner,
                coming=coming,
                left=left,
                letters=overview_facts.letters(session, desk) if for_office else [],
                runs=overview_facts.runs(session, desk) if for_office else [],
                ledger=overview_facts.ledger_head(session),
                ways=[*_RESULTS[: len(notice_facts.announced(session, desk, now=now))], *_WAYS],
            )

    return router
