"""Every page that the table of routes names, in a real browser as the one whom it is for."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from contest import Contest
from filled_season import AS_WHOM, Season, as_whom, in_the_notice, in_the_round
from playwright.sync_api import Browser, Error, Page
from test_web_pages import AXE, DESK, JUDGED, PHONE, WIDTH, Visit, browser, served, visiting
from thorough import at_most
from visitors_of import COOKIE

from office.visitors import Part
from web.admission import addresses
from web.app import make_app

from cast import HANDED_IN

pytestmark = pytest.mark.slow
__all__ = ["browser"]

Stop = tuple[Part, str]
_STREAM = "/live"  # at the end of an address: goes on for minutes
_SCANNED = "/stage/in/{token}"  # signs in by itself; `test_web_stage_walk` scans it
# What only an address with words behind it shows.
_ASKED = (
    "/settings?stage=submission", "/settings/edit?stage=final", "/people?kind=officers", "/people?kind=experts",
    "/cases?q=nobody", "/letters?q=nobody", "/ledger?kind=submit",
)  # fmt: skip
_ON_THE_NOTICE = ("/", "/notice/{token}", "/notice/{token}/objection", "/objection/receipt/{token}", "/results")
_AT_THE_DESK = (
    "/desk", "/notice", "/decisions", "/decisions/1", "/cases/IM24-001", "/ledger", "/notices", "/announcement",
    "/announcement/IM24-001", "/objections", "/objections/new", "/objections/1",
)  # fmt: skip
# Pages that the season has nothing for; a page of refusal is held to the same.
_EMPTY = {
    "/endorser/society/{society_id}/invite", "/pictures/{upload_id}/{key}", "/notice", "/notice/{token}",
    "/join/{token}", "/mine/{number}/files/{upload_id}/versions", "/objection", "/notice/{token}/objection",
    "/objection/receipt/{token}", "/objections/new", "/objections/{case_id}",
    "/objections/{case_id}/files/{file_id}", "/mine/{number}/objections/{case_id}/files/{file_id}",
    "/notices/list.xlsx", "/announcement/press.docx", "/announcement/press.txt",
    "/announcement/press.zip", "/announcement/{number}",
    "/letters/{letter_id}/returned", "/papers/{name}", "/papers/all.zip", "/papers/{name}/together",
    "/calendar/mine/{part}.ics", "/calendar/{token}.ics",
    "/acting/{acting_id}/scan", "/rounds/{round_key}/sheets/{sheet_id}",
    "/rounds/{round_key}/sheets/{sheet_id}/photo", "/rounds/{round_key}/ranking.xlsx", "/hall/copy",
    "/hall/copy/{sha256}",
    "/archives/{job_id}", "/announcement/contacts.xlsx", "/endorse/{token}/files/{upload_id}",
}  # fmt: skip
_ENDORSING = "/endorse/"  # by the link of the letter, while that is awaited
OK = 200
_NOT_PRINTED = ["header.side nav", "section.top", ".toasts", ".skip", "main .button"]
# Light and size change what is seen, not what things are called: all the rules hold in the one or the other, by turns;
# in the other then those alone that light and size can change, by `make thorough`.
_BY_SIGHT = at_most(
    "[]",
    """axe.run(document, { runOnly: ["color-contrast", "link-in-text-block", "target-size",
    "scrollable-region-focusable"], resultTypes: ["violations"], iframes: false }).then(told =>
    told.violations.map(rule => [rule.id, ...rule.nodes.map(node => node.html)].join("\\n")))""",
)
_AT_DESK_OR_ON_PHONE = ((JUDGED, _BY_SIGHT), (_BY_SIGHT, JUDGED))
_SHOWN_ON_PAPER = "places => places.filter(place => document.querySelector(place)?.checkVisibility())"
_OF_A_PAGE = """() => ({
    headings: document.querySelectorAll("h1").length,
    titled: document.title.trim().length > 3,
    language: document.documentElement.lang,
    named: !!document.querySelector("main, .sheet"),
})"""


def test_every_page_in_the_middle_of_the_round_can_be_used_by_everybody(browser: Browser, contest: Contest) -> None:
    season = in_the_round(contest)
    app = make_app(season.office.desk, clock=lambda: season.now, with_components=True)
    pages = [address for address in addresses(app) if address.method == "GET" and not address.path.endswith(_STREAM)]
    pages = [address for address in pages if address.path != _SCANNED]
    stops = [(as_whom(it), season.path(it.path)) for it in pages if not it.path.startswith(_ENDORSING)]
    walked, faults = walk(browser, season, [*stops, *((Part.LEAD, path) for path in _ASKED)])
    earlier = [(Part.PUBLIC, season.path(it.path)) for it in pages if it.path.startswith(_ENDORSING)]
    answered, found = walk(browser, replace(season, now=HANDED_IN), earlier)
    assert faults + found == []
    refused = {path for path, status in (walked | answered).items() if status != OK}
    assert refused == {season.path(path) for path in _EMPTY}
    assert len(walked) > 50


def test_every_page_around_the_notice_can_be_used_by_everybody(browser: Browser, selected: Contest) -> None:
    season = in_the_notice(selected)
    stops = [(Part.PUBLIC, season.path(path)) for path in _ON_THE_NOTICE] + [(Part.LEAD, path) for path in _AT_THE_DESK]
    walked, faults = walk(browser, season, stops)
    assert faults == []
    assert walked == {path: OK for _, path in stops}


def walk(browser: Browser, season: Season, stops: Iterable[Stop]) -> tuple[dict[str, int], list[str]]:
    """The status of each page, whole pages alone, and everything that is wrong with one."""
    tokens, walked, faults = season.tokens(), dict[str, int](), list[str]()
    with served(season.office, season.now) as address:
        for part in AS_WHOM:
            with visiting(browser, address, DESK) as visit:
                visit.page.add_init_script(AXE)  # compiled once for all pages of a window
                if tokens[part]:
                    visit.page.context.add_cookies([{"name": COOKIE, "value": tokens[part], "url": address}])
                visit.listen()
                for whose, path in stops:
                    if whose is part and (status := opened(visit, path)):
                        rules = _AT_DESK_OR_ON_PHONE[len(walked) % 2]
                        walked[path] = status
                        faults += [f"{path}: {fault}" for fault in faults_of(visit, rules)]
    return walked, faults


def opened(visit: Visit, path: str) -> int:
    """The status of the page at this address; 0 for a file, a fragment or an answer for a script."""
    visit.complaints.clear()
    visit.asked.clear()
    try:
        answer = visit.page.goto(visit.address + path, wait_until="load")
    except Error as fault:  # a file comes beside the page, which stays where it was
        if "Download is starting" not in fault.message:
            raise
        return 0
    assert answer is not None
    if "html" not in answer.headers["content-type"] or not answer.text().startswith("<!doctype html>"):
        return 0
    visit.complaints = [told for told in visit.complaints if f"status of {answer.status}" not in told]
    return answer.status


def faults_of(visit: Visit, rules: tuple[str, str]) -> Iterator[str]:
    """What is wrong with the page that is open: at a desk in the light, on a telephone in the dark, on paper."""
    page, told = visit.page, visit.page.evaluate(_OF_A_PAGE)
    if told != {"headings": 1, "titled": True, "language": "zh-CN", "named": True}:
        yield str(told)
    yield from faults_on_screen(page, rules[0])
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark")
    yield from faults_on_screen(page, rules[1])
    page.emulate_media(media="print", color_scheme="light")
    yield from (f"{place} is printed" for place in page.evaluate(_SHOWN_ON_PAPER, _NOT_PRINTED))
    page.emulate_media(media="screen")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    yield from visit.complaints
    yield from (url for url in visit.asked if not url.startswith(visit.address))


def faults_on_screen(page: Page, rules: str) -> Iterator[str]:
    """What is wrong with the page at this size, in this light."""
    if (over := page.evaluate(WIDTH)) > 0:
        yield f"{over} px too wide at {page.viewport_size}"
    yield from page.evaluate(rules)
