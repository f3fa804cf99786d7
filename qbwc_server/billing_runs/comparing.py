"""This invoice against the last one of the same customer: what changed, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing_runs.models import BilledPart
from qbwc_server.billing_runs.plan import Billing
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.kinds.sale import DeliveredSale
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow

_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Last:
    """The last document of a customer: quantities by item, and its total as QuickBooks told it, or as it adds up."""

    billing_day: date
    document_id: int
    kind: str
    total: Decimal | None
    quantities: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise than on the last one."""

    item: str
    before: Decimal | None
    now: Decimal | None

    @property
    def words(self) -> str:
        """For a person."""
        if self.before is None:
            return f"{self.item}: new, {self.now}"
        if self.now is None:
            return f"{self.item}: no more, {self.before} before"
        return f"{self.item}: {self.now} instead of {self.before}"


def last_ones(db: Session, company_id: int, billings: Sequence[Billing], before: date) -> dict[str, Last]:
    """The last document that each of these customers got before a day, by its ListID."""
    wanted = sorted({one.customer.key for one in billings})
    newest: dict[str, tuple[date, int]] = {}
    for start in range(0, len(wanted), _AT_A_TIME):
        rows = db.execute(
            select(BilledPart.customer, BilledPart.billing_day, DocumentRow.id)
            .join(
                DocumentRow,
                (DocumentRow.company_id == BilledPart.company_id) & (DocumentRow.origin == BilledPart.origin),
            )
            .where(
                BilledPart.company_id == company_id,
                BilledPart.customer.in_(wanted[start : start + _AT_A_TIME]),
                BilledPart.billing_day < before,
                DocumentRow.state != State.EXCLUDED,
            )
            .distinct()
            .order_by(BilledPart.billing_day, DocumentRow.id)
        )
        newest.update((customer, (day, number)) for customer, day, number in rows)
    documents = _documents(db, [number for _, number in newest.values()])
    return {key: _last(documents[number], day) for key, (day, number) in newest.items()}


def changes(billing: Billing, last: Last | None) -> Iterator[Change]:
    """Item by item, what is billed in another quantity than before."""
    now: dict[str, Decimal] = {}
    for line in billing.lines:
        now[line.item.name] = now.get(line.item.name, Decimal(0)) + (line.bill.quantity or Decimal(0))
    before = {} if last is None else last.quantities
    for item in sorted({*now, *before}):
        if now.get(item) != before.get(item):
            yield Change(item, before.get(item), now.get(item))


def _documents(db: Session, ids: Sequence[int]) -> dict[int, DocumentRow]:
    found: dict[int, DocumentRow] = {}
    for start in range(0, len(ids), _AT_A_TIME):
        some = ids[start : start + _AT_A_TIME]
        found.update((row.id, row) for row in db.scalars(select(DocumentRow).where(DocumentRow.id.in_(some))))
    return found


def _last(row: DocumentRow, billing_day: date) -> Last:
    document = load_document(row.body)
    sign = -1 if row.kind == "credit_memo" else 1
    quantities: dict[str, Decimal] = {}
    for line in document.lines if isinstance(document, DeliveredSale) else ():
        if line.item is not None:
            quantities[line.item] = quantities.get(line.item, Decimal(0)) + sign * (line.quantity or Decimal(0))
    total = row.posted_total if row.posted_total is not None else row.total
    return Last(billing_day, row.id, row.kind, None if total is None else sign * total, quantities)
