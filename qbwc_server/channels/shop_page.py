"""What a source that is a shop says beyond its orders: payouts, and what it holds; read from its facts for a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from qbwc_server.shop.payouts import Payout

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShopPage:
    """How the bodies of the facts of a shop are read.

    Args:
        way: by which the money comes that the channel holds until it pays out.
        zone: the clocks by which days begin and end, of any fact.
        held: what the channel holds, of a fact of the stream ``balances``; None: it does not say.
        change: when and by how much that changed, of a fact of the stream ``balance_transactions``.
        payout: a payout with the transactions in it, of a fact of the stream ``payouts``.
    """

    way: str
    zone: Callable[[Any, Body], str]
    held: Callable[[Body], Decimal | None]
    change: Callable[[Body], tuple[datetime, Decimal] | None]
    payout: Callable[[Body], Payout | None]
