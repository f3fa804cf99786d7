"""Real exports of two shops: every order is accounted for, and the sums are those of the file."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from qbwc_server.channels.contract import Draft, Remark, RowProblem, Skipped
from qbwc_server.channels.files.formats import read_options, recognise
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.sales_receipt import SalesReceipt
from tests.shared_folder import shared

# file: sales receipts, invoices, skipped, for review
EXPORTS = {
    "orders_export_bdt_cod_a.csv": (1, 37, 12, ()),
    "orders_export_cad_hst_gst.csv": (15, 0, 0, ("does_not_foot", "paid_with_balance")),
}


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_every_order_is_accounted_for(name: str) -> None:
    receipts, invoices, left_out, reviews = EXPORTS[name]
    path: Path = shared("samples", "shopify", name)
    with path.open(encoding="utf-8", newline="") as text:
        orders = [row for row in csv.DictReader(text) if row["Total"]]
    with path.open("rb") as stream:
        found = recognise(stream, path.name)
        outcomes = list(found.read(stream, read_options(found, None)))
    drafts = {one.document.origin: one for one in outcomes if isinstance(one, Draft)}
    skipped = {one.origin: one for one in outcomes if isinstance(one, Skipped)}
    kinds = Counter(one.document.kind for one in drafts.values())
    assert (kinds["sales_receipt"], kinds["invoice"], len(skipped)) == (receipts, invoices, left_out)
    assert not [one for one in outcomes if isinstance(one, RowProblem)]
    assert len([one for one in outcomes if not isinstance(one, Remark)]) == len(orders)
    assert {f"shopify:order:{row['Id']}" for row in orders} == drafts.keys() | skipped.keys()
    assert tuple(one.review.code for one in drafts.values() if one.review) == reviews
    for row in orders:
        draft = drafts.get(f"shopify:order:{row['Id']}")
        if draft is None:
            assert row["Financial Status"] == "voided"
            continue
        document = draft.document
        assert isinstance(document, SalesReceipt | Invoice)
        assert document.total == Decimal(row["Total"])
        assert document.date.isoformat() == row["Created at"][:10]
        if draft.review is None or draft.review.code != "does_not_foot":
            assert document.adds_up_to() == Decimal(row["Total"])
        taxes = [line.amount or Decimal(0) for line in document.lines if line.item == "Sales Tax Collected"]
        assert sum(taxes, Decimal(0)) == Decimal(row["Taxes"])
