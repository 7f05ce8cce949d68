"""What every scene of the demo has at hand, and how a scene is played once however often it is asked."""

import email
import email.policy
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from cli.season_cast import Cast, Entry
from cli.season_files import Parcel, make
from cli.supervise import Child
from documents.child import Readers
from notifications.smtp import file_name
from office.desk import Desk
from records.tables.application import Application
from records.tables.letter import Letter, LetterState
from records.tables.once import Once
from states.facts import State

_LINK = re.compile(r"/endorse/([A-Za-z0-9_-]{20,})")


@dataclass(frozen=True, slots=True)
class Stage:
    """The demo's desk, cast and folders; ``officers`` are ids by part: lead, wang, li; ``scorers`` ids of experts."""

    desk: Desk
    cast: Cast
    readers: Readers
    folders: Path
    maker: Child  # makes the folders before they are received
    planned: dict[tuple[int, int], int] = field(default_factory=dict)  # points of the first round, see season_scores
    officers: dict[str, int] = field(default_factory=dict)
    scorers: list[int] = field(default_factory=list)

    def once(self, key: str, now: datetime, verb: Callable[[Session], object]) -> None:
        """Run a verb in a transaction that also keeps its key: after a crash it is done, or not done at all."""
        with self.desk.database.write() as session:
            if session.get(Once, key) is None:
                verb(session)
                session.add(Once(key=key, at=now))

    def play(self, scene: "Scene") -> None:
        """Play a scene to its end, unless it was; one that was cut off is played again, and does only what is left."""
        key = f"scene-{scene.at.isoformat()}-{scene.label}"
        with self.desk.database.read() as session:
            if session.get(Once, key) is not None:
                return
        scene.play(self, scene.at)
        self.once(key, scene.at, lambda _: None)

    def folder_of(self, parcel: Parcel) -> Path:
        """The folder of a parcel: the maker's, once it is there, else made here and now."""
        folder = self.folders / parcel.name
        while not parcel.number and not folder.exists() and self.maker.is_running():
            time.sleep(0.02)
        return make(self.folders, self.desk.edition, parcel)

    def item(self, session: Session, entry: Entry) -> Application | None:
        """The application that an entry became, or ``None`` when it was never taken."""
        return session.exec(
            select(Application).where(Application.edition == self.desk.key, Application.title == entry.title)
        ).first()

    def item_id(self, session: Session, story: str) -> int:
        """The application that plays a story."""
        item = self.item(session, self.cast.entry(story))
        if item is None or item.id is None:
            raise LookupError(f"the application of {story} is not there")
        return item.id

    def ids_in(self, session: Session, *states: State) -> list[int]:
        """The applications that stand in some states, in order."""
        query = select(Application.id).where(
            Application.edition == self.desk.key, col(Application.state).in_([state.value for state in states])
        )
        return [id_ for id_ in session.exec(query.order_by(col(Application.id))) if id_ is not None]

    def entry_of(self, session: Session, item_id: int) -> Entry:
        """The entry behind an application."""
        title = session.exec(select(Application.title).where(Application.id == item_id)).one()
        return next(entry for entry in self.cast.entries if entry.title == title)

    def link_from_mail(self, session: Session, item_id: int) -> str | None:
        """The newest endorsement link that has arrived by mail, read from the received letter itself."""
        letter = session.exec(
            select(Letter)
            .where(
                Letter.application_id == item_id,
                Letter.template == "submit.endorser",
                Letter.state == LetterState.SENT.value,
            )
            .order_by(col(Letter.id).desc())
            .limit(1)
        ).first()
        path = self.desk.settings.mailbox / file_name(letter.message_id) if letter else None
        if path is None or not path.exists():
            return None
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        found = _LINK.search(body.get_content()) if body else None
        return found.group(1) if found else None


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that somebody does at an instant of the season."""

    at: datetime
    label: str
    play: Callable[[Stage, datetime], Any]
