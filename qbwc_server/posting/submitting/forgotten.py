"""What the file holds with a mark of ours that is not known here: a source may bring that very document again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qbwc_server.documents.history import history
from qbwc_server.documents.lifecycle import Event, Reason
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import Ended, OpenWork, WorkKind, end_work
from qbwc_server.documents.store import move
from qbwc_server.errors import Notice
from qbwc_server.posting.outcome.named import DECIDED
from qbwc_server.posting.requests import Purpose, of_documents
from qbwc_server.posting.sent import Sent
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.tenancy.actor import SERVER, Actor

_MOST = 10_000
_KIND, _MARK, _SUBTOTAL = "kind", "mark", "subtotal"  # in the details of such work


def as_forgotten(found: Standing) -> dict[str, str]:
    """A transaction that is not known here, as far as a document can be recognised in it."""
    more = {} if found.subtotal is None else {_SUBTOTAL: str(found.subtotal)}
    return found.as_candidate() | {_KIND: found.kind, _MARK: str(found.mark)} | more


class Forgotten:
    """Transactions of ours that this database does not know."""

    def __init__(self, items: Sequence[OpenWork]) -> None:
        self.items = items
        self._by: dict[tuple[object, ...], list[OpenWork]] = {}
        for item in items:
            told = item.detail or {}
            for key in _keys(told.get(_KIND), told.get("ref_number"), told.get("party"), _amounts(told)):
                self._by.setdefault(key, []).append(item)

    def like(self, kind: str, said: Sent, first: UUID | None) -> list[OpenWork]:
        """Those that may be what a request of this kind says: of its number, or of its day, party and total.

        Where a request of the document is older than they are, it may have been revised before it was entered: then
        its party or its total suffices.

        Args:
            first: the oldest request of the document that is known.
        """
        keys = _keys(kind, said.number, said.party, [said.total])
        near = {item.id: item for key in keys for item in self._by.get(key, ())}
        return [item for item in near.values() if _alike(item.detail or {}, said, first)]


def _keys(
    kind: object, number: str | None, party: str | None, amounts: Iterable[Decimal | None]
) -> Iterator[tuple[object, ...]]:
    if number is not None:
        yield kind, "number", number.lower()
    yield kind, "party", (party or "").lower()
    for amount in amounts:
        yield kind, "amount", amount


def _amounts(told: Mapping[str, Any]) -> set[Decimal]:
    return {Decimal(told[name]) for name in ("total", _SUBTOTAL) if name in told}


def like_document(db: Session, unknown: Forgotten, row: DocumentRow, sent: Mapping[str, Any] | None) -> list[OpenWork]:
    """Those that may be this document, unless a person has said since that it is none of them.

    Args:
        sent: what the request says that is to enter it, where it is known.
    """
    return still_open(db, row, unknown.like(row.kind, said_by(row, sent), _first_request(db, row)))


def still_open(db: Session, row: DocumentRow, found: Sequence[OpenWork]) -> list[OpenWork]:
    """Those of which nobody has said since they were found where the document is."""
    said = [one.at for one in history(db, row.id) if DECIDED in (one.detail or {})] if found else []
    return [item for item in found if not any(at >= item.found_at for at in said)]


def forgotten(db: Session, company_id: int) -> Forgotten:
    """What nobody has decided about yet: also what somebody has called done without saying which document it is."""
    items = db.scalars(
        select(OpenWork)
        .where(
            OpenWork.company_id == company_id,
            OpenWork.work == WorkKind.UNKNOWN_MARK,
            or_(OpenWork.ended_at.is_(None), OpenWork.ended == Ended.DONE),
        )
        .order_by(OpenWork.id)
        .limit(_MOST)
    ).all()
    taken = _taken(db, company_id, [item.key for item in items if item.ended_at is not None])
    return Forgotten([item for item in items if item.key not in taken])


def _taken(db: Session, company_id: int, txn_ids: Collection[str]) -> set[str]:
    """Those of which a document says that it is there."""
    if not txn_ids:
        return set()
    these = (DocumentRow.company_id == company_id, DocumentRow.txn_id.in_(txn_ids))
    return {str(txn_id) for txn_id in db.scalars(select(DocumentRow.txn_id).where(*these))}


def said_by(row: DocumentRow, sent: Mapping[str, Any] | None) -> Sent:
    """What it says to QuickBooks, whose names and numbers may be other ones than those of the source."""
    known = Sent.from_record(sent)
    total = row.total if known.total is None else known.total
    return Sent(known.number or row.number, known.day or row.date, known.party or row.party, total)


def _first_request(db: Session, row: DocumentRow) -> UUID | None:
    own = of_documents(row.company_id, [row.id], [Purpose.POST])
    return db.scalar(select(QueuedRequest.id).where(own).order_by(QueuedRequest.id).limit(1))


def _alike(told: Mapping[str, Any], said: Sent, first: UUID | None) -> bool:
    number, mark = told.get("ref_number"), told.get(_MARK)
    if number and said.number and number.lower() == said.number.lower():
        return True
    amounts = _amounts(told)
    same_party = (told.get("party") or "").lower() == (said.party or "").lower()
    if first is not None and mark is not None and first < UUID(mark):
        return same_party or said.total in amounts
    same_total = said.total is None or not amounts or said.total in amounts
    return said.day is not None and told.get("txn_date") == said.day.isoformat() and same_party and same_total


def told_of(found: Sequence[OpenWork]) -> Notice:
    """What a person is told of a document that may be one of those."""
    return Notice(
        Reason.OUTCOME_UNKNOWN,
        "QuickBooks holds one like it with a mark of this server, entered before the database of this server was "
        f"restored: {', '.join(item.key for item in found)}.",
        "Look in QuickBooks: if it is this one, say so with its TxnID; if it is not, say so and it is entered.",
    )


def hold_for_mark(db: Session, row: DocumentRow, found: Sequence[OpenWork], *, now: datetime) -> None:
    """Let a person say whether the document is one of those."""
    move(db, row, Event.HELD, by=SERVER, now=now, detail={"candidates": [item.detail for item in found]})
    row.tell(told_of(found))


def decided_about(
    db: Session, company_id: int, row: DocumentRow, txn_id: str | None, *, by: Actor, now: datetime
) -> None:
    """A person has said which of them the document is, or that it is none of them."""
    for item in forgotten(db, company_id).items:
        if txn_id is not None:
            if item.key == txn_id and item.ended_at is None:
                end_work(db, company_id, item.id, Ended.DONE, by=by, now=now)
        elif (item.detail or {}).get(_KIND) == row.kind and _alike(item.detail or {}, said_by(row, None), None):
            item.ended, item.ended_at, item.ended_by = Ended.DISMISSED, now, by
