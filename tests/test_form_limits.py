"""What a hostile form may cost its reader: five seconds and 256 MB, whatever its answer (R44, R47)."""

import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import odd_forms as forms
import pytest
from forked import Forked, forking
from odd_forms import NAMES, form, p, pack, relations, row

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux's /proc"),
]

MOST_SECONDS, MOST_MEGABYTES = 5.0, 256.0
MEASURE = """
import re, sys, time
from pathlib import Path
from config.editions_file import load_edition, shipped_edition
from documents import docx_findings, recommendation
from documents.findings import Unreadable
rules = load_edition(shipped_edition("2024")).edition.form
def examined(path):
    began = time.process_time()
    try:
        facts = recommendation.read(path, rules)
        docx_findings.findings(facts, rules, None)
        said = "read"
    except Unreadable as fault:
        said = fault.evidence
    peak = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]
    return f"{time.process_time() - began} {int(peak) / 1024} {said}"
"""
HINT = "正文（首行缩进2字符，小四宋体，1.5倍行距）"


def stored(body: str, parts: dict[str, str | bytes] | None = None) -> bytes:
    """Packed without compression, so that no ratio gives it away."""
    return pack(body, parts, method=zipfile.ZIP_STORED)


def varied(letters: int) -> str:
    return "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(letters))


def long_chain_of_styles(number: int) -> bytes:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{at}"><w:basedOn w:val="s{at - 1}"/></w:style>'
        for at in range(number)
    )
    used = "".join(p("字", f'<w:pPr><w:pStyle w:val="s{number - 1 - at}"/></w:pPr>') for at in range(5_000))
    return stored(form(more=used), dict(forms.with_part("styles", f"<w:styles {NAMES}>{styles}</w:styles>")))


def long_pattern() -> bytes:
    level = f'<w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="{"%1" * 500_000}"/></w:lvl>'
    lists = (
        f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    listed = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    return stored(form(more=p("字", listed) * 15_000), dict(forms.with_part("numbering", lists)))


def many_members(number: int) -> bytes:
    file = BytesIO(pack(form()))
    with zipfile.ZipFile(file, "a") as archive:
        for at in range(number):
            archive.writestr(f"word/media/{at}.png", b"")
    return file.getvalue()


def many_links(number: int) -> bytes:
    outside = 'TargetMode="External"'
    links = relations(*(("hyperlink", f"http://a/{at}", outside) for at in range(number)))
    return stored(form(), {"word/_rels/document.xml.rels": links})


RUN = "<w:r><w:t>字</w:t></w:r>"
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "10 million elements": (lambda: pack("<w:p/>" * 10_000_000), "大得异常"),
    "the same not packed": (lambda: stored(form(more=f"<w:p>{'<w:r/>' * 3_000_000}</w:p>")), "大得异常"),
    "attributes": (lambda: stored(form(more='<w:r w:a="1" w:b="2" w:c="3"/>' * 500_000)), "大得异常"),
    "as many runs as may be": (lambda: stored(form(more=f"<w:p>{RUN * 165_000}</w:p>")), "read"),
    "as many attributes": (lambda: stored(form(more='<w:r w:a="1" w:b="2" w:c="3"/>' * 170_000)), "read"),
    "as many links": (lambda: many_links(110_000), "read"),
    "depth": (lambda: stored("<w:sdt>" * 20_000 + "</w:sdt>" * 20_000), "层级过深"),
    "billion laughs": (forms.laughs, "DTD"),
    "100,000 members": (lambda: many_members(100_000), "部件"),
    "lying sizes": (forms.lying_sizes, "损坏"),
    "a book": (lambda: stored(form(more="".join(p(varied(50_000)) for _ in range(20)))), "超过 40 万个"),
    "one text of 20 MB": (lambda: stored(form(more=p(varied(7_000_000)))), "一段文字大得异常"),
    "a hint before much text": (lambda: stored(form(more=p(HINT + varied(390_000)))), "read"),
    "nothing but secrets": (lambda: stored(form(more=p("机密" * 195_000))), "read"),
    "styles upon styles": (lambda: long_chain_of_styles(30_000), "read"),
    "a number a million long": (long_pattern, "read"),
    "one cell of 18,000 paragraphs": (
        lambda: stored(form(more=f"<w:tbl>{row(p(varied(20)) * 18_000)}</w:tbl>")),
        "read",
    ),
    "15,000 tables": (lambda: stored(form(more=f"<w:tbl>{row(p('字'))}</w:tbl>" * 15_000)), "read"),
    "15,000 headings": (lambda: stored(form(more=p("一、创新性背景引领性应用性") * 15_000)), "read"),
    "names outside": (lambda: forms.calling_out(9), "read"),
}


@pytest.fixture(scope="module")
def reader() -> Iterator[Forked]:
    with forking(MEASURE) as reader:
        yield reader


@pytest.mark.parametrize(("make", "said"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_form_costs_its_reader_little(
    tmp_path: Path, reader: Forked, make: Callable[[], bytes], said: str
) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(make())
    seconds, megabytes, answer = reader.answer(path).split(maxsplit=2)
    assert said in answer
    assert float(seconds) < MOST_SECONDS
    assert float(megabytes) < MOST_MEGABYTES
