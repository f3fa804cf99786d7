"""Invoices that are marked as sent here, as faces show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.onto.sent_here import SentInvoice


def sent_records(db: Session, company_id: int, rows: Sequence[SentInvoice]) -> list[dict[str, Any]]:
    """Each with its document here, where there is one."""
    known = {
        row.txn_id: row
        for row in db.scalars(
            select(DocumentRow)
            .where(
                DocumentRow.company_id == company_id,
                DocumentRow.kind == "invoice",
                DocumentRow.txn_id.in_([row.txn_id for row in rows]),
            )
            .order_by(DocumentRow.id)
        )
    }
    return [_record(row, known.get(row.txn_id)) for row in rows]


def _record(row: SentInvoice, document: DocumentRow | None) -> dict[str, Any]:
    return {
        "txn_id": row.txn_id,
        "at": row.at.isoformat(),
        "by": str(row.by),
        "document": None if document is None else document.id,
        "number": row.txn_id[1:] if row.txn_id.startswith("#") else document.posted_number if document else None,
        "customer": None if document is None else document.party,
    }
