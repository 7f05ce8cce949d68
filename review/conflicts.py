"""Finds which expert must stay out of which application, or is to be looked at, with the reason in words (R29)."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Ground = Literal["same_unit", "partner_unit", "endorsing_expert", "declared", "similar_unit", "society_office"]
Likeness = Literal["same", "part", "similar"]

GROUND_LABELS: Mapping[Ground, str] = {
    "same_unit": "同一单位",
    "partner_unit": "合作单位",
    "endorsing_expert": "推荐专家",
    "declared": "本人申报",
    "similar_unit": "疑似同一单位",
    "society_office": "推荐学会任职",
}

_NOISE = re.compile(r"[\s\-_·•.,，。、'\"“”‘’]+")
_BRACKETS = re.compile(r"\([^()]*\)")
_LEGAL_FORM = re.compile(r"(股份|有限|责任|集团|公司)+$")
_IN_A_UNIVERSITY = re.compile(r"^(.+?大学)(.*(系|学院|学部|实验室|课题组|教研室|研究所|研究院|研究生院|中心))?$")
_BODY = re.compile(r"(大学|学院|研究院|研究所|研究总院|公司|集团|中心|医院|厂)$")


@dataclass(frozen=True, slots=True)
class PanelExpert:
    """An expert as far as conflicts go: every unit they work for, every society in which they hold an office."""

    expert: int
    name: str
    units: tuple[str, ...]
    society_offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoredApplication:
    """An application as far as conflicts go: its unit, its co-developers (R93) and who stands behind it."""

    application: int
    unit: str
    partner_units: tuple[str, ...] = ()
    endorsing_society: str | None = None
    endorsing_expert: int | None = None  # where the endorser is known to be one of the panel
    endorsing_expert_name: str | None = None
    endorsing_expert_unit: str | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """An expert's or the office's own word that this expert has an interest in this application."""

    expert: int
    application: int
    reason: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """One ground between an expert and an application; who ``blocks`` may not score, the others the office looks at."""

    expert: int
    application: int
    ground: Ground
    blocks: bool
    explanation: str  # a Chinese sentence for the office

    @property
    def label(self) -> str:
        """The ground's Chinese name."""
        return GROUND_LABELS[self.ground]


class UnitNames:
    """Tells whether two names mean one unit, with pairs of aliases (``清华``, ``清华大学``) in any order."""

    def __init__(self, aliases: Iterable[tuple[str, str]] = ()) -> None:
        self._same: dict[str, str] = {}
        for one, other in aliases:
            short, long = sorted((self.key(one), self.key(other)), key=lambda key: (len(key), key))
            if short != long:
                self._same[short] = long  # the longest name stands for all

    def key(self, name: str) -> str:
        """What is equal for all ways of writing a unit: width, case, spaces, marks, 有限责任, （集团）, aliases."""
        key = _written(name)
        while key in self._same:
            key = self._same[key]
        return key

    def compare(self, one: str, other: str) -> Likeness | None:
        """``same`` unit, ``part`` of the same university, ``similar`` and to be looked at, or ``None``."""
        first, second = sorted((self.key(one), self.key(other)), key=len)
        if not first:
            return None
        if first == second:
            return "same"
        if _are_of_one_university(first, second):
            return "part"
        if second.startswith(first) and _BODY.search(first):
            return "similar"
        stem = _stem(first)
        return "similar" if len(stem) > 1 and stem == _stem(second) else None


def find_conflicts(
    experts: Collection[PanelExpert],
    applications: Collection[ScoredApplication],
    *,
    aliases: Iterable[tuple[str, str]] = (),
    declarations: Iterable[Declaration] = (),
) -> tuple[Conflict, ...]:
    """Every conflict between these experts and these applications, ordered by expert, application and ground.

    Same unit, co-developing unit, endorsing expert (A20) and declared interest block; a unit that only looks alike
    and an office in the endorsing society (A21) do not.
    """
    names = UnitNames(aliases)
    reasons = {(one.expert, one.application): one.reason for one in declarations}
    found: dict[tuple[int, int, str], Conflict] = {}
    for application in applications:
        for expert in experts:
            for finding in _between(expert, application, names, reasons):
                key = (expert.expert, application.application, finding.ground)
                if key not in found:
                    found[key] = Conflict(
                        expert=expert.expert,
                        application=application.application,
                        ground=finding.ground,
                        blocks=finding.blocks,
                        explanation=finding.explanation,
                    )
    return tuple(found[key] for key in sorted(found))


@dataclass(frozen=True, slots=True)
class _Finding:
    ground: Ground
    explanation: str
    blocks: bool


def _between(
    expert: PanelExpert, application: ScoredApplication, names: UnitNames, reasons: Mapping[tuple[int, int], str]
) -> Iterator[_Finding]:
    yield from _by_unit(expert, application, names)
    yield from _by_endorser(expert, application, names)
    yield from _by_society(expert, application, names)
    pair = (expert.expert, application.application)
    if pair in reasons:
        reason = reasons[pair].strip() or "未写明理由"
        yield _Finding("declared", f"专家{expert.name}已申报与本项目有利害关系（{reason}），应回避。", blocks=True)


def _by_unit(expert: PanelExpert, application: ScoredApplication, names: UnitNames) -> Iterator[_Finding]:
    for own in expert.units:
        yield from _alike(expert, own, "same_unit", "申报单位", application.unit, names)
        for partner in application.partner_units:
            if names.compare(partner, application.unit) != "same":
                yield from _alike(expert, own, "partner_unit", "合作单位", partner, names)


def _alike(expert: PanelExpert, own: str, ground: Ground, role: str, unit: str, names: UnitNames) -> Iterator[_Finding]:
    likeness = names.compare(own, unit)
    if likeness == "same":
        yield _Finding(ground, f"专家{expert.name}的单位“{own}”就是{role}“{unit}”，应回避。", blocks=True)
    elif likeness == "part":
        yield _Finding(ground, f"专家{expert.name}的单位“{own}”与{role}“{unit}”同属一所大学，应回避。", blocks=True)
    elif likeness == "similar":
        sentence = f"专家{expert.name}的单位“{own}”与{role}“{unit}”名称相近，请核对是否同一单位或有隶属关系。"
        yield _Finding("similar_unit", sentence, blocks=False)


def _by_endorser(expert: PanelExpert, application: ScoredApplication, names: UnitNames) -> Iterator[_Finding]:
    if application.endorsing_expert is not None:
        if application.endorsing_expert == expert.expert:
            yield _Finding("endorsing_expert", f"专家{expert.name}是本项目的推荐专家，应回避。", blocks=True)
        return
    name, unit = application.endorsing_expert_name, application.endorsing_expert_unit
    if not name or _written(name) != _written(expert.name):
        return
    if unit and any(names.compare(own, unit) in {"same", "part"} for own in expert.units):
        yield _Finding("endorsing_expert", f"专家{expert.name}（{unit}）是本项目的推荐专家，应回避。", blocks=True)
    else:
        yield _Finding("endorsing_expert", f"专家{expert.name}与本项目的推荐专家同名，请核对是否同一人。", blocks=False)


def _by_society(expert: PanelExpert, application: ScoredApplication, names: UnitNames) -> Iterator[_Finding]:
    society = application.endorsing_society
    if society and any(names.compare(own, society) == "same" for own in (*expert.society_offices, *expert.units)):
        sentence = f"专家{expert.name}在本项目的推荐学会“{society}”任职；按规则可以评分，请知悉。"
        yield _Finding("society_office", sentence, blocks=False)


def _are_of_one_university(one: str, other: str) -> bool:
    """Whether both are a university or a department of it; its hospitals and companies are bodies of their own."""
    first, second = _IN_A_UNIVERSITY.match(one), _IN_A_UNIVERSITY.match(other)
    return bool(first and second and first[1] == second[1])


@lru_cache(maxsize=4096)
def _written(name: str) -> str:
    """A name without what differs only in writing; 股份有限公司 stays apart from 有限公司, they are two legal forms."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", name).casefold())
    return plain.replace("(集团)", "集团").replace("有限责任公司", "有限公司")


@lru_cache(maxsize=4096)
def _stem(key: str) -> str:
    """A key without bracketed places and legal form: alike for a group and its companies."""
    return _LEGAL_FORM.sub("", _BRACKETS.sub("", key))
