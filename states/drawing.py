"""Draws the lifecycle as one SVG: the places stand in a table, the lines are made from the lifecycle's rows.

Coordinates are SVG user units, all multiples of `_GRID`, so that dashes of lines that share a stretch fall together.
Colours stand as attributes for a reader without a stylesheet; a page's stylesheet goes over them by class.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from states.facts import MAIN_ROAD, State
from states.lifecycle import FORWARD, LIFECYCLE, Trigger
from states.words import PLAIN, Words

S = State
Point = tuple[int, int]
Pair = tuple[State, State]

WIDTH, HEIGHT = 1608, 444
_GRID = 6
_HALF_WIDTH, _HALF_HEIGHT = 54, 18
_ROAD, _TOP, _ARC, _BACK, _SIDE, _RAIL = 168, 66, 120, 252, 330, 402  # heights, from the main road outwards
_ASIDE = 5  # how far a dashed line runs beside the one that it takes back
_CORNER = 8
_LAST = 1530

# Where each state stands (its centre) and its tone.
PLACES: dict[State, tuple[int, int, str]] = {
    S.DRAFT: (66, _ROAD, "road"),
    S.SUBMITTED: (234, _ROAD, "road"),
    S.ENDORSED: (480, _ROAD, "road"),
    S.FORMALLY_CHECKED: (672, _ROAD, "road"),
    S.FIRST_ROUND: (840, _ROAD, "road"),
    S.FINALIST: (1026, _ROAD, "road"),
    S.TOP_TEN: (1194, _ROAD, "gold"),
    S.PUBLICIZED: (1362, _ROAD, "road"),
    S.ANNOUNCED: (_LAST, _ROAD, "gold"),
    S.RETURNED: (354, _BACK, "warn"),
    S.LAPSED: (126, _SIDE, "bad"),
    S.REJECTED: (414, _SIDE, "bad"),
    S.NOT_SHORTLISTED: (882, _SIDE, "rest"),
    S.NOT_SELECTED: (1068, _SIDE, "rest"),
    S.WITHDRAWN: (_LAST, _RAIL, "rest"),
    S.DISQUALIFIED: (_LAST, _TOP, "bad"),
}

LANES: tuple[tuple[int, int, str], ...] = (
    (6, 552, "申报与推荐"),
    (558, 744, "形式审查"),
    (750, 948, "{first}"),
    (954, 1266, "{last}"),
    (1272, 1602, "公示与公布"),
)

# Where a state's line downwards begins, when not in its middle.
_STEMS = {S.DRAFT: 36, S.SUBMITTED: 210, S.ENDORSED: 498, S.RETURNED: 330, S.FIRST_ROUND: 804, S.FINALIST: 1002}

# Lines that follow no rule.
_WAYS: dict[Pair, tuple[Point, ...]] = {
    (S.SUBMITTED, S.RETURNED): ((264, 186), (264, _BACK), (300, _BACK)),
    (S.ENDORSED, S.RETURNED): ((450, 186), (450, _BACK), (408, _BACK)),
    (S.SUBMITTED, S.FORMALLY_CHECKED): ((252, 150), (252, _ARC), (642, _ARC), (642, 150)),
    (S.FIRST_ROUND, S.TOP_TEN): ((864, 150), (864, _ARC), (1164, _ARC), (1164, 150)),
    (S.ANNOUNCED, S.DISQUALIFIED): ((_LAST, 150), (_LAST, 84)),
    (S.NOT_SHORTLISTED, S.FINALIST): ((936, _SIDE), (978, _SIDE), (978, 186)),
    (S.NOT_SELECTED, S.PUBLICIZED): ((1122, _SIDE), (1332, _SIDE), (1332, 186)),
}

# Words on lines, by where their middle stands.
_WORDS: tuple[tuple[int, int, str], ...] = (
    (150, _ROAD - 8, "提交"),
    (357, _ROAD - 8, "推荐"),
    (576, _ROAD - 8, "审查通过"),
    (756, _ROAD - 8, "进入"),
    (933, _ROAD - 8, "入围"),
    (1110, _ROAD - 8, "入选"),
    (1278, _ROAD - 8, "公示"),
    (1446, _ROAD - 8, "公布"),
    (366, _ARC - 7, "不设推荐的届次"),
    (1095, _ARC - 7, "只设一轮的届次"),
    (957, _SIDE - 8, "递补"),
    (1236, _SIDE - 8, "设递补的届次"),
    (1424, _TOP - 8, "取消资格"),
    (1424, _RAIL - 8, "撤回"),
)
_LEGEND = "粗线：主路　细线：其他步骤　虚线：撤销操作、恢复资格，沿原路退回"

_PAPER, _QUIET = "#ffffff", "#5d6b80"
_STROKES = {"road": ("#1d4f9c", 2.4), "ahead": ("#8593a8", 1.5), "back": ("#b9c3d1", 1.2)}
_TONES = {
    "road": (_PAPER, "#1d4f9c", "#163f80"),
    "gold": ("#fbf3df", "#a8781a", "#845c0e"),
    "warn": ("#fdf1dc", "#99610a", "#8a5608"),
    "bad": ("#fdecea", "#c0392b", "#a82f22"),
    "rest": ("#eef1f5", "#9aa7b8", "#46566a"),
}


def forward_pairs() -> dict[Pair, list[Trigger]]:
    """Every move that the table's forward rows allow, with the triggers that make it."""
    pairs: dict[Pair, list[Trigger]] = {}
    for row in FORWARD:
        for source in row.sources:
            pairs.setdefault((source, row.target), []).append(row.trigger)
    return pairs


def inverse_pairs() -> dict[Pair, list[Trigger]]:
    """Every move that only takes another one back: drawn dashed, and once where a forward move goes the same way."""
    forward = forward_pairs()
    pairs: dict[Pair, list[Trigger]] = {}
    for row in LIFECYCLE:
        if row.inverse:
            for source in row.sources:
                if (source, row.target) not in forward:
                    pairs.setdefault((source, row.target), []).append(row.trigger)
    return pairs


def route(source: State, target: State) -> tuple[Point, ...]:
    """The corners of the line of a forward move, from the edge of one box to the edge of the other."""
    if (source, target) in _WAYS:
        return _WAYS[source, target]
    if (target, source) in _WAYS:
        return _WAYS[target, source][::-1]
    (x, y, _), (to_x, to_y, _) = PLACES[source], PLACES[target]
    if y == to_y:
        return (x + _HALF_WIDTH, y), (to_x - _HALF_WIDTH, y)
    if to_y > y:
        x, y = _STEMS.get(source, x), y + _HALF_HEIGHT
    else:
        y -= _HALF_HEIGHT
    return (x, y), (x, to_y), (to_x - _HALF_WIDTH if x < to_x else to_x + _HALF_WIDTH, to_y)


def svg(counts: Mapping[State, int] | None = None, words: Words = PLAIN, *, link: str = "") -> str:
    """The drawing as one ``<svg>`` element, labelled in an edition's words.

    ``counts`` puts the number of applications on each state that has any. ``link`` is an address to which a state's
    key is added: each state then leads there.
    """
    opening = (
        f'<svg class="state-map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="{"group" if link else "img"}" '
        'aria-label="申报项目的状态与流转" font-family="PingFang SC,Microsoft YaHei,Noto Sans CJK SC,sans-serif" '
        'font-size="14">'
    )
    parts = [
        opening,
        _markers(),
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" rx="12" fill="{_PAPER}"/>',
        *(_lane(left, right, words.fill(label)) for left, right, label in LANES),
        *_lines(words),
        *(_word(*word) for word in _WORDS),
        f'<text class="word" x="18" y="{HEIGHT - 16}" fill="{_QUIET}" font-size="12">{_LEGEND}</text>',
        *(_linked(_node(state, counts, words), state, link) for state in State),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _markers() -> str:
    """One arrowhead for each kind of line."""
    head = 'viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" orient="auto"'
    made = [
        f'<marker id="{kind}-head" {head} markerWidth="{size}" markerHeight="{size}">'
        f'<path class="{kind}-head" d="M0 0.6 8 4 0 7.4z" fill="{_STROKES[kind][0]}"/></marker>'
        for kind, size in (("road", 11), ("ahead", 9), ("back", 7))
    ]
    return f"<defs>{''.join(made)}</defs>"


def _lane(left: int, right: int, label: str) -> str:
    return (
        f'<g class="lane"><rect x="{left}" y="6" width="{right - left}" height="{HEIGHT - 12}" rx="8" fill="#f8fafc" '
        f'stroke="#e4e9f0"/><text x="{left + 12}" y="28" fill="{_QUIET}" font-size="13">{label}</text></g>'
    )


def _lines(words: Words) -> Iterator[str]:
    """Dashed ones first: the way forward lies on top, the main road on top of all."""
    for (source, target), triggers in inverse_pairs().items():
        yield _line("back", _beside(route(target, source)[::-1]), (source, target), triggers, words)
    road = set(pairwise(MAIN_ROAD))
    for pair, triggers in sorted(forward_pairs().items(), key=lambda each: each[0] in road):
        yield _line("road" if pair in road else "ahead", route(*pair), pair, triggers, words)


def _line(kind: str, points: Sequence[Point], pair: Pair, triggers: Sequence[Trigger], words: Words) -> str:
    source, target = pair
    what = "、".join(dict.fromkeys(trigger.named(words) for trigger in triggers))
    color, width = _STROKES[kind]
    dashes = ' stroke-dasharray="3 3"' if kind == "back" else ""
    return (
        f'<path class="{kind}" d="{_rounded(points)}" fill="none" stroke="{color}" stroke-width="{width}"{dashes} '
        f'marker-end="url(#{kind}-head)" data-from="{source}" data-to="{target}">'
        f"<title>{what}：{source.named(words)} → {target.named(words)}</title></path>"
    )


def _rounded(points: Sequence[Point]) -> str:
    """The path through these corners, each taken in a small curve."""
    words = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        (x1, y1), (x2, y2) = _towards(corner, before), _towards(corner, after)
        words.append(f"L{x1} {y1}Q{corner[0]} {corner[1]} {x2} {y2}")
    return "".join([*words, f"L{points[-1][0]} {points[-1][1]}"])


def _towards(corner: Point, other: Point) -> Point:
    dx, dy = _heading(corner, other)
    return corner[0] + dx * _CORNER, corner[1] + dy * _CORNER


def _heading(start: Point, end: Point) -> Point:
    """Left, right, up or down, as one step; every line runs along the grid."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    return (dx > 0) - (dx < 0), (dy > 0) - (dy < 0)


def _beside(points: Sequence[Point]) -> list[Point]:
    """The same line moved to its left-hand side, corners included."""
    headings = [_heading(start, end) for start, end in pairwise(points)]
    sides = [(dy * _ASIDE, -dx * _ASIDE) for dx, dy in headings]
    moved = [(points[0][0] + sides[0][0], points[0][1] + sides[0][1])]
    for (x, y), one, other in zip(points[1:], sides, sides[1:], strict=False):
        moved.append((x + one[0] + other[0], y + one[1] + other[1]))
    return [*moved, (points[-1][0] + sides[-1][0], points[-1][1] + sides[-1][1])]


def _word(x: int, y: int, word: str) -> str:
    return f'<text class="word" x="{x}" y="{y}" text-anchor="middle" fill="{_QUIET}" font-size="12">{word}</text>'


def _node(state: State, counts: Mapping[State, int] | None, words: Words) -> str:
    x, y, tone = PLACES[state]
    fill, edge, ink = _TONES[tone]
    count = (counts or {}).get(state, 0)
    here = " on" if count else ""
    label = state.named(words)
    title = f"{label}（{state}）" + (f"：{count} 项" if count else "")
    return (
        f'<g class="node {tone}{here}" data-state="{state}"><title>{title}</title>'
        f'<rect x="{x - _HALF_WIDTH}" y="{y - _HALF_HEIGHT}" width="{2 * _HALF_WIDTH}" height="{2 * _HALF_HEIGHT}" '
        f'rx="8" fill="{fill}" stroke="{edge}" stroke-width="1.4"/>'
        f'<text x="{x}" y="{y + 5}" text-anchor="middle" fill="{ink}">{label}</text>{_badge(x, y, count)}</g>'
    )


def _linked(node: str, state: State, link: str) -> str:
    return f'<a id="to-{state}" href="{link}{state}">{node}</a>' if link else node


def _badge(x: int, y: int, count: int) -> str:
    """The number of applications, on the upper right corner of its box."""
    if not count:
        return ""
    width = max(24, 14 + 8 * len(str(count)))
    left = x + _HALF_WIDTH + 8 - width
    return (
        f'<rect class="badge" x="{left}" y="{y - 30}" width="{width}" height="20" rx="10" fill="#1d4f9c"/>'
        f'<text class="number" x="{left + width / 2:g}" y="{y - 15}" text-anchor="middle" fill="{_PAPER}" '
        f'font-size="12.5" font-weight="650">{count}</text>'
    )
