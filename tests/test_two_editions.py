"""Two editions in one store keep to themselves: nobody moves, counts or sends what belongs to the other."""

from pathlib import Path

import pytest
from sqlmodel import select, update

from notifications import outbox
from notifications.delivery import deliver
from notifications.smtp import MailboxRelay
from office import formal_check
from records.tables.application import Application
from records.tables.letter import Letter, LetterState
from states.facts import State
from states.refusals import NotAllowed

from cast import CHECKED, HANDED_IN, Office, an_application

OTHER = "2025"


async def test_a_letter_leaves_in_its_own_editions_words_alone(office: Office, tmp_path: Path) -> None:
    """The engine of 2024 would sign a letter of 2025 with the name and the contacts of 2024."""
    desk, item_id = office.desk, an_application(office, State.SUBMITTED)
    others = [letter.id for letter in office.letters("submit.endorser", item_id=item_id)]
    with desk.database.write() as session:
        session.execute(update(Letter).where(Letter.id.in_(others)).values(edition=OTHER))
    relay = MailboxRelay(tmp_path / "mail")
    await deliver(desk.database, relay, edition=desk.edition, settings=desk.settings, now=HANDED_IN, worker="engine")
    with desk.database.read() as session:
        states = dict(session.exec(select(Letter.template, Letter.state)).all())
        own, other = (outbox.counts(session, edition_key=key) for key in (desk.key, OTHER))
        assert outbox.next_due(session, edition_key=desk.key) is None
    assert states == {"submit.applicant": LetterState.SENT, "submit.endorser": LetterState.WAITING}
    assert (own["sent"], own["waiting"], other["sent"], other["waiting"]) == (1, 0, 0, 1)
    with desk.database.write() as session:
        session.execute(update(Letter).values(edition=desk.key))


async def test_what_another_editions_engine_has_in_flight_is_not_taken_back(office: Office, tmp_path: Path) -> None:
    """Both engines are called the same: only the edition tells whose flight it is."""
    desk, item_id = office.desk, an_application(office, State.SUBMITTED)
    (flying,) = office.letters("submit.endorser", item_id=item_id)
    flight = {"state": LetterState.SENDING.value, "claimed_by": "engine", "edition": OTHER}
    with desk.database.write() as session:
        session.execute(update(Letter).where(Letter.id == flying.id).values(**flight))
    relay = MailboxRelay(tmp_path / "mail")
    await deliver(desk.database, relay, edition=desk.edition, settings=desk.settings, now=HANDED_IN, worker="engine")
    assert office.letters("submit.endorser", item_id=item_id)[0].state == LetterState.SENDING
    back = {"state": LetterState.WAITING.value, "claimed_by": "", "edition": desk.key}
    with desk.database.write() as session:
        session.execute(update(Letter).where(Letter.id == flying.id).values(**back))


def test_a_selection_moves_nothing_of_another_edition(office: Office) -> None:
    item_id = an_application(office)
    with office.desk.database.write() as session:
        formal_check.tick_all_human(session, office.desk, item_id, officer_id=office.wang, now=CHECKED)
        session.execute(update(Application).values(edition=OTHER))
    with pytest.raises(NotAllowed, match="不存在"), office.desk.database.write() as session:
        formal_check.pass_check(session, office.desk, [item_id], officer_id=office.wang, now=CHECKED)
    with office.desk.database.write() as session:
        session.execute(update(Application).values(edition=office.desk.key))
    assert office.found(item_id).state == State.ENDORSED
