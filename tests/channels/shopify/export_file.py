"""Orders exports for tests, in the shape of Shopify's: 79 columns, order values on the first row of each order."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

_ADDRESS = ("Name", "Street", "Address1", "Address2", "Company", "City", "Zip", "Province", "Country", "Phone")
COLUMNS: tuple[str, ...] = (
    *("Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing"),
    *("Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method"),
    *("Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price"),
    *("Lineitem sku", "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status"),
    *(f"{which} {part}" for which in ("Billing", "Shipping") for part in _ADDRESS),
    *("Notes", "Note Attributes", "Cancelled at", "Payment Method", "Payment Reference", "Refunded Amount", "Vendor"),
    *("Outstanding Balance", "Employee", "Location", "Device ID", "Id", "Tags", "Risk Level", "Source"),
    "Lineitem discount",
    *(f"Tax {number} {part}" for number in range(1, 6) for part in ("Name", "Value")),
    *("Phone", "Receipt Number", "Duties", "Billing Province Name", "Shipping Province Name", "Payment ID"),
    *("Payment Terms Name", "Next Payment Due At", "Payment References"),
)
_OF_LINES = ("Name", "Email", "Created at", "Vendor")

Line = Mapping[str, str]


def line(name: str, price: str, quantity: str = "1", **more: str) -> dict[str, str]:
    """The cells of a line item; ``sku`` and ``discount`` may be given."""
    cells = {"Lineitem name": name, "Lineitem price": price, "Lineitem quantity": quantity, "Lineitem discount": "0.00"}
    return {**cells, **{f"Lineitem {key}": value for key, value in more.items()}}


def order(name: str, total: str, lines: Sequence[Line], **values: str) -> list[dict[str, str]]:
    """The rows of a paid order; keywords are columns, with underscores for blanks: Financial_Status="pending"."""
    whole = {
        "Name": name,
        "Financial Status": "paid",
        "Currency": "USD",
        "Shipping": "0.00",
        "Taxes": "0.00",
        "Total": total,
        "Discount Amount": "0.00",
        "Created at": "2026-03-04 23:16:23 -0500",
        "Billing Name": "Ann Example",
        "Refunded Amount": "0.00",
        "Outstanding Balance": "0.00",
        "Id": str(7_700_000_000_000 + int("".join(c for c in name if c.isdigit()) or "0")),
        **{key.replace("_", " "): value for key, value in values.items()},
    }
    first, *more = lines or [{}]
    return [{**whole, **first}, *({**{c: whole[c] for c in _OF_LINES if c in whole}, **one} for one in more)]


def export(
    *orders: Iterable[Mapping[str, str]],
    columns: Sequence[str] = COLUMNS,
    encoding: str = "utf-8",
    newline: str = "\n",
) -> bytes:
    """The file of these orders, with fewer columns where asked."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator=newline)
    writer.writeheader()
    writer.writerows(row for rows in orders for row in rows)
    return text.getvalue().encode(encoding)
