"""Writes the opinion of the formal check on one application: machine column, human column, reasons, pictures (R123)."""

from dataclasses import dataclass

from paperwork.case_facts import Case, CheckedFile, Issued
from paperwork.official_paper import case_table, check_table, official, picture_table, signing_table

TITLE = "形式审查意见"


@dataclass(frozen=True, slots=True)
class CheckOpinion:
    """The sheet of one case; ``conclusion`` is where the check has come to, ``officers`` who answered its lines."""

    case: Case
    files: tuple[CheckedFile, ...]
    conclusion: str
    reason: str
    officers: tuple[str, ...]


def check_opinion(facts: CheckOpinion, issued: Issued) -> bytes:
    """The opinion as .docx, to be signed by who checked and who looked it over."""
    word = official(TITLE, issued, facts, number=facts.case.number)
    word.table(case_table(facts.case))
    for file in facts.files:
        word.table(check_table(file))
        if file.pictures:
            word.table(picture_table(file.pictures))
    told = {"结论": facts.conclusion, "理由": facts.reason, "系统记录": "、".join(facts.officers)}
    word.table(signing_table(told, "审查人（签字）", "复核人（签字）"))
    return word.to_bytes()
