"""Real exports of two shops: every order is accounted for, and the sums are those of the file."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from qbwc_server.channels.contract import Draft, Outcome, Remark, RowProblem, Skipped, Stored
from qbwc_server.channels.files.formats import read_options, recognise
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.sales_receipt import SalesReceipt
from tests.shared_folder import shared

CHOSEN = {
    "sales_tax_on": "false",
    "tax_item": "Sales Tax Collected",
    "refund_item": "Returns",
    "rounding_item": "Rounding",
}
# file: sales receipts, invoices, skipped, for review, what follows
_BALANCE = "paid_with_balance"
EXPORTS: dict[str, tuple[int, int, int, list[str], list[str]]] = {
    "orders_export_bdt_cod_a.csv": (1, 37, 12, [], []),
    "orders_export_cad_hst_gst.csv": (
        14,
        1,  # paid twelve days later
        0,
        ["does_not_foot", _BALANCE, _BALANCE],
        ["payment", "credit_memo", "card_refund"],
    ),
}


def read(name: str, options: dict[str, str]) -> tuple[list[dict[str, str]], list[Outcome]]:
    path: Path = shared("samples", "shopify", name)
    with path.open(encoding="utf-8", newline="") as text:
        orders = [row for row in csv.DictReader(text) if row["Total"]]
    with path.open("rb") as stream:
        found = recognise(stream, path.name)
        return orders, list(found.read(stream, read_options(found, options)))


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_every_order_is_accounted_for(name: str) -> None:
    receipts, invoices, left_out, reviews, follows = EXPORTS[name]
    orders, outcomes = read(name, CHOSEN)
    drafts = {one.document.origin: one for one in outcomes if isinstance(one, Draft)}
    skipped = {one.origin: one for one in outcomes if isinstance(one, Skipped)}
    kinds = Counter(one.document.kind for one in drafts.values())
    assert (kinds["sales_receipt"], kinds["invoice"], len(skipped)) == (receipts, invoices, left_out)
    assert not [one for one in outcomes if isinstance(one, RowProblem)]
    assert len([one for one in outcomes if not isinstance(one, Remark)]) == len(orders)
    assert {f"shopify:order:{row['Id']}" for row in orders} == drafts.keys() | skipped.keys()
    assert sorted(problem.code for one in drafts.values() for problem in one.reviews) == reviews
    unexplained = 0
    for row in orders:
        draft = drafts.get(f"shopify:order:{row['Id']}")
        if draft is None:
            assert row["Financial Status"] == "voided"
            continue
        document = draft.document
        assert isinstance(document, SalesReceipt | Invoice)
        assert document.date.isoformat() == row["Created at"][:10]
        foots = document.adds_up_to() == Decimal(row["Total"])
        assert foots != ("does_not_foot" in [problem.code for problem in draft.reviews])
        assert document.total == document.adds_up_to()
        unexplained += not foots
        taxes = [line.amount or Decimal(0) for line in document.lines if line.item == "Sales Tax Collected"]
        assert sum(taxes, Decimal(0)) == Decimal(row["Taxes"])
    assert unexplained == (1 if "cad" in name else 0)
    more = [one for draft in drafts.values() if draft.follow_ups for one in draft.follow_ups([_stored(draft)])]
    assert [one.document.kind for one in more] == follows
    refunded = sum(
        (Decimal(row["Refunded Amount"] or 0) for row in orders if row["Financial Status"] != "voided"), Decimal(0)
    )
    given_back = [one.document.comes_to() or Decimal(0) for one in more if one.document.kind == "credit_memo"]
    assert sum(given_back, Decimal(0)) == refunded


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_without_choices_no_order_with_tax_is_taken_for_income(name: str) -> None:
    orders, outcomes = read(name, {"sales_tax_on": "false"})
    taxed = {f"shopify:order:{row['Id']}" for row in orders if Decimal(row["Taxes"])}
    drafts = {one.document.origin: one for one in outcomes if isinstance(one, Draft)}
    asked = {origin for origin, one in drafts.items() if "item_not_chosen" in [p.code for p in one.reviews]}
    assert taxed & drafts.keys() <= asked
    assert all(drafts[origin].document.problems() for origin in asked)


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_as_long_as_nobody_knows_of_sales_tax_every_order_waits(name: str) -> None:
    _, outcomes = read(name, {key: value for key, value in CHOSEN.items() if key != "sales_tax_on"})
    drafts = [one for one in outcomes if isinstance(one, Draft)]
    assert all("tax_may_be_added_twice" in [problem.code for problem in one.reviews] for one in drafts)


def _stored(draft: Draft) -> Stored:
    document = draft.document
    return Stored(document.origin, document.kind, document.comes_to())
