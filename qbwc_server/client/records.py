"""What the server tells, as frozen records; what a newer server tells beside is kept in ``record``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it stands.

    Attributes:
        tag: its ETag, where the answer bore one: an action that is given it is done to this very state only.
        record: all that the server told.
    """

    id: int
    origin: str
    kind: str
    state: str
    date: date
    number: str | None
    party: str | None
    total: Decimal | None
    txn_id: str | None
    reason: str | None
    message: str | None
    advice: str | None
    tag: str | None
    record: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, record: Mapping[str, Any], tag: str | None = None) -> Self:
        """From what the server told."""
        total = record["total"]
        return cls(
            id=record["id"],
            origin=record["origin"],
            kind=record["kind"],
            state=record["state"],
            date=date.fromisoformat(record["date"]),
            number=record["number"],
            party=record["party"],
            total=None if total is None else Decimal(total),
            txn_id=record["txn_id"],
            reason=record["reason"],
            message=record["message"],
            advice=record["advice"],
            tag=tag,
            record=record,
        )


@dataclass(frozen=True, slots=True)
class Created:
    """What came of one document of many.

    Attributes:
        result: added, same, revised or refused.
        document: as it stands; None where it was refused.
        problem: why it was refused, as the server tells a problem.
    """

    origin: str | None
    result: str
    document: Document | None
    problem: Mapping[str, Any] | None

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """From what the server told."""
        document, problem = record.get("document"), record.get("problem")
        return cls(record["origin"], record["result"], None if document is None else Document.of(document), problem)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to QuickBooks, and how far its answer is.

    Attributes:
        state: waiting, done, refused, unanswered, expired or cancelled.
        detail: what QuickBooks said, or why there is no answer.
    """

    id: int
    message: str
    state: str
    outcome: str
    pages: int
    objects: int
    whole: bool
    detail: str | None
    record: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """From what the server told."""
        names = ("id", "message", "state", "outcome", "pages", "objects", "whole", "detail")
        return cls(**{name: record[name] for name in names}, record=record)
