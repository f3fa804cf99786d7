"""What a source tells of and only a person can enter: open work, until it does not hold any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from qbwc_server.channels.contract import Skipped
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.open_work import Finding, WorkKind, ended_by_people, note_work, settle_work
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import by_origin
from qbwc_server.tenancy.models import Company

_GONE = (State.EXCLUDED, State.WITHDRAWN)
_ORDERS = frozenset(("sales_order", "estimate", "purchase_order"))  # they are no part of the books
_SOLD = frozenset(("invoice", "sales_receipt"))  # what a credit memo takes back
_CREDIT = "Exclude the document, or void it where it is posted; else enter a credit memo."
_TAKE_BACK = "Exclude the document, or where it is posted void it or take it back in QuickBooks."
_CLOSE = "Close it in QuickBooks, or exclude the document here: what became of it stands by itself."
_AT_A_TIME = 100  # ranges of origins in one statement


class LeftOut:
    """What a source leaves out, beside what is here of it from earlier."""

    def __init__(self, db: Session, company: Company, skipped: Sequence[Skipped]) -> None:
        self._db, self._company_id, self._skipped = db, company.id, skipped
        known = by_origin(db, company.id, {one.origin for one in skipped})
        self._known = {origin: row.id for origin, row in known.items()}
        there = {origin: row for origin, row in known.items() if row.state not in _GONE and not _is_being_voided(row)}
        credited = _credited(db, company.id, list(there))
        self.standing = {
            origin: row
            for origin, row in there.items()
            if row.total is None or credited.get(origin, Decimal(0)) < row.total
        }

    def problem(self, one: Skipped) -> Problem:
        """Why it is left out, and that it is here, where it is."""
        row = self.standing.get(one.origin)
        return one.problem if row is None else _but_it_is_here(one.problem, row)

    def tell(self, now: datetime) -> int:
        """Keep as open work what a person has to enter, and say how much; what a person has ended stays ended."""
        credit_memos: dict[str, Finding] = {}
        others: dict[str, Finding] = {}
        payments: dict[str, Finding] = {}
        for one in self._skipped:
            row, problem = self.standing.get(one.origin), self.problem(one)
            if row is not None:
                key, sold = str(row.id), row.kind in _SOLD
                kind = WorkKind.CREDIT_MEMO_WANTED if sold else WorkKind.STAYS_IN_QUICKBOOKS
                into = credit_memos if sold else others
                into[key] = Finding(kind, key, problem.message, problem.advice, row.id)
            elif one.money_kept > 0:
                payments[one.origin] = Finding(
                    WorkKind.PAYMENT_WANTED, one.origin, problem.message, problem.advice, self._known.get(one.origin)
                )
        settled = {str(row_id) for row_id in self._known.values()}
        origins = {one.origin for one in self._skipped}
        kept = self._keep(WorkKind.CREDIT_MEMO_WANTED, credit_memos, settled, now)
        kept += self._keep(WorkKind.STAYS_IN_QUICKBOOKS, others, settled, now)
        return kept + self._keep(WorkKind.PAYMENT_WANTED, payments, origins, now)

    def _keep(self, work: WorkKind, found: dict[str, Finding], looked_at: set[str], now: datetime) -> int:
        settle_work(self._db, self._company_id, work, looked_at - found.keys(), now=now)
        seen = ended_by_people(self._db, self._company_id, work, found)
        left = [one for key, one in found.items() if key not in seen]
        note_work(self._db, self._company_id, left, now=now)
        return len(left)


def _is_being_voided(row: DocumentRow) -> bool:
    return row.state is State.SUBMITTED and row.operation is Operation.VOID


def _credited(db: Session, company_id: int, origins: Sequence[str]) -> dict[str, Decimal]:
    """What the credit memos come to that follow from each origin."""
    found: dict[str, Decimal] = {}
    for start in range(0, len(origins), _AT_A_TIME):
        some = origins[start : start + _AT_A_TIME]
        rows = db.execute(
            select(DocumentRow.origin, DocumentRow.total).where(
                DocumentRow.company_id == company_id,
                DocumentRow.kind == "credit_memo",
                DocumentRow.state.not_in(_GONE),
                or_(*(and_(DocumentRow.origin > f"{one}:", DocumentRow.origin < f"{one};") for one in some)),
            )
        )
        for origin, total in rows:
            head = next(one for one in some if origin.startswith(f"{one}:"))
            found[head] = found.get(head, Decimal(0)) + (total or Decimal(0))
    return found


def _but_it_is_here(problem: Problem, row: DocumentRow) -> Problem:
    return Problem(
        problem.code,
        problem.field,
        f"{problem.message} But it is document {row.id} here, {row.state.value.replace('_', ' ')}.",
        _CLOSE if row.kind in _ORDERS else _CREDIT if row.kind in _SOLD else _TAKE_BACK,
    )
