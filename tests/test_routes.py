"""Who may come to which address: the table, the page made of it, and a walk over every line of it as everybody."""

import runpy

import pytest
from house_rules import ROOT
from visitors_of import Browser, of_jia

from office.visitors import Part
from states.facts import State
from web.admission import addresses
from web.app import make_app

from cast import HANDED_IN, Office, an_application

pytestmark = pytest.mark.slow

REFUSED = {401, 403}
# What stands for the words in braces: an address of Jia's, a link that is none.
FILLED = {
    "sha256": "1",
    "person_id": "2",
    "colleague_id": "1",
    "society_id": "999",
    "decision_id": "1",
    "slot": "form",
    "deed": "check",
    "case_id": "1",
    "file_id": "1",
    "number": "IM24-001",
    "token": "nobody-knows-this",
    "filter_id": "1",
    "upload_id": "1",
    "round_key": "first_round",
    "key": "seal-1",
    "name": "receipt",
    "letter_id": "1",
    "event_id": "1",
    "turn_id": "1",
    "expert_id": "1",
    "view": "wall",
    "kind": "announcement",
    "run_id": "1",
    "part": "applicant",
    "deadline_id": "1",
    "act": "send_back",
    "whom": "applicant",
    "acting_id": "1",
    "template": "submit.endorser",
    "sheet_id": "1",
    "job_id": "1",
}
_OWN = {f"/mine/{{number}}/{deed}" for deed in ("commitments", "society", "expert", "submit", "withdraw")}
_OWN |= {f"/mine/{{number}}/{deed}" for deed in ("secrecy", "slots/{slot}", "templates/{slot}", "receipt", "files")}
_OWN |= {f"/mine/{{number}}/{deed}" for deed in ("letters/{letter_id}", "files/{upload_id}")}
_OWN |= {f"/mine/{{number}}/files/{{upload_id}}/{deed}" for deed in ("finish", "drop")}
_OWN |= {f"/mine/{{number}}/{deed}" for deed in ("draft", "aside", "preview", "people", "resume", "defender")}
_OWN |= {f"/mine/{{number}}/people/{{colleague_id}}/{deed}" for deed in ("remove", "contact")}
_OWN |= {"/mine/new/draft", "/mine/{number}/files/{upload_id}/versions"}
_SOCIETY = tuple(f"/society/{{society_id}}/{deed}" for deed in ("inner", "remind", "invite"))
_CASE_READ = (
    "/check",
    "/check.xlsx",
    "/check/{number}",
    "/check/{number}/present",
    "/cases/{number}",
    "/cases/{number}/papers/{name}",
    "/cases/{number}/archive.zip",
    "/cases/{number}/letters/{letter_id}",
    "/cases/{number}/files/{upload_id}/text",
    "/cases/{number}/files/{upload_id}/versions",
)
_CASE_DONE = (
    "/cases/{number}/share",
    "/check/pass-ready",
    "/check/{number}/lines",
    "/check/{number}/confirm",
    "/check/{number}/people",
    "/check/{number}/pass",
    "/cases/{number}/letters/{letter_id}/resend",
    "/cases/{number}/notes",
    "/cases/{number}/defender",
    "/cases/{number}/acts/{act}",
    "/cases/{number}/notes/{event_id}/erase",
)
# As whom an address may be opened, told once more by hand: a slip in one route must not pass unseen.
_ROUND = [
    f"/{{round_key}}/{it}{end}"
    for it in ("panel", "conflicts", "assignment", "sheets", "ranking")
    for end in ("", ".xlsx")
]
_ROUND_DONE = (
    "/steps/{deed}", "/panel/seat", "/panel/import", "/panel/import/take", "/conflicts/{deed}",
    "/assignment/carry-out", "/assignment/replace", "/sheets/new",
    "/sheets/{sheet_id}", "/sheets/{sheet_id}/photo", "/sheets/{sheet_id}/{deed}",
)  # fmt: skip
_READERS = set(Part) - {Part.PUBLIC}
# What the cast has none of, or has of somebody else.
_OFTEN_NONE = {
    "/notice", "/objection", "/objections/new", "/hall/copy", "/hall/copy/1", "/files/1", "/files/1/text",
    "/pictures/1/seal-1",
    "/mine/IM24-001/letters/1", "/endorser/IM24-001",
    *(f"/rounds/first_round/sheets/1{rest}" for rest in ("", "/check")),
    *(f"/endorser/society/999/{deed}" for deed in ("inner", "remind", "invite")),
    *(f"/score/first_round{rest}" for rest in ("", "/IM24-001", "/IM24-001/conflict")),
}  # fmt: skip
_SEES = {Part.OFFICE, Part.LEAD, Part.SUPERVISOR}
_ACTS = {Part.OFFICE, Part.LEAD}


def _below(path: str, *rests: str) -> tuple[str, ...]:
    return tuple(path + rest for rest in rests)


_TABLE: tuple[tuple[set[Part], tuple[str, ...]], ...] = (
    ({Part.EXPERT}, _below("/score", "", "/{round_key}", "/{round_key}/{number}", "/{round_key}/{number}/conflict")),
    ({Part.ENDORSER}, _below("/endorser", "", ".xlsx", "/{number}", *_SOCIETY)),
    ({Part.APPLICANT}, ("/mine", "/mine/new", "/mine/{number}", *_OWN)),
    (_READERS, ("/files/{upload_id}", "/files/{upload_id}/text", "/pictures/{upload_id}/{key}")),
    (_SEES, ("/cases", "/cases.xlsx", "/desk", "/desk/live", *_CASE_READ)),
    (_ACTS, _below("/cases", "/bulk", "/bulk/carry-out", "/filters", "/filters/{filter_id}/remove") + _CASE_DONE),
    (_SEES, _below("/notices", "", "/list.xlsx")),
    (_SEES, _below("/announcement", "", "/press.docx", "/press.txt", "/press.zip", "/contacts.xlsx", "/{number}")),
    (_ACTS, ("/announcement/{number}/words", *_below("/forum", "/save", "/end"))),
    (_SEES, _below("/forum", "", "/list.xlsx")),
    (_SEES, _below("/objections", "", "/list.xlsx", "/{case_id}", "/{case_id}/files/{file_id}")),
    (_ACTS, _below("/objections", "/new", "/{case_id}/copy", "/{case_id}/acts/{deed}")),
    ({Part.LEAD}, _below("/objections/{case_id}", "/drawer", "/drawer/{file_id}", "/drawer/papers/{name}", "/erase")),
    ({Part.APPLICANT}, _below("/mine/{number}/objections", "", "/{case_id}", "/{case_id}/files/{file_id}")),
    ({Part.LEAD}, ("/cases/undo", "/import/undo", "/people/{person_id}/share", "/people/officers")),
    (_ACTS, (*_below("/import", "", "/look", "/take"), *_below("/past/import", "", "/take"))),
    (_SEES, _below("/settings", "", "/all.xlsx", "/open", "/versions", "/confirmation.docx")),
    ({Part.LEAD}, _below("/settings", "/edit", "/preview", "/try", "/change", "/confirm")),
    (_SEES, ("/editions",)),
    ({Part.LEAD}, _below("/editions", "/new", "/new.toml", "/carry")),
    (_SEES, _below("/decisions", "", "/all.xlsx", "/{decision_id}")),
    (_ACTS, _below("/decisions", "/draft", "/{decision_id}/{deed}")),
    (_SEES, _below("/people", "", "/list.xlsx", "/{person_id}")),
    (_ACTS, _below("/people", "/template.xlsx", "/import", "/import/take", "/{person_id}/{deed}")),
    (_SEES, _below("/letters", "", "/list.xlsx", "/{letter_id}", "/{letter_id}/page", "/{letter_id}/returned")),
    (_ACTS, _below("/letters", "/selected", "/{letter_id}/edit", "/{letter_id}/settle")),
    (_SEES, _below("/letters/templates", "", "/{template}", "/{template}/page")),
    ({Part.LEAD}, _below("/letters/templates/{template}", "/try", "/change")),
    (_SEES, _below("/acting", "", "/list.xlsx", "/{acting_id}/scan")),
    (_ACTS, _below("/acting", "/end", "/{whom}")),
    (_SEES, _below("/rounds", "", "/{round_key}", "/{round_key}/progress.xlsx", *_ROUND)),
    (_ACTS, _below("/rounds/{round_key}", *_ROUND_DONE)),
    (_SEES, _below("/units", "", "/list.xlsx")),
    (_ACTS, _below("/units", "/save", "/remove", "/import", "/import/take")),
    (_SEES, _below("/papers", "", "/{name}", "/work", "/{name}/together", "/{name}/each.zip")),
    (_ACTS, _below("/papers", "/all", "/all.zip", "/number")),
    (_SEES, ("/statistics",)),
    (_SEES, ("/archives",)),
    ({Part.LEAD}, ("/archives/make", "/archives/{job_id}/delete", "/people/{person_id}/data.zip")),
    ({Part.LEAD, Part.SUPERVISOR}, ("/archives/{job_id}",)),
    (_READERS, ("/me/data", "/me/data.zip")),
    (_SEES, _below("/ledger", "", "/verify", "/list.xlsx")),
    (_SEES, (*_below("/deadlines", "", "/list.xlsx"), *_below("/holidays", "", "/list.xlsx"))),
    (_ACTS, ("/deadlines/extend", "/flows/{deadline_id}/retry")),
    ({Part.LEAD}, ("/deadlines/{kind}/move", "/holidays/change", "/reminders/{kind}", "/retention/propose")),
    (_SEES, ("/reminders", "/retention", "/retention/list.xlsx")),
    (_ACTS, ("/retention/{run_id}/settle",)),
    (_SEES, _below("/flows", "", "/list.xlsx", "/watcher")),
    (_SEES, _below("/stage", "", "/console", "/tick", "/live", "/order.xlsx", "/seats.xlsx")),
    (_ACTS, _below("/stage", "/plates", "/standby", "/set-up", "/draw", "/move", "/breaks", "/breaks/{turn_id}/drop")),
    (_ACTS, _below("/stage", "/seats/{expert_id}", "/passes/screen", "/passes/revoke", "/late/{key}")),
    (_ACTS, _below("/stage/console", "/preside", "/lock", "/reveal", "/{deed}")),
    ({Part.EXPERT}, _below("/stage/phone", "", "/tick", "/live", "/scores", "/conflict")),
    (_READERS, _below("/calendar", "", "/mine/{part}.ics", "/{part}")),
)
EXPECTED = {path: parts for parts, paths in _TABLE for path in paths}


def test_every_address_says_who_may_come(office: Office) -> None:
    app = make_app(office.desk, clock=lambda: HANDED_IN, with_components=True)
    told = list(addresses(app))
    assert len(told) > 20
    assert [address for address in told if not address.parts] == []


def test_only_an_address_with_a_secret_goes_without_the_forms_own(office: Office) -> None:
    app = make_app(office.desk, clock=lambda: HANDED_IN)
    for address in addresses(app):
        assert address.by_address == ("{token}" in address.path), address.path


def test_the_page_of_routes_is_current(office: Office) -> None:
    page = runpy.run_path(str(ROOT / "docs" / "make_routes.py"))["page"]
    app = make_app(office.desk, clock=lambda: HANDED_IN)
    assert (ROOT / "docs" / "routes.md").read_text(encoding="utf-8") == page(app)


@pytest.mark.parametrize("part", list(Part))
def test_everybody_walks_every_line_of_the_table(office: Office, part: Part) -> None:
    an_application(office, State.SUBMITTED, "甲")
    browser = Browser(office, part)
    for address in addresses(browser.client.app):  # type: ignore[arg-type]
        path = address.path.format(**FILLED)
        if path.startswith("/signout"):
            continue  # everybody may, and it ends the walk
        if path.endswith("/live") and part in EXPECTED.get(address.path, set()):
            continue  # goes on for minutes; `test_web_desk_live` and the walk through the final listen
        form = {"form_secret": browser.secret()} if address.method == "POST" else None
        answer = browser.client.request(address.method, path, data=form)
        may = part in EXPECTED.get(address.path, set(Part))
        assert answer.status_code != 500, path
        assert (answer.status_code not in REFUSED) == may, (path, answer.status_code)
        if may and "{token}" not in address.path and path not in _OFTEN_NONE:
            assert answer.status_code != 404, path
        if not may:
            said = "请先登录" if part is Part.PUBLIC else "这个页面不对您开放"
            assert said in answer.text, path


def test_a_refusal_says_who_may(office: Office) -> None:
    stranger, applicant = Browser(office), Browser(office, Part.APPLICANT)
    assert "只对办公室工作人员、监督员开放" in stranger.client.get("/cases").text
    assert 'href="/signin"' in stranger.client.get("/cases").text
    assert "应由办公室工作人员、监督员打开" in applicant.client.get("/cases").text


def test_yi_never_sees_jias_papers(office: Office) -> None:
    jias = office.found(an_application(office, State.SUBMITTED, "甲"))
    yis = office.found(an_application(office, State.SUBMITTED, "乙"))
    yi = Browser(office, Part.APPLICANT, name="乙")
    assert yi.client.get(f"/mine/{yis.number}").status_code == 200
    refused, unknown = yi.client.get(f"/mine/{jias.number}"), yi.client.get("/mine/IM24-999")
    assert (refused.status_code, unknown.status_code) == (404, 404)
    assert refused.text.replace(jias.number, "") == unknown.text.replace("IM24-999", "")
    for secret in (jias.title, jias.unit, of_jia()):
        assert secret not in refused.text
        assert secret not in yi.client.get("/mine").text


@pytest.mark.parametrize("part", [Part.ENDORSER, Part.EXPERT])
def test_who_was_invited_is_no_applicant(office: Office, part: Part) -> None:
    """An invitation lies in a mailbox for weeks: it opens what it is for and nothing else."""
    assert Browser(office, part).client.get("/mine").status_code == 403


def test_the_components_are_not_part_of_a_real_installation(office: Office) -> None:
    app = make_app(office.desk, clock=lambda: HANDED_IN)
    assert "/components" not in {address.path for address in addresses(app)}
    assert Browser(office).client.get("/components").status_code == 200
