"""Whoever sends anything to any address or form gets an answer in words: no garbage makes the system fail."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from contest import SCORED, Contest
from lxml import etree
from test_routes import FILLED
from test_web_leaks import STREAM, is_asked
from visitors_of import Browser

from office.visitors import Part
from web.admission import addresses

pytestmark = pytest.mark.slow

FAILED = 500
SEED = 2024  # another one sends other things
NO_NUMBERS = ("0", "-1", "9" * 21, "甲", "IM24-999", "%00", "²")
GARBAGE = (
    "", " ", "\x00", "a\x00b", "9" * 400, "-1", "1e400", "NaN", "９２.５", "😀" * 50, "=1+1", "'; drop table event; --",
    "<script>alert(1)</script>", "{{7*7}}", "2024-02-30", "2024-13-01T25:61", "0001-01-01T00:00", "9999-12-31T23:59",
    "甲" * 20_000, "\u202e\ufffe", "../../etc/passwd", "²", "٣", "null",
)  # fmt: skip
QUERIES = ("q", "of", "page", "number", "after", "state", "year", "month", "sort", "stage", "round", "until", "kind")
BODIES = (
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
    (b"{", "application/json"),
)


@dataclass(frozen=True)
class Form:
    """A form as a page shows it: where it goes, and what each field may be."""

    action: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]


@pytest.mark.parametrize("part", [Part.LEAD, Part.APPLICANT, Part.EXPERT, Part.ENDORSER], ids=lambda it: it.value)
def test_nothing_that_is_sent_makes_the_system_fail(contest: Contest, part: Part) -> None:
    """Every page, every address with a wrong number or question, every form with any content."""
    chance, failed, forms = random.Random(SEED), [], dict[str, Form]()
    browser = Browser(contest.office, part, now=SCORED, name="第001")
    for path in pages(browser):
        answer = browser.client.get(path)
        forms.update((key(form), form) for form in forms_of(answer.text) if "html" in answer.headers["content-type"])
        asked = {chance.choice(QUERIES): chance.choice(GARBAGE)[:300]}
        failed += [path] * (answer.status_code == FAILED)
        failed += [f"{path} {asked}"] * (browser.client.get(path, params=asked).status_code == FAILED)
    for address in addresses(browser.client.app):  # type: ignore[arg-type]
        if "{" in address.path and not address.path.endswith(STREAM):
            path = re.sub(r"\{\w+\}", lambda _: chance.choice(NO_NUMBERS), address.path)
            failed += [path] * (browser.client.request(address.method, path).status_code == FAILED)
    assert forms
    for form in forms.values():
        failed += [f"{form.action} {told}" for told in sent(browser, form, chance)]
    assert failed == []


def pages(browser: Browser) -> Iterator[str]:
    """Every page that this visitor may open, about what the cast has."""
    for address in addresses(browser.client.app):  # type: ignore[arg-type]
        if address.method == "GET" and not address.path.endswith(STREAM) and is_asked(browser.part, address):
            yield address.path.format(**FILLED)


def forms_of(page: str) -> Iterator[Form]:
    """The forms of a page that change something; leaving is none of them."""
    root = etree.HTML(page) if page.strip() else None
    for form in root.iter("form") if root is not None else ():
        action = form.get("hx-post") or form.get("action") or ""
        if form.get("method", "get").lower() == "post" and action and "out" not in action:
            fields = form.xpath(".//*[self::input or self::select or self::textarea or self::button][@name]")
            yield Form(action, tuple((field.get("name"), values(field)) for field in fields))


def values(field: etree._Element) -> tuple[str, ...]:
    """What a browser might send for a field."""
    if field.tag == "select":
        return tuple(option.get("value") or "" for option in field.iter("option")) or ("",)
    return (field.get("value") or field.text or "",)


def key(form: Form) -> str:
    """The same for forms that differ in numbers alone."""
    return re.sub(r"\d+", "#", form.action) + " ".join(name for name, _ in form.fields)


def sent(browser: Browser, form: Form, chance: random.Random) -> Iterator[str]:
    """What of the garbage that was sent to a form made the system fail."""
    secret = {"X-Form-Secret": browser.secret()}
    for _ in range(2):
        told = {
            name: chance.choice(known) if "secret" in name or chance.random() < 0.5 else chance.choice(GARBAGE)
            for name, known in form.fields
        }
        if browser.client.post(form.action, data=told, headers=secret).status_code == FAILED:
            yield str(told)[:500]
    for body, kind in BODIES:
        headers = secret | {"content-type": kind}
        if browser.client.post(form.action, content=body, headers=headers).status_code == FAILED:
            yield f"{body!r} as {kind}"
