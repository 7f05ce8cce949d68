"""Points as whole hundredths: how a typed score is read, summed, rounded and printed.

A *centipoint* is a hundredth of a point: 92.5 points are 9250. Integers add the same way in every order, so that a
recount agrees to the last digit; a mean is an exact `Fraction` of points.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from config.edition import Aspect, Criterion, Round
from config.refusal import Refusal

CENTIPOINTS = 100  # in a point
LONGEST_TEXT = 12  # characters; no score of any edition is longer

# Full-width forms only. NFKC would also read 9² as 92.
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－−＋", "0123456789.--+")
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
_SCIENTIFIC = re.compile(r"[-+]?[0-9.]+e[-+]?[0-9]+", re.ASCII | re.IGNORECASE)
_NOT_FINITE = re.compile(r"[-+]?s?(nan|inf|infinity)", re.ASCII | re.IGNORECASE)


class BadScore(Refusal):
    """A typed score that is no score of this round (R97): nothing was stored."""


def parse_score(text: str, rules: Round) -> int:
    """The centipoints of a total that an expert typed, with full-width digits read as plain ones (R97, R105).

    `BadScore` when it is empty, not a plain decimal, outside ``lowest`` to ``highest`` or not a multiple of ``step``.
    """
    return _read("总分", text, (rules.lowest, rules.highest), rules.step)


def parse_aspect(text: str, aspect: Aspect) -> int:
    """The centipoints that an expert typed for one aspect, a whole number from 0 to its points (R11); or `BadScore`."""
    return _read(f"“{aspect.name}”", text, (Decimal(0), Decimal(aspect.points)), Decimal(1))


def needs_reason(centipoints: int, rules: Round) -> Literal["high", "low"] | None:
    """Which written reason a total asks for: strictly above or strictly below the two limits (R106, R107, A15)."""
    if not rules.reasons_required:
        return None
    if centipoints > centipoints_of(rules.reason_above):
        return "high"
    if centipoints < centipoints_of(rules.reason_below):
        return "low"
    return None


def total_of_aspects(aspects: Mapping[str, int], criteria: Iterable[Criterion]) -> int:
    """The total in centipoints of one expert's aspects, each between 0 and its highest points (R11).

    `BadScore` when an aspect is missing, unknown or out of its bounds.
    """
    return sum(criteria_of_aspects(aspects, criteria).values())


def criteria_of_aspects(aspects: Mapping[str, int], criteria: Iterable[Criterion]) -> dict[str, int]:
    """The centipoints of each criterion, in the edition's order, from its aspects; refuses as the total does."""
    criteria = tuple(criteria)
    known = {aspect.key for criterion in criteria for aspect in criterion.aspects}
    for key in sorted(set(aspects) - known):
        raise BadScore(f"评分标准中没有“{key}”这一项。", next_step="请刷新页面，按当前评分标准重新打分。")
    return {
        criterion.key: sum(_bounded(aspect, aspects.get(aspect.key)) for aspect in criterion.aspects)
        for criterion in criteria
    }


def centipoints_of(points: Decimal) -> int:
    """Points as centipoints; `BadScore` when they are finer than a hundredth."""
    exact = Fraction(points) * CENTIPOINTS
    if exact.denominator != 1:
        raise BadScore(f"{points} 分细于 0.01 分。", next_step="请最多保留两位小数。")
    return exact.numerator


def points_of(centipoints: int) -> Fraction:
    """Centipoints as exact points."""
    return Fraction(centipoints, CENTIPOINTS)


def round_half_up(points: Fraction, decimals: int) -> int:
    """Points in whole units of the last printed decimal; a half goes away from zero (四舍五入)."""
    scale: int = 10**decimals
    units = (2 * abs(points.numerator) * scale + points.denominator) // (2 * points.denominator)
    return -units if points < 0 else units


def print_points(points: Fraction, decimals: int) -> str:
    """Points as they are printed, with exactly so many decimals, rounded half up: ``92.50``."""
    units = round_half_up(points, decimals)
    whole, rest = divmod(abs(units), 10**decimals)
    sign = "-" if units < 0 else ""
    return f"{sign}{whole}.{rest:0{decimals}d}" if decimals else f"{sign}{whole}"


def _read(what: str, text: str, bounds: tuple[Decimal, Decimal], step: Decimal) -> int:
    lowest, highest = bounds
    cure = f"请填 {lowest} 至 {highest} 之间、以 {step} 分为一档的数字，例如 {highest - step}。"
    plain = text.translate(_FULL_WIDTH).strip()
    _refuse_what_is_no_number(what, plain, cure)
    points = Decimal(plain)
    if points < lowest:
        raise BadScore(f"{what}{plain} 分低于最低分 {lowest} 分。", next_step=cure)
    if points > highest:
        raise BadScore(f"{what}{plain} 分高于最高分 {highest} 分。", next_step=cure)
    if Fraction(points) % Fraction(step):
        raise BadScore(f"{what}{plain} 分不是 {step} 分的整数倍。", next_step=cure)
    return centipoints_of(points)


def _refuse_what_is_no_number(what: str, plain: str, cure: str) -> None:
    if not plain:
        raise BadScore(f"{what}没有填写。", next_step=f"{cure}因故不能打分时请选“缺席”，不要填 0。")
    if len(plain) > LONGEST_TEXT:
        raise BadScore(f"{what}太长，超过 {LONGEST_TEXT} 个字符。", next_step=cure)
    if _NOT_FINITE.fullmatch(plain):
        raise BadScore(f"{what}“{plain}”不是一个确定的数。", next_step=cure)
    if _SCIENTIFIC.fullmatch(plain):
        raise BadScore(f"{what}“{plain}”用了科学记数法。", next_step=cure)
    if plain[0] == "-" and _PLAIN.fullmatch(plain[1:]):
        raise BadScore(f"{what}{plain} 分是负数。", next_step=cure)
    if not _PLAIN.fullmatch(plain):
        raise BadScore(f"{what}“{plain}”不是数字。", next_step=cure)


def _bounded(aspect: Aspect, centipoints: int | None) -> int:
    if centipoints is None:
        raise BadScore(f"“{aspect.name}”没有打分。", next_step="请补填这一项，再提交。")
    if not 0 <= centipoints <= aspect.points * CENTIPOINTS:
        points = print_points(points_of(centipoints), 2)
        raise BadScore(
            f"“{aspect.name}”{points} 分超出 0 至 {aspect.points} 分。",
            next_step=f"请填 0 至 {aspect.points} 之间的分数。",
        )
    return centipoints
