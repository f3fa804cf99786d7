"""Databases with very many companies and queued requests, loaded by the fastest way there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.engine import Connection

from qbwc_server.books.models import CompanyFacts
from qbwc_server.connector.models import ConnectorLogin
from qbwc_server.db import Database
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import Priority, RequestState
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.partners import add_partner

_COLUMNS = (
    *("id", "company_id", "purpose", "subject", "message", "writes", "priority", "state"),
    *("xml", "attempts", "created_at"),
)
_CHUNK = 20_000
BATCH = 25  # requests that a company brings at a time


def fill(database: Database, *, companies: int, requests: int, company_id: int | None = None) -> list[int]:
    """Add ``companies`` new companies and share ``requests`` requests out among them, 25 at a time in turn.

    The requests' text is about 400 bytes long, so that a million of them fit on any disk.

    Args:
        company_id: all requests for this one company instead, behind those it has.

    Returns:
        The ids of the companies that got requests.
    """
    now = datetime.now(UTC)
    with database.transaction() as db:
        first = (db.scalar(text("SELECT max(id) FROM companies")) or 0) + 1
        ids = list(range(first, first + companies))
        partner = add_partner(db, code=f"crowd-{first}", name="Crowd", now=now)
        for start in range(0, companies, _CHUNK):
            some = ids[start : start + _CHUNK]
            db.execute(insert(Company), [_company(one, partner.id, now) for one in some])
            db.execute(insert(ConnectorLogin), [_login(one) for one in some])
            db.execute(insert(CompanyFacts), [_facts(one, now) for one in some])
        if db.get_bind().dialect.name == "postgresql":
            db.execute(text("SELECT setval(pg_get_serial_sequence('companies', 'id'), max(id)) FROM companies"))
    targets = [company_id] if company_id is not None else ids
    rows = _requests(targets, requests, now)
    with database.engine.connect() as connection:
        if database.engine.dialect.name == "postgresql":
            connection.begin()
            _copy(connection, rows)
            connection.exec_driver_sql("ANALYZE")  # as autovacuum would by and by
            connection.commit()
        else:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA synchronous=OFF")
            connection.exec_driver_sql("PRAGMA cache_size=-200000")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _insert(connection, rows)
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    database.engine.dispose()
    return targets


def _company(company_id: int, partner_id: int, now: datetime) -> dict[str, Any]:
    return {
        "id": company_id,
        "code": f"crowd-{company_id}",
        "name": f"Crowd {company_id}",
        "time_zone": "UTC",
        "partner_id": partner_id,
        "created_at": now,
    }


def _login(company_id: int) -> dict[str, Any]:
    return {
        "company_id": company_id,
        "user": f"crowd-{company_id}",
        "password_hash": "none",
        "owner_id": str(UUID(int=company_id)),
        "file_id": str(UUID(int=company_id)),
        "company_file": "",
    }


def _facts(company_id: int, now: datetime) -> dict[str, Any]:
    return {
        "company_id": company_id,
        "company_name": f"Crowd {company_id}",
        "file_path": "",
        "country": "US",
        "qbxml_version": "13.0",
        "preferences": {},
        "seen_at": now,
    }


def _requests(targets: list[int], count: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    # version 7, later than everything that is queued while the benchmark runs, and in the order of the rows
    start = (1 << 127) | (7 << 76) | (2 << 62)
    for number in range(count):
        guid = UUID(int=start + (number << 80))
        xml = (
            f'<InvoiceAddRq requestID="{guid}"><InvoiceAdd><CustomerRef><FullName>Customer {number % 97}</FullName>'
            f"</CustomerRef><TxnDate>2026-03-02</TxnDate><RefNumber>{number}</RefNumber><ExternalGUID>{{{guid}}}"
            "</ExternalGUID><InvoiceLineAdd><ItemRef><FullName>Seat</FullName></ItemRef><Quantity>3</Quantity>"
            "<Rate>12.00</Rate></InvoiceLineAdd></InvoiceAdd></InvoiceAddRq>"
        )
        yield (
            guid,
            targets[number // BATCH % len(targets)],
            "post",
            f"-{number}",
            "InvoiceAdd",
            True,
            int(Priority.TRANSACTION),
            RequestState.QUEUED.value,
            xml,
            0,
            now,
        )


def _copy(connection: Connection, rows: Iterator[tuple[Any, ...]]) -> None:
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY queued_requests ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _insert(connection: Connection, rows: Iterator[tuple[Any, ...]]) -> None:
    raw: Any = connection.connection.driver_connection
    statement = f"INSERT INTO queued_requests ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    raw.executemany(statement, ((row[0].hex, *row[1:-1], row[-1].strftime("%Y-%m-%d %H:%M:%S.%f")) for row in rows))


assert set(_COLUMNS) <= {column.name for column in QueuedRequest.__table__.columns}
