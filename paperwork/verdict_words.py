"""The words in which papers tell how a line of a check ended."""

from documents.findings import Verdict

VERDICT_WORDS = {Verdict.GREEN: "通过", Verdict.ADVICE: "建议", Verdict.LOOK: "待人工", Verdict.RED: "不通过"}
