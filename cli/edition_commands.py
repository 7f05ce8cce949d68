"""The commands on the edition: show what is in force, check a file, adopt a changed one."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import As_json, Home, Now, instant, say

if TYPE_CHECKING:
    from config.editions_file import LoadedEdition

app = typer.Typer(no_args_is_help=True, help="本届方案 | The edition.")
File = Annotated[
    Path | None, typer.Option("--file", help="方案文件 | an edition file; else the one that is configured")
]


@app.command()
def show(
    home: Home = Path("./var"),
    file: File = None,
    assumed: Annotated[bool, typer.Option("--assumed", help="只列假定 | only what is assumed")] = False,
    as_json: As_json = False,
) -> None:
    """列出每一项、出处，以及我们的假定。 | Every fact with its clause, and what is assumed."""
    from config.editions_file import facts_listed

    loaded, differs = _in_force(home, file)
    facts = [fact for fact in facts_listed(loaded) if fact.clause.open or not assumed]
    rows = [
        {"key": fact.key, "value": fact.value, "clause": str(fact.clause), "assumed": fact.clause.assumed}
        for fact in facts
    ]
    lines = [f"{loaded.edition.award.entry_name}  {loaded.path}  sha256 {loaded.sha256[:16]}"]
    lines += [
        f"{'假定 ' if row['assumed'] else '     '}{row['key']} = {row['value']}  （{row['clause']}）" for row in rows
    ]
    lines.append(f"共 {len(rows)} 项，其中假定 {sum(bool(row['assumed']) for row in rows)} 项。")
    lines += [f"文件已改动、尚未采用：{difference}" for difference in differs]
    say({"sha256": loaded.sha256, "facts": rows, "not_adopted": differs}, as_json=as_json, lines=lines)


def _in_force(home: Path, file: Path | None):  # noqa: ANN202 - the types are loaded with the work
    """The adopted edition of a home with what its file would change; without a home, the file itself."""
    from config.editions_file import load_edition
    from config.settings import ENV_FILE, Settings
    from office import adoption
    from office.opening import configured_edition, open_desk

    if file is not None:
        return load_edition(file), []
    if not (home / ENV_FILE).exists():
        return configured_edition(Settings.for_home(home)), []
    desk = open_desk(home)
    return desk.loaded, [difference.key for difference in adoption.not_adopted(desk)]


@app.command()
def check(file: Annotated[Path, typer.Argument(help="方案文件 | an edition file")], as_json: As_json = False) -> None:
    """检查一份方案文件是否自相矛盾。 | Check an edition file for contradictions."""
    from config.editions_file import assumptions, load_edition

    loaded = load_edition(file)
    assumed = [fact.key for fact in assumptions(loaded)]
    lines = [f"{loaded.edition.award.entry_name}：没有矛盾；假定 {len(assumed)} 项。"]
    say(
        {"edition": loaded.edition.award.key, "sha256": loaded.sha256, "assumed": assumed}, as_json=as_json, lines=lines
    )


@app.command()
def adopt(
    reason: Annotated[str, typer.Option(help="采用理由 | why")],
    home: Home = Path("./var"),
    file: File = None,
    as_json: As_json = False,
    now: Now = None,
) -> None:
    """采用改动后的方案文件。 | Put a changed edition file into force, with a reason."""
    from config.editions_file import differences, load_edition
    from office import adoption
    from office.opening import configured_edition, open_desk

    desk = open_desk(home)
    changed = load_edition(file) if file else configured_edition(desk.settings)
    found = differences(desk.loaded, changed)
    adopted = adoption.adopt(desk, changed, reason=reason, officer_id=None, now=instant(now))
    lines = [f"{each.key}：{each.before} → {each.after}" for each in found] + [f"已采用第 {adopted.version} 版。"]
    facts = {"version": adopted.version, "sha256": adopted.sha256, "changed": [each.key for each in found]}
    say(facts, as_json=as_json, lines=lines)


@app.command()
def new(
    year: Annotated[int, typer.Argument(help="新一届的年份 | the year of the next edition")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="写到这个文件 | the file to write; else YEAR.toml")
    ] = None,
    home: Home = Path("./var"),
    source: Annotated[
        str, typer.Option("--from", help="上一届：届次代号或方案文件 | the edition to start from: its key, or a file")
    ] = "",
    as_json: As_json = False,
) -> None:
    """由上一届拟出新一届的方案：日期顺延并避开假日，改去旧年份。 | Draft the next edition from this one."""
    from config.editions_file import parse_edition
    from config.next_edition import next_edition
    from config.refusal import Refusal
    from config.settings import Settings
    from config.workdays import read_workdays

    out = out or Path(f"{year}.toml")
    if out.exists():
        raise Refusal(f"{out} 已经存在。", next_step="请换一个文件名。")
    loaded = _started_from(home, source)
    workdays = read_workdays(Settings.for_home(home).holidays_file)
    made = next_edition(loaded, year, workdays)
    parse_edition(made.text, name=str(out), workdays=workdays)  # a draft that contradicts itself is not written
    out.write_text(made.text, encoding="utf-8")
    lines = [
        f"{it.key}：{_at(it.before)} → {_at(it.after)}" + (f"（避开 {it.off}）" if it.off else "") for it in made.moved
    ]
    lines += [f"{it.key}：{it.before[:40]} → {it.after[:40]}" for it in made.reworded]
    lines += [f"第 {number} 行仍有旧年份：{line}" for number, line in made.left]
    lines += [made.warning] if made.warning else []
    lines.append(f"已写出 {out}：{len(made.moved)} 个日期待确认。下一步：逐个核对，运行 linxuan edition check {out}，")
    lines.append(
        f"再运行 linxuan edition add {out} --reason … --carry {loaded.edition.award.key}，与本届并行并带入专家和学会。"
    )
    moved = [
        {"key": it.key, "before": it.before.isoformat(), "after": it.after.isoformat(), "off": it.off}
        for it in made.moved
    ]
    facts = {
        "file": str(out), "moved": moved, "reworded": [it.key for it in made.reworded],
        "left": [number for number, _ in made.left], "warning": made.warning,
    }  # fmt: skip
    say(facts, as_json=as_json, lines=lines)


def _started_from(home: Path, source: str) -> "LoadedEdition":
    """The edition that the words name: a file, one that the home has adopted, or one that comes with the program."""
    from config.editions_file import load_edition, shipped_edition
    from config.settings import ENV_FILE
    from office import editions
    from office.opening import open_desk

    if not source or Path(source).is_file():
        return _in_force(home, Path(source) if source else None)[0]
    held = editions.of(open_desk(home)).find(source) if (home / ENV_FILE).exists() else None
    if held is not None:
        return held.loaded
    return load_edition(shipped_edition(source))


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="方案文件 | an edition file")],
    reason: Annotated[str, typer.Option(help="采用理由 | why")],
    home: Home = Path("./var"),
    carry: Annotated[
        str, typer.Option("--carry", help="带入这一届的专家、学会联系人、单位别名 | carry the people of this edition")
    ] = "",
    as_json: As_json = False,
    now: Now = None,
) -> None:
    """采用另一届，与现有各届并行（双十、下一年）。 | Take another edition in beside those that run."""
    from config.editions_file import load_edition
    from config.refusal import Refusal
    from office import carry_over, editions, new_edition
    from office.opening import open_desk

    held = editions.of(open_desk(home))
    source = held.find(carry) if carry else None
    if carry and source is None:
        raise Refusal(f"本系统没有“{carry}”这一届。", next_step="请写已采用的届次代号。")
    at = instant(now)
    desk = new_edition.begin(held.own, load_edition(file), reason=reason, officer_id=None, now=at)
    counts = dict(carry_over.carry_all(desk, source, now=at)) if source else {}
    award = desk.edition.award
    lines = [f"已采用“{award.entry_name}”（{award.key}），与{'、'.join(each.key for each in held)} 并行。"]
    lines += [f"带入{carry_over.KINDS[kind]} {count}" for kind, count in counts.items()]
    say({"edition": award.key, "carried": counts}, as_json=as_json, lines=lines)


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
