"""How numbers and instants are shown to people."""

from datetime import datetime, timedelta

from office.desk import Desk
from web.language import Language

_INSTANT = timedelta(microseconds=1)
_KIBI = 1024


def instant(at: datetime, desk: Desk, language: Language = Language.CHINESE) -> str:
    """An instant in the edition's zone: 2024年8月16日 09:00."""
    if language is Language.CHINESE:
        return desk.shown(at)
    return f"{at.astimezone(desk.zone):%Y-%m-%d %H:%M}"


def day(at: datetime, desk: Desk, language: Language = Language.CHINESE) -> str:
    """The day of an instant in the edition's zone: 2024年8月16日."""
    local = at.astimezone(desk.zone)
    return f"{local.year}年{local.month}月{local.day}日" if language is Language.CHINESE else f"{local:%Y-%m-%d}"


def last_minute(closes: datetime, desk: Desk, language: Language = Language.CHINESE) -> str:
    """A half-open end as people say it: midnight belongs to the day before, 2024年11月8日 24:00."""
    local = closes.astimezone(desk.zone)
    if (local.hour, local.minute, local.second, local.microsecond) != (0, 0, 0, 0):
        return instant(closes, desk, language)
    last = local - _INSTANT
    if language is Language.CHINESE:
        return f"{last.year}年{last.month}月{last.day}日 24:00"
    return f"{last:%Y-%m-%d} 24:00"


def size(count: int) -> str:
    """A number of bytes as people read it: 3.2 MB."""
    if count < _KIBI:
        return f"{count} B"
    amount, unit = count / _KIBI, "KB"
    for larger in ("MB", "GB"):
        if amount >= _KIBI:
            amount, unit = amount / _KIBI, larger
    return f"{amount:.1f} {unit}"


def limit(megabytes: int) -> str:
    """The largest size that is taken, as people say it: 20 MB, 1 GB."""
    whole, rest = divmod(megabytes, _KIBI)
    return f"{megabytes} MB" if rest else f"{whole} GB"


def grouped(number: int) -> str:
    """A large number with thin spaces: 12 345."""
    return f"{number:,}".replace(",", "\u2009")
