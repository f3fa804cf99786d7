"""A shop that is connected and not started, with a company file whose lists have been read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.books.mirror.keys import name_key, search_key
from qbwc_server.books.mirror.models import MirrorEntry, MirrorList
from qbwc_server.books.models import CompanyFacts
from qbwc_server.channels.connections.finding import find_connection
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection
from qbwc_server.channels.shopify.admin.channel import SHOPIFY
from qbwc_server.channels.starting.begin import read_balances, reset, start
from qbwc_server.channels.starting.looking import look_upstream, start_of
from qbwc_server.channels.starting.steps import StartSeen, StartStep, start_seen
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import ANN, Connected
from tests.channels.shop_upstream import ShopUpstream
from tests.introduced import introduced

_IDS = itertools.count(1)
_NAMES = ("customer", "vendor", "employee", "other_name")
ACCOUNTS = {
    "Shopify Sales": "Income",
    "Till": "Bank",
    "Checking": "Bank",
    "Shopify Payments Clearing": "OtherCurrentAsset",
    "Gift Card Liability": "OtherCurrentLiability",
    "Opening Balance Equity": "Equity",
    "Cost of Goods Sold": "CostOfGoodsSold",
    "Accounts Receivable": "AccountsReceivable",
    "Office Supplies": "Expense",
}
CHOSEN = {
    "clearing_account": "Shopify Payments Clearing",
    "gift_card_account": "Gift Card Liability",
    "opening_account": "Opening Balance Equity",
    "start_date": "2026-03-01",
}


def entry(
    company_id: int, kind: ListKind, name: str, now: datetime, *, active: bool = True, **more: Any
) -> MirrorEntry:
    """An entry of a list as QuickBooks told it."""
    return MirrorEntry(
        company_id=company_id,
        kind=kind,
        list_id=f"80-{next(_IDS)}",
        full_name=name,
        name_key=name_key(name),
        search_key=search_key(name),
        active=active,
        rest=more.pop("rest", {}),
        seen_in=1,
        changed_at=now,
        **more,
    )


def read(db: Session, company_id: int, kinds: tuple[ListKind, ...], now: datetime) -> None:
    """These lists were read whole."""
    for kind in kinds:
        db.merge(MirrorList(company_id=company_id, kind=kind, number=1, shown=0, restarts=0, whole_at=now, read_at=now))


def told(db: Session, company_id: int, now: datetime, product: str = "QuickBooks Pro 2024", **said: object) -> None:
    """The company file has introduced itself, and its lists were read."""
    introduced(db, company_id, now)
    db.flush()
    facts = db.get_one(CompanyFacts, company_id)
    facts.product, facts.preferences = product, {"sales_tax": False, **said}
    for name, kind in ACCOUNTS.items():
        db.add(entry(company_id, ListKind.ACCOUNT, name, now, entry_type=kind))
    kinds = (ListKind.ACCOUNT, ListKind.ITEM, *(kind for kind in ListKind if kind.value in _NAMES))
    read(db, company_id, kinds, now)


class Beginning:
    """The shop, its connection, and what QuickBooks has told."""

    def __init__(self, connected: Connected, shop: ShopUpstream, **options: object) -> None:
        self.connected, self.shop = connected, shop
        values = {"shop": shop.server.address, "token": shop.api.token, **options}
        with connected.database.transaction() as db:
            company = find_company(db, "shop")
            more = {"settings": connected.settings, "by": ANN, "now": connected.clock()}
            row = add_connection(db, company, SHOPIFY, values, Choices(), **more)  # type: ignore[arg-type]
            self.id, self.company_id, self.account = row.id, company.id, row.account

    def told(self, product: str = "QuickBooks Pro 2024", **preferences: object) -> None:
        """The company file has introduced itself, and its lists were read."""
        with self.connected.database.transaction() as db:
            told(db, self.company_id, self.connected.clock(), product, **preferences)

    def add(self, kind: ListKind, name: str, **more: Any) -> None:
        """One more entry of a list."""
        with self.connected.database.transaction() as db:
            db.add(entry(self.company_id, kind, name, self.connected.clock(), **more))

    def look(self) -> None:
        """Upstream is asked."""
        look_upstream(
            self.connected.database,
            self.company_id,
            self.id,
            settings=self.connected.settings,
            clock=self.connected.clock,
        )

    @contextmanager
    def row(self) -> Iterator[tuple[Session, Connection]]:
        """The connection, in a transaction."""
        with self.connected.database.transaction() as db:
            yield db, find_connection(db, self.company_id, self.id, locked=True)

    def seen(self) -> StartSeen:
        """How its steps stand."""
        with self.row() as (db, row):
            return start_seen(db, row)

    def says(self, step: StartStep) -> tuple[str, str]:
        """How one step stands, and all that it says."""
        (found,) = [one for one in self.seen().steps if one.step is step]
        return found.stands.value, " ".join(message for message, _ in found.said)

    def start(self, balances: Mapping[str, object] | None = None) -> None:
        """A person starts it."""
        said = {"clearing": "0", "gift_cards": "0"} if balances is None else balances
        with self.row() as (db, row):
            amounts: Mapping[str, Decimal] = read_balances(start_of(row), said)
            start(db, find_company(db, "shop"), row, amounts, by=ANN, now=self.connected.clock())

    def reset(self, typed: str) -> None:
        """A person opens it again."""
        with self.row() as (db, row):
            reset(db, row, typed, by=ANN, now=self.connected.clock())
