"""Opens Word files in LibreOffice as another office would: saves them again, prints them to PDF."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest


class Printer:
    """LibreOffice with a profile of its own, so that two of them do not wait for each other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[bytes, str], bytes] = {}

    def convert(self, file: bytes, kind: str) -> bytes:
        """The file as ``pdf``, or saved again as ``docx`` or ``xlsx``; the same file is made once."""
        if (file, kind) not in self._made:
            self._made[file, kind] = self._converted(file, kind)
        return self._made[file, kind]

    def _converted(self, file: bytes, kind: str) -> bytes:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        source = folder / f"paper.{'xlsx' if kind == 'xlsx' else 'docx'}"
        source.write_bytes(file)
        profile = f"-env:UserInstallation={(self._folder / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", folder / "out", source]
        subprocess.run(command, capture_output=True, check=True, timeout=120)
        return (folder / "out" / f"paper.{kind}").read_bytes()

    def print_all(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Many Word files as PDF by one start of the program, under the same names."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        for name, file in files.items():
            (folder / f"{name}.docx").write_bytes(file)
        profile = f"-env:UserInstallation={(self._folder / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder / "out"]
        subprocess.run([*command, *folder.glob("*.docx")], capture_output=True, check=True, timeout=120)
        return {name: (folder / "out" / f"{name}.pdf").read_bytes() for name in files}


@pytest.fixture(scope="session")
def printer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printer]:
    """One printer for the whole session."""
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    return Printer(tmp_path_factory.mktemp("printing"))


def pages(pdf: bytes, *, dots_an_inch: int = 150) -> list:
    """The pages of a PDF as pictures."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dots_an_inch / 72).to_pil().convert("RGB") for page in document]


def words(pdf: bytes) -> str:
    """All text of a PDF without white space."""
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)
