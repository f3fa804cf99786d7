"""What a request said when it was made: kept beside it, and never read back from its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from qbxml import Aggregate, Ref


@dataclass(frozen=True, slots=True)
class Sent:
    """By what a transaction can be found again, in the words that QuickBooks was given; of a question, whom it named.

    Options and the document itself may have changed since.
    """

    number: str | None = None
    day: date | None = None
    party: str | None = None
    total: Decimal | None = None  # that the document comes to
    txn_ids: tuple[str, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """Ready for JSON: what is known of it."""
        known = {
            "number": self.number,
            "day": None if self.day is None else self.day.isoformat(),
            "party": self.party,
            "total": None if self.total is None else str(self.total),
            "txn_ids": list(self.txn_ids),
        }
        return {name: value for name, value in known.items() if value}

    @classmethod
    def from_record(cls, record: Mapping[str, Any] | None) -> Sent:
        """The reverse of ``as_record``."""
        known = record or {}
        day, total = known.get("day"), known.get("total")
        return cls(
            known.get("number"),
            None if day is None else date.fromisoformat(day),
            known.get("party"),
            None if total is None else Decimal(total),
            tuple(known.get("txn_ids", ())),
        )


_PARTIES = ("customer", "vendor", "payee_entity")


def sent_of(transaction: Aggregate, total: Decimal | None) -> Sent:
    """What is kept of a transaction that is about to be sent."""
    refs = (getattr(transaction, name, None) for name in _PARTIES)
    return Sent(
        number=getattr(transaction, "ref_number", None),
        day=getattr(transaction, "txn_date", None),
        party=next((ref.full_name for ref in refs if isinstance(ref, Ref)), None),
        total=total,
    )
