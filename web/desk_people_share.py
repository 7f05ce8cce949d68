"""Shows the lead an expert's invitation once, as words and a square code for a chat (复制微信文字)."""

from fastapi import APIRouter
from starlette.responses import Response

from config.refusal import Refusal
from office import person_desk, person_links
from office.visitors import Part
from web.admission import may
from web.desk_people import person_page
from web.instants import typed_instant
from web.pages import Pages
from web.square_code import square
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The address ``/people/{person_id}/share``; to be added before ``/people/{person_id}/{deed}``."""
    router = APIRouter()

    @router.post("/people/{person_id}/share")
    def share(person_id: int, visit: Visit = may(Part.LEAD)) -> Response:
        """The link is shown in this answer alone; it stands nowhere afterwards."""
        desk, said = pages.desk, visit.typed
        try:
            until = typed_instant(said.get("until", ""), pages.desk, what="有效期")
            with desk.database.write() as session:
                name = person_desk.line(session, desk, person_id).person.name
                link = person_links.invitation(
                    session, desk, person_id, until=until, reason=said.get("reason", ""),
                    officer_id=visit.visitor.officer_id or 0, now=visit.now,
                )  # fmt: skip
        except Refusal as refusal:
            return person_page(pages, visit, person_id, refusal)
        award = desk.edition.award
        asked = f"【{award.office}】{name}专家，邀请您评审“{award.entry_name}”。"
        words = f"{asked}有效至 {desk.until(until)}，请勿转发：{link}"
        return pages.show(
            visit, "desk/person_share", name=name, person_id=person_id, words=words, square=square(link)
        )  # fmt: skip

    return router
