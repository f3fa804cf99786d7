"""QuickBooks adds no tax to what a source has charged: by a code on each line, or a person is asked."""

from __future__ import annotations

from typing import Any

import pytest

from qbwc_server.channels.connections.tax_once import TAX_TWICE, TaxOnce
from qbwc_server.channels.contract import Draft
from qbwc_server.documents.kinds import KINDS

CHARGED = TaxOnce(True, "Non", {"non": False, "out": False, "tax": True})
OFF, NOT_SAID = TaxOnce(False, None, {}), TaxOnce(None, None, {})


def sale(kind: str = "sales_receipt", codes: tuple[str | None, ...] = (None, None), **more: Any) -> Draft:
    lines = [{"item": "Tea", "amount": "20.00"}, {"item": "Shop Tax", "amount": "2.40"}]
    values = {
        "kind": kind,
        "origin": "shop:1",
        "date": "2026-03-02",
        "customer": "Ann",
        "lines": [{**line, "tax_code": code} for line, code in zip(lines, codes, strict=True)],
    }
    return Draft(KINDS[kind].model_validate(values | more), tax_is_told=True)


def settled(once: TaxOnce, draft: Draft) -> tuple[list[str | None], list[str]]:
    """The codes of its lines, and what is asked."""
    found = once.settle(draft)
    document: Any = found.document
    return [line.tax_code for line in document.lines], [one.code for one in found.reviews]


@pytest.mark.parametrize("kind", ["sales_receipt", "invoice", "credit_memo", "sales_order", "estimate"])
def test_every_line_says_that_it_is_not_taxable(kind: str) -> None:  # S3-10, tax posting of part b
    assert settled(CHARGED, sale(kind)) == (["Non", "Non"], [])


def test_a_code_that_was_chosen_stays_where_it_is_free_of_tax() -> None:
    assert settled(CHARGED, sale(codes=("OUT", None))) == (["OUT", "Non"], [])


@pytest.mark.parametrize("code", ["Tax", "tax", "Strange"])
def test_a_code_that_taxes_or_that_nobody_knows_is_a_question(code: str) -> None:
    assert settled(CHARGED, sale(codes=(None, code))) == (["Non", code], [TAX_TWICE])


def test_without_a_code_that_is_free_of_tax_a_person_is_asked() -> None:
    assert settled(TaxOnce(True, None, {}), sale()) == ([None, None], [TAX_TWICE])


def test_where_no_sales_tax_is_charged_nothing_is_said_of_it() -> None:
    draft = sale(codes=("Non", None), sales_tax_item="No Tax")
    assert settled(OFF, draft) == ([None, None], [])
    document: Any = OFF.settle(draft).document
    assert document.sales_tax_item is None
    assert OFF.settle(sale()) == sale()


def test_before_the_company_file_has_said_it_a_person_is_asked() -> None:
    assert settled(NOT_SAID, sale()) == ([None, None], [TAX_TWICE])


def test_what_does_not_tell_its_tax_is_left_to_quickbooks() -> None:
    lines = [{"item": "Tea", "amount": "20.00"}]
    values = {"kind": "sales_receipt", "origin": "feed:1", "date": "2026-03-02", "customer": "Ann", "lines": lines}
    draft = Draft(KINDS["sales_receipt"].model_validate(values))
    assert CHARGED.settle(draft) is draft
