"""Sums of a document, pure and in Decimal."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from qbwc_server.documents.kinds import Document, Line, Payment

CENT = Decimal("0.01")
LARGEST = Decimal("9999999999999.99")  # that QuickBooks writes: AMTTYPE has 13 digits before the point


def line_amount(line: Line) -> Decimal | None:
    """What the line adds to the document, rounded half up to the cent; None where only QuickBooks knows the price."""
    if line.amount is not None:
        return line.amount
    if line.rate is not None:
        return ((Decimal(1) if line.quantity is None else line.quantity) * line.rate).quantize(CENT, ROUND_HALF_UP)
    return None if line.item is not None else Decimal(0)


def subtotal(document: Document) -> Decimal | None:
    """The sum of the lines before tax that QuickBooks computes; None where only QuickBooks knows a price."""
    if isinstance(document, Payment):
        return document.amount
    amounts = [line_amount(line) for line in document.lines]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def total(document: Document) -> Decimal | None:
    """What the document comes to: as given, else the sum of the lines where no tax is added by QuickBooks."""
    if isinstance(document, Payment):
        return document.amount
    if document.total is not None:
        return document.total
    return subtotal(document) if document.sales_tax_item is None else None
