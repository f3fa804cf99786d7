"""What counts as evidence: every sending of a document with its mark and what it said, and those that say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from qbwc_server.ids import new_id
from qbwc_server.posting.requests import OneDocument, Purpose, of_documents
from qbwc_server.posting.sent import Sent
from qbwc_server.posting.transactions import ADDS
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.queue.models import MessageSet, Passenger, QueuedRequest
from qbwc_server.queue.settling import requests_by_id
from qbwc_server.queue.states import RequestState
from qbxml import Aggregate, MissingElement
from qbxml.message import Request
from qbxml.messages.transaction import TxnDeletedRet


class Sendings:
    """The requests that were to enter one document and may have done so, oldest first, and the one in question."""

    def __init__(self, adds: Sequence[QueuedRequest]) -> None:
        self._adds = adds

    @cached_property
    def marks(self) -> frozenset[UUID]:
        """Their ids are the marks of what they added."""
        return frozenset(one.id for one in self._adds)

    @cached_property
    def last(self) -> Sent:
        """What the newest of them said."""
        return Sent.from_record(self._adds[-1].sent) if self._adds else Sent()

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Every number that was given."""
        said = (Sent.from_record(one.sent).number for one in self._adds)
        return tuple(dict.fromkeys(number for number in said if number is not None))

    def of(self, mark: UUID | None) -> QueuedRequest | None:
        """The sending that bears this mark."""
        return next((one for one in self._adds if one.id == mark), None)

    def first_sent(self, db: Session) -> datetime | None:
        """When the first of them left; None where none has."""
        return db.scalar(
            select(MessageSet.sent_at)
            .join(Passenger, Passenger.message_set_id == MessageSet.id)
            .where(Passenger.request_id.in_(self.marks))
            .order_by(MessageSet.sent_at, MessageSet.id)
            .limit(1)
        )

    def has_number(self, number: str | None) -> bool:
        """Whether one of them gave this number; QuickBooks compares without case."""
        return number is not None and number.lower() in {one.lower() for one in self.numbers}


def sendings_of(
    db: Session, company_id: int, documents: Iterable[int], *, also: Collection[UUID] = ()
) -> dict[int, Sendings]:
    """For each document the requests that entered it, or may have, at any time.

    Args:
        also: requests that count although they have not left.
    """
    found: dict[int, list[QueuedRequest]] = defaultdict(list)
    rows = db.scalars(
        select(QueuedRequest)
        .where(of_documents(company_id, documents, [Purpose.POST]), QueuedRequest.message.in_(ADDS))
        .order_by(QueuedRequest.id)
        .options(defer(QueuedRequest.xml))
        .execution_options(populate_existing=True)
    )
    for row in rows:
        if row.id in also or _may_have_entered(row):
            found[OneDocument.of(row).document].append(row)
    return {document: Sendings(found[document]) for document in documents}


def _may_have_entered(add: QueuedRequest) -> bool:
    """It left, and it is not so that QuickBooks refused it the only time."""
    refused = add.state is RequestState.FAILED and add.status_code is not None
    return add.attempts > 1 or (add.attempts == 1 and not refused)


def look_by_content(rules: Transaction[Any], numbers: Sequence[str], day: date) -> Request:
    """The question that would find a document as it was sent, under whatever TxnID.

    By its number where we chose it; else by its date, which we also chose: neither depends on the clock of the PC.
    """
    return rules.by_number(numbers, new_id()) if numbers else rules.by_day(day, new_id())


def without_our_mark(db: Session, company_id: int, found: Iterable[Standing]) -> list[Standing]:
    """Those that bear no mark, or one of nobody we know: none that another document of ours has."""
    found = list(found)
    marks = {one.mark for one in found if one.mark is not None}
    known = {row.id for row in requests_by_id(db, company_id, marks)} if marks else set()
    return [one for one in found if one.mark not in known]


def alike(said: Sendings, one: Standing) -> bool:
    """Whether a transaction without our mark may be the document, entered by hand.

    The same number is, whatever else it says; without a number the party and what it comes to decide.
    """
    if said.numbers:
        return said.has_number(one.number)
    sent = said.last
    if sent.party is not None and (one.party is None or not one.party.is_called(sent.party)):
        return False
    amounts = {one.total, one.subtotal} - {None}
    return sent.total is None or not amounts or sent.total in amounts


def deletions(rets: Sequence[Aggregate]) -> list[TxnDeletedRet]:
    """The deleted transactions of an answer. Raises MissingElement where one does not say which it was."""
    found = [ret for ret in rets if isinstance(ret, TxnDeletedRet) and getattr(ret, "txn_id", None) is not None]
    if len(found) < len(rets):
        raise MissingElement("what was deleted comes without TxnID")
    return found


def as_deleted(one: TxnDeletedRet) -> dict[str, str]:
    """A deleted transaction as far as a person needs it to recognise it."""
    names = ("txn_id", "ref_number", "time_created", "time_deleted")
    return {name: str(value) for name in names if (value := getattr(one, name, None)) is not None}
