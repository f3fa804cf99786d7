"""What the file holds with a mark of ours that is not known here: a source may bring that very document again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import Ended, OpenWork, WorkKind, end_work, open_work
from qbwc_server.documents.store import move
from qbwc_server.errors import Notice
from qbwc_server.tenancy.actor import SERVER, Actor

_MOST = 10_000


@dataclass(frozen=True)
class Forgotten:
    """Transactions of ours that this database does not know."""

    items: Sequence[OpenWork]

    def like(self, row: DocumentRow) -> list[OpenWork]:
        """Those that may be this document: of its number, or of its day, party and total."""
        return [item for item in self.items if _alike(item.detail or {}, row)]


def forgotten(db: Session, company_id: int) -> Forgotten:
    """What nobody has decided about yet."""
    return Forgotten(open_work(db, company_id, work=WorkKind.UNKNOWN_MARK, limit=_MOST))


def _alike(told: dict[str, Any], row: DocumentRow) -> bool:
    if told.get("kind") != row.kind:
        return False
    number = told.get("ref_number")
    if number and row.number and number.lower() == row.number.lower():
        return True
    total = None if row.total is None else f"{row.total:f}"
    return (
        told.get("txn_date") == row.date.isoformat()
        and (told.get("party") or "").lower() == (row.party or "").lower()
        and (total is None or told.get("total") in (None, total))
    )


def hold_for_mark(db: Session, row: DocumentRow, found: Sequence[OpenWork], *, now: datetime) -> None:
    """Let a person say whether the document is one of those."""
    candidates = [item.detail for item in found]
    move(db, row, Event.HELD, by=SERVER, now=now, detail={"candidates": candidates})
    message = (
        "QuickBooks holds one like it with a mark of this server, entered before the database of this server was "
        f"restored: {', '.join(item.key for item in found)}."
    )
    advice = "Look in QuickBooks: if it is this one, say so with its TxnID; if it is not, say so and it is entered."
    row.tell(Notice(Reason.OUTCOME_UNKNOWN, message, advice))


def decided_about(
    db: Session, company_id: int, row: DocumentRow, txn_id: str | None, *, by: Actor, now: datetime
) -> None:
    """A person has said which of them the document is, or that it is none of them."""
    for item in forgotten(db, company_id).like(row):
        if txn_id is None:
            end_work(db, company_id, item.id, Ended.DISMISSED, by=by, now=now)
        elif item.key == txn_id:
            end_work(db, company_id, item.id, Ended.DONE, by=by, now=now)
