"""The page docs/formats.md: its examples are read, and it names every column, option and format there is."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path

import pytest

from qbwc_server.channels.contract import Draft
from qbwc_server.channels.files.cells import Unreadable
from qbwc_server.channels.files.columns import COLUMNS
from qbwc_server.channels.files.csv_documents import CsvOptions
from qbwc_server.channels.files.formats import FORMATS, read_options, recognise
from qbwc_server.channels.files.habits import HabitOptions, Habits, Survey
from qbwc_server.channels.shopify.export import REQUIRED
from qbwc_server.channels.shopify.options import ShopifyOptions
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.payment import Payment

PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")


def example(language: str) -> list[Draft]:
    """The documents of all examples in this language."""
    return [
        draft for text in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) for draft in read(language, text)
    ]


def read(language: str, text: str) -> list[Draft]:
    stream = io.BytesIO(text.encode())
    found = recognise(stream, "example")
    assert found.code == language
    outcomes = list(found.read(stream, read_options(found, None)))
    drafts = [one for one in outcomes if isinstance(one, Draft)]
    assert len(drafts) == len(outcomes), outcomes
    return drafts


@pytest.mark.parametrize("language", ["jsonl", "csv"])
def test_examples_hold_every_kind_and_have_no_problems(language: str) -> None:
    drafts = example(language)
    assert {draft.document.kind for draft in drafts} == set(KINDS)
    assert [problem for draft in drafts for problem in draft.document.problems()] == []


def test_the_csv_example_says_what_the_page_says() -> None:
    documents = {draft.document.origin: draft.document for draft in example("csv")}
    invoice, payment = documents["erp-2001"], documents["erp-2004"]
    assert isinstance(invoice, Invoice)
    assert invoice.customer.billing_address is not None
    assert invoice.customer.billing_address.lines == ("Hof 3", "Ackerstraße 7")
    assert [line.description for line in invoice.lines] == ['Widget "large"', None]
    assert isinstance(payment, Payment)
    assert [part.invoice for part in payment.applies_to] == ["erp-2001", "erp-2005"]


def test_the_page_names_everything() -> None:
    parts = "street|address|city|state|province|postal_code|zip|country|company|first_name|last_name|email|phone"
    addresses = re.compile(f"(billing|shipping|other_name)_({parts})")
    names = [name for column in COLUMNS for name in (column.name, *column.aliases) if not addresses.fullmatch(name)]
    for name in (*names, *KINDS, *FORMATS, *ShopifyOptions.model_fields, *CsvOptions.model_fields, *REQUIRED):
        assert f"`{name}`" in PAGE, name


@pytest.mark.parametrize(
    ("written", "options", "value"),
    [
        ("1,234.50", {}, "1234.50"),
        ("1 234,50", {}, "1234.50"),
        ("1'234.50", {}, "1234.50"),
        ("12,50", {}, "12.50"),
        ("1,234", {"decimals": "point"}, "1234"),
        ("$12.50", {"currency": "$"}, "12.50"),
        ("12.50 EUR", {"currency": "EUR"}, "12.50"),
        ("(12.50)", {"brackets": "true"}, "-12.50"),
    ],
)
def test_numbers_of_the_page_are_read_as_it_says(written: str, options: dict[str, str], value: str) -> None:
    assert f"`{written}`" in PAGE
    assert Habits(HabitOptions.model_validate(options), Survey()).number(written) == Decimal(value)


@pytest.mark.parametrize("written", ["2-Mar-26", "03/04/2026", "3.4.2026", "1.23E+11", "#REF!", "=A1"])
def test_what_the_page_says_is_refused_is_refused(written: str) -> None:
    assert f"`{written}`" in PAGE
    read = Habits(HabitOptions(), Survey())
    with pytest.raises(Unreadable):
        read.date(written)
    if "/" not in written and ".4." not in written and "Mar" not in written:
        with pytest.raises(Unreadable):
            read.text(written)
