"""Applications that come as folders: real files, taken once, completed, corrected, refused (R30–R32, R41–R45, A23)."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select

from cli import specimens
from config.editions_file import load_edition, shipped_edition
from config.refusal import Refusal
from documents.child import Readers
from documents.findings import Report
from documents.vault import TooLarge
from office import applications, corrections
from office.application_folder import Received, receive_folder
from records.tables.application import Application, Upload
from states.facts import State
from states.refusals import NotAllowed

from cast import CHECKED, Office, at, endorse, files

pytestmark = pytest.mark.slow

EDITION = load_edition(shipped_edition("2024")).edition
CLOSES = EDITION.submission.closes
RECEIVED = at("2024-08-01 10:00")
NOW = at("2024-08-02 09:00")
NAMES = {"title": "金属铸造智能产线", "unit": "某某重工", "endorser": "中国机械工程学会"}
TOLD: dict[str, Any] = {
    "title": NAMES["title"],
    "unit": NAMES["unit"],
    "unit_type": "enterprise",
    "category": "production",
    "commitments": [True, True, True, True],
    "received_at": RECEIVED,
    "contact": {"name": "甲联系人", "phone": "13800000000", "email": "jia@applicants.example"},
    "endorser": {"kind": "society", "name": NAMES["endorser"]},
    "files": {"form": "form.docx", "video": "video.mp4", "letter": "letter.pdf"},
}

Take = Callable[[Path], Received]


@pytest.fixture(scope="session")
def readers() -> Iterator[Readers]:
    with Readers() as warm:
        yield warm


@pytest.fixture(scope="session")
def four_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real files of one application, made once."""
    folder = tmp_path_factory.mktemp("specimens")
    specimens.write_form(folder / "form.docx", edition=EDITION, words=4_000, **NAMES)
    specimens.write_form(folder / "long.docx", edition=EDITION, words=5_600, **NAMES)
    specimens.write_video(folder / "video.mp4", seconds=12)
    specimens.write_letter(folder / "letter.pdf", edition=EDITION, route="society", date=date(2024, 7, 30), **NAMES)
    specimens.write_evidence(folder / "evidence.pdf", edition=EDITION, pages=1)
    return folder


@pytest.fixture
def take(office: Office, readers: Readers) -> Take:
    return partial(receive_folder, office.desk, check=readers.check, officer_id=office.wang, now=NOW)


def make(folder: Path, source: Path, **told: object) -> Path:
    """A folder with the files that its application.toml names, taken from ``source``; ``None`` leaves a key out."""
    facts = {key: value for key, value in (TOLD | told).items() if value is not None}
    folder.mkdir()
    for value in facts["files"].values():
        for name in [value] if isinstance(value, str) else value:
            if "/" not in name and (source / name).is_file():
                shutil.copy(source / name, folder / name)
    (folder / "application.toml").write_text(toml(facts), encoding="utf-8")
    return folder


def toml(facts: dict[str, Any]) -> str:
    def one(value: object) -> str:
        if isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{key} = {one(inner)}" for key, inner in value.items()) + " }"
        return json.dumps(value, ensure_ascii=False)

    return "".join(f"{key} = {one(value)}\n" for key, value in facts.items())


def count(office: Office, table: type[Application] | type[Upload]) -> int:
    with office.desk.database.read() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def verdict(report: Report, rule: str) -> str:
    return next(line.verdict for line in report.findings if line.rule == rule)


def test_a_folder_is_checked_and_handed_in(office: Office, take: Take, four_files: Path, tmp_path: Path) -> None:
    received = take(make(tmp_path / "one", four_files, files=TOLD["files"] | {"evidence": ["evidence.pdf"]}))
    assert (received.number, received.state, received.refusal) == ("IM24-001", State.SUBMITTED, None)
    assert [report.name for report in received.reports] == ["form.docx", "video.mp4", "letter.pdf", "evidence.pdf"]
    assert verdict(received.reports[0], "form.words") == "green"
    assert verdict(received.reports[0], "form.head.title") == "green"
    item = office.found(received.item_id)
    assert (item.received_at, item.submitted_at, item.state_since) == (RECEIVED, RECEIVED, NOW)
    assert set(files(office, received.item_id)) == {"form", "video", "letter", "evidence"}
    endorse(office, received.item_id)


def test_the_same_folder_is_taken_once_wherever_it_lies(
    office: Office, take: Take, four_files: Path, tmp_path: Path
) -> None:
    folder = make(tmp_path / "one", four_files)
    first = take(folder)
    moved = folder.rename(tmp_path / "moved")
    again = take(moved)
    assert (again.item_id, again.state) == (first.item_id, State.SUBMITTED)
    assert (count(office, Application), count(office, Upload)) == (1, 3)
    assert len(office.letters("submit.applicant")) == 1


def test_an_interrupted_folder_is_completed(office: Office, take: Take, four_files: Path, tmp_path: Path) -> None:
    """Taken in, cut off before it was handed in: the second time it is handed in, and nothing is there twice."""
    folder = make(tmp_path / "one", four_files, commitments=3)
    assert take(folder).state == State.DRAFT
    with office.desk.database.write() as session:
        item = applications.by_number(session, office.desk, "IM24-001")
        item.commitments_at = RECEIVED
        session.add(item)
    assert take(folder).state == State.SUBMITTED
    assert (count(office, Application), count(office, Upload)) == (1, 3)


def test_a_blocking_finding_leaves_a_draft_and_says_why(
    office: Office, take: Take, four_files: Path, tmp_path: Path
) -> None:
    """R52: 5600 字."""
    received = take(make(tmp_path / "one", four_files, files=TOLD["files"] | {"form": "long.docx"}))
    assert received.state == State.DRAFT
    assert received.refusal is not None
    told = received.told()
    assert told["state"] == "draft"
    assert any("5600" in line and "long.docx" in line for line in told["findings"])
    assert office.letters() == []


def test_a_refused_form_is_replaced_by_a_second_folder(
    office: Office, take: Take, four_files: Path, tmp_path: Path
) -> None:
    take(make(tmp_path / "one", four_files, files=TOLD["files"] | {"form": "long.docx"}))
    better = make(tmp_path / "two", four_files, number="IM24-001", files={"form": "form.docx"})
    assert take(better).state == State.SUBMITTED
    assert (count(office, Application), count(office, Upload)) == (1, 4)
    assert take(better).state == State.SUBMITTED
    assert count(office, Upload) == 4


def test_a_correction_replaces_the_named_slots_alone(
    office: Office, readers: Readers, four_files: Path, tmp_path: Path, take: Take
) -> None:
    """Sent back after the close; the endorsement stands, for only the video changed."""
    item_id = take(make(tmp_path / "one", four_files)).item_id
    endorse(office, item_id)
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=["video"], reason="超时", officer_id=office.wang, now=CHECKED
        )
    before = files(office, item_id)
    due = office.found(item_id).lapses_at
    assert due is not None
    late = make(tmp_path / "late", four_files, number="IM24-001", received_at=due, files={"video": "video.mp4"})
    correction = make(
        tmp_path / "two", four_files, number="IM24-001", received_at=CHECKED + timedelta(days=1),
        files={"video": "video.mp4"},
    )  # fmt: skip
    for folder in (late, correction):
        specimens.write_video(folder / "video.mp4", seconds=9)
    by = {"check": readers.check, "officer_id": office.wang, "now": due}
    with pytest.raises(NotAllowed, match="晚于截止时刻"):
        receive_folder(office.desk, late, **by)
    assert receive_folder(office.desk, correction, **by).state == State.ENDORSED
    after = files(office, item_id)
    assert {slot for slot in before if before[slot] != after[slot]} == {"video"}
    assert receive_folder(office.desk, correction, **by).state == State.ENDORSED


def test_a_correction_of_a_slot_that_is_not_open_is_refused_whole(
    office: Office, take: Take, four_files: Path, tmp_path: Path
) -> None:
    item_id = take(make(tmp_path / "one", four_files)).item_id
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=["video"], reason="超时", officer_id=office.wang, now=NOW
        )
    before = files(office, item_id)
    folder = make(
        tmp_path / "two",
        four_files,
        number="IM24-001",
        received_at=NOW,
        files={"video": "video.mp4", "form": "long.docx"},
    )
    with pytest.raises(NotAllowed, match="不在退回修改之列"):
        take(folder)
    assert files(office, item_id) == before


def test_the_same_project_in_another_folder_is_refused(
    office: Office, take: Take, four_files: Path, tmp_path: Path
) -> None:
    """A23; the cure names the number to correct."""
    take(make(tmp_path / "one", four_files))
    with pytest.raises(Refusal, match="已经登记") as refused:
        take(make(tmp_path / "two", four_files, files=TOLD["files"] | {"form": "long.docx"}))
    assert 'number = "IM24-001"' in refused.value.next_step
    assert count(office, Application) == 1


def test_received_at_closing_is_late_and_a_microsecond_before_is_not(
    office: Office, readers: Readers, four_files: Path, tmp_path: Path
) -> None:
    by = {"check": readers.check, "officer_id": None, "now": CLOSES + timedelta(hours=9)}
    with pytest.raises(NotAllowed, match="晚于截止时刻 2024年8月15日 24:00"):
        receive_folder(office.desk, make(tmp_path / "late", four_files, received_at=CLOSES), **by)
    assert count(office, Application) == 0
    assert [path for path in office.desk.settings.vault.rglob("*") if path.is_file()] == []
    in_time = make(tmp_path / "in_time", four_files, received_at=CLOSES - timedelta(microseconds=1))
    assert receive_folder(office.desk, in_time, **by).state == State.SUBMITTED


def test_an_expert_comes_with_what_is_recorded_of_one(
    office: Office, take: Take, four_files: Path, tmp_path: Path
) -> None:
    """R15, A19."""
    expert = {
        "kind": "expert",
        "name": "顾教授",
        "unit": "中州大学",
        "title": "教授",
        "phone": "137",
        "email": "gu@e.example",
    }
    take(make(tmp_path / "one", four_files, endorser=expert))
    assert office.letters("submit.endorser")[0].email == "gu@e.example"
    with pytest.raises(Refusal, match="信息不全"):
        take(make(tmp_path / "two", four_files, title="另一项", endorser={"kind": "expert", "name": "无名"}))
    assert count(office, Application) == 1


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"title": None}, "title：缺少这一项"),
        ({"contact": {"name": "甲", "email": "不是邮箱"}}, "contact.email：不是一个邮箱地址"),
        ({"colour": "red"}, "colour：没有这一项"),
        ({"received_at": datetime(2024, 8, 1, 10)}, "received_at：没有时区偏移"),  # noqa: DTZ001 - the fault meant
        ({"received_at": NOW + timedelta(seconds=1)}, "收到时刻晚于现在"),
        ({"files": {"form": "../form.docx"}}, "不在申报文件夹之内"),
        ({"files": {"form": "/dev/null"}}, "不在申报文件夹之内"),
        ({"files": {"form": "missing.docx"}}, "没有“missing.docx”这个文件"),
        ({"files": {"form": ["form.docx", "long.docx"]}}, "只收一个文件"),
        ({"files": {"budget": "form.docx"}}, "files.budget：本届没有这一份文件"),
        ({"endorser": {"kind": "bank", "name": "某银行"}}, "endorser.kind"),
        ({"category": "航天"}, "category：本届没有“航天”"),
        ({"number": "IM24-099"}, "没有编号为 IM24-099"),
    ],
)
def test_a_folder_with_a_fault_is_refused_and_nothing_recorded(
    office: Office, take: Take, four_files: Path, tmp_path: Path, told: dict[str, Any], says: str
) -> None:
    (tmp_path / "form.docx").write_bytes(b"outside")
    with pytest.raises(Refusal) as refused:
        take(make(tmp_path / "one", four_files, **told))
    assert says in refused.value.sentence
    assert refused.value.next_step
    assert count(office, Application) == 0


def test_a_link_out_of_the_folder_is_refused(office: Office, take: Take, four_files: Path, tmp_path: Path) -> None:
    folder = make(tmp_path / "one", four_files)
    (folder / "form.docx").unlink()
    (folder / "form.docx").symlink_to(four_files / "form.docx")
    with pytest.raises(Refusal, match="不在申报文件夹之内"):
        take(folder)


@pytest.mark.parametrize(("words", "says"), [(None, "没有这个文件"), ("title = ", "不是有效的 TOML")])
def test_a_folder_without_a_readable_toml_is_refused(take: Take, tmp_path: Path, words: str | None, says: str) -> None:
    if words is not None:
        (tmp_path / "application.toml").write_text(words, encoding="utf-8")
    with pytest.raises(Refusal, match=says):
        take(tmp_path)


def test_a_file_above_its_slots_limit_is_named(office: Office, take: Take, four_files: Path, tmp_path: Path) -> None:
    folder = make(tmp_path / "one", four_files)
    with (folder / "form.docx").open("ab") as form:
        form.truncate(21 << 20)
    with pytest.raises(TooLarge, match=r"form\.docx：文件超过上限 20 MB"):
        take(folder)
    assert count(office, Application) == 0


def test_an_old_folder_does_not_answer_a_sending_back(
    office: Office, take: Take, four_files: Path, tmp_path: Path
) -> None:
    """Taken again by mistake, neither the first folder nor what came before the sending back moves the case."""
    first = make(tmp_path / "one", four_files)
    item_id = take(first).item_id
    with office.desk.database.write() as session:
        corrections.send_back(
            session, office.desk, item_id, slots=["video"], reason="超时", officer_id=office.wang, now=NOW
        )
    assert take(first).state == State.RETURNED
    with pytest.raises(NotAllowed, match="在此之前收到"):
        take(make(tmp_path / "two", four_files, number="IM24-001", files={"video": "video.mp4"}))
    assert office.found(item_id).state == State.RETURNED


def test_a_draft_says_again_what_keeps_it_from_being_handed_in(
    office: Office, take: Take, four_files: Path, tmp_path: Path
) -> None:
    folder = make(tmp_path / "one", four_files, files=TOLD["files"] | {"form": "long.docx"})
    first, again = take(folder), take(folder)
    assert set(again.told()["findings"]) == set(first.told()["findings"])
    assert again.told()["refused"] == first.told()["refused"]
