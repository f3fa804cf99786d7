"""Each check once: what a document says wrong of itself, in which field, and that a sound one says nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.documents.kinds import read_document
from tests.qbwc_server.documents.strategies import cents

SALE: dict[str, Any] = {
    "kind": "invoice",
    "origin": "o",
    "date": "2026-03-02",
    "customer": "Acme",
    "lines": [{"item": "S", "quantity": "3", "rate": "10"}],
}
PAYMENT: dict[str, Any] = {
    "kind": "payment",
    "origin": "p",
    "date": "2026-03-02",
    "customer": "Acme",
    "amount": "30",
    "applies_to": [{"invoice": "o", "amount": "30"}],
}


def found(record: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in read_document(record).problems()]


@pytest.mark.parametrize(
    "record",
    [
        SALE,
        PAYMENT,
        {**SALE, "number": "12345678901", "subtotal": "30", "total": "30"},
        {**SALE, "sales_tax_item": "NY", "total": "32.48"},  # QuickBooks explains the difference
        {**SALE, "total": "99", "lines": [{"item": "S"}]},  # only QuickBooks knows the price
        {**SALE, "lines": [*SALE["lines"], {"item": "Discount", "amount": "-30"}]},  # exactly zero
        {**SALE, "lines": [*SALE["lines"], {"description": "Thank you"}]},
        {**SALE, "lines": [{"item": "S", "quantity": "3", "rate": "3.333", "amount": "10.00"}]},  # a cent is rounding
        {**PAYMENT, "number": "1" * 20, "applies_to": []},
    ],
)
def test_a_sound_document_has_no_problem(record: dict[str, Any]) -> None:
    assert found(record) == []


@pytest.mark.parametrize(
    ("record", "code", "field"),
    [
        ({**SALE, "number": "123456789012"}, "number_too_long", "number"),
        ({**SALE, "lines": [*SALE["lines"], {"description": "d", "amount": "1"}]},
         "line_without_item", "lines[1].item"),
        ({**SALE, "lines": [{"description": "d", "quantity": "1"}]}, "line_without_item", "lines[0].item"),
        ({**SALE, "lines": [*SALE["lines"], {}]}, "empty_line", "lines[1]"),
        ({**SALE, "lines": [{"description": ""}]}, "empty_line", "lines[0]"),
        ({**SALE, "lines": [{"item": "S", "quantity": "3", "rate": "10", "amount": "30.02"}]},
         "line_does_not_multiply", "lines[0].amount"),
        ({**SALE, "lines": [*SALE["lines"], {"item": "Discount", "amount": "-30.01"}]}, "negative_total", "lines"),
        ({**SALE, "lines": [{"item": "S", "quantity": "9999999999", "rate": "9999999999"}]}, "too_large", "lines"),
        ({**SALE, "subtotal": "30.01"}, "lines_do_not_add_up", "subtotal"),
        ({**SALE, "total": "30.01"}, "does_not_foot", "total"),
        ({**PAYMENT, "applies_to": [*PAYMENT["applies_to"], {"invoice": "o-2", "amount": "0.01"}]},
         "applied_too_much", "applies_to"),
        ({**PAYMENT, "unapplied": True}, "applied_and_unapplied", "unapplied"),
    ],
)  # fmt: skip
def test_each_problem(record: dict[str, Any], code: str, field: str) -> None:
    assert found(record) == [(code, field)]
    (problem,) = read_document(record).problems()
    assert problem.as_record() == {
        "code": code,
        "field": field,
        "message": problem.message,
        "advice": problem.advice,
    }
    assert problem.message.endswith(".")
    assert problem.advice.endswith(".")


@given(
    st.lists(cents(-(10**6), 10**6).map(lambda amount: {"item": "S", "amount": amount}), min_size=1, max_size=8),
    cents(-(10**6), 10**6),
)
def test_a_total_is_a_problem_exactly_when_the_lines_come_to_something_else(
    lines: list[dict[str, str]], total: str
) -> None:
    comes_to = sum(Decimal(line["amount"]) for line in lines)
    codes = {code for code, _ in found({**SALE, "lines": lines, "total": total})}
    assert ("does_not_foot" in codes) == (comes_to != Decimal(total))
    assert ("negative_total" in codes) == (comes_to < 0)
