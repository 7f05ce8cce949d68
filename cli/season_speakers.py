"""The scenes before the final in which every finalist names who defends it (R26)."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from cli import season_words as words
from cli.season_cast import Entry
from cli.season_stage import Scene, Stage
from config.edition import Edition
from office import applications, defender
from office.defender import Speaker
from states.facts import State

_POSTS = ("总工程师", "研究员", "技术总监", "教授", "项目负责人")
_APART = timedelta(minutes=25)
_TOLD = "申报单位来电告知，已核对联系人身份"


def scenes(edition: Edition) -> Iterator[Scene]:
    """Every unit answers within a week of its letter; one does so by telephone, the office writes it down."""
    final = edition.rounds[-1]
    yield Scene(final.opens - timedelta(days=8), "入围单位填报答辩人", _by_the_units)
    yield Scene(final.opens - timedelta(days=2), "代为登记答辩人", _by_the_office)


def speaker_of(entry: Entry) -> Speaker:
    """Who speaks for an entry: the same at each call, nobody real."""
    draw = random.Random(f"speaker {entry.title}")
    name = draw.choice(words.SURNAMES) + draw.choice(words.GIVEN)
    return Speaker(name, draw.choice(_POSTS), f"139{draw.randrange(10**8):08}")


def _by_the_units(stage: Stage, now: datetime) -> None:
    """All but the last of them by themselves, one after the other."""
    with stage.desk.database.read() as session:
        finalists = stage.ids_in(session, State.FINALIST)
    for place, item in enumerate(finalists[:-1]):
        at = now + place * _APART
        stage.once(f"speaker-{item}", at, partial(_name, stage, item, now=at))


def _by_the_office(stage: Stage, now: datetime) -> None:
    with stage.desk.database.read() as session:
        unnamed = [applications.by_number(session, stage.desk, each) for each in defender.unnamed(session, stage.desk)]
        left = [item.id or 0 for item in unnamed]
    officer = stage.officers["li"]
    for item in left:
        verb = partial(_name, stage, item, now=now, officer=officer, reason=_TOLD)
        stage.once(f"speaker-{item}", now, verb)


def _name(
    stage: Stage, item_id: int, session: Session, *, now: datetime, officer: int | None = None, reason: str = ""
) -> None:
    item = applications.find(session, stage.desk, item_id)
    told = speaker_of(stage.entry_of(session, item_id))
    defender.name(session, stage.desk, item, told, officer_id=officer, reason=reason, now=now)
