"""Measures what reading the four files costs, each against the floor of its kind: the least that any reader must do.

    python benchmarks/files.py [--rounds 7] [--sets 200]

Floors, on the same files in turns with ours: form, unzip and parse the same text with lxml; video, PyAV over all
packets of the same 12 minutes of 720p; letter, decode the pictures of its three A4 pages of 200 dpi and draw them with
pypdfium2. One complete set is read on one core, in one process; a folder of many sets by the warm pool. Bars: a form
under 100 ms, a complete set under 3 s, no child above 1 GB.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

import psutil
from printed import machine, table, verdict

from cli.specimens import write_evidence, write_form, write_letter
from config.edition import Edition
from config.editions_file import load_edition, shipped_edition
from documents.checks import check_file
from documents.child import Readers
from documents.findings import Verdict
from documents.pool import Spent

MOST_FORM_MS = 100.0
MOST_SET_SECONDS = 3.0
MOST_BYTES = 1 << 30
WORKERS = 2
MINUTES, WIDE, HIGH, FRAMES_A_SECOND = 12, 1280, 720, 25
WORDS = {"title": "高档数控机床误差自补偿关键技术", "unit": "江城重型机床股份有限公司", "endorser": "中国机械工程学会"}
NAMES = {"form": "form.docx", "video": "video.mp4", "letter": "letter.pdf", "evidence": "evidence.pdf"}


@dataclass(frozen=True, slots=True)
class Folder:
    """What the pool took for a folder of sets."""

    sets: int
    wall_seconds: float
    processor_seconds: float
    slowest_seconds: float
    peak_bytes: int
    parent_grew_bytes: int


def main() -> int:
    """Make the files, measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sets", type=int, default=200)
    told = parser.parse_args()
    edition = load_edition(shipped_edition("2024")).edition
    print(machine())
    with tempfile.TemporaryDirectory(prefix="linxuan-bench-") as folder:
        files = make(Path(folder), edition)
        ours, floors = measure(files, edition, told.rounds)
        folder_of_sets = read_folder(multiply(files, Path(folder) / "sets", told.sets), edition)
        rows = [_row(name, files[name], ours[name], floors.get(name)) for name in files]
    table(("file", "MB", "ms", "floor, ms", "ratio"), rows)
    whole = sum(statistics.median(seconds) for seconds in ours.values())
    told_of_folder(folder_of_sets)
    form = statistics.median(ours["form"]) * 1000
    return verdict(
        (f"a form alone {form:.0f} ms, under {MOST_FORM_MS:.0f} ms", form < MOST_FORM_MS),
        (f"a complete set on one core {whole:.2f} s, under {MOST_SET_SECONDS:.0f} s", whole < MOST_SET_SECONDS),
        (f"a child at most {folder_of_sets.peak_bytes >> 20} MB, under 1024", folder_of_sets.peak_bytes < MOST_BYTES),
    )


def _row(name: str, path: Path, ours: list[float], floor: list[float] | None) -> tuple[str, ...]:
    size, took = f"{path.stat().st_size / 1e6:.2f}", f"{statistics.median(ours) * 1000:.1f}"
    if floor is None:
        return (name, size, took, "", "")
    ratio = statistics.median(a / b for a, b in zip(ours, floor, strict=True))
    return (name, size, took, f"{statistics.median(floor) * 1000:.1f}", f"{ratio:.2f}")


def told_of_folder(read: Folder) -> None:
    """The folder's figures, a line each."""
    share = read.processor_seconds / (WORKERS * read.wall_seconds)
    each = read.processor_seconds / read.sets
    print(f"{read.sets} sets by {WORKERS} warm readers: {read.wall_seconds:.1f} s, {each:.2f} processor seconds a set,")
    print(f"{read.sets * 60 / read.wall_seconds:.0f} sets a minute, both cores busy {share:.0%} of the time,")
    print(f"slowest file {read.slowest_seconds:.2f} s; this process grew by {read.parent_grew_bytes >> 20} MB")


def make(folder: Path, edition: Edition) -> dict[str, Path]:
    """One complete set: a full form, 12 minutes of 720p, a letter and evidence of three scanned pages each."""
    paths = {name: folder / file for name, file in NAMES.items()}
    write_form(paths["form"], edition=edition, words=4_900, **WORDS)
    write_film(paths["video"])
    write_letter(folder / "page.pdf", edition=edition, route="society", date=date(2024, 7, 12), **WORDS)
    write_scan(folder / "page.pdf", paths["letter"], pages=3)
    write_evidence(folder / "list.pdf", edition=edition)
    write_scan(folder / "list.pdf", paths["evidence"], pages=3)
    return paths


def write_film(path: Path) -> None:
    """A minute of slides with a noisy part that moves, H.264 with a key frame every ten seconds, shown twelve times."""
    import av

    minute = path.with_name("minute.mp4")
    write_minute(minute)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as target:
        streams = None
        for turn in range(MINUTES):
            with av.open(str(minute)) as source:
                streams = streams or [target.add_stream_from_template(stream) for stream in source.streams]
                for packet in source.demux():
                    if packet.dts is not None and packet.pts is not None and packet.time_base is not None:
                        shift = int(turn * 60 / packet.time_base)
                        packet.dts, packet.pts = packet.dts + shift, packet.pts + shift
                        packet.stream = streams[packet.stream.index]
                        target.mux(packet)


def write_minute(path: Path) -> None:
    """One minute of such a film, with a tone."""
    import av
    import numpy as np

    noise = np.random.default_rng(2024).integers(0, 255, (HIGH // 6, WIDE // 6, 3), np.uint8)
    with av.open(str(path), "w") as container:
        film = container.add_stream("libx264", rate=FRAMES_A_SECOND)
        film.width, film.height, film.pix_fmt = WIDE, HIGH, "yuv420p"
        film.options = {"preset": "ultrafast", "crf": "30", "bf": "0", "g": str(10 * FRAMES_A_SECOND)}
        tone = container.add_stream("aac", rate=48_000, layout="mono")
        for number in range(60 * FRAMES_A_SECOND):
            slide = np.full((HIGH, WIDE, 3), 60 + 40 * (number // 500 % 4), np.uint8)
            left = number * 3 % (WIDE - noise.shape[1])
            slide[HIGH // 3 : HIGH // 3 + noise.shape[0], left : left + noise.shape[1]] = noise
            container.mux(film.encode(av.VideoFrame.from_ndarray(slide, format="rgb24")))
        container.mux(film.encode(None))
        for start in range(0, 60 * 48_000 - 2048, 1024):
            wave = 0.1 * np.sin(np.arange(start, start + 1024) / 20, dtype=np.float32)[None]
            frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48_000, start
            container.mux(tone.encode(frame))
        container.mux(tone.encode(None))


def write_scan(page: Path, path: Path, *, pages: int) -> None:
    """The page as a scanner of 200 dpi in colour gives it, so many times, each with its own noise."""
    import numpy as np
    import pypdfium2
    from PIL import Image

    with pypdfium2.PdfDocument(page) as pdf:
        paper = np.asarray(pdf[0].render(scale=200 / 72).to_pil().convert("RGB"), np.int16)
    random = np.random.default_rng(2024)
    scans = [np.clip(paper + random.normal(0, 4, paper.shape), 0, 255).astype(np.uint8) for _ in range(pages)]
    first, *rest = (Image.fromarray(scan) for scan in scans)
    first.save(path, "PDF", resolution=200, save_all=True, append_images=rest, quality=80)


def measure(
    files: dict[str, Path], edition: Edition, rounds: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Processor seconds of ours and of the floors, in turns, in this one process, libraries loaded."""
    floors: dict[str, Callable[[Path], None]] = {"form": parse_form, "video": scan_film, "letter": draw_letter}
    ours: dict[str, list[float]] = {name: [] for name in files}
    least: dict[str, list[float]] = {name: [] for name in floors}
    for turn in range(rounds + 1):
        for name, path in files.items():
            taken = _seconds(lambda path=path, name=name: read(path, name, edition))
            floor = _seconds(lambda path=path, name=name: floors[name](path)) if name in floors else 0.0
            if turn:  # the first loads libraries and fills the cache
                ours[name].append(taken)
            if turn and name in floors:
                least[name].append(floor)
    return ours, least


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def read(path: Path, name: str, edition: Edition) -> None:
    """Ours, with all lines, in this process; a sound file must not be refused, or nothing was measured."""
    report = check_file(path, slot=edition.slot(name), edition=edition, in_child=False)
    if report.verdict is Verdict.RED:
        raise SystemExit(f"{name}: {[line.evidence for line in report.findings if line.verdict is Verdict.RED]}")


def parse_form(path: Path) -> None:
    """Unzip and parse what the form's text stands in."""
    from lxml import etree

    with zipfile.ZipFile(path) as archive:
        for part in ("word/document.xml", "word/styles.xml"):
            if part in archive.namelist():
                etree.fromstring(archive.read(part))


def scan_film(path: Path) -> None:
    """Every packet once, nothing decoded."""
    import av

    with av.open(str(path)) as container:
        for packet in container.demux():
            _ = packet.pts


def draw_letter(path: Path) -> None:
    """Decode each page's picture and draw each page at 100 dpi, as looking for a seal needs."""
    import pikepdf
    import pypdfium2
    from PIL import Image

    with pikepdf.open(path) as pdf:
        for page in pdf.pages:
            for picture in page.get_images().values():
                Image.open(BytesIO(picture.read_raw_bytes())).load()
    with pypdfium2.PdfDocument(path) as pdf:
        for page in pdf:
            page.render(scale=100 / 72).to_numpy()


def multiply(files: dict[str, Path], folder: Path, sets: int) -> list[tuple[str, Path]]:
    """So many folders with the same four files; the bytes are shared, what reading them costs is not."""
    places = []
    for number in range(sets):
        place = folder / f"IM24-{number:03}"
        place.mkdir(parents=True)
        for name, path in files.items():
            os.link(path, place / path.name)
            places.append((name, place / path.name))
    return places


def read_folder(places: list[tuple[str, Path]], edition: Edition) -> Folder:
    """All files by the warm pool, as `linxuan check` does it."""
    spent: list[Spent] = []
    grew = psutil.Process()
    with (
        Readers(WORKERS, watch=lambda _, cost: spent.append(cost)) as readers,
        ThreadPoolExecutor(WORKERS) as threads,
    ):
        readers.warm()
        resident, began = grew.memory_info().rss, time.perf_counter()

        def check(place: tuple[str, Path]) -> None:
            readers.check(place[1], slot=edition.slot(place[0]), edition=edition)

        for _ in threads.map(check, places):
            pass
        wall = time.perf_counter() - began
    return Folder(
        sets=len(places) // len(NAMES),
        wall_seconds=wall,
        processor_seconds=sum(each.processor_seconds for each in spent),
        slowest_seconds=max(each.wall_seconds for each in spent),
        peak_bytes=max(each.peak_bytes for each in spent),
        parent_grew_bytes=max(0, grew.memory_info().rss - resident),
    )


if __name__ == "__main__":
    sys.exit(main())
