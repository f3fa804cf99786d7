"""The question for the invoices of a customer in and around a window."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.onto import Onto
from qbwc_server.list_kinds import LONGEST_NAME, ListKind
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.requests import OneDocument, Purpose, ask
from qbwc_server.posting.texts import Texts
from qbwc_server.queue.enqueue import NewRequest
from qbxml.messages.invoice import InvoiceQueryRq
from qbxml.shared import ListFilter, PaidStatus, TxnDateRangeFilter

AROUND: Final = timedelta(days=62)  # somebody may have dated the invoice otherwise on which our lines stand already


def ask_for_invoices(
    document_id: int, document: Invoice, onto: Onto, options: PostingOptions, guid: UUID, *, after: Iterable[UUID] = ()
) -> NewRequest:
    """Ask for the invoices of the customer himself, not of his jobs: paid ones too, since one of 0.00 counts as paid.

    Raises:
        CannotWrite: QuickBooks has no such name.
    """
    days = [onto.first, onto.last, onto.billing_day or onto.last]
    query = InvoiceQueryRq(
        txn_date_range_filter=TxnDateRangeFilter(from_txn_date=min(days) - AROUND, to_txn_date=max(days) + AROUND),
        entity_filter=ListFilter(full_names=(customer_of(document, options),)),
        paid_status=PaidStatus.ALL,
        include_line_items=True,
        request_id=str(guid),
    )
    return ask(Purpose.CHOOSE, OneDocument(document_id), query, after=after)


def customer_of(document: Invoice, options: PostingOptions) -> str:
    """The full name of the customer in QuickBooks. Raises CannotWrite."""
    fitted = Texts(options.characters).name(document.customer.name, "customer", LONGEST_NAME[ListKind.CUSTOMER])
    return options.name_of(ListKind.CUSTOMER, fitted)
