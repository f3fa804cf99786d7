"""What an earlier request may have entered is looked for before its replacement leaves for the first time.

Nobody knows when a PC that was asleep executes what it was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.doubt.evidence import look_by_content, sendings_of
from qbwc_server.posting.requests import OneRequest, Purpose, ask
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.queue.enqueue import NewRequest


def looks_before(
    db: Session, company_id: int, ready: Sequence[tuple[DocumentRow, NewRequest]]
) -> dict[UUID, NewRequest]:
    """The look-up that each of these requests has to wait for, where its document may be in the books already."""
    old = [(row, request) for row, request in ready if row.txn_id is None and row.changed_at != row.created_at]
    if not old:
        return {}
    said = sendings_of(db, company_id, [row.id for row, _ in old])
    return {
        request.id: ask(
            Purpose.LOOK, OneRequest(request.id), look_by_content(TRANSACTIONS[row.kind], said[row.id], row.date)
        )
        for row, request in old
        if said[row.id].marks
    }
