"""What a check of a file says: lines with verdict, evidence and next step."""

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any, Literal, Self

EVIDENCE_TEXT = "text"  # the fact that holds what could be read of a file of evidence (R93)
_TURNING = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))


class Verdict(StrEnum):
    """How a line ended, from best to worst: 通过, 建议, 待人工, 不通过."""

    GREEN = "green"
    ADVICE = "advice"
    LOOK = "look"
    RED = "red"

    @property
    def rank(self) -> int:
        """0 for the best, 3 for the worst."""
        return tuple(Verdict).index(self)

    @property
    def label(self) -> str:
        """The Chinese word that people read."""
        return {"green": "通过", "advice": "建议", "look": "待人工", "red": "不通过"}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check: the rule, what was found, what to do.

    ``r`` is the clause (``R52``); ``blocks_submit`` says whether the application can be handed in with it;
    ``evidence`` is the number, quote or place; ``next_step`` what the applicant does now (empty when green).
    ``pictures`` are the keys of the pictures of the report that show it: a seal, a frame of the film.
    """

    rule: str
    r: str
    verdict: Verdict
    evidence: str
    next_step: str = ""
    blocks_submit: bool = False
    pictures: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What was found and what to do, as one line of a letter."""
        return in_words(self.evidence, self.next_step)


def in_words(evidence: str, next_step: str) -> str:
    """One line of a letter or a list: what was found, then what to do."""
    return f"{evidence} {next_step}".strip()


def worst_first(lines: Iterable[Finding]) -> tuple[Finding, ...]:
    """Lines as people read them: the worst first, equal ones as they were found."""
    return tuple(sorted(lines, key=lambda line: -line.verdict.rank))


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture cut from a file, for those who would rather look than read: JPEG bytes, at most 64 KB."""

    key: str  # its name within the report: seal-1, frame-3
    caption: str
    jpeg: bytes

    @property
    def sha256(self) -> str:
        """The digest under which a vault keeps the bytes."""
        return sha256(self.jpeg).hexdigest()


@dataclass(frozen=True, slots=True)
class Declared:
    """What the application was registered with: names that its files shall show (R49–R51, R80), the endorser's route.

    Without ``route`` a seal and a signature of the endorser are both looked for (R86). ``kind`` is the kind of
    evidence that a file was tagged with (R90–R94), empty when untagged.
    """

    title: str
    unit: str
    endorser: str
    route: Literal["society", "expert"] | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All that a check says of one file; the same object feeds page, letter, JSON and check sheet."""

    name: str
    kind: str
    sha256: str
    facts: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    pictures: tuple[Picture, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values; of a picture its key, caption and digest, for the bytes stand in the vault."""
        pictures = [{"key": each.key, "caption": each.caption, "sha256": each.sha256} for each in self.pictures]
        return asdict(replace(self, pictures=())) | {"pictures": pictures}

    @classmethod
    def from_dict(cls, plain: dict[str, Any], pictures: Iterable[Picture] = ()) -> Self:
        """A report again from what `as_dict` made of it; the pictures' bytes come from where they are kept."""
        lines = tuple(
            Finding(**line | {"verdict": Verdict(line["verdict"]), "pictures": tuple(line.get("pictures", ()))})
            for line in plain["findings"]
        )
        return cls(plain["name"], plain["kind"], plain["sha256"], plain["facts"], lines, tuple(pictures))

    @property
    def verdict(self) -> Verdict:
        """The worst of the lines; green when there is none."""
        return worst(finding.verdict for finding in self.findings)

    @property
    def blocks_submit(self) -> bool:
        """Whether any line keeps the application from being handed in."""
        return any(finding.blocks_submit for finding in self.findings)


def shown(text: str) -> str:
    """The text with every letter that could steer a terminal or turn the writing round made visible as its number.

    Names and quotes come from strangers' files: control characters, direction marks, halves of characters. Line breaks
    and tabs become blanks.
    """
    text = "".join(" " if letter.isspace() else letter for letter in text)
    return "".join(f"\\u{ord(letter):04x}" if _steers(letter) else letter for letter in text)


def _steers(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return kind in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(letter) in _TURNING


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of some verdicts; green of none."""
    return max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.GREEN)


class Unreadable(Exception):
    """A file that cannot be read for what it should be: wrong type, encrypted or broken.

    ``evidence`` is the sentence for the applicant, ``next_step`` the remedy, ``rule`` and ``r`` name the line.
    Readers raise it; `documents.checks` turns it into a red finding that blocks (R42, R47, R70, R78, R89).
    """

    def __init__(self, evidence: str, next_step: str, rule: str, r: str) -> None:
        super().__init__(evidence, next_step, rule, r)
        self.evidence = evidence
        self.next_step = next_step
        self.rule = rule
        self.r = r

    def __str__(self) -> str:
        return f"{self.evidence} {self.next_step}"
