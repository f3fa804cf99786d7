"""Values of nodes of the Admin GraphQL API: what is null or not told is nothing, what cannot be read is a problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from qbwc_server.documents.problems import Problem
from qbwc_server.shop.money import NOTHING

Node = Mapping[str, Any]
E = TypeVar("E", bound=StrEnum)


class Reader:
    """Reads one record of the shop, and collects what a person has to see of it.

    Args:
        what: the record, as a person calls it: ``Order #1001``.
        currency: of the books; amounts in another one are told. Empty: that of the first amount.
    """

    def __init__(self, what: str, currency: str = "") -> None:
        self.what, self.currency = what, currency
        self.problems: list[Problem] = []

    def money(self, node: Node, field: str) -> Decimal:
        """An amount in shop money; nothing where there is none."""
        found = self.told(node, field)
        return NOTHING if found is None else found

    def told(self, node: Node, field: str) -> Decimal | None:
        """An amount in shop money, of a money bag or a plain amount; None where nothing is told of it."""
        said = node.get(field)
        if said is None:
            return None
        plain = said.get("shopMoney", said) if isinstance(said, Mapping) else said
        if plain is None:
            return None
        text = plain.get("amount") if isinstance(plain, Mapping) else plain
        if isinstance(plain, Mapping):
            self._same_currency(plain.get("currencyCode"), field)
        return None if text is None else self.decimal(text, field)

    def decimal(self, text: object, field: str) -> Decimal:
        """A number as the shop writes it; never by way of a float's digits."""
        try:
            found = Decimal(str(text).strip())
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite():
            self.tell("unreadable_amount", field, f"{self.what}: {field} is {str(text)[:40]!r}, which is no amount.")
            return NOTHING
        return found

    def moment(self, node: Node, *fields: str) -> datetime | None:
        """The first moment that is told, aware."""
        for field in fields:
            said = node.get(field)
            if not said:
                continue
            try:
                found = datetime.fromisoformat(str(said))
            except ValueError:
                found = None
            if found is not None and found.tzinfo is not None:
                return found
            self.tell("unreadable_moment", field, f"{self.what}: {field} is {str(said)[:40]!r}, which is no moment.")
        return None

    def known(self, kinds: type[E], node: Node, field: str, other: E) -> E:
        """A value of an enumeration; ``other`` where there is none, and where it is new: then a person is told."""
        said = node.get(field)
        if said is None:
            return other
        try:
            return kinds(str(said))
        except ValueError:
            self.tell(
                "unknown_word",
                field,
                f"{self.what}: {field} is {str(said)[:40]!r}, which is not known here.",
                "Look it up in Shopify, and enter what it means by hand.",
            )
            return other

    def tell(self, code: str, field: str, message: str, advice: str = "Look it up in Shopify.") -> None:
        """Keep what a person has to see; the same thing is told once."""
        problem = Problem(code, field, message, advice)
        if problem not in self.problems:
            self.problems.append(problem)

    def _same_currency(self, currency: object, field: str) -> None:
        if not isinstance(currency, str) or not currency:
            return
        self.currency = self.currency or currency
        if currency != self.currency:
            self.tell(
                "other_currency",
                field,
                f"{self.what}: {field} is in {currency[:10]}, and the books of the shop are in {self.currency}.",
                "Enter it by hand at the rate of the day.",
            )


def nodes(node: Node, field: str) -> Iterator[Node]:
    """The records of a list or connection, however it was handed over."""
    said = node.get(field)
    if isinstance(said, Mapping):
        edges = said.get("edges")
        said = [one.get("node") for one in edges] if isinstance(edges, Sequence) else said.get("nodes")
    if isinstance(said, Sequence) and not isinstance(said, str):
        yield from (one for one in said if isinstance(one, Mapping))


def inner(node: Node, *fields: str) -> Node:
    """What stands behind fields of fields; an empty record where there is none."""
    found: Any = node
    for field in fields:
        found = found.get(field) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def text(node: Node, *fields: str) -> str:
    """The first of these that says something."""
    return next((str(said).strip() for field in fields if (said := node.get(field)) not in (None, "")), "")


def number(gid: str) -> str:
    """The number at the end of a global id, by which people and addresses know the record."""
    return gid.rpartition("/")[2].partition("?")[0]
