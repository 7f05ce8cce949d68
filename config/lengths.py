"""Writes a length of time as people read it."""


def length_shown(seconds: float) -> str:
    """To the second: 10 分钟, 7 分钟 30 秒, 45 秒."""
    minutes, rest = divmod(round(seconds), 60)
    said = [f"{minutes} 分钟"] if minutes else []
    return " ".join([*said, f"{rest} 秒"] if rest or not minutes else said)
