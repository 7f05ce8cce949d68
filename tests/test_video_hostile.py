"""Films that lie, swell, loop or point elsewhere are answered in little time and memory, and nothing else is opened."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import av
import film_makers as makers
import hostile_films as films
import numpy as np
import pytest
from forked import Forked, forking

from config.edition import VideoRules
from documents import video, video_findings
from documents.findings import Unreadable, Verdict

pytestmark = pytest.mark.slow

RULES = VideoRules(seconds_limit=720.0, seconds_tolerance=1.0, codecs=("h264",), guide=())
MOST_SECONDS = 5.0  # of processor
MOST_MEGABYTES = 256
CHILD = """
import json, resource, sys
from pathlib import Path
from config.edition import VideoRules
from documents import video, video_findings
from documents.findings import Unreadable
import av, cv2, numpy
rules = VideoRules(seconds_limit=720.0, seconds_tolerance=1.0, codecs=("h264",), guide=())
def examined(path):
    before = resource.getrusage(resource.RUSAGE_SELF)
    try:
        found = video_findings.findings(video.read(path), rules)
        said = "".join(line.evidence for line in found if line.verdict in ("look", "red"))
    except Unreadable as fault:
        said = fault.evidence
    spent = resource.getrusage(resource.RUSAGE_SELF)
    seconds = spent.ru_utime + spent.ru_stime - before.ru_utime - before.ru_stime
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return json.dumps({"said": said, "seconds": seconds, "megabytes": int(peak.split()[1]) / 1024})
"""


class Lies(NamedTuple):
    """A film and a word of what is said of it; without a word it plays, and nothing is wrong."""

    make: Callable[[], bytes]
    word: str = ""


def of_size(width: int, height: int) -> Callable[[], bytes]:
    def pixels(_seconds: float) -> np.ndarray:
        return np.full((height, width, 3), 90, np.uint8)

    return lambda: makers.film(2, pixels=pixels, rate=1, sound="")


LIES = {
    "2^32 samples": Lies(films.samples_without_number, "损坏"),
    "200 million samples": Lies(films.many_samples, "损坏"),
    "2 billion offsets": Lies(films.many_offsets, "损坏"),
    "2 billion samples a chunk": Lies(films.many_in_a_chunk, "无法解码"),
    "100 million samples in a fragment": Lies(films.many_in_a_fragment, "损坏"),
    "1,000 fragments of nothing": Lies(lambda: films.many_fragments(1000), "损坏"),
    "30,000 fragments of nothing": Lies(lambda: films.many_fragments(30_000), "损坏"),
    "10,000 boxes in each other": Lies(lambda: films.deep(10_000)),
    "390,000 boxes": Lies(lambda: films.many_boxes(390_000)),
    "2 million boxes": Lies(lambda: films.many_boxes(2_000_000), "损坏"),
    "2 million boxes in the index": Lies(lambda: films.many_boxes_within(2_000_000), "损坏"),
    "a box of 2^63 bytes": Lies(films.box_without_end, "不完整"),
    "a box of no bytes": Lies(films.box_of_nothing, "损坏"),
    "a packed index": Lies(films.packed_index, "损坏"),
    "a name of 15 MB": Lies(lambda: films.large_name(15)),
    "a name of 60 MB": Lies(lambda: films.large_name(60), "损坏"),
    "tables of 80 MB": Lies(lambda: films.large_tables(80), "损坏"),
    "two indexes": Lies(films.two_indexes, "损坏"),
    "places beyond the end": Lies(films.offsets_beyond_the_end, "不完整"),
    "claims 65,535 dots": Lies(lambda: films.claimed_size(65_535, 65_535)),
    "claims no dots": Lies(lambda: films.claimed_size(0, 0)),
    "8K": Lies(of_size(7680, 4320)),
    "8,192 by 8,192 dots": Lies(of_size(8192, 8192), "未能试放"),
    "data in another file": Lies(lambda: films.data_elsewhere(b"file:///etc/passwd\0"), "引用了别的文件"),
    "data on another machine": Lies(lambda: films.data_elsewhere(b"http://127.0.0.1:9/\0"), "引用了别的文件"),
    "an archive behind": Lies(lambda: makers.plain() + films.archive(), "压缩包（ZIP）"),
    "a PDF within": Lies(lambda: films.with_text(b"%PDF-1.7\n"), "PDF"),
    "a page within": Lies(lambda: films.with_text(b"<HTML><script>alert(1)</script>"), "网页"),
}


@pytest.fixture(scope="module")
def reader() -> Iterator[Forked]:
    with forking(CHILD) as reader:
        yield reader


@pytest.mark.parametrize("case", LIES.values(), ids=LIES)
def test_a_lying_film_is_answered_in_little_time_and_memory(tmp_path: Path, reader: Forked, case: Lies) -> None:
    """R42, R70: refused or sent to a person with its reason; in a process of its own, whose peak the kernel keeps."""
    path = tmp_path / "film.mp4"
    path.write_bytes(case.make())
    answer = json.loads(reader.answer(path))
    assert (case.word in answer["said"]) if case.word else (answer["said"] == "")
    assert answer["seconds"] < MOST_SECONDS
    assert answer["megabytes"] < MOST_MEGABYTES


def opened(path: Path, options: dict[str, str]) -> list[str]:
    """The names of all files that are opened while a film is read through."""
    names: list[str] = []
    with ExitStack() as files:

        def note(name: str, _flags: int, _options: dict[str, str]) -> object:
            names.append(Path(name).name)
            return files.enter_context(Path(name).open("rb"))

        with av.open(str(path), format="mov", options=dict(options), io_open=note) as container:
            for _ in container.demux():
                pass
    return names


def test_no_other_file_is_opened_for_a_film_whose_data_lies_elsewhere(tmp_path: Path) -> None:
    """The library would open the other file, as the first line shows; with our options it does not."""
    (tmp_path / "other.bin").write_bytes(makers.plain())
    path = tmp_path / "film.mp4"
    path.write_bytes(films.data_elsewhere(films.alias("other.bin"), b"alis"))
    assert opened(path, {"enable_drefs": "1"}) == ["film.mp4", "other.bin", "other.bin"]
    assert opened(path, video.NOTHING_ELSE) == ["film.mp4"]
    with pytest.raises(Unreadable, match="引用了别的文件"):
        video.read(path)


def test_a_film_with_something_else_in_it_is_for_a_person(tmp_path: Path) -> None:
    """R70: it plays, so it is not refused."""
    path = tmp_path / "film.mp4"
    path.write_bytes(makers.plain() + films.archive())
    lines = {line.rule: line for line in video_findings.findings(video.read(path), RULES)}
    stowaway = lines["video.stowaway"]
    assert (stowaway.verdict, stowaway.r, stowaway.blocks_submit) == (Verdict.LOOK, "R70", False)
    path.write_bytes(makers.plain())
    assert "video.stowaway" not in {line.rule for line in video_findings.findings(video.read(path), RULES)}
