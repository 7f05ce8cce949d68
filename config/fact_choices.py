"""Says in Chinese what the words of an edition's closed lists mean, so that nobody has to know the keys."""

import re

from config.edition import Edition

_PLACE = re.compile(r"\[\d+\]")
_LISTS: dict[str, dict[str, str]] = {
    "rounds.mode": {"online": "线上", "on_site": "现场"},
    "rounds.mean": {"mean": "算术平均", "trimmed": "去掉一个最高分和一个最低分后平均", "median": "中位数"},
    "rounds.rank_on": {"printed": "印出的平均分", "exact": "精确值"},
    "rounds.ties": {
        "median": "中位数高者在前",
        "criterion_mean": "指定标准平均分高者在前",
        "fewer_extremes": "极端分少者在前",
        "panel": "专家组表决",
    },
    "rounds.item_lock": {"session": "全场锁定前可改", "item": "每项结束打分即锁定"},
    "endorsement.routes": {"society": "学会推荐", "expert": "专家推荐"},
}


def choices(edition: Edition, key: str) -> dict[str, str]:
    """The words that the fact ``key`` may hold with what each means; empty where anything may be written."""
    plain = _PLACE.sub("", key)
    if plain == "rounds.tie_criterion":
        return {each.key: each.name for each in edition.criteria}
    return _LISTS.get(plain, {})


def is_code(key: str) -> bool:
    """Whether a fact only names another thing for the program, so that people neither read nor change it."""
    return "[" in key and key.endswith((".key", ".reader", ".rule", ".slot"))


def told(meanings: dict[str, str], lines: str) -> str:
    """Keys, one a line, as what they mean."""
    return "\n".join(meanings.get(line, line) for line in lines.splitlines())


def keys(meanings: dict[str, str], lines: str) -> str:
    """What `told` told, back to the keys; a line that is none stays as it is, to be refused by its own words."""
    back = {meaning: key for key, meaning in meanings.items()}
    return "\n".join(back.get(line.strip(), line) for line in lines.splitlines())
