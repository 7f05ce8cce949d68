"""Reads from an address what the office asks of the list of applications, and writes it back as one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from office.case_list import Order, Wanted
from states.facts import State

# Columns beside the number and the title, with their Chinese heads.
COLUMNS: Mapping[str, str] = {
    "unit": "申报单位", "unit_type": "单位类型", "category": "类别", "endorser": "推荐方", "state": "状态",
    "since": "到达", "due": "期限",
}  # fmt: skip
_LONGEST_ID = 18  # digits; every store holds such a number
USUAL = ("unit", "endorser", "state", "due")
ORDERS: Mapping[Order, str] = {
    Order.NUMBER: "编号，新的在前", Order.SINCE: "到达，近的在前", Order.DUE: "期限，近的在前",
}  # fmt: skip
TONES = {
    State.RETURNED: "warn", State.REJECTED: "bad", State.LAPSED: "bad", State.DISQUALIFIED: "bad",
    State.TOP_TEN: "gold", State.PUBLICIZED: "gold", State.ANNOUNCED: "gold", State.DRAFT: "rest",
    State.WITHDRAWN: "rest", State.NOT_SHORTLISTED: "rest", State.NOT_SELECTED: "rest",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the list: which applications, in which order, and which columns are looked at."""

    wanted: Wanted
    columns: tuple[str, ...] = USUAL

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return replace(self.wanted, order=Order.NUMBER) == Wanted()

    def address(self, **more: object) -> str:
        """The same list as an address to share; what is usual is left away."""
        query = self.query(**more)
        return f"/cases?{query}" if query else "/cases"

    def query(self, **more: object) -> str:
        """The part of the address after the question mark, always in the same order."""
        wanted = self.wanted
        pairs: list[tuple[str, object]] = [
            ("q", wanted.words),
            *(("state", state.value) for state in wanted.states),
            ("category", wanted.category),
            ("type", wanted.unit_type),
            ("endorser", wanted.endorser_id or ""),
            ("order", "" if wanted.order is Order.NUMBER else wanted.order.value),
            *(("column", column) for column in (() if self.columns == USUAL else self.columns)),
            *more.items(),
        ]
        return urlencode([(name, value) for name, value in pairs if value != ""])


def read(query: QueryParams | str) -> Asked:
    """What an address asks for; what is not known to this house is passed over, so that old addresses still open."""
    told = QueryParams(query) if isinstance(query, str) else query
    wanted = Wanted(
        states=tuple(State(state) for state in _known(told.getlist("state"), State)),
        category=told.get("category", ""),
        unit_type=told.get("type", ""),
        endorser_id=id_of(told.get("endorser", "")),
        words=told.get("q", "").strip(),
        order=Order(told["order"]) if told.get("order") in set(Order) else Order.NUMBER,
    )
    chosen = told.getlist("column")
    return Asked(wanted, tuple(key for key in COLUMNS if key in chosen) or USUAL)


def id_of(told: str) -> int | None:
    """The id that an address or a form tells, if it could be one of ours."""
    return int(told) if told.isascii() and told.isdigit() and len(told) <= _LONGEST_ID else None


def _known(told: Iterable[str], known: Iterable[str]) -> list[str]:
    """What was told, each once, as far as it is known."""
    among = set(known)
    return [each for each in dict.fromkeys(told) if each in among]
