"""Every table, imported once, so that the metadata is whole."""

from sqlmodel import SQLModel

from records.tables import (  # noqa: F401  importing a table's module is what registers it
    acting,
    application,
    archive_job,
    bounce,
    calendar_address,
    colleague,
    deadline,
    decision,
    defender,
    document_number,
    edition,
    endorser,
    event,
    forum,
    hall,
    letter,
    naming,
    once,
    past_winner,
    person,
    publicity,
    reminder,
    retention,
    saved_filter,
    scoring,
    signin,
    stage,
    typed_words,
    unit,
)

METADATA = SQLModel.metadata
