"""What invoices, sales receipts, credit memos and the like say in common, and their lines."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from qbwc_server.documents.kinds.item_lines import Line, OrderLine, PricedLine
from qbwc_server.documents.kinds.party import Address
from qbwc_server.documents.kinds.sale import Sale
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.texts import Texts
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.lines import LineSet, LineValues, line_values
from qbwc_server.posting.transactions.standing import money
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.writing import Writing, ref
from qbxml import Aggregate
from qbxml.returned import TxnRet
from qbxml.shared import Address as QbAddress

S = TypeVar("S", bound=Sale)


class SaleTransaction(Transaction[S]):
    """A transaction that sells something to a customer, or takes it back."""

    subtotal_field = "subtotal"
    tax_field = "sales_tax_total"
    kept: ClassVar[frozenset[str]] = frozenset({"ref_number", "template", "ar_account"})

    @abstractmethod
    def own(self, document: S, writing: Writing) -> Values:
        """What only this kind says."""

    def header(self, document: S, writing: Writing) -> Values:
        """What all sales say, and what only this kind does."""
        texts, options, customer = writing.texts, writing.options, document.customer
        return {
            "customer": writing.entry(ListKind.CUSTOMER, customer.name, "customer"),
            "class_": writing.entry(ListKind.CLASS, document.class_name, "class"),
            "template": writing.entry(ListKind.TEMPLATE, document.template, "template"),
            "txn_date": document.date,
            "ref_number": texts.name_or_none(document.number, "number", document.number_limit),
            "bill_address": address(customer.billing_address, "billing_address", texts),
            "ship_address": address(customer.shipping_address, "shipping_address", texts),
            "item_sales_tax": ref(document.sales_tax_item or options.sales_tax_item),
            "memo": texts.prose(document.memo, "memo", 4095),
            "customer_msg": writing.entry(ListKind.CUSTOMER_MESSAGE, document.customer_message, "customer_message"),
            "is_to_be_emailed": document.to_be_emailed,
            "other": texts.prose(document.other, "other", 29),
            **self.own(document, writing),
        }

    def lines(self, document: S, writing: Writing) -> tuple[list[LineValues], ...]:
        """Its items."""
        return (item_lines(document.lines, writing),)

    def total_of(self, ret: TxnRet) -> Decimal | None:
        """The total as told, else the subtotal with its tax."""
        if self.total_field is not None:
            return super().total_of(ret)
        subtotal = money(getattr(ret, "subtotal", None))
        tax = money(getattr(ret, "sales_tax_total", None)) or Decimal(0)
        return None if subtotal is None else money(subtotal + tax)


def sale_lines(
    name: str,
    add: Callable[..., Aggregate],
    ret: type[Aggregate],
    mod: Callable[..., Aggregate] | None = None,
    group_mod: Callable[..., Aggregate] | None = None,
) -> LineSet:
    """The lines of a kind of sale; QuickBooks takes neither item nor tax code off a line."""
    return LineSet(name, add, name, ret, name, mod, group_mod, kept=frozenset({"item", "sales_tax_code"}))


def item_lines(lines: Iterable[OrderLine], writing: Writing) -> list[LineValues]:
    """What each line says to QuickBooks."""
    return [_sold(line, f"lines[{index}]", writing) for index, line in enumerate(lines)]


def _sold(line: OrderLine, at: str, writing: Writing) -> LineValues:
    return priced_line(
        line,
        at,
        writing,
        service_date=line.service_date if isinstance(line, Line) else None,
        sales_tax_code=writing.entry(ListKind.SALES_TAX_CODE, line.tax_code, f"{at}.tax_code"),
    )


def priced_line(line: PricedLine, at: str, writing: Writing, **more: Any) -> LineValues:
    """What a line with a rate says, and what ``more`` it says in its kind.

    Quantity times rate is left to QuickBooks only where it is exact to the cent: how it rounds is not documented. Else
    the amount is given, and QuickBooks derives the rate.
    """
    total = line.comes_to() if line.item is not None else None
    exact = line.rate is not None and (Decimal(1) if line.quantity is None else line.quantity) * line.rate == total
    values = {
        "item": writing.entry(ListKind.ITEM, line.item, f"{at}.item"),
        "desc": writing.texts.prose(line.description, f"{at}.description", 4095),
        "quantity": line.quantity,
        "rate": line.rate if exact else None,
        "class_": writing.entry(ListKind.CLASS, line.class_name, f"{at}.class"),
        "amount": None if exact else total,
    }
    return line_values(values | more, total)


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
