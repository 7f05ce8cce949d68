"""Makes copies of a PDF: one without what it tells of its makers, one with words laid over each page."""

from io import BytesIO
from math import cos, radians, sin
from pathlib import Path
from typing import TYPE_CHECKING

from documents.findings import Unreadable
from documents.pdf_calm import calm
from documents.pdf_structure import PRINT_AGAIN, active_in, inspect
from documents.picture_tags import without_tags
from documents.scan_cost import bound_unpacking

if TYPE_CHECKING:
    import pikepdf

    from documents.watermark import Stencil

_TELLING = ("/Metadata", "/PieceInfo", "/LastModified")
_OF_THE_FILE = (*_TELLING, "/SpiderInfo", "/Lang")
_OF_A_REMARK = ("/T", "/M", "/CreationDate", "/NM")  # who wrote it and when; its words stay
_MARK = "/ReviewMark"
_FIELD, _LINK = "/Widget", "/Link"
_ACROSS = 0.8  # of the page's shorter side
_PLACES = (0.2, 0.5, 0.8)  # of its height
_SLANT = 30  # degrees
_GREY, _COVER = 0.35, 0.4


def strip(path: Path) -> bytes:
    """The PDF without properties, XMP, private data of programs, names on remarks, and without what acts by itself.

    `Unreadable` for a broken one, and where something would still act.
    """
    import pikepdf

    found = inspect(path, r="", wanted=lambda _pages: ())
    with pikepdf.open(BytesIO(found.mended) if found.mended else path) as pdf:
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for name in _OF_THE_FILE:
            if name in pdf.Root:
                del pdf.Root[name]
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                _untell(thing)
        for page in pdf.pages:
            _untell_remarks(page.obj)
        if not found.active:
            return _saved(pdf)
        calm(pdf)
        bare = _saved(pdf)
    with pikepdf.open(BytesIO(bare)) as pdf:
        if active := active_in(pdf):
            raise Unreadable(f"PDF 中有{'、'.join(active)}。", PRINT_AGAIN, "copy", "")
    return bare


def mark(path: Path, stencil: "Stencil") -> bytes:
    """The stripped PDF with the words over each page, three times aslant, whatever way up the page stands."""
    import pikepdf

    bound_unpacking()
    with pikepdf.open(path) as pdf:
        form = _form(pdf, stencil)
        for page in pdf.pages:
            page.add_resource(form, pikepdf.Name.XObject, name=pikepdf.Name(_MARK))
            drawn = _placements(page)
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(f"\nQ\n{drawn}".encode())
        return _saved(pdf)


def _untell(thing: "pikepdf.Object") -> None:
    import pikepdf

    for name in _TELLING:
        if name in thing:
            del thing[name]
    if isinstance(thing, pikepdf.Stream) and thing.get("/Filter") == pikepdf.Name.DCTDecode:
        raw = thing.read_raw_bytes()
        clean = without_tags(raw)
        if clean != raw:
            thing.write(clean, filter=pikepdf.Name.DCTDecode)


def _untell_remarks(page: "pikepdf.Dictionary") -> None:
    import pikepdf

    remarks = page.get("/Annots")
    for remark in remarks if isinstance(remarks, pikepdf.Array) else ():
        if isinstance(remark, pikepdf.Dictionary) and str(remark.get("/Subtype")) not in (_FIELD, _LINK):
            for name in _OF_A_REMARK:
                if name in remark:
                    del remark[name]


def _form(pdf: "pikepdf.Pdf", stencil: "Stencil") -> "pikepdf.Object":
    """The words one unit wide, with their middle at the origin, in pale ink."""
    from pikepdf import Array, Dictionary, Name, Stream

    picture = Stream(pdf, b"")
    picture.write(stencil.packed, filter=Name.FlateDecode)
    picture.update(
        {
            "/Type": Name.XObject, "/Subtype": Name.Image, "/Width": stencil.width, "/Height": stencil.height,
            "/ImageMask": True, "/BitsPerComponent": 1, "/Decode": Array([0, 1]),
        }
    )  # fmt: skip
    tall = stencil.height / stencil.width
    drawn = f"/Pale gs {_GREY} g 1 0 0 {tall:.5f} -0.5 {-tall / 2:.5f} cm /Words Do"
    form = Stream(pdf, drawn.encode())
    form.update(
        {
            "/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": Array([-0.5, -tall / 2, 0.5, tall / 2]),
            "/Resources": Dictionary(
                XObject=Dictionary(Words=pdf.make_indirect(picture)),
                ExtGState=Dictionary(Pale=Dictionary(Type=Name.ExtGState, ca=_COVER, CA=_COVER)),
            ),
        }
    )  # fmt: skip
    return pdf.make_indirect(form)


def _placements(page: "pikepdf.Page") -> str:
    left, low, right, high = (float(edge) for edge in page.cropbox)
    wide, height = abs(right - left), abs(high - low)
    turn = radians(_SLANT + int(page.obj.get("/Rotate", 0) or 0) % 360)
    size = _ACROSS * min(wide, height)
    across, up = size * cos(turn), size * sin(turn)
    middle, foot = min(left, right) + wide / 2, min(low, high)
    turned = f"{across:.3f} {up:.3f} {-up:.3f} {across:.3f} {middle:.3f}"
    return "".join(f"q {turned} {foot + height * place:.3f} cm {_MARK} Do Q\n" for place in _PLACES)


def _saved(pdf: "pikepdf.Pdf") -> bytes:
    import pikepdf

    file = BytesIO()
    streams = pikepdf.StreamDecodeLevel.none
    pdf.save(file, deterministic_id=True, compress_streams=False, stream_decode_level=streams)
    return file.getvalue()
