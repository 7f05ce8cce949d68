"""Shows the office its whole season on one page: what to do first, then where everything stands."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from markupsafe import Markup
from sqlmodel import Session
from starlette.responses import Response

from office import assumptions, board, bounces
from office.board import NEVER_HANDED_IN, Board, RoundBoard
from office.bounces import Watching
from office.case_list import Wanted
from office.tasks import Task
from office.visitors import Part
from review.severity import balance_severity
from states import drawing
from states.facts import State
from web import charts, desk_overview_numbers, language, overview_facts, season
from web.admission import may
from web.desk_cases_asked import Asked
from web.desk_overview_mail import mail_lines
from web.navigation import PLACES
from web.pages import Pages
from web.visit import Visit

_DAY = timedelta(days=1)
_BEHIND_SHOWN = 12  # items that are not scored through
_CENTI = 100
_HANDED_IN = tuple(state for state in State if state not in NEVER_HANDED_IN)
# Where a task is done as long as its own desk is not there.
_ELSEWHERE = {"assumptions": "/settings/open", "cases": "/cases", "progress": "/rounds"}


def routes(pages: Pages) -> APIRouter:
    """The address ``/desk``."""
    router = APIRouter()

    @router.get("/desk")
    def desk(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            return pages.show(visit, "desk/overview", fragment="live", **_facts(session, pages, visit))

    return router


def _facts(session: Session, pages: Pages, visit: Visit) -> dict[str, Any]:
    desk, now = pages.desk, visit.now
    told = desk_overview_numbers.numbers(session, desk, now=now)
    todo = desk_overview_numbers.to_do(session, desk, visit.visitor.officer_id or 0, now=now)
    due, _ = overview_facts.deadlines(session, desk, now=now, for_office=True)
    coming = next((each for each in due if each.status == "next"), None)
    stages = season.stages(desk.edition, desk.workdays, now=now, held=season.held(session, desk, now=now))

    def say(words: str) -> str:
        return language.say(words, visit.language)

    return {
        "seen": board.revision(session), "board": told,
        "behind_events": desk_overview_numbers.is_behind(session, desk, now=now),
        "coming": coming, "stages": stages, "say_link": _where,
        "left": season.remaining(now, coming.due_at, desk.workdays, desk.zone) if coming else (0, 0),
        "todo": todo, "soon": sum(task.due is not None and task.due < now + _DAY for task in todo),
        "calendar": charts.season(stages, desk.workdays, now=now, zone=desk.zone, say=say),
        "map": Markup(drawing.svg(told.counts, desk.words, link="/cases?state=")),  # noqa: S704 - our labels, numbers
        "intake": charts.climb(count for _, count in told.intake), "funnel": charts.funnel(told.funnel, say=say),
        "grid": _grid(told), "categories": desk.edition.categories, "cell_link": _cell_link,
        "unconfirmed": assumptions.opened(session, desk),
        "round": told.rounds[-1] if told.rounds else None, "behind": _behind(told), "rounds": _names(pages),
        "scores": _scores(told, say), "mail": mail_lines(told.mail, desk.words), "delivered": _delivered(told),
        "returns": _returns(bounces.watching(session, desk)),
    }  # fmt: skip


def _names(pages: Pages) -> dict[str, str]:
    return {round_.key: round_.name for round_ in pages.desk.edition.rounds}


def _where(task: Task) -> str:
    """Where a task is done: its own desk when there is one."""
    own = f"/{task.page}"
    path = own if own in {place.path for place in PLACES} else _ELSEWHERE.get(task.page, "")
    return f"{path}?{task.query}" if path and task.query and "?" not in path else path


def _grid(told: Board) -> list[tuple[int, str, dict[str, int]]]:
    """Each society with its counts by category, those with the most applications first."""
    rows: dict[int, tuple[str, dict[str, int]]] = {}
    for cell in told.endorsers:
        rows.setdefault(cell.endorser_id, (cell.endorser, {}))[1][cell.category] = cell.count
    by_sum = sorted(rows.items(), key=lambda row: (-sum(row[1][1].values()), row[0]))
    return [(id_, name, counts) for id_, (name, counts) in by_sum]


def _cell_link(endorser_id: int, category: str = "") -> str:
    return Asked(Wanted(_HANDED_IN, category, endorser_id=endorser_id)).address()


def _behind(told: Board) -> list[tuple[str, str, int, int]]:
    """The items of the running round that are not scored through, the furthest behind first: done or not, no number."""
    running = [each.progress for each in told.rounds if each.progress.open]
    items = [item for progress in running for item in progress.items if item.done < item.asked]
    items.sort(key=lambda item: (item.done - item.asked, item.item_id))
    return [(item.number, item.title, item.done, item.asked) for item in items[:_BEHIND_SHOWN]]


def _scores(told: Board, say: charts.Say) -> Mapping[str, object] | None:
    """The charts of the round that was released last; ``None`` before any is."""
    released = next((each for each in reversed(told.rounds) if each.progress.released and each.scores), None)
    if released is None:
        return None
    items = [
        charts.Strip(
            f"{item.number} {item.title}", [points for _, points in item.points], item.printed, chosen=item.chosen
        )
        for item in released.scores
    ]
    return {"key": released.progress.round_key, "strips": charts.strips(items, say=say),
            "severity": _severity(released, say)}  # fmt: skip


def _severity(released: RoundBoard, say: charts.Say) -> Markup | None:
    balanced = balance_severity(
        {item.item_id: {expert: int(points * _CENTI) for expert, points in item.points} for item in released.scores}
    )
    if balanced is None:
        return None
    names = {expert.expert_id: f"E{place:02}" for place, expert in enumerate(released.progress.experts, start=1)}
    return charts.severity([(names.get(id_, "–"), points) for id_, points in balanced.leniency.items()], say=say)


def _returns(watching: Watching) -> str:
    """Whether letters that come back are seen."""
    if not watching.is_watched:
        return "退信：未监测"
    return "退信：读不了" if watching.fault else "退信：监测中"


def _delivered(told: Board) -> tuple[int, int]:
    """How many letters the relay accepted, and how many failed or are in doubt."""
    return sum(line.sent for line in told.mail), sum(line.failed for line in told.mail)
