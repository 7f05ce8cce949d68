"""The page and the drawing of the lifecycle are the lifecycle: nothing missing, nothing stale, nothing drawn over."""

import runpy
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from house_rules import ROOT

from states.drawing import HEIGHT, LANES, PLACES, WIDTH, forward_pairs, inverse_pairs, route, svg
from states.facts import MAIN_ROAD, State
from states.lifecycle import LIFECYCLE, machine

MADE = runpy.run_path(str(ROOT / "docs" / "make_lifecycle.py"))
SVG = "{http://www.w3.org/2000/svg}"
HALF_WIDTH, HALF_HEIGHT = 54, 18


def drawn(counts: dict[State, int] | None = None) -> ET.Element:
    return ET.fromstring(svg(counts))


def lines(kind: str) -> list[tuple[str, str]]:
    """The moves that are drawn as this kind of line."""
    paths = [path for path in drawn().iter(f"{SVG}path") if path.get("data-from")]
    return [(path.attrib["data-from"], path.attrib["data-to"]) for path in paths if path.get("class") == kind]


def moves(name: str | None = None) -> set[tuple[str, str]]:
    """The moves that the machine holds, of one trigger or of all."""
    return {
        (source, way.dest)
        for trigger, event in machine().events.items()
        for source, ways in event.transitions.items()
        for way in ways
        if name in (None, trigger)
    }


def test_the_page_is_current() -> None:
    """Otherwise: python docs/make_lifecycle.py."""
    assert (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8") == MADE["page"]()


def test_the_drawing_is_current() -> None:
    """Otherwise: python docs/make_lifecycle.py."""
    assert (ROOT / "docs" / "lifecycle.svg").read_text(encoding="utf-8") == svg()


def test_the_page_names_every_trigger_state_condition_and_letter() -> None:
    page = MADE["page"]()
    names = {row.trigger.value for row in LIFECYCLE} | {state.value for state in State}
    names |= {guard.name for row in LIFECYCLE for guard in row.guards if not guard.name.startswith("came_from_")}
    names |= {f"{row.trigger}.{name}" for row in LIFECYCLE for name in row.letters}
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_the_nodes_are_the_machines_states() -> None:
    nodes = [group.attrib["data-state"] for group in drawn().iter(f"{SVG}g") if group.get("data-state")]
    assert sorted(nodes) == sorted(machine().states)
    assert set(PLACES) == set(State)


def test_the_lines_are_the_machines_moves_each_once() -> None:
    ahead, back = lines("road") + lines("ahead"), lines("back")
    assert sorted(ahead + back) == sorted(moves())
    assert set(back) == (moves("undo") | moves("reinstate")) - set(ahead)


def test_the_main_road_is_straight_and_drawn_as_such() -> None:
    pairs = list(pairwise(MAIN_ROAD))
    assert set(lines("road")) == {(a.value, b.value) for a, b in pairs}
    assert all(len(route(*pair)) == 2 for pair in pairs)
    assert len({PLACES[state][1] for state in MAIN_ROAD}) == 1


@pytest.mark.parametrize("pair", forward_pairs(), ids="-".join)
def test_a_line_begins_and_ends_at_its_boxes_and_runs_through_no_other(pair: tuple[State, State]) -> None:
    points = route(*pair)
    for state, (x, y) in zip(pair, (points[0], points[-1]), strict=True):
        assert _touches(state, x, y), f"{state} {x} {y}"
    for (x1, y1), (x2, y2) in pairwise(points):
        assert x1 == x2 or y1 == y2
        crossed = [state for state in State if state not in pair and _runs_through(state, x1, y1, x2, y2)]
        assert crossed == []


def test_no_two_boxes_touch_and_all_stand_inside_a_lane() -> None:
    for state, (x, y, _) in PLACES.items():
        assert any(left <= x - HALF_WIDTH and x + HALF_WIDTH <= right for left, right, _ in LANES), state
        assert HALF_HEIGHT < y < HEIGHT - HALF_HEIGHT
        others = [PLACES[other] for other in State if other is not state]
        assert all(abs(x - ox) > 2 * HALF_WIDTH or abs(y - oy) > 2 * HALF_HEIGHT for ox, oy, _ in others), state
    assert max(right for _, right, _ in LANES) <= WIDTH


def test_shared_dashes_fall_together() -> None:
    """Dashes are 3 and 3 long: on a grid of 6, lines that share a stretch do not fill each other's gaps."""
    corners = [point for source, target in inverse_pairs() for point in route(target, source)]
    assert {(x % 6, y % 6) for x, y in corners} == {(0, 0)}


def test_counts_stand_on_their_states_and_nowhere_else() -> None:
    counts = {State.DRAFT: 4, State.FIRST_ROUND: 71, State.LAPSED: 0}
    seen = {}
    for group in drawn(counts).iter(f"{SVG}g"):
        numbers = [text.text for text in group.iter(f"{SVG}text") if text.get("class") == "number"]
        if numbers:
            seen[group.attrib["data-state"]] = numbers
    assert seen == {"draft": ["4"], "first_round": ["71"]}


def test_the_drawing_needs_no_style_and_no_script() -> None:
    """A strict content policy stands over the pages that hold it."""
    assert {element.tag.removeprefix(SVG) for element in drawn().iter()} <= {
        "svg", "defs", "marker", "path", "rect", "g", "text", "title",
    }  # fmt: skip
    assert not [element for element in drawn().iter() if "style" in element.attrib]


def _touches(state: State, x: int, y: int) -> bool:
    px, py, _ = PLACES[state]
    on_side = abs(x - px) == HALF_WIDTH and abs(y - py) <= HALF_HEIGHT
    on_level = abs(y - py) == HALF_HEIGHT and abs(x - px) <= HALF_WIDTH
    return on_side or on_level


def _runs_through(state: State, x1: int, y1: int, x2: int, y2: int) -> bool:
    x, y, _ = PLACES[state]
    apart = max(x1, x2) <= x - HALF_WIDTH or min(x1, x2) >= x + HALF_WIDTH
    return not (apart or max(y1, y2) <= y - HALF_HEIGHT or min(y1, y2) >= y + HALF_HEIGHT)
