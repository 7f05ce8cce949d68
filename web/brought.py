"""Takes the files that somebody brought in a form: into the vault, a table as its cells, a paper as its pages."""

import tempfile
from pathlib import Path

from starlette.datastructures import FormData, UploadFile

from config.refusal import Refusal
from documents import proof
from documents.proof import Proofs
from documents.spreadsheet import Spreadsheets, Table
from documents.vault import Kept
from office.acting_for import OnPaper
from office.desk import Desk

LARGEST_TABLE = 10 << 20  # bytes
_ENVELOPE = 64 << 10  # bytes of a form around its file
LARGEST_TABLE_FORM = LARGEST_TABLE + _ENVELOPE
LARGEST_PAPER_FORM = proof.LARGEST + _ENVELOPE
_LONGEST_NAME = 200
_TABLE = "table.xlsx"  # the reader looks into the bytes of whatever Excel file it is


class NothingBrought(Refusal):
    """A form without the file that it asks for."""


def files_of(form: FormData, name: str) -> list[UploadFile]:
    """The files of one field, those that were left empty aside."""
    return [each for each in form.getlist(name) if isinstance(each, UploadFile) and each.filename]


def required(form: FormData, name: str) -> list[UploadFile]:
    """The files of one field; `NothingBrought` where there is none."""
    found = files_of(form, name)
    if not found:
        raise NothingBrought("没有选择文件。", next_step="请选择一份 PDF、JPG 或 PNG 再上传。")
    return found


def keep_table(desk: Desk, form: FormData, name: str) -> Kept:
    """The one Excel file of a field, kept under its digest: what was looked at is what is carried out later."""
    found = files_of(form, name)
    if not found:
        raise NothingBrought("没有选择表格文件。", next_step="请选择一个 Excel 文件（.xlsx）再上传。")
    return desk.vault.keep(found[0].file, most_bytes=LARGEST_TABLE)


def table_of(desk: Desk, sha256: str) -> Table:
    """The cells of a table that was kept, read in a confined child; `BadSheet` says what is wrong with it."""
    if not _is_kept(desk, sha256):
        raise NothingBrought("没有找到上传的表格。", next_step="请重新上传。")
    with tempfile.TemporaryDirectory() as folder, Spreadsheets() as reader:
        path = Path(folder) / _TABLE
        path.write_bytes(desk.vault.path(sha256).read_bytes())
        return reader.read(path)


def paper_of(desk: Desk, form: FormData, name: str) -> OnPaper:
    """The signed paper of a field, kept and read in a confined child, with the reason beside it.

    After a refusal the form brings the digest of what is kept already (``name_kept``). `BadProof`, `TooLarge` say what
    is wrong with the file; without any the digest is empty.
    """
    reason = str(form.get("reason", ""))
    found = files_of(form, name)
    if found:
        kept = desk.vault.keep(found[0].file, most_bytes=proof.LARGEST)
        sha256, told = kept.sha256, (found[0].filename or "").replace("\\", "/").rpartition("/")[2][-_LONGEST_NAME:]
    else:
        sha256, told = str(form.get(f"{name}_kept", "")), str(form.get(f"{name}_named", ""))[-_LONGEST_NAME:]
    if not sha256 or not _is_kept(desk, sha256):
        return OnPaper(reason, "", "", 0)
    with Proofs() as reader:
        return OnPaper(reason, sha256, told, reader.read(desk.vault.path(sha256)).pages)


def _is_kept(desk: Desk, sha256: str) -> bool:
    try:
        return desk.vault.holds(sha256)
    except ValueError:
        return False
