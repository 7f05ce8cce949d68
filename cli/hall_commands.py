"""The commands that take the final into a hall without internet, and back."""

import socket
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Home, Now, instant
from config.refusal import Refusal

app = typer.Typer(no_args_is_help=True, help="终评现场 | The final in the hall.")
Officer = Annotated[str, typer.Option("--officer", help="负责人邮箱 | e-mail of the lead")]
Laptop = Annotated[Path, typer.Option("--home", help="现场电脑的数据目录 | the laptop's home")]
Secret = Annotated[
    Path | None, typer.Option("--passphrase-file", help="写有口令的文件；不给则询问 | a file with the passphrase")
]
_FOLLOW_SECONDS = 4.0  # a copy is at most 10 s old even when one answer is lost
_ANSWER_SECONDS = 5.0
_APART_SECONDS = 5.0


@app.command()
def pack(file: Path, officer: Officer, home: Home = Path("./var"), now: Now = None) -> None:
    """打包终评：主机转为只读，写出一个加密文件。 | Pack the final; the main server becomes read-only."""
    from office import hall_pack, signin_links
    from office.opening import open_desk

    desk = open_desk(home)
    with desk.database.read() as session:
        lead = signin_links.officer_at(session, officer)
    made = hall_pack.pack(desk, file, officer_id=lead.id or 0, now=instant(now))
    print(f"已打包：{made.file}（{made.size / (1 << 20):.1f} MB，{made.files} 份文件）。主机现在只能查看。")
    print(f"口令（只显示这一次，请抄在纸上，与文件分开带）：{made.passphrase}")


@app.command("call-off")
def call_off(
    reason: Annotated[str, typer.Option(help="理由 | why")],
    officer: Officer,
    home: Home = Path("./var"),
    now: Now = None,
) -> None:
    """取消打包，主机恢复办理；现场数据不再带回。 | Call the journey off: the main server goes on."""
    from office import hall_pack, signin_links
    from office.opening import open_desk

    desk = open_desk(home)
    with desk.database.read() as session:
        lead = signin_links.officer_at(session, officer)
    hall_pack.call_off(desk, officer_id=lead.id or 0, reason=reason, now=instant(now))
    print("已取消打包，主机恢复办理。")


@app.command("open")
def open_(
    file: Path,
    home: Laptop,
    address: Annotated[
        str, typer.Option(help="手机访问的网址，如 http://192.168.1.10:8000 | where phones reach it")
    ] = "",
    passphrase_file: Secret = None,
    now: Now = None,
) -> None:
    """在现场电脑上打开打包文件。 | Open a pack on a laptop."""
    from office import hall_laptop

    told = passphrase_file.read_text(encoding="utf-8") if passphrase_file else typer.prompt("口令", hide_input=True)
    address = address or f"http://{own_address()}:8000"
    clock = instant(now)
    made = hall_laptop.open_pack(file, home, told, address=address, now=clock)
    print(f"已打开到 {made.home}（打包于 {made.made_at:%Y-%m-%d %H:%M %z}，{made.files} 份文件）。手机访问：{address}")
    print(f"这台电脑的时钟：{clock.astimezone():%Y-%m-%d %H:%M:%S}；请与手机核对，不准的先调准，计时和截止都以它为准。")
    print(f"下一步：linxuan stage serve --home {home}；备用电脑同样打开后运行 linxuan stage follow {address} --home …")


@app.command()
def serve(
    home: Laptop,
    host: Annotated[str, typer.Option(help="监听地址 | address")] = "0.0.0.0",  # noqa: S104 - the hall's own network
    port: Annotated[int, typer.Option(help="端口 | port")] = 8000,
) -> None:
    """在现场电脑上启动网页：没有引擎，不发信，不办到期事项。 | Serve the pages in the hall, without an engine."""
    from cli.supervise import serve_pages
    from config.settings import Settings

    if not Settings.for_home(home).hall:
        raise Refusal(f"{home} 不是现场的数据目录。", next_step="请先运行 linxuan stage open。")
    raise typer.Exit(serve_pages(home, host, port))


@app.command()
def follow(
    address: Annotated[str, typer.Argument(help="现场电脑的网址 | the address of the laptop in use")],
    home: Laptop,
    once: Annotated[bool, typer.Option("--once", help="同步一次即止 | a single copy")] = False,
) -> None:
    """在备用电脑上每 4 秒同步一次现场数据。 | On a spare laptop: keep a copy, seconds old."""
    while True:
        try:
            size = _fetch(address.rstrip("/"), home)
            print(f"{datetime.now(UTC).astimezone():%H:%M:%S} 已同步（{size / 1024:.0f} KB）。", flush=True)
        except OSError as fault:
            if once:
                raise Refusal(f"连不上现场电脑：{fault}。", next_step="请核对网址和现场网络。") from fault
            print(f"连不上现场电脑：{fault}。已有的一份仍可用于接替。", flush=True)
        if once:
            return
        time.sleep(_FOLLOW_SECONDS)


def _fetch(address: str, home: Path) -> int:
    """Bring the store, then the files that it speaks of and this laptop lacks; returns how many bytes came."""
    from office import hall_files, hall_laptop
    from web.hall_copy import ADDRESS

    if not address.startswith(("http://", "https://")):
        raise Refusal(f"“{address}”不是网址。", next_step="请写成 http://192.168.1.10:8000。")
    sealed = _answer(address + ADDRESS, home)
    hall_laptop.keep_copy(home, sealed)
    size = len(sealed)
    for digest in hall_files.wanted(home):
        sealed = _answer(f"{address}{ADDRESS}/{digest}", home)
        hall_files.keep_file(home, sealed)
        size += len(sealed)
    return size


def _answer(address: str, home: Path) -> bytes:
    """What the laptop in use sends; says so where its clock and this one's differ, for a take-over would feel it."""
    from urllib.request import ProxyHandler, Request, build_opener

    from web.hall_copy import bearer

    asked = Request(address, headers={"Authorization": bearer(home)})  # noqa: S310 - checked by the caller
    with build_opener(ProxyHandler({})).open(asked, timeout=_ANSWER_SECONDS) as answer:
        there, data = answer.headers.get("Date"), answer.read()
    apart = abs((datetime.now(UTC) - parsedate_to_datetime(there)).total_seconds()) if there else 0.0
    if apart > _APART_SECONDS:
        print(f"注意：两台电脑的时钟相差 {apart:.0f} 秒；请调准，否则接替后计时会跳。", flush=True)
    return bytes(data)


@app.command("take-over")
def take_over(home: Laptop, now: Now = None) -> None:
    """备用电脑接替：从最近的一份继续。 | Let the spare laptop go on from its newest copy."""
    from office import hall_laptop

    last = hall_laptop.take_over(home, now=instant(now))
    print(f"已接替：接着 {last.astimezone():%H:%M:%S} 的最后一个事件。请确认原来的电脑已关机。")
    print(f"下一步：linxuan stage serve --home {home}（沿用原电脑的网络地址，手机不必重新扫码）")


@app.command()
def close(
    file: Path,
    home: Laptop,
    unfinished: Annotated[bool, typer.Option("--unfinished", help="评分未锁定也带回 | even before the lock")] = False,
    now: Now = None,
) -> None:
    """收场：写出带回文件，这台电脑转为只读。 | Close the hall: write the way back, this laptop becomes read-only."""
    from office import hall_laptop

    head = hall_laptop.close(home, file, unfinished=unfinished, now=instant(now))
    print(f"已写出 {file}，账本末端 {head}。\n下一步：在主机上运行 linxuan stage return {file}")


@app.command("return")
def return_(file: Path, home: Home = Path("./var"), now: Now = None) -> None:
    """把现场数据带回主机，核验账本后恢复办理。 | Take the final back; the ledger goes on, verified."""
    from office import hall_return
    from office.opening import open_desk

    done = hall_return.take_back(open_desk(home), file, officer_id=None, now=instant(now))
    print(f"已带回 {done.changes} 处改动；账本 {done.events} 个事件，末端 {done.head}，核验一致。主机恢复办理。")
    print(f"现场最后一步在 {done.last_at.astimezone():%Y-%m-%d %H:%M:%S}，带回现场照片等文件 {done.files} 份。")
    if not done.is_locked:
        print("注意：带回时现场评分还没有锁定；请核对这是不是最后使用的那台电脑的文件。")


def own_address() -> str:
    """This machine's address on the network that it would call out by; the loopback without any."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
