"""Reads which text of an edition is in force in a store: the newest that was adopted."""

from sqlmodel import Session, col, select

from config.editions_file import LoadedEdition, parse_edition
from config.refusal import Refusal
from config.workdays import Workdays
from records.tables.edition import AdoptedEdition
from states.refusals import NotAllowed


class OtherEdition(NotAllowed):
    """What was asked for is of another edition of the store: ``key``."""

    def __init__(self, key: str) -> None:
        super().__init__("这属于另一届。", next_step="请在页首切换到那一届，再打开。")
        self.key = key


def newest(session: Session, key: str) -> AdoptedEdition | None:
    """The version of this edition that is in force, or ``None`` where the store has none."""
    query = select(AdoptedEdition).where(AdoptedEdition.edition == key)
    return session.exec(query.order_by(col(AdoptedEdition.version).desc()).limit(1)).first()


def digests(session: Session) -> dict[str, str]:
    """Every edition of the store with the SHA-256 of its text in force."""
    query = select(AdoptedEdition.edition, AdoptedEdition.sha256).order_by(col(AdoptedEdition.version))
    return dict(session.exec(query).all())


def loaded(session: Session, key: str, workdays: Workdays) -> LoadedEdition:
    """The edition as it is in force; `Refusal` where the store has none of this key."""
    found = newest(session, key)
    if found is None:
        raise Refusal(f"本系统没有“{key}”这一届。", next_step="请先采用这一届的方案。")
    return parsed(found, workdays)


def parsed(adopted: AdoptedEdition, workdays: Workdays) -> LoadedEdition:
    """One adopted version as facts."""
    name = f"{adopted.edition}（已采用第 {adopted.version} 版）"
    return parse_edition(adopted.text, name=name, workdays=workdays)
