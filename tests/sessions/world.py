"""A company, its server in process, and a simulated QuickBooks with its Web Connector: what every session test
needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask

from qbwc_server.app import create_app
from qbwc_server.connector.logins import add_login, login_of
from qbwc_server.connector.models import ConnectorLogin
from qbwc_server.db import Database
from qbwc_server.documents import store
from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.options import change_options
from qbwc_server.posting.people.exclude import exclude
from qbwc_server.posting.people.void import void
from qbwc_server.posting.submitting.hand_in import HandedIn, hand_in
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.reports.company import CompanyReport, company_report
from qbwc_server.reports.proof import Proof, proof
from qbwc_server.settings import Settings
from qbwc_server.simulator import (
    Break,
    ConnectorKilled,
    Faults,
    Pc,
    Transport,
    UpdateReport,
    WebConnector,
    WireFault,
    WsgiTransport,
)
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import add_company, find_company
from qbwc_server.tenancy.models import Company
from tests.conftest import TurnableClock

BY = Actor(ActorKind.PERSON, "test")


def losing(tag: str, kind: Break = Break.REQUEST_LOST) -> Faults:
    """The first response that holds an answer of this tag meets this break, however many sets go before it."""
    return Faults.of(WireFault(kind, "receiveResponseXML", about=f"<{tag} "))


class World:
    """One company on one server, with one simulated company file behind one simulated Web Connector."""

    def __init__(
        self, settings: Settings, clock: TurnableClock, *, code: str = "kern", app: Flask | None = None
    ) -> None:
        self.settings, self.clock, self.code = settings, clock, code
        self.app = app or create_app(settings, clock=clock)
        self.database: Database = self.app.extensions["database"]
        with self.database.transaction() as db:
            company = add_company(db, code=code, name="Kern Lighting", time_zone="America/New_York", now=clock())
            login, self.password = add_login(db, company)
            change_options(db, company.id, {"create_items": True, "item_income_account": "Sales"}, by=BY, now=clock())
            self.owner_id, self.file_id = UUID(login.owner_id), UUID(login.file_id)
        self.books = CompanyFile("Kern Lighting", path=f"C:\\QuickBooks\\{code}.qbw", now=clock)
        self.books.register(self.owner_id, self.file_id)
        self.connector = self.new_connector(self.books)

    def new_connector(self, books: CompanyFile | Pc, transport: Transport | None = None) -> WebConnector:
        """Another Web Connector with the same login, for the same or another company file."""
        return WebConnector(
            transport or WsgiTransport(self.app),
            books,
            user=self.code,
            password=self.password,
            owner_id=self.owner_id,
            sleep=lambda _: None,
            max_steps=500,
        )

    def restart(self) -> None:
        """The server process dies and another one takes over."""
        self.database.engine.dispose()
        self.app = create_app(self.settings, clock=self.clock)
        self.database = self.app.extensions["database"]
        self.connector = self.new_connector(self.books)

    def update(self, faults: Faults | None = None, *, later: bool = True) -> UpdateReport:
        """One update session, ten minutes after whatever was before."""
        if later:
            self.clock.advance(minutes=10)
        return self.connector.update(faults) if faults else self.connector.update()

    def update_killed(self, faults: Faults) -> None:
        """One update session in which the Web Connector dies."""
        self.clock.advance(minutes=10)
        try:
            self.connector.update(faults)
        except ConnectorKilled:
            return
        raise AssertionError("the Web Connector was to die and did not")

    def hand_in(self, *documents: Document, revise: bool = False) -> HandedIn:
        """Bring documents, as an import or a program does."""
        with self.database.transaction() as db:
            return hand_in(db, self.company(db), documents, by=BY, now=self.clock(), revise=revise)

    def company(self, db: Any) -> Company:
        """The company in this database session."""
        return find_company(db, self.code)

    def login(self, db: Any) -> ConnectorLogin:
        """The login of its Web Connector in this database session."""
        return login_of(db, self.company(db).id)

    def options(self, **changes: object) -> None:
        """Change the company's posting options."""
        with self.database.transaction() as db:
            change_options(db, self.company(db).id, changes, by=BY, now=self.clock())

    def row(self, origin: str) -> DocumentRow:
        """The document of this origin as it stands now."""
        with self.database.reading() as db:
            return store.by_origin(db, self.company(db).id, [origin])[origin]

    def rows(self, origins: Sequence[str]) -> list[DocumentRow]:
        """Several of them."""
        return [self.row(origin) for origin in origins]

    def submit(self, origin: str) -> None:
        """A person submits a document again."""
        with self.database.transaction() as db:
            company = self.company(db)
            submit(db, company, [store.by_origin(db, company.id, [origin])[origin]], by=BY, now=self.clock())

    def void(self, origin: str) -> None:
        """A person has a posted document voided."""
        with self.database.transaction() as db:
            company = self.company(db)
            void(db, company, store.by_origin(db, company.id, [origin])[origin], by=BY, now=self.clock())

    def exclude(self, origin: str) -> None:
        """A person says: not into the books."""
        with self.database.transaction() as db:
            company = self.company(db)
            exclude(db, company, store.by_origin(db, company.id, [origin])[origin], by=BY, now=self.clock())

    def proof(self, origin: str) -> Proof:
        """A document's evidence."""
        with self.database.reading() as db:
            return proof(db, store.by_origin(db, self.company(db).id, [origin])[origin])

    def report(self) -> CompanyReport:
        """What the status page says."""
        with self.database.reading() as db:
            return company_report(db, self.company(db), now=self.clock())


def invoice(
    origin: str, *, number: str | None = None, customer: str = "Acme", amount: str = "30.00", **more: Any
) -> Document:
    """An invoice of one line."""
    return read_document(
        {
            "kind": "invoice",
            "origin": origin,
            "number": number,
            "date": date(2026, 3, 2),
            "customer": customer,
            "lines": [{"item": "Seat", "description": "Seats", "quantity": Decimal(3), "amount": Decimal(amount)}],
            **more,
        }
    )


def receipt(origin: str, *, number: str | None = None, amount: str = "19.90", **more: Any) -> Document:
    """A sales receipt of one line."""
    return read_document(
        {
            "kind": "sales_receipt",
            "origin": origin,
            "number": number,
            "date": date(2026, 3, 2),
            "customer": "Shop",
            "lines": [{"item": "Lamp", "quantity": Decimal(1), "amount": Decimal(amount)}],
            **more,
        }
    )


def payment(origin: str, *, amount: str, pays: dict[str, str], customer: str = "Acme") -> Document:
    """A payment for invoices by their origin."""
    return read_document(
        {
            "kind": "payment",
            "origin": origin,
            "date": date(2026, 3, 2),
            "customer": customer,
            "amount": Decimal(amount),
            "applies_to": [{"invoice": name, "amount": Decimal(part)} for name, part in pays.items()],
        }
    )
