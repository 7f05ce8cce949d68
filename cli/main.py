"""The operator's commands: what `linxuan` understands; each loads its work only when it is called."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli import (
    archive_commands,
    backup_commands,
    edition_commands,
    hall_commands,
    paper_commands,
    rehearsal_commands,
    retention_commands,
    rules_commands,
    user_commands,
)
from cli.options import As_json, Home, Now, instant
from config.refusal import Refusal

app = typer.Typer(
    name="linxuan",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="遴选 linxuan：从上传第一份材料到公布结果的评选系统。 Runs a national award selection end to end.",
)
ledger_app = typer.Typer(no_args_is_help=True, help="账本 | The ledger.")
app.add_typer(ledger_app, name="ledger")
app.add_typer(edition_commands.app, name="edition")
app.add_typer(user_commands.app, name="user")
app.add_typer(archive_commands.app, name="archive")
app.add_typer(hall_commands.app, name="stage")
hall_commands.app.command()(rehearsal_commands.rehearse)
hall_commands.app.command()(rehearsal_commands.wipe)
app.add_typer(rules_commands.app, name="rules")
app.add_typer(retention_commands.app, name="retention")
app.command()(rules_commands.twins)
app.command()(paper_commands.template)
app.command()(paper_commands.paper)
app.command()(backup_commands.backup)
app.command()(backup_commands.restore)
app.command("seal-keys")(backup_commands.seal_keys)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a refusal is one sentence with its next step on stderr, and a code that is not 0."""
    try:
        app(arguments)
    except Refusal as refusal:
        print(f"{refusal.sentence}\n→ {refusal.next_step}", file=sys.stderr)
        sys.exit(refusal.exit_code)
    except OSError as error:  # a home that is a file, a folder that nobody may write, a full disk
        print(
            f"{error.filename or '系统'}：{error.strerror or error}。\n→ 请检查路径、权限和磁盘空间后重试。",
            file=sys.stderr,
        )
        sys.exit(1)


@app.command()
def init(
    home: Home = Path("./var"),
    lead_name: Annotated[str, typer.Option(help="第一位办公室负责人姓名 | the first office lead")] = "",
    lead_email: Annotated[str, typer.Option(help="其邮箱 | their e-mail")] = "",
    now: Now = None,
) -> None:
    """建立数据目录、数据库、密钥，采用本届方案。 | Found a home: secrets, tables, the adopted edition."""
    from cli.office_commands import found_home

    found_home(home, lead_name, lead_email, instant(now))


@app.command()
def serve(
    home: Home = Path("./var"),
    host: Annotated[str, typer.Option(help="监听地址 | address")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="网页端口 | port of the pages")] = 8000,
    prefect_port: Annotated[int, typer.Option(help="Prefect 端口 | port of Prefect")] = 4200,
) -> None:
    """启动系统：时钟与流程、网页、Prefect。 | Start the engine, the pages and Prefect; Ctrl-C stops all."""
    from cli.supervise import serve as supervise

    raise typer.Exit(supervise(home, host=host, port=port, prefect_port=prefect_port))


@app.command()
def demo(
    home: Home = Path("./var"),
    once: Annotated[bool, typer.Option("--once", help="放完即止，不留网页 | leave after the report")] = False,
    applications: Annotated[int, typer.Option(min=30, max=999, help="申报项数 | how many applications")] = 60,
    seed: Annotated[int, typer.Option(help="随机种子 | seed")] = 2024,
    as_json: As_json = False,
) -> None:
    """在快进的时钟上演完整一届，真实文件、真实邮件、真实 Prefect。 | Play a whole season on a moved clock."""
    from cli.season import play

    raise typer.Exit(play(home, once=once, applications=applications, seed=seed, as_json=as_json))


@app.command()
def intake(
    folders: Annotated[list[Path], typer.Argument(help="申报文件夹 | application folders")],
    home: Home = Path("./var"),
    as_json: As_json = False,
    now: Now = None,
) -> None:
    """登记以文件夹送来的申报。 | Take applications as folders with application.toml."""
    from cli.office_commands import take_folders

    raise typer.Exit(take_folders(home, folders, instant(now), as_json=as_json))


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹 | files or folders")],
    kind: Annotated[str, typer.Option(help="form | video | letter | evidence")] = "",
    edition: Annotated[str, typer.Option(help="哪一届 | which edition")] = "2024",
    html: Annotated[
        Path | None, typer.Option(help="另存为一页可打印的报告 | also write one page that prints well")
    ] = None,
    as_json: As_json = False,
) -> None:
    """检查申报文件：0 通过，1 不通过，3 需人工。 | Check files: 0 accepted, 1 refused, 3 a person must look."""
    from cli.check import run
    from config.editions_file import load_edition, shipped_edition

    chosen = load_edition(shipped_edition(edition))
    raise typer.Exit(run(paths, kind=kind or None, edition=chosen, as_json=as_json, out=sys.stdout, html=html))


@app.command()
def status(home: Home = Path("./var"), as_json: As_json = False, now: Now = None) -> None:
    """各状态项数、邮件、期限。 | Where everything stands."""
    from cli.office_commands import show_status

    show_status(home, instant(now), as_json=as_json)


@app.command()
def due(home: Home = Path("./var"), as_json: As_json = False, now: Now = None) -> None:
    """现在到期和接下来的事。 | What is due now and next."""
    from cli.office_commands import show_due

    show_due(home, instant(now), as_json=as_json)


@app.command(name="run-due")
def run_due(home: Home = Path("./var"), as_json: As_json = False, now: Now = None) -> None:
    """办理现在到期的全部事项。 | Do everything that is due now."""
    from cli.office_commands import do_due

    raise typer.Exit(do_due(home, instant(now), as_json=as_json))


@app.command()
def deliver(home: Home = Path("./var"), as_json: As_json = False, now: Now = None) -> None:
    """发出现在该发的邮件。 | Deliver the letters that are due."""
    from cli.office_commands import deliver_letters

    raise typer.Exit(deliver_letters(home, instant(now), as_json=as_json))


@ledger_app.command("verify")
def ledger_verify(home: Home = Path("./var"), as_json: As_json = False) -> None:
    """核验账本的每一个区块和附注。 | Verify every block and note."""
    from cli.office_commands import verify_ledger

    raise typer.Exit(verify_ledger(home, as_json=as_json))


@app.command()
def doctor(home: Home = Path("./var"), as_json: As_json = False, now: Now = None) -> None:
    """体检：全库不变量、文件与账本。 | Check every invariant of the whole database."""
    from cli.office_commands import examine

    raise typer.Exit(examine(home, instant(now), as_json=as_json))


@app.command(name="export-scores")
def export_scores(
    round_key: Annotated[str, typer.Argument(metavar="ROUND", help="first_round | final")],
    file: Annotated[Path, typer.Argument(help="写到哪个文件 | the file to write")],
    officer: Annotated[str, typer.Option(help="导出人的邮箱 | e-mail of the officer who asks")],
    home: Home = Path("./var"),
    now: Now = None,
) -> None:
    """把已锁定一轮的评分导出成可重算的文件。 | Write a locked round's scores for a recount."""
    from cli.recount_command import hand_out

    hand_out(home, round_key, file, email=officer, now=instant(now))


@app.command()
def recount(file: Annotated[Path, typer.Argument(help="导出的评分文件 | the exported score file")]) -> None:
    """用另一个程序重算导出的评分：0 一致，1 不一致。 | Count a score file again: 0 the same list, 1 another."""
    from cli.recount_command import recount as count_again

    raise typer.Exit(count_again(file))


@app.command()
def calendar(
    home: Home = Path("./var"),
    ics: Annotated[Path | None, typer.Option(help="写成日历文件 | write an .ics file")] = None,
    as_json: As_json = False,
) -> None:
    """本届全部时刻，连同星期与节假日。 | All instants of the edition; --ics writes a calendar file."""
    from cli.calendar_command import show_calendar

    show_calendar(home, ics, as_json=as_json)


if __name__ == "__main__":
    main()
