"""What each kind refuses by itself, in words and with the path of the field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.documents.kinds import Document, read_document


def read(kind: str, **values: Any) -> Document:
    return read_document({"kind": kind, "origin": "o:1", "date": "2026-03-02", **values})


EXPENSE = {"account": "Office Supplies", "amount": "-1.00"}
MOVE = {"transfer_from": "Checking", "amount": "1.00"}
REFUND = {"refunded": "credit:1", "amount": "1.00"}
LINE = {"item": "Bulb", "quantity_difference": "1"}


@pytest.mark.parametrize(
    ("kind", "values", "code", "field"),
    [
        ("vendor_credit", {"vendor": "Mill", "expenses": [EXPENSE]}, "negative_total", "lines"),
        ("vendor_credit", {"vendor": "Mill"}, "no_lines", "expenses"),
        ("credit_card_credit", {"card_account": "Card", "expenses": [EXPENSE]}, "negative_total", "lines"),
        ("item_receipt", {"vendor": "Mill", "number": "x" * 20, "expenses": [EXPENSE]}, "negative_total", "lines"),
        ("purchase_order", {"vendor": "Mill", "lines": [{"item": "P", "amount": "-1"}]}, "negative_total", "lines"),
        ("purchase_order", {"vendor": "Mill", "lines": [{"amount": "1", "description": "x"}]}, "line_without_item",
         "lines[0].item"),
        ("transfer", {**MOVE, "transfer_to": "checking"}, "same_account", "transfer_to"),
        ("transfer", {**MOVE, "transfer_to": "Savings", "number": "7"}, "no_number", "number"),
        ("card_refund", {"customer": "Acme", "refunds": [REFUND, REFUND]}, "credit_twice", "refunds"),
        ("inventory_adjustment", {"adjustment_account": "A", "lines": [{"item": "Bulb", "quantity_difference": "0"}]},
         "nothing_adjusted", "lines[0].quantity_difference"),
        ("inventory_adjustment", {"adjustment_account": "A", "lines": [LINE, {**LINE, "item": "BULB"}]}, "item_twice",
         "lines[1].item"),
    ],
)  # fmt: skip
def test_what_a_kind_refuses(kind: str, values: dict[str, Any], code: str, field: str) -> None:
    (problem,) = read(kind, **values).problems()
    assert (problem.code, problem.field) == (code, field)
    assert problem.advice


def test_what_they_come_to() -> None:
    refund = read("card_refund", customer="Acme", refunds=[REFUND, {"number": "CM-7", "amount": "2.50"}])
    assert refund.comes_to() == Decimal("3.50")
    assert refund.waits_for() == ("credit:1",)
    assert [str(one) for one in refund.names_elsewhere()] == ["credit memo CM-7"]
    value = {**LINE, "value_difference": "-2.50"}
    assert read("inventory_adjustment", adjustment_account="A", lines=[value]).comes_to() == Decimal("-2.50")
    assert read("inventory_adjustment", adjustment_account="A", lines=[LINE]).comes_to() is None
