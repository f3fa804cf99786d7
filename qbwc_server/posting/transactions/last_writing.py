"""What our last writing of a document left in the books: kept with the document, read when it is changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy.orm import Session

from qbwc_server.documents.history import body_of
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import by_origin
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.posting.transactions.writing import LastWriting

NOT_OURS: Final = ""  # an edit sequence that our writing cannot have left: somebody edited it before it was seen


def left_by(standing: Standing, revision: int, others: Collection[str] = ()) -> dict[str, Any]:
    """The record of a writing that QuickBooks has shown.

    Args:
        others: TxnLineIDs that are not ours.
    """
    ours = [[line_id for line_id in ids if line_id not in others] for ids in standing.line_ids]
    return {"revision": revision, "lines": ours, "shown": standing.digest}


def last_writing(db: Session, row: DocumentRow) -> LastWriting:
    """What we wrote last, as it was recorded; else the revision before, whose lines are known by content alone."""
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
    return LastWriting(document, known.get("lines", ()), known.get("others", ()), txn_ids)


def about_to_change(row: DocumentRow, others: Collection[str]) -> None:
    """Remember whose lines are not ours while nobody knows whether the change was executed."""
    row.written = {**(row.written or {}), "others": list(others)}


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
