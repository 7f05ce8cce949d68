"""Opens the office: founds a home once, and gives the desk of the edition in force."""

import secrets
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, func, select

from config.editions_file import LoadedEdition, load_edition, shipped_edition
from config.refusal import Refusal
from config.settings import Settings, read_env_file, write_env_file
from config.workdays import Workdays, read_workdays
from documents.vault import Vault
from office import adopted, deadlines, holidays, people, replanning
from office.desk import Desk
from records import drawer, ledger, schema
from records.database import Database
from records.tables.edition import AdoptedEdition
from records.tables.endorser import Endorser
from records.tables.person import Officer, Role
from records.tables.scoring import Panel
from states.facts import Actor


def found(home: Path, *, lead: people.Known | None, now: datetime, edition: LoadedEdition | None = None) -> Desk:
    """Make a home ready: secrets, tables, the first adoption of the edition, its societies, agenda and first lead.

    Safe to repeat: what is there stays. Everything that can be refused is refused before anything is made.
    """
    loaded = edition or configured_edition(Settings.for_home(home))
    home.mkdir(parents=True, exist_ok=True)
    told = read_env_file(home)
    made = {name: secrets.token_urlsafe(32) for name in ("secret", "prefect_password") if name not in told}
    if edition and edition.path != _edition_file(Settings.for_home(home)):
        made["edition_file"] = str(edition.path.absolute())  # the home is opened again for this edition
    if made:
        write_env_file(home, made)
    settings = Settings.for_home(home)
    drawer.make_key(settings.drawer_key)
    database = Database(settings.database_url)
    schema.create_or_upgrade(database)
    with database.write() as session:
        if adopted.newest(session, loaded.edition.award.key) is None:
            workdays = read_workdays(settings.holidays_file)
            adopt_first(session, loaded, workdays, reason="首次采用", officer_id=None, now=now)
        if lead and not session.exec(select(Officer.id).limit(1)).first():
            people.add_officer(session, loaded.edition.award.key, lead, Role.LEAD, by=None, now=now)
    database.close()
    return open_desk(home)


def configured_edition(settings: Settings) -> LoadedEdition:
    """The edition that the settings name: a file of one's own, or one that comes with the program."""
    return load_edition(_edition_file(settings))


def _edition_file(settings: Settings) -> Path:
    return settings.edition_file or shipped_edition(settings.edition)


def open_desk(home: Path) -> Desk:
    """The desk of the home's own edition, as adopted; a changed file is ignored until adopted.

    The own one is that of the edition's file, or of the store where the settings name one that it holds. Raises
    `Refusal` for a home that was not founded, a store of another version, a missing secret.
    """
    settings = Settings.for_home(home)
    if not home.exists():
        raise Refusal(f"{home} 还没有初始化。", next_step="请先运行 linxuan init。")
    settings.require_secret()
    database = Database(settings.database_url)
    schema.require_current(database)
    with database.read() as session:
        key = settings.edition
        if settings.edition_file or adopted.newest(session, key) is None:
            key = configured_edition(settings).edition.award.key
        held = adopted.newest(session, key)
        workdays = holidays.in_force(session, settings)
    if held is None:
        raise Refusal(f"“{key}”这一届还没有采用。", next_step="请先运行 linxuan init。")
    return Desk(database, adopted.parsed(held, workdays), workdays, settings, Vault(settings.vault))


def refreshed(desk: Desk) -> Desk:
    """The same desk while its edition and its calendar are in force, else one with the newest of both.

    Both desks stand on one open store, so whoever still works at the older one is not disturbed.
    """
    with desk.database.read() as session:
        held = adopted.newest(session, desk.key)
        workdays = holidays.in_force(session, desk.settings)
    if held is None or (held.sha256 == desk.loaded.sha256 and workdays == desk.workdays):
        return desk
    return replace(desk, loaded=adopted.parsed(held, workdays), workdays=workdays)


def adopt_first(
    session: Session,
    loaded: LoadedEdition,
    workdays: Workdays,
    *,
    reason: str,
    officer_id: int | None,
    now: datetime,
) -> None:
    """Take an edition into the store: its first version with its agenda, its societies, a panel for each round."""
    adopt_text(session, loaded, workdays, reason=reason, officer_id=officer_id, now=now)
    key = loaded.edition.award.key
    for society in loaded.edition.endorsement.societies:
        known = people.Known(f"{society.name}秘书处", _addresses(loaded, society.name), unit=society.name)
        person = people.add_person(session, known)
        session.add(
            Endorser(edition=key, kind="society", name=society.name, short=society.short, person_id=person.id or 0)
        )
    for round_ in loaded.edition.rounds:
        session.add(Panel(edition=key, round=round_.key))


def _addresses(loaded: LoadedEdition, body: str) -> list[str]:
    """The addresses that the edition's contact blocks give for a body (R28, A35)."""
    return [contact.email for contact in loaded.edition.contacts if contact.body == body]


def adopt_text(
    session: Session,
    loaded: LoadedEdition,
    workdays: Workdays,
    *,
    reason: str,
    officer_id: int | None,
    now: datetime,
) -> AdoptedEdition:
    """Keep an edition's text as the next version, plan its agenda, and say in the ledger what had already run (F9)."""
    key = loaded.edition.award.key
    last = session.exec(select(func.max(AdoptedEdition.version)).where(AdoptedEdition.edition == key)).one()
    version = AdoptedEdition(
        edition=key, version=(last or 0) + 1, sha256=loaded.sha256, text=loaded.text, reason=reason,
        officer_id=officer_id, at=now,
    )  # fmt: skip
    session.add(version)
    session.flush()
    changes = replanning.replan(session, loaded.edition, workdays, deadlines.Mover(officer_id, reason), now=now)
    told = {"reason": reason, "sha256": loaded.sha256, "version": version.version}
    entry = ledger.Entry(
        key, "edition_adopted", Actor.OFFICE, now, subject="adoptededition", subject_id=version.id,
        officer_id=officer_id, note=told | {"ran_already": list(changes.ran_already)},
    )  # fmt: skip
    ledger.record(session, [entry])
    return version
