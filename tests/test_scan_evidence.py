"""Evidence by its kind: tagged, untagged, tagged wrongly, sealed by the unit that uses the work (R89–R94)."""

from pathlib import Path

import odd_scans as scans
import pytest

from config.editions_file import load_edition, shipped_edition
from documents import scan
from documents.checks import check_file
from documents.evidence import evidence_findings, kind_of
from documents.findings import EVIDENCE_TEXT, Declared, Finding, Verdict

pytestmark = pytest.mark.slow

EDITION = load_edition(shipped_edition("2024")).edition
BARE = scan.ScanFacts(2, 2, 2, 0, (), (), ())


def checked(folder: Path, data: bytes, kind: str) -> dict[str, Finding]:
    path = folder / "证明.pdf"
    path.write_bytes(data)
    slot = next(slot for slot in EDITION.slots if slot.reader == "evidence")
    report = check_file(path, slot=slot, edition=EDITION, declared=Declared("", "", "", None, kind), in_child=False)
    assert {key for line in report.findings for key in line.pictures} <= {each.key for each in report.pictures}
    return {line.rule: line for line in report.findings}


def kind_line(text: str, kind: str) -> Finding:
    assert EDITION.evidence
    found = evidence_findings(scan.Scan(BARE, text=text), EDITION.evidence, kind_of(EDITION.evidence, kind))
    return next(line for line in found if line.rule == "evidence.kind")


def test_an_application_proof_with_its_seal_is_green_and_shows_it(tmp_path: Path) -> None:
    """R92: 应用单位盖章原件."""
    line = checked(tmp_path, scans.letter(("unit",)), "application")["evidence.seal"]
    assert (line.verdict, line.r, line.pictures) == (Verdict.GREEN, "R92", ("seal-1",))


@pytest.mark.parametrize("data", [scans.letter(()), scans.black_and_white()])
def test_an_application_proof_without_a_red_seal_goes_to_a_person(tmp_path: Path, data: bytes) -> None:
    """R92: never red; the original is asked for."""
    line = checked(tmp_path, data, "application")["evidence.seal"]
    assert (line.verdict, line.blocks_submit) == (Verdict.LOOK, False)
    assert "原件" in line.next_step
    assert line.pictures


@pytest.mark.parametrize("kind", ["intellectual_property", "evaluation", "cooperation", "other", ""])
def test_copies_do_for_the_other_kinds(tmp_path: Path, kind: str) -> None:
    """R90, R91: 提供复印件即可: nobody looks for a seal."""
    assert "evidence.seal" not in checked(tmp_path, scans.letter(()), kind)


def test_an_untagged_file_is_told_to_choose_its_kind(tmp_path: Path) -> None:
    line = checked(tmp_path, scans.letter(()), "")["evidence.kind"]
    assert line.verdict is Verdict.ADVICE
    assert "应用证明" in line.next_step


@pytest.mark.parametrize(
    ("text", "kind", "verdict"),
    [
        ("应 用 证 明\n兹证明江城重型机床的成果已在我单位应用", "application", Verdict.GREEN),
        ("应用证明\n兹证明", "intellectual_property", Verdict.ADVICE),
        ("科技查新报告\n项目名称", "evaluation", Verdict.GREEN),
        ("科技查新报告\n项目名称", "other", Verdict.ADVICE),
        ("发明专利证书 证书号第123号", "evaluation", Verdict.ADVICE),
        ("应用证明 附：发明专利证书", "other", Verdict.GREEN),  # names two kinds, so it says nothing
        ("x" * 400 + "发明专利证书", "other", Verdict.GREEN),  # no title
        ("", "other", Verdict.GREEN),
    ],
)
def test_the_text_hints_at_another_kind(text: str, kind: str, verdict: Verdict) -> None:
    """R90–R94: advice and no more."""
    line = kind_line(text, kind)
    assert line.verdict is verdict, line.evidence
    assert bool(line.next_step) == (verdict is Verdict.ADVICE)


def test_an_untagged_file_is_told_what_it_looks_like() -> None:
    assert "像是“知识产权证明”" in kind_line("实用新型专利证书", "").evidence


def test_what_can_be_read_of_it_is_kept_for_the_names_in_it(tmp_path: Path) -> None:
    """R93: co-developers are named there; a scan without a text layer keeps none."""
    slot = next(slot for slot in EDITION.slots if slot.reader == "evidence")
    told = []
    for name, data in (("有", scans.with_text_layer()), ("无", scans.letter(()))):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(data)
        told.append(check_file(path, slot=slot, edition=EDITION, in_child=False).facts.get(EVIDENCE_TEXT, ""))
    assert ("recognised words of a letter" in told[0], told[1]) == (True, "")
