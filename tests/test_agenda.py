"""Every instant of an edition is reckoned as a deadline, from the file alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from config.edition import Edition
from config.editions_file import load_edition, shipped_edition
from states import agenda
from states.agenda import Planned, planned

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(shipped_edition("2024")).edition


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2024, month, day, hour, minute, tzinfo=SHANGHAI)


def instants(edition: Edition) -> dict[str, datetime]:
    return {each.kind: each.due_at for each in planned(edition)}


def with_submission(edition: Edition, **facts: object) -> Edition:
    return edition.model_copy(update={"submission": edition.submission.model_copy(update=facts)})


@pytest.mark.parametrize(
    ("kind", "instant"),
    [
        ("submission_opens", at(5, 29)),
        ("submission_closes", at(8, 16)),
        ("upload_grace_ends", at(8, 16, 0, 30)),
        ("endorsement_closes", at(8, 23)),
        ("check_due", at(8, 31)),
        ("first_round_opens", at(9, 9, 9)),
        ("first_round_locks", at(10, 12, 18)),
        ("first_round_due", at(10, 16)),
        ("final_opens", at(10, 25, 8, 30)),
        ("final_locks", at(10, 25, 18)),
        ("final_due", at(11, 1)),
        ("notice_posts", at(11, 1, 9)),
        ("notice_closes", at(11, 9)),
        ("announcement", at(11, 29, 10)),
    ],
)
def test_the_2024_edition_is_due_when_the_plan_says(edition: Edition, kind: str, instant: datetime) -> None:
    """R30–R36."""
    assert instants(edition)[kind] == instant


def test_days_are_counted_from_the_last_day_to_act(edition: Edition) -> None:
    """A1, A2: 15 August is the last day, so one day before is 14 August; 15 October is warned of on 1 and 8 October."""
    found = instants(edition)
    assert [found[f"remind_submission_{days}"] for days in (14, 7, 3, 1)] == [
        at(8, 1, 9),
        at(8, 8, 9),
        at(8, 12, 9),
        at(8, 14, 9),
    ]
    assert (found["remind_first_round_14"], found["remind_first_round_7"]) == (at(10, 1, 9), at(10, 8, 9))
    assert found["remind_scoring_1"] == at(10, 11, 9)
    assert found["overdue_check_1"] == at(8, 31, 9)


def test_the_agenda_runs_in_order_with_every_kind_once(edition: Edition) -> None:
    found = planned(edition)
    assert list(found) == sorted(found, key=lambda each: each.due_at)
    assert len({each.kind for each in found}) == len(found)
    assert all(agenda.is_planned(each.kind) for each in found)


def test_an_edition_of_one_round_has_nothing_of_the_final(edition: Edition) -> None:
    kinds = {each.kind for each in planned(edition.model_copy(update={"rounds": edition.rounds[:1]}))}
    assert "first_round_due" in kinds
    assert not {kind for kind in kinds if "final" in kind}


def test_an_edition_without_endorsement_waits_for_none(edition: Edition) -> None:
    endorsement = edition.endorsement.model_copy(update={"required": False, "closes": None})
    kinds = {each.kind for each in planned(edition.model_copy(update={"endorsement": endorsement}))}
    assert not {kind for kind in kinds if "endorsement" in kind}


def test_an_edition_without_grace_has_no_end_of_it(edition: Edition) -> None:
    assert "upload_grace_ends" not in instants(with_submission(edition, upload_grace_minutes=0))


def test_nobody_is_reminded_before_the_window_opens(edition: Edition) -> None:
    short = with_submission(edition, opens=edition.submission.closes - timedelta(days=5))
    assert sorted(kind for kind in instants(short) if kind.startswith("remind_submission")) == [
        "remind_submission_1",
        "remind_submission_3",
    ]


def test_who_scores_on_the_day_is_not_reminded(edition: Edition) -> None:
    """The final is on site (R101): only the first round, online, is reminded of its scores."""
    reminders = [each.due_at for each in planned(edition) if each.kind.startswith("remind_scoring")]
    assert reminders
    assert all(edition.rounds[0].opens < instant < edition.rounds[0].locks for instant in reminders)


def test_the_notice_ends_as_it_was_really_posted(edition: Edition) -> None:
    """A3: posted a week later, it ends a week later."""
    later = {each.kind: each.due_at for each in planned(edition, posted=at(11, 8, 15))}
    assert later["notice_closes"] == at(11, 16)
    assert later["notice_posts"] == at(11, 1, 9)


def test_another_zone_and_year_move_everything(edition: Edition) -> None:
    """Nothing is Shanghai's or 2024's: the reminder comes at the edition's hour in the edition's zone."""
    award = edition.award.model_copy(update={"zone": "America/Halifax"})
    moved = edition.model_copy(update={"award": award})
    moved = with_submission(moved, closes=datetime(2031, 3, 15, 3, tzinfo=UTC), opens=datetime(2031, 1, 1, tzinfo=UTC))
    reminder = instants(moved)["remind_submission_7"]
    assert reminder == datetime(2031, 3, 7, 9, tzinfo=ZoneInfo("America/Halifax"))
    assert reminder.utcoffset() == timedelta(hours=-4)
    assert instants(moved)["submission_closes"].isoformat() == "2031-03-15T00:00:00-03:00"


def test_labels_are_the_offices_words(edition: Edition) -> None:
    assert agenda.label_of("remind_submission_14") == "提交截止提醒（前 14 天）"
    assert agenda.label_of("overdue_check_1") == "形式审查逾期未完成（后 1 天）"
    assert agenda.label_of("lapse") == "项目自身期限届满"
    assert all(each.label and not each.label.isascii() for each in planned(edition))


def test_what_binds_the_office_concerns_the_office_alone(edition: Edition) -> None:
    office = {each.kind for each in planned(edition) if each.office_only}
    assert {"check_due", "first_round_due", "final_due", "remind_check_7", "overdue_announcement_1"} <= office
    assert not {"submission_closes", "remind_submission_7", "remind_scoring_3", "announcement", "lapse"} & office


@pytest.mark.parametrize(
    ("kind", "family"),
    [
        ("remind_first_round_14", ("remind_first_round", 14)),
        ("overdue_check_1", ("overdue_check", 1)),
        ("submission_closes", ("submission_closes", None)),
        ("lapse", ("lapse", None)),
    ],
)
def test_a_kind_tells_its_family_and_days(kind: str, family: tuple[str, int | None]) -> None:
    assert agenda.family_of(kind) == family
    assert agenda.is_planned(kind) is (kind != "lapse")
    assert agenda.is_reminder(kind) is (family[1] is not None)


def test_a_planned_deadline_cannot_be_changed(edition: Edition) -> None:
    with pytest.raises(AttributeError):
        planned(edition)[0].kind = "never"  # type: ignore[misc]
    assert isinstance(planned(edition)[0], Planned)
