"""The declaration of a shop that is asked by itself."""

from __future__ import annotations

from qbwc_server.channels.contract import AlsoByFile, Channel
from qbwc_server.channels.shopify.admin.checks import CHECKS
from qbwc_server.channels.shopify.admin.drafts import draft
from qbwc_server.channels.shopify.admin.names import kinds_said
from qbwc_server.channels.shopify.admin.options import ShopOptions
from qbwc_server.channels.shopify.admin.page import PAGE
from qbwc_server.channels.shopify.admin.pulls import pull
from qbwc_server.channels.shopify.admin.start import START
from qbwc_server.channels.shopify.admin.streams import SOURCES
from qbwc_server.channels.shopify.admin.webhooks import NOTES
from qbwc_server.shop.planned import ORIGIN

SHOPIFY = Channel(
    code="shopify",
    title="Shopify",
    brings="Orders of the till and of the web with their payments and refunds, gift cards, cash sessions and payouts.",
    needs="The domain of the shop, and the access token of an app in its admin (Settings, Apps, Develop apps).",
    options=ShopOptions,
    streams=tuple(one.stream for one in SOURCES),
    pull=pull,
    draft=draft,
    account=lambda options: options.host,
    words=kinds_said,
    every_minutes=5,
    checks=CHECKS,
    accounts=lambda options: options.items(),
    shop=PAGE,
    also_by_file=AlsoByFile("shopify_orders", ORIGIN, "start_date"),
    notes=NOTES,
    start=START,
)
