"""The demo's cast: the same seed gives the same people, another seed others, every story has its player."""

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from cli.season_cast import STORIES, Cast
from cli.season_intake import parcel_of
from cli.season_rounds import scenes as round_scenes
from cli.season_scores import split
from cli.season_stories import STORIES as TOLD
from config.editions_file import load_edition, shipped_edition

EDITION = load_edition(shipped_edition("2024")).edition
CLOSES = EDITION.submission.closes
SIZES = [30, 60, 999]


def cast(applications: int = 60, seed: int = 2024) -> Cast:
    return Cast(EDITION, applications=applications, seed=seed)


@pytest.mark.parametrize("applications", SIZES)
def test_one_seed_gives_one_cast(applications: int) -> None:
    first, second = cast(applications), cast(applications)
    assert (first.entries, first.scorers) == (second.entries, second.scorers)


def test_another_seed_gives_another_cast_with_the_same_stories() -> None:
    one, other = cast(seed=1), cast(seed=2)
    assert {entry.title for entry in one.entries} != {entry.title for entry in other.entries}
    assert [entry.quality for entry in one.entries] != [entry.quality for entry in other.entries]
    assert [entry.story for entry in one.entries] == [entry.story for entry in other.entries]


@pytest.mark.parametrize("applications", SIZES)
def test_one_entry_more_than_applications_comes_too_late(applications: int) -> None:
    entries = cast(applications).entries
    late = [entry.story for entry in entries if entry.handed_in >= CLOSES]
    assert (len(entries), late) == (applications + 1, ["begun_at_closing"])


@pytest.mark.parametrize("applications", SIZES)
def test_every_story_is_played_once(applications: int) -> None:
    played = Counter(entry.story for entry in cast(applications).entries if entry.story)
    assert played == Counter(list(STORIES))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("applications", SIZES)
def test_nobody_is_taken_for_another(applications: int, seed: int) -> None:
    entries = cast(applications, seed).entries
    for facts in ("title", "unit", "folder", "email"):
        assert len({getattr(entry, facts) for entry in entries}) == len(entries), facts


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("applications", SIZES)
def test_everybody_keeps_to_the_edition(applications: int, seed: int) -> None:
    drawn = cast(applications, seed)
    societies = {society.name for society in EDITION.endorsement.societies}
    categories = {category.key for category in EDITION.categories}
    types = {unit_type.key for unit_type in EDITION.unit_types}
    for entry in drawn.entries:
        assert entry.category in categories
        assert entry.unit_type in types
        assert entry.handed_in >= EDITION.submission.opens
        assert entry.endorsing.kind == "expert" or entry.endorsing.name in societies
        assert entry.endorsing.kind == "society" or all(
            (entry.endorsing.unit, entry.endorsing.title, entry.endorsing.phone, entry.endorsing.email)
        )
    assert {scorer.officer_of for scorer in drawn.scorers} <= societies | {""}


@pytest.mark.parametrize("seed", range(5))
def test_only_the_stories_have_faulty_files(seed: int) -> None:
    """R52, R71: 5000 字 and 12 minutes."""
    faulty = {entry.story for entry in cast(seed=seed).entries if entry.words > 5_000 or entry.seconds > 720}
    assert faulty == {"form_5600_words", "video_12_07"}


def test_the_faults_of_parcels_are_their_stories() -> None:
    parcels = [parcel_of(entry) for entry in cast().entries]
    assert [parcel.entry.story for parcel in parcels if parcel.sealing == "none"] == ["letter_without_seal"]
    assert [parcel.entry.story for parcel in parcels if parcel.without] == ["draft_lapses"]


def test_two_play_with_the_second_of_closing() -> None:
    """R31: one begins a second before 24:00 of 15 August, one at 24:00."""
    drawn = cast()
    assert drawn.entry("begun_at_closing").handed_in == CLOSES
    assert drawn.entry("begun_a_second_before").handed_in == CLOSES - timedelta(seconds=1)


def test_most_come_in_the_last_month() -> None:
    at = [entry.handed_in.astimezone(ZoneInfo("Asia/Shanghai")) for entry in cast(999).entries]
    last_month = sum(instant > CLOSES - timedelta(days=30) for instant in at)
    assert last_month > len(at) * 0.8
    assert last_month < len(at)


@pytest.mark.parametrize("seed", range(5))
def test_there_are_conflicts_to_find(seed: int) -> None:
    """R29, A20: experts of an applicant's unit, of an endorsing society, and one who endorsed."""
    drawn = cast(seed=seed)
    own_units = {scorer.unit for scorer in drawn.scorers} & {entry.unit for entry in drawn.entries}
    endorsing = {entry.endorsing.email for entry in drawn.entries if entry.endorsing.kind == "expert"}
    assert len(own_units) == 2
    assert sum(bool(scorer.officer_of) for scorer in drawn.scorers) == 2
    assert len(endorsing & {scorer.email for scorer in drawn.scorers}) == 1


def test_the_final_panel_is_mixed() -> None:
    """R25: academicians, comprehensive experts, members of the committee."""
    kinds = Counter(scorer.member_type for scorer in cast().scorers)
    assert kinds == {"academician": 3, "comprehensive": 3, "committee": 6}


@pytest.mark.parametrize("total", [0, 1, 52, 77, 99, 100])
def test_a_total_is_split_into_aspects_within_their_points(total: int) -> None:
    points = {aspect.key: aspect.points for criterion in EDITION.criteria for aspect in criterion.aspects}
    shares = {key: int(value) for key, value in split(total, EDITION.criteria).items()}
    assert (sum(shares.values()), shares.keys()) == (total, points.keys())
    assert all(0 <= shares[key] <= points[key] for key in points)


def test_every_told_story_has_a_label_and_a_player() -> None:
    players = {"tie_15_16": "tie_a", "high_score_99_5": "high_score", "low_score_48": "low_score"}
    assert all(story.label for story in TOLD.values())
    assert {players.get(name, name) for name in TOLD} | {"tie_b"} == set(STORIES)


def test_the_rounds_are_played_inside_their_windows() -> None:
    at = [scene.at for scene in round_scenes(EDITION)]
    first, final = EDITION.rounds
    assert min(at) > EDITION.check.due - timedelta(days=1)
    assert max(at) < final.result_due
    assert any(first.opens <= instant < first.locks for instant in at)
