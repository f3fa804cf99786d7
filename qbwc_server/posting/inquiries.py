"""What a source asks about transactions in the books, whoever wrote them: through the queue, and soon forgotten.

The typed answer is kept with its request, and goes with it after a day: nothing decides by an answer that is old.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.documents.models import DocumentRow
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.ids import new_id
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.patience import MOST_SHOWN
from qbwc_server.posting.requests import OneKind, Purpose, ask
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.elements import elements_of
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.queue.enqueue import put
from qbwc_server.queue.lane import take_lane
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.retention import drop_settled
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import TRANSITIONS, Event, RequestState
from qbxml import Aggregate
from qbxml.messages.deposit import ReceivePaymentToDepositQueryRq, ReceivePaymentToDepositRet
from qbxml.outcome import Outcome
from qbxml.shared import ListFilter, PaidStatus, TxnDateRangeFilter

KEPT = timedelta(days=1)
LONGEST = timedelta(days=366)  # of a period
TO_DEPOSIT = "to_deposit"  # what is asked for is no kind of document
_KIND_OF = {str(rules.txn_type): kind for kind, rules in TRANSACTIONS.items()}
_MORE = ("balance_remaining", "is_to_be_printed", "is_to_be_emailed")


class Answered(StrEnum):
    """How far an inquiry is."""

    NOT_YET = "not_yet"
    YES = "yes"
    FAILED = "failed"  # QuickBooks did not tell, or more than can be shown


@dataclass(frozen=True, slots=True)
class Found:
    """One transaction, as the books hold it. What QuickBooks did not tell is None.

    Args:
        document: the number of ours that it is; None where somebody else wrote it.
        open_amount: what is still to be paid of it; of a payment, what waits to be deposited.
        line_id: of the line of it that waits to be deposited, where only that does.
    """

    kind: str
    txn_id: str
    edit_sequence: str | None
    number: str | None
    day: date | None
    party_id: str | None
    party: str | None
    total: Decimal | None
    open_amount: Decimal | None
    memo: str | None
    to_be_printed: bool | None
    to_be_emailed: bool | None
    modified_at: datetime | None
    line_id: str | None = None
    document: int | None = None

    @property
    def unsent(self) -> bool:
        """Whether somebody has it wait to be printed or e-mailed."""
        return bool(self.to_be_printed or self.to_be_emailed)

    @classmethod
    def of(cls, one: Standing) -> Self:
        """The same of a transaction that was read."""
        return cls(
            kind=one.kind,
            txn_id=one.txn_id,
            edit_sequence=one.edit_sequence,
            number=one.number,
            day=one.day,
            party_id=None if one.party is None else one.party.list_id,
            party=None if one.party is None else one.party.name,
            total=one.total,
            open_amount=getattr(one.ret, "balance_remaining", None),
            memo=one.memo,
            to_be_printed=getattr(one.ret, "is_to_be_printed", None),
            to_be_emailed=getattr(one.ret, "is_to_be_emailed", None),
            modified_at=one.time_modified,
        )

    @classmethod
    def waiting(cls, one: ReceivePaymentToDepositRet) -> Self:
        """The same of a payment that lies in Undeposited Funds."""
        return cls(
            kind=_KIND_OF.get(one.txn_type, one.txn_type.value),
            txn_id=one.txn_id,
            edit_sequence=None,
            number=one.ref_number,
            day=one.txn_date,
            party_id=None if one.customer is None else one.customer.list_id,
            party=None if one.customer is None else one.customer.full_name,
            total=one.amount,
            open_amount=one.amount,
            memo=None,
            to_be_printed=None,
            to_be_emailed=None,
            modified_at=None,
            line_id=one.txn_line_id,
        )

    def as_record(self) -> dict[str, Any]:
        """As it is kept."""
        return {name: _written(value) for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_record(cls, record: dict[str, Any], document: int | None) -> Self:
        """As it was kept."""
        read = {name: _READ.get(name, _as_it_is)(value) for name, value in record.items()}
        return cls(**{**dict.fromkeys(one.name for one in fields(cls)), **read, "document": document})


@dataclass(frozen=True, slots=True)
class InquiryAnswer:
    """What came of an inquiry.

    Args:
        trouble: why it failed, in a sentence.
    """

    state: Answered
    found: tuple[Found, ...] = ()
    at: datetime | None = None
    trouble: str | None = None


def inquire(
    db: Session,
    company_id: int,
    kind: str,
    *,
    party_id: str | None = None,
    first: date,
    last: date,
    unpaid: bool = False,
    now: datetime,
) -> UUID:
    """Ask in the next session for the transactions of a kind in a period, whoever wrote them; returns what to ask for.

    Args:
        kind: of a document, such as ``invoice``.
        party_id: ListID of the customer or vendor, with what stands under it; all where it is left out.
        first, last: days of the period, of a year at most.
        unpaid: only those of which something is still to be paid.

    Raises:
        Invalid: QuickBooks cannot be asked so.
    """
    rules = TRANSACTIONS.get(kind)
    asked_with = elements_of(rules.query_message) if rules and isinstance(rules.query_message, type) else ()
    if rules is None or "txn_date_range_filter" not in asked_with:
        raise Invalid(f"QuickBooks is not asked for {kind[:40]!r} by a period.")
    if not first <= last <= first + LONGEST:
        raise Invalid("A period has its first day before its last one, and is no longer than a year.")
    values: dict[str, Any] = {"txn_date_range_filter": TxnDateRangeFilter(from_txn_date=first, to_txn_date=last)}
    if party_id is not None:
        values["entity_filter"] = ListFilter(list_id_with_children=party_id)
    if unpaid:
        values["paid_status"] = PaidStatus.NOT_PAID_ONLY
    if not values.keys() <= set(asked_with):
        raise Invalid(f"QuickBooks does not tell {kind.replace('_', ' ')}s apart in this way.")
    tags = elements_of(rules.ret)
    wanted = (*rules.glimpse, *(tag for name in _MORE if name in tags for tag in tags[name]))
    number = new_id()
    query = rules.query_message(
        max_returned=MOST_SHOWN, include_ret_elements=tuple(dict.fromkeys(wanted)), request_id=str(number), **values
    )
    take_lane(db, company_id)
    put(db, company_id, [ask(Purpose.INQUIRE, OneKind(kind), query)], now)
    return number


def inquire_to_deposit(db: Session, company_id: int, *, now: datetime) -> UUID:
    """Ask in the next session for all payments that lie in Undeposited Funds; returns what to ask for.

    QuickBooks is asked for all of them, or for none: of a file that never deposits, there may be too many to be told.
    """
    number = new_id()
    query = ReceivePaymentToDepositQueryRq(request_id=str(number))
    take_lane(db, company_id)
    put(db, company_id, [ask(Purpose.INQUIRE, OneKind(TO_DEPOSIT), query)], now)
    return number


def read_inquiry(work: Work, row: RequestRow, reply: Reply) -> None:
    """Keep what was found, typed, with the request; an answer that does not tell all is none."""
    kind = OneKind.of(row).kind
    told = reply.proves_absence or (reply.said.outcome is Outcome.DONE and reply.whole and reply.shown < MOST_SHOWN)
    if not told:
        many = reply.said.outcome is Outcome.DONE
        words = f"There are more than {MOST_SHOWN - 1:,}. {_FEWER[kind == TO_DEPOSIT]}" if many else reply.said.meaning
        work.settle(row, Event.REFUSED, reply, words=words)
    elif work.settle(row, Event.DONE, reply):
        found = [one.as_record() for ret in reply.rets if (one := _found(kind, ret)) is not None]
        kept = update(QueuedRequest).where(QueuedRequest.id == row.id).values(sent={"found": found})
        work.db.execute(kept.execution_options(synchronize_session=False))


_FEWER = {False: "Ask for a shorter period.", True: "Deposit those of long ago in QuickBooks, and ask again."}


def _found(kind: str, ret: Aggregate) -> Found | None:
    """One object of the answer; None where it is of another kind."""
    if kind == TO_DEPOSIT:
        return Found.waiting(ret) if isinstance(ret, ReceivePaymentToDepositRet) else None
    rules = TRANSACTIONS[kind]
    return Found.of(rules.standing(ret)) if isinstance(ret, rules.ret) else None


def answer_of(db: Session, company_id: int, inquiry: UUID) -> InquiryAnswer:
    """What came of it. Raises NotFound where it is too old: ask again."""
    row = db.scalars(
        select(QueuedRequest).where(
            QueuedRequest.id == inquiry,
            QueuedRequest.company_id == company_id,
            QueuedRequest.purpose == Purpose.INQUIRE,
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such inquiry, or it was too old to be kept.", advice="Ask again.")
    if TRANSITIONS[row.state]:
        return InquiryAnswer(Answered.NOT_YET)
    if row.state is not RequestState.DONE:
        return InquiryAnswer(Answered.FAILED, at=row.settled_at, trouble=row.status_message)
    records: list[dict[str, Any]] = (row.sent or {}).get("found", [])
    ours = _ours(db, company_id, [record["txn_id"] for record in records])
    found = tuple(Found.from_record(record, ours.get(record["txn_id"])) for record in records)
    return InquiryAnswer(Answered.YES, found, row.settled_at)


def drop_inquiries(*, database: Database, clock: Clock, checkpoint: Callable[[], None], **_: object) -> str:
    """Forget what was found yesterday; a job."""
    dropped = drop_settled(database, (Purpose.INQUIRE,), clock() - KEPT, checkpoint)
    return f"Inquiries dropped: {dropped}." if dropped else ""


def _ours(db: Session, company_id: int, txn_ids: list[str]) -> dict[str, int]:
    """Which of them are documents of ours."""
    ours: dict[str, int] = {}
    for start in range(0, len(txn_ids), 1000):
        some = txn_ids[start : start + 1000]
        asked = select(DocumentRow.txn_id, DocumentRow.id).where(
            DocumentRow.company_id == company_id, DocumentRow.txn_id.in_(some)
        )
        ours.update({str(txn_id): number for txn_id, number in db.execute(asked)})
    return ours


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def _as_it_is(value: Any) -> Any:
    return value


_READ: dict[str, Callable[[Any], Any]] = {
    "day": date.fromisoformat,
    "total": Decimal,
    "open_amount": Decimal,
    "modified_at": datetime.fromisoformat,
}
