"""Names what a file is that is no Word document, with what its sender does now (R47)."""

from pathlib import Path

from documents import sniff
from documents.findings import Unreadable

RULE = "form.readable"
CLAUSE = "R47"
SAVE_AS = "请用 Word 或 WPS 打开原文件，选“另存为”，类型选“Word 文档 (*.docx)”，再上传。"
_UPLOAD_FORM = "请上传填写好的 Word 版推荐表。"
_TAKE_LOCK_OFF = "请在 Word 中打开，选“文件—信息—保护文档—用密码进行加密”，清空密码后保存，再上传。"

_BY_BYTES: dict[sniff.Content, tuple[str, str]] = {
    "empty": ("文件是空的（0 字节）。", "请重新选择填写好的推荐表上传。"),
    "lock": ("这是 Word 打开文档时留下的临时文件（~$ 开头），不是推荐表。", "请关闭 Word 后选择真正的推荐表上传。"),
    "pdf": ("这是 PDF 文件，推荐表须为 Word 文档（.docx）。", "请上传 Word 版推荐表。"),
    "rtf": ("这是 RTF 文件，推荐表须为 Word 文档（.docx）。", SAVE_AS),
    "old": ("这是很早的 Word 版本的文件（.doc），不是 .docx。", SAVE_AS),
    "page": ("这是网页格式的文件（只是改了扩展名），推荐表须为 Word 文档（.docx）。", SAVE_AS),
    "flat": ("这是 Word XML 文档（.xml），不是 .docx。", SAVE_AS),
    "rar": ("这是压缩包，推荐表须为 Word 文档（.docx）。", "请先解压，再上传其中的推荐表。"),
}
_STREAMS = (
    ("EncryptedPackage", "文件已加密（设有打开密码），程序和专家都打不开。", _TAKE_LOCK_OFF),
    ("WordDocument", "这是旧版 Word（.doc）或 WPS（.wps）文件，不是 .docx。", SAVE_AS),
    ("Workbook", "这是旧版 Excel（.xls）或 WPS 表格（.et）文件，推荐表须为 Word 文档（.docx）。", _UPLOAD_FORM),
    (
        "PowerPoint Document",
        "这是旧版 PPT（.ppt）或 WPS 演示（.dps）文件，推荐表须为 Word 文档（.docx）。",
        _UPLOAD_FORM,
    ),
)
_WORD_STREAM = 512  # where Word puts its own stream in a compound file
_WORD_MAGIC, _FLAGS, _ENCRYPTED = b"\xec\xa5", 11, 0x01
_MEMBERS = (
    ("mimetype", "content.xml", "这是 OpenDocument 文件（.odt），推荐表须为 Word 文档（.docx）。", SAVE_AS),
    (
        "",
        "index/document.iwa",
        "这是苹果 Pages 文稿，推荐表须为 Word 文档（.docx）。",
        "请在 Pages 中导出为 Word 再上传。",
    ),
    ("", "ofd.xml", "这是 OFD 版式文件，推荐表须为 Word 文档（.docx）。", _UPLOAD_FORM),
)
_PACKED = (".docx", ".doc", ".wps", ".pdf", ".mp4")


def refused(evidence: str, next_step: str = SAVE_AS) -> Unreadable:
    """An `Unreadable` on the form's clause."""
    return Unreadable(evidence, next_step, RULE, CLAUSE)


def refuse_by_bytes(path: Path) -> None:
    """Raise `Unreadable` unless the first bytes are those of an archive."""
    kind = sniff.content(path)
    if kind == "ole":
        raise _compound(path)
    if kind != "zip":
        raise refused(*_BY_BYTES.get(kind, ("这不是 Word 文档（.docx）。", _UPLOAD_FORM)))


def refuse_by_members(names: list[str]) -> None:
    """Raise `Unreadable` for an archive whose member names show that it is something else."""
    members = {name.casefold() for name in names}
    if any("\\" in name for name in names):
        step = "请用 Word 或 WPS 打开后另存为 .docx，再上传；若打不开，请新建文档重新粘贴内容。"
        raise refused("文件由不合规的程序打包（内部路径用了反斜杠），Word 也可能打不开。", step)
    if "[content_types].xml" in members:
        return
    for first, second, evidence, step in _MEMBERS:
        if second in members and (not first or first in members):
            raise refused(evidence, step)
    if any(name.endswith(_PACKED) for name in members):
        raise refused("这是压缩包，推荐表须为 Word 文档（.docx）。", "请先解压，再上传其中的推荐表。")


def _compound(path: Path) -> Unreadable:
    """A file of the older Office kind, told apart by the streams that it names at its start and end."""
    with path.open("rb") as stream:
        start = stream.read(1 << 20)
        stream.seek(max(0, path.stat().st_size - (1 << 20)))
        names = start + stream.read()
    head = start[_WORD_STREAM : _WORD_STREAM + _FLAGS + 1]
    if head.startswith(_WORD_MAGIC) and head[_FLAGS] & _ENCRYPTED:
        return refused("这是设有打开密码（加密）的旧版 Word（.doc）文件。", f"请先去除密码。{SAVE_AS}")
    for name, evidence, step in _STREAMS:
        if name.encode("utf-16-le") in names:
            return refused(evidence, step)
    return refused("这是旧版 Word（.doc）或 WPS（.wps）文件，不是 .docx。")
