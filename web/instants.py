"""Reads an instant that somebody typed into a field of date and time."""

from datetime import datetime

from config.refusal import Refusal
from office.desk import Desk

_YEARS = range(2000, 2100)  # what lies beyond is a slip, and no clock of ours reckons with it


class BadInstant(Refusal):
    """What was typed is no instant."""


def typed_instant(words: str, desk: Desk, *, what: str = "时刻") -> datetime:
    """The instant that was typed, in the edition's zone unless it says its own; ``what`` names the field.

    Raises `BadInstant` for what is no date with a time of day between 2000 and 2099.
    """
    try:
        told = datetime.fromisoformat(words.strip())
    except ValueError as fault:
        raise _bad(words, what) from fault
    if told.year not in _YEARS:
        raise _bad(words, what)
    return told if told.tzinfo else told.replace(tzinfo=desk.zone)


def _bad(words: str, what: str) -> BadInstant:
    said = f"{what}“{words.strip()[:30]}”不是一个时刻" if words.strip() else f"没有填写{what}"
    return BadInstant(f"{said}。", next_step="请写成 2024-10-12 18:00；到某日 24:00 为止，写次日 00:00。")
