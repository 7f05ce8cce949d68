"""The edition files: what 2024 says, what a broken file is told, what may change when."""

import hashlib
import re
import tomllib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from edition_texts import HARBOUR, LOADED, TEXT, refusal_of, replaced

from config.editions_file import (
    assumptions,
    facts_listed,
    load_edition,
    parse_edition,
    shipped_edition,
)
from config.refusal import BadConfiguration, Refusal

E = LOADED.edition


class TestTheEditionOf2024:
    """The plan's own facts, number by number."""

    def test_its_instants_are_those_of_the_plan(self) -> None:
        """R30–R34, A1, A2: half-open, in Beijing time."""
        told = {
            "submission opens": E.submission.opens,
            "submission closes": E.submission.closes,
            "first round due": E.rounds[0].result_due,
            "final due": E.rounds[1].result_due,
        }
        assert {name: instant.isoformat() for name, instant in told.items()} == {
            "submission opens": "2024-05-29T00:00:00+08:00",
            "submission closes": "2024-08-16T00:00:00+08:00",
            "first round due": "2024-10-16T00:00:00+08:00",
            "final due": "2024-11-01T00:00:00+08:00",
        }
        assert E.submission.closes - E.submission.opens == timedelta(days=79)

    def test_the_fifteen_societies_are_all_there(self) -> None:
        """R13."""
        named = (
            "机械工程、仪器仪表、汽车工程、电工技术、电子、自动化、农业机械、人工智能、微米纳米技术、"
            "光学工程、纺织工程、造船工程、宇航、计量测试、仿真"
        )
        assert [society.name for society in E.endorsement.societies] == [
            f"中国{name}学会" for name in named.split("、")
        ]

    def test_fifteen_go_on_and_ten_win(self) -> None:
        """R98, R110: with ten minutes to talk and three for questions (R103, R104)."""
        assert [(round_.key, round_.mode, round_.places) for round_ in E.rounds] == [
            ("first_round", "online", 15),
            ("final", "on_site", 10),
        ]
        assert (E.deciding_round.talk_seconds, E.deciding_round.question_seconds) == (600, 180)

    def test_reasons_are_asked_above_99_and_below_50_in_the_final_only(self) -> None:
        """R106, R107, A15."""
        first, final = E.rounds
        assert (final.reason_above, final.reason_below, final.reasons_required) == (Decimal(99), Decimal(50), True)
        assert not first.reasons_required
        assert final.step == Decimal("0.5")

    def test_the_files_have_the_limits_of_the_plan(self) -> None:
        """R42, R43, R52, R53, R71."""
        assert [(slot.key, slot.required) for slot in E.slots] == [
            ("form", True),
            ("video", True),
            ("letter", True),
            ("evidence", False),
        ]
        assert E.form
        assert E.video
        assert E.letter
        assert E.evidence
        assert (E.form.words_green_to, E.form.words_limit, E.form.words_look_to) == (4900, 5000, 5100)
        assert [part.word for part in E.form.parts] == ["背景", "创新性", "引领性", "应用性"]
        assert all(part.word in part.heading for part in E.form.parts)
        assert (E.video.seconds_limit, E.video.seconds_tolerance) == (720.0, 1.0)
        assert len(E.letter.commitments) == 4
        assert [kind.key for kind in E.evidence.kinds if kind.sealed_original] == ["application"]

    def test_the_slips_of_the_plan_are_corrected(self) -> None:
        """A33, A27."""
        assert not re.findall("数字李生(?!”)|所行程|贵公司(?!”)", TEXT)
        assert E.letter
        assert "公司" not in E.letter.statement + "".join(E.letter.commitments)

    def test_candidates_and_winners_are_named_differently(self) -> None:
        """R1, R2."""
        assert (E.award.entry_name, E.award.title) == ("2024中国智能制造科技进展", "2024年中国智能制造十大科技进展")

    def test_the_example_criteria_are_told_to_be_an_assumption(self) -> None:
        """R11: the table of the plan is a picture."""
        points = {
            fact.key: fact.clause for fact in facts_listed(LOADED) if re.fullmatch(r"criteria\[\d\]\.points", fact.key)
        }
        assert len(points) == 3
        assert all(clause.assumed and "请按遴选标准图片核对" in clause.note for clause in points.values())

    def test_every_clause_is_a_number_of_the_requirements(self) -> None:
        for fact in facts_listed(LOADED):
            assert all(re.fullmatch(r"R\d{1,3}", r) and 1 <= int(r[1:]) <= 137 for r in fact.clause.r), fact.key
            assert fact.clause.a == "" or 1 <= int(fact.clause.a[1:]) <= 36, fact.key

    def test_every_assumption_says_why(self) -> None:
        assumed = assumptions(LOADED)
        assert [fact.key for fact in assumed if not fact.clause.note] == []
        keys = {fact.key for fact in assumed}
        assert {"endorsement.closes", "announcement.at", "rounds[0].mean"} <= keys
        assert not keys & {
            "submission.closes",
            "rounds[0].places",
            "rounds[1].places",
            "notice.days",
            "form.words_limit",
        }

    def test_every_leaf_has_a_clause_and_a_value(self) -> None:
        listed = {fact.key: fact.value for fact in facts_listed(LOADED)}
        assert listed.keys() == LOADED.clauses.keys()
        assert listed["rounds[1].places"] == 10
        assert str(LOADED.clauses["rounds[0].places"]) == "R98、A28"

    def test_the_digest_is_that_of_the_text(self) -> None:
        again = load_edition(shipped_edition("2024"))
        assert again.sha256 == hashlib.sha256(shipped_edition("2024").read_bytes()).hexdigest()
        assert again.edition == E
        assert parse_edition(TEXT + "\n# 注\n", name="x").sha256 != LOADED.sha256


class TestAnotherAward:
    """An award of another shape, invented."""

    def test_an_award_of_another_shape_loads(self) -> None:
        harbour = load_edition(HARBOUR).edition
        assert not harbour.endorsement.required
        assert [slot.key for slot in harbour.slots] == ["form", "video", "letter", "evidence", "budget"]
        assert harbour.round("final") is None
        assert harbour.deciding_round.places == 30
        assert harbour.notice.days == 20

    def test_it_shares_no_fact_with_2024_but_the_words_of_the_shape(self) -> None:
        ours = {fact.key: fact.value for fact in facts_listed(LOADED)}
        same = {fact.key for fact in facts_listed(load_edition(HARBOUR)) if ours.get(fact.key) == fact.value}
        assert {key.rpartition(".")[2] for key in same} <= {"key", "reader", "required", "mode", "carry_percent"}

    def test_a_key_that_is_not_shipped_lists_those_that_are(self) -> None:
        with pytest.raises(Refusal, match="没有“1999”这一届") as caught:
            shipped_edition("1999")
        assert "2024" in caught.value.next_step
        with pytest.raises(Refusal):
            shipped_edition("../editions/2024")

    def test_no_fact_of_an_edition_is_a_number_in_the_code(self) -> None:
        """Numbers to hold as settings: none of the telling ones stands in this floor's code."""
        telling = re.compile(r"(?<![\w.-])(5000|4900|5100|720|600|180|99|50|15|0\.6667|1024)(?![\w.-])")
        for path in Path(parse_edition.__code__.co_filename).parent.glob("*.py"):
            code = re.sub(r'"""[\s\S]*?"""|#.*|"[^"\n]*"', "", path.read_text(encoding="utf-8"))
            assert telling.findall(code) == [], path.name


class TestWhatABrokenFileIsTold:
    """Faults of form."""

    @pytest.mark.parametrize(
        ("old", "new", "key", "sentence", "cure"),
        [
            ("[award]", "[award", "（全文）", "不是有效的 TOML", "改正"),
            ('year = { value = 2024, r = "R1" }\n', "", "award.year", "缺少这一项", "补上"),
            ("[mail]", '[male]\nx = { value = 1, r = "R1" }\n[mail]', "male", "没有这一项", "mail"),
            ("public_page = {", "public_pages = {", "notice.public_page", "缺少这一项", "补上"),
            ("portal = {", 'titel = { value = "x", r = "R2" }\nportal = {', "award.titel", "没有这一项",
             "title"),
            ("value = 2024, r", 'value = "2024", r', "award.year", "类型不对", "整数"),
            ("value = 720.0", "value = nan", "video.seconds_limit", "类型不对", "数字"),
            ("many = { value = true", "many = { value = 1", "slots[3].many", "类型不对", "true 或 false"),
            ("2024-05-29T00:00:00+08:00", "2024-05-29T00:00:00", "submission.opens", "没有时区偏移", "+08:00"),
            ("2024-05-29T00:00:00+08:00", "2024-05-29", "submission.opens", "类型不对", "+08:00"),
            ("2024-05-29T00:00:00+08:00", "1716912000", "submission.opens", "类型不对", "+08:00"),
            ('value = "online"', 'value = "post"', "rounds[0].mode", "不在可选之列", "on_site"),
            ("places = { value = 15", "places = { value = 0", "rounds[0].places", "超出范围", "大于 0"),
            ("hour = { value = 9,", "hour = { value = 24,", "reminders.hour", "超出范围", "不大于 23"),
            ("days = { value = 7, ", "days = { value = 7, wy = 1, ", "notice.days", "没有“wy”这一栏", "note"),
            ('days = { value = 7, r = "R112", a = "A4" }', "days = 7", "notice.days", "没有写出处", "r ="),
            ('days = { value = 7, r = "R112", a = "A4" }', "days = { value = 7 }", "notice.days", "既没有条款编号",
             "assumed"),
            ('days = { value = 7, r = "R112"', "days = { value = 7, r = 112", "notice.days", "r 应为条款编号", "R52"),
            ("hour = { value = 9, assumed = true", 'hour = { value = 9, assumed = "yes"', "reminders.hour",
             "true 或 false", "改正"),
            ('short = "机械" }', 'short = "机械", city = "" }', "endorsement.societies[0].city", "没有这一项", "short"),
        ],
    )  # fmt: skip
    def test_it_names_file_key_and_cure(self, old: str, new: str, key: str, sentence: str, cure: str) -> None:
        refusal = refusal_of(replaced((old, new)))
        assert refusal.key == key
        assert sentence in refusal.sentence
        assert cure in refusal.next_step

    def test_a_missing_file_is_told_so(self, tmp_path: Path) -> None:
        with pytest.raises(BadConfiguration, match="找不到这个届次文件"):
            load_edition(tmp_path / "none.toml")

    def test_a_file_that_is_not_utf_8_is_told_so(self, tmp_path: Path) -> None:
        (tmp_path / "gbk.toml").write_bytes(TEXT.encode("gb18030"))
        with pytest.raises(BadConfiguration) as caught:
            load_edition(tmp_path / "gbk.toml")
        assert "UTF-8" in caught.value.next_step

    def test_a_second_fault_is_counted(self) -> None:
        assert (
            "此外还有 1 处"
            in refusal_of(
                replaced(("value = 2024, r", 'value = "x", r'), ("hour = { value = 9,", "hour = { value = 99,"))
            ).sentence
        )


def test_the_file_is_what_any_toml_reader_reads() -> None:
    assert tomllib.loads(TEXT)["notice"]["days"]["value"] == E.notice.days
