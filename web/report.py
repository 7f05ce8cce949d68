"""Shows the reports on files to people: the one card that every page uses, and a page that stands by itself."""

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from config.edition import Edition
from documents.findings import Finding, Picture, Report, Verdict, shown, worst_first
from office.versions import Compared

_HERE = Path(__file__).resolve().parent
_STYLES = ("linxuan.css", "report.css")
_TAGS = {Verdict.GREEN: "ok", Verdict.ADVICE: "info", Verdict.LOOK: "warn", Verdict.RED: "bad"}
_ENDS = {
    Verdict.GREEN: "全部通过",
    Verdict.ADVICE: "可以提交，另有建议",
    Verdict.LOOK: "可以提交，有待人工查看",
    Verdict.RED: "有不通过的，请改正后重新上传",
}
_BLOCKED = "现在不能提交，请改正后重新上传"

Source = Callable[[Picture], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card: the finding, the tag of its verdict, where its pictures are to be had."""

    finding: Finding
    tag: str
    pictures: tuple[tuple[Picture, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One report as people read it: where the file belongs, how it ended, its lines with the worst first."""

    place: str
    name: str
    sha256: str
    verdict: Verdict
    tag: str
    ending: str
    counts: tuple[tuple[Verdict, str, int], ...]
    lines: tuple[Line, ...]


def card(report: Report, *, place: str, source: Source) -> Card:
    """What the template ``report.html`` shows of a report; ``source`` gives the address of each picture."""
    pictures = {picture.key: (picture, source(picture)) for picture in report.pictures}
    lines = tuple(
        Line(finding, _TAGS[finding.verdict], tuple(pictures[key] for key in finding.pictures if key in pictures))
        for finding in worst_first(report.findings)
    )
    ending = _BLOCKED if report.blocks_submit else _ENDS[report.verdict]
    counts = _counts(report.findings)
    return Card(place, shown(report.name), report.sha256, report.verdict, _TAGS[report.verdict], ending, counts, lines)


def page(reports: Iterable[Report], *, edition: Edition, at: datetime) -> str:
    """One page that needs nothing beside itself: styles and pictures stand in it, no script; it prints well."""
    labels: dict[str, str] = {slot.reader: slot.label for slot in reversed(edition.slots)}
    cards = [card(report, place=labels.get(report.kind, report.kind), source=data_address) for report in reports]
    styles = "\n".join((_HERE / "static" / name).read_text(encoding="utf-8") for name in _STYLES)
    return _templates().get_template("report_page.html").render(
        edition=edition, cards=cards, styles=Markup(styles), at=at,  # noqa: S704 - our own
        counts=_counts(line.finding for each in cards for line in each.lines),
    )  # fmt: skip


def versions_side_by_side(compared: Compared, *, shown_at: Callable[[datetime], str]) -> str:
    """A piece of a page: what changed between two versions of a file; ``shown_at`` writes an instant for people."""
    macros = _templates().get_template("versions.html").module
    return str(macros.versions(compared, shown_at))  # type: ignore[attr-defined]


def data_address(picture: Picture) -> str:
    """The picture itself as an address."""
    return f"data:image/jpeg;base64,{b64encode(picture.jpeg).decode()}"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals["_"] = _in_chinese  # a page that stands by itself
    return made


def _in_chinese(text: str, **facts: object) -> str:
    return Markup.escape(text).format(**facts) if facts else text


def _counts(findings: Iterable[Finding]) -> tuple[tuple[Verdict, str, int], ...]:
    """How many lines ended how, the worst first, with the tag of each."""
    counted = Counter(finding.verdict for finding in findings)
    return tuple((verdict, _TAGS[verdict], counted[verdict]) for verdict in reversed(Verdict) if counted[verdict])
