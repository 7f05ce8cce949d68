"""Reads how many letters a minute a mail domain takes: ``163.com=30,qq.com=60``."""

import re

_LIMIT = re.compile(r"([a-z0-9-]+(?:\.[a-z0-9-]+)+)=([1-9]\d{0,4})")


def limits_of(told: str) -> dict[str, int]:
    """Domain -> letters a minute; `ValueError` names the part that is none."""
    found = {}
    for part in (part.strip().lower() for part in told.replace("，", ",").split(",")):
        if part and not (said := _LIMIT.fullmatch(part)):
            raise ValueError(part)
        if part and said:
            found[said[1]] = int(said[2])
    return found
