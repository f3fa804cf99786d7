"""An order of the export as documents, by the rules that hold for every order of a shop; what it says undated waits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from qbwc_server.channels.contract import Draft, Skipped, Stored
from qbwc_server.channels.shopify.export_names import TAX_INCLUDED, ExportNames, questions
from qbwc_server.channels.shopify.exported import Exported, doubts_of, settled
from qbwc_server.channels.shopify.options import ShopifyOptions
from qbwc_server.channels.shopify.written import number_of, written
from qbwc_server.documents.problems import Problem
from qbwc_server.shop.by_order import by_order
from qbwc_server.shop.entries import Entry, Role, merged
from qbwc_server.shop.ledger import ledger_of
from qbwc_server.shop.money import NOTHING, rounded
from qbwc_server.shop.order import (
    Financial,
    Order,
    Refund,
    RefundLine,
    Transaction,
    TransactionKind,
    TransactionStatus,
)
from qbwc_server.shop.planned import ORIGIN, Kind, Planned
from qbwc_server.shop.terms import RevenueDate, Terms

_LEFT_OUT = {
    Financial.VOIDED: ("voided", "Its payment was voided."),
    Financial.EXPIRED: ("expired", "Its payment authorization expired."),
}
_MONEY_BACK = frozenset((Kind.CARD_REFUND, Kind.CHECK, Kind.JOURNAL_ENTRY))
# behind the goods
_ORDER = (Role.DISCOUNTS, Role.PROMOTION, Role.SHIPPING, Role.DUTIES, Role.FEES, Role.TAX)


def skipped(told: Exported, line_number: int | None) -> Skipped | None:
    """The order left out, where there is no sale, and why."""
    order = told.order
    if order.financial in _LEFT_OUT:
        code, why = _LEFT_OUT[order.financial]
    elif order.cancelled_at is not None:
        code, why = "cancelled", "It was cancelled."
    else:
        return None
    kept = told.received - told.refunded
    money = f" {kept} of it was received and not refunded." if kept > 0 else ""
    advice = (
        "Refund it in Shopify, or enter what was kept by hand."
        if money
        else "Nothing to do, unless it stands in the books already."
    )
    problem = Problem(code, "Financial Status", f"Order {order.name} is left out: {why}{money}", advice)
    return Skipped(problem, told.origin, line_number, max(kept, NOTHING))


def order_draft(told: Exported, options: ShopifyOptions, line_number: int | None) -> Draft:
    """The sale, and by what is here of it already, what came after. Raises pydantic.ValidationError."""
    found, footing = settled(told, options.rounding_cap)
    order = _Told(found, options, line_number, tuple(doubts_of(found, footing)))
    return order.draft()


class _Told:
    """One order of the file on its way to documents."""

    def __init__(
        self, told: Exported, options: ShopifyOptions, line_number: int | None, doubts: tuple[Problem, ...]
    ) -> None:
        self.told, self.options, self.line_number, self.doubts = told, options, line_number, doubts
        self.terms = Terms(
            "UTC",  # moments stand for days as they are written
            revenue_date=RevenueDate.CREATED,
            rounding_cap=options.rounding_cap,
            cash_gateways=frozenset(("cash", "Cash")) if options.deposit_to else frozenset(),
        )

    def draft(self) -> Draft:
        """The draft of the sale."""
        told = self.told
        sale = next(one for one in self._planned(with_money(told, ())) if one.origin == told.origin)

        def same_as(stored: Stored) -> bool:
            """Whether it stands as it was told before: open and now paid, or paid without a word of when."""
            other = {stored.kind, sale.kind.value} == {"invoice", "sales_receipt"}
            return other and stored.total == told.total

        return replace(self._draft(sale), twin=_twin(told), same_as=same_as, follow_ups=self._follow_ups)

    def _follow_ups(self, stored: Sequence[Stored]) -> Iterator[Draft]:
        """Payments and refunds that the shop tells of and that are not here yet."""
        kinds = {one.origin: one.kind for one in stored}
        money = with_money(self.told, stored)
        was_open = kinds.get(self.told.origin) == "invoice"
        new = {f"{self.told.origin}:{suffix}" for suffix in money.new if was_open or not suffix.startswith("payment")}
        if was_open and self.told.by_cards:
            new.add(self.told.origin)  # what cards paid on its day stands on it
        for planned in self._planned(money, as_invoice=was_open):
            if planned.origin in new:
                yield self._draft(planned)

    def _planned(self, money: Money, *, as_invoice: bool = False) -> list[Planned]:
        return by_order(ledger_of(money.order, self.terms), self.terms, as_invoice=as_invoice)

    def _draft(self, planned: Planned) -> Draft:
        """Raises pydantic.ValidationError."""
        names = ExportNames(self.told.order, self.options, self.terms)
        found = written(replace(planned, lines=arranged(planned.lines, self.told), memo=self._memo(planned)), names)
        is_sale = planned.origin == self.told.origin
        notes = list(names.notes)
        if is_sale and number_of(self.told.order.name) is None:
            name = self.told.order.name
            notes.append(f"The name {name} is too long for a document number; it stands in the memo.")
        asked = [*questions(names, of_sale=is_sale), *(self.doubts if is_sale else ()), *self._of_money(planned)]
        return replace(
            found,
            line_number=self.line_number,
            notes=tuple(dict.fromkeys(notes)),
            reviews=(*asked, *planned.problems),
            called=names.called or None,
        )

    def _memo(self, planned: Planned) -> str:
        if planned.kind is Kind.CREDIT_MEMO or planned.kind in _MONEY_BACK:
            return f"Refund of Shopify order {self.told.order.name}"
        return f"Shopify order {self.told.order.name}" + (f", {self.told.ways}" if self.told.ways else "")

    def _of_money(self, planned: Planned) -> Iterator[Problem]:
        """What the file does not say of money that came or went back."""
        name, amount = self.told.order.name, planned.amount
        if planned.kind is Kind.PAYMENT and self.told.paid_at is None:
            yield Problem(
                "payment_to_check",
                "date",
                f"{amount} of order {name} was paid; the export does not say when.",
                "Look the payment up in Shopify, give it its date, and submit it.",
            )
        if planned.kind in (Kind.PAYMENT, Kind.SALES_RECEIPT) and self.told.by_cards is None:
            yield Problem(
                "paid_in_part_by_gift_card",
                "payment_method",
                f"Order {name} was paid with {self.told.ways}; the export does not say how much with which.",
                "A gift card that is redeemed is no money: enter the order by hand with the amounts that Shopify "
                "shows, and exclude this document.",
            )
        if planned.kind is Kind.CREDIT_MEMO or planned.kind in _MONEY_BACK:
            what = " and of what" if planned.kind is Kind.CREDIT_MEMO and planned.amount != self.told.total else ""
            yield Problem(
                "refund_to_check",
                "date",
                f"{amount} of order {name} was refunded; the export does not say when{what}.",
                "Look the refund up in Shopify, give the document its date, and submit it.",
            )


def arranged(lines: Sequence[Entry], told: Exported) -> tuple[Entry, ...]:
    """Goods as they were ordered, one discount, shipping, taxes; prices that hold tax as the buyer saw them."""
    items = {item.id: item for item in told.order.items}
    discount = f"Discount {told.discount_code}" if told.discount_code else "Discount"
    found, inside = [], NOTHING
    for one in lines:
        item = items.get(one.of)
        if one.role in (Role.DISCOUNTS, Role.PROMOTION):
            found.append(replace(one, role=Role.DISCOUNTS, of="discount", title=discount))
        elif item is not None and told.order.tax_included and abs(one.quantity) == abs(item.quantity):
            tax = sum((each.amount for each in item.taxes), NOTHING)
            inside += tax
            found.append(replace(one, amount=one.amount + tax))
        else:
            found.append(one)
    if inside:
        found.append(Entry(Role.SALES, TAX_INCLUDED, -inside, "Tax included in the prices"))
    return tuple(sorted(merged(found), key=lambda one: _rank(one, items.keys())))


def _rank(entry: Entry, items: Collection[str]) -> int:
    if entry.of in items:
        return 0
    return 1 + _ORDER.index(entry.role) if entry.role in _ORDER else len(_ORDER) + 1


# The money of an order, of which a file tells only what it comes to


@dataclass(frozen=True, slots=True)
class Money:
    """The order with its payments and refunds, those that are here and the rest. ``new``: ends of the new origins."""

    order: Order
    new: tuple[str, ...]


def with_money(told: Exported, stored: Sequence[Stored]) -> Money:
    """What came and went back by the file, beside what earlier files have brought of it."""
    order = told.order
    paid, back = _so_far(told, "payment", stored), _so_far(told, "refund", stored)
    at = told.paid_at or order.at
    last = max(at, order.at)
    more, less = told.received - sum(paid, NOTHING), told.refunded - sum(back, NOTHING)
    new: list[str] = []
    if more > 0:
        paid.append(more)
        new.append(f"payment:{len(paid)}")
    if less > 0:
        back.append(less)
        new += [f"{what}:{len(back)}" for what in ("refund", "back")] + [f"back:{len(back)}:journal"]
    known = len(paid) - (more > 0)
    moved = [
        _moved(told, TransactionKind.SALE, n, amount, order.at if n <= known else at)
        for n, amount in enumerate(paid, 1)
    ]
    moved += [_moved(told, TransactionKind.REFUND, n, amount, last) for n, amount in enumerate(back, 1)]
    refunds = tuple(_refund(told, n, amount, last) for n, amount in enumerate(back, 1))
    return Money(replace(order, transactions=tuple(moved), refunds=refunds), tuple(new))


def _so_far(told: Exported, what: str, stored: Sequence[Stored]) -> list[Decimal]:
    return [one.total or NOTHING for one in stored if one.origin.startswith(f"{told.origin}:{what}:")]


def _moved(told: Exported, kind: TransactionKind, number: int, amount: Decimal, at: datetime) -> Transaction:
    way = told.ways.partition("+")[0].strip().casefold() if told.by_cards else told.ways
    return Transaction(str(number), kind, TransactionStatus.SUCCESS, way or "not said", amount, at)


def _refund(told: Exported, number: int, amount: Decimal, at: datetime) -> Refund:
    """With the lines of the order where all of it was given back at once; else the file does not say of what."""
    transactions = (str(number),)
    if amount != told.total or number > 1:
        return Refund(str(number), at, transactions=transactions)
    order = told.order
    lines = tuple(
        RefundLine(
            item.id,
            item.quantity,
            rounded(item.listed, order.unit) - item.discount,
            sum((tax.amount for tax in item.taxes), NOTHING),
        )
        for item in order.items
    )
    shipping = sum((one.price for one in order.shipping), NOTHING)
    duties = sum((one.price for one in order.duties), NOTHING)
    return Refund(str(number), at, lines, shipping, duties=duties, transactions=transactions)


def _twin(told: Exported) -> Callable[[str], bool]:
    """Whether a stored origin is this order under its other key: by name where a file gave no id, or the reverse."""
    by_name = ORIGIN + told.order.name
    if told.is_identified:
        return lambda origin: origin == by_name
    return lambda origin: origin.startswith(ORIGIN) and origin != by_name and ":" not in origin.removeprefix(ORIGIN)
