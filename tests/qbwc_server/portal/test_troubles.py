"""A page for each number: open to everybody, and complete."""

from __future__ import annotations

import pytest

from qbwc_server.connector.numbers import NUMBERS
from qbwc_server.portal.more_words import MENDS
from qbxml.hresults import HRESULTS
from tests.qbwc_server.portal.conftest import Town, said


def test_every_number_has_its_page(town: Town) -> None:
    browser = town.stranger()
    listed = browser.get("/errors").text
    for code in (*NUMBERS, *HRESULTS):
        assert f'href="/portal/errors/{code}"' in listed
        page = browser.get(f"/errors/{code}")
        assert page.status_code == 200, code
        meaning = NUMBERS[code].meaning if code in NUMBERS else HRESULTS[code].meaning
        assert meaning in said(page)


@pytest.mark.parametrize(("path", "heading"), [("qbwc1012", "QBWC1012"), ("0X80040408", "0x80040408")])
def test_a_number_is_found_in_any_spelling(town: Town, path: str, heading: str) -> None:
    assert f"<h1>{heading}</h1>" in town.stranger().get(f"/errors/{path}").text


def test_numbers_are_searched_for(town: Town) -> None:
    browser = town.stranger()
    found = browser.get("/errors?q=1048").text
    assert found.count('class="main"') == 1
    assert "QBWC1012" in browser.get("/errors?q=sign+in").text
    assert "No number is like “<b>”" in said(browser.get("/errors?q=%3Cb%3E")).replace("&lt;b&gt;", "<b>")
    assert browser.get("/errors/QBWC9999").status_code == 404


def test_everybody_who_mends_is_named() -> None:
    assert {one.who for one in NUMBERS.values()} == set(MENDS)
