"""Invoices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from qbwc_server.documents.kinds.fields import AccountName, BookDate, SalesRepName, Short, TermsName
from qbwc_server.documents.kinds.item_lines import Line
from qbwc_server.documents.kinds.onto import LineKey, Onto
from qbwc_server.documents.kinds.sale import DeliveredSale
from qbwc_server.documents.problems import Problem


class InvoiceLine(Line):
    """One line of an invoice; its key is kept in Other1 of the line."""

    key: LineKey | None = None

    not_in_files: ClassVar[frozenset[str]] = frozenset({"key"})

    @model_validator(mode="before")
    @classmethod
    def _as_other_sales_have_it(cls, value: object) -> object:
        """A channel makes the same line for an invoice and for a sales receipt."""
        if isinstance(value, Line) and not isinstance(value, cls):
            return value.model_dump(by_alias=True, exclude_none=True)
        return value


class Invoice(DeliveredSale):
    """A sale that the customer owes."""

    kind: Literal["invoice"] = "invoice"
    lines: tuple[InvoiceLine, ...] = Field(min_length=1, max_length=1000)
    po_number: Short | None = None
    due_date: BookDate | None = None
    terms: TermsName | None = None
    sales_rep: SalesRepName | None = None
    ship_date: BookDate | None = None
    ar_account: AccountName | None = None
    to_be_printed: bool | None = None
    onto: Onto | None = None  # its lines belong on an invoice that somebody else writes

    title = "invoice"
    titles = "invoices"
    not_in_files = frozenset({"onto"})

    def check(self) -> Iterator[Problem]:
        """What is wrong with the lines, and with their keys."""
        yield from super().check()
        seen: set[str] = set()
        for index, line in enumerate(self.lines):
            if line.key is None and self.onto is None:
                continue
            if line.key is None or line.item is None:
                yield Problem(
                    "line_without_key",
                    f"lines[{index}].key",
                    "A line that belongs on an invoice of somebody else has an item, and a key by which it is found "
                    "again.",
                    "Give the line its item and its key.",
                )
            elif line.key in seen:
                yield Problem(
                    "key_twice",
                    f"lines[{index}].key",
                    f"Two lines have the key {line.key}.",
                    "Give each line a key of its own.",
                )
            else:
                seen.add(line.key)
