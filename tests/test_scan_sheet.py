"""A small sheet of letters as offices scan them: none that lacks a seal or signature passes, most complete ones do."""

from pathlib import Path

import pytest
from scanned_letters import Letter, letters, pdf_of

from config.editions_file import load_edition, shipped_edition
from documents import scan
from documents.findings import Declared, Verdict
from documents.scan_letter import letter_findings
from documents.scan_page import DrawnPage, looked_at

pytestmark = pytest.mark.slow

RULES = load_edition(shipped_edition("2024")).edition.letter
COMPLETE, BARE = letters(23, complete=True, count=9), letters(23, complete=False, count=12)


def verdicts(letter: Letter) -> set[Verdict]:
    """The verdicts on the endorser's and the unit's field."""
    assert RULES
    page = looked_at(DrawnPage(1, letter.picture, {}))
    facts = scan.ScanFacts(1, 1, 1, 1, (), page.seals, page.signatures)
    found = letter_findings(scan.Scan(facts), RULES, Declared("", "", "", letter.route))
    return {line.verdict for line in found if line.rule in ("letter.endorser", "letter.unit")}


@pytest.mark.parametrize("at", range(len(BARE)))
def test_a_letter_that_lacks_one_goes_to_a_person(at: int) -> None:
    """R86, R87: letterheads, emblems, logos, tables, photographs, circles of a red pen, date stamps are no seals."""
    letter = BARE[at]()
    assert Verdict.LOOK in verdicts(letter), letter.kind
    assert Verdict.RED not in verdicts(letter)


def test_complete_letters_pass_or_go_to_a_person() -> None:
    """Faint, dry, over print, overlapping, oval: three in four pass by themselves, the others wait for a person."""
    judged = {letter.kind: verdicts(letter) for letter in (make() for make in COMPLETE)}
    assert all(found <= {Verdict.GREEN, Verdict.LOOK} for found in judged.values())
    passed = [kind for kind, found in judged.items() if found == {Verdict.GREEN}]
    assert {"two seals", "seal and signature", "and one across the edge"} <= set(passed)
    assert "black and white" not in passed


def test_a_scanned_letter_is_the_same_within_its_pdf(tmp_path: Path) -> None:
    letter = COMPLETE[0]()
    path = tmp_path / "承诺书.pdf"
    path.write_bytes(pdf_of(letter))
    facts = scan.read(path).facts
    assert (facts.scanned_pages, len(facts.sure_seals)) == (1, 2)
