"""A season after its final, for the tests of its papers: posted, one objection sustained, one title gone, announced."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path

import docx
from contest import ANNOUNCED, CLOSES, Contest, contest_at
from objectors import DURING, lodge

from office import announcement, disqualification, notice, papers
from office.announcement import Told
from states.facts import State

from cast import broken_rules

OUTCOME = "经核实，判决书属实，核心专利权属已判归他人。"
AFTER = ANNOUNCED


@contextmanager
def copied(home: Path, folder: Path) -> Iterator[Contest]:
    """A contest in a copy of a home; in the end its store must hold every rule."""
    shutil.copytree(home, folder / "home")
    made = contest_at(folder / "home")
    yield made
    broken = broken_rules(made.office.desk)
    made.office.desk.database.close()
    assert broken == ()


def objected(contest: Contest) -> int:
    """The notice posted, and the first item's title taken away for an objection; returns the decision."""
    contest.post()
    case = lodge(contest)
    contest.decide(case, "sustained", outcome=OUTCOME, now=DURING)
    desk, item = contest.office.desk, contest.items[0]
    with desk.database.write() as session:
        made = disqualification.draft_disqualification(
            session, desk, item, case_id=case, officer_id=contest.office.wang, now=DURING
        )
        decision = made.id or 0
    contest.signed(decision, now=DURING)
    with desk.database.write() as session:
        disqualification.disqualify(session, desk, decision, now=DURING)
    return decision


def signed_announcement(contest: Contest) -> int:
    """The decision to announce whoever is under notice, signed and not carried out."""
    listed = {"announce": contest.standing(State.PUBLICIZED)}
    return contest.signed(contest.draft("announcement", listed, now=CLOSES), now=CLOSES)


def announced(contest: Contest) -> int:
    """The same, carried out on the day."""
    decision = signed_announcement(contest)
    with contest.office.desk.database.write() as session:
        notice.announce(session, contest.office.desk, decision, now=ANNOUNCED)
    return decision


def tell(contest: Contest, item: int, **told: object) -> None:
    """What is told of a winner."""
    desk = contest.office.desk
    with desk.database.write() as session:
        words = Told(**told)  # type: ignore[arg-type]
        announcement.keep(session, desk, contest.number(item), words, officer_id=contest.office.wang, now=CLOSES)


def make(contest: Contest, name: str, of: str = "", *, now: datetime = AFTER) -> bytes:
    """A paper, as Wang asks for it."""
    desk = contest.office.desk
    with desk.database.write() as session:
        return papers.make(session, desk, name, of=of, officer_id=contest.office.wang, now=now).data


def words_of(data: bytes) -> str:
    """All text of a Word paper, its foot too."""
    document = docx.Document(BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    ends = [line.text for section in document.sections for line in section.footer.paragraphs]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells + ends)
