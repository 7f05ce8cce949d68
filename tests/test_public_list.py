"""The public page lists who is public now: nobody who withdrew, and no notice that was taken back (R112)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from contest import POSTED, Contest
from sqlmodel import select

from office import corrections, undo
from office.desk import Desk
from records.tables.event import Batch
from web import notice_facts

pytestmark = pytest.mark.slow

SOON = POSTED + timedelta(minutes=30)


def shown(contest: Contest) -> list[str] | None:
    desk = _with_a_public_page(contest.office.desk)
    with desk.database.read() as session:
        posted = notice_facts.current(session, desk, now=SOON)
        return None if posted is None else [item.number for item in notice_facts.items(session, desk, posted)]


def _with_a_public_page(desk: Desk) -> Desk:
    """The same desk, of an edition that shows its notice to everybody (A16)."""
    notice = desk.edition.notice.model_copy(update={"public_page": True})
    return replace(desk, loaded=replace(desk.loaded, edition=desk.edition.model_copy(update={"notice": notice})))


def test_who_withdrew_is_public_no_more(selected: Contest) -> None:
    office, (gone, *_) = selected.office, selected.post(now=POSTED).items
    listed = shown(selected) or pytest.fail("nothing is public")
    with office.desk.database.write() as session:
        corrections.withdraw_by_office(
            session, office.desk, gone, units_letter="公函〔2024〕9号", officer_id=office.li, now=SOON
        )
    assert shown(selected) == [number for number in listed if number != office.found(gone).number]


def test_a_notice_that_was_taken_back_is_not_shown(selected: Contest) -> None:
    office = selected.office
    selected.post(now=POSTED)
    assert len(shown(selected) or ()) == 10
    with office.desk.database.write() as session:
        batch = session.exec(select(Batch).where(Batch.trigger == "publicize")).one()
        undo.undo(session, office.desk, batch.id or 0, reason="名单有误", officer_id=office.ren, now=SOON)
    assert shown(selected) is None
