"""Delivers the rows of an outbox at least once: outside of transactions, again with growing pauses, for a set time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import structlog
from sqlalchemy import ColumnElement, func, select, true, update
from sqlalchemy.orm import Session

from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.errors import QbwcError
from qbwc_server.outbox.rows import TRANSITIONS, DeliveryEvent, DeliveryState, Outgoing

log = structlog.get_logger(__name__)

_AT_A_TIME = 50

Row = TypeVar("Row", bound=Outgoing)


class NotDelivered(QbwcError):
    """It could not be delivered."""

    code = "not_delivered"
    advice = "It is tried again."


class RefusedForGood(NotDelivered):
    """It was refused, and would be refused again."""

    code = "refused_for_good"
    advice = "Correct the address."


class NobodyThere(NotDelivered):
    """The system that takes deliveries cannot be reached; what else waits for it need not be tried now."""

    code = "nobody_there"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long it is tried: pauses double from ``first`` to ``longest``; after ``all_in_all`` it is dead.

    Args:
        jitter: the share by which a pause is shorter or longer than that, so that not all come back at one moment.
    """

    first: timedelta
    longest: timedelta
    all_in_all: timedelta
    jitter: float = 0.0

    def pause(self, attempts: int, *, salt: str = "") -> timedelta:
        """The pause after so many attempts, counted from 1; ``salt`` tells one from another."""
        doubled = min(self.first * (1 << min(attempts - 1, 30)), self.longest)
        if not self.jitter:
            return doubled
        drawn = hashlib.sha256(f"{salt} {attempts}".encode()).digest()
        return doubled * (1 + self.jitter * (2 * int.from_bytes(drawn[:4], "big") / 2**32 - 1))


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of what was due."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0

    def __str__(self) -> str:
        named = (("delivered", self.delivered), ("to be tried again", self.failed), ("given up", self.dead))
        return ", ".join(f"{words}: {number}" for words, number in named if number)


@dataclass(frozen=True, slots=True)
class Round(Generic[Row]):
    """What one round is about.

    Args:
        only: which rows.
        noted: called in the transaction in which an attempt is noted, with what became of it and when.
        until: nothing more is begun then.
    """

    only: ColumnElement[bool] | None = None
    noted: Callable[[Session, Row, NotDelivered | None, datetime], None] | None = None
    until: datetime | None = None


def deliver_due(
    database: Database,
    table: type[Row],
    deliver: Callable[[Row], None],
    patience: Patience,
    *,
    clock: Clock,
    checkpoint: Callable[[], None],
    this_round: Round[Row] | None = None,
) -> Tally:
    """Deliver what is due of one outbox, the oldest first; only one may do so at a time, as a job does.

    Between a delivery and the note of it the process may die: then it is delivered once more. Whoever takes it tells
    the two apart by what bears the number of the row.

    Args:
        deliver: called outside of transactions. NotDelivered has it tried again, RefusedForGood does not, NobodyThere
            ends the round. Whatever else it raises counts as NotDelivered: one row does not stop the others.
        this_round: left out: everything that is due, to its end.
    """
    about: Round[Row] = Round() if this_round is None else this_round
    delivered = failed = dead = 0
    start = clock()  # what fails now is not due again in this round
    while rows := _due(database, table, start, about):
        for row in rows:
            if about.until is not None and clock() >= about.until:
                return Tally(delivered, failed, dead)
            trouble = _try(deliver, row)
            now = clock()
            event = _event(row, trouble, patience, now)
            with database.transaction() as db:
                _note(db, table, row, event, trouble, patience, now)
                if about.noted is not None:
                    about.noted(db, row, trouble, now)
            delivered += event is DeliveryEvent.DELIVERED
            failed += event is DeliveryEvent.FAILED
            dead += event is DeliveryEvent.GIVEN_UP
            if isinstance(trouble, NobodyThere):
                return Tally(delivered, failed, dead)
            checkpoint()
    return Tally(delivered, failed, dead)


def _due(database: Database, table: type[Row], start: datetime, about: Round[Row]) -> list[Row]:
    with database.reading() as db:
        only = true() if about.only is None else about.only
        due = select(table).where(table.state == DeliveryState.WAITING, table.due_at <= start, only)
        return list(db.scalars(due.order_by(table.due_at, table.id).limit(_AT_A_TIME)))


def _try(deliver: Callable[[Row], None], row: Row) -> NotDelivered | None:
    try:
        deliver(row)
    except NotDelivered as trouble:
        return trouble
    except Exception as error:
        log.exception("delivery broke", code="delivery_broke", table=row.__class__.__name__, number=row.id)
        return NotDelivered(f"The server stumbled over something nobody expected ({type(error).__name__}).")
    return None


def _event(row: Outgoing, trouble: NotDelivered | None, patience: Patience, now: datetime) -> DeliveryEvent:
    if trouble is None:
        return DeliveryEvent.DELIVERED
    if isinstance(trouble, RefusedForGood) or now - row.since >= patience.all_in_all:
        return DeliveryEvent.GIVEN_UP
    return DeliveryEvent.FAILED


def _note(
    db: Session,
    table: type[Row],
    row: Row,
    event: DeliveryEvent,
    trouble: NotDelivered | None,
    patience: Patience,
    now: datetime,
) -> None:
    state = TRANSITIONS[DeliveryState.WAITING][event]
    again_at = now + patience.pause(row.attempts + 1, salt=str(row.id))
    db.execute(
        update(table)
        .where(table.id == row.id, table.state == DeliveryState.WAITING)
        .values(
            state=state,
            attempts=row.attempts + 1,
            due_at=again_at if state is DeliveryState.WAITING else row.due_at,
            ended_at=None if state is DeliveryState.WAITING else now,
            trouble=None if trouble is None else str(trouble),
        )
    )


def try_again(row: Outgoing, now: datetime, event: DeliveryEvent = DeliveryEvent.AGAIN) -> bool:
    """A dead one is due once more, by ``ONCE_MORE`` also one that was delivered; False where it is neither."""
    state = TRANSITIONS[row.state].get(event)
    if state is None:
        return False
    row.state, row.since, row.due_at, row.ended_at = state, now, now, None
    return True


def counts(db: Session, table: type[Row]) -> dict[DeliveryState, int]:
    """How many rows stand where."""
    rows = db.execute(select(table.state, func.count()).group_by(table.state))
    return {state: number for state, number in rows}  # noqa: C416  # rows are no pairs to mypy
