"""The table from kind of document to the messages that write it, read it, and take it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from qbwc_server.documents.kinds import Document
from qbwc_server.documents.kinds.fields import CENT, LARGEST_AMOUNT
from qbwc_server.documents.problems import Problem
from qbwc_server.posting.compilers import credit_memo, invoice, payment, sales_receipt
from qbwc_server.posting.compilers.sale import says_already
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import CannotWrite, Texts
from qbxml import Aggregate, BuildError, Ref, render, request_for
from qbxml.messages.credit_memo import CreditMemoQueryRq, CreditMemoRet
from qbxml.messages.invoice import InvoiceQueryRq, InvoiceRet
from qbxml.messages.receive_payment import ReceivePaymentQueryRq, ReceivePaymentRet
from qbxml.messages.sales_receipt import SalesReceiptQueryRq, SalesReceiptRet
from qbxml.messages.transaction import TxnDelType, TxnVoidRq, TxnVoidType
from qbxml.shared import TxnDateRangeFilter


class TransactionRet(Protocol):
    """What every transaction answers with, as far as posting cares."""

    @property
    def txn_id(self) -> str | None: ...
    @property
    def edit_sequence(self) -> str | None: ...
    @property
    def external_guid(self) -> UUID | str | None: ...
    @property
    def customer(self) -> Ref | None: ...
    @property
    def txn_date(self) -> date | None: ...
    @property
    def ref_number(self) -> str | None: ...


@dataclass(frozen=True)
class Kind:
    """How one kind of document is written to QuickBooks and read back."""

    txn_type: TxnDelType  # QuickBooks' word for it
    add: Callable[..., Aggregate]  # (document, guid, options, texts)
    query: Callable[..., Aggregate]
    total: Callable[[Any], Decimal | None]
    change: Callable[..., Aggregate] | None = None  # (document, ret, options, texts)
    voidable: bool = True


def _money(found: Decimal | None) -> Decimal | None:
    """An amount as QuickBooks writes it; answers are read generously, and what is none is not kept."""
    return found if found is not None and abs(found) <= LARGEST_AMOUNT and found == found.quantize(CENT) else None


def _taxed(ret: Any) -> Decimal | None:
    subtotal = _money(getattr(ret, "subtotal", None))
    return None if subtotal is None else _money(subtotal + (_money(ret.sales_tax_total) or Decimal(0)))


def _total_amount(ret: Any) -> Decimal | None:
    return _money(getattr(ret, "total_amount", None))


KINDS: dict[str, Kind] = {
    "invoice": Kind(TxnDelType.INVOICE, invoice.add, InvoiceQueryRq, _taxed, invoice.change),
    "sales_receipt": Kind(
        TxnDelType.SALES_RECEIPT,
        sales_receipt.add,
        SalesReceiptQueryRq,
        _total_amount,
        sales_receipt.change,
    ),
    "credit_memo": Kind(TxnDelType.CREDIT_MEMO, credit_memo.add, CreditMemoQueryRq, _total_amount),
    "payment": Kind(TxnDelType.RECEIVE_PAYMENT, payment.add, ReceivePaymentQueryRq, _total_amount, voidable=False),
}
RETS = (InvoiceRet, SalesReceiptRet, CreditMemoRet, ReceivePaymentRet)


@dataclass(frozen=True)
class Compiled:
    """A request's text, and what had to be changed in the document's words to write it."""

    message: str  # "InvoiceAdd"
    xml: str
    notes: tuple[str, ...] = ()


def compile_add(
    document: Document, guid: UUID, options: PostingOptions, invoices: Mapping[str, str] | None = None
) -> Compiled:
    """The request that puts ``document`` into the books. Raises CannotWrite."""
    kind = KINDS[document.kind]
    texts = Texts(options.characters)
    extra = (invoices or {},) if document.kind == "payment" else ()
    return _compiled(lambda: kind.add(document, guid, options, texts, *extra), guid, texts)


def compile_change(document: Document, found: Aggregate, guid: UUID, options: PostingOptions) -> Compiled:
    """The request that turns what was found in the books into ``document``. Raises CannotWrite."""
    change = rule_of_change(document)
    texts = Texts(options.characters)
    return _compiled(lambda: change(document, found, options, texts), guid, texts)


def rule_of_change(document: Document) -> Callable[..., Aggregate]:
    """The rule that changes this kind in the books. Raises CannotWrite where there is none."""
    change = KINDS[document.kind].change
    if change is None:
        raise CannotWrite(
            Problem(
                "cannot_change",
                "kind",
                f"A {document.title} that is in QuickBooks cannot be changed from here.",
                "Change it in QuickBooks, or void it and enter a new one.",
            )
        )
    return change


def compile_void(kind: str, txn_id: str, guid: UUID) -> Compiled:
    """The request that voids a transaction."""
    rules = KINDS[kind]
    return Compiled(
        "TxnVoid",
        render(TxnVoidRq(txn_void_type=TxnVoidType(rules.txn_type.value), txn_id=txn_id, request_id=str(guid))),
    )


def compile_read(kind: str, guid: UUID, *, txn_id: str) -> tuple[str, str]:
    """Name and text of the query that reads one transaction with its lines."""
    rules = KINDS[kind]
    xml = render(rules.query(txn_ids=(txn_id,), include_line_items=True, request_id=str(guid)))
    return f"{rules.txn_type}Query", xml


def compile_look(kind: str, guid: UUID, *, number: str | None, day: date) -> str:
    """The query that would find a transaction whose answer was lost.

    By its number where we chose it; else by its date, which we also chose: neither depends on the clock of the PC.
    """
    query = KINDS[kind].query
    if number is not None:
        return render(query(ref_numbers=(number,), request_id=str(guid)))
    return render(
        query(txn_date_range_filter=TxnDateRangeFilter(from_txn_date=day, to_txn_date=day), request_id=str(guid))
    )


def agrees(document: Document, found: Any, options: PostingOptions) -> bool:
    """Whether what was found in the books says all that the document says. Raises CannotWrite."""
    change = KINDS[document.kind].change
    if change is None:
        return False
    try:
        wanted: Any = change(document, found, options, Texts(options.characters))
        return says_already(wanted, found)
    except BuildError:
        return False  # compile_change says what is wrong


def _compiled(build: Callable[[], Aggregate], guid: UUID, texts: Texts) -> Compiled:
    try:
        aggregate = build()
        xml = render(request_for(aggregate, request_id=str(guid)))
    except BuildError as mistake:
        raise CannotWrite(
            Problem("not_for_quickbooks", mistake.path, str(mistake), "Correct the field and submit again.")
        ) from None
    return Compiled(type(aggregate).__name__, xml, tuple(dict.fromkeys(texts.notes)))
