"""What the operator's commands do once they are called: each opens the desk, asks the office, tells the answer."""

import asyncio
import os
from collections.abc import Awaitable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlmodel import Session, col, select

from cli import backup_commands
from cli.options import EMAIL, MARK, say
from config.refusal import Refusal
from config.settings import Settings
from flows import engine
from flows.clock import Clock, fire_due
from flows.delivery_flow import KIND, Round, run_delivery
from notifications import outbox
from notifications.delivery import deliver
from notifications.smtp import relay_of
from office import (
    deadlines,
    doctor,
    duties,
    editions,
    office_account,
    people,
    reminders,
    score_audit,
    sealed_keys,
    signin_links,
)
from office.desk import Desk
from office.opening import found, open_desk
from records import invariants, ledger
from records.tables.application import Upload
from records.tables.deadline import Deadline, FlowRun
from states import agenda
from states.facts import State

if TYPE_CHECKING:
    from documents.child import Readers

Answer = TypeVar("Answer")
_LETTERS = {
    "waiting": "待发", "sending": "发送中", "sent": "已发", "retried": "待重试", "in_doubt": "存疑", "dead": "退失",
    "held": "扣留", "cancelled": "作废",
}  # fmt: skip
_COUNTED = _LETTERS | {
    "letters": "写信", "lapsed": "逾期", "kept": "保留", "moved": "进入评审", "decision": "决定", "closed": "期满",
    "open_objections": "未办结异议", "undone": "未完成", "blocked": "受阻", "fault": "故障",
    "unconfirmed": "未确认事项", "silenced": "已静默",
}  # fmt: skip
_HARMS = {"network": "联网", "files": "写入文件", "processes": "启动其他程序"}


def found_home(home: Path, lead_name: str, lead_email: str, now: datetime) -> None:
    """`linxuan init`: safe to repeat; says where what stands."""
    if bool(lead_name) != bool(lead_email) or (lead_email and not EMAIL.fullmatch(lead_email)):
        raise Refusal(
            "负责人的姓名和邮箱要一起写，邮箱须完整。", next_step="例如 --lead-name 刘某 --lead-email a@b.cn。"
        )
    if (home / MARK).exists():
        raise Refusal(f"{home} 里是演示数据。", next_step="请用 --home 换一个目录，或先删去它。")
    lead = people.Known(lead_name, [lead_email]) if lead_name else None
    desk = found(home, lead=lead, now=now)
    print(f"已就绪：{home}\n本届：{desk.edition.award.entry_name}（{desk.loaded.sha256[:16]}）")
    print(f"邮件：{_mail_of(desk.settings)}\n下一步：linxuan serve --home {home}")
    if not (home / sealed_keys.NAME).exists():
        backup_commands.show_sealed(home)
    if lead_email:
        _show_first_link(desk, lead_email, now)


def _show_first_link(desk: Desk, email: str, now: datetime) -> None:
    """The one-time link of a lead who has not set a password yet; a former one is void."""
    with desk.database.write() as session:
        mine = (officer for officer, _, told in people.officers(session) if told == email.lower())
        officer = next((it for it in mine if it.disabled_at is None), None)
        if officer and not office_account.is_set_up(session, officer.id or 0):
            link = signin_links.set_up(session, desk, officer, now=now)
            print(f"负责人用这个一次性链接启用账户，三天内有效：\n  {link}")


def take_folders(home: Path, folders: list[Path], now: datetime, *, as_json: bool) -> int:
    """`linxuan intake`: 0 when all were handed in, 1 when one stays a draft or is refused."""
    from documents import child

    desk = open_desk(home)
    with child.Readers(task=child.task_of(ocr=desk.settings.ocr)) as readers:
        rows = [_taken(desk, readers, folder, now) for folder in folders]
    say({"applications": rows}, as_json=as_json, lines=[_folder_line(row) for row in rows])
    return int(any("refused" in row or row.get("state") == State.DRAFT for row in rows))


def _taken(desk: Desk, readers: "Readers", folder: Path, now: datetime) -> dict[str, Any]:
    """What became of one folder; one that cannot be taken does not hold up the next."""
    from office import application_folder, applications

    try:
        received = application_folder.receive_folder(desk, folder, check=readers.check, officer_id=None, now=now)
    except Refusal as refusal:
        return {"folder": str(folder), "refused": refusal.sentence, "next_step": refusal.next_step}
    except (OSError, ValueError) as error:  # a name that no file system takes, a folder that nobody may read
        told = f"申报文件夹读不出（{getattr(error, 'strerror', None) or error}）。"
        return {"folder": str(folder), "refused": told, "next_step": "请核对其中的文件名和权限后重试。"}
    with desk.database.read() as session:
        held = {file.slot for file in applications.current_files(session, received.item_id)}
    missing = [slot.label for slot in desk.edition.slots if slot.required and slot.key not in held]
    return {"folder": str(folder)} | received.told() | {"missing": missing}


def _folder_line(row: Mapping[str, Any]) -> str:
    lines = [f"{row['folder']}：{row['number']} {row['label']}" if "number" in row else f"{row['folder']}：未登记"]
    lines += [f"缺少：{label}" for label in row.get("missing", ())]
    lines += row.get("findings", ())
    lines += [f"{row['refused']}"] if "refused" in row else []
    lines += [f"→ {row['next_step']}"] if row.get("next_step") else []
    return "\n    ".join(lines)


def show_status(home: Path, now: datetime, *, as_json: bool) -> None:
    """`linxuan status`: counts by state, letters, what is overdue, the ledger's head; of each edition of the store."""
    held = editions.of(open_desk(home))
    with held.own.database.read() as session:
        facts, *others = (status_of(session, desk, now) for desk in held)
    lines = _status_told(held.own, facts, now)
    for desk, told in zip(held.beside, others, strict=True):
        lines += _status_told(desk, told, now)
    lines.append(f"  账本：{facts['ledger']['events']} 个事件，末端 {facts['ledger']['head'][:16]}")
    say(facts | {"beside": others}, as_json=as_json, lines=lines)


def _status_told(desk: Desk, facts: Mapping[str, Any], now: datetime) -> list[str]:
    day = desk.workdays.day_kind(now.astimezone(desk.zone).date()).label
    lines = [f"{desk.edition.award.entry_name}   {desk.shown(now)}（{day}）"]
    lines += [f"  {State(state).named(desk.words):<10} {count}" for state, count in facts["states"].items()]
    lines.append(f"  邮件：{_counted(facts['letters'])}")
    return lines + [f"  到期未办：{each['label']}（{each['due_at']}）" for each in facts["overdue"]]


def status_of(session: Session, desk: Desk, now: datetime) -> dict[str, Any]:
    """The figures of `linxuan status`."""
    verification = ledger.verify(session)
    overdue = deadlines.overdue(session, now, edition_key=desk.key)
    return {
        "edition": desk.key,
        "now": now.isoformat(),
        "states": reminders.count_by_state(session, desk),
        "letters": outbox.counts(session, edition_key=desk.key),
        "overdue": [_told(desk, row) for row in overdue],
        "ledger": {"events": verification.events, "blocks": verification.blocks, "head": verification.head},
    }


def show_due(home: Path, now: datetime, *, as_json: bool) -> None:
    """`linxuan due`: what is due and unsettled, and the next ten deadlines; of each edition of the store."""
    held = editions.of(open_desk(home))
    with held.own.database.read() as session:
        overdue = [_told(desk, row) for desk in held for row in deadlines.overdue(session, now, edition_key=desk.key)]
        coming = select(Deadline).where(
            col(Deadline.edition).in_([desk.key for desk in held]),
            Deadline.due_at > now,
            Deadline.cancelled_at == None,  # noqa: E711  SQL's own
        )
        rows = session.exec(coming.order_by(Deadline.due_at).limit(10))  # type: ignore[arg-type]
        following = [_told(held.find(row.edition) or held.own, row) for row in rows]
    lines = [f"到期  {each['due_at']}  {each['label']}" for each in overdue] or ["现在没有到期未办的事。"]
    lines += [f"接着  {each['due_at']}  {each['label']}" for each in following]
    say({"overdue": overdue, "next": following}, as_json=as_json, lines=lines)


def _told(desk: Desk, row: Deadline) -> dict[str, str]:
    return {
        "edition": row.edition,
        "kind": row.kind,
        "label": agenda.label_of(row.kind, desk.words),
        "due_at": row.due_at.astimezone(desk.zone).isoformat(),
    }


def do_due(home: Path, now: datetime, *, as_json: bool) -> int:
    """`linxuan run-due`: everything due at ``now``, in order, then the letters; 1 when a deadline failed."""
    clock = _clock(home)
    runs = asyncio.run(_once(clock, fire_due(clock, now)))
    rows = [
        {
            "edition": run.edition,
            "kind": run.kind,
            "failed": run.failed,
            "prefect": run.prefect_run,
            "counts": run.counts,
        }
        for run in runs
    ]
    lines = [f"{_label(run.kind)}：{run.failed or '已办'}。{_counted(run.counts)}".rstrip() for run in runs]
    say({"runs": rows}, as_json=as_json, lines=lines or ["现在没有到期未办的事。"])
    return int(any(run.failed for run in runs))


def _label(kind: str) -> str:
    return "信件投递" if kind == KIND else agenda.label_of(kind)


def _counted(counts: Mapping[str, Any]) -> str:
    """Counts in words; what is nought is left out."""
    return "，".join(f"{_COUNTED.get(name, name)} {count}" for name, count in counts.items() if count) or "无"


def deliver_letters(home: Path, now: datetime, *, as_json: bool) -> int:
    """`linxuan deliver`: the letters that are due now; 1 when one could not leave."""
    clock = _clock(home)
    runs = [run for run in asyncio.run(_once(clock, _delivered(clock, now))) if run]
    counted = ("sent", "retried", "in_doubt", "dead", "held")
    facts = {name: sum(run.counts.get(name, 0) for run in runs) for name in counted}
    where = _mail_of(clock.desk.settings)
    fault = next((run.counts["fault"] for run in runs if run.counts.get("fault")), "")
    lines = [f"{where}：{_counted(facts)}", *([fault] if fault else [])]
    say(facts | {"relay": where, "fault": fault}, as_json=as_json, lines=lines)
    return int(bool(facts["dead"] or facts["retried"] or facts["in_doubt"]))


async def _delivered(clock: Clock, now: datetime) -> list[FlowRun | None]:
    rounds = (Round(desk, clock.relay, clock.deliver, clock.worker, now) for desk in clock.desks)
    return [await run_delivery(each) for each in rounds]


def _clock(home: Path) -> Clock:
    """A clock of the operator's own, beside the engine: the claim rows decide who acts."""
    held = editions.of(open_desk(home))
    settings = held.own.settings
    os.environ.update(engine.environment_of(settings))
    worker = f"operator-{os.getpid()}"
    return Clock(held.own, duties.carry_out, relay_of(settings), deliver, worker=worker, beside=held.beside)


async def _once(clock: Clock, work: Awaitable[Answer]) -> Answer:
    try:
        return await work
    finally:
        await clock.relay.close()


def _mail_of(settings: Settings) -> str:
    """Where letters go, in words."""
    if settings.mail_host is None:
        return f"未配置邮件服务器，信件存入文件夹 {settings.mailbox}"
    return f"经 {settings.mail_host}:{settings.mail_port} 发出（{settings.mail_tls}）"


def verify_ledger(home: Path, *, as_json: bool) -> int:
    """`linxuan ledger verify`: 1 when anything was changed behind the ledger's back."""
    desk = open_desk(home)
    with desk.database.read() as session:
        found_ = score_audit.verify(session)
    facts = {"events": found_.events, "blocks": found_.blocks, "head": found_.head, "verified": found_.verified}
    lines = [f"{found_.events} 个事件，{found_.blocks} 个区块，末端 {found_.head}", *found_.faults]
    lines.append("核验一致。" if found_.verified else "核验不一致：请立即停用并联系监督人员。")
    say(facts | {"faults": list(found_.faults)}, as_json=as_json, lines=lines)
    return int(not found_.verified)


def examine(home: Path, now: datetime, *, as_json: bool) -> int:
    """`linxuan doctor`: every invariant over the whole database, files included; 1 when one is broken."""
    desk = open_desk(home)
    broken = doctor.examine(desk, now=now).broken
    with desk.database.read() as session:
        files = session.exec(select(Upload.id)).all()
    rows = [{"rule": each.rule, "sentence": each.sentence, "ids": list(each.ids)} for each in broken]
    lines = [f"{each.rule}：{each.sentence} {list(each.ids)[:10]}" for each in broken]
    verdict = f"{len(broken)} 条不成立。" if broken else "全部成立。"
    lines.append(f"已查 {len(invariants.RULES)} 条规则、{len(files)} 份文件：{verdict}")
    kept_from = _kept_from()
    lines += [f"提示：本机不允许限制读取文件的子进程{_HARMS[name]}。" for name, is_so in kept_from.items() if not is_so]
    facts = {"healthy": not broken, "broken": rows, "rules": len(invariants.RULES), "readers_confined": kept_from}
    say(facts, as_json=as_json, lines=lines)
    return int(bool(broken))


def _kept_from() -> dict[str, bool]:
    """What this system lets the readers of strangers' files be kept from."""
    from documents.child import Readers

    with Readers() as readers:
        return asdict(readers.confinement())
