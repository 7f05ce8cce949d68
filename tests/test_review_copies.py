"""What experts and endorsers get of a file: a copy that is marked for them; the office has the original."""

import hashlib
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import docx
import odd_scans
import pikepdf
import pytest
from filled_forms import filled_in
from odd_videos import with_sound
from test_web_files import hold
from visitors_of import COPIES, Browser

from office import review_copies
from office.desk import Desk
from office.review_copies import Reader
from office.visitors import Part
from paperwork.form_template import form_template
from records.tables.application import Upload
from states.facts import State

from cast import FOUNDED, HANDED_IN, Office, an_application, files, found_desk, office_at

Given = tuple[Office, dict[str, int], dict[str, bytes]]
WEN = Reader("评审专家", "闻专家", "IM24-001")


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Given]:
    """One application with real files; nobody of these tests changes it."""
    desk = found_desk(tmp_path_factory.mktemp("copies") / "home")
    office = office_at(desk)
    item = an_application(office, State.SUBMITTED)
    held = files(office, item)
    form = docx.Document(BytesIO(filled_in(form_template(desk.edition), desk.edition.form, words=500)))
    form.core_properties.author = "张三"
    form.save(file := BytesIO())
    given = {"form": file.getvalue(), "video": with_sound(1), "letter": odd_scans.letter()}
    for slot, data in given.items():
        hold(office, held[slot], data)
    yield office, held, given
    desk.database.close()


def upload_of(office: Office, upload_id: int) -> Upload:
    with office.desk.database.read() as session:
        return session.get_one(Upload, upload_id)


def got(desk: Desk, upload: Upload, *, now: object = HANDED_IN) -> bytes:
    with review_copies.copied(desk, COPIES, upload, WEN, now=now) as file:  # type: ignore[arg-type]
        return file.read()


def test_the_unit_and_the_office_get_the_very_bytes_and_the_endorser_a_copy(
    handed_in: Given,
) -> None:
    office, held, given = handed_in
    for part in (Part.APPLICANT, Part.OFFICE):
        client = Browser(office, part).client
        assert {slot: client.get(f"/files/{held[slot]}").content for slot in given} == given
    client = Browser(office, Part.ENDORSER).client
    answers = {slot: client.get(f"/files/{held[slot]}") for slot in given}
    for slot, answer in answers.items():
        assert (answer.status_code, answer.content == given[slot]) == (200, False), slot
    head = docx.Document(BytesIO(answers["form"].content)).sections[0].header
    assert head.paragraphs[-1].text == "推荐方 中国纺织工程学会 · 2024年8月1日 10:00 · IM24-001 · 仅供评审，请勿外传"
    assert "张三".encode() not in b"".join(parts(answers["form"].content))
    with pikepdf.open(BytesIO(answers["letter"].content)) as pdf:
        assert "/ReviewMark" in pdf.pages[0].obj.Resources.XObject
    assert len(answers["video"].content) == len(given["video"])
    assert answers["letter"].headers["content-length"] == str(len(answers["letter"].content))
    assert answers["letter"].headers["content-disposition"].startswith("inline")
    piece = client.get(f"/files/{held['video']}", headers={"range": "bytes=4-11"})
    assert (piece.status_code, piece.content) == (206, answers["video"].content[4:12])
    linked = Browser(office).client.get(f"/endorse/{office.link(1)}/files/{held['form']}?download=yes")
    assert linked.content == answers["form"].content
    for slot, data in given.items():
        assert office.desk.vault.path(hashlib.sha256(data).hexdigest()).read_bytes() == data, slot


def parts(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        yield from (archive.read(name) for name in archive.namelist())


def test_a_copy_says_when_it_was_made_and_its_bare_form_is_made_once(
    handed_in: Given,
) -> None:
    office, held, _ = handed_in
    upload = upload_of(office, held["letter"])
    one, same, later = (got(office.desk, upload, now=HANDED_IN + wait * timedelta(hours=1)) for wait in (0, 0, 1))
    assert one == same != later
    kept = [path.name for path in (office.desk.settings.home / review_copies.FOLDER).iterdir()]
    assert kept.count(f"{upload.sha256}.1.pdf") == 1
    assert not any(name.endswith(".part") for name in kept)


def test_without_watermark_the_copy_is_still_none_of_the_original(
    handed_in: Given,
) -> None:
    office, held, given = handed_in
    desk = unmarked(office.desk)
    found = got(desk, upload_of(office, held["form"]))
    assert found == got(desk, upload_of(office, held["form"])) != given["form"]
    assert "仅供评审".encode() not in b"".join(parts(found))


def unmarked(desk: Desk) -> Desk:
    """The desk under an edition that marks nothing."""
    protection = desk.edition.protection.model_copy(update={"watermark": False})
    edition = desk.edition.model_copy(update={"protection": protection})
    loaded = type(desk.loaded)(edition, desk.loaded.clauses, desk.loaded.text, desk.loaded.sha256, desk.loaded.path)
    return type(desk)(desk.database, loaded, desk.workdays, desk.settings, desk.vault)


def test_where_no_copy_can_be_made_nothing_goes_out(
    handed_in: Given,
) -> None:
    """The sentence in place of the bytes, for the endorser; the office still has the original to look at."""
    office, _, _ = handed_in
    other = an_application(office, State.SUBMITTED, "乙")
    held = files(office, other)
    for slot in ("form", "letter", "video"):
        answer = Browser(office, Part.ENDORSER).client.get(f"/files/{held[slot]}")
        assert (answer.status_code, "做不出供您查看的副本" in answer.text) == (422, True)
        assert f"{other}-{slot}-" not in answer.text
    assert Browser(office, Part.OFFICE).client.get(f"/files/{held['form']}").status_code == 200


def test_copies_that_nobody_reads_are_cleared(office: Office) -> None:
    folder = office.desk.settings.home / review_copies.FOLDER
    folder.mkdir()
    for name in ("a.1.pdf", "b.part"):
        (folder / name).write_bytes(b"x")
    assert review_copies.clear_unused(office.desk, now=FOUNDED) == 0
    later = FOUNDED + timedelta(days=365 * 10)
    assert review_copies.clear_unused(office.desk, now=later) == 2
    assert list(folder.iterdir()) == []
