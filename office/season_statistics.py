"""Counts an edition by endorser, category, province and kind of unit, as far as its results are told (R12, R137)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlmodel import Session, col, or_, select

from config.provinces import province_of
from office import unit_table
from office.desk import Desk
from paperwork.statistics_sheet import Breakdown, Counted, Matrix, Statistics
from records.tables.application import Application
from records.tables.endorser import Endorser
from records.tables.event import Event
from records.tables.scoring import Panel
from states.facts import State
from states.lifecycle import Trigger
from states.refusals import NotAllowed

UNKNOWN = "未识别"
BY_EXPERT, NOBODY = "推荐专家", "无推荐方"
_GONE = (State.DISQUALIFIED, State.WITHDRAWN)

Gates = Sequence[frozenset[int] | None]  # the applications that came to each gate; ``None`` while that is sealed


def require_entries(session: Session, desk: Desk) -> None:
    """`NotAllowed` while nothing was handed in: there is nothing to count."""
    entered = select(Application.id).where(Application.edition == desk.key, col(Application.submitted_at).is_not(None))
    if session.exec(entered.limit(1)).first() is None:
        raise NotAllowed("还没有提交的申报，没有可统计的。", next_step="有申报提交之后再生成。")


def told(session: Session, desk: Desk) -> Statistics:
    """The numbers as they are; finalists and winners from the release of their round on, ``None`` before."""
    items = session.exec(
        select(Application).where(Application.edition == desk.key, col(Application.submitted_at).is_not(None))
    ).all()
    gates = _gates(session, desk, items)
    endorsers = _endorsers(session, desk)
    places = _provinces(session, desk, items)
    edition = desk.edition
    kinds = (
        ("endorser", "推荐方", lambda it: _behind(endorsers, it), _endorser_labels(desk, endorsers)),
        ("category", "类别", lambda it: it.category, {each.key: each.name for each in edition.categories}),
        ("province", "省份", lambda it: places[it.unit] or UNKNOWN, _province_labels(items, places)),
        ("unit_type", "单位类型", lambda it: it.unit_type, {each.key: each.name for each in edition.unit_types}),
    )
    return Statistics(
        gates=_labels(desk),
        total=Counted("合计", tuple(None if came is None else len(came) for came in gates)),
        breakdowns=tuple(
            _breakdown(key, name, items, gates, of, labels)
            for key, name, of, labels in kinds
            if key != "endorser" or edition.endorsement.required
        ),
        matrix=_matrix(desk, items, endorsers),
        unplaced=tuple(sorted(unit for unit, place in places.items() if not place)),
    )


def _labels(desk: Desk) -> tuple[str, ...]:
    words, middle = desk.words, len(desk.edition.rounds) > 1
    finalists = (State.FINALIST.named(words),) if middle else ()
    return ("申报", "形审通过", *finalists, State.TOP_TEN.named(words))


def _gates(session: Session, desk: Desk, items: Sequence[Application]) -> Gates:
    """Who came to each gate and was not taken back; among the winners nobody who lost the title since (R113)."""
    reached = _reached(session, desk)
    released = set(
        session.exec(select(Panel.round).where(Panel.edition == desk.key, col(Panel.released_at).is_not(None)))
    )
    ids = frozenset(it.id or 0 for it in items)
    gone = frozenset(it.id or 0 for it in items if it.state in _GONE)
    gates: list[frozenset[int] | None] = [ids, reached[State.FORMALLY_CHECKED] & ids]
    if len(desk.edition.rounds) > 1:
        gates.append(reached[State.FINALIST] if desk.edition.rounds[0].key in released else None)
    gates.append(reached[State.TOP_TEN] - gone if desk.edition.deciding_round.key in released else None)
    return gates


def _reached(session: Session, desk: Desk) -> Mapping[State, frozenset[int]]:
    """Who ever came to these states, less who was taken back by an undo; who moves up comes to the notice itself."""
    wanted = {State.FORMALLY_CHECKED: State.FORMALLY_CHECKED, State.FINALIST: State.FINALIST}
    wanted |= dict.fromkeys((State.TOP_TEN, State.PUBLICIZED, State.ANNOUNCED), State.TOP_TEN)
    keys = [state.value for state in wanted]
    query = (
        select(Event.application_id, Event.kind, Event.state_from, Event.state_to)
        .where(Event.edition == desk.key, or_(col(Event.state_to).in_(keys), col(Event.state_from).in_(keys)))
        .order_by(col(Event.id))
    )
    found: dict[State, set[int]] = {gate: set() for gate in set(wanted.values())}
    for item, kind, before, after in session.execute(query):
        gate_before, gate_after = (wanted.get(State(each)) if each else None for each in (before, after))
        if kind == Trigger.UNDO and gate_before and gate_before is not gate_after:
            found[gate_before].discard(item)
        if gate_after:
            found[gate_after].add(item)
    return {gate: frozenset(ids) for gate, ids in found.items()}


def _breakdown(
    key: str, name: str, items: Sequence[Application], gates: Gates, of: Callable[[Application], str],
    labels: Mapping[str, str],
) -> Breakdown:  # fmt: skip
    """The groups in the order of their labels, also those that nobody is in; what has no label comes last."""
    mine = {it.id or 0: of(it) for it in items}
    counted = [None if came is None else Counter(mine[id_] for id_ in came if id_ in mine) for came in gates]
    keys = [*labels, *sorted(set(mine.values()) - set(labels))]
    groups = (
        Counted(labels.get(each, each), tuple(None if count is None else count[each] for count in counted), each)
        for each in keys
    )
    return Breakdown(key, name, tuple(groups))


def _endorsers(session: Session, desk: Desk) -> dict[int, Endorser]:
    rows = session.exec(select(Endorser).where(Endorser.edition == desk.key).order_by(col(Endorser.id)))
    return {row.id or 0: row for row in rows}


def _behind(endorsers: Mapping[int, Endorser], item: Application) -> str:
    """The key of the group of who stands behind an item: a society's id, or all experts as one."""
    found = endorsers.get(item.endorser_id or 0)
    if found is None:
        return NOBODY
    return str(found.id) if found.kind == "society" else BY_EXPERT


def _endorser_labels(desk: Desk, endorsers: Mapping[int, Endorser]) -> dict[str, str]:
    labels = {str(id_): each.name for id_, each in endorsers.items() if each.kind == "society"}
    return labels | ({BY_EXPERT: BY_EXPERT} if "expert" in desk.edition.endorsement.routes else {})


def _provinces(session: Session, desk: Desk, items: Sequence[Application]) -> dict[str, str]:
    """The province of each unit that applied: what the office's table says, else what its name tells."""
    said = {
        name: unit.province
        for unit in unit_table.units(session, desk)
        for name in (unit.name, *unit_table.told_of(unit).aliases)
        if unit.province
    }
    return {unit: said.get(unit) or province_of(unit) for unit in {it.unit for it in items}}


def _province_labels(items: Sequence[Application], places: Mapping[str, str]) -> dict[str, str]:
    """Those that occur, the most frequent first; who is of none comes last."""
    counts = Counter(places[it.unit] for it in items if places[it.unit])
    return {place: place for place, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))}


def _matrix(desk: Desk, items: Sequence[Application], endorsers: Mapping[int, Endorser]) -> Matrix:
    keys = [each.key for each in desk.edition.categories]
    counts = Counter((it.endorser_id or 0, it.category) for it in items)
    return Matrix(tuple(each.name for each in desk.edition.categories), tuple(_matrix_rows(keys, counts, endorsers)))


def _matrix_rows(
    keys: Sequence[str], counts: Mapping[tuple[int, str], int], endorsers: Mapping[int, Endorser]
) -> Iterator[Counted]:
    for id_, each in endorsers.items():
        if each.kind == "society":
            yield Counted(each.name, tuple(counts.get((id_, key), 0) for key in keys), str(id_))
