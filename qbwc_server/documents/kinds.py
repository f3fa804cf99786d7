"""The kinds of document, as frozen typed records: what comes in by file or API, what is stored, what is posted.

Names are QuickBooks' words for the field; amounts are Decimal in the document's currency, with at most the decimals
that QuickBooks takes; a mistake is reported with the path of the field.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    field_validator,
)
from pydantic_core import PydanticCustomError


def _in_cents(amount: Decimal) -> Decimal:
    """1, 1.0 and 1.00 are the same amount, and minus zero is zero: one form of each, so that bodies compare."""
    return (amount + 0).quantize(Decimal("0.01"))


def _shortest(number: Decimal) -> Decimal:
    return number.normalize() + 0  # adding zero writes 1E+1 as 10


def _storable(text: str) -> str:
    if "\0" in text:  # PostgreSQL has no room for it
        raise PydanticCustomError("nul_character", "Text must not hold NUL characters")
    return text


def _no_timestamp(value: object) -> object:
    """20260302 is no date here: it would be taken for seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and "-" not in value):
        raise PydanticCustomError("date_form", "Dates are written like 2026-03-02")
    return value


Amount = Annotated[Decimal, Field(max_digits=13, decimal_places=2, allow_inf_nan=False), AfterValidator(_in_cents)]
Price = Annotated[Decimal, Field(max_digits=15, decimal_places=5, allow_inf_nan=False), AfterValidator(_shortest)]
Quantity = Price
Text = Annotated[str, StringConstraints(strip_whitespace=True)]
# generous outer bounds; QuickBooks' own limits are applied when the request is written, after transliteration
Short = Annotated[Text, StringConstraints(min_length=1, max_length=300), AfterValidator(_storable)]
Long = Annotated[Text, StringConstraints(max_length=20_000), AfterValidator(_storable)]
Origin = Annotated[
    Text, StringConstraints(min_length=1, max_length=120, pattern=r"^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$")
]
BookDate = Annotated[date, Field(ge=date(1970, 1, 1), le=date(2038, 1, 18)), BeforeValidator(_no_timestamp)]


class Record(BaseModel):
    """Frozen; unknown fields are a mistake, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=20_000)


class Address(Record):
    """A postal address; ``lines`` are street lines, at most five."""

    lines: tuple[Short, ...] = Field(default=(), max_length=5)
    city: Short | None = None
    state: Short | None = None
    postal_code: Short | None = None
    country: Short | None = None


class Party(Record):
    """A customer by full name (``Parent:Job`` for a job), and what is needed to create one that does not exist."""

    name: Short
    company_name: Short | None = None
    first_name: Short | None = None
    last_name: Short | None = None
    email: Short | None = None
    phone: Short | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None


class Line(Record):
    """One line: an item with quantity, rate and amount, or only a description.

    With quantity and amount QuickBooks works out the rate, so the cents are exactly the ones given here.
    """

    item: Short | None = None
    description: Long | None = None
    quantity: Quantity | None = None
    rate: Price | None = None
    amount: Amount | None = None
    tax_code: Short | None = None
    class_name: Short | None = Field(default=None, alias="class")
    service_date: BookDate | None = None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Application(Record):
    """How much of a payment belongs to one invoice, named by its origin."""

    invoice: Origin
    amount: Amount = Field(gt=0)


class _Document(Record):
    """What every kind has."""

    origin: Origin  # the caller's own key: the same origin is the same document, for ever
    number: Annotated[Text, StringConstraints(min_length=1, max_length=20), AfterValidator(_storable)] | None = None
    date: BookDate
    customer: Party
    memo: Long | None = None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    number_limit: ClassVar[int] = 11
    title: ClassVar[str]
    titles: ClassVar[str]

    @field_validator("customer", mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class Sale(_Document):
    """What invoices, sales receipts and credit memos share."""

    lines: tuple[Line, ...] = Field(min_length=1, max_length=1000)
    class_name: Short | None = Field(default=None, alias="class")
    sales_tax_item: Short | None = None  # the one tax item or group of the document
    customer_message: Short | None = None
    template: Short | None = None
    other: Short | None = None
    to_be_printed: bool | None = None
    to_be_emailed: bool | None = None
    subtotal: Amount | None = None  # given: the lines must add up to it
    total: Amount | None = None  # given: QuickBooks' own total is compared with it


class Invoice(Sale):
    """An invoice."""

    kind: Literal["invoice"] = "invoice"
    po_number: Short | None = None
    due_date: BookDate | None = None
    terms: Short | None = None
    sales_rep: Short | None = None
    ship_date: BookDate | None = None
    ar_account: Short | None = None

    title = "invoice"
    titles = "invoices"


class SalesReceipt(Sale):
    """A sale that is paid at once."""

    kind: Literal["sales_receipt"] = "sales_receipt"
    payment_method: Short | None = None
    check_number: Short | None = None
    deposit_to: Short | None = None

    title = "sales receipt"
    titles = "sales receipts"


class CreditMemo(Sale):
    """A credit to a customer; amounts are positive."""

    kind: Literal["credit_memo"] = "credit_memo"
    po_number: Short | None = None
    ar_account: Short | None = None

    title = "credit memo"
    titles = "credit memos"


class Payment(_Document):
    """A payment received; it waits until the invoices it pays are posted. Nothing named: QuickBooks applies it."""

    kind: Literal["payment"] = "payment"
    amount: Amount = Field(gt=0)
    payment_method: Short | None = None
    deposit_to: Short | None = None
    ar_account: Short | None = None
    applies_to: tuple[Application, ...] = Field(default=(), max_length=200)

    number_limit = 20
    title = "payment"
    titles = "payments"


Document = Invoice | SalesReceipt | CreditMemo | Payment
KINDS: dict[str, type[Document]] = {
    "invoice": Invoice,
    "sales_receipt": SalesReceipt,
    "credit_memo": CreditMemo,
    "payment": Payment,
}
_ANY: TypeAdapter[Document] = TypeAdapter(Annotated[Document, Field(discriminator="kind")])


def read_document(value: object) -> Document:
    """A document from decoded JSON. Raises pydantic.ValidationError."""
    return _ANY.validate_python(value)


def load_document(body: str) -> Document:
    """A document as ``dump_document`` wrote it."""
    return _ANY.validate_json(body)


def dump_document(document: Document) -> str:
    """Canonical JSON: equal documents give equal text, so that two bodies can be compared."""
    values = document.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps(_plain(values), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def body_digest(body: str) -> str:
    """A short name for exactly this body."""
    return hashlib.sha256(body.encode()).hexdigest()


def _plain(value: object) -> object:
    """Drop what is empty, so that a default spelt out and one left out are the same document."""
    if isinstance(value, dict):
        kept = {key: _plain(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {})}
    return [_plain(item) for item in value] if isinstance(value, list) else value
