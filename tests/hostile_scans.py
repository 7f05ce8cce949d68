"""Makes letters and evidence that want to harm whoever reads them: what explodes when it is drawn, what calls."""

import struct
import zlib
from io import BytesIO

import pikepdf
from odd_scans import changed, letter, opening
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

CALLS = ("http://127.0.0.1/a", "ftp://127.0.0.1/a", "\\\\127.0.0.1\\share\\a", "file://127.0.0.1/a")


def objects(*bodies: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects as they are, the first being its root."""
    file = BytesIO(b"%PDF-1.7\n")
    file.seek(0, 2)
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
    file.writelines(b"%010d 00000 n \n" % place for place in places)
    file.write(b"trailer<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, trailer, start))
    return file.getvalue()


def one_page(contents: bytes, resources: bytes = b"<<>>", *more: bytes, box: bytes = b"[0 0 595 842]") -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox %s/Contents 4 0 R/Resources %s>>" % (box, resources)
    return objects(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream(contents), *more
    )


def stream(content: bytes, words: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (words, len(content), content)


def packed(content: bytes, words: bytes = b"", times: int = 1) -> bytes:
    """A stream deflated so many times over."""
    for _ in range(times):
        content = zlib.compress(content, 9)
    return stream(content, words + b"/Filter[" + b"/FlateDecode" * times + b"]")


def picture(width: int, height: int, words: bytes = b"/ColorSpace/DeviceRGB/BitsPerComponent 8") -> bytes:
    """A picture that claims so many dots; its data are few zeros, packed."""
    kind = b"/Type/XObject/Subtype/Image/Width %d/Height %d%s" % (width, height, words)
    return one_page(b"500 0 0 700 40 40 cm /I Do", b"<</XObject<</I 5 0 R>>>>", packed(bytes(1 << 20), kind))


def packed_over_and_over() -> bytes:
    """Half a gigabyte behind three filters."""
    content = zlib.compress(bytes(1 << 29), 9)
    return objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        stream(zlib.compress(content, 9), b"/Filter[/FlateDecode/FlateDecode]"),
    )


def objects_in_stream() -> bytes:
    """Objects in a stream that unpacks to very much."""
    data = bytearray(changed(object_stream_mode=pikepdf.ObjectStreamMode.generate))
    return bytes(data.replace(b"/Type /ObjStm", b"/Type /ObjStm /N 999999999", 1))


def deep_array(levels: int) -> bytes:
    return objects(b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * levels + b"]" * levels + b">>", b"<</Kids[]/Count 0>>")


def wide_array(count: int) -> bytes:
    return objects(
        b"<</Type/Catalog/Pages 2 0 R/X[" + b"0 " * count + b"]>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )


def many_objects(count: int) -> bytes:
    return one_page(b"", b"<<>>", *([b"[0]"] * count))


def tables_in_a_circle() -> bytes:
    """Each table of places says that the one before it is itself."""
    data = letter()
    start = int(data[data.rindex(b"startxref") + 9 :].split()[0])
    return data.replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % start) if b"trailer\n<<" in data else data


def pattern(across: bytes = b".001", down: bytes = b".001") -> bytes:
    """A page filled with tiles that are so far apart."""
    tile = stream(
        b"0 0 1 1 re f",
        b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep %s/YStep %s/Resources<<>>"
        % (across, down),
    )
    return one_page(b"/Pattern cs /P scn 0 0 595 842 re f", b"<</Pattern<</P 5 0 R>>>>", tile)


def shading() -> bytes:
    """Nested functions that shade a page."""
    inner = b"<</FunctionType 2/Domain[0 1]/C0[0 0 0]/C1[1 1 1]/N 1>>"
    for _ in range(18):
        inner = b"<</FunctionType 3/Domain[0 1]/Functions[%s %s]/Bounds[.5]/Encode[0 1 0 1]>>" % (inner, inner)
    shade = b"<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 595 842]/Function %s>>" % inner
    return one_page(b"/S sh " * 50, b"<</Shading<</S 5 0 R>>>>", shade)


def many_operators(count: int) -> bytes:
    """A page description of so many curves."""
    return one_page(b"", b"<<>>").replace(stream(b""), packed(b"0 0 m 595 842 10 10 595 0 c S\n" * count), 1)


def saved_states(count: int) -> bytes:
    return one_page(b"q " * count)


def calling_out() -> bytes:
    """Actions, forms, pictures and contents that lie on another machine."""

    def point(pdf: Pdf) -> None:
        notes = [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=uri) for uri in _actions()]
        pdf.pages[0].obj.Annots = Array(notes)
        pdf.Root.OpenAction = _actions()[0]
        for number, call in enumerate(CALLS):
            outside = Stream(pdf, b"", F=Dictionary(Type=Name.Filespec, FS=Name.URL, F=String(call)))
            outside.update(Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=9, Height=9, BitsPerComponent=8))
            outside.ColorSpace = Name.DeviceGray
            pdf.pages[0].Resources.XObject[f"/Out{number}"] = outside
            pdf.pages[0].contents_add(pdf.make_stream(b"/Out%d Do" % number))

    return changed(point)


def _actions() -> list[Dictionary]:
    return [Dictionary(S=kind, URI=String(call), F=String(call)) for call in CALLS for kind in (Name.URI, Name.GoToR)]


def behind(start: bytes) -> bytes:
    return start + letter()


def before(end: bytes) -> bytes:
    return letter() + end


def wrong_types() -> bytes:
    """Words where numbers, numbers where names should stand, and a name that is no text."""
    data = objects(
        b"<</Type/Catalog/Pages 2 0 R/\xab\xff 7>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate/X/UserUnit(a)/Contents 4 0 R/Annots 9/Resources[]>>",
        stream(b"", b"/Filter/\xab\xff"),
    )
    return data.replace(b"/Size 5", b"/Size /X")


def rendition() -> bytes:
    return opening(Dictionary(S=Name.Rendition, JS=String("app.alert(1)")))


def inflating(size: int, byte: bytes = b"\0") -> bytes:
    """So many equal bytes, deflated."""
    packer = zlib.compressobj(9)
    pieces = [packer.compress(byte * (1 << 20)) for _ in range(size >> 20)]
    return b"".join([*pieces, packer.flush()])


def picture_of(data: bytes, words: bytes, *more: bytes) -> bytes:
    """A page with one picture of these data."""
    kind = b"/Type/XObject/Subtype/Image" + words
    return one_page(b"500 0 0 700 40 40 cm /I Do", b"<</XObject<</I 5 0 R>>>>", stream(data, kind), *more)


def large_profile() -> bytes:
    """A small picture whose colours are explained in half a gigabyte."""
    words = b"/Width 10/Height 10/ColorSpace[/ICCBased 6 0 R]/BitsPerComponent 8"
    return picture_of(bytes(300), words, stream(inflating(1 << 29), b"/N 3/Filter/FlateDecode"))


def large_font(size: int) -> bytes:
    """Three letters of a font of so many bytes."""
    font = (
        b"<</Type/Font/Subtype/TrueType/BaseFont/A/FirstChar 0/LastChar 1/Widths[1 1]"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/A/Flags 4/FontFile2 6 0 R>>>>"
    )
    page = b"BT /F 12 Tf 100 100 Td (abc) Tj ET"
    return one_page(page, b"<</Font<</F 5 0 R>>>>", font, stream(inflating(size), b"/Filter/FlateDecode"))


def large_mesh() -> bytes:
    """A shading of fifty million triangles."""
    words = (
        b"/ShadingType 4/ColorSpace/DeviceRGB/BitsPerCoordinate 8/BitsPerComponent 8/BitsPerFlag 8"
        b"/Decode[0 595 0 842 0 1 0 1 0 1]/Filter/FlateDecode"
    )
    return one_page(b"/S sh", b"<</Shading<</S 5 0 R>>>>", stream(inflating(200 << 20, b"\x55"), words))


def wide_array_in_stream(count: int) -> bytes:
    """One array of very many numbers inside a stream of objects: a few KB on disk."""
    data = zlib.compress(b"5 0 [" + b"0 " * count + b"]", 9)
    bodies = (
        b"<</Type/Catalog/Pages 2 0 R/X 5 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        stream(data, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"),
    )
    file, places = bytearray(b"%PDF-1.7\n"), list[int]()
    for number, body in enumerate(bodies, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(file)
    rows = [(0, 0, 65535), *((1, place, 0) for place in places), (2, 4, 0), (1, start, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    words = b"/Type/XRef/Size 7/Root 1 0 R/W[1 4 2]"
    return bytes(file) + b"6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(table, words), start)
