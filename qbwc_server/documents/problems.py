"""Numbered checks: a document with problems cannot be submitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal

from qbwc_server.documents.kinds import Document, Payment
from qbwc_server.documents.totals import LARGEST, line_amount, subtotal


@dataclass(frozen=True)
class Problem:
    """One thing to correct: a stable code, the field, a sentence, what to do."""

    code: str
    field: str
    message: str
    advice: str

    def as_record(self) -> dict[str, str]:
        """As stored and shown."""
        return asdict(self)


def problems(document: Document) -> list[Problem]:
    """What keeps ``document`` from being submitted, as far as the document alone can tell."""
    return list(_problems(document))


def _problems(document: Document) -> Iterator[Problem]:
    if document.number is not None and len(document.number) > document.number_limit:
        yield Problem(
            "number_too_long",
            "number",
            f"The number {document.number} has {len(document.number)} characters; QuickBooks keeps "
            f"{document.number_limit}.",
            "Give the document a shorter number, or leave it out and let QuickBooks draw the next one.",
        )
    if isinstance(document, Payment):
        applied = sum((a.amount for a in document.applies_to), Decimal(0))
        if applied > document.amount:
            yield Problem(
                "applied_too_much",
                "applies_to",
                f"{applied} is applied to invoices, but the payment is {document.amount}.",
                "Correct the amounts so that no more than the payment is applied.",
            )
        return
    for index, line in enumerate(document.lines):
        if line.item is None and (line.quantity, line.rate, line.amount) != (None, None, None):
            yield Problem(
                "line_without_item",
                f"lines[{index}].item",
                "A line with an amount needs an item; only a line of text may go without.",
                "Name the item.",
            )
        if line.item is None and not line.description:
            yield Problem(
                "empty_line", f"lines[{index}]", "The line is empty.", "Remove it, or name item or description."
            )
        if None not in (line.quantity, line.rate, line.amount):
            product = line_amount(line.model_copy(update={"amount": None}))
            if product is not None and line.amount is not None and abs(product - line.amount) > Decimal("0.01"):
                yield Problem(
                    "line_does_not_multiply",
                    f"lines[{index}].amount",
                    f"{line.quantity} x {line.rate} is {product}, but the amount says {line.amount}.",
                    "Correct quantity, rate or amount, or leave out the rate.",
                )
    lines = subtotal(document)
    if lines is not None and abs(lines) > LARGEST:
        yield Problem(
            "too_large",
            "lines",
            f"The document comes to {lines}; QuickBooks has room for {LARGEST}.",
            "Correct quantities and rates.",
        )
    if lines is not None and lines < 0:
        yield Problem(
            "negative_total",
            "lines",
            f"The document comes to {lines}; QuickBooks takes no {document.title} below zero.",
            "Enter it as a credit memo, with positive amounts.",
        )
    if document.subtotal is not None and lines is not None and document.subtotal != lines:
        yield Problem(
            "lines_do_not_add_up",
            "subtotal",
            f"The lines add up to {lines}, but the subtotal says {document.subtotal}.",
            "Correct the lines or the subtotal.",
        )
    if document.total is not None and lines is not None and document.sales_tax_item is None and document.total != lines:
        yield Problem(
            "does_not_foot",
            "total",
            f"The lines add up to {lines}, but the total says {document.total}, and there is no tax item to "
            f"explain it.",
            "Correct the lines or the total, or name the sales tax item.",
        )
