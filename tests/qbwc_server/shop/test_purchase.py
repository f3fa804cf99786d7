"""How far a purchase has come: as the shop says, else by what has come."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qbwc_server.shop.purchase import Bought, Purchase, Stage


def purchase(said: Stage | None, *lines: tuple[int, int]) -> Purchase:
    """Lines as ordered and received."""
    bought = tuple(Bought(f"S{n}", "", Decimal(a), Decimal(b), Decimal(2)) for n, (a, b) in enumerate(lines))
    return Purchase("PO-1", "Mill", date(2026, 3, 2), bought, said)


@pytest.mark.parametrize(
    ("said", "lines", "stage"),
    [
        (None, [(5, 0)], Stage.ORDERED),
        (None, [(5, 5), (2, 0)], Stage.PARTLY_RECEIVED),
        (None, [(5, 5), (2, 3)], Stage.RECEIVED),
        (Stage.ORDERED, [(5, 5)], Stage.RECEIVED),
        (Stage.PARTLY_RECEIVED, [(5, 1)], Stage.PARTLY_RECEIVED),
        (Stage.RECEIVED, [(5, 1)], Stage.RECEIVED),  # closed, and the rest never comes
        (Stage.CANCELLED, [(5, 5)], Stage.CANCELLED),
        (Stage.DRAFT, [(5, 0)], Stage.DRAFT),
    ],
)
def test_stages(said: Stage | None, lines: list[tuple[int, int]], stage: Stage) -> None:  # S3-25
    assert purchase(said, *lines).stage is stage


def test_what_has_come() -> None:
    assert [one.received for one in purchase(None, (5, 5), (2, 0)).came] == [5]
    assert [one.received for one in purchase(Stage.RECEIVED, (5, 0), (2, 0), (0, 0)).came] == [5, 2]
