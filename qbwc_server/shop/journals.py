"""Entries of a shop that are about accounts alone: fees, payouts, counted cash, gift cards that were given away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from qbwc_server.documents.problems import Problem
from qbwc_server.shop.money import NOTHING
from qbwc_server.shop.order import NOWHERE, Place


class Account(StrEnum):
    """What an account of the shop is for."""

    CLEARING = "clearing"
    BANK = "bank"
    FEES = "fees"
    DISPUTES = "disputes"
    RESERVE = "reserve"
    ADJUSTMENTS = "adjustments"
    DRAWER = "drawer"
    OVER_SHORT = "over_short"
    PAY_IN_OUT = "pay_in_out"
    OPENING = "opening"
    PROMOTION = "promotion"
    GIFT_CARDS = "gift_cards"
    COST_OF_GOODS = "cost_of_goods"
    INVENTORY = "inventory"


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount of an account: a debit above zero, a credit below."""

    account: Account
    amount: Decimal
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Journal:
    """Debits and credits of one day that are equal. ``reviews``: why a person looks before it is entered."""

    origin: str
    day: date
    memo: str
    postings: tuple[Posting, ...]
    place: Place = NOWHERE
    reviews: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError where debits and credits differ."""
        if sum((one.amount for one in self.postings), NOTHING):
            raise ValueError(f"the entry {self.origin} does not balance")


@dataclass(frozen=True, slots=True)
class Move:
    """Money that goes from one account of the shop to another; ``amount`` is above zero."""

    origin: str
    day: date
    memo: str
    source: Account
    target: Account
    amount: Decimal
    place: Place = NOWHERE
    reviews: tuple[Problem, ...] = ()


def moved(
    origin: str, day: date, memo: str, accounts: tuple[Account, Account], amount: Decimal, place: Place = NOWHERE
) -> Move:
    """A move of ``amount`` from the first account to the second; below zero the other way round."""
    source, target = accounts if amount >= 0 else accounts[::-1]
    return Move(origin, day, memo, source, target, abs(amount), place)


def balanced(
    origin: str,
    day: date,
    memo: str,
    postings: Iterable[Posting],
    against: Account,
    place: Place = NOWHERE,
    reviews: tuple[Problem, ...] = (),
) -> Journal | None:
    """An entry of these postings against one account; those of one account and memo as one. None: nothing to post."""
    sums: dict[tuple[Account, str], Decimal] = {}
    for one in postings:
        sums[one.account, one.memo] = sums.get((one.account, one.memo), NOTHING) + one.amount
    kept = [Posting(account, amount, said) for (account, said), amount in sums.items() if amount]
    if rest := -sum((one.amount for one in kept), NOTHING):
        kept.append(Posting(against, rest, memo))
    return Journal(origin, day, memo, tuple(kept), place, reviews) if kept else None
