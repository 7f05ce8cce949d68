"""The commands on archives: one case, the whole edition, and checking a file that was made."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from cli.options import As_json, Home, Now, instant, say

if TYPE_CHECKING:
    from office.archive import Made
    from office.desk import Desk

app = typer.Typer(no_args_is_help=True, help="卷宗 | Archives of cases and editions.")
Out = Annotated[Path, typer.Argument(metavar="FILE", help="写到哪个 .zip | the .zip to write")]
Email = Annotated[str, typer.Option(help="生成人的邮箱 | e-mail of the officer who asks")]


@app.command()
def case(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="申报编号 | number of the application")],
    file: Out,
    officer: Email,
    home: Home = Path("./var"),
    as_json: As_json = False,
    now: Now = None,
) -> None:
    """一个项目的卷宗。 | The archive of one application."""
    from office import archive
    from office.opening import open_desk

    desk = open_desk(home)
    asked, at = _officer(desk, officer), instant(now)
    made = _written(file, lambda target: archive.write_case(desk, number, target, officer_id=asked, now=at))
    _tell(file, made, as_json=as_json)


@app.command()
def edition(
    file: Out,
    officer: Email,
    home: Home = Path("./var"),
    as_json: As_json = False,
    now: Now = None,
) -> None:
    """整届的卷宗，只供负责人和监督人员。 | The archive of the whole edition, for lead and supervisor."""
    from office import archive
    from office.opening import open_desk

    desk = open_desk(home)
    asked, at = _officer(desk, officer), instant(now)
    watch = archive.Watch(case=lambda done: None if as_json else print(f"\r已装入 {done} 项", end="", flush=True))
    made = _written(file, lambda target: archive.write_edition(desk, target, officer_id=asked, now=at, watch=watch))
    if not as_json:
        print()
    _tell(file, made, as_json=as_json)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="ZIP", help="卷宗 .zip | the archive")], as_json: As_json = False
) -> None:
    """核对卷宗的每个文件，不需要数据库和网络：0 完好，1 有问题。 | Check every file of an archive, offline."""
    from office import archive_verify

    found = archive_verify.verify(file)
    facts: dict[str, Any] = {"files": found.files, "bytes": found.size, "manifest_sha256": found.sha256}
    facts |= {"ledger_head": found.head, "faults": found.faults}
    lines = [f"{found.files} 个文件，{found.size} 字节", f"清单 SHA-256 {found.sha256}"]
    lines += [f"账本末端 {found.head}"] if found.head else []
    say(facts, as_json=as_json, lines=[*lines, *found.faults, *([] if found.faults else ["核对：全部一致。"])])
    raise typer.Exit(int(bool(found.faults)))


def _written(file: Path, write: "Callable[[BinaryIO], Made]") -> "Made":
    """Never over another file; under its name only once it is whole."""
    from config.refusal import Refusal

    if file.exists():
        raise Refusal(f"{file} 已经存在。", next_step="请换一个文件名。")
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as target:
            part.chmod(0o600)  # it holds what is told to the office alone
            made = write(target)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    return made


def _officer(desk: "Desk", email: str) -> int:
    from office import people

    with desk.database.read() as session:
        return people.officer_at(session, email).id or 0


def _tell(file: Path, made: "Made", *, as_json: bool) -> None:
    facts = {"file": str(file), "cases": made.cases, "files": made.files, "bytes": made.size}
    lines = [f"已写入 {file}", f"{made.cases} 个项目，{made.files} 个文件，{made.size} 字节"]
    lines += [f"清单 SHA-256 {made.sha256}（已记入账本）", f"下一步：linxuan archive verify {file}"]
    say(facts | {"manifest_sha256": made.sha256}, as_json=as_json, lines=lines)
