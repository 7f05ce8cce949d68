"""Keeps what an applicant typed, word for word, until it can be taken; nothing that was typed is lost (row 2)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from office.desk import Desk
from records.tables.application import Application
from records.tables.typed_words import TypedWords
from states.refusals import NotAllowed

LONGEST = 2_000  # characters of one field
LABELS = {
    "title": "项目名称", "unit": "申报单位", "unit_type": "单位类型", "category": "类别", "partners": "合作单位",
    "name": "联系人", "phone": "联系电话",
}  # fmt: skip


def of_application(session: Session, item: Application) -> TypedWords | None:
    """What stands typed in the forms of this application and is not taken."""
    return session.exec(select(TypedWords).where(TypedWords.application_id == item.id)).first()


def of_person(session: Session, desk: Desk, people: tuple[int, ...]) -> TypedWords | None:
    """What somebody typed into the form of an application that does not exist yet."""
    mine = (TypedWords.edition == desk.key, col(TypedWords.person_id).in_(people))
    return session.exec(select(TypedWords).where(*mine)).first()


def keep(session: Session, held: TypedWords, words: Mapping[str, str], *, now: datetime) -> None:
    """Keep these words in the place of what stood in the same fields; an empty one stands as empty."""
    held.fields = held.fields | {name: value[:LONGEST] for name, value in words.items()}
    held.saved_at = now
    session.add(held)
    session.flush()


def drop(session: Session, held: TypedWords | None, *fields: str) -> None:
    """These fields were taken: nothing of them is kept aside any more."""
    if held is None:
        return
    left = {name: value for name, value in held.fields.items() if name not in fields}
    if left:
        held.fields = left
        session.add(held)
    else:
        session.delete(held)
    session.flush()


def forget(session: Session, people: tuple[int, ...]) -> None:
    """The application that these people began stands now, or they gave it up."""
    session.execute(delete(TypedWords).where(col(TypedWords.person_id).in_(people)))


def refuse_unfinished(session: Session, item: Application) -> None:
    """`NotAllowed` while a field of the application stands typed as it cannot be taken."""
    held = of_application(session, item)
    faulty = [label for name, label in LABELS.items() if held and name in held.fields]
    if faulty:
        raise NotAllowed(
            f"{'、'.join(faulty)}还没有填好，没有提交。", next_step="请在“登记信息”中补全标出的各项，再提交。"
        )
