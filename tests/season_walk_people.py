"""The people of the walk: each has a window and a mailbox of their own, and does only what a page lets them do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response
from playwright.sync_api import TimeoutError as NotInTime
from season_walk_house import House

PATIENCE = 20_000  # milliseconds that anything may take before the walk gives up
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1440, "height": 900}}
_REFUSED = 400
_LOOK_EVERY = 40  # milliseconds between two looks at a page that has yet to say something
# What the places of a page say, as people read it: lines and spaces are one.
_SAYS = """([places, words]) => {
    const said = [...document.querySelectorAll(places)].map(place => place.textContent.replace(/\\s+/g, " "));
    return said.length > 0 && said.every(text => words.every(word => text.includes(word)));
}"""
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Person:
    """Somebody before a browser; ``secret`` is the second factor on an officer's telephone."""

    house: House
    page: Page
    name: str
    email: str = ""
    password: str = ""
    secret: str = ""

    @property
    def main(self) -> Locator:
        """What the page says, without its frame."""
        return self.page.locator("main")

    def goes(self, path: str) -> None:
        """Open an address of the house."""
        self.page.goto(path if path.startswith("http") else self.house.address + path)

    def sees(self, *words: str, at: str = "main", patience: int = PATIENCE) -> None:
        """Wait until the page says each of these, at every place that the selector names."""
        self.waits(_SAYS, [at, words], patience=patience)

    def sees_so_many(self, places: str, count: int) -> None:
        """Wait until the selector names as many places as that."""
        self.waits("([places, count]) => document.querySelectorAll(places).length === count", [places, count])

    def waits(self, question: str, told: object, *, patience: int = PATIENCE) -> None:
        """Wait until the page answers a question with yes, over as many pages as it takes."""
        try:
            self.page.wait_for_function(question, arg=told, polling=_LOOK_EVERY, timeout=patience)
        except NotInTime as late:
            late.add_note(f"{self.name} at {self.page.url}, waiting for {told}: {self.main.inner_text()}")
            raise

    def sees_nothing_of(self, *words: str) -> None:
        """The page as it stands says none of these."""
        told = self.main.inner_text()
        assert [each for each in words if each in told] == []

    def presses(self, button: str, *, then: str = "", within: str = "main") -> None:
        """Press a button, and wait until the page says what it should say then."""
        self.page.locator(within).get_by_role("button", name=button, exact=True).first.click()
        if then:
            self.sees(then)

    def taps(self, link: str) -> None:
        """Follow a link of the page by its words, and wait until the other page has its scripts."""
        with self.page.expect_navigation(wait_until="load"):
            self.main.get_by_role("link", name=re.compile(link)).first.click()

    def opens_the_row(self, words: str) -> None:
        """Follow the first link of the table's row that has these words."""
        with self.page.expect_navigation(wait_until="load"):
            self.main.locator("tbody tr", has_text=words).first.get_by_role("link").first.click()

    def fills(self, **fields: str) -> None:
        """Fill the fields of a form by their names; a choice takes its value."""
        for name, value in fields.items():
            place = self.main.locator(f"#field-{name}")
            if place.evaluate("field => field.tagName") == "SELECT":
                place.select_option(value)
            else:
                place.fill(value)

    def follows_the_letter(self, word: str) -> None:
        """Open the link of the newest letter with this word in it."""
        self.goes(self.house.new_link(self.email, word))

    def signs_in_by_letter(self) -> None:
        """Ask for a link, read it in the mailbox, open it, press the button."""
        self.goes("/signin")
        self.fills(email=self.email)
        self.presses("发送登录链接", then="登录链接已寄往")
        self.house.later(minutes=1)
        self.follows_the_letter("登录遴选系统")
        self.presses("登录", then="我的申报")

    def sets_up_the_account(self, link: str, password: str) -> None:
        """By the one-time link: a password, and the second factor read from the page as a telephone would."""
        self.goes(link)
        self.password = password
        self.secret = self.main.locator(".key").inner_text().replace(" ", "")
        self.fills(password=password, again=password, code=self._code())
        self.presses("启用并登录", then="项目")

    def signs_in_at_the_office(self) -> None:
        """Address, password, and a code that was not used before."""
        self.house.later(minutes=1)
        self.goes("/signin/office")
        self.fills(email=self.email, password=self.password, code=self._code())
        self.presses("登录", then="项目")

    def _code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.house.now)

    def fits_the_screen(self) -> None:
        """Nothing makes the page scroll sideways."""
        assert self.page.evaluate(WIDTH) <= 0, self.page.url


@dataclass
class Cast:
    """Everybody who came; a window opens when somebody is first asked for."""

    house: House
    browser: Browser
    windows: list[BrowserContext] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def add(self, name: str, email: str = "", *, screen: dict[str, Any] | None = None) -> Person:
        """A person with a window of this size."""
        window = self.browser.new_context(
            **(screen or DESK), locale="zh-CN", timezone_id="America/New_York", reduced_motion="reduce"
        )
        window.set_default_timeout(PATIENCE)
        self.windows.append(window)
        page = window.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("response", lambda answer: self._heard(name, answer))
        self.people[name] = Person(self.house, page, name, email)
        return self.people[name]

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def leave(self, name: str) -> None:
        """Somebody whose part is over closes the window."""
        self.people.pop(name).page.context.close()

    def _heard(self, name: str, answer: Response) -> None:
        if answer.status >= _REFUSED:
            self.refused.append(f"{self.house.now:%m-%d %H:%M} {name}: {answer.status} {answer.url}")

    def photograph(self, folder: Path) -> None:
        """What everybody sees at this moment, and who was refused what: for who looks for a fault."""
        (folder / "refused.txt").write_text("\n".join(self.refused), encoding="utf-8")
        for name, person in self.people.items():
            person.page.screenshot(path=folder / f"{name}.png", full_page=True, timeout=5_000)


@contextmanager
def gathered(house: House, browser: Browser, folder: Path) -> Iterator[Cast]:
    """The cast of a walk; when a stage fails, everybody's window is kept as a picture."""
    cast = Cast(house, browser)
    try:
        yield cast
    except BaseException:
        cast.photograph(folder)
        raise
    finally:
        for window in cast.windows:
            window.close()
