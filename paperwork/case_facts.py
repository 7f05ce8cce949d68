"""The frozen facts of an application that several papers share; whoever makes a paper gathers them."""

import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from documents.findings import Picture, Verdict


@dataclass(frozen=True, slots=True)
class Issued:
    """Who issues a paper, and when: ``at`` stands in the edition's zone, ``day`` is it in words."""

    office: str
    entry_name: str
    contact: str
    portal: str
    at: datetime
    day: str


@dataclass(frozen=True, slots=True)
class Case:
    """One application in words that people read."""

    number: str
    title: str
    unit: str
    unit_type: str
    category: str
    endorser: str
    state: str
    submitted: str


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """One line of the check sheet: what a machine found or people are asked, and what an officer said of it.

    ``verdict`` is ``None`` for a question that only people can answer; ``answer`` is the officer's word, empty when
    nobody answered; ``reason`` is theirs, or what the applicant is to do.
    """

    r: str
    text: str
    verdict: Verdict | None
    answer: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """The lines of one file with the pictures that show them."""

    label: str
    name: str
    lines: tuple[CheckedLine, ...]
    pictures: tuple[Picture, ...] = ()


def fingerprint(facts: object) -> str:
    """The SHA-256 of frozen facts in hexadecimal digits: the same facts, whenever printed, give the same one."""
    return sha256(json.dumps(_plain(facts), sort_keys=True).encode()).hexdigest()


def _plain(fact: Any) -> Any:  # noqa: ANN401 - whatever a fact is made of
    if isinstance(fact, Picture):
        return [fact.caption, fact.sha256]
    if is_dataclass(fact) and not isinstance(fact, type):
        return {entry.name: _plain(getattr(fact, entry.name)) for entry in fields(fact)}
    if isinstance(fact, tuple):
        return [_plain(each) for each in fact]
    if isinstance(fact, bytes):
        return sha256(fact).hexdigest()
    return fact.isoformat() if isinstance(fact, datetime) else fact
