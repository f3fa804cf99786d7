"""QuickBooks came to another total than the document says, or the books are not as our last writing left them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal

from qbwc_server.documents.kinds import KINDS, load_document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import Finding, WorkKind
from qbwc_server.ids import new_id
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.requests import OneDocument, Purpose, ask
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.compiled import comes_to, own_lines
from qbwc_server.posting.transactions.standing import Difference, Standing
from qbwc_server.posting.transactions.writing import LastWriting
from qbwc_server.queue.enqueue import NewRequest


def total_differs(document: DocumentRow, standing: Standing, options: PostingOptions) -> Finding | None:
    """What a person is told when the books come to something else; None where they do not.

    Tax that QuickBooks computes, by an item of the document or of the company, is its own business: then what is before
    tax is compared, unless the document says what it comes to with tax.
    """
    stated = getattr(load_document(document.body), "total", None)
    before_tax = stated is None and document.subtotal is not None and _taxed(document, options)
    what = "before tax" if before_tax else "in all"
    ours = document.subtotal if before_tax else document.total
    theirs = standing.subtotal if before_tax else standing.total
    if ours is None or theirs is None or ours == theirs:
        return None
    return Finding(
        WorkKind.TOTAL_DIFFERS,
        str(document.id),
        f"{called(document, standing.number)} comes to {theirs:,.2f} {what} in QuickBooks, to {ours:,.2f} by its "
        "source.",
        "Look at its lines, prices and tax in QuickBooks; correct it there or hand in a revision, then say that it is "
        "done.",
        document.id,
        {"ours": str(ours), "books": str(theirs), "compared": what, "txn_id": standing.txn_id},
    )


def may_differ(total: Decimal | None, subtotal: Decimal | None, standing: Standing) -> bool:
    """Whether the total has to be looked at more closely: of nearly all documents it is plainly the same."""
    known = standing.total if total is not None else standing.subtotal
    ours = total if total is not None else subtotal
    return ours is not None and known is not None and ours != known


def _taxed(document: DocumentRow, options: PostingOptions) -> bool:
    body = load_document(document.body)
    return bool(getattr(body, "sales_tax_item", None) or options.sales_tax_item)


def look_closer(kind: str, document_id: int, txn_id: str | None) -> NewRequest:
    """The question whether somebody edited it, or voided it."""
    query = TRANSACTIONS[kind].by_id([txn_id or ""], new_id())
    return ask(Purpose.LOOK_CLOSER, OneDocument(document_id), query)


def edited(document: DocumentRow, standing: Standing, differences: Sequence[Difference]) -> Finding:
    """Somebody has changed in QuickBooks what we wrote."""
    shown = "; ".join(
        f"{one.field}: {one.books or 'nothing'} instead of {one.ours or 'nothing'}" for one in differences[:5]
    )
    more = f"; and {len(differences) - 5} more" if len(differences) > 5 else ""
    return Finding(
        WorkKind.EDITED_IN_QUICKBOOKS,
        str(document.id),
        f"{called(document, standing.number)} was edited in QuickBooks: {shown}{more}.",
        "If the edit is right, make it at its source, too: a revision is written over it. Else correct it there.",
        document.id,
        {"txn_id": standing.txn_id, "differences": [one.as_record() for one in differences]},
    )


def moved_total(document: DocumentRow, found: Standing, options: PostingOptions, last: LastWriting) -> list[Difference]:
    """What it comes to, where that is not what QuickBooks came to when we wrote it last: nothing else need show it.

    On an invoice of somebody else that is what our lines come to. What other documents of ours put onto this one counts
    for those.
    """
    before, now = document.posted_total, found.total
    if document.host is not None:
        with suppress(CannotWrite):  # the options have changed since: nobody can tell what was written
            now = comes_to(own_lines(last.document, found, options, last))
    elif last.guests:
        return []
    if before is None or now is None or before == now:
        return []
    return [Difference("total", f"{before:,.2f}", f"{now:,.2f}")]


def filled_again(document: DocumentRow, standing: Standing) -> Finding:
    """What was void comes to something again: somebody has written into it."""
    comes_to = "something" if standing.total is None else f"{standing.total:,.2f}"
    return Finding(
        WorkKind.EDITED_IN_QUICKBOOKS,
        str(document.id),
        f"{called(document, standing.number)} is void here, and comes to {comes_to} in QuickBooks again.",
        "Void it there; or if it is right as it is, see that its source knows it, too.",
        document.id,
        {"txn_id": standing.txn_id, "books": standing.as_candidate()},
    )


def called(document: DocumentRow, number: str | None = None) -> str:
    """How a sentence names a document: "Invoice 7 for Acme (document 3)"."""
    title = KINDS[document.kind].title
    known = number or document.posted_number or document.number
    party = f" for {document.party}" if document.party else ""
    return f"{title[:1].upper()}{title[1:]}{f' {known}' if known else ''}{party} (document {document.id})"


def stays(document: DocumentRow, field: str, what: str) -> Finding:
    """A revision took something away that no program can take away in QuickBooks."""
    return Finding(
        WorkKind.STAYS_IN_QUICKBOOKS,
        f"{document.id} {field}",
        f"{called(document)}: {what}.",
        "Take it away in QuickBooks if it is not to stand there, then say that it is done.",
        document.id,
        {"field": field, "txn_id": document.txn_id},
    )


def left_unapplied(document: DocumentRow, standing: Standing) -> Finding:
    """What was paid or credited on what becomes void stays there, and belongs to nothing."""
    paid = abs(standing.paid or 0)
    return Finding(
        WorkKind.PAYMENT_UNAPPLIED,
        str(document.id),
        f"{called(document, standing.number)} is void, and {paid:,.2f} had been paid or credited on it: that stands in "
        "QuickBooks unapplied.",
        "Apply it to another invoice there, or refund it; then say that it is done.",
        document.id,
        {"txn_id": standing.txn_id, "paid": str(paid)},
    )


def gone(document: DocumentRow, what: str) -> Finding:
    """Somebody has taken it out of the books."""
    return Finding(
        WorkKind.GONE_FROM_QUICKBOOKS,
        str(document.id),
        f"{called(document)} {what} in QuickBooks.",
        "If that is right, see that its source knows it, too; if not, enter it again under another origin.",
        document.id,
        {"txn_id": document.txn_id},
    )
