"""Proves the guide for applicants: what, who, when, how, whom to ask; before, during and after the call (R3–R10)."""

from datetime import timedelta

import pytest
from visitors_of import Browser

from office.visitors import Part

from cast import HANDED_IN, Office


def test_everything_that_an_applicant_must_know_is_told(office: Office) -> None:
    page = Browser(office).client.get("/guide").text
    edition = office.desk.edition
    facts = [each.name for each in edition.categories] + [each.name for each in edition.unit_types]
    facts += [each.label for each in edition.slots] + [each.phone for each in edition.contacts]
    facts += [each.name for each in edition.endorsement.societies]
    assert [fact for fact in facts if fact not in page] == []
    assert "2024年8月15日 24:00" in page
    assert "14 天，工作日 10 天" in page


@pytest.mark.parametrize(
    ("days", "said", "may_begin"), [(-80, "征集将于", False), (0, "正在征集", True), (30, "征集已于", False)]
)
def test_the_guide_says_whether_the_call_is_open(office: Office, days: int, said: str, *, may_begin: bool) -> None:
    page = Browser(office, now=HANDED_IN + timedelta(days=days)).client.get("/guide").text
    assert said in page
    assert ("开始申报" in page) == may_begin


def test_who_is_signed_in_begins_at_once(office: Office) -> None:
    assert 'href="/mine/new"' in Browser(office, Part.APPLICANT).client.get("/guide").text
    assert 'href="/signin">' in Browser(office).client.get("/guide").text


def test_the_guide_is_told_in_english(office: Office) -> None:
    browser = Browser(office)
    browser.client.cookies.set("linxuan_language", "en")
    assert "Who may apply" in browser.client.get("/guide").text
