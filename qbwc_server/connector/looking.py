"""Uncertain writes are looked for by whoever asked for them: documents and their entries, and programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.asked import looking as asked
from qbwc_server.asked.asking import CHANGE
from qbwc_server.asked.changes import ONLY_QUICKBOOKS_KNOWS, undecided
from qbwc_server.asked.models import AskedRequest
from qbwc_server.books.costs import writing as costs
from qbwc_server.books.costs.wanting import WRITE
from qbwc_server.posting.doubt import questions as posting
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.pc_clock import reach_back
from qbwc_server.posting.transactions import ADDS
from qbwc_server.queue.settling import RequestRow, requests_by_id
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.models import Company


def executed_before(rows: Sequence[RequestRow]) -> list[RequestRow]:
    """Of a set whose answer is missing: what the late answer to an earlier set has settled since it left.

    Whether it was executed a second time is to be looked up too.
    """
    return [row for row in rows if row.state is RequestState.DONE and (row.message in ADDS or row.purpose == CHANGE)]


def look_for(db: Session, company: Company, uncertain: Sequence[RequestRow], now: datetime) -> None:
    """Queue a look-up for each uncertain write; what bears no mark waits for somebody who looks in QuickBooks."""
    posting.look_for(db, company, [row for row in uncertain if row.purpose not in (CHANGE, WRITE)], now)
    costs.look_for(db, company.id, [row for row in uncertain if row.purpose == WRITE], now)
    changes = [row for row in uncertain if row.purpose == CHANGE]
    if not changes:
        return
    untold = asked.look_for(db, company.id, changes, lambda moment: reach_back(db, company.id, moment), now)
    work = Work(db, company, now)
    work.expect(requests_by_id(db, company.id, [row.id for row in untold]))
    for row in untold:
        wanted = db.get(AskedRequest, int(row.subject))
        if wanted is not None:
            undecided(work, wanted, row, ONLY_QUICKBOOKS_KNOWS)
    work.finish()
