"""Invoices that somebody has marked as sent here: QuickBooks itself does not keep whether one was sent."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.db import Base
from qbwc_server.db.once import add_once
from qbwc_server.db.types import Exact, UtcDateTime
from qbwc_server.documents.models import LARGEST_ID, DocumentRow
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.tenancy.actor import Actor, ActorColumn
from qbwc_server.tenancy.audit import Audited, note_audit

LONGEST_TXN_ID = 36  # IDTYPE
_TXN_ID = re.compile(r"[0-9A-Za-z]+-[0-9A-Za-z-]+", re.ASCII)
_BY_NUMBER = re.compile(r"#[\x21-\x7e](?:[\x20-\x7e]{0,9}[\x21-\x7e])?", re.ASCII)  # #1034


class SentInvoice(Base):
    """One invoice that was sent to its customer, as a person says: by its TxnID, or by ``#`` and its number."""

    __tablename__ = "sent_invoices"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    txn_id: Mapped[str] = mapped_column(Exact(LONGEST_TXN_ID), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[Actor] = mapped_column(ActorColumn)


class NoInvoice(NotFound):
    """What was named is no invoice in QuickBooks."""

    code = "no_such_invoice"
    advice = "Name an invoice by # and its number, by the id of its document here, or by its TxnID in QuickBooks."


def invoice_named(db: Session, company_id: int, said: str) -> str:
    """The TxnID of an invoice that a person names by the id of its document; else what was said: the TxnID itself, or
    ``#`` and the number. Raises NoInvoice.
    """
    name = said.strip()
    if not (name.isascii() and name.isdigit()):
        return name
    row = db.get(DocumentRow, int(name)) if int(name) <= LARGEST_ID else None
    if row is None or row.company_id != company_id or row.kind != "invoice" or row.txn_id is None:
        raise NoInvoice(f"Document {name[:20]} is no invoice that is in QuickBooks.")
    return row.txn_id


def mark_sent(db: Session, company_id: int, txn_id: str, *, by: Actor, now: datetime) -> SentInvoice:
    """An invoice was sent: nothing is put onto it any more. Raises Invalid for what is no TxnID and no number."""
    if not (_TXN_ID.fullmatch(txn_id) or _BY_NUMBER.fullmatch(txn_id)) or len(txn_id) > LONGEST_TXN_ID:
        raise Invalid(f"{txn_id[:40]!r} is no invoice. Give # and its number, such as #1034, or its TxnID.")
    row = db.get(SentInvoice, (company_id, txn_id))
    if row is None:
        row = SentInvoice(company_id=company_id, txn_id=txn_id, at=now, by=by)
        add_once(db, row, Conflict("Somebody else has just marked this invoice as sent."))
        _note(db, row, {"sent": False}, {"sent": True}, by, now)
    return row


def take_sent_back(db: Session, company_id: int, txn_id: str, *, by: Actor, now: datetime) -> None:
    """It was not sent after all. Raises NoInvoice where it is not marked."""
    row = db.get(SentInvoice, (company_id, txn_id), with_for_update=True)
    if row is None:
        raise NoInvoice(f"Invoice {txn_id[:40]} is not marked as sent here.")
    _note(db, row, {"sent": True}, {"sent": False}, by, now)
    db.delete(row)
    db.flush()


def sent_invoices(db: Session, company_id: int, *, after: str | None = None, limit: int = 100) -> list[SentInvoice]:
    """Those that are marked, in the order of their TxnIDs, a page at a time."""
    query = select(SentInvoice).where(SentInvoice.company_id == company_id)
    if after is not None:
        query = query.where(SentInvoice.txn_id > after)
    return list(db.scalars(query.order_by(SentInvoice.txn_id).limit(limit)))


def by_number(number: str | None) -> str:
    """How the invoice of a number is named; "" where it has none."""
    return f"#{number}" if number else ""


def marked_sent(db: Session, company_id: int, txn_ids: Collection[str]) -> set[str]:
    """Which of these invoices somebody has marked as sent."""
    rows = select(SentInvoice.txn_id).where(SentInvoice.company_id == company_id, SentInvoice.txn_id.in_(txn_ids))
    return set(db.scalars(rows)) if txn_ids else set()


def _note(
    db: Session, row: SentInvoice, before: dict[str, object], after: dict[str, object], by: Actor, now: datetime
) -> None:
    note_audit(
        db, Audited.INVOICE_SENT, by=by, now=now, company_id=row.company_id, subject=row.txn_id,
        before=before, after=after,
    )  # fmt: skip
