"""The commands on the people of the office: add, disable, list; each change is a ledger event."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import EMAIL, As_json, Home, Now, instant, say

app = typer.Typer(no_args_is_help=True, help="工作人员 | People of the office.")
Email = Annotated[str, typer.Argument(help="邮箱 | e-mail")]


@app.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="姓名 | name")],
    role: Annotated[str, typer.Option(help="office 工作人员 | lead 负责人 | supervisor 监督")] = "office",
    home: Home = Path("./var"),
    as_json: As_json = False,
    now: Now = None,
) -> None:
    """添加一位工作人员。 | Add a person."""
    from config.refusal import Refusal
    from office import people
    from office.opening import open_desk
    from records.tables.person import Role

    if role not in tuple(Role):
        raise Refusal(f"没有“{role}”这一角色。", next_step=f"可用：{'、'.join(Role)}。")
    if not EMAIL.fullmatch(email) or not name.strip():
        raise Refusal("姓名或邮箱不完整。", next_step="请写：linxuan user add 邮箱 --name 姓名。")
    desk = open_desk(home)
    with desk.database.write() as session:
        known = people.Known(name, [email])
        officer = people.add_officer(session, desk.key, known, Role(role), by=None, now=instant(now))
    say({"id": officer.id, "email": email, "role": role}, as_json=as_json, lines=[f"已添加 {name}（{role}）。"])


@app.command()
def disable(email: Email, home: Home = Path("./var"), as_json: As_json = False, now: Now = None) -> None:
    """停用一位工作人员。 | Disable a person."""
    from office import people
    from office.opening import open_desk

    desk = open_desk(home)
    with desk.database.write() as session:
        officer = people.disable_officer(session, desk.key, email, by=None, now=instant(now))
    say({"id": officer.id, "email": email, "disabled": True}, as_json=as_json, lines=[f"已停用 {email}。"])


@app.command("list")
def list_(home: Home = Path("./var"), as_json: As_json = False) -> None:
    """列出工作人员。 | List people."""
    from office import people
    from office.opening import open_desk

    desk = open_desk(home)
    with desk.database.read() as session:
        rows = [
            {"id": officer.id, "name": person.name, "email": email, "role": officer.role}
            | {"disabled": officer.disabled_at is not None}
            for officer, person, email in people.officers(session)
        ]
    lines = [
        f"{row['id']}  {row['name']}  {row['email']}  {row['role']}{'（停用）' if row['disabled'] else ''}"
        for row in rows
    ]
    say({"users": rows}, as_json=as_json, lines=lines or ["还没有工作人员。"])
