"""What goes wrong with machines on the day: a wrong folder, a slow clock, a spare that went on, pictures of paper."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from contest import FINAL_LOCKS, contest_at
from small_final import at_the_scoring, fresh
from sqlalchemy import update
from stage_day import StageDay
from visitors_of import Browser

from config.refusal import Refusal
from documents.vault import Vault
from office import doctor, hall_files, hall_laptop, hall_pack, hall_return, paper_sheets, scores, stage_door
from records.away import Away
from records.row_changes import Fork
from records.tables.letter import Letter
from records.tables.stage import PassKind, Stage
from states.refusals import NotAllowed

ADDRESS = "http://192.168.1.10:8000"
MINUTES = timedelta(minutes=20)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return at_the_scoring(tmp_path_factory.mktemp("small"))


@pytest.fixture
def day(source: Path, tmp_path: Path) -> Iterator[StageDay]:
    for made in fresh(source, tmp_path):
        day = StageDay(made)
        day.later(30)
        yield day


@pytest.fixture
def packed(day: StageDay, tmp_path: Path) -> hall_pack.Packed:
    return hall_pack.pack(day.desk, tmp_path / "final.pack", officer_id=day.contest.office.ren, now=day.now)


def opened(day: StageDay, packed: hall_pack.Packed, home: Path) -> StageDay:
    """The same day on a laptop that opened the pack."""
    hall_laptop.open_pack(packed.file, home, packed.passphrase, address=ADDRESS, now=day.now)
    return there_at(day, home)


def there_at(day: StageDay, home: Path) -> StageDay:
    there = StageDay(contest_at(home))
    there.now = day.now + timedelta(minutes=1)
    return there


def on_paper(there: StageDay, picture: bytes = b"\xff\xd8 a signed sheet") -> str:
    """The score of the first expert from a signed sheet, typed by two; returns the digest of its picture."""
    desk, office, entry = there.desk, there.contest.office, scores.Entry(total="91.5")
    photo = desk.vault.keep(BytesIO(picture)).sha256
    with there.write() as session:
        sheet = paper_sheets.begin(
            session, desk, "final", there.contest.experts[0], there.item, entry, photo=photo, officer_id=office.wang,
            now=there.now,
        )  # fmt: skip
        paper_sheets.confirm(session, desk, sheet.id or 0, entry, officer_id=office.li, now=there.now)
    return photo


def home_of(there: StageDay) -> Path:
    return there.desk.settings.home


def take(day: StageDay, file: Path) -> hall_return.Returned:
    return hall_return.take_back(day.desk, file, officer_id=day.contest.office.ren, now=FINAL_LOCKS)


def test_the_picture_of_a_paper_sheet_comes_home_with_its_score(
    day: StageDay, packed: hall_pack.Packed, tmp_path: Path
) -> None:
    there = opened(day, packed, tmp_path / "laptop")
    photo = on_paper(there)
    hall_laptop.close(home_of(there), tmp_path / "way.back", unfinished=True, now=FINAL_LOCKS)
    done = take(day, tmp_path / "way.back")
    assert (done.files, done.is_locked) == (1, False)
    assert day.desk.vault.verify(photo)
    assert doctor.examine(day.desk, now=None).faults == []


def test_the_picture_of_a_paper_sheet_reaches_the_spare_laptop(
    day: StageDay, packed: hall_pack.Packed, tmp_path: Path
) -> None:
    from web.hall_copy import ADDRESS as COPY
    from web.hall_copy import bearer

    first, spare = (opened(day, packed, tmp_path / name) for name in ("first", "spare"))
    photo = on_paper(first)
    client, shown = Browser(first.contest.office, now=first.now).client, {"authorization": bearer(home_of(spare))}
    hall_laptop.keep_copy(home_of(spare), client.get(COPY, headers=shown).content)
    assert hall_files.wanted(home_of(spare)) == [photo]
    assert client.get(f"{COPY}/{photo}").status_code == 404
    assert client.get(f"{COPY}/{'0' * 64}", headers=shown).status_code == 404
    hall_files.keep_file(home_of(spare), client.get(f"{COPY}/{photo}", headers=shown).content)
    assert hall_files.wanted(home_of(spare)) == []
    assert Vault(home_of(spare) / "vault").verify(photo)


def test_a_picture_that_died_with_its_laptop_does_not_stop_the_way_home(
    day: StageDay, packed: hall_pack.Packed, tmp_path: Path
) -> None:
    there = opened(day, packed, tmp_path / "laptop")
    photo = on_paper(there)
    there.desk.vault.forget(photo)
    hall_laptop.close(home_of(there), tmp_path / "way.back", unfinished=True, now=FINAL_LOCKS)
    assert take(day, tmp_path / "way.back").files == 0
    assert photo[:8] in str(doctor.examine(day.desk, now=None).faults)
    day.desk.vault.keep(BytesIO(b"\xff\xd8 a signed sheet"))  # the paper was photographed again


def test_a_pack_into_a_wrong_folder_leaves_home_as_it_was(day: StageDay, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="写不了"):
        hall_pack.pack(day.desk, tmp_path / "no/such.pack", officer_id=day.contest.office.ren, now=day.now)
    day.send(day.contest.experts[0], "90")  # nothing stands still


def test_a_way_back_onto_a_lost_stick_is_told_and_written_again(
    day: StageDay, packed: hall_pack.Packed, tmp_path: Path
) -> None:
    there = opened(day, packed, tmp_path / "laptop")
    with pytest.raises(Refusal, match="写不了"):
        hall_laptop.close(home_of(there), tmp_path / "stick/way.back", unfinished=True, now=FINAL_LOCKS)
    hall_laptop.close(home_of(there), tmp_path / "way.back", unfinished=True, now=FINAL_LOCKS)
    take(day, tmp_path / "way.back")


def test_a_laptop_whose_clock_is_slow_is_set_right_first(
    day: StageDay, packed: hall_pack.Packed, tmp_path: Path
) -> None:
    slow = day.now - MINUTES
    with pytest.raises(Refusal, match="时钟慢了"):
        hall_laptop.open_pack(packed.file, tmp_path / "slow", packed.passphrase, address=ADDRESS, now=slow)
    assert not (tmp_path / "slow").exists()
    first, spare = (opened(day, packed, tmp_path / name) for name in ("first", "spare"))
    first.send(first.contest.experts[0], "90")
    hall_laptop.keep_copy(home_of(spare), hall_laptop.copy_for_spare(first.desk))
    spare.desk.database.close()
    with pytest.raises(Refusal, match="时钟慢了"):
        hall_laptop.take_over(home_of(spare), now=first.now - MINUTES)
    assert hall_laptop.take_over(home_of(spare), now=first.now) == first.now


def test_a_spare_that_went_on_does_not_take_over_from_the_one_that_came_back_to_life(
    day: StageDay, packed: hall_pack.Packed, tmp_path: Path
) -> None:
    first, spare = (opened(day, packed, tmp_path / name) for name in ("first", "spare"))
    hall_laptop.keep_copy(home_of(spare), hall_laptop.copy_for_spare(first.desk))
    spare.desk.database.close()
    hall_laptop.take_over(home_of(spare), now=first.now)
    second = there_at(first, home_of(spare))
    second.send(second.contest.experts[0], "88")
    second.desk.database.close()
    first.send(first.contest.experts[0], "55")
    hall_laptop.keep_copy(home_of(spare), hall_laptop.copy_for_spare(first.desk))  # it still followed
    with pytest.raises(Fork, match="已经往前走了"):
        hall_laptop.take_over(home_of(spare), now=second.now + MINUTES)
    again = there_at(second, home_of(spare))
    assert again.score_of(again.contest.experts[0], again.item) == 8800


def test_a_missing_pack_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="没有"):
        hall_laptop.open_pack(tmp_path / "none", tmp_path / "home", "x", address=ADDRESS, now=FINAL_LOCKS)


def test_a_paper_sheet_does_not_cover_what_the_telephone_sent_since(day: StageDay) -> None:
    """The telephone came back to life between the two typings."""
    desk, office, expert = day.desk, day.contest.office, day.contest.experts[0]
    photo, entry = desk.vault.keep(BytesIO(b"\xff\xd8")).sha256, scores.Entry(total="91.5")
    with day.write() as session:
        sheet = paper_sheets.begin(
            session, desk, "final", expert, day.item, entry, photo=photo, officer_id=office.wang, now=day.now
        )
    day.later(1)
    day.send(expert, "88")
    day.later(1)
    with pytest.raises(NotAllowed, match="又自行提交了评分"), day.write() as session:
        paper_sheets.confirm(session, desk, sheet.id or 0, entry, officer_id=office.li, now=day.now)
    assert day.score_of(expert, day.item) == 8800
    with day.write() as session:
        paper_sheets.drop(session, desk, sheet.id or 0, reason="以手机为准", officer_id=office.wang, now=day.now)


def test_nothing_that_travels_changes_at_home_while_it_is_away_though_no_event_tells_it(
    day: StageDay, packed: hall_pack.Packed, tmp_path: Path
) -> None:
    """A link that both sides issued under one number would keep the scores of the day from coming home."""
    expert = day.contest.experts[0]
    for refused in (
        lambda session: stage_door.issue(session, day.desk, PassKind.EXPERT, expert_id=expert, now=day.now),
        lambda session: session.execute(update(Stage).values(revision=99)),
    ):
        with pytest.raises(Away, match="打包带到现场"), day.write() as session:
            refused(session)
    with day.write() as session:
        session.execute(update(Letter).values(attempts=7))  # one that was under way is told its end
    there = opened(day, packed, tmp_path / "laptop")
    with there.write() as session:
        stage_door.issue(session, there.desk, PassKind.EXPERT, expert_id=expert, now=there.now)
    hall_laptop.close(home_of(there), tmp_path / "way.back", unfinished=True, now=FINAL_LOCKS)
    take(day, tmp_path / "way.back")
