"""The demo as people run it: a whole season with real processes, killed twice, its report, and the plan's end."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from season_kills import AFTER_ALL, Demo, differences, faults, letters

from cli.season_stories import STORIES
from states.facts import State

pytestmark = pytest.mark.slow
DEMO = Demo(applications=30, seed=2024)
KILLED_AT = (40, 150)  # letters in the mailbox, of some 400
Played = tuple[Path, dict[str, Any]]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """One demo, killed twice and taken up again: its home and its report.

    That an undisturbed one ends the same, to the letter, is what `season_kills` shows.
    """
    home = tmp_path_factory.mktemp("season") / "killed"
    for sent in KILLED_AT:
        assert DEMO.kill_when(home, lambda sent=sent: len(list((home / "mailbox").glob("*.eml"))) >= sent)
    return home, DEMO.play(home)


def test_the_report_has_exactly_its_keys(played: Played) -> None:
    report = played[1]
    assert list(report) == [
        "edition", "applications", "states", "winners", "disqualified", "letters", "flow_runs", "ledger", "stories",
        "seconds",
    ]  # fmt: skip
    assert list(report["letters"]) == ["sent", "held", "in_doubt", "dead"]
    assert list(report["flow_runs"]) == ["completed", "failed"]
    assert list(report["ledger"]) == ["events", "blocks", "head", "verified"]
    assert report["stories"].keys() == STORIES.keys()


def test_the_season_ends_as_the_plan_says(played: Played) -> None:
    """R109, R113: ten are chosen, one loses the title to an objection, nobody is left in between."""
    report = played[1]
    assert (report["edition"], report["applications"]) == ("2024", 30)
    assert (len(report["winners"]), len(report["disqualified"])) == (9, 1)
    assert sum(report["states"].values()) == 30
    assert report["states"].keys() <= {
        State.ANNOUNCED, State.DISQUALIFIED, State.REJECTED, State.LAPSED, State.NOT_SHORTLISTED, State.NOT_SELECTED,
        State.WITHDRAWN,
    }  # fmt: skip
    assert report["states"]["announced"] == 9


def test_every_story_came_to_its_end(played: Played) -> None:
    stories = played[1]["stories"]
    ends = {
        "form_5600_words": "5600 字 → 4700 字",
        "changed_form": "returned → submitted → endorsed",
        "video_12_07": "returned → endorsed → formally_checked",
        "letter_without_seal": "returned → lapsed",
        "begun_at_closing": "refused",
        "begun_a_second_before": "submitted → endorsed",
        "finalist_withdraws": "finalist → withdrawn",
        "draft_lapses": "draft → lapsed",
        "declined_then_expert": "returned → submitted → endorsed",
        "withdrawal": "endorsed → withdrawn",
        "tie_15_16": "入围终评 1 项，未入围 1 项",
        "high_score_99_5": "99.5 分，理由：",
        "low_score_48": "48 分，理由：",
        "objection_upheld": "disqualified",
        "objection_dismissed": "announced",
        "wrong_rejection": "rejected → endorsed → formally_checked",
        "rejected": "endorsed → rejected",
        "paper_endorsement": "submitted → endorsed → formally_checked",
    }
    assert {name: stories[name] for name, end in ends.items() if end not in stories[name]} == {}
    assert ends.keys() == stories.keys()


def test_every_letter_arrived_once_and_no_flow_failed(played: Played) -> None:
    home, report = played
    arrived = Counter(message_id for message_id, _, _ in letters(home))
    assert set(arrived.values()) == {1}
    assert report["letters"] == {"sent": len(arrived), "held": 0, "in_doubt": 0, "dead": 0}
    assert report["flow_runs"]["failed"] == 0
    assert report["flow_runs"]["completed"] > 100


def test_every_finalist_named_a_speaker_and_the_office_had_its_letter(played: Played) -> None:
    """R26, R116: the letter of a morning goes to each of the three who act; most winners agreed to the book."""
    home, _ = played
    with closing(sqlite3.connect(home / "linxuan.db")) as store:
        speakers = store.execute("SELECT phone, officer_id FROM defender").fetchall()
        mornings = store.execute("SELECT settled_at FROM deadline WHERE kind = 'digest'").fetchall()
        agreed = [printed for (printed,) in store.execute("SELECT printed FROM publicity")]
    assert (len(agreed), agreed.count(1)) == (9, 8)
    assert len({phone for phone, _ in speakers}) == 15
    assert [officer for _, officer in speakers].count(None) == 14
    assert len(mornings) > 9
    assert None not in [settled for (settled,) in mornings]
    assert [subject.endswith("办公室晨报") for _, _, subject in letters(home)].count(True) == 3 * len(mornings)


def test_the_store_is_whole_afterwards(played: Played) -> None:
    home, report = played
    assert faults(home, AFTER_ALL) == []
    assert report["ledger"]["verified"] is True


def test_a_finished_demo_tells_its_end_again(played: Played) -> None:
    home, report = played
    again = DEMO.play(home)
    assert differences(again, report) == []
    assert again["ledger"] == report["ledger"]
    assert again["letters"] == report["letters"]
