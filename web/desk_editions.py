"""Shows the editions of the store, drafts the next one date by date, carries people into it (新建下一届、双十)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from config.edition_edit import BadValue
from config.editions_file import LoadedEdition
from config.fact_names import name_of
from config.next_edition import Moved
from config.refusal import BadConfiguration, Refusal
from office import carry_over, edition_told, new_edition
from office.carry_over import Preview
from office.desk import Desk
from office.visitors import Part
from states.refusals import NotAllowed
from web.admission import may
from web.downloads import download
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

_LARGEST = 256_000  # bytes: every date of the plan stands in the form
_TICK = "ok-"
_INSTANT = timedelta(microseconds=1)
_SHORTEST_YEAR = 4  # digits


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/editions``: everybody of the office looks, the lead alone begins an edition."""
    router = APIRouter()

    @router.get("/editions")
    def editions(visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        with pages.desk.database.read() as session:
            rows = [edition_told.told(session, desk) for desk in pages.editions]
        return pages.show(
            visit, "desk/editions", rows=rows, current=pages.desk.key, next_year=max(row.year for row in rows) + 1,
            may_change=Part.LEAD in visit.visitor.parts, others=_others(pages),
        )  # fmt: skip

    @router.get("/editions/new")
    def draft(year: str = "", visit: Visit = may(Part.LEAD)) -> Response:
        return _draft(pages, visit, _year(pages, year))

    @router.get("/editions/new.toml")
    def file(year: str = "", visit: Visit = may(Part.LEAD)) -> Response:
        drafted = new_edition.draft(pages.desk, _year(pages, year))
        name = f"{drafted.loaded.edition.award.year}.toml"
        return visit.sealed(download(drafted.loaded.text.encode(), name))

    @router.post("/editions/new")
    def adopt(visit: Visit = may(Part.LEAD, largest=_LARGEST)) -> Response:
        return _adopted(pages, visit)

    @router.get("/editions/carry")
    def look(source: str = "", visit: Visit = may(Part.LEAD)) -> Response:
        others = [key for key, _ in _others(pages)]
        if not source and not others:
            return pages.go(visit, "/editions")
        return _carry(pages, visit, source or others[0])

    @router.post("/editions/carry")
    def carry(visit: Visit = may(Part.LEAD, largest=_LARGEST)) -> Response:
        source = visit.typed.get("source", "")
        try:
            _carried(pages, visit, _source(pages, source))
        except Refusal as refusal:
            return _carry(pages, visit, source, refusal)
        return pages.go(visit, "/people")

    return router


def _year(pages: Pages, words: str) -> int:
    """The year that was typed; the one after this edition's where none was."""
    if not words:
        return pages.desk.edition.award.year + 1
    if not (words.isascii() and words.isdecimal() and len(words) == _SHORTEST_YEAR):
        raise Refusal(f"“{words[:20]}”不是一个年份。", next_step="请写四位年份，例如 2025。")
    return int(words)


def _adopted(pages: Pages, visit: Visit) -> Response:
    """The list of editions with the new one, or the draft again with what stands in its way."""
    said, year = visit.typed, _year(pages, visit.typed.get("year", ""))
    try:
        new_edition.adopt_draft(
            pages.desk, year, {key: word for key, word in said.items() if "." in key}, _ticked(said),
            expected=said.get("seen", ""), reason=said.get("reason", ""), officer_id=visit.visitor.officer_id or 0,
            now=visit.now,
        )  # fmt: skip
    except (Refusal, BadValue, BadConfiguration) as refusal:
        return _draft(pages, visit, year, refusal)
    return pages.go(visit, "/editions")


def _ticked(said: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name.removeprefix(_TICK) for name in said if name.startswith(_TICK))


def _draft(pages: Pages, visit: Visit, year: int, refusal: Refusal | None = None) -> Response:
    """The draft, date by date; after a refusal with what was typed and ticked."""
    drafted = new_edition.draft(pages.desk, year)
    made, said = drafted.made, visit.typed
    wrong = _wrong(refusal)
    dates = [_date(drafted.loaded, each, said) | {"wrong": each.key in wrong} for each in made.moved]
    texts = [
        {"name": name_of(each.key), "key": each.key, "before": each.before, "after": each.after}
        for each in made.reworded
    ]
    status = 200 if refusal is None else 422 if isinstance(refusal, BadConfiguration) else status_of(refusal)
    return pages.show(
        visit, "desk/edition_new", status=status, refusal=refusal, year=year, dates=dates, texts=texts, left=made.left,
        warnings=_warnings(pages.desk, drafted, visit), seen=drafted.loaded.sha256, reason=said.get("reason", ""),
        award=drafted.loaded.edition.award, wrong_reason=refusal is not None and "理由" in refusal.sentence,
    )  # fmt: skip


def _wrong(refusal: Refusal | None) -> frozenset[str]:
    """The keys of the dates that a refusal is about."""
    match refusal:
        case BadValue(key=key) | BadConfiguration(key=key):
            return frozenset({key})
        case new_edition.DatesOpen(keys=keys):
            return keys
        case _:
            return frozenset()


def _date(loaded: LoadedEdition, moved: Moved, said: Mapping[str, str]) -> dict[str, Any]:
    """One date as a row: what it was, what it is now (as typed), why it is not the same day."""
    opens = moved.key.endswith(".opens")
    day = moved.after if opens else moved.after - _INSTANT  # what closes at midnight has the day before as its last
    return {
        "key": moved.key, "name": name_of(moved.key), "before": moved.before, "after": moved.after, "off": moved.off,
        "opens": opens, "typed": said.get(moved.key, f"{moved.after:%Y-%m-%dT%H:%M}"),
        "ticked": f"{_TICK}{moved.key}" in said, "weekday": day.weekday(), "year": loaded.edition.award.year,
    }  # fmt: skip


def _warnings(desk: Desk, drafted: new_edition.Draft, visit: Visit) -> list[str]:
    """What a person must know of the whole draft before they adopt it."""
    past = [each for each in drafted.made.moved if each.after <= visit.now]
    found = [f"{drafted.made.warning}；公布后请先录入节假日，再核对日期。"] if drafted.made.warning else []
    if past:
        found.append(f"有 {len(past)} 个日期已经过去（最早 {desk.until(past[0].after)}），采用后会立即执行。")
    return found


def _others(pages: Pages) -> list[tuple[str, str]]:
    return [(desk.key, desk.edition.award.entry_name) for desk in pages.editions if desk.key != pages.desk.key]


def _source(pages: Pages, key: str) -> Desk:
    found = pages.editions.find(key)
    if found is None or found.key == pages.desk.key:
        raise NotAllowed("没有这一届可以带入。", next_step="请从“各届”页选择。")
    return found


def _carry(pages: Pages, visit: Visit, source: str, refusal: Refusal | None = None) -> Response:
    """Everybody of the other edition, with ticks; after a refusal with those that were set."""
    desk = _source(pages, source)
    with pages.desk.database.read() as session:
        found = carry_over.preview(session, pages.desk, desk)
    ticked = _ticked(visit.typed) if refusal else {row.key for row in found.rows if row.may_come}
    return pages.show(
        visit, "desk/edition_carry", status=status_of(refusal) if refusal else 200, refusal=refusal, source=source,
        name=desk.edition.award.entry_name, groups=_groups(found), seen=found.digest, ticked=ticked, tick=_TICK,
        may_come=sum(row.may_come for row in found.rows),
    )  # fmt: skip


def _groups(found: Preview) -> list[tuple[str, tuple[carry_over.Row, ...]]]:
    return [(label, rows) for kind, label in carry_over.KINDS.items() if (rows := found.of(kind))]


def _carried(pages: Pages, visit: Visit, source: Desk) -> None:
    with pages.desk.database.write() as session:
        carry_over.carry_out(
            session, pages.desk, source, _ticked(visit.typed), expected=visit.typed.get("seen", ""),
            officer_id=visit.visitor.officer_id or 0, now=visit.now,
        )  # fmt: skip
