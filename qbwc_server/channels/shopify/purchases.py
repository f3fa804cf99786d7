"""A purchase order as documents: ordered a purchase order, received an item receipt or a bill."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qbwc_server.channels.contract import Draft, Outcome, Skipped
from qbwc_server.channels.files.cells import CENT
from qbwc_server.channels.shopify.purchase_options import PurchaseOptions, Received, Vendors
from qbwc_server.channels.shopify.written import given
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.problems import Problem
from qbwc_server.shop.purchase import Bought, Purchase, Stage

_LEFT_OUT = {Stage.DRAFT: "it is a draft that nobody has ordered", Stage.CANCELLED: "it was cancelled"}
_NOTHING_TO_DO = "Nothing to do, unless it stands in QuickBooks already."


def purchase_outcomes(one: Purchase, options: PurchaseOptions, line_number: int) -> Iterator[Outcome]:
    """What the purchase is now, and that it is not any more what it was. Raises pydantic.ValidationError."""
    stage = one.stage
    if stage in _LEFT_OUT:
        yield _left_out(one, stage, _LEFT_OUT[stage], line_number)
        return
    if stage is not Stage.RECEIVED:
        document = KINDS["purchase_order"].model_validate(_ordered(one, options))
        yield Draft(document, line_number, tuple(_notes(one)), given=_given(one, options, "lines"))
        return
    yield _left_out(one, stage, "what was ordered has come, and stands by itself", line_number)
    document = KINDS[options.received_as.value].model_validate(_received(one, options))
    yield Draft(document, line_number, reviews=tuple(_undated(one)), given=_given(one, options, "items"))


def _left_out(one: Purchase, stage: Stage, why: str, line_number: int) -> Skipped:
    said = f"Purchase order {one.number} is left out: {why}."
    return Skipped(Problem(stage.value, "status", said, _NOTHING_TO_DO), one.origin, line_number, gone=True)


def _notes(one: Purchase) -> Iterator[str]:
    if one.stage is Stage.PARTLY_RECEIVED:
        came = sum((line.received for line in one.lines), Decimal(0))
        ordered = sum((line.ordered for line in one.lines), Decimal(0))
        yield f"{came} of {ordered} have come: what has come is entered once all of it has, or the order is closed."


def _undated(one: Purchase) -> Iterator[Problem]:
    if one.received_on is None:
        yield Problem(
            "receipt_to_check",
            "date",
            f"Purchase order {one.number} was received; the file does not say when.",
            "Give the document the day on which it came, and submit it.",
        )


def _ordered(one: Purchase, options: PurchaseOptions) -> dict[str, Any]:
    return given(
        {
            **_head(one, options, KINDS["purchase_order"].number_limit),
            "kind": "purchase_order",
            "origin": one.origin,
            "date": one.day,
            "expected_date": one.expected,
            "class": options.classes.get(one.location),
            "lines": [_line(line, line.ordered, options) for line in one.lines if line.ordered],
        }
    )


def _received(one: Purchase, options: PurchaseOptions) -> dict[str, Any]:
    class_name = options.classes.get(one.location)
    extras = (
        (options.freight_account, one.freight, "Freight"),
        (options.adjustments_account, one.adjustments, "Adjustments"),
        (options.tax_account, one.tax, "Tax"),
    )
    return given(
        {
            **_head(one, options, KINDS[options.received_as.value].number_limit),
            "kind": options.received_as.value,
            "origin": f"{one.origin}:received",
            "date": one.received_on or one.expected or one.day,
            "ap_account": options.ap_account,
            "items": [given({**_line(line, line.received, options), "class": class_name}) for line in one.came],
            "expenses": [
                given({"account": account, "amount": amount, "memo": memo, "class": class_name})
                for account, amount, memo in extras
                if amount
            ],
        }
    )


def _head(one: Purchase, options: PurchaseOptions, limit: int) -> dict[str, Any]:
    number = one.bill if options.received_as is Received.BILL and one.bill and one.stage is Stage.RECEIVED else ""
    number = number or one.number.removeprefix("#").strip()
    vendor = options.single_vendor if options.vendors is Vendors.SUMMARY else one.supplier
    return {
        "vendor": {"name": vendor},
        "number": number if 0 < len(number) <= limit else None,
        "memo": f"Purchase order {one.number}",
    }


def _line(line: Bought, quantity: Decimal, options: PurchaseOptions) -> dict[str, Any]:
    return given(
        {
            "item": _item(line, options),
            "description": line.title,
            "quantity": quantity,
            "amount": (quantity * line.cost).quantize(CENT, ROUND_HALF_UP),
        }
    )


def _item(line: Bought, options: PurchaseOptions) -> str:
    return options.items.get(line.sku) or options.items.get(line.title) or line.sku or line.title


def _given(one: Purchase, options: PurchaseOptions, where: str) -> dict[str, str] | None:
    """Which of the items an option chose."""
    lines = one.came if where == "items" else tuple(line for line in one.lines if line.ordered)
    chosen = {
        f"{where}[{at}].item": "option items"
        for at, line in enumerate(lines)
        if options.items.get(line.sku) or options.items.get(line.title)
    }
    return chosen or None
