"""What Shopify Payments says, read from its facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from qbwc_server.channels.shop_page import ShopPage
from qbwc_server.channels.shopify.admin.drafts import terms_of
from qbwc_server.channels.shopify.admin.names import SHOPIFY_PAYMENTS
from qbwc_server.channels.shopify.admin.options import ShopOptions
from qbwc_server.shop.nodes import Reader
from qbwc_server.shop.payouts import Payout, balance_transaction_of, payout_of

Body = Mapping[str, Any]


def _currency(body: Body) -> str:
    return str((body.get("shop") or {}).get("currencyCode") or "")


def _zone(options: ShopOptions, body: Body) -> str:
    return terms_of(options, body).zone


def _held(body: Body) -> Decimal | None:
    """In the currency of the shop; it may hold others."""
    currency = _currency(body)
    reader = Reader("The balance", currency)
    said = [one for one in body.get("balance") or () if currency in ("", one.get("currencyCode"))]
    return sum((reader.money({"balance": one}, "balance") for one in said), Decimal(0)) if said else None


def _change(body: Body) -> tuple[datetime, Decimal] | None:
    one = balance_transaction_of(body, _currency(body))
    return None if one is None or one.is_test else (one.at, one.net)


def _payout(body: Body) -> Payout | None:
    return payout_of(body, _currency(body))


PAGE = ShopPage(SHOPIFY_PAYMENTS, _zone, _held, _change, _payout)
