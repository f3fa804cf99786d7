"""How a company bills, what a day would bill and what it has billed, as the API shows it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from qbwc_server.api.answers.answer import Answer, Mistake
from qbwc_server.billing_runs.models import Outcome
from qbwc_server.billing_runs.plan import Standing
from qbwc_server.billing_runs.settings import BillingSettings, Makes
from qbwc_server.books.costs.models import CostState
from qbwc_server.documents.lifecycle import State


class BillingSettingsAnswer(Answer):
    """The settings in force."""

    version: int = Field(description="Counted up with each change.")
    changed_at: datetime
    settings: BillingSettings


class SwitchAnswer(Answer):
    """What was said of an offer, an organisation, or an offer of one."""

    connection_id: int
    organisation: str = Field(description="Its key, name:Contoso or id:42; empty: all.")
    offer: str = Field(description="Empty: all.")
    synchronise: bool | None
    makes: Makes | None


class SentInvoiceAnswer(Answer):
    """An invoice that somebody has marked as sent."""

    txn_id: str = Field(description="Its TxnID, or # and its number, as it was named.")
    at: datetime
    by: str
    document: int | None = Field(description="Its document here, where there is one.")
    number: str | None
    customer: str | None


class SentInvoicesAnswer(Answer):
    """A page of them, in the order of their TxnIDs."""

    sent: list[SentInvoiceAnswer]
    next: str | None = Field(description="Go on behind this; null on the last page.")


class WordSuggestionAnswer(Answer):
    """What an offer or organisation may stand for."""

    list_id: str
    name: str
    why: str
    likeness: int


class BilledWordAnswer(Answer):
    """An offer or an organisation that is charged for."""

    connection_id: int
    kind: str = Field(description="item: an offer; customer: an organisation. As in the mappings.")
    word: str
    title: str | None
    key: str = Field(description="As the switches take it.")
    entry: str | None = Field(description="What it stands for in QuickBooks.")
    code: str | None = Field(description="Why it stands for nothing.")
    message: str | None
    synchronise: bool
    makes: Makes | None = Field(description="Of an organisation.")
    suggestions: list[WordSuggestionAnswer]


class BilledWordsAnswer(Answer):
    """All of them."""

    words: list[BilledWordAnswer]


class BillLineAnswer(Answer):
    """A line that a customer would get. Amounts are text."""

    organisation: str
    item: str
    description: str
    quantity: str | None
    rate: str | None = Field(description="null: QuickBooks fills in its own price, or the amount is given.")
    amount: str | None = Field(description="What it comes to, as far as the lists of QuickBooks tell its price.")
    formula: str
    price: str | None
    price_from: str
    unit_cost: str
    margin: str | None


class CautionAnswer(Answer):
    """What a person should see first."""

    code: str
    message: str
    advice: str
    blocks: bool = Field(description="It has to be mended; to acknowledge it is not enough.")


class LastAnswer(Answer):
    """The last document of the customer."""

    billing_day: date
    document: int
    total: str | None


class CustomerBillAnswer(Answer):
    """What a customer would get."""

    connection_id: int
    customer: str
    list_id: str
    kind: str
    makes: Makes
    standing: Standing
    digest: str
    total: str | None
    last: LastAnswer | None
    changes: list[str]
    warnings: list[CautionAnswer]
    lines: list[BillLineAnswer]


class OrphanAnswer(Answer):
    """A charge that nobody can be billed for."""

    word_kind: str | None = Field(description="What it waits for: an entry of this kind for the word; null: none.")
    word: str | None
    connection_id: int | None
    organisation: str
    offer: str
    product: str
    period: str
    quantity: str
    currency: str
    code: str
    message: str
    advice: str


class CostAnswer(Answer):
    """An item whose cost in the books is not that of the distributor. It is not written."""

    item: str
    cost: str
    in_books: str | None = Field(description="null: the item has no purchase cost to be kept in.")


class SumAnswer(Answer):
    """What the distributor charges, by what became of it; all of a currency is the outcome all."""

    currency: str
    outcome: str
    cost: str


class BillingPreviewAnswer(Answer):
    """What a billing day would bill now."""

    billing_day: date
    due_at: datetime
    period_first: date
    period_last: date
    digest: str = Field(description="Of all that may go: say it as seen to approve all as they are here.")
    problems: list[Mistake] = Field(description="Nothing goes by itself before they are mended.")
    to_mend: list[Mistake] = Field(
        description="All that keeps somebody from being billed by itself; empty: all is well."
    )
    customers: list[CustomerBillAnswer]
    orphans: list[OrphanAnswer]
    costs: list[CostAnswer]
    charges: list[SumAnswer]


class BillingRunAnswer(Answer):
    """What a run did."""

    billing_day: date
    documents: int
    waiting: int = Field(description="Customers that wait.")


class BilledDocumentAnswer(Answer):
    """A document of the day."""

    id: int
    origin: str
    kind: str
    customer: str | None
    state: State
    total: str | None
    number: str | None


class OutcomeAnswer(Answer):
    """What became of a charge, or of one of its twelve parts."""

    organisation: str
    offer: str
    product: str
    period_first: date | None
    period_last: date | None
    quantity: str
    cost: str
    currency: str
    outcome: Outcome
    reason: str
    message: str
    customer: str
    origin: str


class ItemCostAnswer(Answer):
    """The unit cost of an item, as it was last to be written to QuickBooks."""

    item: str
    cost: str
    before: str | None = Field(description="What stood in the item, where it was another one.")
    state: CostState
    code: str | None = Field(description="Why it was not written.")
    message: str | None
    changed_at: datetime


class BillingReportAnswer(Answer):
    """What a day has billed, and every charge once."""

    billing_day: date
    begun_at: datetime
    done_at: datetime
    waiting: int
    documents: list[BilledDocumentAnswer]
    charges: list[SumAnswer]
    lines: list[OutcomeAnswer]
    costs: list[ItemCostAnswer]
