"""Values are kept exactly, and equal ones equally."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.billing.charges import NotACharge
from qbwc_server.channels.sherweb.fields import as_kept, by_name


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (5, 5), (Decimal("5.0"), 5), (Decimal("5E+1"), 50), (Decimal("12.50"), "12.5"),
        (Decimal("-0.00001"), "-0.00001"), (Decimal("-0.0"), 0), (True, True), (None, None), ("5", "5"),
        (Decimal("1E-16"), "1e-16"), (Decimal("1.5E-7"), "0.00000015"), (Decimal("-12.0"), -12),
        (Decimal("1E+400"), "1e+400"), (10**15, "1.000000000000000e+15"),
        ([Decimal("0.10")], ["0.1"]),
        ({"NETPRICE": 1, "x-Other": {"Value": 2}}, {"netPrice": 1, "x-Other": {"value": 2}}),
    ],
    ids=str,
)  # fmt: skip
def test_a_value_is_kept(told: object, kept: object) -> None:
    found = as_kept(told)
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize("told", [{"sku": 1, "SKU": 2}, {"a": [[[[[[[[[1]]]]]]]]]}, {"a": 1.5}], ids=str)
def test_what_is_not_clear_is_no_charge(told: dict[str, Any]) -> None:
    with pytest.raises(NotACharge):
        as_kept(told)


def test_a_name_is_found_in_any_case() -> None:
    assert (by_name({"ITEMS": 7}, "items"), by_name({}, "items")) == (7, None)
