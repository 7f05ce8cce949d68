"""Draws by lot so that anybody can draw again by hand: a seed shown beforehand, SHA-256, minutes of every step."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from config.refusal import Refusal

_SEED = re.compile(r"[0-9A-Za-z:+-]{8,64}", re.ASCII)


class BadDraw(Refusal):
    """The lots cannot be drawn; nothing was drawn."""


@dataclass(frozen=True, slots=True)
class Lot:
    """One candidate's lot: the SHA-256 that decides, whether it is drawn, and why not where it is barred."""

    candidate: str
    digest: str
    drawn: bool
    barred: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The lots in the order of their digests; the drawn ones are the first that are not barred."""

    seed: str
    purpose: str
    lots: tuple[Lot, ...]

    @property
    def drawn(self) -> tuple[str, ...]:
        """Who is drawn, in the order of the lots."""
        return tuple(lot.candidate for lot in self.lots if lot.drawn)

    def minutes(self) -> tuple[str, ...]:
        """The steps in sentences, so that each can be done again with any SHA-256 program."""
        lines = [
            f"抽签事项：{self.purpose}。种子：{self.seed}，候选 {len(self.lots)} 名，抽取 {len(self.drawn)} 名。",
            "对每名候选计算“种子|事项|候选”（UTF-8，无空格、无换行）的 SHA-256，由小到大排列，依次抽取，应回避的跳过。",
        ]
        for place, lot in enumerate(self.lots, start=1):
            outcome = "抽中" if lot.drawn else f"跳过：{lot.barred}" if lot.barred else "未抽中"
            lines.append(f"{place}. {lot.digest}  {lot.candidate}  {outcome}")
        lines.append(f"抽签结果：{'、'.join(self.drawn) or '无'}。")
        return tuple(lines)


def draw(
    seed: str,
    purpose: str,
    candidates: Sequence[str],
    *,
    take: int | None = None,
    barred: Mapping[str, str] | None = None,
) -> Drawing:
    """Draw ``take`` of the candidates, or all: the order of a defence. ``barred`` names why somebody is passed over.

    The seed (8 to 64 ASCII letters, digits, ``:+-``) is fixed in public before the lists are closed. The same seed,
    purpose and candidates in any order give the same drawing. `BadDraw` when a candidate stands twice, has a ``|`` or
    is empty, the seed is none, or fewer can be drawn than asked for.
    """
    barred = barred or {}
    _refuse(seed, purpose, candidates)
    ordered = sorted((_digest(seed, purpose, candidate), candidate) for candidate in candidates)
    able = [candidate for _, candidate in ordered if candidate not in barred]
    wanted = len(able) if take is None else take
    if wanted > len(able):
        told = f"{purpose}：要抽 {wanted} 名，无须回避的候选只有 {len(able)} 名，缺 {wanted - len(able)} 名。"
        raise BadDraw(told, next_step="请补充候选，或减少抽取人数后重抽。")
    taken = set(able[:wanted])
    lots = (Lot(one, digest, one in taken, barred.get(one, "")) for digest, one in ordered)
    return Drawing(seed, purpose, tuple(lots))


def _digest(seed: str, purpose: str, candidate: str) -> str:
    return sha256(f"{seed}|{purpose}|{candidate}".encode()).hexdigest()


def _refuse(seed: str, purpose: str, candidates: Sequence[str]) -> None:
    if not _SEED.fullmatch(seed):
        raise BadDraw("种子不合要求。", next_step="请用 8 至 64 位的数字、英文字母或 :+- 作种子，例如当天的开奖号码。")
    if len(set(candidates)) != len(candidates):
        raise BadDraw("候选名单中有重复。", next_step="同名的请加单位或编号区分。")
    if bad := [name for name in (purpose, *candidates) if not name.strip() or "|" in name or name != name.strip()]:
        raise BadDraw(f"“{bad[0]}”不能参加抽签：为空、含“|”或首尾有空格。", next_step="请改写后重抽。")
