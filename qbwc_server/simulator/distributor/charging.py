"""What the simulated distributor charges: by period, changeable at any moment."""

from __future__ import annotations

import uuid
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_NAMESPACE = uuid.UUID("6c0c4c53-6b4c-4d6e-8f29-4a2a1d1f8c11")
_CENT = Decimal("0.01")


def charge(
    organisation: str,
    first: date,
    last: date,
    *,
    product: str = "Microsoft 365 Business Standard",
    sku: str = "M365-BS",
    quantity: Decimal | int = 10,
    price: Decimal = Decimal("12.00"),
    days: tuple[date, date] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A charge as the API tells it: licences for a month, or for ``days`` of it, prorated by days."""
    begins, ends = days or (first, last)
    part = Decimal((ends - begins).days + 1) / ((last - first).days + 1)
    prorated = (price * part).quantize(Decimal("0.000001")).normalize() if days else price
    return {
        "productId": _id(sku), "productName": product, "sku": sku, "chargeId": _id(sku, "recurring"),
        "chargeName": "Licence", "chargeType": "Recurring", "billingCycleType": "Monthly",
        "periodFrom": begins.isoformat(), "periodTo": ends.isoformat(), "quantity": quantity,
        "listPrice": (price * Decimal("1.25")).quantize(_CENT), "netPrice": price, "netPriceProrated": prorated,
        "subTotal": (quantity * prorated).quantize(_CENT, ROUND_HALF_UP), "currency": "USD",
        "isBilled": False, "isProratable": True, "deductions": [], "fees": [], "taxes": [],
        "tags": [{"name": "CustomerDisplayName", "value": organisation}],
        **more,
    }  # fmt: skip


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of its month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


@dataclass
class Charging:
    """The charges of each month, and the organisations. What happens to them is what the distributor's people do."""

    charges: dict[date, list[dict[str, Any]]] = field(default_factory=dict)
    organisations: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, day: date, organisation: str, **more: Any) -> dict[str, Any]:
        """Charge an organisation in the month of ``day``; the new charge, which may be changed as it stands."""
        first, last = month_of(day)
        made = charge(organisation, first, last, **more)
        self.charges.setdefault(first, []).append(made)
        return made

    def take_away(self, day: date, organisation: str) -> None:
        """Charge nothing of an organisation in that month any more."""
        first, _ = month_of(day)
        there = self.charges.get(first, [])
        self.charges[first] = [one for one in there if organisation not in _names(one)]

    def know(self, organisation: str, **more: Any) -> str:
        """List an organisation; its id."""
        number = _id("organisation", organisation)
        self.organisations[number] = {
            "id": number, "displayName": organisation, "path": ["Kern IT", organisation], "suspendedOn": None, **more,
        }  # fmt: skip
        return number

    def payable(self, day: date) -> dict[str, Any]:
        """The answer for a day: its whole period."""
        first, last = month_of(day)
        return {
            "periodFrom": first.isoformat(),
            "periodTo": last.isoformat(),
            "charges": self.charges.get(first, []),
        }


def recorded(until: date, months: int = 3) -> Charging:
    """A small distributor as the demo shows it: months of three organisations, with what happens in real ones."""
    charging = Charging()
    for name in ("Contoso Dental", "Fabrikam Works", "Northwind Cafe"):
        charging.know(name)
    day = until
    for number in range(months):
        first, last = month_of(day)
        billed = {"isBilled": number > 0}
        charging.add(day, "Contoso Dental", quantity=10, **billed)
        middle = first + timedelta(days=15)
        charging.add(day, "Contoso Dental", quantity=5, days=(middle, last), **billed)
        charging.add(day, "Fabrikam Works", quantity=4, **billed)
        charging.add(
            day, "Northwind Cafe", product="Cloud backup", sku="BACKUP", quantity=Decimal("31.25"),
            price=Decimal("0.18"), chargeType="Usage", isProratable=False, **billed,
        )  # fmt: skip
        day = first - timedelta(days=1)
    return charging


def _names(one: dict[str, Any]) -> Iterator[str]:
    yield from (tag["value"] for tag in one["tags"] if tag["name"] == "CustomerDisplayName")


def _id(*what: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "/".join(what)))
