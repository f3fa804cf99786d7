"""A channel that brings charges, and a company whose records hold them, as tests of billing runs need it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.records import keep_page
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.contract import Channel, Fact, Outcome, Page, Stream
from qbwc_server.channels.options import ChannelOptions
from qbwc_server.db import Database
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import add_company, find_company
from tests.conftest import TurnableClock
from tests.introduced import introduced
from tests.qbwc_server.books.mirror.lists_kept import keep, told

ANN = Actor(ActorKind.PERSON, "Ann")


def _nothing(*_: Any, **__: Any) -> Iterator[Any]:
    yield from ()


def _no_drafts(facts: Sequence[Fact], options: Any) -> Sequence[Outcome]:
    return ()


DISTRIBUTOR = Channel(
    code="distributor",
    title="Distributor",
    brings="Charges.",
    needs="Nothing.",
    options=ChannelOptions,
    streams=(Stream("charges", "Charges"), Stream("organisations", "Organisations")),
    pull=_nothing,
    draft=_no_drafts,
    account=lambda options: "one",
)


def told_charge(
    organisation: str | None = "Contoso", *, sku: str = "M365", first: str = "2026-11-01", last: str = "2026-11-30",
    quantity: str = "10", price: str = "8.00", **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """A charge as a distributor tells it; what is left out is a whole month of a licence."""
    tags = [] if organisation is None else [{"name": "CustomerDisplayName", "value": organisation}]
    return {
        "sku": sku, "productName": f"{sku} licence", "chargeId": f"charge-{sku}", "chargeName": "Licence",
        "chargeType": "Recurring", "billingCycleType": "Monthly", "periodFrom": first, "periodTo": last,
        "quantity": quantity, "listPrice": price, "netPrice": price, "netPriceProrated": price, "currency": "USD",
        "isBilled": False, "isProratable": True, "deductions": [], "tags": tags,
        **more,
    }  # fmt: skip


class Distributed:
    """One company with items, customers and a connection that brings charges."""

    def __init__(self, database: Database, clock: TurnableClock, code: str = "kern", *, added: bool = False) -> None:
        self.database, self.clock, self.code = database, clock, code
        with database.transaction() as db:
            if not added:
                add_company(db, code=code, name="Kern IT", time_zone="America/New_York", now=clock())
            self.id = find_company(db, code).id
            self.connection_id = self._connect(db)

    def _connect(self, db: Any) -> int:
        now = self.clock()
        row = Connection(
            company_id=self.id, channel="distributor", account="one", title="Distributor", options={}, sealed=None,
            state=ConnectionState.RUNNING, every_minutes=60, submits=True, created_at=now, changed_at=now,
        )  # fmt: skip
        db.add(row)
        db.flush()
        return row.id

    def disconnect(self, *, connected: bool = False) -> None:
        """Somebody disconnects it, or connects it again."""
        with self.database.transaction() as db:
            row = db.get_one(Connection, self.connection_id)
            row.state = ConnectionState.RUNNING if connected else ConnectionState.DISCONNECTED
            row.changed_at = self.clock()

    def brings(self, *charges: dict[str, Any], first: str = "2026-11-01", last: str = "2026-11-30") -> None:
        """All that is charged for a period of the distributor, by organisation; told again, it takes the place."""
        by_name: dict[str, list[dict[str, Any]]] = {}
        for one in charges:
            by_name.setdefault(one["tags"][0]["value"] if one["tags"] else "", []).append(one)
        self.tells("charges", *(self._fact(name, some, first, last) for name, some in by_name.items()))

    def withdraws(self, organisation: str, *, first: str = "2026-11-01", last: str = "2026-11-30") -> None:
        """An organisation that is told no more in a period."""
        self.tells("charges", self._fact(organisation, [], first, last, gone=True))

    def _fact(self, name: str, charges: list[dict[str, Any]], first: str, last: str, *, gone: bool = False) -> Fact:
        ordered = sorted(charges, key=lambda one: json.dumps(one, sort_keys=True))
        body = {"organisation": name, "period_from": first, "period_to": last, "charges": ordered}
        return Fact(f"{first}:{name}", self.clock(), body, gone=gone)

    def names(self, *organisations: tuple[str, str]) -> None:
        """Ids and names of organisations."""
        facts = [Fact(number, self.clock(), {"id": number, "displayName": name}) for number, name in organisations]
        self.tells("organisations", *facts)

    def tells(self, stream: str, *facts: Fact) -> None:
        """Keep facts as a run of the connection does."""
        with self.database.transaction() as db:
            connection = db.get_one(Connection, self.connection_id)
            keep_page(
                db, connection, 1, Stream(stream, stream, drafted=False), Page(facts), again=False, now=self.clock()
            )

    def shows(self, kind: ListKind, *entries: Any, reading: int = 1) -> None:
        """Entries that QuickBooks shows."""
        with self.database.transaction() as db:
            introduced(db, self.id, self.clock(), closing_date=date(2026, 1, 31))
            keep(db, self.id, *entries, kind=kind, reading=reading, now=self.clock())


__all__ = ["ANN", "DISTRIBUTOR", "Distributed", "told", "told_charge"]
