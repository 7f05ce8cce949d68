"""Reads application.toml, the few lines that come with an application's folder, and refuses what is amiss in it."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from config.edition import Edition
from config.refusal import Refusal
from office.intake import Contact, Words

NAME = "application.toml"


class NamedEndorser(BaseModel):
    """The endorser as the folder names it: a society by name, an expert with what is recorded of one (A19)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["society", "expert"]
    name: Words
    unit: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""


class Told(BaseModel):
    """What application.toml says. With ``number`` it corrects that application and replaces the named slots alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str = ""
    received_at: AwareDatetime
    files: dict[str, str | list[str]]
    kinds: dict[str, str] = {}  # the kind of evidence of each file, by its name (R90–R94)
    title: Words | None = None
    unit: Words | None = None
    unit_type: str | None = None
    category: str | None = None
    partners: str = ""
    contact: Contact | None = None
    endorser: NamedEndorser | None = None
    commitments: list[bool] | int = 0  # one mark each, or how many are ticked
    secrecy_confirmed: bool = False  # the commitment on secrets once more, where the form's words ask for it (R83)


def read(folder: Path) -> Told:
    """What application.toml says; `Refusal` names file, key and cure."""
    try:
        return Told.model_validate(tomllib.loads((folder / NAME).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise fault(folder, "（文件）", "没有这个文件", f"请在申报文件夹中放一个 {NAME}。") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise fault(folder, "（全文）", f"不是有效的 TOML：{error}", "请改正这一行，以 UTF-8 保存。") from error
    except ValidationError as error:
        raise misshapen(folder, error) from error


def places(edition: Edition, folder: Path, told: Told) -> list[tuple[str, int, Path]]:
    """Slot, ordinal and path of every named file; a name that leaves the folder is refused."""
    slots = {slot.key: slot for slot in edition.slots}
    found: list[tuple[str, int, Path]] = []
    for key, value in told.files.items():
        names = [value] if isinstance(value, str) else value
        if key not in slots:
            raise fault(folder, f"files.{key}", "本届没有这一份文件", f"可以写：{'、'.join(slots)}。")
        if len(names) > 1 and not slots[key].many:
            raise fault(folder, f"files.{key}", "这一份只收一个文件", "请只写一个文件名。")
        found += [(key, ordinal, _inside(folder, key, name)) for ordinal, name in enumerate(names, 1)]
    return found


def _inside(folder: Path, key: str, name: str) -> Path:
    try:
        path, root = (folder / name).resolve(), folder.resolve()
    except (OSError, ValueError) as error:  # a NUL, a name longer than any file system takes
        raise fault(folder, f"files.{key}", f"“{name[:40]!r}”不是文件名", "请改成一般的文件名后重试。") from error
    if not path.is_relative_to(root):
        raise fault(folder, f"files.{key}", f"“{name}”不在申报文件夹之内", "请把文件放进申报文件夹，只写文件名。")
    if not path.is_file():
        raise fault(folder, f"files.{key}", f"没有“{name}”这个文件", "请核对文件名；没有的文件不要列出。")
    return path


def fault(folder: Path, key: str, sentence: str, cure: str) -> Refusal:
    """The refusal that names the file, the key and the cure."""
    return Refusal(f"{folder / NAME}：{key}：{sentence}。", next_step=cure)


def misshapen(folder: Path, error: ValidationError) -> Refusal:
    """The refusal for what is not of the shape that it should have; the first place is named."""
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return fault(folder, key, "缺少这一项", "请补上这一项。")
    if first["type"] == "extra_forbidden":
        return fault(folder, key, "没有这一项", "请删去，或核对写法。")
    if first["type"].startswith("timezone"):
        return fault(folder, key, "没有时区偏移", "请写成 2024-08-15T10:00:00+08:00 的样子。")
    told = first["ctx"]["error"] if first["type"] == "value_error" else f"“{first['input']}”不是这一项应有的样子"
    return fault(folder, key, str(told), "请改正后重试。")
