"""What the token of a shop has to allow, and what is missing in the books where it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from qbwc_server.channels.http import UpstreamRefused

_NAMED = re.compile(r"\b(?:read|write)_[a-z_]+\b")


@dataclass(frozen=True, slots=True)
class Scope:
    """A permission of the app. ``missing``: what is missing in the books without it. ``needed``: nothing goes then."""

    name: str
    missing: str
    needed: bool = False


SCOPES = (
    Scope("read_orders", "everything: no sale, refund or payment", needed=True),
    Scope("read_all_orders", "orders older than 60 days, and what changes of them"),
    Scope("read_products", "which variant and which type of product was sold"),
    Scope("read_inventory", "what a unit costs"),
    Scope("read_locations", "the class of the place that gives or takes the money"),
    Scope("read_customers", "the names of customers"),
    Scope("read_gift_cards", "gift cards that were issued without a sale, and what is owed on all of them"),
    Scope("read_gift_card_transactions", "what gift cards were credited and debited without an order"),
    Scope("read_shopify_payments_payouts", "payouts, fees, disputes and reserves, so that the clearing never empties"),
    Scope("read_cash_tracking", "cash sessions with what was over and short, pay-ins and pay-outs"),
    Scope("read_returns", "which return a refund belongs to"),
    Scope("read_discounts", "the rules behind discounts; their amounts are there"),
    Scope("read_payment_terms", "until when an invoice is due"),
    Scope("read_users", "who sold at the till"),
)
MISSING = {one.name: one.missing for one in SCOPES}


class AccessDenied(UpstreamRefused):
    """The token of the shop does not allow what was asked."""

    code = "access_denied"
    advice = "Allow it in the settings of the app in Shopify, install the app again, and give the connection its token."

    def __init__(self, message: str, scope: str = "") -> None:
        super().__init__(message)
        self.scope = scope


def granted(handles: Iterable[str]) -> frozenset[str]:
    """The scopes that a token has: who may write may read."""
    found = set(handles)
    return frozenset(found | {f"read_{one.removeprefix('write_')}" for one in found if one.startswith("write_")})


def sentence(scope: str) -> str:
    """What is missing without a scope."""
    return f"The token lacks the scope {scope}; missing in the books: {MISSING.get(scope, 'what it allows')}."


def denied(message: str, what: str) -> AccessDenied:
    """The refusal for what Shopify said, which names the scope in its own words.

    Args:
        what: that was asked for.
    """
    named = _NAMED.search(message)
    scope = named.group().replace("write_", "read_") if named else ""
    said = sentence(scope) if scope else f"Missing in the books: {what}."
    return AccessDenied(f"The shop does not give {what} to this token. {said}", scope)
