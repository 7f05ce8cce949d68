"""Finds which expert must stay out of which application, or is to be looked at, with the reason in words (R29)."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from review.unit_names import UnitNames, folded, university_or, written

Ground = Literal[
    "same_unit", "parent_unit", "partner_unit", "endorsing_expert", "declared", "similar_unit", "named_in_evidence",
    "society_office",
]  # fmt: skip

GROUND_LABELS: Mapping[Ground, str] = {
    "same_unit": "同一单位",
    "parent_unit": "上下级单位",
    "partner_unit": "合作单位",
    "endorsing_expert": "推荐专家",
    "declared": "本人申报",
    "similar_unit": "疑似同一单位",
    "named_in_evidence": "证明材料提及",
    "society_office": "推荐学会任职",
}
GROUND_CLAUSES: Mapping[Ground, str] = {
    "same_unit": "R29",
    "parent_unit": "R29",
    "partner_unit": "R93",
    "endorsing_expert": "A20",
    "declared": "R29",
    "similar_unit": "R29",
    "named_in_evidence": "R93",
    "society_office": "A21",
}
SHORT_NAME = 2  # characters: found in a text only where no other character touches it


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
    evidence_text: str = ""  # what could be read of file 4, in which co-developers are named (R93)


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

    @property
    def clause(self) -> str:
        """The clause of the plan, or the reading of it, that it rests on."""
        return GROUND_CLAUSES[self.ground]


def find_conflicts(
    experts: Collection[PanelExpert],
    applications: Collection[ScoredApplication],
    *,
    names: UnitNames | None = None,
    declarations: Iterable[Declaration] = (),
) -> tuple[Conflict, ...]:
    """Every conflict between these experts and these applications, ordered by expert, application and ground.

    Same unit, a unit above or below it, co-developing unit, endorsing expert (A20) and declared interest block. A unit
    that only looks alike or has the same parent, a name in the evidence (R93) and an office in the endorsing society
    (A21) do not: a person looks.
    """
    names = names or UnitNames()
    reasons = {(one.expert, one.application): one.reason for one in declarations}
    found: dict[tuple[int, int, str], Conflict] = {}
    for application in applications:
        evidence = _Evidence(application.evidence_text)
        for expert in experts:
            for finding in _between(expert, application, names, reasons, evidence):
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
    expert: PanelExpert,
    application: ScoredApplication,
    names: UnitNames,
    reasons: Mapping[tuple[int, int], str],
    evidence: "_Evidence",
) -> Iterator[_Finding]:
    by_unit = list(_by_unit(expert, application, names))
    yield from by_unit
    if not any(finding.blocks for finding in by_unit):
        yield from _by_evidence(expert, evidence)
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
        table = "" if written(own) == written(unit) else "（据单位别名、曾用名表）"
        yield _Finding(ground, f"专家{expert.name}的单位“{own}”就是{role}“{unit}”{table}，应回避。", blocks=True)
    elif likeness == "part":
        yield _Finding(ground, f"专家{expert.name}的单位“{own}”与{role}“{unit}”同属一所大学，应回避。", blocks=True)
    elif likeness == "under":
        sentence = f"专家{expert.name}的单位“{own}”与{role}“{unit}”有隶属关系（据单位隶属表），应回避。"
        yield _Finding("parent_unit", sentence, blocks=True)
    elif likeness == "sibling":
        parent = names.common_parent(own, unit)
        sentence = f"专家{expert.name}的单位“{own}”与{role}“{unit}”同属“{parent}”，请核对是否有利害关系。"
        yield _Finding("similar_unit", sentence, blocks=False)
    elif likeness == "similar":
        sentence = f"专家{expert.name}的单位“{own}”与{role}“{unit}”名称相近，请核对是否同一单位或有隶属关系。"
        yield _Finding("similar_unit", sentence, blocks=False)


def _by_endorser(expert: PanelExpert, application: ScoredApplication, names: UnitNames) -> Iterator[_Finding]:
    if application.endorsing_expert is not None:
        if application.endorsing_expert == expert.expert:
            yield _Finding("endorsing_expert", f"专家{expert.name}是本项目的推荐专家，应回避。", blocks=True)
        return
    name, unit = application.endorsing_expert_name, application.endorsing_expert_unit
    if not name or written(name) != written(expert.name):
        return
    if unit and any(names.compare(own, unit) in {"same", "part"} for own in expert.units):
        yield _Finding("endorsing_expert", f"专家{expert.name}（{unit}）是本项目的推荐专家，应回避。", blocks=True)
    else:
        yield _Finding("endorsing_expert", f"专家{expert.name}与本项目的推荐专家同名，请核对是否同一人。", blocks=False)


def _by_evidence(expert: PanelExpert, evidence: "_Evidence") -> Iterator[_Finding]:
    """A unit or a name that the evidence mentions, as a co-developer or otherwise: only a person can tell."""
    told = [own for own in expert.units if evidence.mentions(university_or(own))]
    told += [expert.name] if evidence.mentions(expert.name) else []
    if told:
        named = "、".join(f"“{one}”" for one in told)
        sentence = f"本项目的证明材料提及专家{expert.name}或其单位（{named}），请核对是否参加了合作开发。"
        yield _Finding("named_in_evidence", sentence, blocks=False)


class _Evidence:
    """What could be read of a file: as it stands, and without spaces and marks, which a scan puts anywhere."""

    def __init__(self, text: str) -> None:
        self._plain = unicodedata.normalize("NFKC", text)
        self._joined = folded(text)

    def mentions(self, name: str) -> bool:
        """Whether it has the name; one of two characters only where it stands by itself, it may be part of a word."""
        joined = written(name)
        if len(joined) > SHORT_NAME:
            return joined in self._joined
        return len(joined) == SHORT_NAME and bool(re.search(rf"(?<!\w){re.escape(joined)}(?!\w)", self._plain))


def _by_society(expert: PanelExpert, application: ScoredApplication, names: UnitNames) -> Iterator[_Finding]:
    society = application.endorsing_society
    if society and any(names.compare(own, society) == "same" for own in (*expert.society_offices, *expert.units)):
        sentence = f"专家{expert.name}在本项目的推荐学会“{society}”任职；按规则可以评分，请知悉。"
        yield _Finding("society_office", sentence, blocks=False)
