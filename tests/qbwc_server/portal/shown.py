"""A server with a company of something of everything, for whoever looks at the pages in a real browser."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask
from waitress.server import create_server

from qbwc_server.app import create_app
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.sherweb.channel import SHERWEB
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.posting.onto.sent_here import mark_sent
from qbwc_server.settings import load
from qbwc_server.tenancy.permissions import Role
from tests.conftest import TurnableClock
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed, told_charge
from tests.qbwc_server.books.mirror.lists_kept import told
from tests.qbwc_server.mapping.worded import Worded
from tests.qbwc_server.portal.conftest import PASSWORD, SET_ID, Town

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

EMAIL = "owner@acme.example"
JAPANESE = "株式会社北日本照明器具製作所第二営業部東京本社総務課御中"
LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
PATHS = (
    *(
        "",
        "companies/acme",
        "companies/acme/documents",
        "companies/acme/documents/1",
        "companies/acme/documents/1/edit",
        "companies/acme/bulk/1",
        "sessions",
        "companies/no",
    ),
    *("companies/acme/set-up", "companies/acme/settings", "companies/acme/mappings", "companies/acme/mappings/sure"),
    *(
        "companies/acme/mappings/import",
        "companies/acme/mappings/word?kind=item&word=widget",
        "companies/acme/lists",
        "companies/acme/shop",
    ),
    *("companies/acme/connections", "companies/acme/connections/1", "companies/acme/connections/1/disconnect"),
    *("companies/acme/connect/feed", "companies/acme/members", "companies/acme/tokens", "companies/acme/audit"),
    *("companies/acme/connections/2", "companies/acme/connections/2/start"),
    *("companies/acme/webhooks", "companies/acme/webhooks/1", "forgotten", "preferences"),
    *("companies/acme/updates/1", f"companies/acme/updates/1/{SET_ID}", "security", "add-company"),
    *("errors", "errors/QBWC1012", "sign-in"),
    *("companies/acme/billing", "companies/acme/billing/words?kind=item", "companies/acme/billing/words?kind=customer"),
    *("companies/acme/billing/organisation?connection=2&organisation=name:Contoso", "companies/acme/billing/sent"),
    *("companies/acme/billing/settings", "companies/fresh/billing"),
)


@contextmanager
def town_shown(url: str, clock: TurnableClock, *, documents: int = 40) -> Iterator[str]:
    """The portal's address on a server with one company, its owner, and documents of all lengths."""
    app: Flask = create_app(load(database_url=url), clock=clock)
    town = Town(app, app.extensions["database"], clock)
    town.company("acme", JAPANESE * 3)
    town.company("fresh")
    town.person(EMAIL, "Olga", acme=Role.OWNER, fresh=Role.OWNER)
    town.document("acme", customer={"name": JAPANESE}, memo="<script>window.was = 1</script>")
    for number in range(documents):
        town.document("acme", origin=f"o{number}", number=f"{number}")
    town.connection("acme")
    town.shop("acme")
    town.bulk("acme")
    town.webhook("acme")
    town.update("acme")
    shop = Worded(town.database, clock, "acme", added=True)
    shop.brings("w1", "widget")
    shop.brings("w2", JAPANESE)
    shop.maps("gadget", "Gadget")
    _bills(town)
    listening = socket.create_server(("127.0.0.1", 0))
    server = create_server(app, sockets=[listening])
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/portal/"
    server.close()
    thread.join(timeout=10)
    app.extensions["database"].engine.dispose()


def _bills(town: Town) -> None:
    """A distributor charges organisations of all lengths; some of them stand for nothing yet."""
    with_them = Distributed(town.database, town.clock, "acme", added=True)
    with town.database.transaction() as db:
        row = db.get_one(Connection, with_them.connection_id)
        row.channel = SHERWEB.code
        mark_sent(db, row.company_id, "1A2B-1760000000", by=ANN, now=town.clock())
    month = {"first": "2026-03-01", "last": "2026-03-31"}
    with_them.sells()
    with_them.shows(ListKind.CUSTOMER, told("80-1", JAPANESE), told("81-1", "Contoso Ltd"))
    with_them.settles(first_day="2026-03-01")
    with_them.maps("M365", "Licence", WordKind.ITEM)
    with_them.maps(JAPANESE, JAPANESE)
    names = ("Contoso", JAPANESE, "Averylongorganisationwithoutanyblank" * 3)
    charges = [told_charge(name, **month) for name in names]
    with_them.brings(*charges, told_charge("Contoso", sku="SEAT", **month), **month)


@contextmanager
def started_chromium() -> Iterator[Browser | None]:
    """A browser; None where there is no Chromium on this machine."""
    from playwright import sync_api

    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        yield None
        return
    with sync_api.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


def sign_in(page: Page, address: str) -> None:
    """The owner, by the form."""
    page.goto(address)
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(address)
