"""The first document of a kind: the company file may hold some of that kind that our database has forgotten."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.models import CompanyFacts
from qbwc_server.ids import new_id
from qbwc_server.posting.pc_clock import UNKNOWN_LAG
from qbwc_server.posting.requests import OneKind, Purpose, ask
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.writing import Mark
from qbwc_server.queue.enqueue import put
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.tenancy.models import Company


def ask_for_marks_of(db: Session, company: Company, kinds: Collection[str], now: datetime) -> None:
    """Queue the question for marks of kinds for which it was never put: it leaves before what is to be entered.

    Each session begins with it for the kinds that are known by then; a document may come while one is under way.
    """
    subjects = {str(OneKind(kind)): kind for kind in kinds if TRANSACTIONS[kind].mark is not Mark.CONTENT}
    if not subjects or db.get(CompanyFacts, company.id) is None:  # no file was seen yet: the first session asks
        return
    asked = db.scalars(
        select(QueuedRequest.subject).where(
            QueuedRequest.company_id == company.id,
            QueuedRequest.purpose == Purpose.MARKS,
            QueuedRequest.subject.in_(subjects),
        )
    )
    since = company.created_at - UNKNOWN_LAG
    new = [
        ask(Purpose.MARKS, OneKind(subjects[subject]), TRANSACTIONS[subjects[subject]].modified_since(since, new_id()))
        for subject in subjects.keys() - set(asked)
    ]
    put(db, company.id, new, now)
