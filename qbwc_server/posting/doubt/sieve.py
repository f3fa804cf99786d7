"""Which objects of a long answer matter: so that a day of a busy shop is not held in memory, nor judged one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.doubt.evidence import Sendings, alike, sendings_of
from qbwc_server.posting.requests import OneDocument, OnePosting, OneRequest, Purpose
from qbwc_server.posting.transactions import ADDS, TRANSACTIONS
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.queue.settling import RequestRow, requests_by_id
from qbxml import Aggregate

Sieve = Callable[[Aggregate], bool]


def sieves_for(db: Session, company_id: int, rows: Sequence[RequestRow]) -> dict[UUID, Sieve]:
    """For each question that looks for a document: what bears one of its marks, or says what it says."""
    documents = {row.id: document for row in rows if (document := _sought(row)) is not None}
    looks = {row.id: OneRequest.of(row).request for row in rows if row.purpose in (Purpose.LOOK, Purpose.LOOK_CHANGED)}
    writes = {row.id: row for row in requests_by_id(db, company_id, set(looks.values()))} if looks else {}
    for key, write in looks.items():
        if write in writes and writes[write].message in ADDS:
            documents[key] = OneDocument.of(writes[write]).document
    if not documents:
        return {}
    said = sendings_of(db, company_id, set(documents.values()), also=writes)
    found = db.execute(select(DocumentRow.id, DocumentRow.kind).where(DocumentRow.id.in_(said)))
    kinds = {row.id: row.kind for row in found}
    return {key: _sieve(TRANSACTIONS[kinds[document]], said[document]) for key, document in documents.items()}


def _sought(row: RequestRow) -> int | None:
    if row.purpose == Purpose.SEEK:
        return OnePosting.of(row).document
    return OneDocument.of(row).document if row.purpose == Purpose.CHECK_MARK else None


def _sieve(rules: Transaction[Any], said: Sendings) -> Sieve:
    def matters(ret: Aggregate) -> bool:
        try:
            one = rules.standing(ret)
            return one.mark in said.marks or alike(said, one)
        except Exception:  # noqa: BLE001  # the reader of the answer tells what is wrong with it
            return True

    return matters
