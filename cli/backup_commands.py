"""The commands for the host's administrator: a backup, its way back, the sealed keys."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import As_json, Home, Now, instant, say

if TYPE_CHECKING:
    from office.sealed_keys import Keys

Secret = Annotated[
    Path | None, typer.Option("--passphrase-file", help="写有口令的文件；不给则询问 | a file with the passphrase")
]
_MEGA = 1 << 20


def backup(home: Home = Path("./var"), as_json: As_json = False, now: Now = None) -> None:
    """备份数据库与全部文件，不必停机；备份随即试开体检。 | Back up the store and all files while it runs."""
    from office import backups
    from office.opening import open_desk

    desk = open_desk(home)
    folder, made = backups.make(desk, now=instant(now))
    lines = [
        f"已备份：{folder}",
        f"数据库 {made.size / _MEGA:.1f} MB，文件 {made.files} 份 {made.bytes / _MEGA:.1f} MB",
    ]
    lines.append("体检：" + ("全部成立。" if made.is_sound else "未试开（PostgreSQL）。" if not made.tried else ""))
    lines += made.faults
    if folder.stat().st_dev == desk.settings.vault.parent.stat().st_dev:
        lines.append("注意：备份与数据在同一块磁盘上，磁盘损坏时两者皆失；请把 LINXUAN_BACKUPS 设到另一块磁盘。")
    say({"folder": str(folder)} | asdict(made), as_json=as_json, lines=lines)
    raise typer.Exit(int(bool(made.faults)))


def restore(
    folder: Annotated[Path, typer.Argument(help="备份的文件夹 | the folder of one backup")],
    home: Annotated[Path, typer.Option("--home", help="恢复到的新目录 | the new home")],
    keys: Annotated[Path | None, typer.Option(help="封存的钥匙 keys.sealed | the sealed keys")] = None,
    passphrase_file: Secret = None,
    database_url: Annotated[str, typer.Option(help="PostgreSQL 的空数据库 | an empty PostgreSQL database")] = "",
    as_json: As_json = False,
) -> None:
    """把一个备份恢复成新的数据目录，并体检。 | Build a new home from a backup and examine it."""
    from office import restore as way_back

    done = way_back.restore(folder, home, _unsealed(keys, passphrase_file), database_url=database_url)
    lines = [f"已恢复到 {done.home}（备份于 {done.told.at:%Y-%m-%d %H:%M %z}）。"]
    lines += [f"读不出：{each}" for each in done.unreadable]
    lines += done.faults or ["体检：全部成立。"]
    facts = {"home": str(done.home), "unreadable": done.unreadable, "faults": done.faults}
    say(facts, as_json=as_json, lines=lines)
    raise typer.Exit(int(bool(done.faults)))


def seal_keys(home: Home = Path("./var")) -> None:
    """重新封存钥匙，给出新口令；旧的钥匙文件作废。 | Seal the keys anew under a new passphrase."""
    from config.settings import Settings

    show_sealed(Settings.for_home(home).home)


def show_sealed(home: Path) -> None:
    """Seal the keys of a home and tell the passphrase, this once."""
    from config.settings import Settings
    from office import sealed_keys

    file, passphrase = sealed_keys.seal(Settings.for_home(home))
    print(f"钥匙已封存：{file}\n口令（只显示这一次，请抄在纸上）：{passphrase}")
    print("请把这个文件与口令分开保管；备份里没有钥匙，恢复时两样都要。")


def _unsealed(keys: Path | None, passphrase_file: Path | None) -> "Keys | None":
    from office import sealed_keys

    if keys is None:
        return None
    told = passphrase_file.read_text(encoding="utf-8") if passphrase_file else typer.prompt("口令", hide_input=True)
    return sealed_keys.unseal(keys, told)
