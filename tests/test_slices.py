"""Proves uploads in slices: resumed after any break, never half, never larger or later than allowed."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from config.edition import Slot
from config.refusal import Refusal
from documents.arrivals import Arrivals, OutOfStep
from documents.findings import Declared, Report
from documents.vault import Kept, TooLarge
from office import applications, intake, slices
from office.uploads import Incoming
from states.refusals import NotAllowed

from cast import HANDED_IN, Office, at, draft_form, report_of

BYTES = os.urandom(300_000)
PIECE = 100_000


def a_draft(office: Office, name: str = "甲") -> int:
    with office.desk.database.write() as session:
        return intake.create_draft(session, office.desk, draft_form(name), now=HANDED_IN).id or 0


def begin(
    office: Office, item_id: int, *, size: int = len(BYTES), slot: str = "form", now: datetime = HANDED_IN
) -> int:
    with office.desk.database.write() as session:
        return slices.begin(session, office.desk, item_id, Incoming(slot, "推荐表.docx", now), size=size).upload_id


def send(office: Office, item_id: int, upload_id: int, offset: int, piece: bytes) -> int:
    with office.desk.database.read() as session:
        return slices.append(session, office.desk, item_id, upload_id, offset=offset, piece=piece).arrived


def well(kept: Kept, slot: Slot, declared: Declared) -> Report:
    assert (slot.key, declared.title) == ("form", "甲项目智能产线")
    return report_of("form", kept.sha256)


def finish(office: Office, item_id: int, upload_id: int, *, size: int = len(BYTES), now: datetime = HANDED_IN) -> str:
    by = Incoming("form", "推荐表.docx", HANDED_IN)
    upload = slices.finish(office.desk, item_id, upload_id, size=size, by=by, check=well, now=now)
    return upload.sha256


def test_slices_in_order_become_the_file_that_was_sent(office: Office) -> None:
    item = a_draft(office)
    upload = begin(office, item)
    for offset in range(0, len(BYTES), PIECE):
        assert send(office, item, upload, offset, BYTES[offset : offset + PIECE]) == offset + PIECE
    assert finish(office, item, upload) == hashlib.sha256(BYTES).hexdigest()
    with office.desk.database.read() as session:
        (file,) = applications.current_files(session, item)
    assert (file.size, file.finished_at, file.verdict) == (len(BYTES), HANDED_IN, "green")
    assert office.desk.vault.verify(file.sha256)
    assert not list(office.desk.vault.incoming.iterdir())


def test_a_broken_upload_goes_on_where_it_broke(office: Office) -> None:
    item = a_draft(office)
    upload = begin(office, item)
    send(office, item, upload, 0, BYTES[:PIECE])
    with pytest.raises(OutOfStep) as gap:
        send(office, item, upload, 2 * PIECE, BYTES[2 * PIECE :])
    assert gap.value.expected == PIECE
    with office.desk.database.read() as session:
        assert slices.progress(session, office.desk, item, upload).arrived == PIECE
    assert send(office, item, upload, 0, BYTES[:PIECE]) == PIECE  # its answer was lost: sent again, taken once
    send(office, item, upload, PIECE, BYTES[PIECE:])
    assert finish(office, item, upload) == hashlib.sha256(BYTES).hexdigest()


def test_two_tabs_that_send_the_same_file_do_not_mix(office: Office) -> None:
    item = a_draft(office)
    upload = begin(office, item)

    def tab(_number: int) -> None:
        for offset in range(0, len(BYTES), PIECE):
            try:
                send(office, item, upload, offset, BYTES[offset : offset + PIECE])
            except OutOfStep:
                continue

    with ThreadPoolExecutor(4) as tabs:
        list(tabs.map(tab, range(4)))
    assert finish(office, item, upload) == hashlib.sha256(BYTES).hexdigest()


def test_what_is_not_whole_is_not_taken_and_not_lost(office: Office) -> None:
    item = a_draft(office)
    upload = begin(office, item)
    send(office, item, upload, 0, BYTES[:PIECE])
    with pytest.raises(OutOfStep, match="100000"):
        finish(office, item, upload)
    assert send(office, item, upload, PIECE, BYTES[PIECE:]) == len(BYTES)


def test_a_kill_between_vault_and_record_is_made_good_by_asking_again(office: Office) -> None:
    item = a_draft(office)
    upload = begin(office, item)
    send(office, item, upload, 0, BYTES)

    def killed(kept: Kept, _slot: Slot, _declared: Declared) -> Report:
        raise KeyboardInterrupt(kept.sha256)

    by = Incoming("form", "推荐表.docx", HANDED_IN)
    with pytest.raises(KeyboardInterrupt):
        slices.finish(office.desk, item, upload, size=len(BYTES), by=by, check=killed, now=HANDED_IN)
    with pytest.raises(OutOfStep):  # what is whole can no longer grow, not even in the vault
        send(office, item, upload, len(BYTES), b"more")
    assert finish(office, item, upload) == finish(office, item, upload) == hashlib.sha256(BYTES).hexdigest()


def test_too_large_is_said_before_and_while_it_comes(office: Office) -> None:
    item = a_draft(office)
    most = office.desk.edition.slot("form").max_megabytes << 20
    with pytest.raises(TooLarge, match="上限 20 MB"):
        begin(office, item, size=most + 1)
    upload = begin(office, item, size=5)  # a browser may say anything
    path = Arrivals(office.desk.vault.incoming)
    path.append(upload, 0, BYTES[:5], most_bytes=most)
    os.truncate(office.desk.vault.incoming / f"upload-{upload}", most)
    with pytest.raises(TooLarge, match="上限"):
        send(office, item, upload, most, b"1")


def test_below_the_reserve_of_the_disk_uploads_wait(office: Office) -> None:
    item = a_draft(office)
    settings = office.desk.settings.model_copy(update={"disk_reserve_megabytes": 10**9})
    desk = type(office.desk)(
        office.desk.database, office.desk.loaded, office.desk.workdays, settings, office.desk.vault
    )
    with pytest.raises(slices.NoRoom, match="其他操作不受影响"), desk.database.write() as session:
        slices.begin(session, desk, item, Incoming("form", "a.docx", HANDED_IN), size=1)


def test_nobody_reaches_the_upload_of_another_application(office: Office) -> None:
    jia, yi = a_draft(office), a_draft(office, "乙")
    upload = begin(office, jia)
    with pytest.raises(Refusal, match="作废"):
        send(office, yi, upload, 0, b"x")


def test_a_second_choice_of_file_replaces_the_one_on_its_way(office: Office) -> None:
    item = a_draft(office)
    first, second = begin(office, item), begin(office, item)
    with pytest.raises(Refusal, match="取代"):
        send(office, item, first, 0, b"x")
    send(office, item, second, 0, BYTES)
    assert finish(office, item, second)


def test_begun_in_time_may_finish_within_the_grace_and_not_after(office: Office) -> None:
    item = a_draft(office)
    upload = begin(office, item, now=at("2024-08-15 23:59"))
    send(office, item, upload, 0, BYTES)
    with pytest.raises(NotAllowed, match="未能在"):
        finish(office, item, upload, now=at("2024-08-16 00:30"))
    assert finish(office, item, upload, now=at("2024-08-16 00:29"))
    with pytest.raises(NotAllowed, match="晚于"):
        begin(office, item, now=at("2024-08-16 00:00"))


def test_abandoned_slices_go_after_48_hours_and_no_earlier(office: Office) -> None:
    item = a_draft(office)
    upload = begin(office, item)
    send(office, item, upload, 0, b"abc")
    touched = at("2024-08-01 12:00")
    os.utime(office.desk.vault.incoming / f"upload-{upload}", (touched.timestamp(), touched.timestamp()))
    assert slices.clear_abandoned(office.desk, now=touched + timedelta(hours=47)) == 0
    assert slices.clear_abandoned(office.desk, now=touched + timedelta(hours=49)) == 1
    with office.desk.database.read() as session:
        assert slices.progress(session, office.desk, item, upload).arrived == 0
