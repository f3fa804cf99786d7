"""A document as the books of a shop want it, before anybody has said which items and accounts it names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from qbwc_server.documents.problems import Problem
from qbwc_server.shop.entries import Entry, total
from qbwc_server.shop.money import NOTHING
from qbwc_server.shop.order import Order, Place

ORIGIN = "shopify:order:"
DAY_ORIGIN = "shopify:day:"


class Kind(StrEnum):
    """The kinds of document that a shop needs, by the names they have among documents."""

    SALES_RECEIPT = "sales_receipt"
    INVOICE = "invoice"
    CREDIT_MEMO = "credit_memo"
    PAYMENT = "payment"
    CARD_REFUND = "card_refund"
    CHECK = "check"
    JOURNAL_ENTRY = "journal_entry"
    SALES_ORDER = "sales_order"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class Planned:
    """One document.

    Attributes:
        lines: with the sign that they have in it; they come to ``amount``.
        gateway: by which money comes or goes; empty: none does.
        applies_to: for a payment the invoices that it pays, for a refund the credits that it gives back, by origin.
        order: of which it tells; None: it sums up a day.
    """

    kind: Kind
    origin: str
    day: date
    place: Place
    amount: Decimal
    lines: tuple[Entry, ...] = ()
    gateway: str = ""
    applies_to: tuple[tuple[str, Decimal], ...] = ()
    order: Order | None = None
    memo: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass
class Plans:
    """Documents in the making: what is open of each invoice, and what is left of each credit.

    Money is put against invoices in order of time, and what was paid too early against the invoices that come later.
    """

    cash_gateways: frozenset[str]
    documents: list[Planned] = field(default_factory=list)
    open: dict[str, Decimal] = field(default_factory=dict)
    credit: dict[str, Decimal] = field(default_factory=dict)
    applied: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    payments: set[str] = field(default_factory=set)

    def sale(self, planned: Planned, *, is_refund: bool = False) -> None:
        """An invoice, or where it comes to less than nothing a credit memo; lines are those of an invoice.

        Args:
            is_refund: it is a credit memo where it comes to nothing, too.
        """
        amount = total(planned.lines)
        if amount > 0 or (not amount and not is_refund):
            self._add(planned, Kind.INVOICE, planned.lines, amount)
            self.open[planned.origin] = amount
            for payment in [one for one in self.credit if one in self.payments]:
                self._pay(payment, planned.origin)
        else:
            self._add(planned, Kind.CREDIT_MEMO, tuple(one.negated() for one in planned.lines), -amount)
            self.credit[planned.origin] = -amount

    def money(self, planned: Planned) -> None:
        """A payment; what no invoice is open for is the customer's credit."""
        self._add(planned, Kind.PAYMENT, (), planned.amount)
        self.payments.add(planned.origin)
        self.credit[planned.origin] = planned.amount
        for invoice in list(self.open):
            self._pay(planned.origin, invoice)

    def money_back(self, planned: Planned, first: str = "") -> None:
        """Money given back of the customer's credits, that of ``first`` before others; cash by a check on the till.

        ``planned.amount`` is above zero. What no credit here is left for goes by a journal entry.
        """
        if planned.gateway in self.cash_gateways:
            self._take(planned.amount, first)
            self._add(planned, Kind.CHECK, (), planned.amount)
            return
        taken = self._take(planned.amount, first)
        amount = sum(taken.values(), NOTHING)
        if taken:
            self._add(planned, Kind.CARD_REFUND, (), amount)
            self.applied[planned.origin] = taken
        if rest := planned.amount - amount:
            journal = f"{planned.origin}:journal"  # another one than that of the refund, which may still come
            self.documents.append(replace(planned, kind=Kind.JOURNAL_ENTRY, amount=rest, origin=journal))

    def done(self) -> list[Planned]:
        """The documents, each with what it is put against."""
        return [
            replace(one, applies_to=tuple(self.applied[one.origin].items())) if one.origin in self.applied else one
            for one in self.documents
        ]

    def _pay(self, payment: str, invoice: str) -> None:
        amount = min(self.credit[payment], self.open[invoice])
        if amount > 0:
            applied = self.applied.setdefault(payment, {})
            applied[invoice] = applied.get(invoice, NOTHING) + amount
            self.credit[payment] -= amount
            self.open[invoice] -= amount

    def _take(self, amount: Decimal, first: str) -> dict[str, Decimal]:
        taken: dict[str, Decimal] = {}
        for origin in sorted(self.credit, key=lambda one: one != first):
            part = min(self.credit[origin], amount)
            if part > 0:
                taken[origin] = part
                self.credit[origin] -= part
                amount -= part
        return taken

    def _add(self, planned: Planned, kind: Kind, lines: Sequence[Entry], amount: Decimal) -> None:
        self.documents.append(replace(planned, kind=kind, lines=tuple(lines), amount=amount))


def problems_of(found: Iterable[Sequence[Problem]]) -> tuple[Problem, ...]:
    """All of them, each once."""
    return tuple(dict.fromkeys(one for some in found for one in some))
