"""What is tried at a shop before it is connected: the address, the token, and what the token may see."""

from __future__ import annotations

from qbwc_server.channels.contract import LiveCheck
from qbwc_server.channels.http import Upstream, UpstreamRefused
from qbwc_server.channels.shopify.admin.client import AdminClient
from qbwc_server.channels.shopify.admin.options import ShopOptions
from qbwc_server.channels.shopify.admin.scopes import SCOPES


def try_token(options: ShopOptions, upstream: Upstream) -> str:
    """Whether the shop answers, and takes the token."""
    client = AdminClient.open(options, upstream)
    shop = client.shop
    said = f"The shop {shop['name']} answers and takes the token: {shop['currencyCode']}, {shop['ianaTimezone']}."
    return " ".join([said, *client.remarks])


def try_scopes(options: ShopOptions, upstream: Upstream) -> str:
    """Which scopes the token lacks, and what is missing in the books without them."""
    client = AdminClient.open(options, upstream)
    if client.scopes is None:
        raise UpstreamRefused("The shop does not say which scopes the token has.")
    lacking = [f"{one.name} ({one.missing})" for one in SCOPES if one.name not in client.scopes]
    if not lacking:
        return "The token has every scope that is of use here."
    return f"The token lacks, and the books will lack: {'; '.join(lacking)}."


CHECKS = (
    LiveCheck("key", "Try the address and the token", try_token),
    LiveCheck("scopes", "Look what the token may see", try_scopes),
)
