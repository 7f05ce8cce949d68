"""Erasing a person leaves nothing that names them, and the ledger whole (house rule 28)."""

import json

import pytest
from contest import Contest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from office import endorsement, intake, people, recusals, tally
from office.people import Known
from records import ledger
from records.tables.all_tables import METADATA
from records.tables.person import Address, Expert

from cast import ENDORSED, HANDED_IN, Office, a_draft, at, submit

LONG_AFTER = at("2026-01-05 10:00")


def whole_store(office: Office) -> str:
    """Every value of every table, as one text."""
    with office.desk.database.read() as session:
        tables = {table.name: session.execute(table.select()).all() for table in METADATA.sorted_tables}
    return json.dumps(
        {name: [list(row) for row in rows] for name, rows in tables.items()}, default=str, ensure_ascii=False
    )


def erase(office: Office, person_id: int) -> None:
    with office.desk.database.write() as session:
        people.erase_person(session, office.desk.key, person_id, by=office.ren, now=LONG_AFTER)
    with office.desk.database.read() as session:
        assert ledger.verify(session).faults == ()


def test_nothing_names_an_erased_recommending_expert(office: Office) -> None:
    """Name and opinion stand in the request, in two notes, and in the letters to the applicant."""
    item_id = a_draft(office)
    known = Known("皇甫推荐", ["huangfu@experts.example"], "13912345678", "某某研究院", "研究员")
    with office.desk.database.write() as session:
        endorser = endorsement.expert_endorser(session, office.desk, known)
        intake.choose_endorser(session, office.desk, item_id, endorser, now=HANDED_IN)
        person_id = endorser.person_id
    submit(office, item_id)
    with office.desk.database.write() as session:
        words = "本人皇甫，在现场亲见。"
        endorsement.endorse_by_link(session, office.desk, office.link(item_id), opinion=words, now=ENDORSED)
    assert whole_store(office).count("皇甫") > 4
    erase(office, person_id)
    assert "皇甫" not in whole_store(office)
    assert "某某研究院" not in whole_store(office)


def test_why_an_expert_stayed_out_goes_with_the_expert(contest: Contest) -> None:
    office, desk = contest.office, contest.office.desk
    with desk.database.write() as session:
        panel = tally.panel_of(session, desk, "first_round")
        reason = "我与令狐同志是夫妻"
        recusals.declare_conflict(
            session, desk, panel, contest.experts[0], contest.items[0], reason=reason, now=at("2024-09-20 10:00")
        )
        person_id = session.get_one(Expert, contest.experts[0]).person_id
    erase(office, person_id)
    assert "令狐" not in whole_store(office)


def test_a_fault_of_the_store_tells_nobodys_address(office: Office) -> None:
    """What failed goes into the ledger, from which no erasure would find it again."""
    with pytest.raises(IntegrityError) as caught, office.desk.database.write() as session:
        session.add(Address(person_id=999, email="somebody@applicants.example"))
    assert "somebody@applicants.example" not in str(caught.value)
    with office.desk.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM address WHERE person_id = 999")).scalar() == 0
