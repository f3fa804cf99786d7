"""The pages in a real Chromium, as people see them: nothing complains, nothing is cut off, the keyboard is enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qbwc_server.simulator import WebConnector
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.transports import HttpTransport
from tests.conftest import TurnableClock
from tests.qbwc_server.portal.conftest import PASSWORD
from tests.qbwc_server.portal.shown import EMAIL, LOOKS, PATHS, sign_in, started_chromium, town_shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
GRAVE = ("serious", "critical")
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One for all tests."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with started_chromium() as browser:
        if browser is None:
            pytest.skip("there is no Chromium on this machine")
        yield browser


@pytest.fixture
def address(sqlite_url: str, clock: TurnableClock) -> Iterator[str]:
    """Of the portal of a server with one company, its owner, and documents of all lengths."""
    with town_shown(sqlite_url, clock) as address:
        yield address


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_every_page_fits_and_nothing_complains(chromium: Browser, address: str, width: int, theme: str) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, color_scheme="dark" if theme == "dark" else "light"
    )
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if address[:-8] not in request.url else None)
    sign_in(page, address)
    for path in PATHS:
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.locator("h1").count() == 1, path
        if width == 1280:
            found = axe.run(page, options={"runOnly": RULES}).response["violations"]
            told = [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]
            assert [one for one, rule in zip(told, found, strict=True) if rule["impact"] in GRAVE] == [], path
        assert page.evaluate("window.was") is None
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 20, 22)"
        assert dark is (theme == "dark")
    context.close()
    assert [text for text in said if "status of 404" not in text] == []


def test_the_guard_hears_what_the_policy_stops(chromium: Browser, address: str) -> None:
    page, said = chromium.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.evaluate("document.head.append(Object.assign(document.createElement('script'), {textContent: 'was = 1'}))")
    assert len([text for text in said if "Content Security Policy" in text]) == 2
    page.close()


def test_without_script_and_with_the_keyboard_alone_a_document_is_excluded(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 844})
    page = context.new_page()
    page.goto(f"{address}companies/acme/documents/1")
    page.focus("#email")
    page.keyboard.type(EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Exclude").wait_for()
    page.wait_for_load_state()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to content"
    page.keyboard.press("Enter")
    for _ in range(3):  # the way back to the list, to submit, to exclude
        page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Exclude"
    page.keyboard.press("Enter")
    page.get_by_text("Restore").first.wait_for()
    context.close()


def test_the_set_up_turns_green_by_itself_by_the_file_and_password_of_its_page(
    chromium: Browser, address: str, clock: TurnableClock
) -> None:
    page, said = chromium.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    sign_in(page, address)
    page.goto(f"{address}companies/fresh/set-up")
    page.get_by_role("button", name="Make a new password").click()
    password = page.locator(".secret").inner_text()
    with page.expect_download() as begun:
        page.get_by_role("button", name="Download the .qwc file").click()
    file = Path(begun.value.path()).read_bytes()
    books = CompanyFile("Kern Lighting", now=clock)
    with closing(HttpTransport(f"{address.removesuffix('/portal/')}/qbwc")) as transport:
        assert WebConnector.from_qwc(file, password, books, transport=transport, sleep=lambda _: None).update().ok
    page.get_by_text("QuickBooks answered: Kern Lighting").wait_for()  # nobody has loaded the page again
    page.close()
    assert said == []


def test_on_a_phone_the_menu_opens_and_escape_closes_it(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, address)
    link = page.locator("nav a").first
    link.wait_for(state="hidden")
    page.get_by_role("button", name="Menu").click()
    link.wait_for(state="visible")
    page.keyboard.press("Escape")
    link.wait_for(state="hidden")
    context.close()
