"""Shows an applicant everything as it would be handed in: names, files with their reports, promises, who endorses."""

from fastapi import APIRouter
from starlette.responses import Response

from office import applications, case_history, drafts, endorser_desk, notice, past_winners, still_missing, visitors
from office.visitors import Part
from records.tables.endorser import Endorser
from web import case_told, mine_slots, mine_typed
from web.admission import may
from web.pages import Pages
from web.visit import Visit


def routes(pages: Pages) -> APIRouter:
    """The address ``/mine/{number}/preview`` (row 21)."""
    router = APIRouter()

    @router.get("/mine/{number}/preview")
    def preview(number: str, visit: Visit = may(Part.APPLICANT)) -> Response:
        desk = pages.desk
        with desk.database.read() as session:
            item = visitors.own_application(session, desk, visit.visitor, number)
            history = case_history.told(session, desk, item, now=visit.now)
            places = mine_slots.places(session, desk, item, history)
            missing = still_missing.still_missing(session, desk, item)
            endorser = session.get(Endorser, item.endorser_id) if item.endorser_id else None
            endorser_email = endorser_desk.email_hint(session, endorser) if endorser else ""
            form = drafts.registered(session, item)
            posted = notice.newest(session, desk, covering=item.id or 0)
            won = past_winners.titles_again(session, item.title)
            seen, leads = drafts.seen(session, item), visitors.leads(session, desk, visit.visitor, item)
        names = mine_typed.names_of(desk.edition)
        return pages.show(
            visit, "mine_preview", item=item, number=number, places=places, missing=missing, endorser=endorser,
            endorser_email=endorser_email, form=form, names=names, seen=seen, leads=leads, won=won,
            standing=case_told.standing(
                desk, item, history, endorser=endorser.name if endorser else "",
                notice_closes=posted.closes_at if posted else None,
            ),
            is_open=bool(applications.open_slots(item)),
        )  # fmt: skip

    return router
