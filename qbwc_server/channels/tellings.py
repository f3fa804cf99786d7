"""What a two-way channel tells the system upstream: what became in QuickBooks of the documents that it brought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # files are read without what asks the network
    from qbwc_server.channels.http import Upstream


class Became(StrEnum):
    """What became of a document."""

    POSTED = "posted"  # it stands in the books
    FAILED = "failed"  # QuickBooks refused it
    NEEDS_A_PERSON = "needs_a_person"  # somebody has to look at it here
    EXCLUDED = "excluded"  # somebody said: not into the books
    WITHDRAWN = "withdrawn"  # it was in the books, and is void or deleted now


@dataclass(frozen=True, slots=True)
class Telling:
    """What became of one document.

    Args:
        key: of this telling, for ever: told again it says the same, so that upstream knows what it has heard.
        group: what the facts of which it was made have in common, as ``Fact.group``, or the key of its one fact.
        at: since when it is so, by our clock.
        revision: of the document, counted from 1.
        txn_id, number, total: in QuickBooks, where it stands there.
        code, message: why it is not in the books.
    """

    key: str
    origin: str
    group: str
    became: Became
    at: datetime
    kind: str
    revision: int
    txn_id: str | None = None
    number: str | None = None
    total: Decimal | None = None
    code: str | None = None
    message: str | None = None

    def as_record(self) -> dict[str, Any]:
        """JSON-ready; what is not known is not there."""
        told = {
            "key": self.key,
            "origin": self.origin,
            "group": self.group,
            "became": self.became.value,
            "at": self.at.isoformat(),
            "kind": self.kind,
            "revision": self.revision,
            "txn_id": self.txn_id,
            "number": self.number,
            "total": None if self.total is None else str(self.total),
            "code": self.code,
            "message": self.message,
        }
        return {name: value for name, value in told.items() if value is not None}

    @classmethod
    def of(cls, record: dict[str, Any]) -> Telling:
        """The same as ``as_record`` wrote it."""
        total = record.get("total")
        values = {**record, "became": Became(record["became"]), "at": datetime.fromisoformat(record["at"])}
        return cls(**{**values, "total": None if total is None else Decimal(total)})


class Push(Protocol):
    """Tells upstream what became of documents; network, no database. Raises UpstreamError.

    What is told may have been told before, with the same key, and its answer lost.
    """

    def __call__(self, options: Any, upstream: Upstream, tellings: Sequence[Telling]) -> Iterator[str]:
        """The key of each that upstream has taken, as soon as that is certain; others are told again next time."""
        ...
