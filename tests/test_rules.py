"""The list of rules is what the readers do; a rule of one's own joins in and can lose no report (row 141)."""

import ast
import re
import runpy
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from docx import Document
from house_rules import ROOT

from config.editions_file import load_edition, shipped_edition
from documents import own_rules, rules
from documents.checks import check_file
from documents.child import Readers
from documents.findings import Finding, Report, Verdict
from documents.own_rules import RuleInput

EDITION = load_edition(shipped_edition("2024")).edition
FORM = EDITION.slot("form")
MADE = runpy.run_path(str(ROOT / "docs" / "make_rules.py"))
GOOD = """
    words = told.facts["words"]["own"]
    yield Finding("numbers", "R56", Verdict.ADVICE, f"{told.reader} {told.award} {words} 字", "请补充。")
"""
CRASHES = """
    raise KeyError("没有这一项")
"""
CRASHES_HALFWAY = """
    yield Finding("x", "R56", Verdict.RED, "半途", blocks_submit=True)
    raise RuntimeError("半途而废")
"""
NO_FINDING = """
    return ["不是 Finding"]
"""
NOTHING = """
    return None
"""
WRONG_VERDICT = """
    return [Finding("x", "R56", "red", "看似对")]
"""
NO_SUCH_PICTURE = """
    return [Finding("x", "R56", Verdict.LOOK, "图", pictures=("seal-9",))]
"""
ENDLESS = """
    while True:
        yield Finding("x", "R56", Verdict.GREEN, "无尽")
"""
LEAVES = """
    sys.exit(0)
"""
SPOILS = """
    told.facts.clear()
    return []
"""
STEERS = """
    return [Finding("x\\x1b[2J", "R56", Verdict.LOOK, "\\x1b[31m红", "\\u202e反")]
"""
KILLS = """
    os._exit(3)
"""
HANGS = """
    time.sleep(600)
"""


def install(folder: Path, body: str, *, distribution: str = "office-rules", module: str = "office_rules") -> Path:
    """An installed distribution as pip would leave it: a module and its dist-info with the entry point."""
    folder.mkdir(exist_ok=True)
    (folder / f"{module}.py").write_text(
        "import os, sys, time\nfrom documents.findings import Finding, Verdict\n\n\n"
        f'def numbers(told):\n    """正文里要有数字。"""{body}',
        encoding="utf-8",
    )
    info = folder / f"{distribution.replace('-', '_')}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[linxuan.rules]\nnumbers = {module}:numbers\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("form") / "form.docx"
    document = Document()
    for number, part in zip("一二三四", ("背景和意义", "创新性", "引领性", "应用性"), strict=True):
        document.add_paragraph(f"{number}、本项智能制造科技进展的{part}")
        document.add_paragraph("字" * 100)
    document.save(str(path))
    return path


def asked(path: Path, folder: Path) -> Report:
    with Readers(search=folder) as readers:
        return readers.check(path, slot=FORM, edition=EDITION)


def of_ours(report: Report) -> list[str]:
    return [line.evidence for line in report.findings if ":" not in line.rule]


def of_its_own(report: Report) -> list[Finding]:
    return [line for line in report.findings if ":" in line.rule]


def test_an_installed_rule_adds_its_lines_under_its_own_name(form: Path, tmp_path: Path) -> None:
    report = asked(form, install(tmp_path / "site", GOOD))
    assert of_its_own(report) == [
        Finding("office-rules:numbers:numbers", "R56", Verdict.ADVICE, f"form {EDITION.award.key} 400 字", "请补充。")
    ]
    assert of_ours(report) == of_ours(asked(form, tmp_path / "nothing"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (CRASHES, "KeyError"),
        (CRASHES_HALFWAY, "RuntimeError：半途而废"),
        (NO_FINDING, "返回的不是 Finding，而是 str"),
        (NOTHING, "TypeError"),
        (WRONG_VERDICT, "各项类型不对"),
        (NO_SUCH_PICTURE, "没有的图片"),
        (ENDLESS, "100 条以上"),
        (LEAVES, "SystemExit"),
    ],
)
def test_a_rule_that_fails_is_a_line_that_names_it_and_nothing_else_changes(
    form: Path, tmp_path: Path, body: str, words: str
) -> None:
    folder = install(tmp_path / "site", body)
    bad = own_rules.installed([str(folder)])
    assert [rule.name for rule in bad] == ["office-rules:numbers"]
    report = asked(form, folder)
    (line,) = of_its_own(report)
    assert (line.rule, line.verdict, line.blocks_submit) == ("office-rules:numbers", Verdict.LOOK, False)
    assert words in line.evidence
    assert of_ours(report) == of_ours(asked(form, tmp_path / "nothing"))


def test_one_bad_rule_does_not_silence_a_good_one(form: Path, tmp_path: Path) -> None:
    folder = install(tmp_path / "site", CRASHES, distribution="a-bad", module="a_bad")
    install(folder, GOOD)
    assert [(line.rule, line.verdict) for line in of_its_own(asked(form, folder))] == [
        ("a-bad:numbers", Verdict.LOOK),
        ("office-rules:numbers:numbers", Verdict.ADVICE),
    ]


def test_a_rule_whose_module_is_gone_is_a_line_too(form: Path, tmp_path: Path) -> None:
    folder = install(tmp_path / "site", GOOD)
    (folder / "office_rules.py").unlink()
    (line,) = of_its_own(asked(form, folder))
    assert "ModuleNotFoundError" in line.evidence


def test_a_rule_cannot_spoil_the_facts_nor_steer_a_terminal(form: Path, tmp_path: Path) -> None:
    assert asked(form, install(tmp_path / "one", SPOILS)).facts == asked(form, tmp_path / "nothing").facts
    (line,) = of_its_own(asked(form, install(tmp_path / "two", STEERS)))
    assert (line.rule, line.evidence, line.next_step) == (
        "office-rules:numbers:x\\u001b[2J",
        "\\u001b[31m红",
        "\\u202e反",
    )


def test_a_rule_that_takes_its_process_down_costs_no_report(form: Path, tmp_path: Path) -> None:
    report = asked(form, install(tmp_path / "site", KILLS))
    (line,) = [line for line in report.findings if line.rule == "own_rules"]
    assert (line.verdict, "office-rules:numbers" in line.evidence) == (Verdict.LOOK, True)
    assert [evidence for evidence in of_ours(report) if evidence != line.evidence] == of_ours(
        asked(form, tmp_path / "nothing")
    )


@pytest.mark.slow
def test_a_rule_that_hangs_costs_its_time_and_no_report(form: Path, tmp_path: Path) -> None:
    from documents.pool import Limits

    with Readers(search=install(tmp_path / "site", HANGS), limits=Limits(wall_seconds=3)) as readers:
        report = readers.check(form, slot=FORM, edition=EDITION)
    assert "own_rules" in [line.rule for line in report.findings]
    assert report.facts["words"]["own"] == 400


def test_a_file_that_cannot_be_read_is_not_given_to_rules(tmp_path: Path) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(b"no docx")
    assert of_its_own(asked(path, install(tmp_path / "site", GOOD))) == []


def test_a_rule_says_what_it_checks(tmp_path: Path) -> None:
    (rule,) = own_rules.installed([str(install(tmp_path / "site", "\n    return []\n"))])
    assert (rule.name, rule.version) == ("office-rules:numbers", "1.2")
    assert "不能载入" in own_rules.explained(rule)["checks"]  # not on this process's own path


def test_in_one_process_too_nothing_is_asked_where_nothing_is_installed(form: Path) -> None:
    told = RuleInput("form", EDITION.award.key, form, {}, (), ())
    assert own_rules.said((), told) == ()
    assert of_its_own(check_file(form, slot=FORM, edition=EDITION, in_child=False)) == []


def written() -> Iterator[tuple[str, str, set[str], set[str]]]:
    """File, name (``*`` for what is put in), clauses and verdicts of each `Finding` that the readers write."""
    for path in sorted((ROOT / "documents").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding" and len(node.args) > 2:
                clauses = {each.value for each in [node.args[1]] if isinstance(each, ast.Constant)}
                verdicts = {
                    each.attr
                    for each in ast.walk(node.args[2])
                    if isinstance(each, ast.Attribute) and getattr(each.value, "id", "") == "Verdict"
                }
                for name in names_in(node.args[0]):
                    yield path.name, name, {str(clause) for clause in clauses}, verdicts


def names_in(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(each.value) if isinstance(each, ast.Constant) else "*" for each in node.values)]
    return []


def listed(name: str) -> list[rules.BuiltIn]:
    return [rule for rule in rules.BUILT_IN if fnmatchcase(rule.name, name) or fnmatchcase(name, rule.name)]


def test_every_line_that_a_reader_writes_is_in_the_list_with_its_clause_and_verdict() -> None:
    """Whoever adds a rule adds its row to documents/rules.py, and runs docs/make_rules.py."""
    found = list(written())
    assert len(found) > 30
    for file, name, clauses, verdicts in found:
        rows = listed(name)
        assert rows, f"{file}: {name} is not in documents/rules.py"
        for row in rows:
            assert {Verdict[verdict] for verdict in verdicts} <= set(row.verdicts), f"{file}: {name}"
        assert clauses <= {clause for row in rows for clause in row.clauses}, f"{file}: {name}"


def test_every_row_of_the_list_is_written_somewhere() -> None:
    texts = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "documents").glob("*.py") if path.name != "rules.py"
    )
    names = [name for _, name, _, _ in written()]
    for rule in rules.BUILT_IN:
        in_code = any(fnmatchcase(rule.name, name) for name in names) or f'"{rule.name}"' in texts
        assert in_code or f'"{rule.name.removesuffix("*")}' in texts, rule.name


def test_the_page_is_current() -> None:
    """Run docs/make_rules.py."""
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == MADE["page"]()


def test_the_sample_on_the_page_works_as_it_stands(form: Path, tmp_path: Path) -> None:
    (sample,) = re.findall(r"```python\n(.*?)```", MADE["page"](), re.DOTALL)
    folder = install(tmp_path / "site", NOTHING, distribution="our-rules", module="our_rules")
    (folder / "our_rules.py").write_text(sample.replace("def figures", "def numbers"), encoding="utf-8")
    (line,) = of_its_own(asked(form, folder))
    assert (line.rule, line.verdict, line.evidence) == (
        "our-rules:numbers:few",
        Verdict.ADVICE,
        "创新性部分只有 0 个数字",
    )


def test_one_name_belongs_to_one_rule() -> None:
    names = [rule.name for rule in rules.BUILT_IN]
    assert len(set(names)) == len(names)
    assert rules.built_in("form.part.innovation") is not None
    assert rules.built_in("office-rules:numbers") is None
