"""Puts the office's papers into an archive, as far as their facts exist."""

from datetime import datetime

from sqlmodel import Session

from config.refusal import Refusal
from office import paper_facts, papers
from office.archive_bundle import Bundle
from office.archive_names import plain
from office.desk import Desk
from office.paper_kinds import Subject
from paperwork.round_told import RoundTold


def add(
    session: Session, desk: Desk, bundle: Bundle, subject: Subject, folder: str, *, of: str = "", now: datetime
) -> None:
    """Every paper about this subject; one whose facts do not exist (yet) is no part of the archive."""
    for paper in papers.PAPERS:
        if paper.subject is not subject or paper.make is None:
            continue
        try:
            made = papers.make(session, desk, paper.name, of=of, now=now)
        except Refusal:
            continue
        bundle.put(f"{folder}/{plain(paper.title)}.{paper.ending}", made.data, paper.title)


def add_round(desk: Desk, bundle: Bundle, told: RoundTold, folder: str, *, now: datetime) -> None:
    """Every paper that is made from a locked round."""
    issued = paper_facts.issued(desk, now)
    for paper in papers.PAPERS:
        if paper.of_round is not None:
            path = f"{folder}/{plain(f'{told.name}{paper.title}')}.{paper.ending}"
            bundle.put(path, paper.of_round(told, issued), f"{told.name}{paper.title}")
