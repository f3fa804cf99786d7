"""What a request that adds a transaction said, read from the very text that left: options may have changed since."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from html import unescape


@dataclass(frozen=True, slots=True)
class Sent:
    """By what an added transaction can be found again, in the words that QuickBooks was given."""

    number: str | None
    day: date | None
    customer: str | None


def read_sent(xml: str | None) -> Sent:
    """Read the text of an Add; of a text that QuickBooks could not read, whatever can be made out."""
    text = xml or ""
    day = _first("<TxnDate>([0-9]{4}-[0-9]{2}-[0-9]{2})</TxnDate>", text)
    return Sent(
        number=_first("<RefNumber>([^<]+)</RefNumber>", text),
        day=None if day is None else date.fromisoformat(day),
        customer=_first("<CustomerRef><FullName>([^<]+)</FullName>", text),
    )


def _first(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text)
    return None if found is None else unescape(found[1])
