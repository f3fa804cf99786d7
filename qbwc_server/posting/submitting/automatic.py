"""What a connection brings is submitted by itself only where nothing speaks against it; else it says why it waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, ForeignKey, Integer
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.books.models import CompanyFacts
from qbwc_server.db import Base
from qbwc_server.db.types import Key, Money
from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.kinds.fields import LARGEST_AMOUNT
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import ask
from qbwc_server.errors import Invalid
from qbwc_server.posting.options import options_of
from qbwc_server.posting.submitting.alike import alike_elsewhere
from qbwc_server.posting.submitting.closing_date import closed_until
from qbwc_server.posting.submitting.submit import Submitted, lock, shortcomings, submit_locked
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

PERIOD_UNKNOWN, OVER_LIMIT = "period_unknown", "over_limit"
AMOUNT_UNKNOWN, LARGER_THAN_LIMIT = "amount_unknown", "larger_than_limit"
GOES_ON_LATER = (PERIOD_UNKNOWN, OVER_LIMIT)
"""Reasons that pass by themselves: what waits for one is tried again at the next run."""
MOST_DOCUMENTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Automatic:
    """Whose documents are submitted without anybody's asking, and in which run (0: in none)."""

    connection_id: int
    run_id: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How many documents, and of how much in all, may be submitted by themselves; None: no limit."""

    documents_per_run: int | None = None
    documents_per_day: int | None = None
    amount_per_run: Decimal | None = None
    amount_per_day: Decimal | None = None

    def __post_init__(self) -> None:
        """Raises Invalid where one cannot be."""
        for most in (self.documents_per_run, self.documents_per_day):
            if most is not None and not 1 <= most <= MOST_DOCUMENTS:
                raise Invalid(f"A limit of documents is a number from 1 to {MOST_DOCUMENTS}.")
        for amount in (self.amount_per_run, self.amount_per_day):
            if amount is not None and not (amount.is_finite() and Decimal("0.01") <= amount <= LARGEST_AMOUNT):
                raise Invalid(f"A limit of money is an amount from 0.01 to {LARGEST_AMOUNT}.")
            if amount is not None and amount != amount.quantize(Decimal("0.01")):
                raise Invalid("A limit of money has two decimals at most.")

    def as_record(self) -> dict[str, object]:
        """Amounts as text."""
        amounts = {"amount_per_run": self.amount_per_run, "amount_per_day": self.amount_per_day}
        return {
            "documents_per_run": self.documents_per_run,
            "documents_per_day": self.documents_per_day,
            **{name: None if amount is None else f"{amount:.2f}" for name, amount in amounts.items()},
        }


def changed_limits(limits: Limits, values: Mapping[str, object]) -> Limits:
    """The limits with some of them changed, as people and programs say them: None takes one away. Raises Invalid."""
    known = {one.name for one in fields(Limits)}
    if unknown := sorted(values.keys() - known):
        raise Invalid(f"There is no limit {unknown[0][:40]!r}; there are {', '.join(sorted(known))}.")
    return replace(limits, **{name: _limit(name, value) for name, value in values.items()})


def _limit(name: str, value: object) -> Any:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and name.startswith("documents")):
        return value
    if name.startswith("amount") and isinstance(value, str | int) and not isinstance(value, bool):
        with suppress(InvalidOperation):
            return Decimal(value)
    kind = "a whole number" if name.startswith("documents") else 'an amount as text, such as "500.00"'
    raise Invalid(f"The limit {name} is {kind}.")


class AutomaticSubmission(Base):
    """The limits of a connection, and what was submitted by itself in its latest run and on its latest day."""

    __tablename__ = "automatic_submissions"

    connection_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)  # connections stay
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    documents_per_run: Mapped[int | None] = mapped_column(Integer)
    documents_per_day: Mapped[int | None] = mapped_column(Integer)
    amount_per_run: Mapped[Decimal | None] = mapped_column(Money)
    amount_per_day: Mapped[Decimal | None] = mapped_column(Money)
    run_id: Mapped[int] = mapped_column(Key, default=0)
    run_documents: Mapped[int] = mapped_column(Integer, default=0)
    run_amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    day: Mapped[date | None] = mapped_column(Date)  # in the zone of the company
    day_documents: Mapped[int] = mapped_column(Integer, default=0)
    day_amount: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))

    @property
    def limits(self) -> Limits:
        """As a person set them."""
        return Limits(self.documents_per_run, self.documents_per_day, self.amount_per_run, self.amount_per_day)


def limits_of(db: Session, connection_id: int) -> Limits:
    """The limits of a connection; none at first."""
    row = db.get(AutomaticSubmission, connection_id)
    return Limits() if row is None else row.limits


def set_limits(db: Session, company_id: int, connection_id: int, limits: Limits) -> None:
    """Give a connection these limits; what was submitted today counts."""
    row = _tally(db, company_id, connection_id)
    row.documents_per_run, row.documents_per_day = limits.documents_per_run, limits.documents_per_day
    row.amount_per_run, row.amount_per_day = limits.amount_per_run, limits.amount_per_day


def _tally(db: Session, company_id: int, connection_id: int) -> AutomaticSubmission:
    row = db.get(AutomaticSubmission, connection_id)
    if row is None:
        row = AutomaticSubmission(connection_id=connection_id, company_id=company_id)
        row.run_id = row.run_documents = row.day_documents = 0
        row.run_amount = row.day_amount = Decimal(0)
        db.add(row)
    return row


class Gate:
    """Lets documents of one connection through, one after another, and counts them. Use it under the lane."""

    def __init__(self, db: Session, company: Company, automatic: Automatic, *, now: datetime) -> None:
        self._db, self._company = db, company
        self._options = options_of(db, company.id)
        self._counted: dict[int, Decimal] = {}  # by document
        self._period_known = db.get(CompanyFacts, company.id) is not None
        self._closed = closed_until(db, company.id)
        self._tally = _tally(db, company.id, automatic.connection_id)
        if not automatic.run_id or self._tally.run_id != automatic.run_id:
            self._tally.run_id, self._tally.run_documents, self._tally.run_amount = automatic.run_id, 0, Decimal(0)
        today = now.astimezone(ZoneInfo(company.time_zone)).date()
        if self._tally.day != today:
            self._tally.day, self._tally.day_documents, self._tally.day_amount = today, 0, Decimal(0)

    def reasons(self, documents: Sequence[tuple[DocumentRow, Document]]) -> dict[int, Problem]:
        """Why a document does not go by itself, by its id; what lacks something anyway is not counted."""
        sound = [
            (row, document)
            for row, document in documents
            if not (self._closed is not None and row.date <= self._closed)
            and not shortcomings(row, document, self._options)
        ]
        alike = alike_elsewhere(self._db, self._company.id, [row for row, _ in sound])
        found: dict[int, Problem] = {}
        for row, document in sound:
            reason = alike.get(row.id) or self._unknown_period(row) or self._over_limit(document)
            if reason is not None:
                found[row.id] = reason
                continue
            self._counted[row.id] = _worth(document)
            self._count(1, self._counted[row.id])
        return found

    def went(self, submitted: Iterable[DocumentRow]) -> None:
        """These were submitted; what else was let through does not count."""
        for row_id in self._counted.keys() - {row.id for row in submitted}:
            self._count(-1, -self._counted.pop(row_id))

    def _unknown_period(self, row: DocumentRow) -> Problem | None:
        if self._period_known:
            return None
        return Problem(
            PERIOD_UNKNOWN,
            "date",
            f"Whether {row.date:%Y-%m-%d} is open is not known: QuickBooks has not told its closing date yet.",
            "It goes on by itself at a run after the first update of the Web Connector; or submit it.",
        )

    def _over_limit(self, document: Document) -> Problem | None:
        tally, worth = self._tally, _worth(document)
        if document.comes_to() is None and (tally.amount_per_run is not None or tally.amount_per_day is not None):
            return Problem(
                AMOUNT_UNKNOWN,
                "total",
                "Only QuickBooks knows what it comes to, and there is a limit of money for what goes by itself.",
                "Look at it and submit it.",
            )
        for most, so_far, more, what in (
            (tally.documents_per_run, tally.run_documents, 1, "documents in one run"),
            (tally.documents_per_day, tally.day_documents, 1, "documents in one day"),
            (tally.amount_per_run, tally.run_amount, worth, "in one run"),
            (tally.amount_per_day, tally.day_amount, worth, "in one day"),
        ):
            if most is not None and more > most:
                return Problem(
                    LARGER_THAN_LIMIT,
                    "total",
                    f"At most {most} {what} is submitted without anybody's asking, and this alone is {more}.",
                    "Look at it and submit it, or raise the limit of the connection.",
                )
            if most is not None and so_far + more > most:
                return Problem(
                    OVER_LIMIT,
                    "total",
                    f"At most {most} {what} are submitted without anybody's asking; with this one it would be "
                    f"{so_far + more}.",
                    "It is tried again at the next run; or submit it, or raise the limit of the connection.",
                )
        return None

    def _count(self, documents: int, amount: Decimal) -> None:
        """Add to what went in the run and on the day."""
        tally = self._tally
        tally.run_documents, tally.day_documents = tally.run_documents + documents, tally.day_documents + documents
        tally.run_amount, tally.day_amount = tally.run_amount + amount, tally.day_amount + amount


def _worth(document: Document) -> Decimal:
    return abs(document.comes_to() or Decimal(0))


def submit_by_itself(
    db: Session,
    company: Company,
    documents: Sequence[tuple[DocumentRow, Document]],
    automatic: Automatic,
    *,
    by: Actor,
    now: datetime,
) -> Submitted:
    """Submit what may go without anybody's asking; the rest says why it waits. The lane is ours already."""
    gate = Gate(db, company, automatic, now=now)
    reasons = gate.reasons(documents)
    ready = [(row, document) for row, document in documents if row.id not in reasons]
    done = submit_locked(db, company, ready, by=by, now=now)
    gate.went(done.submitted)
    for row, _ in documents:
        if row.id in reasons:
            ask(row, [reasons[row.id]])
            done.not_ready.append(row)
    return done


def try_again(
    db: Session, company: Company, rows: Sequence[DocumentRow], automatic: Automatic, *, by: Actor, now: datetime
) -> Submitted:
    """Submit what waited for a reason that may have passed, as far as nobody has touched it meanwhile."""
    lock(db, company, rows)
    waiting = [row for row in rows if row.state is State.FOR_REVIEW and row.body_digest == row.source_digest]
    return submit_by_itself(db, company, [(row, load_document(row.body)) for row in waiting], automatic, by=by, now=now)
