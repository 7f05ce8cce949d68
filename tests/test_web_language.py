"""What the pages say in English, and how they look: one table, one set of colours that can be read in both lights."""

import re
from itertools import pairwise

import pytest
from house_rules import ROOT

from office import conflicts_desk, panels, paper_sheets
from office.visitors import Part
from records.tables.letter import LetterState
from states.facts import State
from states.lifecycle import Trigger
from web import case_told, desk_rounds_assignment, desk_rounds_frame, desk_rounds_ranking, mine_slots, overview_facts
from web.corner import _WEEKDAYS
from web.language import Language, english, say, tables
from web.navigation import PLACES

TEMPLATES = sorted((ROOT / "web" / "templates").rglob("*.html"))
CSS = (ROOT / "web" / "static" / "linxuan.css").read_text(encoding="utf-8")
SAID = re.compile(r"""\b_\(\s*(?:"([^"]*)"|'([^']*)')""")
PLAIN_PAGES = {"components.html", "report.html", "report_page.html"}  # for builders; a file that stands by itself


def literals() -> set[str]:
    """Every text that a template asks to be said."""
    found = (SAID.findall(file.read_text(encoding="utf-8")) for file in TEMPLATES if file.name not in PLAIN_PAGES)
    return {double or single for each in found for double, single in each}


def facts() -> set[str]:
    """Every text of ours that a page says by way of a fact."""
    said = {part.label for part in Part} | {state.label for state in State} | {trigger.label for trigger in Trigger}
    said |= {place.label for place in PLACES} | {place.group for place in PLACES}
    said |= {label for label, _ in overview_facts.LETTERS.values()} | {f"周{day}" for day in _WEEKDAYS}
    said |= {words for row in case_told._SAYS.values() for words in row[:3]}
    said |= {words for words, _ in [*mine_slots._VERDICTS.values(), mine_slots._UNREAD]}
    said |= {*desk_rounds_frame.PARTS.values(), *desk_rounds_assignment.WAYS.values(), *paper_sheets.STATES.values()}
    said |= {*desk_rounds_assignment.MATCHES.values(), *conflicts_desk.KINDS.values(), *panels.MEMBER_TYPES.values()}
    said |= {words for _, words in desk_rounds_ranking.OUTCOMES.values()}
    return said - {""}


def test_every_text_of_a_page_has_its_english() -> None:
    assert sorted(literals() - english().keys()) == []


def test_every_label_that_a_page_shows_has_its_english() -> None:
    assert len(LetterState) <= len(facts())
    assert sorted(facts() - english().keys()) == []


def test_the_tables_say_each_text_in_one_way_and_with_the_same_facts() -> None:
    for name, table in tables().items():
        assert [chinese for chinese, said in table.items() if english()[chinese] != said] == [], name
    for chinese, said in english().items():
        assert said.strip(), chinese
        assert not re.search(r"[\u4e00-\u9fff]", said), chinese
        assert set(re.findall(r"\{\w+\}", chinese)) == set(re.findall(r"\{\w+\}", said)), chinese


def test_what_has_no_english_stays_as_it_is() -> None:
    assert say("甲单位", Language.ENGLISH) == "甲单位"
    assert say("登录", Language.ENGLISH) == "Sign in"
    assert say("登录", Language.CHINESE) == "登录"


# --- colours --------------------------------------------------------------------------------------------------------


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


def blocks() -> list[str]:
    return re.findall(r":root[^{]*\{([^}]*)\}", CSS)


LIGHT, DARK = tokens(blocks()[0]), tokens(blocks()[0]) | tokens(blocks()[1])
TEXT_ON = [
    *((ink, ground) for ink in ("ink", "ink2", "ink3") for ground in ("bg", "sf", "sf2")),
    *((tone, ground) for tone in ("ok", "warn", "seal", "gold", "brand") for ground in ("sf",)),
    *((tone, f"{tone}-t") for tone in ("ok", "warn", "seal", "gold")),
    ("brand2", "brand-t"), ("ink2", "mut-t"), ("ink3", "mut-t"), ("on-brand", "brand"), ("on-brand", "brand2"),
    ("side-t", "side"), ("side-t", "side3"),
]  # fmt: skip


def luminance(colour: str) -> float:
    full = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON, ids=lambda name: name)
def test_text_can_be_read_on_its_ground(theme: dict[str, str], ink: str, ground: str) -> None:
    """4.5 to 1, also where a checker in the browser does not look: in drawings."""
    assert contrast(theme[ink], theme[ground]) >= 4.5


def test_dark_is_the_same_by_choice_and_by_system() -> None:
    _, by_system, by_choice = blocks()
    assert by_system.split() == by_choice.split()
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_the_styles_keep_to_what_old_browsers_know() -> None:
    """Chromium 86 and Safari 14: no layers, no nesting, no `:has()`, no `color-mix()`, no `inset`."""
    assert re.findall(r"@layer|:has\(|color-mix|[\s{;]inset:|&[\s:.]", CSS) == []


def test_the_five_colours_of_the_fields_differ() -> None:
    for theme in (LIGHT, DARK):
        five = sorted(luminance(theme[f"c{n}"]) for n in range(1, 6))
        assert all(one != other for one, other in pairwise(five))
