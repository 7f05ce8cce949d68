"""The commands on what the file check finds: its rules, a changed rule tried on all, texts much alike."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import As_json, Home, say

app = typer.Typer(help="机检规则 | The rules of the file check.")


@app.callback(invoke_without_command=True)
def rules(context: typer.Context, as_json: As_json = False) -> None:
    """列出机检规则，以及本机自装的规则。 | List the built-in rules and those installed here."""
    if context.invoked_subcommand:
        return
    from documents import own_rules
    from documents.rules import BUILT_IN, endings

    built_in = [
        {"rule": rule.name, "paper": rule.paper, "clauses": list(rule.clauses), "checks": rule.checks,
         "verdicts": [verdict.value for verdict in rule.verdicts], "blocks": rule.blocks}
        for rule in BUILT_IN
    ]  # fmt: skip
    own = [dict(own_rules.explained(rule)) for rule in own_rules.installed()]
    lines = [
        f"{rule.name:24} {rule.paper}　{'、'.join(rule.clauses)}　{rule.checks}（{endings(rule)}）" for rule in BUILT_IN
    ]
    lines += [f"自装 {rule['rule']} {rule['version']}　{rule['checks']}" for rule in own]
    lines.append(f"内置 {len(built_in)} 条，自装 {len(own)} 条。※ 改正之前不能提交。")
    say({"built_in": built_in, "own": own}, as_json=as_json, lines=lines)


@app.command(name="try")
def try_changes(
    changes: Annotated[list[str], typer.Argument(help="键=值，如 form.words_limit=4500 | key=value")],
    home: Home = Path("./var"),
    as_json: As_json = False,
) -> None:
    """试行改动后的规则：哪些项目会变，不写入任何内容。 | What a changed rule would do; writes nothing."""
    from rich.console import Console
    from rich.progress import Progress

    from documents.child import Readers, task_of
    from office.dry_run import try_rules
    from office.opening import open_desk

    desk = open_desk(home)
    with (
        Readers(task=task_of(ocr=desk.settings.ocr)) as readers,
        Progress(console=Console(stderr=True), transient=True) as bar,
    ):
        task = bar.add_task("试行", total=None)
        outcome = try_rules(
            desk,
            changes,
            check=readers.check,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    facts: dict[str, Any] = asdict(outcome) | {
        "failing": outcome.failing, "healing": outcome.healing, "looked_at": outcome.looked_at,
        "sentence": outcome.sentence,
    }  # fmt: skip
    lines = [str(each) for each in outcome.changed] + [f"注意：{warning}" for warning in outcome.warnings]
    lines += [
        f"{each.number}　{each.place}　{each.before.verdict.label if each.before else '无此条'} → "
        f"{each.after.verdict.label if each.after else '无此条'}　{each.after.evidence if each.after else ''}"
        for each in outcome.differences
    ]
    say(facts, as_json=as_json, lines=[*lines, outcome.sentence])


def twins(home: Home = Path("./var"), as_json: As_json = False) -> None:
    """推荐表正文相近的项目，两两列出。 | Every two forms whose texts are much alike."""
    from office.opening import open_desk
    from office.twins import alike_pairs

    desk = open_desk(home)
    with desk.database.read() as session:
        pairs = alike_pairs(session, desk)
    facts = [{"one": asdict(one), "other": asdict(other), "share": round(share, 2)} for one, other, share in pairs]
    lines = [
        f"{share:.0%}　{one.number} {one.unit}“{one.title}”　{other.number} {other.unit}“{other.title}”"
        for one, other, share in pairs
    ]
    say({"pairs": facts}, as_json=as_json, lines=[*lines, f"正文相近的共 {len(pairs)} 对；只作提示，由人判断。"])
