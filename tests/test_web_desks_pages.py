"""The office's other desks in a real browser: both lights, at a desk and on a telephone, printed, no fault of axe."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, sync_playwright
from test_web_pages import AXE, CHROMIUM, DESK, JUDGED, PHONE, served, visiting
from visitors_of import COOKIE, signed_in

from office.visitors import Part

from cast import HANDED_IN, Office

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@dataclass(frozen=True)
class Stop:
    """One page of the walk: where, and a word that stands on it."""

    path: str
    word: str


WALK = (
    Stop("/settings?stage=submission", "申报截止"),
    Stop("/settings/edit?stage=final", "预览影响"),
    Stop("/settings/open", "规则确认单"),
    Stop("/settings/versions", "首次采用"),
    Stop("/decisions", "签发"),
    Stop("/people", "导入 Excel 名单"),
    Stop("/people?kind=officers", "添加工作人员"),
    Stop("/people/2", "资料"),
    Stop("/people/import", "上传并预览"),
    Stop("/letters", "信件"),
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_desk_can_be_used_by_everybody(browser: Browser, office: Office, scheme: str) -> None:
    found: list[tuple[str, int, object]] = []
    token = signed_in(office, Part.LEAD)
    with served(office, HANDED_IN) as address:
        for stop in WALK:
            with visiting(browser, address, DESK, scheme) as visit:
                visit.page.context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
                visit.open(stop.path)
                assert stop.word in visit.page.content()
                for size in (DESK, PHONE):
                    visit.page.set_viewport_size(size)  # type: ignore[arg-type]
                    visit.require_clean()
                    visit.page.evaluate(AXE)
                    found += [(stop.path, size["width"], fault) for fault in visit.page.evaluate(JUDGED)]
    assert found == []
