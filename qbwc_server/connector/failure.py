"""A message set that QuickBooks refused as a whole, or gave up: what follows for its requests."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.posting.answers import put_in_doubt, unreadable_alone
from qbwc_server.queue.delivery import halve, passengers
from qbwc_server.queue.models import MessageSet
from qbwc_server.tenancy.models import Company
from qbxml.hresults import hresult_code

UNREADABLE = "0x80040400"  # QuickBooks could not parse the text


def set_failed(db: Session, company: Company, owed: MessageSet, code: str, message: str, now: datetime) -> bool:
    """Record the HRESULT and put every write of the set in doubt.

    A set that could not be read holds a request that cannot be read: it is halved until that one stands alone. Even
    then its writes are looked up first, because it is nowhere written that QuickBooks reads all before it executes any.

    Returns:
        Whether the set could not be read; then the session goes on.
    """
    owed.hresult, owed.hresult_message = hresult_code(code)[:20], message[:2000]
    owed.answered_at = now
    unreadable = owed.hresult == UNREADABLE
    rows = passengers(db, owed)
    if unreadable and len(rows) == 1 and unreadable_alone(db, company, owed, rows[0], message, now):
        return True
    if unreadable and len(rows) > 1:
        halve(db, rows)
    put_in_doubt(db, company, owed, now)
    return unreadable
