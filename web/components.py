"""Shows what pages are put together from, one of each, for those who build pages; not part of a real installation."""

from fastapi import APIRouter
from starlette.responses import Response

from config.refusal import Refusal
from office.visitors import Part
from web import season
from web.admission import may
from web.pages import Pages
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The address ``/components``."""
    router = APIRouter()

    @router.get("/components")
    def components(visit: Visit = may(Part.PUBLIC)) -> Response:
        stages = season.stages(pages.desk.edition, pages.desk.workdays, now=visit.now)
        refusal = Refusal("时长 13:00，超过 12:00。", next_step="请剪短后重新上传。")
        return pages.show(
            visit, "components", fragment="figures", stages=stages, refusal=refusal, points=[3, 4, 4, 7, 9, 8, 12]
        )

    return router
