"""May lines be put onto this invoice? Only while it is unsent, open, and nobody else's by now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.onto import Onto, Unsent
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.onto.question import customer_of
from qbwc_server.posting.onto.sent_here import by_number, marked_sent
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.submitting.closing_date import closed_until
from qbwc_server.posting.transactions.standing import Standing

_BEGINNING = datetime.min.replace(tzinfo=UTC)


class Fitness:
    """What is known beside an invoice itself: who it is for, what is closed, what was sent.

    Args:
        found: the invoices that will be judged.
    """

    def __init__(
        self, db: Session, row: DocumentRow, document: Invoice, options: PostingOptions, found: Sequence[Standing]
    ) -> None:
        self._customer = customer_of(document, options)
        self._onto = document.onto
        self._closed = closed_until(db, row.company_id)
        ids = [one.txn_id for one in found]
        self._sent = marked_sent(db, row.company_id, [*ids, *(by_number(one.number) for one in found)])
        self._of_others = _of_other_windows(db, row, document.onto, ids)

    def why_not(self, one: Standing, *, ours_on_it: bool = False) -> str | None:
        """Why nothing may be changed on it, the rest of a sentence; None: it is fit.

        Args:
            ours_on_it: lines of the document stand on it already, whatever its day is by now.
        """
        if one.party is None or not one.party.is_called(self._customer):
            return "is for another customer"
        if is_void(one):
            return "is void"
        if _is_paid(one):
            return "has a payment or credit on it"
        if self._closed is not None and (one.day is None or one.day <= self._closed):
            return f"is dated in the closed period until {self._closed:%Y-%m-%d}"
        if {one.txn_id, by_number(one.number)} & self._sent:
            return "is marked as sent here"
        if self._counts_as_sent(one):
            return "counts as sent: it waits neither to be printed nor to be e-mailed"
        if ours_on_it:
            return None
        if getattr(one.ret, "is_finance_charge", False):
            return "is a finance charge"
        if one.txn_id in self._of_others:
            return "holds the lines of another billing day"
        if self._onto is not None and not self._onto.holds(one.day):
            return "is dated outside of the window"
        return None

    def _counts_as_sent(self, one: Standing) -> bool:
        if self._onto is None or self._onto.unsent is Unsent.MARKED:
            return False
        waits = (getattr(one.ret, name, None) for name in ("is_to_be_printed", "is_to_be_emailed"))
        return not any(waits)


def most_recent(found: Collection[Standing]) -> Standing | None:
    """By its day, then by when it was entered, then by its number in the order of entering."""
    return max(found, key=_age, default=None)


def _age(one: Standing) -> tuple[date, datetime, int]:
    ret: Any = one.ret
    return one.day or date.min, one.time_created or _BEGINNING, getattr(ret, "txn_number", None) or 0


def is_void(one: Standing) -> bool:
    """Whether somebody has voided it: all comes to zero, as on an invoice of 0.00, and QuickBooks has said so in the
    memo.
    """
    return one.voided and (one.memo or "").upper().startswith("VOID")


def _is_paid(one: Standing) -> bool:
    """An invoice of 0.00 owes nothing, and is none the less not paid."""
    return bool(one.paid) or (bool(getattr(one.ret, "is_paid", False)) and bool(one.total))


def _of_other_windows(db: Session, row: DocumentRow, onto: Onto | None, txn_ids: Collection[str]) -> set[str]:
    """Invoices that were used for another window, or became an invoice of their own for it."""
    others = db.execute(
        select(DocumentRow.txn_id, DocumentRow.body).where(
            DocumentRow.company_id == row.company_id,
            DocumentRow.txn_id.in_(txn_ids),
            DocumentRow.id != row.id,
            DocumentRow.state.not_in((State.WITHDRAWN, State.EXCLUDED)),
        )
    )
    return {str(txn_id) for txn_id, body in others if _is_another(load_document(body), onto)}


def _is_another(document: object, onto: Onto | None) -> bool:
    if not isinstance(document, Invoice) or document.onto is None or onto is None:
        return False
    return _window(document.onto) != _window(onto)


def _window(onto: Onto) -> tuple[date, date, date | None]:
    return onto.first, onto.last, onto.billing_day
