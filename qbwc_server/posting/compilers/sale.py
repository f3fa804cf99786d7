"""Lines and addresses of invoices, sales receipts and credit memos, as qbXML wants them and as it tells them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from qbwc_server.documents.kinds import Address, Line
from qbwc_server.documents.totals import line_amount
from qbwc_server.posting.texts import Texts
from qbxml import Address as QbAddress
from qbxml import Ref

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


def line_values(lines: Iterable[Line], texts: Texts) -> list[LineValues]:
    """What each line says to QuickBooks.

    Quantity times rate is left to QuickBooks only where it is exact to the cent: how it rounds is not documented. Else
    the amount is given, and QuickBooks derives the rate.
    """
    found = []
    for index, line in enumerate(lines):
        at = f"lines[{index}]"
        total = line_amount(line)
        exact = line.rate is not None and (line.quantity or Decimal(1)) * line.rate == total
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


def same_name(wanted: str | None, found: Ref | None) -> bool:
    """Whether a reference is to ``wanted``; QuickBooks compares names without case. Nothing wanted fits everything."""
    if wanted is None:
        return True
    return found is not None and (found.full_name or "").casefold() == wanted.casefold()


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
    )


def same_lines(wanted: Sequence[LineValues], found: Sequence[LineRet]) -> bool:
    """Whether the books hold just these lines, in this order."""
    return len(wanted) == len(found) and all(map(same_line, wanted, found))


def line_id_for(wanted: LineValues, found: LineRet | None) -> str:
    """The line to change into ``wanted``, or "-1" for a new one.

    A line that has a quantity cannot lose it by a modification, and another item would keep the old one's leftovers:
    those are replaced by a new line instead.
    """
    if found is None or found.txn_line_id is None or wanted.item is None or found.item is None:
        return "-1"
    keeps_quantity = (wanted.quantity is None) == (found.quantity is None)
    return found.txn_line_id if keeps_quantity and same_name(wanted.item, found.item) else "-1"
