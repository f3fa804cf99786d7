"""Lines and addresses of invoices, sales receipts and credit memos, as qbXML wants them and as it tells them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypedDict, cast

from qbwc_server.documents.kinds.item_lines import Line
from qbwc_server.documents.kinds.party import Address
from qbwc_server.documents.kinds.sale import Sale
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import Texts
from qbxml import Aggregate, Ref
from qbxml.messages.invoice import InvoiceMod, InvoiceRet
from qbxml.messages.sales_receipt import SalesReceiptMod, SalesReceiptRet
from qbxml.shared import Address as QbAddress

NAME, ITEM, CLASS = 209, 31 * 5 + 4, 159


def ref(name: str | None) -> Ref | None:
    """A reference by full name."""
    return None if name is None else Ref(full_name=name)


def address(given: Address | None, field: str, texts: Texts) -> QbAddress | None:
    """Five street lines of 41 characters, and the rest."""
    if given is None:
        return None
    lines = [texts.prose(line, f"{field}.lines", 41) for line in given.lines]
    lines += [None] * (5 - len(lines))
    return QbAddress(
        addr1=lines[0],
        addr2=lines[1],
        addr3=lines[2],
        addr4=lines[3],
        addr5=lines[4],
        city=texts.prose(given.city, f"{field}.city", 31),
        state=texts.prose(given.state, f"{field}.state", 21),
        postal_code=texts.prose(given.postal_code, f"{field}.postal_code", 13),
        country=texts.prose(given.country, f"{field}.country", 31),
    )


class Header(TypedDict):
    """What the messages of all three kinds have in common, under qbxml's names."""

    customer: Ref
    class_: Ref | None
    template: Ref | None
    txn_date: date
    ref_number: str | None
    bill_address: QbAddress | None
    ship_address: QbAddress | None
    item_sales_tax: Ref | None
    memo: str | None
    customer_msg: Ref | None
    is_to_be_printed: bool | None
    is_to_be_emailed: bool | None
    other: str | None


def header(document: Sale, options: PostingOptions, texts: Texts) -> Header:
    """Everything about the document but its lines and what only its kind has."""
    return Header(
        customer=Ref(full_name=texts.name(document.customer.name, "customer", NAME)),
        class_=ref(texts.name_or_none(document.class_name, "class", CLASS)),
        template=ref(texts.name_or_none(document.template, "template", 31)),
        txn_date=document.date,
        ref_number=texts.name_or_none(document.number, "number", 11),
        bill_address=address(document.customer.billing_address, "billing_address", texts),
        ship_address=address(document.customer.shipping_address, "shipping_address", texts),
        item_sales_tax=ref(document.sales_tax_item or options.sales_tax_item),
        memo=texts.prose(document.memo, "memo", 4095),
        customer_msg=ref(texts.name_or_none(document.customer_message, "customer_message", 101)),
        is_to_be_printed=getattr(document, "to_be_printed", None),
        is_to_be_emailed=document.to_be_emailed,
        other=texts.prose(document.other, "other", 29),
    )


class LineContent(TypedDict):
    """A line of any of the three kinds, under qbxml's names."""

    item: Ref | None
    desc: str | None
    quantity: Decimal | None
    rate: Decimal | None
    class_: Ref | None
    amount: Decimal | None
    service_date: date | None
    sales_tax_code: Ref | None


@dataclass(frozen=True, slots=True)
class LineValues:
    """A line in QuickBooks' terms. Either rate or amount is given, so that it computes what we mean, to the cent."""

    item: str | None
    desc: str | None
    quantity: Decimal | None
    rate: Decimal | None
    amount: Decimal | None
    total: Decimal | None  # what the line comes to; None where only QuickBooks knows the price
    tax_code: str | None
    class_name: str | None
    service_date: date | None

    def content(self) -> LineContent:
        """As the messages take it."""
        return LineContent(
            item=ref(self.item),
            desc=self.desc,
            quantity=self.quantity,
            rate=self.rate,
            class_=ref(self.class_name),
            amount=self.amount,
            service_date=self.service_date,
            sales_tax_code=ref(self.tax_code),
        )


def line_values(lines: Iterable[Line], texts: Texts) -> list[LineValues]:
    """What each line says to QuickBooks.

    Quantity times rate is left to QuickBooks only where it is exact to the cent: how it rounds is not documented. Else
    the amount is given, and QuickBooks derives the rate.
    """
    found = []
    for index, line in enumerate(lines):
        at = f"lines[{index}]"
        total = line.comes_to()
        exact = line.rate is not None and (Decimal(1) if line.quantity is None else line.quantity) * line.rate == total
        priced = line.item is not None and total is not None
        found.append(
            LineValues(
                item=texts.name_or_none(line.item, f"{at}.item", ITEM),
                desc=texts.prose(line.description, f"{at}.description", 4095),
                quantity=line.quantity,
                rate=line.rate if exact else None,
                amount=total if priced and not exact else None,
                total=total if line.item is not None else None,
                tax_code=texts.name_or_none(line.tax_code, f"{at}.tax_code", 3),
                class_name=texts.name_or_none(line.class_name, f"{at}.class", CLASS),
                service_date=line.service_date,
            )
        )
    return found


class LineRet(Protocol):
    """What all three kinds of line answer with."""

    @property
    def txn_line_id(self) -> str | None: ...
    @property
    def item(self) -> Ref | None: ...
    @property
    def desc(self) -> str | None: ...
    @property
    def quantity(self) -> Decimal | None: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def class_(self) -> Ref | None: ...
    @property
    def sales_tax_code(self) -> Ref | None: ...
    @property
    def service_date(self) -> date | None: ...


def same_name(wanted: str | None, found: Ref | None) -> bool:
    """Whether a reference is to ``wanted``; QuickBooks compares names without case. Nothing wanted fits everything."""
    if wanted is None:
        return True
    return found is not None and (found.full_name or "").lower() == wanted.lower()


def same_line(wanted: LineValues, found: LineRet) -> bool:
    """Whether a line in the books says what was wanted; what was left open may be anything."""
    if wanted.item is None:
        return found.item is None and (found.desc or "") == (wanted.desc or "")
    return (
        same_name(wanted.item, found.item)
        and (wanted.desc is None or found.desc == wanted.desc)
        and (wanted.quantity is None or found.quantity == wanted.quantity)
        and (wanted.total is None or found.amount == wanted.total)
        and same_name(wanted.class_name, found.class_)
        and same_name(wanted.tax_code, found.sales_tax_code)
        and wanted.service_date in (None, found.service_date)
    )


def line_changes(wanted: Sequence[LineValues], found: Sequence[LineRet]) -> Iterator[tuple[str, LineContent | None]]:
    """What turns the lines in the books into the lines wanted, in order: a TxnLineID, and its new content.

    A line that says already what is wanted is named without content, since lines left out are deleted; a new one
    is "-1".
    """
    for index, line in enumerate(wanted):
        there = found[index] if index < len(found) else None
        if there is not None and there.txn_line_id is not None and same_line(line, there):
            yield there.txn_line_id, None
        else:
            yield _line_id(line, there), line.content()


def _line_id(wanted: LineValues, found: LineRet | None) -> str:
    """The line to change into ``wanted``, or "-1" for a new one.

    A line that has a quantity cannot lose it by a modification, and another item would keep the leftovers of the old
    one: those are replaced by a new line instead.
    """
    if found is None or found.txn_line_id is None or wanted.item is None or found.item is None:
        return "-1"
    keeps_quantity = (wanted.quantity is None) == (found.quantity is None)
    return found.txn_line_id if keeps_quantity and same_name(wanted.item, found.item) else "-1"


_ADDRESS = ("addr1", "addr2", "addr3", "addr4", "addr5", "city", "state", "postal_code", "country")
_OF_ITSELF = frozenset({"txn_id", "edit_sequence", "lines"})


def says_already(change: InvoiceMod | SalesReceiptMod, found: InvoiceRet | SalesReceiptRet) -> bool:
    """Whether what is in the books holds everything that ``change`` would write, so that it would change nothing."""
    lines = [line for line in change.lines if any(_given(line, {"txn_line_id"}))]
    return (
        not lines
        and len(change.lines) == len(found.lines)
        and all(_holds(wanted, getattr(found, name)) for name, wanted in _given(change, _OF_ITSELF))
    )


def _given(aggregate: Aggregate, apart_from: Collection[str]) -> Iterator[tuple[str, Any]]:
    for one in fields(cast("Any", aggregate)):
        value = getattr(aggregate, one.name)
        if one.name not in apart_from and value not in (None, ()):
            yield one.name, value


def _holds(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, Ref):
        return same_name(wanted.full_name, found)
    if isinstance(wanted, QbAddress):
        return found is not None and all(getattr(wanted, one) == getattr(found, one) for one in _ADDRESS)
    return bool(wanted == found) or not (wanted or found)  # an empty text, or no, and nothing are the same
