"""Requests as text: what a document becomes on its way to QuickBooks, and the questions about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from qbwc_server.documents.kinds import Document
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.problems import Problem
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.sent import Sent, sent_of
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.posting.transactions import TRANSACTIONS, transaction_of
from qbwc_server.posting.transactions.invoice import InvoiceTransaction
from qbwc_server.posting.transactions.standing import Difference, Standing, StandingLine
from qbwc_server.posting.transactions.transaction import Changes
from qbwc_server.posting.transactions.writing import LastWriting, Writing
from qbxml import Aggregate, BuildError, render, request_for
from qbxml.messages.transaction import TxnVoidRq, TxnVoidType

_INVOICE = InvoiceTransaction()


@dataclass(frozen=True)
class Compiled:
    """A request's text, and what had to be changed in the document's words to write it."""

    message: str  # "InvoiceAdd"
    xml: str | None  # None until the TxnIDs that it names are known
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()  # of a change on an invoice of others: what stays there and a person should see
    others: tuple[str, ...] = ()  # of a change: the TxnLineIDs of lines that are not ours
    sent: Sent | None = None  # what it says, where it says anything of a transaction
    stays: Mapping[str, str] = field(default_factory=dict)  # of a change, by field: what it cannot take away
    former: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)  # lines of others before they are ours


def compile_add(
    document: Document, guid: UUID, options: PostingOptions, txn_ids: Mapping[str, str] | None = None
) -> Compiled:
    """The request that puts ``document`` into the books. Raises CannotWrite.

    Args:
        txn_ids: TxnID of each document that it waits for, by origin.
    """
    writing = Writing(options, Texts(options.characters), txn_ids or {})
    return _compiled(
        lambda: (transaction_of(document).add(document, guid, writing), None), guid, writing.texts, document
    )


def check_add(
    document: Document, guid: UUID, options: PostingOptions, txn_ids: Mapping[str, str] | None = None
) -> Compiled:
    """Whether that request can be written; its text is left out. Raises CannotWrite."""
    writing = Writing(options, Texts(options.characters), txn_ids or {})
    with _mistakes_told():
        request_for(transaction_of(document).add(document, guid, writing), request_id=str(guid))
    return pending(document.kind)


def compile_change(
    document: Document, found: Standing, guid: UUID, options: PostingOptions, last: LastWriting
) -> Compiled:
    """The request that turns what was found in the books into ``document``. Raises CannotWrite."""
    writing = Writing(options, Texts(options.characters), last.txn_ids, last)
    return _compiled(lambda: transaction_of(document).change(document, found, writing), guid, writing.texts, document)


def compile_take_back(found: Standing, guid: UUID, options: PostingOptions, last: LastWriting) -> Compiled:
    """The request that takes our lines off an invoice of somebody else. Raises CannotWrite."""
    writing = Writing(options, Texts(options.characters), last.txn_ids, last)
    return _compiled(lambda: _INVOICE.take_back(found, writing), guid, writing.texts, last.document)


def is_on(document: Document, found: Standing, options: PostingOptions, last: LastWriting) -> bool:
    """Whether any line of ours stands on an invoice of somebody else. Raises CannotWrite."""
    writing = Writing(options, Texts(options.characters), last.txn_ids, last)
    return isinstance(document, Invoice) and _INVOICE.is_on(document, found, writing)


def own_lines(
    document: Document, found: Standing, options: PostingOptions, last: LastWriting
) -> list[StandingLine | None]:
    """The line that each line of the document is there; None where it is not there. Raises CannotWrite."""
    writing = Writing(options, Texts(options.characters), last.txn_ids, last)
    return _INVOICE.own_lines(document, found, writing) if isinstance(document, Invoice) else []


def comes_to(lines: Sequence[StandingLine | None]) -> Decimal | None:
    """What lines come to; None where one is not there, or its amount was not told."""
    amounts = [line.amount for line in lines if line is not None and line.amount is not None]
    return sum(amounts, Decimal(0)) if lines and len(amounts) == len(lines) else None


def edits_since(found: Standing, options: PostingOptions, last: LastWriting, document: Document) -> list[Difference]:
    """What somebody has edited since our last writing, before ``document`` is written over it. Raises CannotWrite."""
    writing = Writing(options, Texts(options.characters), last.txn_ids, last)
    return transaction_of(document).edits(last.document, document, found, writing)


def differences(
    found: Standing, options: PostingOptions, last: LastWriting, document: Document | None = None
) -> list[Difference]:
    """Where the books say something else than ``document``, or than our last writing. Raises CannotWrite."""
    writing = Writing(options, Texts(options.characters), last.txn_ids, last)
    said = last.document if document is None else document
    return transaction_of(said).differences(said, found, writing)


def agrees(document: Document, found: Standing, options: PostingOptions, last: LastWriting) -> bool:
    """Whether what was found in the books says all that the document says, and nothing that it took away.

    Raises:
        CannotWrite: what it ought to say cannot be written.
    """
    try:
        writing = Writing(options, Texts(options.characters), last.txn_ids, last)
        return transaction_of(document).agrees(document, found, writing)
    except BuildError:
        return False  # compile_change says what is wrong


def compile_void(kind: str, txn_id: str, guid: UUID) -> Compiled:
    """The request that voids a transaction."""
    void_type = TxnVoidType(TRANSACTIONS[kind].txn_type.value)
    return Compiled("TxnVoid", render(TxnVoidRq(txn_void_type=void_type, txn_id=txn_id, request_id=str(guid))))


def pending(kind: str) -> Compiled:
    """The request that puts a document into the books, as long as its text waits for TxnIDs."""
    return Compiled(TRANSACTIONS[kind].add_name, None)


@contextmanager
def _mistakes_told() -> Iterator[None]:
    """Raises CannotWrite for what qbXML does not take."""
    try:
        yield
    except BuildError as mistake:
        raise CannotWrite(
            Problem("not_for_quickbooks", mistake.path, str(mistake), "Correct the field and submit again.")
        ) from None


def _compiled(
    build: Callable[[], tuple[Aggregate, Changes | None]], guid: UUID, texts: Texts, document: Document
) -> Compiled:
    with _mistakes_told():
        aggregate, changes = build()
        xml = render(request_for(aggregate, request_id=str(guid)))
    sent = sent_of(aggregate, document.comes_to())
    notes = tuple(dict.fromkeys((*texts.notes, *texts.remarks, *texts.stays.values())))
    others, former = ((), {}) if changes is None else (tuple(changes.others()), changes.former())
    remarks = tuple(dict.fromkeys(texts.remarks))
    return Compiled(type(aggregate).__name__, xml, notes, remarks, others, sent, texts.stays, former)
