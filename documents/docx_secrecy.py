"""Looks through an applicant's text for words and figures that should not have left the unit (R83)."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice

from config.edition import FormRules
from documents.docx_body import Paragraph
from documents.docx_parts import FoundPart
from documents.docx_printed import squeeze

_ROUND = 10  # letters quoted before and behind
_CONTEXT = 40  # letters around a word that can make it harmless
_MOST = 200  # hits that are kept of one form
# “不涉及国家秘密”, “未含…”: who denies a secret does not tell one.
_DENIED = re.compile(r"((不|未|没有|无|并非)(再)?(涉及|涉|包含|含有|含|属于|属|存在|泄露)[^。;!?]{0,24}|[不非未无])$")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])")
_PHONE = re.compile(r"(?<![\d.])1[3-9]\d-?\d{4}-?\d{4}(?![\d%元件台个套吨万亿次条])")
_ARC = r"\d{1,3}(?:\.\d+)?[°度](?:\d{1,2}(?:\.\d+)?['′分](?:\d{1,2}(?:\.\d+)?(?:[\"″秒]|''|′′))?)?"
_COORDINATES = re.compile(
    rf"[东西]经{_ARC}|[南北]纬{_ARC}|[经纬]度(?:坐标)?[为是:]?[东西南北EWNS]?\d{{1,3}}\.\d{{2,}}|{_ARC}[NSEW](?![A-Za-z])"
    rf"|(?<![A-Za-z])[NSEW]{_ARC}|\d{{1,3}}\.\d{{3,}}[EW][,、;]?\d{{1,2}}\.\d{{3,}}[NS]"
    r"|\d{1,2}\.\d{3,}[NS][,、;]?\d{1,3}\.\d{3,}[EW]"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_LETTERS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Sensitive:
    """One word or figure to be confirmed: what it is, where it stands, a quote; numbers of persons are masked."""

    kind: str
    place: str
    quote: str


def find(
    own: dict[int, int], paragraphs: list[Paragraph], parts: tuple[FoundPart, ...], rules: FormRules
) -> tuple[Sensitive, ...]:
    """What the applicant is asked to confirm (R83), the first 200; telephones only where the parts stand."""
    words = re.compile("|".join(map(re.escape, sorted(rules.secrecy_words, key=len, reverse=True))) or "(?!)")
    harmless = re.compile("|".join(map(re.escape, rules.secrecy_harmless)) or "(?!)")
    first = min((part.paragraph for part in parts if part.paragraph is not None), default=0)
    places = _Places(own, paragraphs, parts)
    found: list[Sensitive] = []
    for number in own:
        text = squeeze(paragraphs[number].text)
        hits = chain(_words(text, words, harmless), _figures(text, with_phones=number > first))
        kept = sorted(islice(hits, _MOST - len(found)))
        if kept:
            shown = _masked(text)
            found += [Sensitive(kind, places.of(number), _quote(shown, start, end)) for start, end, kind in kept]
    return tuple(found)


def _words(text: str, words: re.Pattern[str], harmless: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
    for match in words.finditer(text):
        start, end = match.span()
        first = max(0, start - _CONTEXT)
        around = text[first : end + _CONTEXT]
        spans = (phrase.span() for phrase in harmless.finditer(around))
        is_harmless = any(left <= start - first and end - first <= right for left, right in spans)
        if not is_harmless and not _DENIED.search(text[first:start]):
            yield start, end, match[0]


def _figures(text: str, *, with_phones: bool) -> Iterator[tuple[int, int, str]]:
    for match in _COORDINATES.finditer(text):
        yield *match.span(), "经纬度坐标"
    for match in _IDENTITY.finditer(text):
        if _is_identity(match[0]):
            yield *match.span(), "身份证号码"
    for match in _PHONE.finditer(text) if with_phones else ():
        yield *match.span(), "手机号码"


def _is_identity(number: str) -> bool:
    """Whether 18 signs are a citizen's number: a day that was, and the right check letter (GB 11643)."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK_LETTERS[total % 11] == number[17].upper()


def _masked(text: str) -> str:
    """The text with the inner digits of persons' numbers hidden, each as long as before."""
    for numbers in (_IDENTITY, _PHONE):
        text = numbers.sub(lambda match: match[0][:3] + "*" * (len(match[0]) - 5) + match[0][-2:], text)
    return text


def _quote(text: str, start: int, end: int) -> str:
    before, behind = text[max(0, start - _ROUND) : start], text[end : end + _ROUND]
    return f"{'…' if start > _ROUND else ''}{before}{text[start:end]}{behind}{'…' if end + _ROUND < len(text) else ''}"


class _Places:
    """Where paragraphs stand as a person counts them: part, and which of those that hold text below its heading."""

    def __init__(self, own: dict[int, int], paragraphs: list[Paragraph], parts: tuple[FoundPart, ...]) -> None:
        self._paragraphs = paragraphs
        self._order = sorted(own)
        self._parts = sorted((part.paragraph, part.word) for part in parts if part.paragraph is not None)

    def of(self, number: int) -> str:
        place = self._paragraphs[number].where.place
        beside = {"table": "表格", "box": "文本框", "note": "脚注或尾注"}.get(place, "")
        above = [(heading, word) for heading, word in self._parts if heading < number]
        if not above or place == "note":
            return beside or "正文开头"
        heading, word = above[-1]
        count = bisect_right(self._order, number) - bisect_right(self._order, heading)
        return f"“{word}”第 {count} 段{f'（{beside}）' if beside else ''}"
