"""Shows a released ranking with every tie step, spread, balanced ranks and what-ifs; before that, a seal."""

from fractions import Fraction

from fastapi import APIRouter
from starlette.responses import Response

from config.refusal import Refusal
from office import ranking_desk
from office.ranking_desk import Place, Result
from office.visitors import Part
from paperwork.sheets import Column, Value
from web import charts, language, list_sheet
from web.admission import may
from web.desk_rounds_frame import framed
from web.pages import Pages
from web.visit import Visit

MOST_PLACES = 9_999
OUTCOMES = {
    "chosen": ("ok", "入选"),
    "left_out": ("rest", "未入选"),
    "open": ("bad", "并列未决"),
    "below_quorum": ("warn", "未达法定人数"),
}


def routes(pages: Pages) -> APIRouter:
    """The addresses under ``/rounds/{round_key}/ranking``."""
    router = APIRouter()

    @router.get("/rounds/{round_key}/ranking")
    def shown(round_key: str, top: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        found: Result | None = None
        with pages.desk.database.read() as session:
            frame = framed(pages, visit, session, round_key, "ranking")
            if frame["standing"].phase == "released":
                found = ranking_desk.result(session, pages.desk, round_key, top=_top(top))
            session.expunge_all()

        def say(words: str) -> str:
            return language.say(words, visit.language)

        strips = charts.strips([_strip(place) for place in found.places], say=say) if found else ""
        severity = charts.severity(found.leniency, say=say) if found and found.leniency else ""
        return pages.show(
            visit, "desk/rounds_ranking", fragment="list" if found else "", **frame, found=found,
            outcomes=OUTCOMES, top=_top(top), strips=strips, severity=severity,
        )  # fmt: skip

    @router.get("/rounds/{round_key}/ranking.xlsx")
    def take_away(round_key: str, top: str = "", visit: Visit = may(Part.OFFICE, Part.SUPERVISOR)) -> Response:
        try:
            with pages.desk.database.read() as session:
                name = framed(pages, visit, session, round_key, "ranking")["standing"].round.name
                found = ranking_desk.result(session, pages.desk, round_key, top=_top(top))
                session.expunge_all()
        except Refusal as refusal:
            return pages.refuse(visit, refusal, status=422)
        return _sheet(pages, visit, f"{name}排名", found)

    return router


def _top(told: str) -> int | None:
    """How many places are tried; nothing for what is no number of places."""
    plain = told.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and 0 < int(plain[:6]) <= MOST_PLACES else None


def _strip(place: Place) -> charts.Strip:
    points = [Fraction(word) for _, word in place.points]
    label = f"{place.item.number} {place.item.title}"
    return charts.Strip(label, points, place.placed.printed, chosen=place.outcome == "chosen")


def _sheet(pages: Pages, visit: Visit, name: str, found: Result) -> Response:
    experts = sorted({expert for place in found.places for expert, _ in place.points})
    columns = [
        Column("名次", 8, "whole"), Column("编号", 12), Column("项目名称", 36), Column("申报单位", 28),
        Column("成绩", 10), Column("结果", 14), Column("标准差", 10, "points"), Column("极差", 10, "points"),
        Column("中位数", 10, "points"), Column("宽严校正后名次", 14, "whole"), Column("宽严校正后成绩", 14),
        Column("偏离较大的专家", 24), Column("同分处理", 50), *(Column(expert, 10, "points") for expert in experts),
    ]  # fmt: skip
    rows = [_row(place, experts) for place in found.places]
    told: list[tuple[Value, ...]] = [("同分", line) for line in found.ties]
    told += [("入选线", found.margin)] if found.margin else []
    told += [("仅印出位数之外有差别", pair) for pair in found.beyond_print]
    told += [(f"不计{one.what}", one.told) for one in found.without]
    told += [(one.what, one.told) for one in found.others]
    told += [("专家一致性（组内相关系数）", found.agreement)] if found.agreement else []
    words = [Column("事项", 30), Column("说明", 110)]
    return list_sheet.answer(pages, visit, name, [("排名", columns, rows), ("说明", words, told)])


def _row(place: Place, experts: list[str]) -> tuple[Value, ...]:
    own = dict(place.points)
    measured = place.spread
    return (
        place.placed.rank, place.item.number, place.item.title, place.item.unit, place.placed.printed,
        OUTCOMES[place.outcome][1], measured.sigma_sample if measured else None,
        float(measured.range) if measured else None, float(measured.median) if measured else None,
        place.balanced_rank, place.balanced, "、".join(place.far),
        "；".join(f"{step.label}：{step.printed}" for step in place.placed.tie_steps),
        *(float(Fraction(own[expert])) if expert in own else None for expert in experts),
    )  # fmt: skip
