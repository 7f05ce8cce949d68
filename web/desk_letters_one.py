"""Shows one letter as its reader sees it, and lets the office rewrite it while it is held."""

from datetime import datetime

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import FileResponse, HTMLResponse, Response

from config.refusal import Refusal
from notifications.letters import Unbuildable
from notifications.wording import Wording
from office import bounces, letter_desk, letter_edits
from office.desk import Desk
from office.letter_desk import Line
from office.letter_edits import BadWording
from office.visitors import Part
from records.tables.letter import LetterState
from states.refusals import NotAllowed
from web.admission import may
from web.desk_letters import letter_words
from web.envelope import put_in_frame
from web.overview_facts import LETTERS
from web.pages import Pages
from web.refusal_codes import status_of
from web.square_code import square
from web.visit import Visit

VIEWS = (("light", "网页，浅色"), ("dark", "网页，深色"), ("text", "纯文本"))
_DARK = "@media (prefers-color-scheme: dark)"
_ADDRESSES = {"applicant": "/mine", "endorser": "/endorser", "expert": "/score"}
_LARGEST = 128 << 10  # bytes: three texts of four thousand signs
_HELD = (LetterState.HELD.value, LetterState.DEAD.value)


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/letters/{letter_id}``."""
    router = APIRouter()

    @router.get("/letters/{letter_id}")
    def one(letter_id: int, view: str = "light", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        return _page(pages, visit, letter_id, view)

    @router.get("/letters/{letter_id}/page")
    def page(
        letter_id: int, request: Request, theme: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)
    ) -> Response:
        """The letter's own page, for the frame: no link of it leads anywhere, nothing is fetched."""
        put_in_frame(request)
        with pages.desk.database.read() as session:
            line = _line(session, pages.desk, letter_id)
        return visit.sealed(HTMLResponse(lit(letter_desk.rendered(pages.desk, line.letter).html, theme)))

    @router.get("/letters/{letter_id}/returned")
    def returned(letter_id: int, visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:  # noqa: ARG001 - who may
        """The mail that came back, byte for byte, to be opened elsewhere."""
        with pages.desk.database.read() as session:
            found = bounces.mail_of(session, pages.desk, letter_id)
        path, name = pages.desk.vault.path(found.sha256), f"L-{letter_id:06d}-returned.eml"
        return FileResponse(path, media_type="application/octet-stream", filename=name)

    _deeds(router, pages)
    return router


def _deeds(router: APIRouter, pages: Pages) -> None:
    @router.post("/letters/{letter_id}/edit")
    def edit(letter_id: int, visit: Visit = may(Part.OFFICE, largest=_LARGEST)) -> Response:
        said = visit.typed
        officer_id, reason = visit.visitor.officer_id or 0, said.get("reason", "")
        try:
            with pages.desk.database.write() as session:
                if said.get("verb") == "restore":
                    letter_edits.restore(
                        session, pages.desk, letter_id, reason=reason, officer_id=officer_id, now=visit.now
                    )
                else:
                    letter_edits.edit(
                        session, pages.desk, letter_id, wording_in(visit), seen=said.get("seen", ""), reason=reason,
                        officer_id=officer_id, now=visit.now,
                    )  # fmt: skip
        except Refusal as refusal:
            return _page(pages, visit, letter_id, "light", refusal)
        return pages.go(visit, f"/letters/{letter_id}")

    @router.post("/letters/{letter_id}/settle")
    def settle(letter_id: int, visit: Visit = may(Part.OFFICE)) -> Response:
        """Whoever telephoned says so: the letter stays 退信, the task goes."""
        with pages.desk.database.write() as session:
            officer_id = visit.visitor.officer_id or 0
            bounces.handle(session, pages.desk, [letter_id], officer_id=officer_id, now=visit.now)
        return pages.go(visit, f"/letters/{letter_id}")


def lit(html: str, theme: str) -> str:
    """A letter's page as a mail program of that theme shows it, whatever this browser prefers."""
    return html.replace(_DARK, "@media all" if theme == "dark" else "@media not all")


def wording_in(visit: Visit) -> Wording:
    """What the form of a wording says, line ends made one."""
    return Wording(*(_plain(visit.typed.get(name, "")) for name in ("subject", "body", "english")))


def _plain(words: str) -> str:
    return "\n".join(line.rstrip() for line in words.replace("\r\n", "\n").split("\n")).strip()


def _line(session: Session, desk: Desk, letter_id: int) -> Line:
    found = letter_desk.chosen(session, desk, [letter_id])
    if not found:
        raise NotAllowed("没有这封信。", next_step="请从信件列表中选择。")
    return found[0]


def _page(
    pages: Pages, visit: Visit, letter_id: int, view: str, refusal: Refusal | None = None
) -> Response:  # fmt: skip
    """One letter with what can be done; after a refusal with what was typed beside what stands."""
    desk = pages.desk
    with desk.database.read() as session:
        line = _line(session, desk, letter_id)
        edits = letter_edits.edits_of(session, letter_id)
        came_back = bounces.of_letters(session, [letter_id]).get(letter_id)
        watching = bounces.watching(session, desk)
        session.expunge_all()
    words, fault = letter_words(pages, line)
    stands = _stands(desk, line)
    return pages.show(
        visit, "desk/letter", status=status_of(refusal) if refusal else 200, refusal=refusal, line=line, words=words,
        fault=fault, states=LETTERS, verbs=letter_desk.possible(line.letter),
        may_act=Part.OFFICE in visit.visitor.parts,
        view=view if view in dict(VIEWS) else "light", views=VIEWS, edits=edits, stands=stands,
        typed=wording_in(visit) if refusal else stands, reason=visit.typed.get("reason", ""),
        faults=refusal.fields if isinstance(refusal, BadWording) else {}, came_back=came_back, watching=watching,
        seen=letter_edits.digest_of(stands) if stands else "", may_edit=line.letter.state in _HELD and stands,
        shared=_shared(desk, line, words.subject if words else line.label), why_back=bounces.reason_of,
        waits=_waits(line, visit.now),
    )  # fmt: skip


def _stands(desk: Desk, line: Line) -> Wording | None:
    try:
        return letter_edits.words_of(desk, line.letter)
    except Unbuildable:
        return None


def _waits(line: Line, now: datetime) -> bool:
    """Whether it leaves at an instant that is still to come."""
    return line.letter.state == LetterState.WAITING and line.letter.next_try_at > now


def _shared(desk: Desk, line: Line, subject: str) -> dict[str, object]:
    """What is passed on in a chat: the heading and where to sign in, nothing that could act in the reader's name."""
    base = _ADDRESSES.get(line.letter.template.rpartition(".")[2], "")
    number = f"/{line.number}" if line.number and base in {"/mine", "/endorser"} else ""
    address = f"{desk.settings.public_url}{base}{number}" or desk.settings.public_url
    office = desk.edition.award.office_short or desk.edition.award.office
    told = f"【{office}】{subject}\n已发往 {line.letter.email}，请查收。"
    return {"words": f"{told}\n查看与办理：{address}", "square": square(address)}
