"""The final into the hall and back: packed, opened, played, brought home once, and never as a fork."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from command_line import run
from contest import FINAL, FINAL_LOCKS, Contest
from sqlmodel import select
from stage_day import StageDay
from visitors_of import Browser

from config.refusal import Refusal
from config.settings import Settings
from flows.clock import Clock, fire_due
from notifications.delivery import deliver
from notifications.smtp import relay_of
from office import doctor, duties, hall_laptop, hall_pack, hall_return, rounds, stage_door, stage_order, tally
from office.opening import open_desk
from office.visitors import Part
from records import row_changes
from records.away import Away, journey
from records.row_changes import Fork
from records.sealed_stream import PIECE, SealBroken, SealedWriter, unsealed
from records.tables.hall import HallPack
from records.tables.scoring import Score
from records.tables.stage import PassKind
from states.facts import Actor

ADDRESS = "http://192.168.1.10:8000"
NOW = FINAL + timedelta(minutes=10)


@pytest.fixture
def day(in_the_final: Contest) -> StageDay:
    return StageDay(in_the_final).drawn()


@pytest.fixture
def packed(day: StageDay, tmp_path: Path) -> hall_pack.Packed:
    return hall_pack.pack(day.desk, tmp_path / "final.pack", officer_id=day.contest.office.ren, now=NOW)


def opened(packed: hall_pack.Packed, home: Path) -> Path:
    hall_laptop.open_pack(packed.file, home, packed.passphrase, address=ADDRESS, now=NOW)
    return home


def at(day: StageDay, home: Path) -> StageDay:
    """The same day on another machine."""
    office = replace(day.contest.office, desk=open_desk(home))
    return StageDay(replace(day.contest, office=office), now=NOW + timedelta(minutes=10))


def play(there: StageDay, lines: int = 2) -> None:
    from office import stage_run, stage_store

    with there.write() as session:
        expected = stage_store.stage_of(session, there.desk).revision
        stage_run.begin(session, there.desk, there.console, expected=expected, now=there.now)
    for _ in range(lines):
        there.play(dict.fromkeys(experts_of(there), "88.5"))


def experts_of(there: StageDay) -> list[int]:
    with there.desk.database.read() as session:
        return list(tally.seated(session, tally.panel_of(session, there.desk, "final")))


def lock(there: StageDay) -> None:
    with there.write() as session:
        rounds.lock_round(
            session, there.desk, "final", actor=Actor.OFFICE, officer_id=there.contest.office.ren, now=FINAL_LOCKS
        )


def scores_of(there: StageDay) -> list[tuple[int, int, int | None]]:
    with there.desk.database.read() as session:
        final = tally.panel_of(session, there.desk, "final").id
        rows = session.exec(select(Score).where(Score.panel_id == final))
        return sorted((each.expert_id, each.application_id, each.total) for each in rows)


def take(day: StageDay, file: Path) -> hall_return.Returned:
    return hall_return.take_back(day.desk, file, officer_id=day.contest.office.ren, now=FINAL_LOCKS)


def test_what_was_done_in_the_hall_comes_home_as_the_same_ledger(
    day: StageDay, packed: hall_pack.Packed, tmp_path: Path
) -> None:
    there = at(day, opened(packed, tmp_path / "laptop"))
    play(there)
    head = hall_laptop.close(there.desk.settings.home, tmp_path / "way.back", unfinished=True, now=FINAL_LOCKS)
    done = take(day, tmp_path / "way.back")
    assert done.head == head
    assert scores_of(day) == scores_of(there) != []
    assert doctor.examine(day.desk, now=None).faults == []
    with day.write() as session:  # home goes on
        stage_door.issue(session, day.desk, PassKind.SCREEN, now=FINAL_LOCKS)
    day.now = FINAL_LOCKS
    assert day.moment().turn is not None


def test_home_stands_still_while_the_final_is_away(day: StageDay, packed: hall_pack.Packed) -> None:
    office = day.contest.office
    before = doctor.examine(day.desk, now=None).ledger.head
    with pytest.raises(Away, match="打包带到现场"), day.write() as session:
        stage_order.draw_order(
            session, day.desk, seed="another-seed", reason="再抽", officer_id=office.ren, now=NOW
        )  # fmt: skip
    relay = relay_of(day.desk.settings)
    clock = Clock(day.desk, duties.carry_out, relay, deliver)
    assert asyncio.run(fire_due(clock, FINAL_LOCKS + timedelta(days=30))) == []
    browser = Browser(office, Part.OFFICE, now=NOW)
    page = browser.client.get("/cases")
    assert page.status_code == 200
    assert "主机上现在只能查看" in page.text
    assert doctor.examine(day.desk, now=None).ledger.head == before


def test_a_second_return_is_refused(day: StageDay, packed: hall_pack.Packed, tmp_path: Path) -> None:
    first, spare = (opened(packed, tmp_path / name) for name in ("first", "spare"))
    for home in (first, spare):
        hall_laptop.close(home, tmp_path / f"{home.name}.back", unfinished=True, now=FINAL_LOCKS)
    take(day, tmp_path / "first.back")
    heads = doctor.examine(day.desk, now=None).ledger.head
    for again in ("first.back", "spare.back"):
        with pytest.raises(Refusal, match="已经带回过"):
            take(day, tmp_path / again)
    assert doctor.examine(day.desk, now=None).ledger.head == heads


def test_a_former_journey_cannot_come_back(day: StageDay, packed: hall_pack.Packed, tmp_path: Path) -> None:
    office = day.contest.office
    old = opened(packed, tmp_path / "old")
    hall_laptop.close(old, tmp_path / "old.back", unfinished=True, now=NOW)
    hall_pack.call_off(day.desk, officer_id=office.ren, reason="改期", now=NOW)
    with pytest.raises(Refusal, match="已经取消"):
        take(day, tmp_path / "old.back")
    hall_pack.pack(day.desk, tmp_path / "second.pack", officer_id=office.ren, now=NOW)
    with pytest.raises(Refusal, match="不是这次打包的"):
        take(day, tmp_path / "old.back")


def test_a_home_that_went_on_is_a_fork(day: StageDay, packed: hall_pack.Packed, tmp_path: Path) -> None:
    there = at(day, opened(packed, tmp_path / "laptop"))
    play(there, 1)
    hall_laptop.close(there.desk.settings.home, tmp_path / "way.back", unfinished=True, now=FINAL_LOCKS)
    with closing(sqlite3.connect(day.desk.settings.home / "linxuan.db")) as store:
        store.execute("UPDATE stage SET revision = revision + 7")
        store.commit()
    with pytest.raises(Fork, match="stage"):
        take(day, tmp_path / "way.back")
    assert scores_of(day) == []
    with day.desk.database.read() as session:
        assert journey(session) is not None  # still away: nothing was taken


def test_scores_changed_behind_the_ledgers_back_are_not_taken(
    day: StageDay, packed: hall_pack.Packed, tmp_path: Path
) -> None:
    home = opened(packed, tmp_path / "laptop")
    there = at(day, home)
    play(there, 1)
    there.desk.database.close()
    with closing(sqlite3.connect(home / "linxuan.db")) as store:
        store.execute("UPDATE score SET total = total + 50 WHERE id = (SELECT max(id) FROM score)")
        store.commit()
    hall_laptop.close(home, tmp_path / "way.back", unfinished=True, now=FINAL_LOCKS)
    with pytest.raises(Fork, match="接不上账本"):
        take(day, tmp_path / "way.back")
    assert scores_of(day) == []


@pytest.mark.parametrize("spoil", ["cut", "changed", "empty"])
def test_a_spoiled_way_back_is_refused(day: StageDay, packed: hall_pack.Packed, tmp_path: Path, spoil: str) -> None:
    home = opened(packed, tmp_path / "laptop")
    file = tmp_path / "way.back"
    hall_laptop.close(home, file, unfinished=True, now=FINAL_LOCKS)
    whole = file.read_bytes()
    middle = len(whole) // 2
    changed = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    file.write_bytes({"cut": whole[:-20], "changed": changed, "empty": b""}[spoil])
    with pytest.raises(Refusal, match="不完整、被改动过"):
        take(day, file)
    file.write_bytes(whole)
    take(day, file)


def test_a_pack_opens_by_its_passphrase_alone_and_whole(packed: hall_pack.Packed, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="口令不对"):
        hall_laptop.open_pack(packed.file, tmp_path / "a", "AAAA-BBBB", address=ADDRESS, now=NOW)
    bytes_ = packed.file.read_bytes()
    packed.file.write_bytes(bytes_[:-1])
    with pytest.raises(SealBroken):
        hall_laptop.open_pack(packed.file, tmp_path / "a", packed.passphrase, address=ADDRESS, now=NOW)
    packed.file.write_bytes(b"PK" + bytes_)
    with pytest.raises(Refusal, match="不是打包的终评文件"):
        hall_laptop.open_pack(packed.file, tmp_path / "a", packed.passphrase, address=ADDRESS, now=NOW)
    assert not (tmp_path / "a").exists()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".a")] == []
    packed.file.write_bytes(bytes_)
    home = opened(packed, tmp_path / "a")
    assert Settings.for_home(home).public_url == ADDRESS
    with pytest.raises(Refusal, match="不是空的"):
        opened(packed, home)


def test_only_the_lead_packs_and_only_once(day: StageDay, tmp_path: Path) -> None:
    office, file = day.contest.office, tmp_path / "final.pack"
    with pytest.raises(Refusal):
        hall_pack.pack(day.desk, file, officer_id=office.wang, now=NOW)
    assert not file.exists()
    hall_pack.pack(day.desk, file, officer_id=office.ren, now=NOW)
    with pytest.raises(Refusal, match="已经存在"):
        hall_pack.pack(day.desk, file, officer_id=office.ren, now=NOW)
    with pytest.raises(Refusal, match="已经打包在外"):
        hall_pack.pack(day.desk, tmp_path / "again.pack", officer_id=office.ren, now=NOW)


def test_nothing_changes_on_a_laptop_that_was_closed(day: StageDay, packed: hall_pack.Packed, tmp_path: Path) -> None:
    home = opened(packed, tmp_path / "laptop")
    there = at(day, home)
    with pytest.raises(Refusal, match="还没有锁定"):
        hall_laptop.close(home, tmp_path / "way.back", unfinished=False, now=FINAL_LOCKS)
    play(there, 1)
    first = hall_laptop.close(home, tmp_path / "way.back", unfinished=True, now=FINAL_LOCKS)
    with pytest.raises(Away, match="已经收场"):
        there.play({})
    assert hall_laptop.close(home, tmp_path / "again.back", unfinished=True, now=FINAL_LOCKS) == first
    take(day, tmp_path / "again.back")


def test_a_spare_laptop_takes_over_and_comes_home(day: StageDay, packed: hall_pack.Packed, tmp_path: Path) -> None:
    first, spare = opened(packed, tmp_path / "first"), opened(packed, tmp_path / "spare")
    with pytest.raises(Refusal, match="还没有收到过"):
        hall_laptop.take_over(spare, now=NOW)
    there = at(day, first)
    play(there, 2)
    sealed = hall_laptop.copy_for_spare(there.desk)
    there.play(dict.fromkeys(experts_of(there), "77"))  # after the last copy: lost with the first laptop
    hall_laptop.keep_copy(spare, sealed)
    with pytest.raises(SealBroken):
        hall_laptop.keep_copy(spare, sealed[:-3])
    hall_laptop.take_over(spare, now=NOW + timedelta(hours=1))
    second = at(day, spare)
    second.now, second.keys = there.now, 1_000  # telephones never give one key twice
    assert second.moment().turn is not None
    second.play(dict.fromkeys(experts_of(second), "66.5"))
    hall_laptop.close(spare, tmp_path / "spare.back", unfinished=True, now=FINAL_LOCKS)
    take(day, tmp_path / "spare.back")
    assert scores_of(day) == scores_of(second)


def test_a_copy_is_given_to_who_opened_the_same_pack_alone(
    day: StageDay, packed: hall_pack.Packed, tmp_path: Path
) -> None:
    from web.hall_copy import ADDRESS as COPY
    from web.hall_copy import bearer

    there = at(day, opened(packed, tmp_path / "laptop"))
    client = Browser(there.contest.office, now=NOW).client
    assert client.get(COPY).status_code == 404
    assert client.get(COPY, headers={"authorization": "Bearer x"}).status_code == 404
    answer = client.get(COPY, headers={"authorization": bearer(there.desk.settings.home)})
    hall_laptop.keep_copy(there.desk.settings.home, answer.content)
    assert Browser(day.contest.office, now=NOW).client.get(COPY).status_code == 404  # at home there is none


def test_the_commands_tell_it_in_words(day: StageDay, tmp_path: Path) -> None:
    main, laptop, file = day.desk.settings.home, tmp_path / "laptop", tmp_path / "final.pack"
    told = run("stage", "pack", file, "--officer", "ren@office.example", home=main, now="2024-10-25 08:40")
    assert told.code == 0, told.err
    (tmp_path / "phrase").write_text(told.out.rsplit("：", 1)[1])
    told = run("stage", "open", file, "--passphrase-file", tmp_path / "phrase", "--address", ADDRESS, home=laptop)
    assert ADDRESS in told.out, told.err
    assert run("stage", "serve", home=main).is_refusal(1, "不是现场的数据目录")
    assert run("stage", "follow", "ftp://x", "--once", home=laptop).is_refusal(1, "不是网址")
    assert run("stage", "follow", "http://127.0.0.1:9", "--once", home=laptop).is_refusal(1, "连不上")
    assert run("stage", "take-over", home=laptop, now="2024-10-25 09:00").is_refusal(1, "还没有收到过")
    assert run("stage", "close", tmp_path / "b", home=laptop, now="2024-10-25 18:00").is_refusal(1, "--unfinished")
    told = run("stage", "close", tmp_path / "b", "--unfinished", home=laptop, now="2024-10-25 18:00")
    assert told.code == 0, told.err
    assert run("stage", "return", tmp_path / "none", home=main, now="2024-10-25 19:00").is_refusal(1, "没有")
    told = run("stage", "return", tmp_path / "b", home=main, now="2024-10-25 19:00")
    assert "核验一致" in told.out, told.err
    reason = ("--reason", "x", "--officer", "ren@office.example")
    assert run("stage", "call-off", *reason, home=main, now="2024-10-25 19:10").is_refusal(1, "没有打包在外")


def test_every_kind_of_change_is_told_and_made(day: StageDay, tmp_path: Path) -> None:
    """The journey's own row is never among them."""
    from records import store_copy
    from records.database import Database

    copy = store_copy.copy_store(day.desk.database, tmp_path)
    day.contest.office.desk.database.close()
    play(day, 1)
    with day.write() as session:
        session.add(HallPack(key="x", edition="2024", made_at=NOW, officer_id=1, wrapped="", called_off_at=NOW))
    other = Database(f"sqlite:///{copy}")
    with day.desk.database.read() as now, other.read() as before:
        told = json.loads(json.dumps(list(row_changes.changes(before, now)), ensure_ascii=False))
    kinds = {(("before" in each), ("after" in each)) for each in told}
    assert kinds == {(False, True), (True, True)}
    with other.write() as session:
        row_changes.apply(session, told)
    with day.desk.database.read() as now, other.read() as after:
        assert list(row_changes.changes(after, now)) == []
    other.close()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_a_sealed_stream_comes_back_whole(tmp_path: Path, size: int) -> None:
    file, words, key = tmp_path / "sealed", bytes(range(256)) * (size // 256 + 1), b"k" * 32
    with file.open("wb") as target:
        stream = SealedWriter(target, key, "test")
        for begin in range(0, size, 65_537):
            stream.write(words[begin : min(begin + 65_537, size)])
        stream.close()
    with file.open("rb") as source:
        assert unsealed(source, key, "test").read() == words[:size]
    for other in ((b"x" * 32, "test"), (key, "another")):
        with file.open("rb") as source, pytest.raises(SealBroken):
            unsealed(source, *other).read()
    pieces = file.read_bytes()
    file.write_bytes(pieces[: 16 + 5 + PIECE + 16] if size > PIECE else pieces[:-1])  # ends with a whole piece
    with file.open("rb") as source, pytest.raises(SealBroken):
        unsealed(source, key, "test").read()
