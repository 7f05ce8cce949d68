"""Puts the office's papers into an archive, as far as their facts exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from config.refusal import Refusal
from office import archive_decided, paper_facts, papers, papers_of_case
from office.archive_bundle import Bundle
from office.archive_names import plain
from office.desk import Desk
from office.paper_kinds import Key, Paper, Subject
from paperwork.round_told import RoundTold
from records.tables.application import Application

FOLDER = "文书"
_OF_CASE = (Subject.APPLICATION, Subject.FINALIST)
_OF_ALL = (Subject.EDITION, Subject.SOCIETY, Subject.NOTICE, Subject.DECISION)
_DECIDED = (Subject.NOTICE, Subject.DECISION, Subject.OBJECTION)
_WHOLE = (Key("", ""),)  # of a paper about the whole edition


@dataclass(frozen=True, slots=True)
class _Place:
    """Where papers go: into which archive, below which folder, as of when."""

    bundle: Bundle
    folder: str
    now: datetime


def add_case(session: Session, desk: Desk, bundle: Bundle, item: Application, folder: str, *, now: datetime) -> None:
    """Every paper about one application below ``folder``, from its receipt to its certificate."""
    place = _Place(bundle, folder, now)
    for paper in papers.PAPERS:
        if paper.subject in _OF_CASE:
            _add(session, desk, place, paper, Key(item.number, ""))
    for made in papers_of_case.later(session, desk, item):
        _add(session, desk, place, made.paper, Key(made.key, made.of))


def add_edition(session: Session, desk: Desk, bundle: Bundle, *, now: datetime) -> None:
    """Every paper about the edition, a society, a version of the notice or a decision."""
    for paper in papers.PAPERS:
        if paper.subject in _OF_ALL:
            for key in _keys(session, desk, paper, now):
                _add(session, desk, _Place(bundle, "", now), paper, key)


def add_round(desk: Desk, bundle: Bundle, told: RoundTold, folder: str, *, now: datetime) -> None:
    """Every paper that is made from a locked round."""
    issued = paper_facts.issued(desk, now)
    for paper in papers.PAPERS:
        if paper.of_round is not None:
            path = f"{folder}/{plain(f'{told.name}{paper.title}')}.{paper.ending}"
            bundle.put(path, paper.of_round(told, issued), f"{told.name}{paper.title}")


def _keys(session: Session, desk: Desk, paper: Paper, now: datetime) -> Sequence[Key]:
    try:
        return papers.keys(session, desk, paper, now=now) or _WHOLE
    except Refusal:
        return ()


def _add(session: Session, desk: Desk, place: _Place, paper: Paper, key: Key) -> None:
    """One paper; what cannot be made (yet) is no part of the archive."""
    try:
        made = papers.make(session, desk, paper.name, of=key.key, now=place.now)
    except Refusal:
        return
    below = archive_decided.FOLDER if paper.subject in _DECIDED else FOLDER
    told = f"{paper.title} {key.label}".strip()
    place.bundle.put(f"{place.folder}{below}/{plain(told)}.{paper.ending}", made.data, told)
