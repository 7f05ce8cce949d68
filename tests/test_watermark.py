"""Copies of files: nobody named in them, words on each page, the content as it was; a hostile file gives none."""

import os
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import av
import docx
import hostile_forms
import hostile_scans
import hostile_videos
import odd_scans
import pikepdf
import pypdfium2
import pytest
from docx.enum.section import WD_SECTION
from filled_forms import filled_in
from odd_videos import with_sound
from PIL import Image
from visitors_of import COPIES

from config.editions_file import load_edition, shipped_edition
from documents import picture_tags, stripped_docx, stripped_mp4, stripped_pdf, watermark
from documents.docx_archive import Archive
from documents.docx_package import read
from documents.findings import Unreadable
from documents.review_copy import NoCopy
from paperwork.form_template import form_template
from web.holed import holed

NAMES = ("张三", "李四", "王五", "W5-W5", "zhang.san@unit.example", "DESKTOP-7", "2021-03-04")
WORDS = "评审专家 闻专家 · 2024年9月30日 10:22 · IM24-001"


@pytest.fixture(scope="module")
def form() -> bytes:
    """A form as Word leaves it: properties, remarks, tracked changes, a template of somebody's disk, a photograph."""
    edition = load_edition(shipped_edition("2024")).edition
    document = docx.Document(BytesIO(filled_in(form_template(edition), edition.form, words=2000)))
    told = document.core_properties
    told.author, told.last_modified_by, told.keywords = "张三", "李四", "DESKTOP-7"
    document.add_comment(document.paragraphs[8].runs, text="这一处请核对", author="王五", initials="W5-W5")
    document.add_picture(BytesIO(photograph()))
    document.add_section(WD_SECTION.NEW_PAGE)
    document.sections[0].different_first_page_header_footer = True
    document.save(file := BytesIO())
    return _changed(file.getvalue())


def photograph(*, told: bool = False) -> bytes:
    """A picture as a camera writes it: who took it, when, which way up."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x0132] = 6, "张三", "2021-03-04 10:00:00"
    Image.new("RGB", (60, 40), "red").save(file := BytesIO(), "JPEG", **({"exif": exif} if told else {}))
    return file.getvalue()


def _changed(data: bytes) -> bytes:
    """What python-docx does not write itself: a tracked change, people, the template's place."""
    with zipfile.ZipFile(BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts["word/media/image1.jpg"] = photograph(told=True)
    body, end = parts["word/document.xml"].rsplit(b"</w:p>", 1)
    change = '<w:ins w:id="9" w:author="李四" w:date="2021-03-04T00:00:00Z"><w:r><w:t>添了一句</w:t></w:r></w:ins>'
    parts["word/document.xml"] = b"".join((body, change.encode(), b"</w:p>", end))
    parts["word/people.xml"] = (
        '<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"><w15:person w15:author="李四">'
        '<w15:presenceInfo w15:providerId="AD" w15:userId="zhang.san@unit.example"/></w15:person></w15:people>'
    ).encode()
    kind = "http://schemas.microsoft.com/office/2011/relationships/people"
    told = {
        "word/_rels/document.xml.rels": f'<Relationship Id="rId99" Type="{kind}" Target="people.xml"/></Relationships>',
        "[Content_Types].xml": '<Override PartName="/word/people.xml" ContentType="application/xml"/></Types>',
    }
    for name, words in told.items():
        parts[name] = parts[name].replace(words[words.rindex("</") :].encode(), words.encode())
    with zipfile.ZipFile(file := BytesIO(), "w") as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return file.getvalue()


@pytest.fixture(scope="module")
def scan() -> bytes:
    """A scan with properties, XMP, private data, a remark with a name."""
    remark = {"/Subtype": pikepdf.Name.Text, "/T": "李四", "/Contents": "请看印章", "/Rect": [9, 9, 30, 30]}

    def tell(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/Author"], pdf.docinfo["/Producer"] = "张三", "DESKTOP-7"
        with pdf.open_metadata() as meta:
            meta["dc:creator"] = ["李四"]
        page = pdf.pages[0].obj
        page.PieceInfo = pikepdf.Dictionary(App=pikepdf.Dictionary(Private=pikepdf.String("王五")))
        page.Annots = pdf.make_indirect(pikepdf.Array([pikepdf.Dictionary(remark)]))

    return odd_scans.changed(tell)


@pytest.fixture(scope="module")
def film() -> bytes:
    """A film with a title, an artist, a place, and instants in its headers."""
    file = BytesIO()
    with av.open(BytesIO(with_sound(2))) as source, av.open(file, "w", format="mp4") as target:
        target.metadata.update(
            {"title": "张三", "artist": "李四", "location": "+31.2304+121.4737/", "comment": "DESKTOP-7"}
        )
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    data = bytearray(file.getvalue())
    struct.pack_into(">II", data, data.index(b"mvhd") + 8, 3_800_000_000, 3_800_000_001)
    return bytes(data)


def put(folder: Path, data: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def unpacked(data: bytes) -> bytes:
    """Every part of a Word file with its name."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())


def texts(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(BytesIO(data)).paragraphs]


def named(data: bytes) -> list[str]:
    return [name for name in NAMES if name.encode() in data or name.encode("utf-16-be") in data]


class TestWord:
    """The document's words stay, whoever wrote them goes."""

    def test_nobody_is_named_and_nothing_else_is_lost(self, tmp_path: Path, form: bytes) -> None:
        assert len(named(unpacked(form))) == len(NAMES)
        bare = stripped_docx.strip(put(tmp_path, form))
        assert named(unpacked(bare)) == []
        assert texts(bare) == texts(form)
        for words in ("这一处请核对", "添了一句"):
            assert words.encode() in unpacked(bare)
        with Archive(put(tmp_path, bare, "bare")) as archive:
            assert read(archive).comments == 1
        assert b"docProps" not in unpacked(bare)
        assert b"people" not in unpacked(bare)

    def test_a_photograph_keeps_which_way_up_it_stands_and_nothing_else(self, tmp_path: Path, form: bytes) -> None:
        bare = stripped_docx.strip(put(tmp_path, form))
        with zipfile.ZipFile(BytesIO(bare)) as archive:
            picture = Image.open(archive.open("word/media/image1.jpg"))
            assert dict(picture.getexif()) == {0x0112: 6}
            picture.load()

    def test_the_words_stand_in_the_head_of_every_page(self, tmp_path: Path, form: bytes) -> None:
        bare = put(tmp_path, stripped_docx.strip(put(tmp_path, form)), "bare")
        marked = docx.Document(BytesIO(stripped_docx.mark(bare, WORDS)))
        for section in marked.sections:
            assert WORDS in [paragraph.text for paragraph in section.header.paragraphs]
        assert WORDS in [paragraph.text for paragraph in marked.sections[0].first_page_header.paragraphs]
        assert texts(stripped_docx.mark(bare, WORDS)) == texts(form)

    def test_a_head_of_its_own_stays_beside_the_words(self, tmp_path: Path, form: bytes) -> None:
        document = docx.Document(BytesIO(form))
        document.sections[0].header.paragraphs[0].text = "单位自己的页眉"
        document.save(file := BytesIO())
        bare = put(tmp_path, stripped_docx.strip(put(tmp_path, file.getvalue())), "bare")
        told = docx.Document(BytesIO(stripped_docx.mark(bare, "甲<乙>&\u202e丙"))).sections[0].header.paragraphs
        assert [paragraph.text for paragraph in told] == ["单位自己的页眉", "甲<乙>&丙"]


class TestPdf:
    """The pages stay as they look, the properties go."""

    def test_nobody_is_named(self, tmp_path: Path, scan: bytes) -> None:
        bare = stripped_pdf.strip(put(tmp_path, scan))
        with pikepdf.open(BytesIO(bare)) as pdf:
            told = pdf.pages[0].obj
            assert ("/Info" in pdf.trailer, "/Metadata" in pdf.Root, "/PieceInfo" in told) == (False, False, False)
            assert dict(told.Annots[0].items()).keys() == {"/Subtype", "/Contents", "/Rect"}
        assert named(bare) == []
        assert looks(bare) == looks(scan)

    def test_the_words_lie_over_every_page_whatever_way_up_it_stands(self, tmp_path: Path, scan: bytes) -> None:
        def turn(pdf: pikepdf.Pdf) -> None:
            for degrees in (90, 180, 270):
                pdf.pages.append(pdf.pages[0])
                pdf.pages[-1].obj.Rotate = degrees

        bare = put(tmp_path, stripped_pdf.strip(put(tmp_path, odd_scans.changed(turn, data=scan))))
        before, after = bare.read_bytes(), stripped_pdf.mark(bare, watermark.stencil(WORDS))
        for page in range(4):
            changed = sum(a != b for a, b in zip(looks(before, page), looks(after, page), strict=True))
            assert 0.002 < changed / len(looks(before, page)) < 0.2
        assert len(after) < len(before) + 12_000

    def test_two_readers_have_different_copies_and_one_reader_the_same(self, tmp_path: Path, scan: bytes) -> None:
        bare = put(tmp_path, stripped_pdf.strip(put(tmp_path, scan)))
        one, same, other = (
            stripped_pdf.mark(bare, watermark.stencil(words)) for words in (WORDS, WORDS, WORDS.replace("闻", "问"))
        )
        assert one == same != other


def looks(data: bytes, page: int = 0) -> bytes:
    return bytes(pypdfium2.PdfDocument(data)[page].render(scale=0.3, grayscale=True).to_pil().tobytes())


class TestFilm:
    """Tags become empty boxes, instants nothing; not one byte of picture or sound moves."""

    def test_nobody_is_named_and_it_plays_the_same(self, tmp_path: Path, film: bytes) -> None:
        path = put(tmp_path, film)
        told = b"".join(bytes_of(holed(path, stripped_mp4.holes(path), None, {})))
        assert named(film) != []
        assert (named(told), b"+31.2304" in told, len(told)) == ([], False, len(film))
        assert packets(told) == packets(film)
        with av.open(BytesIO(told)) as container:
            assert container.metadata.keys() & {"title", "artist", "location", "comment", "creation_time"} == set()

    @pytest.mark.parametrize("asked", ["bytes=0-", "bytes=7-700", "bytes=-900", "bytes=5-5"])
    def test_a_piece_is_a_piece_of_the_same(self, tmp_path: Path, film: bytes, asked: str) -> None:
        path = put(tmp_path, film)
        untold = stripped_mp4.holes(path)
        whole = b"".join(bytes_of(holed(path, untold, None, {})))
        answer = holed(path, untold, asked, {})
        start, _, end = asked.removeprefix("bytes=").partition("-")
        wanted = whole[-int(end) :] if not start else whole[int(start) : int(end) + 1 if end else None]
        assert (b"".join(bytes_of(answer)), answer.headers["content-length"]) == (wanted, str(len(wanted)))
        assert answer.status_code == (200 if asked == "bytes=0-" else 206)

    def test_beyond_the_end_there_is_nothing(self, tmp_path: Path, film: bytes) -> None:
        path = put(tmp_path, film)
        assert holed(path, stripped_mp4.holes(path), f"bytes={len(film)}-", {}).status_code == 416


def bytes_of(answer: object) -> list[bytes]:
    """The pieces of an answer, without a server."""
    frame = answer.body_iterator.ag_frame  # type: ignore[attr-defined]
    return list(frame.f_locals["iterator"])


def packets(data: bytes) -> list[tuple[int, int | None, bytes]]:
    with av.open(BytesIO(data)) as container:
        return [(packet.stream.index, packet.pts, bytes(packet)) for packet in container.demux()]


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "entities in a form": ("docx", hostile_forms.parameter_entities),
    "parts of one name": ("docx", hostile_forms.twice),
    "no form at all": ("docx", lambda: b"PK\x03\x04 nothing"),
    "a locked scan": ("pdf", lambda: odd_scans.locked("secret", "other")),
    "arrays within arrays": ("pdf", lambda: hostile_scans.deep_array(10_000)),
    "no scan at all": ("pdf", lambda: b"%PDF-1.7 nothing"),
    "half a million boxes": ("mp4", lambda: hostile_videos.many_boxes(500_000)),
    "a header alone": ("mp4", hostile_videos.header_alone),
}


def test_a_hostile_file_gives_no_copy_and_the_next_one_does(tmp_path: Path, scan: bytes) -> None:
    """In the confined child: a refusal with its sentence each time, never a byte of the original."""
    told: dict[str, tuple[bytes, bool, bool]] = {}
    for name, (kind, make) in HOSTILE.items():
        path, into = put(tmp_path, make()), BytesIO()
        try:
            COPIES.holes(path) if kind == "mp4" else COPIES.strip(path, kind, into)  # type: ignore[arg-type]
        except NoCopy as refusal:
            told[name] = (into.getvalue(), "做不出供您查看的副本" in refusal.sentence, bool(refusal.next_step))
    assert told == dict.fromkeys(HOSTILE, (b"", True, True))
    COPIES.strip(put(tmp_path, scan), "pdf", into := BytesIO())
    assert into.getvalue() == stripped_pdf.strip(put(tmp_path, scan))


def test_a_copy_may_be_larger_than_any_answer(tmp_path: Path) -> None:
    """20 MB come through the pipe as they are."""
    noise = os.urandom(20 << 20)

    def weigh(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj.Resources.XObject.Heavy = pikepdf.Stream(pdf, noise)

    path = put(tmp_path, odd_scans.changed(weigh))
    COPIES.strip(path, "pdf", into := BytesIO())
    with pikepdf.open(into) as pdf:
        assert pdf.pages[0].obj.Resources.XObject.Heavy.read_bytes() == noise


def test_a_machine_without_a_chinese_font_marks_in_latin_letters() -> None:
    chinese, latin = watermark.stencil("闻专家"), watermark.stencil("闻专家", bare=True)
    assert latin.packed == watermark.stencil("wen zhuan jia", bare=True).packed != chinese.packed
    assert latin.words == "闻专家"


def test_what_is_no_picture_stays_as_it_is() -> None:
    for data in (b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\x00", b"GIF89a", b"\x89PNG\r\n\x1a\n\x00"):
        assert picture_tags.without_tags(data) in (data, b"\x89PNG\r\n\x1a\n\x00")
    with pytest.raises(Unreadable):
        stripped_pdf.strip(Path("/dev/null"))
