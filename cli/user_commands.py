"""The commands on the people of the office: add, disable, list, and how they come to sign in; each is an event."""

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
    from office import people, signin_links
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
        link = signin_links.set_up(session, desk, officer, now=instant(now))
    facts = {"id": officer.id, "email": email, "role": role, "link": link}
    say(facts, as_json=as_json, lines=[f"已添加 {name}（{role}）。", *_handed_over(link)])


@app.command()
def link(email: Email, home: Home = Path("./var"), as_json: As_json = False, now: Now = None) -> None:
    """给出启用账户的一次性链接，旧链接作废。 | Give a new one-time link to set up an account."""
    from office import signin_links
    from office.opening import open_desk

    desk = open_desk(home)
    with desk.database.write() as session:
        officer = signin_links.officer_at(session, email)
        address = signin_links.set_up(session, desk, officer, now=instant(now))
    say({"id": officer.id, "email": email, "link": address}, as_json=as_json, lines=_handed_over(address))


@app.command("reset-totp")
def reset_totp(email: Email, home: Home = Path("./var"), as_json: As_json = False, now: Now = None) -> None:
    """手机丢失：作废口令与验证器，退出各处，给出新链接。 | Lost telephone: void both factors, sign out, new link."""
    from office import office_account
    from office.opening import open_desk

    desk = open_desk(home)
    with desk.database.write() as session:
        address = office_account.begin_anew(session, desk, email, now=instant(now))
    say(
        {"email": email, "link": address},
        as_json=as_json,
        lines=[f"已作废 {email} 的口令与验证器。", *_handed_over(address)],
    )


def _handed_over(link: str) -> list[str]:
    return ["请把这个一次性链接亲手交给本人，三天内有效：", f"  {link}"]


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
