"""An objector for tests, with marks that can be searched for, and how they object."""

import io
from datetime import timedelta
from functools import cache

import pypdfium2
from contest import POSTED, Contest

from office import objection_online
from office.objection_online import Told

DURING = POSTED + timedelta(days=3)
LUO = {
    "name": "骆闻达",
    "phone": "13577772468",
    "email": "luo.wenda@objectors.example",
    "unit": "同行机械研究院",
    "address": "某市学院路 37 号 5 室",
    "ground": "知识产权",
    "statement": "本人骆闻达（同行机械研究院）证明：核心专利已于 6 月被判归他人。",
}
FILE_NAME = "骆闻达的实名意见.pdf"


@cache
def proof() -> bytes:
    """A small PDF, the same bytes each time."""
    file = io.BytesIO()
    made = pypdfium2.PdfDocument.new()
    made.new_page(595, 842)
    made.save(file)
    made.close()
    return file.getvalue()


def lodge(contest: Contest, item: int = 0, **changed: str) -> int:
    """An objection by the form, with its signed opinion; returns the case."""
    desk, told = contest.office.desk, LUO | changed
    file = objection_online.keep_sealed(desk, proof(), "PDF")
    with desk.database.write() as session:
        case = objection_online.lodge(
            session, desk,
            Told(item or contest.items[0], False, told["name"], told["unit"], told["phone"], told["email"],
                 told["ground"], told["statement"], (file,), (FILE_NAME,), told["address"], is_own_name=True),
            host="", now=DURING,
        )  # fmt: skip
        return case.id or 0
