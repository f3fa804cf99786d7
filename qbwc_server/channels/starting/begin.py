"""A source is started, once, when nothing stands against it; a reset opens it again, and forgets nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.audit import note_connection
from qbwc_server.channels.connections.finding import channel_of, effective_options
from qbwc_server.channels.connections.models import Connection, RecordDocument
from qbwc_server.channels.connections.runs import break_off
from qbwc_server.channels.connections.setting_up import ask_again_since
from qbwc_server.channels.connections.states import ConnectionEvent, after
from qbwc_server.channels.options import declared
from qbwc_server.channels.start import Start
from qbwc_server.channels.starting.looking import start_of
from qbwc_server.channels.starting.opening import enter_opening
from qbwc_server.channels.starting.steps import StepStands, start_seen
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.errors import Conflict, Invalid
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited
from qbwc_server.tenancy.models import Company

_OUT = (State.EXCLUDED, State.WITHDRAWN)


class NotReady(Conflict):
    """A step stands against the start."""

    code = "start_not_ready"


class Started(Conflict):
    """It is started already."""

    code = "started_already"
    advice = "Reset it first, if something about its start has to be otherwise."


class KeptAsItWas(Conflict):
    """Documents of it are here that would come a second time."""

    code = "would_come_twice"


def start(
    db: Session, company: Company, row: Connection, balances: Mapping[str, Decimal], *, by: Actor, now: datetime
) -> None:
    """Start a connection: from now on it runs by its schedule.

    Args:
        row: locked.
        balances: what it held or owed before its first day, by code, as a person confirms it; each has to be said.

    Raises:
        Started, NotReady, KeptAsItWas, NoStart, Invalid: why not.
    """
    known = start_of(row)
    if row.started_at is not None:
        raise Started(f"Connection {row.id} was started on {row.started_at:%Y-%m-%d}.")
    seen = start_seen(db, row)
    for step in seen.steps:
        if step.stands is StepStands.BLOCKED:
            message, advice = step.said[0]
            raise NotReady(message, advice=advice or "Settle it, then start.")
    begins = seen.begins
    if begins is None:
        raise NotReady("The first day is not chosen.")
    _refuse_twice(db, row, known, begins)
    row.state = after(row.state, ConnectionEvent.STARTED)
    row.started_at = row.changed_at = now
    chosen = effective_options(row)
    row.started_as = {name: chosen.get(name) for name in sorted({known.begins, *known.kept})}
    row.tell(None)
    ask_again_since(db, row, datetime.combine(begins, time.min, ZoneInfo(company.time_zone)))
    enter_opening(db, company, row, known, begins, balances, by=by, now=now)
    said = {"balances": {code: str(amount) for code, amount in balances.items()}, **row.started_as}
    note_connection(db, Audited.CONNECTION_STARTED, row, by=by, now=now, after=said)


def reset(db: Session, row: Connection, typed: str, *, by: Actor, now: datetime) -> None:
    """Open the start again: nothing is run until it is started anew, nor goes on. All that it brought stays known.

    Args:
        row: locked.
        typed: what the person typed: the account of the connection, letter by letter.

    Raises:
        Invalid: something else was typed.
        NotReady: it is not started.
        ConnectionNotNow: it is disconnected.
    """
    start_of(row)
    if row.started_at is None:
        raise NotReady(f"Connection {row.id} is not started.", advice="Start it.")
    if typed.strip().casefold() != row.account.casefold():
        raise Invalid(f"Type {row.account} to reset it.", advice="What it brought stays, and comes no second time.")
    row.state = after(row.state, ConnectionEvent.RESET)
    before = {"started_at": row.started_at}
    row.started_at, row.changed_at, row.failing_since, row.not_before = None, now, None, None
    row.tell(None)
    break_off(db, row.id, now=now)
    note_connection(db, Audited.CONNECTION_RESET, row, by=by, now=now, before=before)


def _refuse_twice(db: Session, row: Connection, known: Start, begins: date) -> None:
    """What came of an earlier start is known by its origins: these have to stay what they are."""
    before = row.started_as or {}
    last = _last_day(db, row)
    if not before or last is None:
        return
    titles, chosen = {one.name: one.title for one in declared(channel_of(row).options)}, effective_options(row)
    for name in known.kept:
        was = before.get(name)
        if was != chosen.get(name):
            raise KeptAsItWas(
                f"{titles[name]} was {was or 'left out'} when it was started before, and documents of it are here.",
                advice="Choose the same again, or first exclude and void what it brought.",
            )
    first = before.get(known.begins)
    if first and begins > date.fromisoformat(str(first)):
        raise KeptAsItWas(
            f"It was started from {first} on, and has brought documents until {last}.",
            advice=f"Choose {first} or earlier: what is here is known, and comes no second time.",
        )


def _last_day(db: Session, row: Connection) -> date | None:
    """The newest day of a document of it that counts."""
    return db.scalar(
        select(func.max(DocumentRow.date))
        .join(
            RecordDocument,
            (RecordDocument.company_id == DocumentRow.company_id) & (RecordDocument.origin == DocumentRow.origin),
        )
        .where(RecordDocument.connection_id == row.id, DocumentRow.state.not_in(_OUT))
    )


def read_balances(start: Start, said: Mapping[str, object]) -> dict[str, Decimal]:
    """Amounts as a person or program gave them, by code. Raises Invalid where one is missing or is none."""
    known = {one.code: one for one in start.openings}
    if strange := sorted(said.keys() - known.keys()):
        raise Invalid(f"There is no opening balance {strange[0][:40]!r}; there are: {', '.join(known) or 'none'}.")
    found = {}
    for code, one in known.items():
        text = str(said.get(code, "")).strip().replace(",", "")
        if not text:
            raise Invalid(f"Say {one.title} before the first day, as {one.code}=AMOUNT; 0 where there was nothing.")
        found[code] = _amount(text, one.title)
    return found


def _amount(text: str, title: str) -> Decimal:
    try:
        amount = Decimal(text)
    except ArithmeticError:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount != amount.quantize(Decimal("0.01")) or abs(amount) >= Decimal(10) ** 12:
        raise Invalid(f"{title}: {text[:20]!r} is no amount such as 120.50.")
    return amount.quantize(Decimal("0.01"))
