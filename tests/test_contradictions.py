"""What contradicts itself in an edition is refused, with its key and the cure."""

import re
from datetime import date

import pytest
from edition_texts import HARBOUR, LOADED, TEXT, refusal_of, replaced

from config.contradictions import contradictions
from config.editions_file import load_edition, parse_edition
from config.refusal import BadConfiguration
from config.workdays import DayKind, Workdays

E = LOADED.edition


def in_round(index: int, key: str, value: str) -> str:
    """The text with one leaf of one round changed."""
    place = [found.start() for found in re.finditer(r"^\[\[rounds\]\]", TEXT, re.MULTILINE)][index]
    changed, count = re.subn(
        rf"^{key} = {{ value = .*?(, (?:r|a|assumed) = )",
        rf"{key} = {{ value = {value}\1",
        TEXT[place:],
        count=1,
        flags=re.MULTILINE,
    )
    assert count == 1
    return TEXT[:place] + changed


SWAPS = [
    ("submission.closes", "2024-08-16T00:00:00+08:00", "2024-05-29T00:00:00+08:00"),
    ("endorsement.closes", "2024-08-23T00:00:00+08:00", "2024-08-15T00:00:00+08:00"),
    ("check.due", "2024-08-31T00:00:00+08:00", "2024-08-22T00:00:00+08:00"),
    ("rounds[0].opens", "2024-09-09T09:00:00+08:00", "2024-08-30T09:00:00+08:00"),
    ("rounds[0].locks", "2024-10-12T18:00:00+08:00", "2024-09-09T09:00:00+08:00"),
    ("rounds[0].result_due", "2024-10-16T00:00:00+08:00", "2024-10-12T00:00:00+08:00"),
    ("rounds[1].opens", "2024-10-25T08:30:00+08:00", "2024-10-15T08:30:00+08:00"),
    ("rounds[1].locks", "2024-10-25T18:00:00+08:00", "2024-10-25T08:00:00+08:00"),
    ("rounds[1].result_due", "2024-11-01T00:00:00+08:00", "2024-10-25T12:00:00+08:00"),
    ("notice.posted", "2024-11-01T09:00:00+08:00", "2024-10-31T09:00:00+08:00"),
    ("announcement.at", "2024-11-29T10:00:00+08:00", "2024-11-01T08:00:00+08:00"),
]


class TestWhatContradictsItself:
    """Faults of sense."""

    @pytest.mark.parametrize(("key", "old", "new"), SWAPS)
    def test_an_instant_before_the_one_it_follows(self, key: str, old: str, new: str) -> None:
        refusal = refusal_of(replaced((old, new)))
        assert refusal.key == key
        assert "之后" in refusal.sentence

    def test_the_endorsement_may_close_with_the_submission(self) -> None:
        parse_edition(replaced(("2024-08-23T00:00:00+08:00", "2024-08-16T00:00:00+08:00")), name="x")

    def test_the_announcement_before_the_end_of_the_notice(self) -> None:
        """R35: the window of seven days ends on 9 November at 00:00."""
        refusal = refusal_of(replaced(("2024-11-29T10:00:00+08:00", "2024-11-08T23:59:59+08:00")))
        assert refusal.key == "announcement.at"
        assert "2024-11-09 00:00" in refusal.sentence
        parse_edition(replaced(("2024-11-29T10:00:00+08:00", "2024-11-09T00:00:00+08:00")), name="x")

    def test_the_end_of_the_notice_follows_the_table_of_the_office(self) -> None:
        text = replaced(("2024-11-29T10:00:00+08:00", "2024-11-09T00:00:00+08:00"))
        day_off = date(2024, 11, 8)
        with pytest.raises(BadConfiguration, match="公示尚未期满"):
            parse_edition(text, name="x", workdays=Workdays({day_off: DayKind.HOLIDAY}))

    @pytest.mark.parametrize(
        ("text", "key", "sentence"),
        [
            (in_round(1, "places", "20"), "rounds[1].places", "终评要选 20 项，但初评只选出 15 项"),
            (in_round(0, "quorum", "0"), "rounds[0].quorum", "不在 0 与 1 之间"),
            (in_round(1, "quorum", "1.01"), "rounds[1].quorum", "不在 0 与 1 之间"),
            (in_round(0, "lowest", "100"), "rounds[0].lowest", "不低于最高分"),
            (in_round(1, "step", "0.3"), "rounds[1].step", "到不了最高分"),
            (in_round(1, "step", "0"), "rounds[1].step", "到不了最高分"),
            (in_round(1, "reason_below", "99.5"), "rounds[1].reason_below", "次序不对"),
            (in_round(1, "reason_above", "101"), "rounds[1].reason_below", "超出分数范围"),
            (in_round(1, "tie_criterion", '"beauty"'), "rounds[1].tie_criterion", "没有“beauty”这项标准"),
            (in_round(0, "carry_percent", "20"), "rounds[0].carry_percent", "没有可带入的分数"),
            (replaced(('talk_seconds = { value = 600, r = "R103", a = "A29" }\n', "")),
             "rounds[1].talk_seconds", "陈述"),
            (replaced(("points = { value = 40", "points = { value = 41")), "criteria", "合计 101 分"),
            (replaced(('"专利及授权情况", points = 10', '"专利及授权情况", points = 9')),
             "criteria[0].aspects", "合计 39 分，标准为 40 分"),
            (replaced(("value = 5000", "value = 4800")), "form.words_limit", "次序不对"),
            (replaced(("value = 5100", "value = 4999")), "form.words_limit", "次序不对"),
            (re.sub(r"\[video\].*?(?=\[letter\])", "", TEXT, flags=re.DOTALL), "slots[1].reader", "没有 [video] 一节"),
            (replaced(('slot = { value = "letter", r = "R88" }', 'slot = { value = "lettre", r = "R88" }')),
             "check.human_lines[4].slot", "没有“lettre”"),
            (replaced(("Asia/Shanghai", "Asia/Shangai")), "award.zone", "没有“Asia/Shangai”这个时区"),
            (replaced(("Asia/Shanghai", "../Shanghai")), "award.zone", "这个时区"),
            (re.sub(r"closes = \{ value = 2024-08-23.*\n", "", TEXT), "endorsement.closes", "没有推荐截止时刻"),
            (re.sub(r"societies = \{ value = \[.*?\n\], r", "societies = { value = [], r", TEXT, flags=re.DOTALL),
             "endorsement.societies", "没有列出学会"),
            (replaced(('value = ["society", "expert"]', "value = []")), "endorsement.routes", "没有推荐途径"),
            (re.sub(r"redo_working_days = .*\n", "", TEXT), "endorsement.redo_working_days", "没有留出推荐时间"),
            (replaced(('key = { value = "service", r = "R8" }', 'key = { value = "product", r = "R8" }')),
             "categories[3]", "“product”重复"),
            (replaced(('short = "仿真"', 'short = "机械"')), "endorsement.societies[14]", "“机械”重复"),
            (replaced(('key = { value = "evidence", r', 'key = { value = "letter", r')), "slots[3]", "“letter”重复"),
            (replaced(('key = "patents"', 'key = "difficulty"')), "criteria[0].aspects[2]", "重复"),
            (replaced(('key = { value = "final", r = "R101" }', 'key = { value = "first_round", r = "R101" }')),
             "rounds", "轮次依次为"),
        ],
    )  # fmt: skip
    def test_each_names_its_key(self, text: str, key: str, sentence: str) -> None:
        assert text != TEXT
        refusal = refusal_of(text)
        assert refusal.key == key
        assert sentence in refusal.sentence

    def test_all_of_them_are_found_at_once(self) -> None:
        tree = E.model_copy(update={"categories": (*E.categories, E.categories[0]), "criteria": E.criteria[:2]})
        assert {one.key for one in contradictions(tree, Workdays())} >= {"categories[5]", "criteria"}

    def test_both_editions_hold_together(self) -> None:
        for loaded in (LOADED, load_edition(HARBOUR)):
            assert contradictions(loaded.edition, Workdays()) == ()
