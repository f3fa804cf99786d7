"""Leaf types of documents with their limits: amounts, prices, texts, dates, and names of list entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, TypeVar, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from qbwc_server.list_kinds import ListKind

CENT = Decimal("0.01")
LARGEST_AMOUNT = Decimal("9999999999999.99")  # that QuickBooks writes: AMTTYPE has 13 digits before the point


class Sort(StrEnum):
    """What a field takes, for those who read it from text: files and forms."""

    TEXT = "text"
    PROSE = "prose"  # text for people, perhaps of several lines
    AMOUNT = "amount"
    NUMBER = "number"  # a quantity or a price
    DATE = "date"
    YES_NO = "yes_no"


class Fields(BaseModel):
    """A frozen record of a document; unknown fields are a mistake, not a surprise."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, str_max_length=20_000, defer_build=True
    )

    known_by: ClassVar[tuple[str, ...]] = ()  # one of these fields says what it is about
    not_in_files: ClassVar[frozenset[str]] = frozenset()  # fields that have no column


def _in_cents(amount: Decimal) -> Decimal:
    """1, 1.0 and 1.00 are the same amount, and minus zero is zero: one form of each, so that bodies compare."""
    return (amount + 0).quantize(CENT)


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


Amount = Annotated[
    Decimal, Field(max_digits=15, decimal_places=2, allow_inf_nan=False), AfterValidator(_in_cents), Sort.AMOUNT
]
PositiveAmount = Annotated[Amount, Field(gt=0)]
Price = Annotated[
    Decimal, Field(max_digits=15, decimal_places=5, allow_inf_nan=False), AfterValidator(_shortest), Sort.NUMBER
]
Quantity = Price
Text = Annotated[str, StringConstraints(strip_whitespace=True)]
# generous outer bounds; QuickBooks' own limits are applied when the request is written, after transliteration
Short = Annotated[Text, StringConstraints(min_length=1, max_length=300), AfterValidator(_storable)]
Long = Annotated[Text, StringConstraints(max_length=20_000), AfterValidator(_storable), Sort.PROSE]
Number = Annotated[Text, StringConstraints(min_length=1, max_length=20), AfterValidator(_storable)]
TxnId = Annotated[Text, StringConstraints(min_length=1, max_length=36, pattern=r"^[\x21-\x7e]+$")]
Origin = Annotated[
    Text, StringConstraints(min_length=1, max_length=120, pattern=r"^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$")
]
BookDate = Annotated[date, Field(ge=date(1970, 1, 1), le=date(2038, 1, 18)), BeforeValidator(_no_timestamp), Sort.DATE]


@dataclass(frozen=True, slots=True)
class Names:
    """Says of a field that it names an entry of a list, by full name."""

    list_kind: ListKind


CustomerName = Annotated[Short, Names(ListKind.CUSTOMER)]
VendorName = Annotated[Short, Names(ListKind.VENDOR)]
OtherNameName = Annotated[Short, Names(ListKind.OTHER_NAME)]
ItemName = Annotated[Short, Names(ListKind.ITEM)]
SalesTaxItemName = Annotated[Short, Names(ListKind.SALES_TAX_ITEM)]
AccountName = Annotated[Short, Names(ListKind.ACCOUNT)]
ClassName = Annotated[Short, Names(ListKind.CLASS)]
TermsName = Annotated[Short, Names(ListKind.TERMS)]
SalesRepName = Annotated[Short, Names(ListKind.SALES_REP)]
SalesTaxCodeName = Annotated[Short, Names(ListKind.SALES_TAX_CODE)]
PaymentMethodName = Annotated[Short, Names(ListKind.PAYMENT_METHOD)]
CustomerMessage = Annotated[Short, Names(ListKind.CUSTOMER_MESSAGE), Sort.PROSE]
TemplateName = Annotated[Short, Names(ListKind.TEMPLATE)]

M = TypeVar("M")


def marks_of(info: FieldInfo, mark: type[M]) -> list[M]:
    """What the type of a field says of it beyond its values: names of a list, its sort."""
    found = [*info.metadata]
    for one in types_of(info):
        for said in get_args(one)[1:] if get_origin(one) is Annotated else ():
            found.extend(said.metadata if isinstance(said, FieldInfo) else (said,))
    return [one for one in found if isinstance(one, mark)]


def types_of(info: FieldInfo) -> list[object]:
    """The types that a field may have: those of a union, and those in a tuple."""
    return list(_members(info.annotation))


def fields_in(info: FieldInfo) -> type[Fields] | None:
    """The record that a field holds, or a tuple of it."""
    return next((one for one in types_of(info) if isinstance(one, type) and issubclass(one, Fields)), None)


def _members(annotation: object) -> Iterator[object]:
    args = get_args(annotation)
    if not args or get_origin(annotation) is Annotated:
        yield annotation
    else:
        for one in args:
            yield from _members(one)
