"""What our last writing of a document left in the books: kept with the document, read when it is changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from qbwc_server.documents.history import body_of
from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import by_origin
from qbwc_server.posting.transactions.compiled import Compiled
from qbwc_server.posting.transactions.host import Host
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.posting.transactions.writing import LastWriting

NOT_OURS: Final = ""  # an edit sequence that our writing cannot have left: somebody edited it before it was seen


def left_on(standing: Standing, revision: int, lines: Sequence[str | None]) -> dict[str, Any]:
    """The record of a writing on a transaction of somebody else.

    Args:
        lines: the TxnLineID of each line of ours.
    """
    return {"revision": revision, "lines": [list(lines)], "shown": standing.digest}


def left_by(standing: Standing, revision: int, others: Collection[str] = ()) -> dict[str, Any]:
    """The record of a writing that QuickBooks has shown.

    Args:
        others: TxnLineIDs that are not ours.
    """
    ours = [[line_id for line_id in ids if line_id not in others] for ids in standing.line_ids]
    return {"revision": revision, "lines": ours, "shown": standing.digest}


def last_writing(db: Session, row: DocumentRow, on: str | None = None) -> LastWriting:
    """What we wrote last, as it was recorded; else the revision before, whose lines are known by content alone.

    Args:
        on: the transaction of somebody else that is looked at, as long as it is not that of the document.
    """
    known = row.written or {}
    revision = known.get("revision", max(row.revision - 1, 1))
    document, now = load_document(body_of(db, row, revision)), load_document(row.body)
    origins = {*document.waits_for(), *now.waits_for()}
    txn_ids = {
        named.key: named.txn_id
        for named in (*document.names_elsewhere(), *now.names_elsewhere())
        if named.txn_id is not None
    } | {
        origin: one.txn_id
        for origin, one in by_origin(db, row.company_id, origins).items()
        if one.txn_id is not None and one.state is not State.WITHDRAWN
    }
    claimed = _claimed(db, row, on or row.txn_id)
    host = None
    if row.host is not None or on is not None:
        own = {key for one in (document, now) if isinstance(one, Invoice) for key in keys_of(one)}
        host = _host(row, now, claimed, _waiting_keys(db, row, on or row.txn_id) - own)
    return LastWriting(document, known.get("lines", ()), known.get("others", ()), txn_ids, host, claimed)


def keys_of_others(db: Session, row: DocumentRow, txn_id: str) -> frozenset[str]:
    """Keys of lines that other documents of ours have on a transaction: the same may be handed in month after month."""
    return _keys_in(db.scalars(select(DocumentRow.body).where(*_others_of(row), DocumentRow.txn_id == txn_id)))


def _waiting_keys(db: Session, row: DocumentRow, txn_id: str | None) -> frozenset[str]:
    """Keys of other documents that stand on this transaction, however they spell its customer, and of those of his that
    stand nowhere as far as is known here.
    """
    nowhere = and_(DocumentRow.txn_id.is_(None), DocumentRow.party == row.party)
    either = or_(DocumentRow.txn_id == txn_id, nowhere), DocumentRow.kind == "invoice"
    return _keys_in(db.scalars(select(DocumentRow.body).where(*_others_of(row), *either)))


def _keys_in(bodies: Iterable[str]) -> frozenset[str]:
    others = (load_document(body) for body in bodies)
    return frozenset(key for one in others if isinstance(one, Invoice) for key in keys_of(one))


def keys_of(document: Invoice) -> frozenset[str]:
    """By which its lines are found on an invoice of somebody else."""
    return frozenset(line.key for line in document.lines if line.key is not None)


def _others_of(row: DocumentRow) -> tuple[ColumnElement[bool], ...]:
    return (
        DocumentRow.company_id == row.company_id,
        DocumentRow.id != row.id,
        DocumentRow.state.not_in((State.WITHDRAWN, State.EXCLUDED)),
    )


def _claimed(db: Session, row: DocumentRow, txn_id: str | None) -> frozenset[str]:
    """TxnLineIDs that other documents of ours wrote onto the same transaction."""
    if txn_id is None or row.kind != "invoice":
        return frozenset()
    there = DocumentRow.txn_id == txn_id, DocumentRow.written.is_not(None)
    guests = select(DocumentRow.written).where(*_others_of(row), *there)
    lines = [line for written in db.scalars(guests) for some in (written or {}).get("lines", ()) for line in some]
    return frozenset(line for line in lines if line is not None)


def _host(row: DocumentRow, document: Document, claimed: frozenset[str], reserved: frozenset[str]) -> Host:
    onto = document.onto if isinstance(document, Invoice) else None
    items = frozenset[str]() if onto is None else frozenset(item.lower() for item in onto.items)
    return Host((row.host or {}).get("former", {}), claimed, items, reserved)


def about_to_change(row: DocumentRow, change: Compiled) -> None:
    """Remember whose lines are not ours while nobody knows whether the change was executed, and what lines of somebody
    else say that are about to be ours.
    """
    row.written = {**(row.written or {}), "others": list(change.others)}
    if row.host is not None:
        row.host = {
            "former": {**row.host["former"], **{line: dict(said or {}) for line, said in change.former.items()}}
        }


def seen_as(row: DocumentRow, found: Standing) -> None:
    """Remember how it stands in the books: whoever has to know what people did to it until now has been told."""
    row.edit_sequence, row.time_modified = found.edit_sequence, found.time_modified
    row.written = {**(row.written or {}), "shown": found.digest}


def not_answered(row: DocumentRow) -> None:
    """Nobody has said what is to become of the edit that a person was shown: it is shown once more."""
    row.edit_sequence = NOT_OURS


def edited_since(row: DocumentRow, found: Standing) -> bool:
    """Whether it was edited since we saw it; an edit in the second of our writing has the edit sequence of that."""
    if row.edit_sequence is None:
        return False
    shown = (row.written or {}).get("shown")
    return row.edit_sequence != found.edit_sequence or shown not in (None, found.digest)
