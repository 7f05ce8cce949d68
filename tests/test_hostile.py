"""Files that want to exhaust, mislead or call: each is answered with its reason, in time and in little memory."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import hostile_forms as forms
import hostile_scans as scans
import hostile_videos as videos
import odd_forms
import odd_scans
import odd_videos
import pytest

from config.edition import Edition, Reader
from config.editions_file import load_edition, shipped_edition
from documents.child import Readers
from documents.findings import Finding, Report, Verdict
from documents.pool import Spent

pytestmark = pytest.mark.slow

MOST_SECONDS = 5.0
MOST_BYTES = 256 << 20
PAGE = b"<html><script>alert(1)</script></html>\n"
LISTENED = (21, 80, 139, 443, 445, 554, 8080)  # FTP, HTTP, SMB, streams
SOUND = ""  # the word of a file in which nothing is amiss: it is read, and what is hostile in it left alone


class Case(NamedTuple):
    """A file and a word of the worst line that it gets."""

    make: Callable[[], bytes]
    word: str


FORMS = {
    "nothing": Case(lambda: b"", "0 字节"),
    "one byte": Case(lambda: b"P", "不是 Word"),
    "zeros": Case(lambda: bytes(1 << 20), "不是 Word"),
    "start of an archive alone": Case(lambda: b"PK\x03\x04", "不完整"),
    "100,000 members": Case(lambda: forms.many_members(100_000), "部件"),
    "picture of 512 MB of zeros": Case(lambda: forms.large_member(1 << 29), SOUND),
    "archive in archive in archive": Case(forms.archive_in_archive, SOUND),
    "names that leave the folder": Case(forms.leaving_names, "内部路径"),
    "names that steer": Case(forms.steering_names, SOUND),
    "link to a password file": Case(lambda: forms.link("/etc/passwd"), "损坏"),
    "two parts of one name": Case(forms.twice, "重名"),
    "100,000 levels": Case(lambda: forms.deep(100_000), "大得异常"),
    "3,000 tables in each other": Case(lambda: forms.nested_tables(3_000), "文件内部"),
    "10 million elements": Case(lambda: forms.many_elements(10_000_000), "大得异常"),
    "200,000 attributes": Case(lambda: forms.many_attributes(200_000), SOUND),
    "4 million paragraphs": Case(odd_forms.bomb, "大得异常"),
    "the same by another name": Case(odd_forms.bomb_without_suffix, "大得异常"),
    "entry over entry": Case(odd_forms.entry_over_entry, "重叠"),
    "sizes that lie": Case(odd_forms.lying_sizes, "不完整"),
    "eight exabytes": Case(forms.lying_zip64, "1 GB"),
    "a billion laughs": Case(odd_forms.laughs, "DTD"),
    "parameter entity": Case(forms.parameter_entities, "DTD"),
    "entity in UTF-16": Case(forms.hidden_entities, "DTD"),
    "entity beside the text": Case(forms.entities_beside, "DTD"),
    "everything elsewhere": Case(forms.calling_everywhere, "文件之外"),
    "schema elsewhere": Case(forms.schema_location, SOUND),
    "behind a page": Case(lambda: forms.behind(PAGE), "网页"),
    "behind a PDF": Case(lambda: forms.behind(b"%PDF-1.7\n"), "PDF"),
    "macros": Case(odd_forms.program_by_another_name, "宏"),
    "encrypted": Case(lambda: odd_forms.ole("EncryptedPackage"), "密码"),
    "letter as a form": Case(odd_scans.letter, "PDF"),
}
VIDEOS = {
    "nothing": Case(lambda: b"", "0 字节"),
    "one byte": Case(lambda: b"\0", "不是 MP4"),
    "zeros": Case(lambda: bytes(1 << 20), "不是 MP4"),
    **{kind: Case(lambda start=start: start, "不是 MP4") for kind, start in videos.STARTS.items()},  # type: ignore[misc]
    "playlist behind a header": Case(lambda: videos.header_alone() + videos.STARTS["playlist"], "不完整"),
    "header alone": Case(videos.header_alone, "不完整"),
    "box of no size": Case(lambda: videos.of_size(0), "损坏"),
    "box of eight exabytes": Case(lambda: videos.of_size((1 << 63) + 5), "不完整"),
    "3 million boxes": Case(lambda: videos.many_boxes(3_000_000), "损坏"),
    "3,000 boxes in each other": Case(lambda: videos.nested_boxes(3_000), "损坏"),
    "100,000 tracks": Case(lambda: odd_videos.many_tracks(100_000), "损坏"),
    "4 billion times": Case(lambda: videos.claiming(b"stts", 0xFFFFFFFF), "损坏"),
    "268 million times": Case(lambda: videos.claiming(b"stts", 1 << 28), "损坏"),
    "4 billion sizes": Case(lambda: videos.claiming(b"stsz", 0xFFFFFFFF, 8), "损坏"),
    "4 billion places": Case(lambda: videos.claiming(b"stco", 0xFFFFFFFF), "损坏"),
    "4 billion edits": Case(lambda: videos.claiming(b"elst", 0xFFFFFFFF), "损坏"),
    "4 billion descriptions": Case(lambda: videos.claiming(b"stsd", 0xFFFFFFFF), "损坏"),
    "65,535 dots wide": Case(lambda: videos.of_dots(65_535, 65_535), SOUND),
    "pictures on another machine": Case(lambda: videos.elsewhere(b"http://127.0.0.1/a.mp4"), "画面"),
    "pictures in another file": Case(lambda: videos.elsewhere(b"file:///etc/passwd"), "画面"),
    "header says nothing": Case(lambda: odd_videos.header_says(0, odd_videos.of_length(725.0)), "超时"),
    "with a page": Case(lambda: videos.with_page(PAGE), SOUND),
    "with a form": Case(lambda: videos.film() + odd_forms.of_length(9), "压缩包"),
}
LETTERS = {
    "nothing": Case(lambda: b"", "0 字节"),
    "one byte": Case(lambda: b"%", "不是 PDF"),
    "zeros": Case(lambda: bytes(1 << 20), "不是 PDF"),
    "header alone": Case(lambda: b"%PDF-1.7", "损坏"),
    "20,000 pages": Case(lambda: odd_scans.of_pages(20_000), "页"),
    "2.5 billion dots": Case(lambda: scans.picture(50_000, 50_000), "过大"),
    "JPEG 2000 of 900 million dots": Case(lambda: scans.picture(30_000, 30_000, b"/Filter/JPXDecode"), "过大"),
    "packed over and over": Case(scans.packed_over_and_over, "过大"),
    "description of 200 MB": Case(odd_scans.huge_stream, "过大"),
    "a million curves": Case(lambda: scans.many_operators(1_000_000), "复杂"),
    "3 million states": Case(lambda: scans.saved_states(3_000_000), "复杂"),
    "drawing without end": Case(lambda: odd_scans.drawing_without_end(9), "复杂"),
    "tiles without end": Case(scans.pattern, "复杂"),
    "rows of tiles without end": Case(lambda: scans.pattern(b"1", b".001"), "复杂"),
    "font of 512 MB": Case(lambda: scans.large_font(1 << 29), "复杂"),
    "font of 2 MB": Case(lambda: scans.large_font(2 << 20), "不是扫描"),
    "colours explained in 512 MB": Case(scans.large_profile, "复杂"),
    "50 million triangles": Case(scans.large_mesh, "复杂"),
    "functions in functions": Case(scans.shading, "异常"),
    "30 million numbers": Case(lambda: scans.wide_array(30_000_000), "异常"),
    "30 million numbers, packed": Case(lambda: scans.wide_array_in_stream(30_000_000), "异常"),
    "words for numbers": Case(scans.wrong_types, "不是扫描"),
    "a million levels": Case(lambda: scans.deep_array(1_000_000), "异常"),
    "300,000 objects": Case(lambda: scans.many_objects(300_000), "异常"),
    "page tree in a circle": Case(odd_scans.page_tree_in_a_circle, "损坏"),
    "tables in a circle": Case(scans.tables_in_a_circle, SOUND),
    "pages of no shape": Case(lambda: scans.one_page(b"", box=b"[(a) null /b 1e400]"), "不是扫描"),
    "page a million miles wide": Case(lambda: scans.one_page(b"", box=b"[0 0 99999999 1]"), "过大"),
    "user's password": Case(lambda: odd_scans.locked("a", "b"), "密码"),
    "program to start": Case(lambda: odd_scans.deep_launch(30), "启动其他程序"),
    "script of a film": Case(scans.rendition, "脚本"),
    "attachment": Case(lambda: odd_scans.changed(odd_scans.attached), "附件"),
    "dynamic form": Case(lambda: odd_scans.changed(odd_scans.dynamic_form), "XFA"),
    "everything elsewhere": Case(scans.calling_out, "打开其他文件"),
    "behind a page": Case(lambda: scans.behind(PAGE), SOUND),
    "before an archive": Case(lambda: scans.before(odd_forms.of_length(9)), SOUND),
    "two letters in one": Case(lambda: scans.before(odd_scans.letter(())), "未看到印章"),
    "form as a letter": Case(lambda: odd_forms.of_length(9), "Word"),
}
EVIDENCE = {
    name: LETTERS[name]
    for name in ("nothing", "2.5 billion dots", "drawing without end", "user's password", "program to start")
}
TABLES: dict[Reader, dict[str, Case]] = {"form": FORMS, "video": VIDEOS, "letter": LETTERS, "evidence": EVIDENCE}
CASES = [
    pytest.param(kind, case, id=f"{kind}: {name}") for kind, table in TABLES.items() for name, case in table.items()
]


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(shipped_edition("2024")).edition


class Watched(NamedTuple):
    """Readers that keep their network, and what each file did cost them."""

    readers: Readers
    spent: list[Spent]
    edition: Edition

    def check(self, path: Path, kind: Reader) -> Report:
        slot = next(slot for slot in self.edition.slots if slot.reader == kind)
        return self.readers.check(path, slot=slot, edition=self.edition)


@pytest.fixture(scope="module")
def watched(edition: Edition) -> Iterator[Watched]:
    """One warm child for all: what a hostile file leaves behind in it is the next one's trouble."""
    spent: list[Spent] = []
    with Readers(network=True, watch=lambda path, cost: spent.append(cost)) as readers:
        readers.warm()
        yield Watched(readers, spent, edition)


@contextmanager
def listening(heard: list[int]) -> Iterator[list[int]]:
    """Ears on the ports of this machine that files could call; which of them are open."""
    with ExitStack() as held:
        servers = []
        for port in LISTENED:
            try:
                servers.append(held.enter_context(socket.create_server(("127.0.0.1", port))))
            except OSError:
                continue  # not ours to open, or somebody else's
        done = threading.Event()
        ears = [threading.Thread(target=_hear, args=(server, heard, done)) for server in servers]
        for ear in ears:
            ear.start()
        yield [server.getsockname()[1] for server in servers]
        done.set()
        for ear in ears:
            ear.join()


def _hear(server: socket.socket, heard: list[int], done: threading.Event) -> None:
    server.settimeout(0.1)
    while not done.is_set():
        try:
            server.accept()[0].close()
        except TimeoutError:
            continue
        heard.append(server.getsockname()[1])


def worst_lines(report: Report) -> list[Finding]:
    return [line for line in report.findings if line.verdict is report.verdict]


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_a_hostile_file_is_answered_with_its_reason_in_time_and_in_little_memory(
    tmp_path: Path, watched: Watched, kind: Reader, case: Case
) -> None:
    """R42, R44: the reader itself holds; none of these is left to the limits of its child."""
    path = tmp_path / "a\x1b[31m\u202efdp.docx"
    path.write_bytes(case.make())
    report = watched.check(path, kind)
    spent = watched.spent[-1]
    told = "".join(line.evidence for line in worst_lines(report))
    assert "未能读完" not in told
    assert case.word in told if case.word else report.verdict in (Verdict.GREEN, Verdict.ADVICE)
    assert spent.processor_seconds < MOST_SECONDS  # of its own: what else the machine does is not its fault
    assert 0 < spent.peak_bytes < MOST_BYTES
    assert all(line.evidence.isprintable() for line in report.findings)


def test_nothing_is_called_while_hostile_files_are_read(tmp_path: Path, watched: Watched) -> None:
    """R44: children that have a network use none of it, whatever the files name."""
    path, heard = tmp_path / "file", list[int]()
    with listening(heard) as ports:
        if not ports:
            pytest.skip("no port of this machine could be opened")
        for kind, table in TABLES.items():
            for name, case in table.items():
                if any(
                    word in name for word in ("elsewhere", "another", "entity", "playlist", "list of files", "link")
                ):
                    path.write_bytes(case.make())
                    watched.check(path, kind)
        assert heard == []
        socket.create_connection(("127.0.0.1", ports[0])).close()  # the ears do hear
        until = time.monotonic() + 5
        while not heard and time.monotonic() < until:
            time.sleep(0.05)
    assert heard == ports[:1]


@pytest.mark.parametrize("place", ["/dev/zero", "/dev/tty", "/dev/full"])
def test_a_device_is_no_paper(watched: Watched, place: str) -> None:
    if not Path(place).exists():
        pytest.skip("not on this system")
    (line,) = watched.check(Path(place), "letter").findings
    assert line.verdict is Verdict.LOOK


def test_the_children_still_read_sound_files(tmp_path: Path, watched: Watched) -> None:
    for kind, make in (("form", odd_forms.by_python_docx), ("video", videos.film), ("letter", odd_scans.letter)):
        (tmp_path / kind).write_bytes(make())
        assert watched.check(tmp_path / kind, kind).verdict in (Verdict.GREEN, Verdict.ADVICE)  # type: ignore[arg-type]
