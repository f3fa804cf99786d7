"""One deal may be entered in several ways: as which kinds of document, and under which spellings of its number."""

from __future__ import annotations

import re

_DEALS = (
    ("invoice", "sales_receipt"),  # paid later, or at once
    ("bill", "check", "credit_card_charge", "item_receipt"),
    ("vendor_credit", "credit_card_credit"),
)
_AS = {kind: kinds for kinds in _DEALS for kind in kinds}
_PART = re.compile(r"[^\W\d_]+|\d+")


def as_kinds(kind: str) -> tuple[str, ...]:
    """The kinds as which the deal of such a document may be entered, its own among them."""
    return _AS.get(kind, (kind,))


def number_key(number: str | None) -> str | None:
    """By which numbers are found that are spelt alike; None where there is none."""
    return None if number is None else " ".join(spelt(number))


def spelt(number: str | None) -> tuple[str, ...]:
    """A number without what gets lost on its way through files and hands: case, blanks, marks, leading zeros."""
    number = number or ""
    parts = (part.lstrip("0") or "0" if part.isdecimal() else part for part in _PART.findall(number.casefold()))
    return tuple(parts) or tuple(number.split())
