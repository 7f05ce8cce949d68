"""Writes docs/rules.md from the list of built-in rules."""

from pathlib import Path

from documents.rules import as_markdown

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "rules.md"

if __name__ == "__main__":
    PAGE.write_text(as_markdown(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
