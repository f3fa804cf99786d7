"""The page docs/formats.md: its examples are read, and it names every column, option and format there is."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from qbwc_server.channels.contract import Draft
from qbwc_server.channels.files.columns import COLUMNS
from qbwc_server.channels.files.formats import FORMATS, read_options, recognise
from qbwc_server.channels.shopify.options import ShopifyOptions
from qbwc_server.channels.shopify.orders_export import REQUIRED
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.payment import Payment

PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")


def example(language: str) -> list[Draft]:
    (text,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
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
    addresses = re.compile("(billing|shipping)_(street|address|city|state|province|postal_code|zip|country)")
    names = [name for column in COLUMNS for name in (column.name, *column.aliases) if not addresses.fullmatch(name)]
    for name in (*names, *KINDS, *FORMATS, *ShopifyOptions.model_fields, "ignore_columns", *REQUIRED):
        assert f"`{name}`" in PAGE or name == "ignore_columns" in PAGE, name
