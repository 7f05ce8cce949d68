"""The shape of an edition: every fact of one award in one year, frozen and checked.

An edition is a TOML file (``config/editions/2024.toml``). Each leaf there is ``{ value = …, r = "R52" }`` with its
clause; what we assume carries ``assumed = true``. `config.editions_file` reads the file and makes an `Edition` of it.
Instants are aware; windows are half-open (``opens <= t < closes``).
"""

from typing import Literal

from pydantic import Field

from config.award import Award, Category, Contact, Society, UnitType
from config.fact import Fact, Instant, Points
from config.lengths import length_shown
from config.outgoing import Announcement, Decisions, Mail, Notice, Protection, Reminders

Reader = Literal["form", "video", "letter", "evidence"]

WORDS_PLACE, LENGTH_PLACE = "{字数上限}", "{时长上限}"  # where a text of the edition takes its number from the limit


class Submission(Fact):
    """The window of handing in (R30–R32, A1)."""

    opens: Instant
    closes: Instant
    upload_grace_minutes: int = Field(ge=0)


class Endorsement(Fact):
    """Who stands behind an application, by which routes, until when (R13–R15, R38–R40, A6, A7)."""

    required: bool
    routes: tuple[Literal["society", "expert"], ...] = ()
    closes: Instant | None = None
    redo_working_days: int = Field(default=0, ge=0)
    societies: tuple[Society, ...] = ()


class Slot(Fact):
    """One place for files in an application; ``reader`` names the kind of reading it gets (R41–R43)."""

    key: str
    label: str
    reader: Reader
    required: bool
    many: bool = False
    max_megabytes: int = Field(gt=0)


class Part(Fact):
    """A part that the form must contain (R53–R58)."""

    key: str
    heading: str
    word: str  # the word by which the heading is recognised, e.g. 创新性
    hints: tuple[str, ...] = ()


class HeadField(Fact):
    """A field of the form's head table (R49–R51)."""

    key: Literal["title", "endorser", "unit"]
    label: str


class TextStyle(Fact):
    """How a kind of paragraph shall look (R63–R66): advice only."""

    level: Literal["level1", "level2", "level3", "body"]
    name: str
    font: str
    size_points: float
    size_name: str
    bold: bool
    line_spacing: float
    first_line_chars: float | None = None


class FormRules(Fact):
    """The recommendation form (R47–R69, A8): counts are in 字."""

    title: str
    words_limit: int
    words_green_to: int
    words_look_to: int
    note: str
    head: tuple[HeadField, ...]
    parts: tuple[Part, ...]
    styles: tuple[TextStyle, ...]
    numbering: tuple[str, ...]
    secrecy_words: tuple[str, ...]
    secrecy_harmless: tuple[str, ...] = ()  # phrases in which such a word says something else

    @property
    def printed_note(self) -> str:
        """The note as papers print it: with the limit that holds (R52)."""
        return self.note.replace(WORDS_PLACE, str(self.words_limit))


class VideoRules(Fact):
    """The defence video (R70–R77, A10): lengths in seconds."""

    seconds_limit: float = Field(gt=0)
    seconds_tolerance: float = Field(ge=0)
    codecs: tuple[str, ...]
    guide: tuple[str, ...]

    @property
    def printed_guide(self) -> tuple[str, ...]:
        """The guide as papers print it: with the limit that holds (R71)."""
        length = length_shown(self.seconds_limit).replace(" ", "")
        return tuple(line.replace(LENGTH_PLACE, length) for line in self.guide)


class LetterRules(Fact):
    """The commitment letter (R78–R88)."""

    title: str
    statement: str
    commitments: tuple[str, ...]
    breach: str
    endorser_field: str
    unit_field: str
    date_field: str


class EvidenceKind(Fact):
    """One of the kinds of evidence (R90–R94)."""

    key: str
    name: str
    description: str
    sealed_original: bool = False


class EvidenceRules(Fact):
    """The evidence list (R89–R94, A25)."""

    title: str
    kinds: tuple[EvidenceKind, ...]


class HumanLine(Fact):
    """A line of the check sheet that only a person can tick (R68, R73, R75, R76, R88)."""

    rule: str
    r: str
    slot: str
    text: str


class FormalCheck(Fact):
    """The office's check and the correction loop (R20, R44, R45, A11)."""

    due: Instant
    correction_working_days: int = Field(gt=0)
    correction_times: int = Field(ge=0)
    correction_margin_working_days: int = Field(ge=0)
    decline_working_days: int = Field(gt=0)
    human_lines: tuple[HumanLine, ...]


class Aspect(Fact):
    """A sub-aspect that is scored by itself, with its highest points."""

    key: str
    name: str
    points: int = Field(gt=0)


class Criterion(Fact):
    """A criterion with its weight, the sum of its aspects (R11)."""

    key: str
    name: str
    points: int = Field(gt=0)
    aspects: tuple[Aspect, ...]


class Round(Fact):
    """One round of scoring, its panel's rules frozen before it opens (R95–R111, A12–A15, A30, A31)."""

    key: Literal["first_round", "final"]
    name: str
    mode: Literal["online", "on_site"]
    opens: Instant
    locks: Instant
    result_due: Instant
    places: int = Field(gt=0)
    mean: Literal["mean", "trimmed", "median"]
    rank_on: Literal["printed", "exact"]
    print_decimals: int = Field(ge=0)
    ties: tuple[Literal["median", "criterion_mean", "fewer_extremes", "panel"], ...]
    tie_criterion: str
    quorum: Points  # share of the experts who may score an item, e.g. 0.6667
    lowest: Points
    highest: Points
    step: Points  # of a total that is typed directly
    reason_above: Points  # strictly above asks a written reason
    reason_below: Points  # strictly below asks a written reason
    reasons_required: bool
    reason_least: int = Field(default=1, gt=0)  # letters, digits and characters of a written reason
    item_lock: Literal["item", "session"] = "session"  # until when a score may be changed in the hall (A30)
    carry_percent: int = Field(ge=0, le=100)  # of the round before (A14)
    talk_seconds: int | None = Field(default=None, gt=0)
    question_seconds: int | None = Field(default=None, gt=0)
    substitute: bool = False  # who is lost before the order is drawn is followed by the next of the round before (A18)
    panel: tuple[str, ...]
    venue: str = ""  # where a round on site meets (R100)


class Edition(Fact):
    """One award in one year: all that may differ from another, and nothing else."""

    award: Award
    contacts: tuple[Contact, ...]
    categories: tuple[Category, ...]
    unit_types: tuple[UnitType, ...]
    submission: Submission
    endorsement: Endorsement
    slots: tuple[Slot, ...]
    form: FormRules | None = None
    video: VideoRules | None = None
    letter: LetterRules | None = None
    evidence: EvidenceRules | None = None
    check: FormalCheck
    criteria: tuple[Criterion, ...]
    rounds: tuple[Round, ...]
    notice: Notice
    announcement: Announcement
    decisions: Decisions
    reminders: Reminders
    mail: Mail
    protection: Protection = Protection()

    def slot(self, key: str) -> Slot:
        """The slot with this key; `KeyError` when the edition has none."""
        return next(slot for slot in self.slots if slot.key == key)

    def round(self, key: str) -> Round | None:
        """The round with this key, or ``None`` in an edition that has it not."""
        return next((round_ for round_ in self.rounds if round_.key == key), None)

    @property
    def deciding_round(self) -> Round:
        """The last round: its places are the winners."""
        return self.rounds[-1]
