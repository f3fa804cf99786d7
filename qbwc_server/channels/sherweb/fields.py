"""What is told, as it is kept: fields by the names of the API, whatever case they come in; numbers exact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from qbwc_server.billing.charges import NotACharge
from qbwc_server.shortening import shortened

CHARGE_FIELDS = (
    "productId", "productName", "sku", "chargeId", "chargeName", "chargeType", "billingCycleType", "periodFrom",
    "periodTo", "quantity", "listPrice", "netPrice", "netPriceProrated", "subTotal", "currency", "isBilled",
    "isProratable", "deductions", "fees", "invoice", "taxes", "tags",
)  # fmt: skip
_INSIDE = (
    "code", "name", "deductionType", "value", "unitValue", "totalValue", "isTaxable", "number", "date", "appliedRate",
)  # fmt: skip
ORGANISATION_FIELDS = ("id", "displayName", "path", "suspendedOn")
_NAMES = {name.lower(): name for name in (*CHARGE_FIELDS, *_INSIDE, *ORGANISATION_FIELDS)}
_DEEPEST = 8  # objects and lists inside each other
_DIGITS = 15  # before the point, and behind it
_USUAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_PLAIN = (str, bool, type(None))


def as_kept(told: object, depth: int = 0) -> Any:
    """A value as it is kept; equal ones are equal then, however they were written. Raises NotACharge."""
    if depth > _DEEPEST:
        raise NotACharge("", f"It is nested more than {_DEEPEST} levels deep.")
    match told:
        case str() | bool() | None:
            return told
        case int() | Decimal():
            return _number(told)
        case list():
            return [as_kept(one, depth + 1) for one in told]
        case dict():
            return _fields(told, depth)
    raise NotACharge("", f"A {type(told).__name__} is no value.")


def by_name(told: Mapping[str, Any], name: str) -> Any:
    """What stands under a name, in whatever case; None where nothing does."""
    return next((value for key, value in told.items() if key.lower() == name.lower()), None)


def _fields(told: dict[str, Any], depth: int) -> dict[str, Any]:
    found = {
        _known(name): value if type(value) in _PLAIN else as_kept(value, depth + 1) for name, value in told.items()
    }
    if len(found) < len(told):
        twice = [name for name in told if sum(name.lower() == other.lower() for other in told) > 1]
        raise NotACharge(shortened(twice[0], 40), f"{shortened(twice[0], 40)} stands there twice.")
    return found


@lru_cache(1000)
def _known(name: str) -> str:
    return _NAMES.get(name.lower(), name)


def _number(told: int | Decimal) -> int | str:
    """Whole numbers as they are, others as text: what reads JSON again would take them for floats.

    One that is out of reach is a text that no charge can be read from.
    """
    text = str(told)
    if _USUAL.fullmatch(text) is None:
        return _unusual(Decimal(told))
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if "." in text else int(text)


def _unusual(number: Decimal) -> int | str:
    if not number.is_finite() or number.adjusted() >= _DIGITS:
        return shortened(f"{number:e}", 40)
    short = number.normalize()
    exponent = short.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_DIGITS:
        return shortened(f"{number:e}", 40)
    return int(short) if exponent >= 0 else format(short, "f")
