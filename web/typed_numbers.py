"""Reads the whole numbers that a form or an address tells: ids, places, counts, versions."""

_LONGEST = 9  # digits; nothing of ours has more


def whole(told: str) -> int | None:
    """The number that was typed; ``None`` for whatever is none of ours."""
    plain = told.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= _LONGEST else None
