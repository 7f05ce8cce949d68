"""Gives every page of the rounds' desk what its frame shows: the rounds, the parts of the desk, who may act."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from config.refusal import Refusal
from office import rounds_desk
from office.visitors import NoSuchCase, Part
from web.pages import Pages
from web.refusal_codes import status_of
from web.visit import Visit

# The parts of a round's desk: the end of the address, what it is called.
PARTS: Mapping[str, str] = {
    "": "进度",
    "panel": "专家组",
    "conflicts": "回避",
    "assignment": "分派",
    "sheets": "纸质评分表",
    "ranking": "排名",
}


def framed(pages: Pages, visit: Visit, session: Session, round_key: str, part: str) -> dict[str, Any]:
    """What the frame of one part shows; `NoSuchCase` for a round that the edition has not."""
    if pages.desk.edition.round(round_key) is None:
        raise NoSuchCase("本届没有这一轮评审。", next_step="请从“评审”中选择。")
    return {
        "standing": rounds_desk.standing(session, pages.desk, round_key),
        "round_key": round_key,
        "rounds": pages.desk.edition.rounds,
        "parts": PARTS,
        "part": part,
        "may_act": Part.OFFICE in visit.visitor.parts,
        "leads": Part.LEAD in visit.visitor.parts,
        "typed": visit.typed,
    }


def code(refusal: Refusal | None) -> int:
    """The status of a page with, or without, a refusal on it."""
    return status_of(refusal) if refusal else 200
