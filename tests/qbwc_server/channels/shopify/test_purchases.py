"""Lists of purchase orders: each is what it is now, once, and every mistake is told."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.channels.contract import Draft, Outcome, Remark, RowProblem, Skipped
from qbwc_server.channels.files.contract import WrongColumns
from qbwc_server.channels.shopify.purchase_options import PurchaseOptions
from qbwc_server.channels.shopify.purchase_rows import read
from qbwc_server.documents.kinds.bill import Bill
from qbwc_server.documents.kinds.item_receipt import ItemReceipt
from qbwc_server.documents.kinds.purchase_order import PurchaseOrder

COLUMNS = (
    *("PO number", "Supplier", "Order date", "Status", "SKU", "Product", "Quantity", "Received", "Cost price"),
    *("Expected on", "Received on", "Invoice number", "Location", "Shipping", "Adjustments", "Tax"),
)
Cells = dict[str, str]


def rows(number: str = "PO-7", *lines: Cells, **head: str) -> list[Cells]:
    """The rows of an order, which says what it is on the first."""
    whole = {"PO number": number, "Supplier": "Mill & Co", "Order date": "2026-03-02", "Status": "ordered"}
    whole |= {name.replace("_", " "): value for name, value in head.items()}
    some = lines or ({},)
    line = {"SKU": "TEA", "Product": "Green tea", "Quantity": "10", "Received": "0", "Cost price": "2.5050"}
    return [{**(whole if not at else {"PO number": number}), **line, **one} for at, one in enumerate(some)]


def outcomes(*some: list[Cells], **options: Any) -> list[Outcome]:
    """What a file of these rows becomes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(row for one in some for row in one)
    found = read(io.BytesIO(text.getvalue().encode()), PurchaseOptions(**options))
    return [one for one in found if not isinstance(one, Remark)]


def test_ordered_is_a_purchase_order() -> None:  # S3-25
    (found,) = outcomes(rows("PO-7", {}, {"SKU": "", "Product": "Cup", "Quantity": "3"}, Expected_on="2026-03-20"))
    assert isinstance(found, Draft)
    document = found.document
    assert isinstance(document, PurchaseOrder)
    assert (document.origin, document.number, document.vendor.name) == ("shopify:purchase:PO-7", "PO-7", "Mill & Co")
    assert (document.date, document.expected_date) == (date(2026, 3, 2), date(2026, 3, 20))
    assert [(one.item, one.quantity, one.amount) for one in document.lines] == [
        ("TEA", Decimal(10), Decimal("25.05")),
        ("Cup", Decimal(3), Decimal("7.52")),
    ]
    assert not document.problems()
    assert found.reviews == ()


def test_received_is_an_item_receipt_or_a_bill_with_its_freight() -> None:  # S3-20, S3-25, S3-26
    told = rows(
        "PO-7", {"Received": "8"}, Status="received", Received_on="2026-03-19", Shipping="4.00", Location="Main",
        Invoice_number="R-99",
    )  # fmt: skip
    chosen = {"freight_account": "Freight In", "classes": {"Main": "Store"}, "items": {"TEA": "Tea:Green"}}
    left, found = outcomes(told, **chosen)
    assert isinstance(left, Skipped)  # a purchase order that stands there is told to be closed
    assert (left.origin, left.gone, left.problem.code) == ("shopify:purchase:PO-7", True, "received")
    assert isinstance(found, Draft)
    receipt = found.document
    assert isinstance(receipt, ItemReceipt)
    assert (receipt.origin, receipt.date, receipt.number) == (
        "shopify:purchase:PO-7:received",
        date(2026, 3, 19),
        "PO-7",
    )
    assert [(one.item, one.quantity, one.amount, one.class_name) for one in receipt.items] == [
        ("Tea:Green", Decimal(8), Decimal("20.04"), "Store")
    ]
    assert [(one.account, one.amount) for one in receipt.expenses] == [("Freight In", Decimal(4))]
    assert found.given == {"items[0].item": "option items"}
    _, found = outcomes(told, **chosen, received_as="bill", vendors="summary")
    assert isinstance(found, Draft)
    assert isinstance(found.document, Bill)
    assert (found.document.vendor.name, found.document.number) == ("Stocky suppliers", "R-99")
    assert not found.document.problems()


def test_a_receipt_without_its_day_waits() -> None:
    _, found = outcomes(rows("PO-7", Status="closed"))
    assert isinstance(found, Draft)
    assert [one.code for one in found.reviews] == ["receipt_to_check"]
    assert found.document.comes_to() == Decimal("25.05")  # nothing is counted: all that was ordered


def test_what_has_come_in_part_is_still_ordered() -> None:
    (found,) = outcomes(rows("PO-7", {"Received": "4"}, Status="partially received"))
    assert isinstance(found, Draft)
    assert found.document.kind == "purchase_order"
    assert found.notes[0].startswith("4 of 10 have come")


@pytest.mark.parametrize(("status", "code"), [("draft", "draft"), ("Canceled", "cancelled")])
def test_what_is_no_order_is_left_out(status: str, code: str) -> None:
    (found,) = outcomes(rows("PO-7", Status=status))
    assert isinstance(found, Skipped)
    assert (found.problem.code, found.gone) == (code, True)


@pytest.mark.parametrize(
    ("line", "head", "field", "code"),
    [
        ({"Quantity": "two"}, {}, "quantity", "bad_number"),
        ({"Cost price": ""}, {}, "cost", "missing_value"),
        ({}, {"Order date": "03/04/2026"}, "date", "date_in_two_ways"),
        ({}, {"Order date": ""}, "date", "missing_value"),
        ({}, {"Supplier": ""}, "supplier", "missing_value"),
        ({}, {"Status": "on the moon"}, "status", "unknown_status"),
        ({"SKU": "", "Product": ""}, {}, "", "no_lines"),
        ({}, {"Status": "received", "Tax": "1.00"}, "tax", "account_not_chosen"),
    ],
)
def test_a_mistake_keeps_its_order_out_and_no_other(line: Cells, head: Cells, field: str, code: str) -> None:
    wrong, *others = outcomes(rows("PO-1", {**head, **line}), rows("PO-2"))
    assert isinstance(wrong, RowProblem)
    assert (wrong.problem.field, wrong.problem.code, wrong.line_number) == (field, code, 2)
    assert "PO-1" in wrong.problem.message
    assert isinstance(others[0], Draft)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(WrongColumns, match="no column supplier, no column order date"):
        list(read(io.BytesIO(b"PO number,Quantity,SKU,Cost\n1,2,x,1\n"), PurchaseOptions()))


def test_rows_of_an_order_that_do_not_stand_together_are_refused() -> None:
    one, two = rows("PO-1", {}, {}), rows("PO-2")
    found = outcomes([one[0], *two, one[1]])
    assert [type(each) for each in found] == [RowProblem, Draft, RowProblem]
