"""When an edition's notice ends, by the edition's own rules of counting (R35, A3–A5)."""

from datetime import datetime

from config.edition import Edition
from config.workdays import Workdays, notice_closes


def notice_end(
    edition: Edition, workdays: Workdays, *, posted: datetime | None = None, count_posting_day: bool | None = None
) -> datetime:
    """The half-open end of a notice posted at ``posted`` (the edition's own instant without it).

    ``count_posting_day`` asks for one way of counting instead of the edition's.
    """
    rules = edition.notice
    return notice_closes(
        posted or rules.posted,
        days=rules.days,
        count_posting_day=rules.count_posting_day if count_posting_day is None else count_posting_day,
        roll_holidays=rules.roll_holidays,
        roll_weekends=rules.roll_weekends,
        workdays=workdays,
        zone=edition.award.zone,
    )
