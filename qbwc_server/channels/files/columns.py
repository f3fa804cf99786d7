"""The columns of our CSV format, each declared once: where its value goes, how it is read, its other titles."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from qbwc_server.channels.files.habits import Habits
from qbwc_server.documents.kinds import KINDS

Value = object
_SIGNS = re.compile(r"[\s_\-.]+")


@dataclass(frozen=True)
class Column:
    """One column: ``place`` is the path in the document, or in the line where ``per_line``."""

    name: str
    place: tuple[str, ...]
    value: Callable[[Habits, str], Value] = Habits.text
    per_line: bool = False
    aliases: tuple[str, ...] = ()


def _kind(habits: Habits, text: str) -> str:
    word = column_key(habits.text(text))
    return word if word in KINDS else text


def _street(habits: Habits, text: str) -> list[str]:
    return [line.strip() for line in habits.prose(text).splitlines() if line.strip()]


def _address(prefix: str) -> tuple[Column, ...]:
    place = ("customer", f"{prefix}_address")
    return (
        Column(f"{prefix}_street", (*place, "lines"), _street, aliases=(f"{prefix}_address",)),
        Column(f"{prefix}_city", (*place, "city")),
        Column(f"{prefix}_state", (*place, "state"), aliases=(f"{prefix}_province",)),
        Column(f"{prefix}_postal_code", (*place, "postal_code"), aliases=(f"{prefix}_zip",)),
        Column(f"{prefix}_country", (*place, "country")),
    )


COLUMNS: tuple[Column, ...] = (
    Column("kind", ("kind",), _kind, aliases=("type", "document_type")),
    Column("origin", ("origin",), aliases=("key",)),
    Column("number", ("number",), aliases=("no", "ref_number", "document_number")),
    Column("date", ("date",), Habits.date, aliases=("document_date", "txn_date")),
    Column("customer", ("customer", "name"), aliases=("customer_name",)),
    Column("customer_company", ("customer", "company_name")),
    Column("customer_first_name", ("customer", "first_name")),
    Column("customer_last_name", ("customer", "last_name")),
    Column("customer_email", ("customer", "email"), aliases=("email",)),
    Column("customer_phone", ("customer", "phone"), aliases=("phone",)),
    *_address("billing"),
    *_address("shipping"),
    Column("memo", ("memo",), Habits.prose),
    Column("class", ("class",)),
    Column("sales_tax_item", ("sales_tax_item",)),
    Column("customer_message", ("customer_message",), Habits.prose),
    Column("po_number", ("po_number",)),
    Column("template", ("template",)),
    Column("other", ("other",), Habits.prose),
    Column("to_be_printed", ("to_be_printed",), Habits.yes_no),
    Column("to_be_emailed", ("to_be_emailed",), Habits.yes_no),
    Column("subtotal", ("subtotal",), Habits.amount),
    Column("total", ("total",), Habits.amount),
    Column("due_date", ("due_date",), Habits.date),
    Column("terms", ("terms",)),
    Column("sales_rep", ("sales_rep",)),
    Column("ship_date", ("ship_date",), Habits.date),
    Column("ar_account", ("ar_account",)),
    Column("payment_method", ("payment_method",)),
    Column("check_number", ("check_number",)),
    Column("deposit_to", ("deposit_to",)),
    Column("item", ("item",), per_line=True),
    Column("description", ("description",), Habits.prose, per_line=True),
    Column("quantity", ("quantity",), Habits.quantity, per_line=True, aliases=("qty",)),
    Column("rate", ("rate",), Habits.quantity, per_line=True, aliases=("price", "unit_price")),
    Column("amount", ("amount",), Habits.amount, per_line=True, aliases=("line_amount",)),
    Column("tax_code", ("tax_code",), per_line=True),
    Column("line_class", ("class",), per_line=True),
    Column("service_date", ("service_date",), Habits.date, per_line=True),
    Column("applies_to", ("invoice",), per_line=True, aliases=("applied_to",)),
    Column("applies_to_number", ("number",), per_line=True),
    Column("applies_to_txn_id", ("txn_id",), per_line=True),
    Column("applied_amount", ("amount",), Habits.amount, per_line=True),
)
BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}
_NAMES: dict[str, str] = {name: column.name for column in COLUMNS for name in (column.name, *column.aliases)}
DATES = frozenset(column.name for column in COLUMNS if column.value is Habits.date)
NUMBERS = frozenset(column.name for column in COLUMNS if column.value in (Habits.amount, Habits.quantity))
REQUIRED = ("kind", "origin", "date", "customer")


def column_key(title: str) -> str:
    """A title without regard to case, blanks, hyphens and points: "Due Date" is due_date."""
    return _SIGNS.sub("_", title.strip().casefold()).strip("_")


def column_named(title: str) -> str | None:
    """The column that a title of a header names, None where it is none of ours."""
    return _NAMES.get(column_key(title))


def titles() -> tuple[str, ...]:
    """Every accepted title, for suggestions."""
    return tuple(_NAMES)
