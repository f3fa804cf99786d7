"""What is wrong with companies at this moment: some statements for many of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.alarms.models import AlarmKind
from qbwc_server.books.holds import ADVICE, Hold, HoldKind
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.connector.contact import Calls, Contact
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import OpenWork, WorkKind
from qbwc_server.tenancy.models import Company

_FAILED = (State.FAILED, State.HELD)
_CONNECTIONS = {ConnectionState.NEEDS_SIGN_IN: AlarmKind.SIGN_IN, ConnectionState.FAILING: AlarmKind.FAILING}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong."""

    company_id: int
    kind: AlarmKind
    subject: str
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person in one company."""

    documents: dict[State, int]
    open_work: int


def look(db: Session, companies: Sequence[Company], *, now: datetime) -> list[Wrong]:
    """All that is wrong with these companies."""
    ids = [company.id for company in companies]
    holds: dict[int, list[Hold]] = {}
    for hold in db.scalars(select(Hold).where(Hold.company_id.in_(ids), Hold.lifted_at.is_(None)).order_by(Hold.id)):
        holds.setdefault(hold.company_id, []).append(hold)
    calls, waiting = Calls(db, ids), waiting_in(db, ids)
    found = list(_about_billing(db, ids))
    told = Counter(one.company_id for one in found)
    for company in companies:
        found += _about_the_file(calls, company, holds.get(company.id, []), now)
        found += _about_failures(company.id, waiting[company.id], told[company.id])
    found += _about_connections(db, ids)
    return found


def waiting_in(db: Session, ids: Sequence[int]) -> dict[int, Waiting]:
    """What waits for a person, by company."""
    found = {number: Waiting({}, 0) for number in ids}
    states = (*_FAILED, State.FOR_REVIEW)
    documents = (
        select(DocumentRow.company_id, DocumentRow.state, func.count())
        .where(DocumentRow.company_id.in_(ids), DocumentRow.state.in_(states))
        .group_by(DocumentRow.company_id, DocumentRow.state)
    )
    for number, state, count in db.execute(documents):
        found[number].documents[state] = count
    work = (
        select(OpenWork.company_id, func.count())
        .where(OpenWork.company_id.in_(ids), OpenWork.ended_at.is_(None))
        .group_by(OpenWork.company_id)
    )
    for number, count in db.execute(work):
        found[number] = Waiting(found[number].documents, count)
    return found


def _about_the_file(calls: Calls, company: Company, holds: Sequence[Hold], now: datetime) -> Iterator[Wrong]:
    stops = [hold for hold in holds if hold.kind is not HoldKind.PAUSED]
    for hold in stops[:1]:
        yield Wrong(company.id, AlarmKind.STOPPED, "", hold.detail, f"What to do: {ADVICE[hold.kind]}")
    if holds and not stops:
        return  # a person wanted it to be quiet
    contact, heard = calls.contact(company.id, paused=False, now=now)
    if contact is Contact.SILENT and heard is not None:
        since = f"{heard.astimezone(zone_of(company)):%Y-%m-%d %H:%M}"
        waits = "Documents or questions wait for it." if company.id in calls.due else "Nothing waits for it."
        message = f"The Web Connector was heard last at {since}. {waits}"
        advice = "Look whether the PC is on, and whether the Web Connector runs there with Auto-Run ticked."
        yield Wrong(company.id, AlarmKind.SILENT, "", message, advice)
    elif (error := calls.error(company.id)) is not None:
        advice = calls.sessions[company.id].advice or "See the status of the company."
        yield Wrong(company.id, AlarmKind.UPDATE_FAILED, "", error, advice)


def _about_billing(db: Session, ids: Sequence[int]) -> Iterator[Wrong]:
    """From the day before a billing day on, as long as something keeps it from going by itself."""
    open_ones = OpenWork.company_id.in_(ids), OpenWork.ended_at.is_(None), OpenWork.work == WorkKind.BILLING_NEEDS_YOU
    for item in db.scalars(select(OpenWork).where(*open_ones).order_by(OpenWork.id)):
        yield Wrong(item.company_id, AlarmKind.BILLING, "", item.message, item.advice)


def _about_failures(company_id: int, waiting: Waiting, told: int) -> Iterator[Wrong]:
    """``told``: how much of the open work is told by itself."""
    failed, held = (waiting.documents.get(state, 0) for state in _FAILED)
    counted = ((failed, "failed"), (held, "held"), (waiting.open_work - told, "open work"))
    said = [f"{words}: {number}" for number, words in counted if number]
    if said:
        message = f"Documents and work that wait for you: {', '.join(said)}."
        yield Wrong(company_id, AlarmKind.FAILURES, "", message, "Each says what is the matter, and what to do.")


def _about_connections(db: Session, ids: Sequence[int]) -> Iterator[Wrong]:
    asked = select(Connection).where(Connection.company_id.in_(ids), Connection.state.in_(tuple(_CONNECTIONS)))
    for row in db.scalars(asked.order_by(Connection.id)):
        message = f"{row.title}: {row.message or row.state.value.replace('_', ' ')}"
        yield Wrong(row.company_id, _CONNECTIONS[row.state], str(row.id), message, row.advice or "")


def zone_of(company: Company) -> ZoneInfo:
    """By whose clocks it lives; UTC where the name of its zone means nothing here."""
    try:
        return ZoneInfo(company.time_zone)
    except (LookupError, ValueError, OSError):
        return ZoneInfo("UTC")
