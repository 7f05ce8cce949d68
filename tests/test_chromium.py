"""A browser test ends, whatever its page does."""

import time

import pytest
from chromium import bounded, chromium
from playwright.sync_api import Error

pytestmark = pytest.mark.slow


def test_a_page_that_never_answers_fails_its_test_in_time() -> None:
    with chromium() as browser:
        page = browser.new_page()
        began = time.monotonic()
        with pytest.raises(Error, match="closed"), bounded(2):
            page.evaluate("() => { for (;;); }")
        assert time.monotonic() - began < 20
