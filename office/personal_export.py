"""Hands a person what is held of them, as one zip: readable as Word, and as JSON for another program."""

import json
from datetime import datetime
from io import BytesIO

from office import paper_facts, personal_data
from office.archive_bundle import Bundle
from office.archive_names import plain
from office.desk import Desk
from office.personal_data import Held
from paperwork.personal_sheet import PersonalPart, PersonalSheet, personal_sheet


def file_name(held: Held, desk: Desk, now: datetime) -> str:
    """What the zip is called."""
    return f"{plain(held.name, most=30, empty='个人')}-个人信息-{now.astimezone(desk.zone):%Y%m%d-%H%M}.zip"


def packed(held: Held, desk: Desk, *, now: datetime) -> bytes:
    """The zip: a Word paper, the same as JSON, and the list of both."""
    facts = PersonalSheet(
        held.name,
        tuple(PersonalPart(part.title, part.columns, tuple(part.rows)) for part in held.parts),
        personal_data.NOT_HERE,
    )
    told = {
        part.title: [dict(zip(part.columns, row, strict=True)) for row in part.rows] for part in held.parts
    }  # fmt: skip
    target = BytesIO()
    with Bundle(target, at=now.astimezone(desk.zone)) as bundle:
        bundle.put("个人信息.docx", personal_sheet(facts, paper_facts.issued(desk, now)))
        bundle.put("个人信息.json", json.dumps(told, ensure_ascii=False, indent=1).encode())
        bundle.close()
    return target.getvalue()
