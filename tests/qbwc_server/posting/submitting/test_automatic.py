"""Limits as people and programs say them; what they do is told in the tests of connections."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbwc_server.errors import Invalid
from qbwc_server.posting.submitting.automatic import Limits, changed_limits


def test_limits_change_one_by_one() -> None:
    some = changed_limits(Limits(), {"documents_per_day": 5, "amount_per_run": "12.5"})
    assert some == Limits(documents_per_day=5, amount_per_run=Decimal("12.50"))
    assert changed_limits(some, {"documents_per_day": None}) == Limits(amount_per_run=Decimal("12.5"))
    assert changed_limits(some, {}) == some


@pytest.mark.parametrize(
    "values",
    [
        {"documents_per_hour": 1},
        {"documents_per_run": 0},
        {"documents_per_run": True},
        {"documents_per_run": "five"},
        {"documents_per_day": 1_000_001},
        {"amount_per_run": "0"},
        {"amount_per_run": "NaN"},
        {"amount_per_run": "Infinity"},
        {"amount_per_run": "1.001"},
        {"amount_per_day": "much"},
        {"amount_per_day": -1},
        {"amount_per_day": 1.5},
        {"amount_per_day": "99999999999999.99"},
    ],
    ids=str,
)
def test_what_is_no_limit_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        changed_limits(Limits(), values)
