"""A company that sells in a shop, for tests of the faces: its shop is on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import update

from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.shopify.admin.channel import SHOPIFY
from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.settings import Settings, load
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import ANN
from tests.channels.shop_upstream import ShopUpstream, shop_upstream
from tests.conftest import TurnableClock

GATEWAYS = {"cash": "Till", "shopify_payments": "Clearing", "manual": "Bank", "gift_card": "none"}


class Trading:
    """The company acme, its shop, and its connection, which keeps each order by itself."""

    def __init__(self, database: Database, clock: TurnableClock, upstream: ShopUpstream, settings: Settings) -> None:
        self.database, self.clock, self.upstream, self.settings = database, clock, upstream, settings
        told: dict[str, Any] = {"shop": upstream.server.address, "token": upstream.api.token, "gateways": GATEWAYS}
        options = {**told, "first_import_in_bulk": False, "documents": "detailed"}
        with database.transaction() as db:
            company = find_company(db, "acme")
            row = add_connection(db, company, SHOPIFY, options, Choices(), settings=settings, by=ANN, now=clock())
            row.started_at = clock()  # the steps of the start are told elsewhere
            self.connection = row.id

    def sells(self, *numbers: int) -> None:
        """Orders of 10.00 in cash, which the shop tells of when it is asked now."""
        for number in numbers:
            self.upstream.sell(number, 1_000, self.clock())
        self.run()

    def run(self) -> None:
        """The shop is asked."""
        run_connection(self.database, "acme", self.connection, settings=self.settings, by=ANN, clock=self.clock)

    def posted(self) -> None:
        """As if QuickBooks had taken everything."""
        taken = {"state": State.POSTED, "txn_id": "1A-1", "posted_total": DocumentRow.total, "reason": None}
        with self.database.transaction() as db:
            db.execute(update(DocumentRow).values(**taken))


@contextmanager
def trading_company(database: Database, url: str, clock: TurnableClock, folder: Path) -> Iterator[Trading]:
    """Acme and its shop; the secrets lie in the folder."""
    settings = load(database_url=url, private_upstreams=True, secrets_file=folder / "keys")
    with shop_upstream(clock) as upstream:
        yield Trading(database, clock, upstream, settings)
