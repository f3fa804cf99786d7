"""Shopify Payments: what its balance transactions cost, and what it pays out, through the clearing account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from qbwc_server.documents.problems import Problem
from qbwc_server.shop.days import day_of
from qbwc_server.shop.journals import Account, Journal, Move, Posting, balanced, moved
from qbwc_server.shop.money import NOTHING, said
from qbwc_server.shop.nodes import Node, Reader, inner, nodes, number, text
from qbwc_server.shop.terms import Terms

PAYOUT_ORIGIN = "shopify:payout:"
BALANCE_ORIGIN = "shopify:balance:"
_ADVICE = "Compare it with the payout in Shopify before it is entered."


class About(StrEnum):
    """What a balance transaction is about."""

    ORDER = "order"  # its amount is in the books as money of the order: only its fee is not
    FEE = "fee"
    DISPUTE = "dispute"
    RESERVE = "reserve"
    PAYOUT = "payout"  # the payout itself tells of it
    RETURNED = "returned"  # a payout that failed or was cancelled: its money is here again
    ADJUSTMENT = "adjustment"
    UNKNOWN = "unknown"


_ACCOUNTS = {
    About.FEE: (Account.FEES, "Fees"),
    About.DISPUTE: (Account.DISPUTES, "Disputes"),
    About.RESERVE: (Account.RESERVE, "Reserve"),
    About.ADJUSTMENT: (Account.ADJUSTMENTS, "Adjustments"),
    About.UNKNOWN: (Account.ADJUSTMENTS, "Adjustments"),
    About.RETURNED: (Account.BANK, "Payouts that came back"),
}
_EXACTLY = {
    "CHARGE": About.ORDER,
    "REFUND": About.ORDER,
    "PAYOUT": About.PAYOUT,
    "CHARGEBACK_FEE": About.FEE,
    "TRANSFER": About.PAYOUT,
}
_BEGINNINGS = (  # the first that fits; there are some hundred types, and new ones with each version
    ("TRANSFER_", About.RETURNED),
    ("PAYOUT_", About.RETURNED),
    ("RESERVE", About.RESERVE),
    ("DISPUTE", About.DISPUTE),
    ("CHARGEBACK", About.DISPUTE),
    ("RISK_", About.DISPUTE),
    *((one, About.FEE) for one in ("APPLICATION_FEE", "BILLING_", "REFERRAL_FEE", "STRIPE_FEE", "MARKETPLACE_FEE")),
    *((one, About.FEE) for one in ("SHIPPING_", "CUSTOMS_DUTY", "IMPORT_TAX", "MANAGED_MARKETS", "MARKETS_PRO")),
    *((one, About.ADJUSTMENT) for one in ("ADJUSTMENT", "CHARGE_", "REFUND_", "ANOMALY_", "ADVANCE", "CHANNEL_")),
    *((one, About.ADJUSTMENT) for one in ("COLLECTIONS_", "LENDING_", "MERCHANT_", "PROMOTION_", "SELLER_")),
    *(
        (one, About.ADJUSTMENT)
        for one in ("SHOP_CASH", "SHOPIFY_", "TAX_ADJUSTMENT", "VAT_", "BALANCE_", "CREDIT", "DEBIT")
    ),
)


def about(kind: str) -> About:
    """What a type of balance transaction is about; unknown ones are for a person."""
    if kind in _EXACTLY:
        return _EXACTLY[kind]
    return next((found for beginning, found in _BEGINNINGS if kind.startswith(beginning)), About.UNKNOWN)


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """One change of what Shopify Payments owes: ``amount`` less ``fee`` is ``net``."""

    id: str
    kind: str
    at: datetime
    amount: Decimal
    fee: Decimal
    net: Decimal
    order: str = ""
    is_test: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def about(self) -> About:
        """What it is about."""
        return about(self.kind)

    @property
    def change(self) -> Decimal:
        """By how much it changes the clearing account, beside what stands there as money of an order."""
        if self.about is About.PAYOUT:
            return NOTHING
        return -self.fee if self.about is About.ORDER else self.amount - self.fee


class PayoutStatus(StrEnum):
    """Where a payout is."""

    SCHEDULED = "SCHEDULED"
    IN_TRANSIT = "IN_TRANSIT"
    PAID = "PAID"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    NOT_SAID = ""


_LEFT = frozenset((PayoutStatus.PAID, PayoutStatus.FAILED, PayoutStatus.CANCELED))  # what came back left before


@dataclass(frozen=True, slots=True)
class Payout:
    """Money to the bank, below zero from it. ``included``: what it is made of, None where that is not told."""

    id: str
    at: datetime
    status: PayoutStatus
    net: Decimal
    included: tuple[BalanceTransaction, ...] | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def has_left(self) -> bool:
        """Whether its money left the balance; that it came back, a balance transaction of another day says."""
        return self.status in _LEFT

    @property
    def origin(self) -> str:
        """Of its transfer."""
        return f"{PAYOUT_ORIGIN}{self.id}"


def balance_transaction_of(node: Node, currency: str = "") -> BalanceTransaction | None:
    """A transaction as the API tells it; None where it has no date."""
    reader = Reader(f"Balance transaction {number(text(node, 'id'))}", currency)
    at = reader.moment(node, "transactionDate", "processedAt")
    if at is None:
        return None
    amount, fee = reader.money(node, "amount"), reader.money(node, "fee")
    net = reader.told(node, "net")
    if net is not None and amount - fee != net:
        reader.tell("does_not_foot", "net", f"{reader.what}: {amount} less {fee} of fees is not {net}.", _ADVICE)
    kind = text(node, "type").upper()
    if about(kind) is About.UNKNOWN:
        reader.tell(
            "unknown_word", "type", f"{reader.what} is of the type {kind[:60]!r}, which is not known here.", _ADVICE
        )
    return BalanceTransaction(
        number(text(node, "id")),
        kind,
        at,
        amount,
        fee,
        amount - fee,
        text(inner(node, "associatedOrder"), "name"),
        bool(node.get("test")),
        tuple(reader.problems),
    )


def payout_of(node: Node, currency: str = "") -> Payout | None:
    """A payout as the API tells it; None where it has no date."""
    reader = Reader(f"Payout {number(text(node, 'id'))}", currency)
    at = reader.moment(node, "issuedAt")
    if at is None:
        return None
    net = reader.money(node, "net")
    if text(node, "transactionType") == "WITHDRAWAL":
        net = -abs(net)
    told = node.get("balanceTransactions")
    found = [balance_transaction_of(one, currency) for one in nodes(node, "balanceTransactions")]
    included = None if told is None else tuple(one for one in found if one is not None)
    status = reader.known(PayoutStatus, node, "status", PayoutStatus.NOT_SAID)
    return Payout(number(text(node, "id")), at, status, net, included, tuple(reader.problems))


def journal_of_day(found: Iterable[BalanceTransaction], day: date, terms: Terms) -> Journal | None:
    """What a day of Shopify Payments cost: fees, disputes, reserve, adjustments, and payouts that came back."""
    real = [one for one in found if terms.include_test_orders or not one.is_test]
    of_day = [one for one in real if day_of(one.at, terms) == day]
    reviews = tuple(dict.fromkeys(problem for one in of_day for problem in one.problems))
    memo = f"Shopify Payments {day.isoformat()}"
    postings = [posting for one in of_day for posting in _postings(one)]
    return balanced(
        f"{BALANCE_ORIGIN}{terms.shop}:{day.isoformat()}", day, memo, postings, Account.CLEARING, reviews=reviews
    )


def _postings(one: BalanceTransaction) -> Iterator[Posting]:
    if one.about is About.PAYOUT:
        return
    yield Posting(Account.FEES, one.fee, "Fees")
    if one.about in _ACCOUNTS:
        account, said = _ACCOUNTS[one.about]
        yield Posting(account, -one.amount, said)


def transfer_of(payout: Payout, terms: Terms) -> Move | None:
    """The money on its way to the bank, once it is paid; a payout of nothing moves none.

    One that failed stays in the books: its money comes back on the day on which the shop has it again.
    """
    if not payout.has_left or not payout.net:
        return None
    memo = f"Shopify payout {payout.id}"
    accounts = (Account.CLEARING, Account.BANK)
    move = moved(payout.origin, day_of(payout.at, terms), memo, accounts, payout.net)
    return Move(move.origin, move.day, memo, move.source, move.target, move.amount, reviews=tuple(_reviews(payout)))


def _reviews(payout: Payout) -> Iterator[Problem]:
    yield from payout.problems
    if payout.included is None:
        return
    comes_to = included_net(payout.included)
    if comes_to != payout.net:
        sentence = f"The transactions in payout {payout.id} come to {said(comes_to)}, and it pays {said(payout.net)}."
        yield Problem("does_not_foot", "amount", sentence, _ADVICE)


def included_net(included: Sequence[BalanceTransaction]) -> Decimal:
    """What the transactions in a payout come to, but for the payout itself."""
    return sum((one.net for one in included if one.about is not About.PAYOUT), NOTHING)
