"""The demo's cast, drawn from a seed: who applies with what, who scores, and which story each one plays."""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cli import season_words as words
from config.edition import Edition

# A story and the day of its handing in, counted from the day of closing (0 is the last day); the others are drawn.
STORIES: dict[str, int] = {
    "form_5600_words": 10,
    "video_12_07": 3,
    "changed_form": 5,
    "letter_without_seal": 2,
    "begun_at_closing": 0,
    "begun_a_second_before": 0,
    "finalist_withdraws": 30,
    "draft_lapses": 6,
    "declined_then_expert": 26,
    "withdrawal": 45,
    "tie_a": 20,
    "tie_b": 19,
    "high_score": 33,
    "low_score": 35,
    "objection_upheld": 40,
    "objection_dismissed": 22,
    "wrong_rejection": 15,
    "rejected": 12,
    "paper_endorsement": 17,
}
_QUALITY = {
    "finalist_withdraws": 90.0,
    "high_score": 95.0,
    "low_score": 86.0,
    "objection_upheld": 94.0,
    "objection_dismissed": 93.0,
}


@dataclass(frozen=True, slots=True)
class Endorsing:
    """Who is to endorse: a society by its name, or an expert with everything that is recorded of one (A19)."""

    kind: str
    name: str
    unit: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One application of the demo as its applicant would hand it in. ``quality`` is what experts will see in it."""

    place: int
    story: str
    title: str
    unit: str
    unit_type: str
    category: str
    person: str
    phone: str
    email: str
    endorsing: Endorsing
    handed_in: datetime
    quality: float
    words: int
    seconds: float

    @property
    def folder(self) -> str:
        """The name of its folder."""
        return f"{self.place:03d}-{self.story or 'entry'}"


@dataclass(frozen=True, slots=True)
class Scorer:
    """An expert of the demo: own unit, society office, severity in points."""

    name: str
    email: str
    unit: str
    officer_of: str
    fields: tuple[str, ...]
    severity: float
    member_type: str


class Cast:
    """Everybody who plays in one demo; the same seed and number give the same cast.

    One entry more than ``applications``: the one that comes too late is none.
    """

    def __init__(self, edition: Edition, *, applications: int, seed: int) -> None:
        self.edition = edition
        self.applications = applications
        self.seed = seed
        draw = random.Random(f"linxuan {seed} {applications}")
        self.scorers = tuple(_scorers(edition, draw))
        self.entries = tuple(_entries(edition, draw, applications + 1, self.scorers))

    def entry(self, story: str) -> Entry:
        """The entry that plays a story."""
        return next(entry for entry in self.entries if entry.story == story)


def _scorers(edition: Edition, draw: random.Random) -> Iterator[Scorer]:
    kinds = ("academician",) * 3 + ("comprehensive",) * 3 + ("committee",) * 6
    names = _names(draw, len(words.EXPERT_UNITS))
    for place, (unit, kind) in enumerate(zip(words.EXPERT_UNITS, kinds, strict=True)):
        societies = edition.endorsement.societies
        yield Scorer(
            name=names[place],
            email=f"expert{place + 1:02d}@experts.example",
            unit=unit,
            officer_of=societies[place].name if place in (1, 4) and societies else "",
            fields=(edition.categories[place % len(edition.categories)].key,),
            severity=draw.uniform(-3.0, 3.0),
            member_type=kind,
        )


def _names(draw: random.Random, count: int, *, taken: Collection[str] = ()) -> list[str]:
    """So many different names, none of which is ``taken``."""
    everybody = [family + given for family in words.SURNAMES for given in words.GIVEN]
    if count + len(taken) > len(everybody):
        everybody += [family + name for family in words.SURNAMES for name in everybody if name[0] != family]
    return draw.sample([name for name in everybody if name not in taken], count)


def _entries(edition: Edition, draw: random.Random, count: int, scorers: tuple[Scorer, ...]) -> Iterator[Entry]:
    stories = [*STORIES, *[""] * (count - len(STORIES))]
    people = _names(draw, count, taken=[scorer.name for scorer in scorers])
    units = _units(draw, count, scorers)
    titles = _titles(edition, draw, count)
    for place, story in enumerate(stories):
        category, title = titles[place]
        unit, unit_type = units[place]
        yield Entry(
            place=place + 1,
            story=story,
            title=title,
            unit=unit,
            unit_type=unit_type,
            category=category,
            person=people[place],
            phone=f"139{draw.randrange(10**8):08d}",
            email=f"applicant{place + 1:03d}@units.example",
            endorsing=_endorsing(edition, draw, story, place, scorers),
            handed_in=_handed_in(edition, draw, story),
            quality=_QUALITY.get(story, draw.uniform(62.0, 88.0)),
            words=5_600 if story == "form_5600_words" else draw.randrange(3_600, 4_880),
            seconds=727.0 if story == "video_12_07" else draw.choice((420.0, 540.0, 600.0, 660.0, 715.0)),
        )


def _units(draw: random.Random, count: int, scorers: tuple[Scorer, ...]) -> list[tuple[str, str]]:
    """Units with their type; the last entries come from experts' own units, so that there are conflicts to find."""
    firms = [(f"{place}{trade}有限公司", "enterprise") for place in words.PLACES for trade in words.TRADES]
    schools = [
        (f"{place}{kind}", "university" if kind.endswith(("大学", "学院")) else "institute")
        for place in words.PLACES
        for kind in words.SCHOOLS
    ]
    taken = {scorer.unit for scorer in scorers}
    pool = [each for each in firms + schools if each[0] not in taken]
    if count > len(pool):
        pool += [(f"{unit}{place}分公司", kind) for unit, kind in firms for place in words.PLACES]
    chosen = draw.sample(pool, count)
    chosen[-2:] = [(scorers[10].unit, "enterprise"), (scorers[5].unit, "university")]
    return chosen


def _titles(edition: Edition, draw: random.Random, count: int) -> list[tuple[str, str]]:
    keys = [category.key for category in edition.categories if category.key in words.SUBJECTS]
    everything = [
        (key, quality + subject) for key in keys for subject in words.SUBJECTS[key] for quality in words.QUALITIES
    ]
    more = [(key, f"{title}（{number}期）") for number in "二三四五六" for key, title in everything]
    return draw.sample(everything + (more if count > len(everything) else []), count)


def _endorsing(edition: Edition, draw: random.Random, story: str, place: int, scorers: tuple[Scorer, ...]) -> Endorsing:
    """Mostly societies; some experts, one of them a scorer, who must then stay out (A20)."""
    societies = edition.endorsement.societies
    if story == "paper_endorsement":
        return Endorsing("society", societies[-1].name)  # has no address on record: only paper reaches it
    if story or place % 6:
        return Endorsing("society", draw.choice(societies[:-1]).name)
    if place == 24:  # noqa: PLR2004  one entry is endorsed by somebody of the panel
        scorer = scorers[8]
        return Endorsing("expert", scorer.name, scorer.unit, "研究员", "13800000008", scorer.email)
    name = _names(draw, 1)[0]
    return Endorsing(
        "expert",
        name,
        f"{draw.choice(words.PLACES)}研究院",
        "教授",
        f"136{place:08d}",
        f"endorser{place}@experts.example",
    )


def _handed_in(edition: Edition, draw: random.Random, story: str) -> datetime:
    """When the office receives it: most in the last two weeks, to the second for those who play with the closing."""
    closes = edition.submission.closes
    if story == "begun_at_closing":
        return closes
    if story == "begun_a_second_before":
        return closes - timedelta(seconds=1)
    days = STORIES.get(story, 1 + min(int(draw.expovariate(1 / 14)), 70))
    at = closes - timedelta(days=days) + timedelta(hours=draw.randrange(9, 18), minutes=draw.randrange(60))
    return min(max(at, edition.submission.opens + timedelta(hours=9)), closes - timedelta(hours=6))
