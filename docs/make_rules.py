"""Writes docs/rules.md: the built-in rules of the file check, and how an office adds one of its own."""

from pathlib import Path

from documents.rules import BUILT_IN, endings

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rules.md"
_OPENING = """<!-- 由 docs/make_rules.py 写成，请勿手改。 Written by docs/make_rules.py; do not edit. -->

# 机检规则 · The rules of the file check

“待人工”由工作人员判断，“建议”不影响提交；标 ※ 的不通过项，改正之前不能提交。
`linxuan rules` 另列本机自装的规则，`linxuan rules try` 试行改动后的规则。

| 规则 | 材料 | 条款 | 检查什么 | 可能的结论 |
|---|---|---|---|---|
"""
_OWN = """
## 自装规则 · Rules of one's own

一条规则是一个函数：收到 `documents.own_rules.RuleInput`（材料种类、读出的事实、已有结论、登记的名称、文件路径），
给出若干 `documents.findings.Finding`。把它装成一个 Python 包，在入口组 `linxuan.rules` 里写上名字：

```toml
[project.entry-points."linxuan.rules"]
figures = "our_rules:figures"
```

```python
from collections.abc import Iterator

from documents.findings import Finding, Verdict
from documents.own_rules import RuleInput


def figures(told: RuleInput) -> Iterator[Finding]:
    \"\"\"创新性部分至少有三个数字。\"\"\"
    for part in told.facts.get("parts", ()):
        if part["key"] == "innovation" and part["numbers"] < 3:
            yield Finding("few", "R56", Verdict.ADVICE, f"创新性部分只有 {part['numbers']} 个数字", "建议补充数据。")
```

规则在读取文件的受限子进程里、在内置规则之后运行，不能联网，不能写文件；它的结论以“包名:规则名”开头。
规则出错、返回不对、超时，都只是一条“待人工”，其余结论不受影响。卸载这个包，规则就不再运行。
"""


def page() -> str:
    """The page as it shall stand."""
    rows = (
        f"| `{rule.name}` | {rule.paper} | {'、'.join(rule.clauses)} | {rule.checks} | {endings(rule)} |\n"
        for rule in BUILT_IN
    )
    return _OPENING + "".join(rows) + _OWN


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
