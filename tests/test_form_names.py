"""The names that a form bears: its own title, the endorser by the registered route (R48, R50)."""

from pathlib import Path
from typing import Literal

import pytest
from odd_forms import TITLE, form, head, p, pack

from config.edition import FormRules
from config.editions_file import load_edition, shipped_edition
from documents import recommendation
from documents.docx_findings import findings
from documents.docx_names import same_endorser
from documents.findings import Declared, Finding, Verdict

UNTITLED = form().replace(p(TITLE), "")


@pytest.fixture(scope="module")
def rules() -> FormRules:
    rules = load_edition(shipped_edition("2024")).edition.form
    assert rules is not None
    return rules


def lines(folder: Path, rules: FormRules, body: str, declared: Declared | None = None) -> dict[str, Finding]:
    path = folder / "form.docx"
    path.write_bytes(pack(body))
    return {line.rule: line for line in findings(recommendation.read(path, rules), rules, declared)}


TITLES = {
    "as given": (p(TITLE), Verdict.GREEN),
    "other quotes": (p('"2024中国智能制造科技进展" 推荐表'), Verdict.GREEN),
    "book marks": (p("《2024中国智能制造科技进展》推荐表"), Verdict.GREEN),
    "two lines": (p("“2024中国智能制造科技进展”") + p("推 荐 表"), Verdict.GREEN),
    "with a remark": (p(f"附件1：{TITLE}"), Verdict.GREEN),
    "below another line": (p("附件1") + p("") + p(TITLE), Verdict.GREEN),
    "last year's": (p("“2023中国智能制造科技进展”推荐表"), Verdict.LOOK),
    "without the year": (p("中国智能制造科技进展推荐表"), Verdict.LOOK),
    "another word": (p("“2024中国智能制造科技进展”申报表"), Verdict.ADVICE),
    "none": ("", Verdict.ADVICE),
    "some other line": (p("某某大学科研处"), Verdict.ADVICE),
}


@pytest.mark.parametrize(("title", "verdict"), TITLES.values(), ids=TITLES.keys())
def test_the_forms_own_title_is_compared_with_the_editions(
    tmp_path: Path, rules: FormRules, title: str, verdict: Verdict
) -> None:
    """R48: another year's form is for a person; other wording is advice, and nothing blocks."""
    found = lines(tmp_path, rules, title + UNTITLED)["form.title"]
    assert (found.verdict, found.r, found.blocks_submit) == (verdict, "R48", False)
    assert bool(found.next_step) == (verdict is not Verdict.GREEN)


@pytest.mark.parametrize(
    "title", [p(TITLE), p("“2024中国智能制造科技进展”") + p("推 荐 表"), p("“2023中国智能制造科技进展”推荐表")]
)
def test_the_title_is_no_text_of_the_applicant(tmp_path: Path, rules: FormRules, title: str) -> None:
    """A8: what the form prints does not count."""
    path = tmp_path / "form.docx"
    path.write_bytes(pack(title + UNTITLED))
    assert recommendation.read(path, rules).words.own == 400


SOCIETY = "中国纺织工程学会"
ENDORSERS: list[tuple[str, str, Literal["society", "expert"] | None, bool]] = [
    (SOCIETY, SOCIETY, "society", True),
    (f"{SOCIETY}（盖章）", SOCIETY, "society", True),
    (f"{SOCIETY}、中国机械工程学会", SOCIETY, "society", True),
    ("纺织工程学会", SOCIETY, "society", True),
    ("中国宇航学会", SOCIETY, "society", False),
    ("学会", SOCIETY, "society", False),
    ("中国", SOCIETY, None, False),
    ("张三", "张三", "expert", True),
    ("张 三", "张三", "expert", True),
    ("张三院士", "张三", "expert", True),
    ("张三 中国工程院院士", "张三", "expert", True),
    ("张三（东华大学，教授）", "张三", "expert", True),
    ("张三，东华大学", "张三", "expert", True),
    ("推荐专家：张三", "张三", "expert", True),
    ("John SMITH, MIT", "John Smith", "expert", True),
    ("张三丰", "张三", "expert", False),
    ("李四", "张三", "expert", False),
    ("李张三", "张三", "expert", False),
    (SOCIETY, "张三", "expert", False),
]


@pytest.mark.parametrize(("written", "registered", "route", "same"), ENDORSERS)
def test_the_endorser_is_compared_by_the_registered_route(
    written: str, registered: str, route: Literal["society", "expert"] | None, *, same: bool
) -> None:
    """R50: a society by its name, an expert by the name alone, whatever title or unit stands beside it."""
    assert same_endorser(written, registered, route) is same


def test_an_expert_in_the_head_table_is_the_registered_one(tmp_path: Path, rules: FormRules) -> None:
    body = form().replace(SOCIETY, "张三院士（东华大学）")
    experts = Declared("智能产线", "东华大学", "张三", "expert")
    others = Declared("智能产线", "东华大学", "李四", "expert")
    assert head() in form()
    assert lines(tmp_path, rules, body, experts)["form.head.endorser"].verdict is Verdict.GREEN
    assert lines(tmp_path, rules, body, others)["form.head.endorser"].verdict is Verdict.LOOK


def test_what_is_not_registered_yet_is_said_so(tmp_path: Path, rules: FormRules) -> None:
    """Before an endorser is chosen there is no other name to compare with."""
    found = lines(tmp_path, rules, form(), Declared("智能产线", "东华大学", "", None))["form.head.endorser"]
    assert found.verdict is Verdict.LOOK
    assert found.evidence == f"推荐学会或专家：表中为“{SOCIETY}”，申报页面还没有登记"
