"""Makes recommendation forms that want to harm whoever reads them: exhaust, read or call what they should not."""

import io
import stat
import struct
import zipfile
from collections.abc import Iterable

from odd_forms import NAMES, W, content_types, form, p, pack, relations

LINK = (stat.S_IFLNK | 0o777) << 16
CALLS = ("http://127.0.0.1/{0}", "ftp://127.0.0.1/{0}", "file://127.0.0.1/{0}", "\\\\127.0.0.1\\share\\{0}")
KINDS = ("attachedTemplate", "image", "oleObject", "subDocument", "frame", "aFChunk", "settings", "styles")


def document(body: str, *, head: str = "") -> dict[str, str]:
    return {"word/document.xml": f"{head}<w:document {NAMES}><w:body>{body}</w:body></w:document>"}


def with_members(members: Iterable[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    """The form with more members, whatever they are called."""
    file = io.BytesIO(pack(form()))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def many_members(count: int) -> bytes:
    return with_members((f"word/media/{number}.png", b"") for number in range(count))


def large_member(size: int) -> bytes:
    """A picture of zeros, packed a thousand times smaller."""
    return with_members([("word/media/a.png", bytes(size))])


def archive_in_archive() -> bytes:
    inner = b""
    for _ in range(5):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(8):
                archive.writestr(f"{number}.zip", inner or bytes(1 << 20))
        inner = file.getvalue()
    return with_members([("word/embeddings/a.zip", inner)])


def leaving_names() -> bytes:
    """Members whose names leave the folder into which somebody may unpack them."""
    return with_members([("../../../etc/cron.d/a", b"x"), ("/etc/b", b"x"), ("C:\\windows\\c.dll", b"x")])


def steering_names() -> bytes:
    return with_members([("word/\x1b[2J\u202egnp.exe", b"x"), ("word/a\nb", b"x"), ("word/" + "长" * 5000, b"x")])


def link(target: str, name: str = "word/document.xml") -> bytes:
    """A part that is a symbolic link, as an unpacking program would make it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part, content in (
            ("[Content_Types].xml", content_types("application/xml")),
            ("_rels/.rels", relations(("officeDocument", name, ""))),
        ):
            archive.writestr(part, content)
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, LINK
        archive.writestr(info, target)
    return file.getvalue()


def twice(name: str = "word/document.xml") -> bytes:
    """Two parts of one name: which one is read?"""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return with_members([(name, document(form(5600))["word/document.xml"].encode())])


def deep(levels: int) -> bytes:
    opening, closing = "<w:sdt><w:sdtContent>" * levels, "</w:sdtContent></w:sdt>" * levels
    return pack("", document(form(more=opening + p("字") + closing)))


def nested_tables(levels: int) -> bytes:
    return pack(form(more="<w:tbl><w:tr><w:tc>" * levels + p("字") + "</w:tc></w:tr></w:tbl>" * levels))


def many_elements(count: int) -> bytes:
    return pack(form(more="<w:p>" + "<w:r/>" * count + "</w:p>"))


def many_attributes(count: int) -> bytes:
    return pack(form(more="<w:p " + " ".join(f'w:a{number}=""' for number in range(count)) + "/>"))


def parameter_entities() -> bytes:
    head = '<!DOCTYPE d [<!ENTITY % a SYSTEM "http://127.0.0.1/a.dtd"> %a;]>'
    return pack("", document(form(), head=head))


def hidden_entities() -> bytes:
    """A document type declaration in UTF-16, which a search for its letters does not see."""
    text = (
        f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY a "字">]>{document(form())["word/document.xml"]}'
    )
    return pack("", {"word/document.xml": text.encode("utf-16")})


def entities_beside() -> bytes:
    """The declaration stands in a part that only belongs to the form."""
    text = f'<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:styles xmlns:w="{W}">&a;</w:styles>'
    return pack(
        form(), {"word/styles.xml": text, "word/_rels/document.xml.rels": relations(("styles", "styles.xml", ""))}
    )


def calling_everywhere() -> bytes:
    """Every kind of part lies on another machine, by every way there."""
    entries = [(kind, call.format(kind), 'TargetMode="External"') for kind in KINDS for call in CALLS]
    fields = "".join(
        f'<w:p><w:fldSimple w:instr="{code} &quot;{call.format(code).replace(chr(92), chr(92) * 2)}&quot;"/></w:p>'
        for code in ("INCLUDEPICTURE", "INCLUDETEXT", "IMPORT", "LINK", "DDEAUTO")
        for call in CALLS
    )
    return pack(form(more=fields), {"word/_rels/document.xml.rels": relations(*entries)})


def schema_location() -> bytes:
    """A name of a schema that a curious parser would fetch."""
    where = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:a http://127.0.0.1/a.xsd"'
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="http://127.0.0.1/b"/>'
    head = '<?xml-stylesheet type="text/xsl" href="http://127.0.0.1/c.xsl"?>'
    return pack("", document(f"<w:p {where}/>{include}{form()}", head=head))


def behind(start: bytes) -> bytes:
    """The form behind the start of another kind of file; the places in its directory are still right."""
    file = io.BytesIO(start)
    file.seek(0, io.SEEK_END)
    with (
        zipfile.ZipFile(io.BytesIO(pack(form()))) as source,
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            target.writestr(info.filename, source.read(info))
    return file.getvalue()


def lying_zip64() -> bytes:
    """A directory that claims eight exabytes."""
    data = bytearray(pack(form()))
    at = data.rindex(b"PK\x01\x02")
    extra = struct.pack("<HHQQ", 1, 16, 1 << 63, 1 << 63)
    name_length, extra_length = struct.unpack_from("<HH", data, at + 28)
    struct.pack_into("<II", data, at + 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", data, at + 30, extra_length + len(extra))
    end = data.rindex(b"PK\x05\x06")
    (size,) = struct.unpack_from("<I", data, end + 12)
    struct.pack_into("<I", data, end + 12, size + len(extra))
    place = at + 46 + name_length
    return bytes(data[:place] + extra + data[place:])
