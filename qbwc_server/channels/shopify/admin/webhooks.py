"""Notes of a shop that something has changed: whether one is really of the shop, and what is done about it.

A note comes at least once and in no order, so nothing is read from it: it says only that the connection should be run
soon, which then asks the shop itself.
"""

from __future__ import annotations

import base64
import hmac
from hashlib import sha256

from qbwc_server.channels.contract import Notes

TOPIC = "X-Shopify-Topic"
SIGNATURE = "X-Shopify-Hmac-Sha256"
TOPICS = frozenset(
    (
        *("orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled", "orders/delete"),
        *("refunds/create", "order_transactions/create", "tender_transactions/create"),
    )
)


def is_genuine(body: bytes, signature: str | None, secret: str) -> bool:
    """Whether a note was signed with the app's secret; compared in a time that tells nothing.

    Args:
        body: as it came, byte by byte.
        signature: the value of the header ``X-Shopify-Hmac-Sha256``.
    """
    if not signature or not secret:
        return False
    wanted = base64.b64encode(hmac.digest(secret.encode(), body, sha256))
    return hmac.compare_digest(wanted, signature.strip().encode("utf-8", "replace"))


def says_run_soon(topic: str | None) -> bool:
    """Whether a note of that topic is about what is brought here."""
    return (topic or "").strip().casefold() in TOPICS


NOTES = Notes(
    key="webhook_secret",
    is_genuine=lambda body, header, secret: is_genuine(body, header(SIGNATURE), secret),
    hastens=lambda header: says_run_soon(header(TOPIC)),
)
