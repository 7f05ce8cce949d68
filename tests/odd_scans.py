"""Makes commitment letters and evidence as odd or hostile as strangers send them, real PDF bytes."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from io import BytesIO

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from cli.specimen_letter import FilledLetter, SealOwner, letter_bytes
from config.editions_file import load_edition, shipped_edition

Change = Callable[[Pdf], object]
A4 = (595, 842)


@cache
def letter(seals: tuple[SealOwner, ...] = ("endorser", "unit"), *, signature: bool = False) -> bytes:
    """A scanned letter of one page with these seals."""
    rules = load_edition(shipped_edition("2024")).edition.letter
    assert rules
    names = ("高档数控机床误差自补偿关键技术", "江城重型机床股份有限公司", "中国机械工程学会")
    return letter_bytes(rules, FilledLetter(*names, date(2024, 7, 12), seals, signature))


def changed(*changes: Change, data: bytes | None = None, **saving: object) -> bytes:
    """The letter after some changes, saved anew."""
    file = BytesIO()
    with pikepdf.open(BytesIO(data or letter())) as pdf:
        for change in changes:
            change(pdf)
        pdf.save(file, **saving)
    return file.getvalue()


def locked(user: str, owner: str) -> bytes:
    return changed(encryption=pikepdf.Encryption(user=user, owner=owner))


def opening(action: Dictionary) -> bytes:
    def act(pdf: Pdf) -> None:
        pdf.Root.OpenAction = action

    return changed(act, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def deep_launch(depth: int) -> bytes:
    """A program to start at the end of a chain of harmless actions, all written inside one object."""
    action = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    for _ in range(depth):
        action = Dictionary(S=Name.Named, N=Name.NextPage, Next=Array([action]))
    return opening(action)


def attached(pdf: Pdf) -> None:
    pdf.attachments["报价.exe"] = b"MZ" + bytes(100)


def dynamic_form(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=pdf.make_stream(b"<xdp/>"))


def of_pages(count: int, size: tuple[float, float] = A4) -> bytes:
    file = BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(count):
            pdf.add_blank_page(page_size=size)
        pdf.save(file)
    return file.getvalue()


def with_media_box(box: Sequence[float]) -> bytes:
    def resize(pdf: Pdf) -> None:
        pdf.pages[0].obj.MediaBox = Array(list(box))

    return changed(resize)


def without_table() -> bytes:
    """The table of places points nowhere: readers must find the objects themselves."""
    data = letter()
    at = data.rindex(b"startxref\n") + len(b"startxref\n")
    return data[:at] + b"999999999\n%%EOF\n"


def false_count(count: int) -> bytes:
    return letter().replace(b"/Count 1", b"/Count %d" % count)


def page_tree_in_a_circle() -> bytes:
    return letter().replace(b"/Kids [3 0 R]", b"/Kids [3 0 R 2 0 R]")


def black_and_white() -> bytes:
    with pypdfium2.PdfDocument(letter()) as pdf:
        grey = pdf[0].render(scale=2).to_pil().convert("L").point(lambda dot: 40 if dot < 190 else 250)
    file = BytesIO()
    grey.save(file, "PDF")
    return file.getvalue()


def seal_on_the_last_page(pages: int) -> bytes:
    """Empty pages before the sealed one."""
    file = BytesIO()
    with pikepdf.open(BytesIO(letter())) as sealed, pikepdf.new() as pdf:
        for _ in range(pages - 1):
            pdf.add_blank_page(page_size=A4)
        pdf.pages.append(sealed.pages[0])
        pdf.save(file)
    return file.getvalue()


def seals_as_fields() -> bytes:
    """The seals stand in the appearance of signature fields, as electronic seals do, not on the page."""

    def stamp(pdf: Pdf) -> None:
        with pypdfium2.PdfDocument(letter()) as sealed:
            picture = sealed[0].render(scale=2).to_pil().convert("RGB")
        page, widgets = pdf.pages[0], []
        high = float(page.MediaBox[3])
        for left, top in ((300, 410), (300, 546)):
            cut = picture.crop((2 * left, 2 * top, 2 * left + 360, 2 * top + 270))
            field = _field(pdf, cut, [left, high - top - 135, left + 180, high - top])
            widgets.append(pdf.make_indirect(field))
        page.obj.Annots = Array(widgets)
        pdf.Root.AcroForm = Dictionary(Fields=Array(widgets), SigFlags=3)

    return changed(stamp, data=letter(()))


def _field(pdf: Pdf, picture: Image.Image, rectangle: list[float]) -> Dictionary:
    dots = pdf.make_stream(picture.tobytes())
    dots.update(Dictionary(Type=Name.XObject, Subtype=Name.Image, ColorSpace=Name.DeviceRGB, BitsPerComponent=8))
    dots.Width, dots.Height = picture.size
    look = pdf.make_stream(b"q 180 0 0 135 0 0 cm /I Do Q")
    look.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 180, 135])))
    look.Resources = Dictionary(XObject=Dictionary(I=dots))
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Sig,
        T=String(f"seal{rectangle[1]}"),
        F=4,
        Rect=Array(rectangle),
        AP=Dictionary(N=look),
    )


def with_text_layer() -> bytes:
    """A scan under which its reader left the text it recognised."""

    def write(pdf: Pdf) -> None:
        page = pdf.pages[0]
        page.Resources.Font = Dictionary(
            F1=pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        )
        text = b" ".join(
            b"BT /F1 9 Tf 3 Tr 60 %d Td (recognised words of a letter) Tj ET" % y for y in range(100, 800, 20)
        )
        page.contents_add(pdf.make_stream(text))

    return changed(write)


def drawing_without_end(levels: int) -> bytes:
    """Forms that each draw the next one ten times."""

    def nest(pdf: Pdf) -> None:
        inner = pdf.make_stream(b"0 0 10 10 re f")
        inner.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 850])))
        for _ in range(levels):
            outer = pdf.make_stream(b"/X Do " * 10)
            outer.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 850])))
            outer.Resources = Dictionary(XObject=Dictionary(X=inner))
            inner = outer
        pdf.pages[0].Resources.XObject.X = inner
        pdf.pages[0].contents_add(pdf.make_stream(b"/X Do"))

    return changed(nest)


def huge_stream() -> bytes:
    """A page description of 200 MB, packed small."""

    def fill(pdf: Pdf) -> None:
        pdf.pages[0].contents_add(pdf.make_stream(b" " * (200 << 20)))

    return changed(fill, compress_streams=True)
