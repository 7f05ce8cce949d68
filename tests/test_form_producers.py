"""The same form made by several programs gets the same verdicts: python-docx, LibreOffice over ODF and HTML, WPS."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from cli.specimen_form import FilledForm, form_bytes
from config.edition import FormRules
from config.editions_file import load_edition, shipped_edition
from documents import recommendation
from documents.docx_findings import findings
from documents.findings import Declared, Verdict

DECLARED = Declared("智能产线", "东华大学", "中国纺织工程学会", "society")
THEME = (
    '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements><a:fontScheme>'
    '<a:majorFont><a:ea typeface=""/><a:font script="Jpan" typeface="ＭＳ ゴシック"/>'
    '<a:font script="Hans" typeface="黑体"/></a:majorFont><a:minorFont>'
    '<a:ea typeface=""/><a:font script="Hans" typeface="宋体"/></a:minorFont></a:fontScheme>'
    "</a:themeElements></a:theme>"
)
WPS_STYLES = {"Heading1": "2", "Heading2": "3", "Heading3": "4", "BodyText": "14", "Normal": "1", "TableGrid": "11"}

Change = Callable[[str, str], str]


@pytest.fixture(scope="module")
def rules() -> FormRules:
    rules = load_edition(shipped_edition("2024")).edition.form
    assert rules is not None
    return rules


def rewritten(data: bytes, change: Change) -> bytes:
    """The package with the text of each XML part changed."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            target.writestr(
                name, change(name, part.decode()) if name.startswith("word/") and part[:1] == b"<" else part
            )
    return file.getvalue()


def forms(rules: FormRules) -> dict[str, bytes]:
    """Forms that differ in what is wrong with them."""
    filled = FilledForm("智能产线", "东华大学", "中国纺织工程学会", 4800)
    good = form_bytes(rules, filled)
    return {
        "good": good,
        "long": form_bytes(rules, FilledForm("智能产线", "东华大学", "中国纺织工程学会", 5050)),
        "part missing": form_bytes(
            rules, FilledForm("另一产线", "东华大学", "中国宇航学会", 5200, leave_out_part="leadership")
        ),
        "small body": rewritten(good, _with_small_body),
        "last year's": rewritten(good, lambda _, text: text.replace("“2024", "“2023")),
    }


def _with_small_body(name: str, text: str) -> str:
    if name != "word/styles.xml":
        return text
    start = text.index('w:styleId="BodyText"')
    end = text.index("</w:style>", start)
    body = re.sub(r'<w:sz w:val="\d+"/>', '<w:sz w:val="21"/>', text[start:end])
    return text[:start] + re.sub(r'w:line="\d+"', 'w:line="240"', body) + text[end:]


def verdicts(path: Path, rules: FormRules) -> dict[str, Verdict]:
    return {line.rule: line.verdict for line in findings(recommendation.read(path, rules), rules, DECLARED)}


def like_wps(name: str, text: str) -> str:
    """Numeric style ids, fonts from the theme, runs that carry nothing but a hint."""
    for known, number in WPS_STYLES.items():
        text = re.sub(
            rf'(w:styleId|w:pStyle w:val|w:basedOn w:val|w:tblStyle w:val)="{known}"', rf'\1="{number}"', text
        )
    if name == "word/theme/theme1.xml":
        return THEME
    if name == "word/settings.xml":
        return text.replace('w:eastAsia="ja-JP"', 'w:eastAsia="zh-CN"')
    text = re.sub(
        r"<w:rFonts[^>]*黑体[^>]*/>", '<w:rFonts w:asciiTheme="majorAscii" w:eastAsiaTheme="majorEastAsia"/>', text
    )
    text = re.sub(
        r"<w:rFonts[^>]*宋体[^>]*/>", '<w:rFonts w:asciiTheme="minorAscii" w:eastAsiaTheme="minorEastAsia"/>', text
    )
    return text.replace("<w:r><w:t", '<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t')


def test_a_form_shaped_as_wps_writes_it_gets_the_same_verdicts(tmp_path: Path, rules: FormRules) -> None:
    for name, data in forms(rules).items():
        usual, shaped = tmp_path / f"{name}.docx", tmp_path / f"{name} wps.docx"
        usual.write_bytes(data)
        shaped.write_bytes(rewritten(data, like_wps))
        assert b"minorEastAsia" in zipfile.ZipFile(shaped).read("word/styles.xml")
        assert verdicts(shaped, rules) == verdicts(usual, rules), name


def test_the_forms_do_differ(tmp_path: Path, rules: FormRules) -> None:
    worst: dict[str, set[str]] = {}
    for name, data in forms(rules).items():
        path = tmp_path / f"{name}.docx"
        path.write_bytes(data)
        worst[name] = {rule for rule, verdict in verdicts(path, rules).items() if verdict is not Verdict.GREEN}
    assert worst["good"] == set()
    assert worst["long"] == {"form.words"}
    assert worst["part missing"] == {"form.words", "form.part.leadership", "form.head.title", "form.head.endorser"}
    assert worst["small body"] == {"form.style.body"}
    assert worst["last year's"] == {"form.title"}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("between", ["odt", "html", "docx"])
def test_a_form_saved_by_libreoffice_gets_the_same_verdicts(tmp_path: Path, rules: FormRules, between: str) -> None:
    paths = []
    for number, data in enumerate(forms(rules).values()):
        paths.append(tmp_path / f"{number}.docx")
        paths[-1].write_bytes(data)
    over = _converted(paths, {"html": "html:HTML (StarWriter)"}.get(between, between), tmp_path / "over", tmp_path)
    back = _converted(over, "docx:MS Word 2007 XML", tmp_path / "back", tmp_path)
    for path, saved in zip(paths, back, strict=True):
        assert saved.read_bytes() != path.read_bytes()
        assert verdicts(saved, rules) == verdicts(path, rules)


def _converted(paths: list[Path], to: str, folder: Path, home: Path) -> list[Path]:
    ending = to.partition(":")[0]
    reading = ["--infilter=HTML (StarWriter)"] if paths[0].suffix == ".html" else []
    profile = f"-env:UserInstallation=file://{home / 'profile'}"
    subprocess.run(
        ["soffice", profile, "--headless", "--norestore", *reading, "--convert-to", to, "--outdir", folder, *paths],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return [folder / f"{path.stem}.{ending}" for path in paths]
