"""Turns the facts of a recommendation form into the lines of its check (R48–R69, A8)."""

from collections.abc import Iterator

from config.edition import FormRules, HeadField
from documents import docx_title
from documents.docx_names import same_endorser, same_name
from documents.docx_parts import FoundPart
from documents.findings import Declared, Finding, Verdict
from documents.recommendation import FormFacts

_NAMES = {"title": "R49", "endorser": "R50", "unit": "R51"}
_QUOTES = 5  # shown; the facts hold all
_PART_CLAUSES = {"background": "R54", "innovation": "R55", "leadership": "R57", "application": "R58"}


def findings(facts: FormFacts, rules: FormRules, declared: Declared | None) -> tuple[Finding, ...]:
    """All lines of the form's check, green ones too; only a length above the band and a missing part block."""
    return (
        _length(facts, rules),
        *(_part(part) for part in facts.parts),
        *_data(facts),
        _order(facts, rules),
        _title(facts, rules),
        *_names(facts, rules, declared),
        *_carried(facts, rules),
        _secrecy(facts),
        *_looks(facts, rules),
    )


def _length(facts: FormFacts, rules: FormRules) -> Finding:
    own, limit = facts.words.own, rules.words_limit
    line = f"正文计 {own} 字，上限 {limit} 字"
    room = f"超出 {own - limit} 字" if own > limit else f"余 {limit - own} 字"
    others = f"全文 {facts.words.whole} 字，不计空格 {facts.words.characters} 个字符"
    evidence = f"{line}，{room}（{others}）"
    if own > rules.words_look_to:
        return Finding(
            "form.words", "R52", Verdict.RED, evidence, f"请至少删减 {own - limit} 字后重新上传。", blocks_submit=True
        )
    if own > limit:
        note = f"请删减 {own - limit} 字；各软件计数略有出入，此次由遴选办公室人工复核。"
        return Finding("form.words", "R52", Verdict.LOOK, evidence, note)
    if own > rules.words_green_to:
        return Finding("form.words", "R52", Verdict.ADVICE, evidence, "已接近上限，建议再精简一些。")
    return Finding("form.words", "R52", Verdict.GREEN, evidence)


def _part(part: FoundPart) -> Finding:
    r = _PART_CLAUSES.get(part.key, "R53")
    if part.heading is None:
        step = f"请按推荐表原有标题补上“{part.word}”部分后重新上传。"
        return Finding(
            f"form.part.{part.key}", "R53", Verdict.RED, f"未找到“{part.word}”部分的标题", step, blocks_submit=True
        )
    if part.words == 0 and not part.pictures:
        step = f"请填写“{part.word}”部分的内容后重新上传。"
        return Finding(
            f"form.part.{part.key}", "R53", Verdict.RED, f"“{part.heading}”下没有内容", step, blocks_submit=True
        )
    if part.words == 0:
        step = "请确认图片内容符合要求，并用文字阐述。"
        return Finding(f"form.part.{part.key}", r, Verdict.LOOK, f"“{part.heading}”下只有图片，没有文字", step)
    if not part.certain:
        step = f"请把“{part.word}”写成一级标题（如推荐表原样）；遴选办公室将人工确认。"
        return Finding(f"form.part.{part.key}", r, Verdict.LOOK, f"“{part.heading}”不像一级标题", step)
    return Finding(f"form.part.{part.key}", r, Verdict.GREEN, f"“{part.heading}”{part.words} 字")


def _data(facts: FormFacts) -> Iterator[Finding]:
    """What the plan recommends beside the text: data in the comparison (R56), a table of before and after (R62)."""
    parts = {part.key: part for part in facts.parts if part.words}
    innovation, application = parts.get("innovation"), parts.get("application")
    if innovation is not None and not innovation.numbers and not innovation.tables:
        step = "建议补充与同类进展横向对比的指标、数据。"
        yield Finding("form.data.innovation", "R56", Verdict.ADVICE, f"“{innovation.word}”部分没有数字或表格", step)
    if application is not None and not application.tables:
        step = "建议用表格给出应用前后的数据对比。"
        yield Finding("form.data.application", "R62", Verdict.ADVICE, f"“{application.word}”部分没有表格", step)


def _order(facts: FormFacts, rules: FormRules) -> Finding:
    found = [part for part in facts.parts if part.paragraph is not None]
    shown = "、".join(part.word for part in sorted(found, key=lambda part: part.paragraph or 0)) or "无"
    if facts.in_order:
        return Finding("form.order", "R53", Verdict.GREEN, f"各部分顺序：{shown}")
    wanted = "、".join(part.word for part in rules.parts)
    return Finding(
        "form.order", "R53", Verdict.LOOK, f"各部分顺序：{shown}，应为：{wanted}", "请按推荐表原有顺序排列。"
    )


def _title(facts: FormFacts, rules: FormRules) -> Finding:
    """The form's own title: another year's is looked at, another wording or none is advice (R48)."""
    if facts.title is None:
        step = f"建议使用本届推荐表，首行写“{rules.title}”。"
        return Finding("form.title", "R48", Verdict.ADVICE, "首页没有找到推荐表的题名", step)
    if docx_title.is_title(facts.title, rules.title):
        return Finding("form.title", "R48", Verdict.GREEN, f"题名：{facts.title}")
    evidence = f"题名为“{facts.title}”，应为“{rules.title}”"
    if docx_title.of_another_year(facts.title, rules.title):
        return Finding("form.title", "R48", Verdict.LOOK, evidence, "请确认用的是本届推荐表，并改正题名。")
    return Finding("form.title", "R48", Verdict.ADVICE, evidence, "建议按本届推荐表改正题名。")


def _names(facts: FormFacts, rules: FormRules, declared: Declared | None) -> Iterator[Finding]:
    for field in rules.head:
        rule, r = f"form.head.{field.key}", _NAMES[field.key]
        written = facts.head.get(field.key)
        if not written:
            yield Finding(rule, r, Verdict.LOOK, f"表头“{field.label}”未填写或未找到", f"请填写表头的“{field.label}”。")
            continue
        registered = written if declared is None else str(getattr(declared, field.key))
        if not registered:
            evidence = f"{field.label}：表中为“{written}”，申报页面还没有登记"
            yield Finding(rule, r, Verdict.LOOK, evidence, "请在申报页面登记或选定，之后自动重新核对。")
        elif _is_same(field, written, registered, declared):
            yield Finding(rule, r, Verdict.GREEN, f"{field.label}：{written}")
        else:
            evidence = f"{field.label}：表中为“{written}”，登记为“{registered}”"
            yield Finding(rule, r, Verdict.LOOK, evidence, "请改为一致；如登记有误，请在申报页面更正。")


def _is_same(field: HeadField, written: str, registered: str, declared: Declared | None) -> bool:
    if field.key != "endorser":
        return same_name(written, registered)
    return same_endorser(written, registered, declared.route if declared else None)


def _carried(facts: FormFacts, rules: FormRules) -> Iterator[Finding]:
    """What the file carries besides plain text (R68): references outwards need a person, the rest is said."""
    yield from _uncounted(facts, rules)
    if facts.outside:
        shown = "；".join(facts.outside[:3])
        step = "请把引用的图片、模板等改为插入文件本身，再上传。"
        yield Finding(
            "form.outside", "R68", Verdict.LOOK, f"引用了文件之外的内容 {len(facts.outside)} 处：{shown}", step
        )
    else:
        yield Finding("form.outside", "R68", Verdict.GREEN, "没有引用文件之外的内容")
    for rule, number, text, step in (
        ("form.changes", facts.insertions + facts.deletions, "处修订未接受", "建议在“审阅”中接受全部修订后再上传。"),
        ("form.comments", facts.comments, "条批注", "建议删除批注后再上传。"),
        ("form.hidden", facts.hidden_letters, "个隐藏文字（计入字数）", "建议取消隐藏或删除这些文字。"),
        ("form.embedded", len(facts.embedded), "个嵌入对象，专家可能看不到", "建议改为图片或表格。"),
    ):
        if number:
            yield Finding(rule, "R68", Verdict.ADVICE, f"文件中有 {number} {text}", step)


def _uncounted(facts: FormFacts, rules: FormRules) -> Iterator[Finding]:
    """Text that the count does not reach (R52): a person looks where it could exceed the limit."""
    if facts.imported:
        evidence = f"正文引入了 {len(facts.imported)} 个其他格式的部分，其中文字未计入字数：{facts.imported[0]}"
        yield Finding("form.imported", "R52", Verdict.LOOK, evidence, "请用 Word 打开后另存为 .docx，再上传。")
    if facts.drawn_letters:
        over = facts.words.own + facts.drawn_letters > rules.words_limit
        evidence = f"文件中有 {facts.drawn_letters} 个字在图形中（未计入字数）"
        step = "建议把图形中的重要文字写入正文。"
        yield Finding("form.drawn", "R68", Verdict.LOOK if over else Verdict.ADVICE, evidence, step)


def _secrecy(facts: FormFacts) -> Finding:
    """Words and figures that the applicant confirms once more (R83): a person looks, nothing is blocked."""
    if not facts.secrecy:
        return Finding("form.secrecy", "R83", Verdict.GREEN, "未发现涉密字样、坐标和个人号码")
    shown = "；".join(f"{hit.place} {hit.kind}“{hit.quote}”" for hit in facts.secrecy[:_QUOTES])
    more = f"；另有 {len(facts.secrecy) - _QUOTES} 处" if len(facts.secrecy) > _QUOTES else ""
    step = "请再次确认承诺第 3 条：文件已做脱密处理，不涉及国家、军事、商业秘密；如有涉及，请删改后重新上传。"
    evidence = f"请确认是否涉密，共 {len(facts.secrecy)} 处：{shown}{more}"
    return Finding("form.secrecy", "R83", Verdict.LOOK, evidence, step)


def _looks(facts: FormFacts, rules: FormRules) -> Iterator[Finding]:
    for fact in facts.styles:
        rule = f"form.style.{fact.level}"
        if fact.off:
            shown = "；".join(fact.examples)
            evidence = f"{fact.name} {fact.paragraphs} 段，{fact.off} 段格式不同：{shown}"
            yield Finding(rule, fact.r, Verdict.ADVICE, evidence, "建议按推荐表说明调整格式；格式不影响提交。")
        else:
            evidence = f"{fact.name} {fact.paragraphs} 段，格式相符" if fact.paragraphs else f"没有{fact.name}段落"
            yield Finding(rule, fact.r, Verdict.GREEN, evidence)
    if facts.unnumbered:
        shown = "、".join(facts.unnumbered)
        step = f"建议标题编号依次用 {' '.join(rules.numbering)}；格式不影响提交。"
        yield Finding("form.numbering", "R67", Verdict.ADVICE, f"一级标题未按“{rules.numbering[0]}”编号：{shown}", step)
    else:
        yield Finding("form.numbering", "R67", Verdict.GREEN, "一级标题编号相符")
