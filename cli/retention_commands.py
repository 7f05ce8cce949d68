"""The commands on how long files and what names a person are kept: the table, and what a clearing would take."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.options import As_json, Home, Now, instant, say

if TYPE_CHECKING:
    from office.retention import Line

app = typer.Typer(no_args_is_help=True, help="文件和个人信息的保存期限 | How long files and personal data are kept.")


@app.command()
def show(home: Home = Path("./var"), as_json: As_json = False, now: Now = None) -> None:
    """什么保存多久、依据什么、现在几条到期。 | What is kept for how long, on what basis, how much is due."""
    from office import retention
    from office.opening import open_desk

    desk = open_desk(home)
    with desk.database.read() as session:
        found = retention.lines(session, desk, now=instant(now))
    rows = [
        {"key": line.rule.key, "what": line.rule.what, "term": line.term, "basis": line.rule.basis, "due": line.due,
         "files": line.files, "bytes": line.size}
        for line in found
    ]  # fmt: skip
    told = [f"{line.rule.what}：{line.term}（{line.rule.basis}）" + _due(line) for line in found]
    say({"rules": rows}, as_json=as_json, lines=told)


@app.command("dry-run")
def dry_run(home: Home = Path("./var"), as_json: As_json = False, now: Now = None) -> None:
    """列出现在到期的，不删除任何内容；删除在“保存期限”页由两人办理。 | List what is due; takes nothing."""
    from office import retention
    from office.opening import open_desk

    desk = open_desk(home)
    with desk.database.read() as session:
        found = retention.dry_run(session, desk, now=instant(now))
    rows = [{"rule": each.rule, "who": each.who, "about": each.about} for each in found]
    told = [f"{each.who}　{each.about}　{each.rule}" for each in found] or ["现在没有到期的内容。"]
    say({"due": rows}, as_json=as_json, lines=told)


def _due(line: "Line") -> str:
    files = f"（{line.files} 个文件，{line.size} 字节）" if line.files else ""
    return f"　到期 {line.due} 条{files}" if line.due else ""
