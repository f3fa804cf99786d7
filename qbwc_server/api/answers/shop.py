"""The days, payouts and clearing account of a shop, as the API shows them. Amounts are text."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer
from qbwc_server.documents.lifecycle import State


class ShopSumAnswer(Answer):
    """One amount as orders tell it, as documents do, and as QuickBooks has it."""

    part: str = Field(description="sold: what buyers owe by it; money: what came by one way, less what went back.")
    way: str = Field(description="Of money, such as cash.")
    place: str = Field(description="Of one day only; empty: the web shop, or all places.")
    orders: str
    documents: str
    books: str
    difference: str = Field(description="What the books hold more than the orders; it has to be zero.")


class ShopDayAnswer(Answer):
    """A day on which anything happened."""

    day: date
    orders: int
    waiting: int = Field(description="Documents that are not in QuickBooks as they are meant to be.")
    sums: list[ShopSumAnswer]
    differs: bool


class ShopDaysAnswer(Answer):
    """Days, the newest first."""

    connection_id: int
    title: str
    days: list[ShopDayAnswer]
    next: date | None = Field(description="For before=, where there are more.")


class ShopToldAnswer(Answer):
    """An amount that an order tells."""

    part: str
    way: str
    amount: str


class ShopDocumentAnswer(Answer):
    """A document of the shop."""

    id: int
    kind: str
    number: str | None
    state: State
    total: str | None
    posted_total: str | None
    txn_id: str | None
    message: str | None
    advice: str | None


class ShopOrderAnswer(Answer):
    """What an order says of the day, and the documents that say it."""

    order: str
    name: str
    place: str
    told: list[ShopToldAnswer]
    documents: list[ShopDocumentAnswer]


class ShopOneDayAnswer(Answer):
    """A day down to its orders."""

    connection_id: int
    day: date
    orders: int
    waiting: int
    sums: list[ShopSumAnswer]
    differs: bool
    by_place: list[ShopSumAnswer]
    listed: list[ShopOrderAnswer]
    next: str | None = Field(description="For after=, where there are more.")


class ClearingDayAnswer(Answer):
    """The clearing account at the end of a day."""

    day: date
    money: str = Field(description="What orders brought on the day, less what was given back.")
    fees: str
    disputes: str
    reserve: str
    adjustments: str
    returned: str = Field(description="Payouts that came back.")
    paid_out: str
    expected: str = Field(description="Its balance by what the shop tells.")
    books: str = Field(description="Its balance by what stands in QuickBooks.")
    on_the_way: str = Field(description="Paid out by the channel and not arrived.")
    pending: str = Field(description="Money of orders that the channel has not counted yet.")
    stated: str | None = Field(description="What the channel said it holds; null: it did not.")
    difference: str | None = Field(description="books less on_the_way, pending and stated; it has to be zero.")
    differs: bool


class ClearingAnswer(Answer):
    """Days of the clearing account, the newest first."""

    connection_id: int
    days: list[ClearingDayAnswer]
    next: date | None = Field(description="For before=, where there are more.")


class PayoutTransactionAnswer(Answer):
    """A transaction in a payout."""

    id: str
    type: str
    about: str
    at: datetime
    order: str
    amount: str
    fee: str
    net: str


class PayoutAnswer(Answer):
    """A payout; where what was told of it is not kept any more, only its number."""

    payout: str
    kept: bool
    at: datetime | None = None
    status: str | None = None
    net: str | None = None
    included_net: str | None = Field(None, description="What the transactions in it come to; null: not told.")
    count: int | None = None
    difference: str | None = None
    document: ShopDocumentAnswer | None = None
    differs: bool | None = None
    problems: list[str] | None = None


class OnePayoutAnswer(PayoutAnswer):
    """A payout with the transactions in it."""

    included: list[PayoutTransactionAnswer] | None
    next: int | None = Field(description="For after=, where there are more.")


class PayoutsAnswer(Answer):
    """Payouts, the newest first."""

    connection_id: int
    payouts: list[PayoutAnswer]
    next: int | None = Field(description="For before=, where there are more.")


class ShopConflictAnswer(ShopDocumentAnswer):
    """A document of the shop that needs a person."""

    date: date
    origin: str


class ShopConflictsAnswer(Answer):
    """The oldest first."""

    connection_id: int
    conflicts: list[ShopConflictAnswer]
    next: int | None = Field(description="For after=, where there are more.")
