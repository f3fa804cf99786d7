"""How much of a payment or a refund belongs to another transaction, and how that one is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from qbwc_server.documents.kinds.document import Elsewhere
from qbwc_server.documents.kinds.fields import Fields, Number, PositiveAmount, TxnId
from qbwc_server.documents.problems import Problem

_BY_NUMBER, _BY_TXN_ID = "\N{NUMERO SIGN}", "\N{IDENTICAL TO}"


class Applied(Fields):
    """An amount that belongs to a transaction, named by its origin; one entered by hand by its number or TxnID.

    A kind adds the field of the origin, and names it first in ``known_by``.
    """

    number: Number | None = None
    txn_id: TxnId | None = None
    amount: PositiveAmount

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if sum(getattr(self, name) is not None for name in self.known_by) != 1:
            origin, number, txn_id = self.known_by
            names = {"origin": origin, "number": number, "txn_id": txn_id}
            raise PydanticCustomError("one_of_three", "exactly one of {origin}, {number} and {txn_id} is given", names)
        return self

    @property
    def origin(self) -> str | None:
        """Of a document here."""
        origin: str | None = getattr(self, self.known_by[0])
        return origin

    @property
    def key(self) -> str:
        """What the document calls the other one: its origin, or what no origin can be, since it is not ASCII."""
        if self.origin is not None:
            return self.origin
        return f"{_BY_NUMBER}{self.number}" if self.number is not None else f"{_BY_TXN_ID}{self.txn_id}"


def origins_in(parts: Sequence[Applied]) -> tuple[str, ...]:
    """Those that are documents here."""
    return tuple(part.origin for part in parts if part.origin is not None)


def elsewhere_in(parts: Sequence[Applied], kind: str, field: str) -> tuple[Elsewhere, ...]:
    """Those that were entered by hand, taken for documents of ``kind``."""
    return tuple(
        Elsewhere(kind, part.key, f"{field}[{index}]", part.number, part.txn_id)
        for index, part in enumerate(parts)
        if part.origin is None
    )


def total_of(parts: Sequence[Applied]) -> Decimal:
    """What is applied in all."""
    return sum((part.amount for part in parts), Decimal(0))


def check_twice(parts: Sequence[Applied], title: str, what: str, field: str) -> Iterator[Problem]:
    """Each is named once."""
    keys = [part.key for part in parts]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        yield Problem(
            f"{what.replace(' ', '_')}_twice",
            field,
            f"The {title} names {what} {twice.lstrip(_BY_NUMBER + _BY_TXN_ID)} twice.",
            f"Name each {what} once, with the whole amount.",
        )
