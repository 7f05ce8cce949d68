"""Copies of a PDF that could act by itself: they show the same pages, and do nothing."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import hostile_scans
import odd_scans
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, String

from documents import stripped_pdf
from documents.pdf_structure import inspect

NOWHERE = "http://127.0.0.1:9/"


def remarks(pdf: pikepdf.Pdf) -> None:
    """A link that starts a program, an attached file, a film, and a plain remark."""
    box = Array([0, 0, 9, 9])
    pdf.pages[0].obj.Annots = Array(
        [
            Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=box, A=Dictionary(S=Name.Launch, F=String("cmd.exe"))),
            Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=box, FS=Dictionary(EF=Dictionary())),
            pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=box)),
            Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=box, Contents=String("请看此页")),
        ]
    )
    pdf.pages[0].obj.AA = Dictionary(O=odd_scans.script())
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), odd_scans.script()])))


ACTING: dict[str, Callable[[], bytes]] = {
    "a script": lambda: odd_scans.opening(odd_scans.script()),
    "a program at the end of a chain": lambda: odd_scans.deep_launch(30),
    "a form that sends": lambda: odd_scans.opening(Dictionary(S=Name.SubmitForm, F=String(NOWHERE))),
    "an attachment": lambda: odd_scans.changed(odd_scans.attached),
    "a form of another kind": lambda: odd_scans.changed(odd_scans.dynamic_form),
    "a film": hostile_scans.rendition,
    "calls to other machines": hostile_scans.calling_out,
    "on the page itself": lambda: odd_scans.changed(remarks),
}


def drawn(data: bytes) -> bytes:
    with pypdfium2.PdfDocument(data) as pdf:
        picture = pdf[0].render(scale=0.5, may_draw_forms=False, draw_annots=False).to_numpy()
        return bytes(picture.tobytes())


@pytest.mark.parametrize("name", ACTING)
def test_a_copy_of_what_acts_by_itself_only_shows(tmp_path: Path, name: str) -> None:
    """The office may let such a file pass; whoever reviews it still gets pages and nothing else."""
    path, copy = tmp_path / "given.pdf", tmp_path / "copy.pdf"
    path.write_bytes(ACTING[name]())
    assert inspect(path, r="", wanted=lambda _pages: ()).active
    copy.write_bytes(bare := stripped_pdf.strip(path))
    assert inspect(copy, r="", wanted=lambda _pages: ()).active == ()
    assert drawn(bare) == drawn(path.read_bytes())
    for word in (b"cmd.exe", b"app.alert", b"/OpenAction", b"/AA", NOWHERE.encode()):
        assert word not in bare


def test_plain_remarks_and_links_stay(tmp_path: Path) -> None:
    path = tmp_path / "given.pdf"
    path.write_bytes(odd_scans.changed(remarks))
    with pikepdf.open(BytesIO(stripped_pdf.strip(path))) as pdf:
        kinds = [str(remark.Subtype) for remark in pdf.pages[0].obj.Annots]
        assert kinds == ["/Link", "/Text"]
        assert str(pdf.pages[0].obj.Annots[1].Contents) == "请看此页"
