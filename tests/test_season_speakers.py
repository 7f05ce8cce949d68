"""What the demo plays beside its stories: finalists name their speakers, the office has its letter on some mornings."""

from cli import season_mornings, season_rounds, season_speakers
from cli.season_cast import Cast
from cli.season_speakers import speaker_of
from config.editions_file import load_edition, shipped_edition
from office import defender

from cast import Office, at

EDITION = load_edition(shipped_edition("2024")).edition


def test_every_speaker_is_the_same_at_each_call_and_can_be_reached() -> None:
    entries = Cast(EDITION, applications=60, seed=2024).entries
    told = [speaker_of(entry) for entry in entries]
    assert told == [speaker_of(entry) for entry in entries]
    assert len({speaker.phone for speaker in told}) == len(entries)
    for speaker in told:
        assert speaker.post
        assert defender._read(speaker) == speaker


def test_speakers_are_named_after_the_letter_and_before_the_final() -> None:
    signed = max(scene.at for scene in season_rounds.scenes(EDITION) if scene.label == "初评结果 签发")
    named = [scene.at for scene in season_speakers.scenes(EDITION)]
    assert signed < min(named)
    assert max(named) < EDITION.rounds[-1].opens


def test_the_office_has_its_letter_before_the_dates_that_bind_it_on_working_days_alone(office: Office) -> None:
    found = season_mornings.mornings(office.desk)
    days = [f"{morning:%m-%d}" for morning in found]
    assert days[:4] == ["08-13", "08-14", "08-15", "08-16"]
    assert "11-01" in days
    assert "11-02" not in days  # a Saturday
    assert days[-1] == "11-29"
    assert {f"{morning:%H:%M}" for morning in found} == {"08:30"}
    assert all(office.desk.workdays.is_workday(morning.date()) for morning in found)
    evenings = [scene.at for scene in season_mornings.scenes(office.desk)]
    assert evenings[0] == at("2024-08-12 22:30")
