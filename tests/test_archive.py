"""The archive of a case and of an edition: what lies in it, for whom, how it is checked, what never lies in it."""

import hashlib
import json
import random
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path

import objectors
import pytest
from contest import (
    CLOSES,
    FINAL,
    FINAL_LOCKS,
    FINAL_SIGNED,
    LOCKS,
    PREPARED,
    SCORED,
    Contest,
    contest_at,
    descending,
)
from docx import Document
from python_calamine import CalamineWorkbook
from sqlalchemy import update
from sqlmodel import col, select

from config.refusal import Refusal
from office import acting_for, archive, archive_edition, archive_verify, notes, paper_sheets
from office.applications import current_files
from office.archive_bundle import MANIFEST
from office.scores import Entry
from records import ledger
from records.tables.event import Event
from records.tables.letter import Letter, LetterState
from states.facts import State
from states.refusals import NotAllowed, NotYours

from cast import (
    CHECKED,
    HANDED_IN,
    Office,
    a_draft,
    an_application,
    applications,
    experts,
    found_desk,
    office_at,
    put,
    submit,
)

REASON = "论证充分，数据可复核，创新性突出。"
NOTE = "来电询问过进度"
SCAN, PHOTO = b"%PDF-1.7 a letter", b"\xff\xd8 a sheet"


DAMAGED = 60  # copies of an archive


@dataclass(frozen=True)
class Archived:
    """A small season with both rounds released and an objection decided, and the two archives that were made of it."""

    contest: Contest
    case: zipfile.ZipFile
    case_file: Path
    made: archive.Made
    edition: zipfile.ZipFile
    edition_file: Path
    sealed: zipfile.ZipFile  # of the case, between the lock of the first round and its release


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archived]:
    """Three cases, two experts; nothing here is changed by a test."""
    folder = tmp_path_factory.mktemp("archived")
    contest = _season(folder / "home", folder / "sealed.zip")
    number, office = contest.number(contest.items[0]), contest.office
    with (folder / "case.zip").open("wb") as target:
        made = archive.write_case(office.desk, number, target, officer_id=office.wang, now=CLOSES)
    with (folder / "edition.zip").open("wb") as target:
        archive.write_edition(office.desk, target, officer_id=office.ren, now=CLOSES)
    case, edition = folder / "case.zip", folder / "edition.zip"
    sealed = zipfile.ZipFile(folder / "sealed.zip")
    with sealed, zipfile.ZipFile(case) as of_case, zipfile.ZipFile(edition) as of_all:
        yield Archived(contest, of_case, case, made, of_all, edition, sealed)
    office.desk.database.close()


def _season(home: Path, sealed: Path) -> Contest:
    office = office_at(found_desk(home))
    first = applications(office, State.FORMALLY_CHECKED, 3)[0]
    experts(office, 2)
    contest = contest_at(home)
    with office.desk.database.write() as session:
        notes.write(session, office.desk, first, NOTE, officer_id=office.wang, now=CHECKED)
        paper = acting_for.OnPaper("来函委托办理", office.desk.vault.keep(BytesIO(SCAN)).sha256, "来函.pdf", 1)
        acting_for.begin_for_applicant(
            session, office.desk, paper, number="IM24-001", officer_id=office.wang, now=CHECKED
        )
        sent = col(Letter.application_id) == first
        session.execute(update(Letter).where(sent).values(state=LetterState.SENT.value, sent_at=CHECKED))
    for round_key, scored, locks, signed in (
        ("first_round", SCORED, LOCKS, LOCKS + timedelta(hours=1)),
        ("final", FINAL, FINAL_LOCKS, FINAL_SIGNED),
    ):
        contest.prepare(round_key, now=PREPARED)
        contest.open(round_key, now=scored)
        contest.score(round_key, descending(contest.items[1:], experts=2), now=scored)
        contest.enter(round_key, contest.experts[0], first, "100", reason=REASON, now=scored)
        _enter_on_paper(contest, round_key, contest.experts[1], first, scored)
        contest.lock(round_key, now=locks)
        if not sealed.exists():
            with sealed.open("wb") as target:
                archive.write_case(office.desk, contest.number(first), target, officer_id=office.ren, now=locks)
        contest.release(round_key, now=signed)
    contest.post()
    contest.decide(objectors.lodge(contest), "dismissed", outcome="经核实，权属无争议。", now=objectors.DURING)
    return contest


def _enter_on_paper(contest: Contest, round_key: str, expert: int, item: int, now: datetime) -> None:
    """A score on a sheet of paper, typed by Wang and by Li."""
    office, entry = contest.office, Entry("100", reason=REASON)
    with office.desk.database.write() as session:
        photo = office.desk.vault.keep(BytesIO(PHOTO)).sha256
        sheet = paper_sheets.begin(
            session, office.desk, round_key, expert, item, entry, photo=photo, officer_id=office.wang, now=now
        )
        paper_sheets.confirm(session, office.desk, sheet.id or 0, entry, officer_id=office.li, now=now)


def _index(found: zipfile.ZipFile) -> str:
    tables = Document(BytesIO(found.read("index.docx"))).tables
    return "\n".join(cell.text for table in tables for row in table.rows for cell in row.cells)


def _rows(archive_: zipfile.ZipFile, ending: str) -> list[list[object]]:
    (name,) = (each for each in archive_.namelist() if each.endswith(ending))
    book = CalamineWorkbook.from_filelike(BytesIO(archive_.read(name)))
    return [row for sheet in book.sheet_names for row in book.get_sheet_by_name(sheet).to_python()]


def test_a_case_lies_there_with_everything_under_names_that_tell(archived: Archived) -> None:
    names = archived.case.namelist()
    for told in (
        "材料/IM24-001-第001单位-第001项目智能产线-文件1.docx", "材料/IM24-001-第001单位-第001项目智能产线-文件2.mp4",
        "材料/IM24-001-第001单位-第001项目智能产线-文件3.pdf", "文书/受理回执.docx", "文书/形式审查意见.docx",
        "评审/IM24-001 初评评分与理由.xlsx", "评审/IM24-001 终评评分与理由.xlsx", "账本/IM24-001 经过.xlsx",
        "账本/账本.jsonl", "index.docx", "README.txt", MANIFEST,
    ):  # fmt: skip
        assert told in names
    assert archived.case.testzip() is None
    assert all(each.flag_bits & 0x800 for each in archived.case.infolist() if not each.filename.isascii())
    assert archived.case.read(names[1]) == b"1-form-"
    readme = archived.case.read("README.txt").decode("utf-8-sig")
    assert "sha256sum -c MANIFEST.sha256" in readme
    assert "\n" not in readme.replace("\r\n", "")


def test_the_index_and_the_list_name_every_file_with_its_digest(archived: Archived) -> None:
    listed = dict(line.split("  ", 1)[::-1] for line in archived.case.read(MANIFEST).decode().splitlines())
    assert set(listed) | {MANIFEST} == set(archived.case.namelist())
    tables = Document(BytesIO(archived.case.read("index.docx"))).tables
    told = {row.cells[1].text: row.cells[4].text for row in tables[1].rows[1:]}
    assert told == {name: digest for name, digest in listed.items() if name not in ("README.txt", "index.docx")}
    left_out = [[cell.text for cell in row.cells] for row in tables[2].rows]
    assert any("异议人的身份" in what and "保密" in why for what, why in left_out)


def test_scores_come_with_their_reasons_once_they_are_released(archived: Archived) -> None:
    rows = _rows(archived.case, "初评评分与理由.xlsx")
    assert [row[3:5] for row in rows[2:]] == [["100.00", REASON]] * 2
    assert "第 1 名" in str(rows[0][0])


def test_what_came_on_paper_lies_beside(archived: Archived) -> None:
    """The photograph of a score only with the scores; the paper that the office acted on at once."""
    acted = "代办依据/2024-08-20 1000 代申报单位办理的依据.pdf"
    assert archived.sealed.read(acted) == archived.case.read(acted) == SCAN
    assert archived.case.read("评审/纸质评分表/初评 专家2 纸质评分表.jpg") == PHOTO
    assert not any(PHOTO in data for _, data in _all_bytes(archived.sealed))


def test_letters_are_as_they_left_without_the_links(archived: Archived) -> None:
    letters = [name for name in archived.case.namelist() if name.endswith(".eml")]
    asked = next(name for name in letters if "推荐方" in name)
    message = message_from_bytes(archived.case.read(asked), policy=policy.default)
    words = "".join(str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text")
    assert "第001项目智能产线" in words
    assert archived.contest.office.link(archived.contest.items[0]) not in words
    (letter,) = archived.contest.office.letters("submit.endorser", item_id=archived.contest.items[0])
    assert message["To"].addresses[0].addr_spec == letter.email
    assert message["Message-ID"] == letter.message_id


def test_decisions_notice_and_objection_are_told_without_who_objected(archived: Archived) -> None:
    told = str(_rows(archived.case, "决定、公示与异议.xlsx"))
    for words in ("公示", "经核实，权属无争议。", "IM24-异001", "说明见附件。"):
        assert words in told


def test_who_objected_lies_in_neither_archive(archived: Archived) -> None:
    """Every mark of the objector, in every file as it is unpacked, and in the Word and Excel files inside."""
    luo = objectors.LUO
    marks = [luo[key].encode() for key in ("name", "phone", "email", "unit", "address")] + [objectors.proof()]
    for found in (archived.case, archived.edition):
        for name, data in _all_bytes(found):
            assert not any(mark in data for mark in marks), name


def _all_bytes(found: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for name in found.namelist():
        data = found.read(name)
        yield name, name.encode() + data
        if name.endswith((".docx", ".xlsx")) and data.startswith(b"PK"):  # the files of the cast are a few words
            with zipfile.ZipFile(BytesIO(data)) as inner:
                yield from ((f"{name}/{each}", inner.read(each)) for each in inner.namelist())


def test_the_history_says_what_the_office_noted(archived: Archived) -> None:
    assert NOTE in str(_rows(archived.case, "经过.xlsx"))
    events = [json.loads(line) for line in archived.case.read("账本/账本.jsonl").splitlines()]
    by_kind = {event["kind"]: event for event in events}
    assert by_kind["case_note"]["note"]["reason"] == NOTE
    assert "note" not in by_kind["score"]
    born = by_kind["created"]
    assert ledger.note_digest(born["salt"], born["note"]) == born["note_digest"]


def test_each_making_stands_in_the_ledger_with_the_digest_of_its_list(archived: Archived) -> None:
    office = archived.contest.office
    with office.desk.database.read() as session:
        told = session.exec(select(Event).where(Event.kind == archive.KIND).order_by(col(Event.id))).all()
        assert [(event.application_id, event.officer_id) for event in told] == [
            (1, office.ren), (1, office.wang), (None, office.ren),
        ]  # fmt: skip
        assert ledger.verify(session).verified
    assert archive_verify.verify(archived.case_file).sha256 == archived.made.sha256


def test_the_edition_holds_every_case_and_what_is_about_all(archived: Archived) -> None:
    names = archived.edition.namelist()
    for told in (
        "项目/IM24-003-第003单位/index.docx", "文书/形式审查汇总.xlsx", "评审/初评评审会纪要.docx",
        "评审/终评评分.jsonl", "评审/count_again.py", "设置/2024-第1版.toml", "账本/账本-1.xlsx", "账本/区块.jsonl",
    ):  # fmt: skip
        assert told in names
    cases = Document(BytesIO(archived.edition.read("index.docx"))).tables[0]
    assert [row.cells[1].text for row in cases.rows[1:]] == ["IM24-001", "IM24-002", "IM24-003"]


def test_an_archive_is_checked_without_a_home(archived: Archived) -> None:
    with archived.contest.office.desk.database.read() as session:
        walked = ledger.verify(session)
    found = archive_verify.verify(archived.edition_file)
    assert found.faults == ()
    assert len(found.head) == len(walked.head)
    assert found.files == len(archived.edition.namelist())
    events = [json.loads(line) for line in archived.edition.read("账本/账本.jsonl").splitlines()]
    blocks = [json.loads(line) for line in archived.edition.read("账本/区块.jsonl").splitlines()]
    assert found.head == blocks[-1]["digest"]
    assert events[-1]["id"] == blocks[-1]["last_event"]


def test_the_chain_can_be_reckoned_by_the_readme_alone(archived: Archived) -> None:
    """Nothing of ours is used: what the archive's own README says is enough."""
    readme = archived.edition.read("README.txt").decode("utf-8-sig").replace("\r\n", "")
    fields = readme.partition("其字段依次为 ")[2].partition("，以字节 1F")[0].split("、")
    events = [json.loads(line) for line in archived.edition.read("账本/账本.jsonl").splitlines()]
    blocks = [json.loads(line) for line in archived.edition.read("账本/区块.jsonl").splitlines()]
    begin, previous = datetime(1970, 1, 1, tzinfo=UTC), hashlib.sha256(b"linxuan ledger 1").hexdigest()
    for event in events:
        event["at"] = (datetime.fromisoformat(event["at"]) - begin) // timedelta(microseconds=1)
    for block in blocks:
        mine = [event for event in events if block["first_event"] <= event["id"] <= block["last_event"]]
        told = ["\x1f".join("\x00" if event[name] is None else str(event[name]) for name in fields) for event in mine]
        assert (
            hashlib.sha256((previous + "".join(f"\x1e{each}" for each in told)).encode()).hexdigest() == block["digest"]
        )
        previous = block["digest"]
    noted = [event for event in events if "note" in event]
    for event in noted:
        words = json.dumps(event["note"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(bytes.fromhex(event["salt"]) + words.encode()).hexdigest() == event["note_digest"]
    assert len(noted) > 20


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("文件1.docx", lambda _data: b"another", "与清单中的摘要不一致"),
        ("文件1.docx", None, "不在卷宗里"),
        ("new.txt", lambda _data: b"smuggled in", "不在清单中"),
        ("账本/账本.jsonl", lambda data: data.replace(b"submit", b"endors", 1), "与封存时不一致"),
        ("账本/账本.jsonl", lambda data: data.replace("第001单位".encode(), "第002单位".encode(), 1), "附注与封存时"),
        ("账本/区块.jsonl", lambda data: data.replace(b'"previous": "', b'"previous": "0', 1), "区块 1"),
    ],
    ids=["changed", "removed", "added", "event", "note", "block"],
)  # fmt: skip
def test_whatever_is_changed_is_found(archived: Archived, tmp_path: Path, name: str, change: object, told: str) -> None:
    spoiled = tmp_path / "spoiled.zip"
    known = archived.edition.namelist()
    target = name if name in known else next((each for each in known if each.endswith(name)), name)
    with zipfile.ZipFile(spoiled, "w") as made:
        for each in [*known, *([] if target in known else [target])]:
            data = archived.edition.read(each) if each in known else b""
            if each != target:
                made.writestr(each, data)
            elif callable(change):
                made.writestr(each, change(data))
    assert any(told in fault for fault in archive_verify.verify(spoiled).faults)


def test_damaged_bytes_twins_and_paths_that_lead_out_are_told(archived: Archived, tmp_path: Path) -> None:
    torn = tmp_path / "torn.zip"
    data = bytearray(archived.case_file.read_bytes())
    at = data.index(b"1-form-")
    data[at] ^= 1
    torn.write_bytes(data)
    assert any("已损坏" in fault for fault in archive_verify.verify(torn).faults)
    twice = tmp_path / "twice.zip"
    shutil.copyfile(archived.case_file, twice)
    with zipfile.ZipFile(twice, "a") as made:
        made.writestr("../out.txt", b"x")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("README.txt", b"x")
    faults = "".join(archive_verify.verify(twice).faults)
    assert "README.txt 在卷宗里有 2 份" in faults
    assert "指向卷宗之外" in faults
    for data in (b"no zip", archived.case_file.read_bytes()[:-30]):
        torn.write_bytes(data)
        with pytest.raises(Refusal, match=r"不是完整的 zip|不是卷宗"):
            archive_verify.verify(torn)
    with zipfile.ZipFile(torn, "w") as made:
        made.writestr("a", b"")
    with pytest.raises(Refusal, match="不是卷宗"):
        archive_verify.verify(torn)


def test_the_edition_is_for_lead_and_supervisor_and_a_case_for_the_office(office: Office) -> None:
    item = an_application(office, State.SUBMITTED)
    number = office.found(item).number
    for officer in (office.wang, office.supervisor):
        archive.write_case(office.desk, number, BytesIO(), officer_id=officer, now=CHECKED)
    with pytest.raises(NotYours, match="负责人和监督"):
        archive.write_edition(office.desk, BytesIO(), officer_id=office.wang, now=CHECKED)
    with pytest.raises(NotYours):
        archive.write_case(office.desk, number, BytesIO(), officer_id=99, now=CHECKED)


def test_sealed_scores_are_left_out_and_it_is_said(archived: Archived) -> None:
    """Between lock and release neither figures nor reasons are in it, for the lead neither."""
    names = archived.sealed.namelist()
    assert "文书/形式审查意见.docx" in names
    assert not any(name.startswith("评审/") for name in names)
    for name, data in _all_bytes(archived.sealed):
        assert REASON.encode() not in data, name
    words = _index(archived.sealed)
    assert "初评评分" in words
    assert "结果产生之前，评分密封" in words


def test_names_of_strangers_neither_lead_out_nor_count(office: Office, tmp_path: Path) -> None:
    """A title that is a formula, a unit that is a reserved name with a path in it: unpacked as it is, all inside."""
    item = a_draft(
        office, title='=HYPERLINK("http://evil.example")/..\\..\u202e' + "长" * 80, unit="CON/../" + "名" * 80
    )
    submit(office, item)
    target = BytesIO()
    made = archive.write_case(office.desk, "IM24-001", target, officer_id=office.wang, now=CHECKED)
    with zipfile.ZipFile(target) as found:
        found.extractall(tmp_path / "out")
        for name in found.namelist():
            assert (tmp_path / "out" / name).is_file(), name
            assert len(name) < 120, name
        assert not any(b"<f>" in data for name, data in _all_bytes(found) if "worksheets" in name)
        files = [name for name in found.namelist() if name.startswith("材料/")]
    assert all(name.startswith("材料/IM24-001-CON_.._名") and name.isprintable() for name in files)
    assert made.name.startswith("IM24-001-CON_.._名")
    assert len(made.name.encode()) < 255


def test_a_draft_has_no_archive(office: Office) -> None:
    number = office.found(a_draft(office)).number
    with pytest.raises(NotAllowed, match="还没有提交"):
        archive.write_case(office.desk, number, BytesIO(), officer_id=office.wang, now=HANDED_IN)
    with office.desk.database.read() as session:
        assert archive_edition.handed_in(session, office.desk) == []


def test_earlier_versions_lie_beside_and_what_the_vault_lost_or_changed_is_told(office: Office) -> None:
    item = a_draft(office)
    put(office, item, "form", words="second")
    submit(office, item)
    number = office.found(item).number
    with office.desk.database.read() as session:
        digests = {file.slot: file.sha256 for file in current_files(session, item)}
    lost, changed = office.desk.vault.path(digests["video"]), office.desk.vault.path(digests["letter"])
    kept = lost.read_bytes(), changed.read_bytes()
    for path in (lost, changed):
        path.unlink()
    changed.write_bytes(b"not what was handed in")
    target = BytesIO()
    archive.write_case(office.desk, number, target, officer_id=office.wang, now=CHECKED)
    lost.write_bytes(kept[0])
    changed.write_bytes(kept[1])
    with zipfile.ZipFile(target) as found:
        names = "\n".join(found.namelist())
        words = _index(found)
    assert "文件1-第1版.docx" in names
    assert "文件2" not in names
    assert "文件库中没有这个文件" in words
    assert f"提交时摘要为 {digests['letter']}" in words


def test_whatever_damages_an_archive_is_told_in_words(archived: Archived, tmp_path: Path) -> None:
    """Bytes changed or cut off anywhere, the ledger's own lines among them: a fault or a refusal, never a break."""
    whole, chance, spoiled = archived.edition_file.read_bytes(), random.Random(2024), tmp_path / "spoiled.zip"
    told = Counter[str]()
    for _ in range(DAMAGED):
        data = bytearray(whole[: chance.choice((len(whole), chance.randrange(len(whole))))])
        for _ in range(chance.choice((1, 3, 20))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        spoiled.write_bytes(data)
        try:
            told["faults" if archive_verify.verify(spoiled).faults else "sound"] += 1
        except Refusal:
            told["refused"] += 1
    assert told["faults"] > told["sound"]  # what zip keeps twice may differ once and be read all the same
    assert told["refused"] > 0
