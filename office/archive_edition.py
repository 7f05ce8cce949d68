"""Puts a whole edition into an archive: every case in a folder of its own, then what is about all of them (R136)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, func, select

from office import (
    archive_case,
    archive_decided,
    archive_ledger,
    archive_papers,
    archive_readme,
    archive_rounds,
    paper_facts,
)
from office.archive_bundle import Bundle
from office.archive_case import Filing
from office.archive_names import plain
from office.archive_rounds import ArchivedRound
from office.desk import Desk
from paperwork.archive_index import ArchiveIndex, IndexedCase, archive_index
from records import ledger
from records.tables.application import Application
from records.tables.edition import AdoptedEdition
from states.facts import State

_CASES, _SETTINGS = "项目", "设置"
_RECOUNT = Path(__file__).resolve().parent.parent / "recount" / "count_again.py"


def handed_in(session: Session, desk: Desk) -> Sequence[int]:
    """The applications that were ever handed in, by number: a draft is its applicant's alone."""
    was = (col(Application.submitted_at).is_not(None), Application.state != State.DRAFT.value)
    query = select(Application.id).where(Application.edition == desk.key, *was).order_by(Application.number)
    return [id_ for id_ in session.exec(query) if id_ is not None]


def add(desk: Desk, bundle: Bundle, *, officer_id: int, now: datetime, done: Callable[[int], None]) -> int:
    """Add all of the edition; each case is of one instant, ``done`` is told how many are in. Returns their number.

    `NotYours` for an officer who may not see the scores of a round that is released.
    """
    with desk.database.read() as session:
        rounds = archive_rounds.gather(session, desk, officer_id=officer_id, now=now)
        ids = handed_in(session, desk)
    cases = []
    for place, id_ in enumerate(ids, 1):
        with desk.database.read() as session:
            cases.append(_add_case(session, desk, bundle, id_, rounds, now))
        done(place)
    first, left = len(bundle.entries), len(bundle.left_out)
    with desk.database.read() as session:
        _add_all(session, desk, bundle, rounds, now)
        _leave_out_drafts(session, desk, bundle, len(ids))
        archive_readme.add(
            bundle, desk, about=desk.edition.award.entry_name, of_edition=True, fields="、".join(ledger.FIELDS), at=now
        )
        facts = ArchiveIndex(
            about="",
            case=None,
            files=archive_case.indexed(bundle.entries[first:]),
            left_out=tuple((each.what, each.why) for each in bundle.left_out[left:]),
            cases=tuple(cases),
        )
        bundle.put(archive_readme.INDEX, archive_index(facts, paper_facts.issued(desk, now)), "卷宗目录")
    return len(cases)


def bytes_of(session: Session, desk: Desk) -> int:
    """How many bytes the files of all cases have, every version."""
    return archive_case.bytes_of(session, handed_in(session, desk))


def _add_case(
    session: Session, desk: Desk, bundle: Bundle, id_: int, rounds: tuple[ArchivedRound, ...], now: datetime
) -> IndexedCase:
    item = session.get_one(Application, id_)
    folder = archive_case.folder_of(item)
    count = archive_case.add(session, desk, item, Filing(bundle, f"{_CASES}/{folder}/", rounds, now))
    return IndexedCase(item.number, item.title, item.unit, State(item.state).named(desk.words), count, folder)


def _add_all(session: Session, desk: Desk, bundle: Bundle, rounds: tuple[ArchivedRound, ...], now: datetime) -> None:
    adopted = select(AdoptedEdition).where(AdoptedEdition.edition == desk.key).order_by(col(AdoptedEdition.version))
    for version in session.exec(adopted):
        told = f"{desk.shown(version.at)} 采用：{version.reason}"
        bundle.put(f"{_SETTINGS}/{plain(desk.key)}-第{version.version}版.toml", version.text.encode(), told)
    archive_papers.add_edition(session, desk, bundle, now=now)
    archive_rounds.add_papers(session, desk, bundle, rounds, now=now)
    if any(each.told for each in rounds):
        bundle.copy(f"{archive_rounds.FOLDER}/{_RECOUNT.name}", _RECOUNT, "重算程序，与本系统不共用代码")
    lists = archive_decided.lists(session, desk)
    if lists:
        title = archive_decided.FOLDER
        data = archive_case.sheets(desk, title, lists, now)
        bundle.put(f"{title}/{title}.xlsx", data, "、".join(each.title for each in lists))
    _add_ledger(session, desk, bundle, now)


def _add_ledger(session: Session, desk: Desk, bundle: Bundle, now: datetime) -> None:
    folder = archive_ledger.FOLDER
    for place, records in enumerate(archive_ledger.lists(session, desk), 1):
        data = archive_case.sheets(desk, records.title, (records,), now)
        bundle.put(f"{folder}/账本-{place}.xlsx", data, "账本：何时、何人、何事")
    bundle.put(f"{folder}/{archive_ledger.EVENTS}", archive_ledger.lines(session, desk), "账本的全部记录")
    bundle.put(f"{folder}/{archive_ledger.BLOCKS}", archive_ledger.blocks(session), "账本的全部区块")


def _leave_out_drafts(session: Session, desk: Desk, bundle: Bundle, archived: int) -> None:
    everything = session.exec(
        select(func.count()).select_from(Application).where(Application.edition == desk.key)
    ).one()
    if everything > archived:
        bundle.leave_out(f"{everything - archived} 项从未提交的草稿", "草稿只属于申报单位")
