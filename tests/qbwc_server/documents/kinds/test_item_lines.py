"""Sums of a document: to the cent, half up, and unknown where only QuickBooks knows a price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.kinds.item_lines import Line
from tests.qbwc_server.documents.strategies import PRICES, cents


def invoice(*lines: dict[str, Any], **more: Any) -> Document:
    return read_document(
        {"kind": "invoice", "origin": "o", "date": "2026-03-02", "customer": "Acme", "lines": list(lines), **more}
    )


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ({"item": "S", "quantity": "3", "rate": "9.99"}, "29.97"),
        ({"item": "S", "quantity": "3", "rate": "0.335"}, "1.01"),  # 1.005 goes up, not to the even cent
        ({"item": "S", "quantity": "-3", "rate": "0.335"}, "-1.01"),
        ({"item": "S", "rate": "5"}, "5.00"),  # QuickBooks takes one where no quantity is given
        ({"item": "S", "quantity": "0", "rate": "5"}, "0.00"),
        ({"item": "S", "quantity": "3", "rate": "10", "amount": "29.99"}, "29.99"),  # the amount wins
        ({"item": "S", "quantity": "3"}, None),
        ({"item": "S"}, None),
        ({"description": "only words"}, "0"),
    ],
)
def test_what_a_line_comes_to(line: dict[str, str], amount: str | None) -> None:
    assert Line.model_validate(line).comes_to() == (None if amount is None else Decimal(amount))


@given(st.lists(st.fixed_dictionaries({"item": st.just("S"), "amount": cents(-(10**6), 10**6)}), min_size=1))
def test_totals_add_up(lines: list[dict[str, str]]) -> None:
    document = invoice(*lines)
    assert document.adds_up_to() == document.comes_to() == sum(Decimal(line["amount"]) for line in lines)


@given(PRICES, PRICES)
def test_a_line_is_never_more_than_half_a_cent_off(quantity: str, rate: str) -> None:
    amount = Line.model_validate({"item": "S", "quantity": quantity, "rate": rate}).comes_to()
    assert amount is not None
    assert amount == amount.quantize(Decimal("0.01"))
    assert abs(amount - Decimal(quantity) * Decimal(rate)) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("more", "lines", "comes_to"),
    [
        ({}, [{"item": "S", "amount": "1"}, {"item": "S"}], None),  # one price is QuickBooks' own
        ({"sales_tax_item": "NY"}, [{"item": "S", "amount": "1"}], None),  # so is the tax
        ({"sales_tax_item": "NY", "total": "1.08"}, [{"item": "S", "amount": "1"}], "1.08"),
        ({"total": "2"}, [{"item": "S"}], "2"),
        ({}, [{"item": "S", "amount": "1"}, {"description": "words"}], "1"),
    ],
)
def test_the_total_as_far_as_it_is_known(
    more: dict[str, str], lines: list[dict[str, str]], comes_to: str | None
) -> None:
    assert invoice(*lines, **more).comes_to() == (None if comes_to is None else Decimal(comes_to))


def test_a_payment_comes_to_its_amount() -> None:
    payment = read_document(
        {"kind": "payment", "origin": "p", "date": "2026-03-02", "customer": "Acme", "amount": "12.5"}
    )
    assert payment.adds_up_to() == payment.comes_to() == Decimal("12.50")
