"""The catalogues: nothing is missing, nothing is left over, and each reader gets dates and money as they write them."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from qbwc_server import portal
from qbwc_server.portal.translation import LANGUAGES
from tests.qbwc_server.portal.conftest import Browser, Town, said

FOLDER = Path(portal.__file__).parent
TRANSLATED = [language for language in LANGUAGES if language != "en"]
KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
_PLACE = re.compile(r"%\(\w+\)[sd]|%%")


@cache
def words() -> frozenset[str | tuple[str, ...]]:
    """Every text that the pages show, as it stands in the source."""
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
    options = {"**/templates/**.html": {"trimmed": "true"}}
    found = extract_from_dir(FOLDER, methods, options, keywords=KEYWORDS)
    return frozenset(message for _, _, message, _, _ in found)


@cache
def catalogue(language: str) -> Catalog:
    with (FOLDER / "translations" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def test_all_texts_are_found() -> None:
    assert len(words()) > 500
    assert {"Connections", "Take what is sure…", ("%(num)d minute ago", "%(num)d minutes ago")} <= words()


def texts_of(found: Catalog) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    """What stands for what: one form, or one for each plural of the language."""
    return {_whole(message.id): _forms(message.string) for message in found if message.id}


def _whole(said: Any) -> str | tuple[str, ...]:
    return said if isinstance(said, str) else tuple(said)


def _forms(said: Any) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_missing_and_nothing_is_left_over(language: str) -> None:
    here = texts_of(catalogue(language))
    assert words() - here.keys() == set()
    assert here.keys() - words() == set()
    assert not any(message.fuzzy for message in catalogue(language) if message.id)
    for text, forms in here.items():
        assert all(forms), text
        wanted = sorted(_PLACE.findall(_forms(text)[-1]))
        assert [sorted(_PLACE.findall(form)) for form in forms] == [wanted] * len(forms), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_shipped_is_what_was_written(language: str) -> None:
    compiled = read_mo(io.BytesIO((FOLDER / "translations" / language / "LC_MESSAGES" / "messages.mo").read_bytes()))
    assert texts_of(compiled) == texts_of(catalogue(language))


@pytest.mark.parametrize(
    ("asked", "language", "heading"),
    [
        ("", "en", "Sign in"),
        ("de,es;q=0.5", "en", "Sign in"),
        ("fr-CA,en;q=0.5", "fr", "Se connecter"),
        ("ja-JP", "ja", "サインイン"),
        ("no", "nb", "Logg inn"),
        ("nn-NO,nn;q=0.9", "nb", "Logg inn"),
        ("en-GB,fr;q=0.9", "en", "Sign in"),
        ("de,fr;q=0.1,ja;q=0.9", "ja", "サインイン"),
        ("*", "en", "Sign in"),
        (",;=q,\x7f", "en", "Sign in"),
    ],
    ids=["none", "others", "fr-CA", "ja", "no", "nn", "English first", "by weight", "any", "odd"],
)
def test_each_reader_gets_the_language_asked_for(town: Town, asked: str, language: str, heading: str) -> None:
    text = town.stranger().get("/sign-in", headers={"Accept-Language": asked}).text
    assert f'<html lang="{language}">' in text
    assert f"<h1>{heading}</h1>" in text


@pytest.mark.parametrize(
    ("language", "amount", "date"),
    [
        ("en", "1,234.50", "Mar 2, 2026"),
        ("fr", "1 234,50", "2 mars 2026"),
        ("ja", "1,234.50", "2026/03/02"),
        ("nb", "1 234,50", "2. mars 2026"),
    ],
    ids=["en", "fr", "ja", "nb"],
)
def test_dates_and_money_are_written_as_the_reader_does(
    town: Town, owner: Browser, language: str, amount: str, date: str
) -> None:
    town.document("acme", lines=[{"item": "Widget", "quantity": "1", "rate": "1234.50"}])
    shown = said(owner.get("/companies/acme/documents", headers={"Accept-Language": language}))
    shown = re.sub("[\u00a0\u202f]", " ", shown)
    assert amount in shown
    assert date in shown


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_page_of_a_company_can_be_read_in_each_language(town: Town, owner: Browser, language: str) -> None:
    town.document("acme")
    for page in ("", "/documents", "/mappings", "/connections", "/lists", "/set-up", "/settings", "/members", "/audit"):
        answer = owner.get(f"/companies/acme{page}", headers={"Accept-Language": language})
        assert answer.status_code == 200, page
        assert f'lang="{language}"' in answer.text
        assert ">Sign out<" not in answer.text
