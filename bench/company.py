"""Companies to measure with: databases with work in them, and a QuickBooks that answers at once."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID
from xml.sax.saxutils import escape, unescape

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.connector.logins import add_login
from qbwc_server.db import Database, schema
from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.store import by_origin
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.people import exclude as excluding
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.posting.transactions.compiled import compile_add
from qbwc_server.simulator.scenarios import demo_company
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import add_company, find_company
from qbxml import Version, message_set
from qbxml.envelope import answer_set

CODE = "bench"
BY = Actor(ActorKind.COMMAND_LINE, "bench")
CUSTOMERS = 20
ITEMS = ("Seat", "Consulting", "Coffee Beans 1kg")
_REQUEST = re.compile(r'(\w+)Rq requestID="([0-9a-f-]{36})"')
_NUMBER = re.compile(r"RefNumber>([^<]*)<")
_NOTHING = '<%sRs requestID="%s" statusCode="1" statusSeverity="Info" statusMessage="Nothing was found."/>'
_LIST_ID = "80000001-1"  # of every entry


@dataclass(frozen=True)
class Prepared:
    """A company in a database, ready for an update session."""

    password: str
    hcp: str


def invoices(count: int, *, first: int = 1) -> list[Document]:
    """Invoices of three lines to customers that QuickBooks has."""
    return [
        read_document(
            {
                "kind": "invoice",
                "origin": f"bench-{number}",
                "number": str(10_000 + number),
                "date": date(2026, 3, 2),
                "due_date": date(2026, 4, 1),
                "po_number": f"PO-{number}",
                "memo": "Subscription March 2026",
                "customer": {
                    "name": f"Customer {number % CUSTOMERS}",
                    "billing_address": {
                        "lines": [f"Customer {number % CUSTOMERS}", "12 Harbor Street"],
                        "city": "Portland",
                        "state": "OR",
                        "postal_code": "97201",
                    },
                },
                "lines": [
                    {"item": ITEMS[0], "description": "Software seat, one month", "quantity": "3", "rate": "12.00"},
                    {"item": ITEMS[1], "description": "Consulting, per hour", "quantity": "2", "rate": "120.00"},
                    {"item": ITEMS[2], "description": "House blend, whole beans", "quantity": "4", "amount": "74.00"},
                ],
            }
        )
        for number in range(first, first + count)
    ]


def add(database: Database, code: str = CODE) -> Prepared:
    """A company whose customers and items are known to stand in QuickBooks."""
    now = datetime.now(UTC)
    with database.transaction() as db:
        company = add_company(db, code=code, name=code, time_zone="UTC", now=now)
        login, password = add_login(db, company)
        entries = [(ListKind.CUSTOMER, f"Customer {number}") for number in range(CUSTOMERS)]
        entries += [(ListKind.ITEM, name) for name in ITEMS]
        db.add_all(
            ListEntry(
                company_id=company.id,
                kind=kind,
                name_key=name.casefold(),
                full_name=name,
                presence=Presence.PRESENT,
                list_id=_LIST_ID,
                details=None,
                changed_at=now,
            )
            for kind, name in entries
        )
        file = demo_company(code)
        file.register(UUID(login.owner_id), UUID(login.file_id))
        file.open("")
        hcp = file.hcp_response(UUID(login.owner_id))
    return Prepared(password, hcp)


def bring(database: Database, documents: list[Document], code: str = CODE) -> None:
    """Queue documents, all in one transaction."""
    with database.transaction() as db:
        hand_in(db, find_company(db, code), documents, by=BY, now=datetime.now(UTC))


def exclude(database: Database, origin: str) -> None:
    """Take a queued document out again."""
    with database.transaction() as db:
        company = find_company(db, CODE)
        row = by_origin(db, company.id, [origin])[origin]
        excluding.exclude(db, company, row, by=BY, now=datetime.now(UTC))


def empty(folder: Path, name: str = "bench.db") -> Database:
    """A new SQLite database."""
    return _empty(f"sqlite:///{folder / name}")


def empty_postgres(url: str, name: str) -> Database:
    """A new database on a PostgreSQL server."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return _empty(make_url(url).set(database=name).render_as_string(hide_password=False))


def _empty(url: str) -> Database:
    schema.upgrade(url)
    return Database(url)


class InstantCompany:
    """Answers every InvoiceAdd at once with an InvoiceRet as large as QuickBooks', which it keeps prepared.

    It finds nothing that it is asked for.
    """

    def __init__(self) -> None:
        self.text = _invoice_ret()  # %s: request id, transaction id, number, GUID
        self._made = 0

    def __call__(self, request: bytes) -> bytes:
        """The answer to a message set."""
        return escape(self.plain(unescape(request.decode(), {"&quot;": '"'})), {'"': "&quot;"}).encode()

    def plain(self, request: str) -> str:
        """The same for a message set that does not come through SOAP."""
        return answer_set(self._answers(request))

    def _answers(self, request: str) -> Iterator[str]:
        asked = list(_REQUEST.finditer(request))
        for one, end in zip(asked, [*(following.start() for following in asked[1:]), len(request)], strict=True):
            message, request_id = one.groups()
            if message != "InvoiceAdd":
                yield _NOTHING % (message, request_id)
                continue
            self._made += 1
            number = _NUMBER.search(request, one.end(), end)
            txn_id = f"{self._made:X}-1760000000"
            yield self.text % (request_id, txn_id, "" if number is None else number[1], request_id)


def _invoice_ret() -> str:
    """What the simulated QuickBooks answers to one of ``invoices``, with places for what differs between them."""
    file = demo_company("Bench")
    books = file.books
    for number in range(CUSTOMERS):
        books.create("Customer", f"Customer {number}")
    file.open("")
    guid = UUID(int=1)
    (document,) = invoices(1)
    request = compile_add(document, guid, PostingOptions.model_validate({})).xml
    assert request is not None
    text = file.process(message_set([request], level=Version(13, 0)))
    answer = re.search(r"<InvoiceAddRs .*</InvoiceAddRs>", text, re.DOTALL)
    assert answer is not None
    found = answer[0].replace("%", "%%")
    found = re.sub(r"<ListID>[^<]*", f"<ListID>{_LIST_ID}", found)  # as it was told before
    found = re.sub(r"<TxnID>[^<]*", "<TxnID>%s", found, count=1)
    found = re.sub(r"<RefNumber>[^<]*", "<RefNumber>%s", found, count=1)
    return found.replace(f'requestID="{guid}"', 'requestID="%s"').replace(f"{{{guid}}}", "{%s}")


def customers(count: int, request_id: str = "1") -> bytes:
    """An answer to CustomerQuery with so many customers, about 780 bytes each."""
    file = demo_company("Bench")
    file.open("")
    text = file.process(
        message_set(
            ['<CustomerQueryRq requestID="1"><FullName>Kern Lighting</FullName></CustomerQueryRq>'],
            level=Version(13, 0),
        )
    )
    found = re.search(r"<CustomerRet>.*</CustomerRet>", text, re.DOTALL)
    assert found is not None
    one = found[0].replace("Kern Lighting", "Kern Lighting {0}").replace("{", "{{").replace("}", "}}")
    one = one.replace("{{0}}", "{0}")
    head = f'<CustomerQueryRs requestID="{request_id}" statusCode="0" statusSeverity="Info" statusMessage="Status OK">'
    return answer_set([head, *(one.format(number) for number in range(count)), "</CustomerQueryRs>"]).encode()


def folder() -> tempfile.TemporaryDirectory[str]:
    """A place for databases, on the same disk as other temporary files."""
    return tempfile.TemporaryDirectory(prefix="qbwc-bench-")
