"""CHANNELS: every channel that can be connected."""

from __future__ import annotations

from qbwc_server.channels.charges.channel import UPLOADED_CHARGES
from qbwc_server.channels.contract import Channel
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.channels.files.channel import FILES
from qbwc_server.channels.sherweb.channel import SHERWEB
from qbwc_server.channels.shopify.admin.channel import SHOPIFY
from qbwc_server.errors import NotFound

CHANNELS: dict[str, Channel] = {one.code: one for one in (FEED, FILES, SHERWEB, SHOPIFY, UPLOADED_CHARGES)}


class UnknownChannel(NotFound):
    """There is no such channel."""

    code = "unknown_channel"
    advice = "This lists them: qbwc-server connection types"


def channel_named(code: str) -> Channel:
    """The channel of that code; hyphens count as underscores. Raises UnknownChannel."""
    found = CHANNELS.get(code.strip().casefold().replace("-", "_"))
    if found is None:
        raise UnknownChannel(f"There is no channel {code!r}; there are {', '.join(CHANNELS)}.")
    return found
