"""The draft of next year's edition: dates off holidays, no old year left unnoticed, everything to be confirmed."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from command_line import run
from hypothesis import given
from hypothesis import strategies as st

from config.editions_file import LoadedEdition, assumptions, load_edition, parse_edition, shipped_edition
from config.next_edition import NextEdition, next_edition
from config.refusal import Refusal
from config.workdays import DayKind, Workdays
from states import agenda

from cast import Office, experts

SHIPPED = load_edition(shipped_edition("2024"))
INSTANT = timedelta(microseconds=1)


def drafted(loaded: LoadedEdition = SHIPPED, year: int = 2025, workdays: Workdays | None = None) -> NextEdition:
    return next_edition(loaded, year, workdays or Workdays())


def test_the_draft_is_an_edition_without_contradictions() -> None:
    made = parse_edition(drafted().text, name="2025", workdays=Workdays())
    assert (made.edition.award.key, made.edition.award.year, made.edition.award.number_prefix) == ("2025", 2025, "IM25")
    assert made.edition.submission.closes.isoformat() == "2025-08-16T00:00:00+08:00"
    assert made.edition.decisions.number_prefix == "智遴〔2025〕"
    assert "2025中国智能制造科技进展" in made.edition.letter.statement


def test_every_moved_date_waits_for_a_person_again() -> None:
    made = drafted()
    open_ = {fact.key for fact in assumptions(parse_edition(made.text, name="2025", workdays=Workdays()))}
    assert {each.key for each in made.moved} <= open_
    assert len(made.moved) == 12


def test_no_date_to_act_on_is_a_day_off() -> None:
    calendar = Workdays()
    for each in drafted().moved:
        day = each.after.date() if each.key.endswith(".opens") else (each.after - INSTANT).date()
        assert calendar.is_workday(day), each.key
        assert each.after.timetz() == each.before.timetz()


def test_a_holiday_is_told_by_its_name() -> None:
    moved = {each.key: each for each in drafted(workdays=Workdays({date(2025, 8, 15): DayKind.HOLIDAY})).moved}
    assert moved["submission.closes"].after.date() == date(2025, 8, 19)  # the 15th off, then a weekend: the 18th's end
    assert "8 月 15 日（节假日）" in moved["submission.closes"].off


def test_what_keeps_an_old_year_is_listed_with_its_line() -> None:
    made = drafted()
    assert [line for _, line in made.left if "portal" in line]
    hidden = SHIPPED.text.replace('office_short = { value = "遴选办公室"', 'office_short = { value = "2023遴选办公室"')
    loaded = parse_edition(hidden, name="hidden", workdays=Workdays())
    number, line = next((number, line) for number, line in drafted(loaded).left if "office_short" in line)
    assert "2023" in line
    assert drafted(loaded).text.splitlines()[number - 1].strip().startswith("office_short")
    assert {each.key for each in made.reworded} >= {"form.title", "letter.title", "award.title", "announcement.forum"}


def test_an_unpublished_year_is_said() -> None:
    assert "2031 年放假安排尚未公布" in drafted(year=2031).warning
    assert drafted().warning == ""


@pytest.mark.parametrize("year", [2024, 2023])
def test_the_next_edition_comes_later(year: int) -> None:
    with pytest.raises(Refusal, match="之后"):
        drafted(year=year)


@given(st.integers(2025, 2040))
def test_every_later_year_makes_an_edition(year: int) -> None:
    made = parse_edition(drafted(year=year).text, name=str(year), workdays=Workdays())
    assert {each.due_at.year for each in agenda.planned(made.edition)} <= {year, year + 1}


def test_the_command_writes_it_once(tmp_path: Path) -> None:
    file = tmp_path / "2025.toml"
    told = run("edition", "new", "2025", "--out", file, home=tmp_path / "none")
    assert told.code == 0, told.err
    assert "避开" in told.out
    assert run("edition", "check", file).code == 0
    assert run("edition", "new", "2025", "--out", file, home=tmp_path / "none").is_refusal(1, "已经存在")
    assert run("edition", "new", "2024", "--out", tmp_path / "x", home=tmp_path / "none").is_refusal(1, "之后")
    later = run(
        "edition", "new", "2026", "--from", file, "--out", tmp_path / "2026.toml", "--json", home=tmp_path / "none"
    )
    assert len(later.told["moved"]) == 12


def test_the_command_starts_from_an_edition_by_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("edition", "new", "2025", "--from", "2024", home=tmp_path / "none")
    assert told.code == 0, told.err
    assert load_edition(tmp_path / "2025.toml").edition.award.key == "2025"
    assert "linxuan edition add 2025.toml" in told.out
    refused = run("edition", "new", "2026", "--from", "1999", home=tmp_path / "none")
    assert refused.is_refusal(1, "没有“1999”这一届")


def test_the_command_takes_an_edition_in_beside_the_first(office: Office, tmp_path: Path) -> None:
    """The operator's way: the file checked by hand, adopted, filled with last year's people; then it runs by itself."""
    home, file = office.desk.settings.home, tmp_path / "2025.toml"
    assert experts(office, 2)
    assert run("edition", "new", "2025", "--from", "2024", "--out", file, home=home).code == 0
    assert run("edition", "add", file, "--reason", "通知", "--carry", "2023", home=home).is_refusal(1, "没有“2023”")
    told = run(
        "edition", "add", file, "--reason", "通知", "--carry", "2024", "--json", home=home, now="2024-05-20 09:00"
    )
    assert told.told == {"edition": "2025", "carried": {"experts": 2, "societies": 14, "units": 0}}
    status = run("status", "--json", home=home, now="2024-05-21 09:00").told
    assert (status["edition"], [each["edition"] for each in status["beside"]]) == ("2024", ["2025"])
    due = run("due", "--json", home=home, now="2025-05-20 09:00").told
    assert {each["edition"] for each in due["next"]} == {"2025"}
    assert run("edition", "show", home=home, LINXUAN_EDITION="2025").out.startswith("2025中国智能制造科技进展")
    assert run("edition", "new", "2026", "--from", "2025", "--out", tmp_path / "2026.toml", home=home).code == 0
