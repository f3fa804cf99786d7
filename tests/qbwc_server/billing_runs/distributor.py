"""A channel that brings charges, and a company whose records hold them, as tests of billing runs need it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select

from qbwc_server.billing_runs.keeping import change_settings
from qbwc_server.billing_runs.plan import Plan, plan_of
from qbwc_server.billing_runs.running import RunResult, run_billing
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.records import keep_page
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.contract import Channel, Fact, Outcome, Page, Stream
from qbwc_server.channels.options import ChannelOptions
from qbwc_server.db import Database
from qbwc_server.documents.models import DocumentRow
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.acts import map_word
from qbwc_server.mapping.deciding import Choice
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import Decision
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.audit import Audited, note_audit
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
    streams=(
        Stream("charges", "Charges", drafted=False),
        Stream("organisations", "Organisations", drafted=False),
    ),
    pull=_nothing,
    draft=_no_drafts,
    account=lambda options: "one",
    brings_charges=True,
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

    def connects(self, account: str) -> None:
        """Somebody connects the distributor under another account; it is the one that is meant from now on."""
        with self.database.transaction() as db:
            self.connection_id = self._connect(db, account)

    def _connect(self, db: Any, account: str = "one") -> int:
        now = self.clock()
        row = Connection(
            company_id=self.id, channel="distributor", account=account, title="Distributor", options={}, sealed=None,
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
            action = Audited.CONNECTED if connected else Audited.DISCONNECTED
            note_audit(db, action, by=ANN, now=self.clock(), company_id=self.id)

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

    def settles(self, **settings: Any) -> None:
        """Somebody says how the company bills."""
        said = {"mode": "pre_bill", "day": 1, "first_day": "2026-11-01", **settings}
        with self.database.transaction() as db:
            change_settings(db, find_company(db, self.code), said, by=ANN, now=self.clock())

    def maps(self, word: str, entry: str, kind: WordKind = WordKind.CUSTOMER) -> None:
        """Somebody says what an organisation or an offer stands for."""
        with self.database.transaction() as db:
            map_word(
                db, find_company(db, self.code), kind, word, Choice(Decision.ENTRY, name=entry),
                connection_id=self.connection_id, by=ANN, now=self.clock(),
            )  # fmt: skip

    def sells(self, name: str = "Licence", price: str | None = "12.00", **more: Any) -> None:
        """An item of QuickBooks with a sales price, to which the offer M365 is mapped where it is the usual one."""
        rest = {"sales_or_purchase": {"desc": None, "price": price, "price_percent": None, "account": None}}
        self.shows(ListKind.ITEM, told(f"8000{name}-1", name, entry_type="Service", rest=rest, **more))

    def knows(self, *customers: str, **rest: Any) -> None:
        """Customers of QuickBooks."""
        entries = [told(f"9000{name.replace(' ', '')}-1", name, rest=rest) for name in customers]
        self.shows(ListKind.CUSTOMER, *entries)

    def decides(self, done: Callable[..., None], day: date, *customers: str, **more: Any) -> Plan:
        """Ann approves, holds back or takes back; without customers all."""
        with self.database.transaction() as db:
            company = find_company(db, self.code)
            done(db, company, day, customers or None, by=ANN, now=self.clock(), **more)
        return self.plan(day)

    def plan(self, day: date) -> Plan:
        """What a billing day would bill now."""
        with self.database.reading() as db:
            return plan_of(db, find_company(db, self.code), day)

    def run(self, day: date, **more: Any) -> RunResult:
        """The run of a billing day."""
        at = datetime.combine(day, time(15), UTC)
        self.clock.moment = max(self.clock.moment, at)
        return run_billing(more.pop("database", self.database), self.code, day, by=ANN, clock=self.clock)

    def documents(self) -> list[DocumentRow]:
        """All that was handed in, in order."""
        with self.database.reading() as db:
            return list(
                db.scalars(select(DocumentRow).where(DocumentRow.company_id == self.id).order_by(DocumentRow.id))
            )

    def usual(self, **settings: Any) -> None:
        """Contoso and Fabrikam are customers, the offer M365 is the item Licence at 12.00; pre-billed on day 1."""
        self.clock.moment = max(self.clock.moment, datetime(2026, 11, 1, 15, tzinfo=UTC))
        self.sells()
        self.knows("Contoso Ltd", "Fabrikam Inc")
        self.maps("M365", "Licence", WordKind.ITEM)
        self.maps("Contoso", "Contoso Ltd")
        self.maps("Fabrikam", "Fabrikam Inc")
        self.settles(**settings)

    def shows(self, kind: ListKind, *entries: Any, reading: int = 1) -> None:
        """Entries that QuickBooks shows."""
        with self.database.transaction() as db:
            introduced(db, self.id, self.clock(), closing_date=date(2026, 1, 31))
            keep(db, self.id, *entries, kind=kind, reading=reading, now=self.clock())


__all__ = ["ANN", "DISTRIBUTOR", "Distributed", "told", "told_charge"]
