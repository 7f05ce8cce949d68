"""Finds what contradicts itself in an edition whose shape is right."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from config.edition import LENGTH_PLACE, WORDS_PLACE, Edition, Round
from config.notice_window import notice_end
from config.workdays import Workdays

_ROUND_ORDER = ("first_round", "final")
_PREFIX = re.compile(r"[A-Z0-9\u4e00-\u9fff]+(-[A-Z0-9\u4e00-\u9fff]+)*")
_PLACE = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two facts that cannot both hold: at which key, in which words, and the cure."""

    key: str
    sentence: str
    cure: str


def contradictions(edition: Edition, workdays: Workdays) -> tuple[Contradiction, ...]:
    """All contradictions, the deepest first; empty when the edition holds together."""
    unknown_zone = tuple(_zone(edition))
    if unknown_zone:
        return unknown_zone
    found = [one for check in _CHECKS for one in check(edition)]
    return (*found, *_announcement_after_notice(edition, workdays))


def _zone(edition: Edition) -> Iterator[Contradiction]:
    try:
        ZoneInfo(edition.award.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Contradiction("award.zone", f"没有“{edition.award.zone}”这个时区", "请写成 Asia/Shanghai 这样的名称。")


def _numbers_can_be_written(edition: Edition) -> Iterator[Contradiction]:
    """A number stands in addresses and names of files, and is found however its letters were typed."""
    prefix = edition.award.number_prefix
    if not _PREFIX.fullmatch(prefix):
        yield Contradiction(
            "award.number_prefix", f"“{prefix}”不能作申报编号的前缀", "请用大写字母、数字或汉字，例如 AB31。"
        )


def _rounds_in_their_places(edition: Edition) -> Iterator[Contradiction]:
    keys = tuple(round_.key for round_ in edition.rounds)
    if not keys or keys != _ROUND_ORDER[: len(keys)]:
        yield Contradiction(
            "rounds", f"轮次依次为 {'、'.join(keys) or '（无）'}", "请写一轮 first_round，或先 first_round 后 final。"
        )


def _instants_in_order(edition: Edition) -> Iterator[Contradiction]:
    for (early_key, early, may_touch), (late_key, late, _) in pairwise(_instants(edition)):
        if late < early or (late == early and not may_touch):
            yield Contradiction(
                late_key,
                f"{_written(late, edition)} 不在 {early_key}（{_written(early, edition)}）之后",
                f"请推后 {late_key}，或提前 {early_key}。",
            )


def _instants(edition: Edition) -> Iterator[tuple[str, datetime, bool]]:
    """Each instant in the order of the year: key, instant, whether the next one may fall on the same."""
    yield "submission.opens", edition.submission.opens, False
    yield "submission.closes", edition.submission.closes, True
    if edition.endorsement.closes:
        yield "endorsement.closes", edition.endorsement.closes, True
    yield "check.due", edition.check.due, True
    for index, round_ in enumerate(edition.rounds):
        yield f"rounds[{index}].opens", round_.opens, False
        yield f"rounds[{index}].locks", round_.locks, True
        yield f"rounds[{index}].result_due", round_.result_due, True
    yield "notice.posted", edition.notice.posted, False
    yield "announcement.at", edition.announcement.at, False


def _announcement_after_notice(edition: Edition, workdays: Workdays) -> Iterator[Contradiction]:
    notice = edition.notice
    closes = notice_end(edition, workdays)
    if notice.posted < edition.announcement.at < closes:
        yield Contradiction(
            "announcement.at",
            f"{_written(edition.announcement.at, edition)} 公示尚未期满（{_written(closes, edition)} 期满）",
            "请推后 announcement.at，或提前 notice.posted。",
        )


def _written(instant: datetime, edition: Edition) -> str:
    return instant.astimezone(ZoneInfo(edition.award.zone)).strftime("%Y-%m-%d %H:%M")


def _fewer_places_each_round(edition: Edition) -> Iterator[Contradiction]:
    for index, (earlier, later) in enumerate(pairwise(edition.rounds), start=1):
        if later.places > earlier.places:
            yield Contradiction(
                f"rounds[{index}].places",
                f"{later.name}要选 {later.places} 项，但{earlier.name}只选出 {earlier.places} 项",
                f"请改小 rounds[{index}].places，或改大 rounds[{index - 1}].places。",
            )


def _points_add_up(edition: Edition) -> Iterator[Contradiction]:
    total = sum(criterion.points for criterion in edition.criteria)
    for index, round_ in enumerate(edition.rounds):
        if total != round_.highest:
            yield Contradiction(
                "criteria",
                f"各项标准合计 {total} 分，rounds[{index}].highest 为 {round_.highest} 分",
                "请使两者相等。",
            )
    for index, criterion in enumerate(edition.criteria):
        parts = sum(aspect.points for aspect in criterion.aspects)
        if parts != criterion.points:
            yield Contradiction(
                f"criteria[{index}].aspects",
                f"“{criterion.name}”各方面合计 {parts} 分，标准为 {criterion.points} 分",
                "请使两者相等。",
            )


def _scores_in_bounds(edition: Edition) -> Iterator[Contradiction]:
    for index, round_ in enumerate(edition.rounds):
        for name, sentence, cure in _round_faults(round_, {criterion.key for criterion in edition.criteria}):
            yield Contradiction(f"rounds[{index}].{name}", sentence, cure)


def _round_faults(round_: Round, criteria: set[str]) -> Iterator[tuple[str, str, str]]:
    if not 0 < round_.quorum <= 1:
        yield "quorum", f"法定比例 {round_.quorum} 不在 0 与 1 之间", "请写 0.6667 这样的比例。"
    if round_.lowest >= round_.highest:
        yield "lowest", f"最低分 {round_.lowest} 不低于最高分 {round_.highest}", "请改小 lowest，或改大 highest。"
    elif round_.step <= 0 or (round_.highest - round_.lowest) % round_.step:
        yield "step", f"从最低分按 {round_.step} 分递增，到不了最高分", "请写能整除满分的间隔，例如 0.5 或 1。"
    if not round_.lowest <= round_.reason_below <= round_.reason_above <= round_.highest:
        yield (
            "reason_below",
            f"理由界线 {round_.reason_below} 与 {round_.reason_above} 的次序不对，或超出分数范围",
            "应满足 lowest ≤ reason_below ≤ reason_above ≤ highest。",
        )
    if round_.ties[-1:] != ("panel",):
        yield (
            "ties",
            "同分的最后一步不是专家组表决，并列在入围线上时无人能定",
            'ties 的最后一步请写 "panel"。',
        )
    if round_.tie_criterion not in criteria:
        known = "、".join(sorted(criteria))
        yield "tie_criterion", f"没有“{round_.tie_criterion}”这项标准", f"请改为 {known} 之一。"
    if round_.key == _ROUND_ORDER[0] and round_.carry_percent:
        yield "carry_percent", "第一轮之前没有可带入的分数", "请写 0。"
    if round_.key == _ROUND_ORDER[0] and round_.substitute:
        yield "substitute", "第一轮之前没有可以递补的名次", "请写 false。"
    if round_.mode == "on_site" and (round_.talk_seconds is None or round_.question_seconds is None):
        yield "talk_seconds", "现场评审没有写陈述与问询时间", "请补上 talk_seconds 和 question_seconds（秒）。"


def _slots_have_rules(edition: Edition) -> Iterator[Contradiction]:
    rules = {"form": edition.form, "video": edition.video, "letter": edition.letter, "evidence": edition.evidence}
    for index, slot in enumerate(edition.slots):
        if rules[slot.reader] is None:
            yield Contradiction(
                f"slots[{index}].reader",
                f"“{slot.label}”按 {slot.reader} 审读，但没有 [{slot.reader}] 一节",
                f"请补上 [{slot.reader}]，或换一种 reader。",
            )
    known = {slot.key for slot in edition.slots}
    for index, line in enumerate(edition.check.human_lines):
        if line.slot not in known:
            yield Contradiction(
                f"check.human_lines[{index}].slot",
                f"没有“{line.slot}”这个文件",
                f"请改为 {'、'.join(sorted(known))} 之一。",
            )


def _word_bands_in_order(edition: Edition) -> Iterator[Contradiction]:
    form = edition.form
    if form and not 0 < form.words_green_to <= form.words_limit <= form.words_look_to:
        yield Contradiction(
            "form.words_limit",
            f"字数界线 {form.words_green_to}、{form.words_limit}、{form.words_look_to} 的次序不对",
            "应满足 0 < words_green_to ≤ words_limit ≤ words_look_to。",
        )


def _places_are_known(edition: Edition) -> Iterator[Contradiction]:
    """A place for a number that nothing fills would be printed as it stands (R52, R71)."""
    texts = [("form.note", edition.form.printed_note, WORDS_PLACE)] if edition.form else []
    if edition.video:
        texts.append(("video.guide", "".join(edition.video.printed_guide), LENGTH_PLACE))
    for key, text, known in texts:
        if left := _PLACE.search(text):
            yield Contradiction(key, f"没有“{left[0]}”这个占位", f"请写成 {known}，或直接写文字。")


def _endorsement_is_possible(edition: Edition) -> Iterator[Contradiction]:
    endorsement = edition.endorsement
    if not endorsement.required:
        return
    if endorsement.closes is None:
        yield Contradiction(
            "endorsement.closes", "须经推荐，却没有推荐截止时刻", "请补上 closes，或写 required = false。"
        )
    if not endorsement.routes:
        yield Contradiction("endorsement.routes", "须经推荐，却没有推荐途径", '请写 ["society"]、["expert"] 或两者。')
    if "society" in endorsement.routes and not endorsement.societies:
        yield Contradiction(
            "endorsement.societies", "可由学会推荐，却没有列出学会", "请列出学会，或从 routes 删去 society。"
        )
    if not endorsement.redo_working_days:
        yield Contradiction("endorsement.redo_working_days", "重新提交后没有留出推荐时间", "请写大于 0 的工作日数。")


def _keys_are_unique(edition: Edition) -> Iterator[Contradiction]:
    for key, names in _named(edition):
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name in seen:
                yield Contradiction(f"{key}[{index}]", f"“{name}”重复", "请改名，或删去其中一项。")
            seen.add(name)


def _named(edition: Edition) -> Iterator[tuple[str, Iterable[str]]]:
    yield "categories", (category.key for category in edition.categories)
    yield "unit_types", (unit_type.key for unit_type in edition.unit_types)
    yield "endorsement.societies", (society.name for society in edition.endorsement.societies)
    yield "endorsement.societies", (society.short for society in edition.endorsement.societies)
    yield "slots", (slot.key for slot in edition.slots)
    yield "check.human_lines", (line.rule for line in edition.check.human_lines)
    yield "criteria", (criterion.key for criterion in edition.criteria)
    for index, criterion in enumerate(edition.criteria):
        yield f"criteria[{index}].aspects", (aspect.key for aspect in criterion.aspects)
    if edition.form:
        yield "form.parts", (part.key for part in edition.form.parts)
        yield "form.head", (field.key for field in edition.form.head)
        yield "form.styles", (style.level for style in edition.form.styles)
    if edition.evidence:
        yield "evidence.kinds", (kind.key for kind in edition.evidence.kinds)


_CHECKS: tuple[Callable[[Edition], Iterator[Contradiction]], ...] = (
    _numbers_can_be_written,
    _rounds_in_their_places,
    _instants_in_order,
    _fewer_places_each_round,
    _points_add_up,
    _scores_in_bounds,
    _slots_have_rules,
    _word_bands_in_order,
    _places_are_known,
    _endorsement_is_possible,
    _keys_are_unique,
)
