"""Proves 本届设置: typed values, what a change would move, what is frozen, who may, confirmations that are signed."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from edition_texts import LOADED, TEXT

from config.edition_edit import BadValue, edited, shown, typed
from config.editions_file import ALWAYS_OPEN, assumptions, facts_listed, parse_edition
from config.refusal import BadConfiguration, Refusal
from office import adoption, edition_desk, opening
from records.tables.edition import AdoptedEdition
from states.refusals import NotYours

from cast import FOUNDED, Office, at

CLOSES = "submission.closes"


def change(office: Office, words: dict[str, str], *, by: int = 0, now: datetime = FOUNDED, expected: str = "") -> None:
    desk = office.desk
    edition_desk.change(
        desk, words, reason="联合体通知", expected=expected or desk.loaded.sha256, officer_id=by or office.ren, now=now
    )


def reopened(office: Office) -> Office:
    return replace(office, desk=opening.open_desk(office.desk.settings.home))


def test_every_fact_comes_back_as_it_is_shown() -> None:
    for fact in facts_listed(LOADED):
        assert typed(fact.key, fact.value, shown(fact.value)) == fact.value, fact.key


def test_a_text_edited_by_nothing_is_the_same_to_the_letter() -> None:
    assert edited(TEXT, {}) == TEXT


def test_one_edit_changes_one_line_and_keeps_the_rest() -> None:
    new = edited(TEXT, {"rounds[0].places": 16}).splitlines()
    changed = [(old, line) for old, line in zip(TEXT.splitlines(), new, strict=True) if old != line]
    assert [line.replace("16", "15") for _, line in changed] == [old for old, _ in changed]
    assert len(changed) == 1


@pytest.mark.parametrize(
    ("key", "words", "told"),
    [
        (CLOSES, "明天", "不是一个时刻"),
        ("rounds[0].places", "15.5", "不是整数"),
        ("rounds[0].places", "", "不是整数"),
        ("video.seconds_limit", "nan", "不是一个数"),
        ("video.seconds_limit", "1e999", "不是一个数"),
        ("notice.roll_weekends", "也许", "是”或“否"),
        ("award.title", " ", "没有填写"),
        ("form.nothing", "1", "没有“form.nothing”"),
        ("form", "1", "没有“form”"),
        ("rounds[7].places", "1", "没有“rounds[7].places”"),
    ],
)
def test_what_is_no_value_is_refused_by_its_name(office: Office, key: str, words: str, told: str) -> None:
    with pytest.raises(BadValue, match=told.replace("[", r"\[")) as refusal:
        edition_desk.propose(office.desk, {key: words}, now=FOUNDED)
    assert refusal.value.key == key


def test_a_contradiction_is_refused_before_anything_is_kept(office: Office) -> None:
    with pytest.raises(BadConfiguration):
        change(office, {CLOSES: "2024-05-01 00:00"})


def test_a_proposal_tells_what_moves_and_writes_nothing(office: Office) -> None:
    proposal = edition_desk.propose(office.desk, {CLOSES: "2024-08-18 00:00"}, now=FOUNDED)
    assert [found.key for found in proposal.differences] == [CLOSES]
    moved = {shift.label: (shift.before, shift.after) for shift in proposal.shifts}
    assert moved["提交截止"] == (at("2024-08-16 00:00"), at("2024-08-18 00:00"))
    assert any(label.startswith("提交截止提醒") for label in moved)
    assert proposal.frozen == ()
    assert adoption.not_adopted(office.desk) == ()


def test_a_changed_fact_is_in_force_with_its_deadlines_and_its_version(office: Office) -> None:
    change(office, {CLOSES: "2024-08-18 00:00"})
    again = reopened(office)
    assert again.desk.edition.submission.closes == at("2024-08-18 00:00")
    with again.desk.database.read() as session:
        (newest, who), *_ = edition_desk.versions(session, again.desk)
        assert (newest.version, newest.reason, who) == (2, "联合体通知", "任组长")
        assert not edition_desk.in_force(session, office.desk)
        assert edition_desk.in_force(session, again.desk)
    again.desk.database.close()


def test_what_a_begun_stage_froze_cannot_be_changed(office: Office) -> None:
    during = at("2024-06-01 10:00")
    proposal = edition_desk.propose(office.desk, {CLOSES: "2024-08-18 00:00"}, now=during)
    assert [found.key for found in proposal.frozen] == [CLOSES]
    with pytest.raises(Refusal, match="不能再改"):
        change(office, {CLOSES: "2024-08-18 00:00"}, now=during)
    change(office, {"rounds[0].places": "16"}, now=during)


def test_only_the_lead_changes_and_confirms(office: Office) -> None:
    for other in (office.wang, office.supervisor):
        with pytest.raises(NotYours):
            change(office, {"rounds[0].places": "16"}, by=other)
        with pytest.raises(NotYours):
            confirm(office, ["award.number_prefix"], by=other)


def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(office: Office) -> None:
    change(office, {"rounds[0].places": "16"})
    with pytest.raises(Refusal, match="刚刚被改过"):
        change(office, {"rounds[0].places": "17"})
    again = reopened(office)
    with pytest.raises(Refusal, match="刚刚被改过"):
        change(again, {"rounds[0].places": "17"}, expected=office.desk.loaded.sha256)
    again.desk.database.close()


def confirm(office: Office, keys: list[str], *, by: int = 0, now: datetime = FOUNDED) -> AdoptedEdition:
    return edition_desk.confirm(
        office.desk, keys, expected=office.desk.loaded.sha256, officer_id=by or office.ren, now=now
    )


def test_a_confirmed_assumption_is_signed_in_the_text_and_waits_no_more(office: Office) -> None:
    waiting = [setting.key for setting in edition_desk.unconfirmed(office.desk)]
    assert len(waiting) == len(assumptions(LOADED)) > 60
    confirm(office, waiting[:2], now=at("2024-11-20 10:00"))  # a stage that is over may be confirmed too
    again = reopened(office)
    assert [setting.key for setting in edition_desk.unconfirmed(again.desk)] == waiting[2:]
    clause = {fact.key: fact.clause for fact in facts_listed(again.desk.loaded)}[waiting[0]]
    assert (clause.assumed, clause.confirmed) == (True, "任组长 2024-11-20")
    with pytest.raises(Refusal, match="已经确认"):
        confirm(again, waiting[:1])
    again.desk.database.close()


def test_the_assumptions_of_a_stage_come_with_those_that_are_always_open(office: Office) -> None:
    stages = {setting.stage for setting in edition_desk.unconfirmed(office.desk, stage="final")}
    assert stages == {"final", ALWAYS_OPEN}


def test_a_long_text_keeps_its_lines(tmp_path: Path) -> None:
    key = "award.definition"
    text = edited(TEXT, {key: "第一行\n第二行"})
    facts = {fact.key: fact.value for fact in facts_listed(parse_edition(text, name=str(tmp_path)))}
    assert facts[key] == "第一行\n第二行"
