"""The commands that rehearse the final on a home of its own, and wipe it afterwards."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Home, Now, instant

Folder = Annotated[Path, typer.Argument(help="演练的数据目录（新的） | the rehearsal's own, new home")]


def rehearse(
    folder: Folder,
    home: Home = Path("./var"),
    address: Annotated[
        str, typer.Option(help="手机访问的网址，如 http://192.168.1.10:8000 | where phones reach it")
    ] = "",
    experts: Annotated[int, typer.Option(help="演练专家人数 | how many experts")] = 9,
    now: Now = None,
) -> None:
    """用假项目、假专家演练终评，与真实数据分开。 | Rehearse the final with made-up projects, apart from real data."""
    from cli.hall_commands import own_address
    from office import stage_rehearsal
    from office.opening import open_desk

    address = address or f"http://{own_address()}:8000"
    real = open_desk(home)
    made = stage_rehearsal.build(folder, real.loaded, address=address, experts=experts, now=instant(now))
    print(f"演练已备好：{made.projects} 个假项目、{made.experts} 位假专家，在 {made.home}。")
    print(f"1. linxuan stage serve --home {made.home}\n2. 主持人启用账户：{made.link}")
    print(f"3. 在“终评现场”抽签、打印席卡二维码、打开大屏。\n演练完：linxuan stage wipe {made.home}")


def wipe(folder: Folder) -> None:
    """清除演练，连同其中的一切。 | Wipe a rehearsal with everything in it."""
    from office import stage_rehearsal

    stage_rehearsal.wipe(folder)
    print(f"已清除演练 {folder}。")
