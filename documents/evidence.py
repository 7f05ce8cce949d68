"""Judges a file of the evidence by its kind: readable, tagged rightly, sealed where that is asked (R89–R94)."""

from collections.abc import Iterator

from config.edition import EvidenceKind, EvidenceRules
from documents.findings import Finding, Verdict
from documents.scan import Scan
from documents.scan_letter import file_lines, seals_in_words, seen, where_to_look

_TITLES = {  # by a word of the kind's own name: titles that stand on papers of that kind alone
    "知识产权": ("发明专利证书", "实用新型专利证书", "外观设计专利证书", "专利证书", "著作权登记证书", "授权公告号"),
    "验收": (
        "查新报告",
        "验收意见",
        "验收报告",
        "验收证书",
        "鉴定证书",
        "鉴定意见",
        "检测报告",
        "检验报告",
        "测试报告",
    ),
    "应用": ("应用证明", "用户使用报告", "应用情况证明", "使用证明", "经济效益证明"),
    "合作": ("合作协议", "联合开发协议", "技术开发合同", "合作开发说明"),
}
_TITLE_CHARACTERS = 300  # a title stands among the first of them


def kind_of(rules: EvidenceRules, key: str) -> EvidenceKind | None:
    """The kind of evidence with this key; ``None`` when untagged or unknown."""
    return next((kind for kind in rules.kinds if kind.key == key), None)


def evidence_findings(scan: Scan, rules: EvidenceRules, kind: EvidenceKind | None) -> tuple[Finding, ...]:
    """The machine lines of one file: it opens, nothing in it acts, its kind fits, the user sealed it (R89–R94)."""
    facts = scan.facts
    evidence = f"{rules.title}：PDF 可读，共 {facts.pages} 页"
    lines = [*file_lines(facts, "evidence", "R89"), Finding("evidence.pages", "R89", Verdict.GREEN, evidence)]
    lines += _kind_lines(scan, rules, kind)
    if kind and kind.sealed_original:
        lines.append(_seal_line(scan, kind))
    return tuple(lines)


def _kind_lines(scan: Scan, rules: EvidenceRules, kind: EvidenceKind | None) -> Iterator[Finding]:
    likely = _likely_kind(scan.text, rules)
    names = "、".join(each.name for each in rules.kinds)
    if kind is None:
        guess = f"，从文字看像是“{likely[0].name}”" if likely else ""
        yield Finding(
            "evidence.kind", "R89", Verdict.ADVICE, f"没有选择证明材料的类别{guess}。", f"请选择其中一类：{names}。"
        )
    elif likely and likely[0].key != kind.key:
        told = f"所选类别为“{kind.name}”，文中却有“{likely[1]}”，像是“{likely[0].name}”。"
        yield Finding("evidence.kind", "R89", Verdict.ADVICE, told, "请核对类别；无误则无需处理。")
    else:
        yield Finding("evidence.kind", "R89", Verdict.GREEN, f"类别：{kind.name}")


def _likely_kind(text: str, rules: EvidenceRules) -> tuple[EvidenceKind, str] | None:
    """The kind that the first words of the text name, with the word; ``None`` when they name none or several."""
    title = "".join(text.split())[:_TITLE_CHARACTERS]
    named = {word: next((each for each in titles if each in title), None) for word, titles in _TITLES.items()}
    found = [(kind, told) for kind in rules.kinds for word, told in named.items() if told and word in kind.name]
    return found[0] if len(found) == 1 else None


def _seal_line(scan: Scan, kind: EvidenceKind) -> Finding:
    """The seal of the unit that uses the work: an original with its red seal is asked for (R92)."""
    if scan.facts.sure_seals:
        return seen(scan, "evidence.seal", "R92", f"{kind.name}：应用单位盖章", scan.facts.sure_seals[-1])
    evidence = f"{kind.name}：应用单位盖章：{seals_in_words(scan.facts)}"
    step = "请上传应用单位盖章原件的彩色扫描件；已盖则无需处理，由遴选办公室人工核对。"
    return Finding("evidence.seal", "R92", Verdict.LOOK, evidence, step, pictures=where_to_look(scan, "seal"))
