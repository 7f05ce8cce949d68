"""Makes small PDFs whose one page would take hours or gigabytes to draw, each in another way."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from odd_scans import changed
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream
from PIL import Image

FILL = b"0 0 600 850 re f "


def form(pdf: Pdf, data: bytes, resources: Dictionary | None = None, **words: Object) -> Stream:
    made = pdf.make_stream(data)
    made.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 600, 850]), **words))
    made.Resources = resources or Dictionary()
    return made


def drawing(pdf: Pdf, thing: Object, times: int = 1) -> None:
    pdf.pages[0].Resources.XObject.X = thing
    pdf.pages[0].contents_add(pdf.make_stream(b"q /X Do Q " * times))


def itself(pdf: Pdf) -> None:
    made = form(pdf, b"/X Do " * 10)
    made.Resources.XObject = Dictionary(X=made)
    drawing(pdf, made)


def names_spelt_otherwise(pdf: Pdf) -> None:
    made = form(pdf, FILL)
    for _ in range(9):
        made = form(pdf, b"/#58%\n Do " * 10, Dictionary(XObject=Dictionary(X=made)))
    drawing(pdf, made)


def fills(pdf: Pdf) -> None:
    drawing(pdf, form(pdf, FILL * 50_000))


def shadings(pdf: Pdf) -> None:
    function = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([0, 0, 0]), C1=Array([1, 0, 1]), N=1)
    shade = Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=Array([0, 0, 600, 850]), Function=function)
    pdf.pages[0].Resources.Shading = Dictionary(S=shade)
    pdf.pages[0].contents_add(pdf.make_stream(b"/S sh " * 10_000))


def patterns(pdf: Pdf) -> None:
    words = {"PatternType": 1, "PaintType": 1, "TilingType": 1, "BBox": Array([0, 0, 600, 850])}
    tile = pdf.make_stream(FILL)
    tile.update(Dictionary(**words, XStep=1, YStep=1, Resources=Dictionary()))
    for _ in range(4):
        outer = pdf.make_stream(b"/Pattern cs /P scn 0 0 600 850 re f " * 20)
        outer.update(Dictionary(**words, XStep=10, YStep=10, Resources=Dictionary(Pattern=Dictionary(P=tile))))
        tile = outer
    pdf.pages[0].Resources.Pattern = Dictionary(P=tile)
    pdf.pages[0].contents_add(pdf.make_stream(b"/Pattern cs /P scn 0 0 600 850 re f"))


def small_tiles(pdf: Pdf) -> None:
    tile = pdf.make_stream(b"0 0 1 1 re f")
    words = {"PatternType": 1, "PaintType": 1, "TilingType": 1, "BBox": Array([0, 0, 1, 1])}
    tile.update(Dictionary(**words, XStep=1, YStep=0.001, Resources=Dictionary()))
    pdf.pages[0].Resources.Pattern = Dictionary(P=tile)
    pdf.pages[0].contents_add(pdf.make_stream(b"/Pattern cs /P scn 0 0 600 850 re f"))


def glyphs(pdf: Pdf) -> None:
    glyph = pdf.make_stream(b"1000 0 d0 /X Do")
    font = Dictionary(Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 1000, 1000]), CharProcs={"/a": glyph})
    font.Resources = Dictionary(XObject=Dictionary(X=form(pdf, FILL * 2000)))
    pdf.pages[0].Resources.Font = Dictionary(F=pdf.make_indirect(font))
    pdf.pages[0].contents_add(pdf.make_stream(b"BT /F 10 Tf (" + b"a" * 1000 + b") Tj ET"))


def masks(pdf: Pdf) -> None:
    mask = form(pdf, FILL * 2000, Group=Dictionary(S=Name.Transparency, CS=Name.DeviceGray))
    pdf.pages[0].Resources.ExtGState = Dictionary(G=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=mask)))
    pdf.pages[0].contents_add(pdf.make_stream(b"/G gs " + FILL * 5000))


def stamps(pdf: Pdf) -> None:
    look = Dictionary(N=form(pdf, FILL * 1000))
    words = {"Type": Name.Annot, "Subtype": Name.Stamp, "Rect": Array([0, 0, 600, 850]), "F": 4}
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(Dictionary(**words, AP=look)) for _ in range(300)])


def packed_thrice(pdf: Pdf) -> None:
    data = zlib.compress(zlib.compress(zlib.compress(bytes(1 << 28), 9), 9), 9)
    pdf.pages[0].contents_add(pdf.make_indirect(Stream(pdf, data, Filter=Array([Name.FlateDecode] * 3))))


def old_packing(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(pdf.make_indirect(Stream(pdf, bytes(100_000), Filter=Name.LZWDecode)))


def inline_picture(pdf: Pdf) -> None:
    data = zlib.compress(bytes(1 << 16))
    pdf.pages[0].contents_add(pdf.make_stream(b"BI /W 30000 /H 30000 /CS /G /BPC 8 /F /Fl ID " + data + b" EI"))


def _picture(packing: Name, data: bytes, side: int, *, times: int = 1) -> Callable[[Pdf], None]:
    def put(pdf: Pdf) -> None:
        made = Stream(pdf, data, Type=Name.XObject, Subtype=Name.Image, Width=side, Height=side, Filter=packing)
        made.ColorSpace, made.BitsPerComponent = Name.DeviceGray, 8
        drawing(pdf, pdf.make_indirect(made), times)

    return put


def _jpeg(side: int, *, in_passes: bool) -> bytes:
    """A small JPEG whose header says that it is large."""
    file = BytesIO()
    Image.new("L", (64, 64)).save(file, "JPEG", progressive=in_passes)
    data = bytearray(file.getvalue())
    at = data.find(b"\xff\xc2" if in_passes else b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", side, side)
    return bytes(data)


def _jpx(side: int) -> bytes:
    file = BytesIO()
    Image.new("L", (64, 64)).save(file, "JPEG2000")
    data = bytearray(file.getvalue())
    at = data.find(b"\xff\x51")
    data[at + 6 : at + 14] = struct.pack(">II", side, side)
    return bytes(data)


def _jbig2(side: int) -> bytes:
    """One generic region of that size behind the page's own segment."""
    bodies = ((48, struct.pack(">IIIIBH", side, side, 0, 0, 0, 0)), (38, struct.pack(">IIIIB", side, side, 0, 0, 0)))
    return b"".join(struct.pack(">IBBBI", 0, kind, 0, 1, len(body)) + body for kind, body in bodies)


COSTLY: dict[str, Callable[[Pdf], None]] = {
    "form that draws itself": itself,
    "names spelt otherwise": names_spelt_otherwise,
    "fills in a form": fills,
    "shadings": shadings,
    "patterns in patterns": patterns,
    "tiles by the million": small_tiles,
    "glyphs that draw forms": glyphs,
    "masks of each path": masks,
    "stamps": stamps,
    "packed thrice": packed_thrice,
    "packed in the old way": old_packing,
    "inline picture": inline_picture,
    "picture drawn 5,000 times": _picture(Name.FlateDecode, zlib.compress(bytes(9_000_000)), 3000, times=5000),
    "picture of 3.6 billion dots": _picture(Name.FlateDecode, zlib.compress(bytes(99)), 60_000),
    "JPEG that says less outside": _picture(Name.DCTDecode, _jpeg(60_000, in_passes=False), 64),
    "JPEG in passes": _picture(Name.DCTDecode, _jpeg(9000, in_passes=True), 9000),
    "JPEG 2000 that says less outside": _picture(Name.JPXDecode, _jpx(60_000), 64),
    "JBIG2 that says less outside": _picture(Name.JBIG2Decode, _jbig2(60_000), 64),
}


def costly(name: str) -> bytes:
    return changed(COSTLY[name])
