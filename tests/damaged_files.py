"""Damages sound files at random, as disks, mails and people who try things do; the same seed gives the same damage.

    python tests/damaged_files.py SEED COUNT [form|video|letter...]

looks for damage that ends a reader and keeps what it finds in the folder ``damaged`` of the system's temporary files.
"""

import io
import logging
import random
import re
import sys
import tempfile
import zipfile
from pathlib import Path

import hostile_scans
import odd_forms
import odd_scans
import odd_videos

from config.edition import Reader
from config.editions_file import load_edition, shipped_edition
from documents.child import Readers
from documents.findings import Report, Verdict
from documents.pool import Spent

VALUES = (
    b"",
    b"-1",
    b"0",
    b"99999999999999999999",
    b"nan",
    b"1e999",
    b"true",
    b"x" * 1000,
    b"\xe4\xb8\x80",
    b"../../x",
)
TAGS = (b"<w:p>", b"</w:p>", b"<w:tbl>", b"<w:r/>", b"</w:r>", b"<w:sdt>", b"<w:t>", b"&#x0;", b"]]>", b"\xef\xbb\xbf")
NUMBERS = (
    b"-1", b"0", b"99999999999", b"1e30", b"null", b"true", b"(x)", b"/X", b"/\xab", b"[]", b"<<>>", b"1 0 R", b"3 0 R",
    b"999 0 R", b"-99999999999999999999", b"0.0000001",
)  # fmt: skip
FIELDS = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\1", b"\x80\0\0\0")


def sound(kind: Reader) -> list[bytes]:
    """Files of one kind that are varied and whole."""
    if kind == "form":
        box = odd_forms.pack(odd_forms.form(more=odd_forms.box("框")))
        return [odd_forms.automatic_numbers(), odd_forms.by_python_docx(), odd_forms.strict(), odd_forms.diagram(), box]
    if kind == "video":
        late = odd_videos.index_at_the_end(odd_videos.of_length(30.0))
        return [odd_videos.with_sound(20.0), odd_videos.of_length(30.0), late, odd_videos.encoded("mpeg4")]
    letters = (odd_scans.letter(), odd_scans.seals_as_fields(), odd_scans.with_text_layer())
    open_ = [odd_scans.changed(data=data, qdf=True) for data in letters]
    return [letters[0], *open_, hostile_scans.calling_out(), hostile_scans.pattern(), odd_scans.of_pages(5)]


def damaged(data: bytes, kind: Reader, chance: random.Random) -> bytes:
    """The file with some damage: to its bytes, or to what they mean."""
    if chance.random() < 0.25 or kind == "video":
        return _bytes(data, chance)
    return _member(data, chance) if kind == "form" else _numbers(data, chance)


def _bytes(data: bytes, chance: random.Random) -> bytes:
    left = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(left))
        length, other = chance.randrange(1, 200), chance.randrange(len(left))
        match chance.randrange(5):
            case 0:
                left[at] ^= 1 << chance.randrange(8)
            case 1:
                del left[at : at + chance.randrange(1, 9)]
            case 2:
                left[at:at] = chance.randbytes(chance.randrange(1, 9))
            case 3:
                left[at : at + 4] = chance.choice(FIELDS)
            case _:
                left[at : at + length] = left[other : other + length]
        left = left or bytearray(b"x")
    return bytes(left)


def _member(data: bytes, chance: random.Random) -> bytes:
    """The form with the XML of one of its parts damaged."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        names = source.namelist()
        hit = chance.choice(names)
        for name in names:
            content = source.read(name)
            target.writestr(name, _xml(content, chance) if name == hit and content else content)
    return file.getvalue()


def _xml(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 2, 4))):
        values, tags = list(re.finditer(rb'="[^"]*"', content)), list(re.finditer(rb"<[^>]*>", content))
        deed = chance.randrange(3)
        if deed == 0 and values:
            content = _put(content, chance.choice(values), b'="%s"' % chance.choice(VALUES))
        elif deed == 1 and tags:
            content = _put(content, chance.choice(tags), chance.choice(tags).group())
        else:
            at = chance.randrange(len(content) + 1)
            content = content[:at] + chance.choice(TAGS) + content[at:]
    return content


def _numbers(data: bytes, chance: random.Random) -> bytes:
    """The letter with some numbers of its objects replaced by others, or by what is no number."""
    for _ in range(chance.choice((1, 2, 4))):
        numbers = list(re.finditer(rb"(?<=[ \[])-?\d+(\.\d+)?(?=[ \]/\n>])", data))
        if numbers:
            data = _put(data, chance.choice(numbers), chance.choice(NUMBERS))
    return data


def _put(content: bytes, place: re.Match[bytes], new: bytes) -> bytes:
    return content[: place.start()] + new + content[place.end() :]


def fault(report: Report, spent: Spent) -> str:
    """What is wrong with the answer to a damaged file; empty when nothing is."""
    told = [line for line in report.findings if line.verdict is report.verdict]
    if any("未能读完" in line.evidence for line in told):
        return told[0].evidence
    if not told or (report.verdict in (Verdict.LOOK, Verdict.RED) and not all(line.next_step for line in told)):
        return "no reason given"
    return f"{spent.peak_bytes >> 20} MB" if spent.peak_bytes > 256 << 20 else ""


def main() -> int:
    """Damage files until there are so many; print and keep those that end a reader."""
    seed, count, kinds = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] or ["form", "video", "letter"]
    logging.disable(logging.CRITICAL)
    edition, spent, chance = load_edition(shipped_edition("2024")).edition, list[Spent](), random.Random(seed)
    kept = Path(tempfile.gettempdir()) / "damaged"
    kept.mkdir(exist_ok=True)
    faults = 0
    with Readers(watch=lambda _, cost: spent.append(cost)) as readers, tempfile.TemporaryDirectory() as folder:
        for slot in (slot for slot in edition.slots if slot.reader in kinds):
            files = sound(slot.reader)
            for number in range(count):
                path = Path(folder) / f"{slot.reader}-{seed}-{number}"
                path.write_bytes(damaged(chance.choice(files), slot.reader, chance))
                told = fault(readers.check(path, slot=slot, edition=edition), spent[-1])
                if told:
                    faults += 1
                    path.rename(kept / path.name)
                    sys.stdout.write(f"{kept / path.name} {told}\n")
    slowest = max(each.wall_seconds for each in spent)
    sys.stdout.write(f"{len(spent)} files, {faults} faults, slowest {slowest:.1f} s\n")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
