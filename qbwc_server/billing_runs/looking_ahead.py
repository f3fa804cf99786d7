"""From the day before a billing day on: what has to be mended is said, and stays open work until it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing.days import due_at
from qbwc_server.billing_runs.by_the_clock import next_day
from qbwc_server.billing_runs.keeping import charge_connections, settings_of
from qbwc_server.billing_runs.models import BillingSettingsRow
from qbwc_server.billing_runs.plan import Plan, Standing, plans_of, problems_of
from qbwc_server.channels.connections.models import ConnectionRun
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.documents.open_work import Finding, WorkKind, ended_by_a_person, note_work, settle_work
from qbwc_server.documents.problems import Problem
from qbwc_server.posting.submitting.submit import lock
from qbwc_server.tenancy.models import Company

AHEAD = timedelta(days=1)
_KEY = "billing"
_FIRST = 3  # customers that are named
_NOT_AT_WORK = {
    ConnectionState.PAUSED: "is paused: what has been charged since is not known. Resume it.",
    ConnectionState.BEING_SET_UP: "is still being set up. Test it, so that it goes on by its schedule.",
}
_WAITS = {
    Standing.BLOCKED: ("customers_blocked", "cannot be billed before something is mended", "Mend what it says there."),
    Standing.WARNED: ("customers_warned", "wait because of a warning", "Look at each, and approve or mend it."),
    Standing.NOT_APPROVED: ("customers_not_approved", "wait for approval", "Approve them, or hold them back."),
}


def look_ahead(*, database: Database, clock: Clock, subject_id: int, **_: object) -> str:
    """Look at the next billing day of one company; the lists have been read within some hours, as always."""
    now = clock()
    problems: list[Problem] = []
    with database.reading() as db:  # it takes its time where there are many customers, and locks nobody out
        if db.get(BillingSettingsRow, subject_id) is None:
            return ""
        company = db.get_one(Company, subject_id)
        day = next_day(db, company.id, now)
        if due_at(settings_of(db, company.id), day) - now <= AHEAD:
            mending = Mending()
            for plan in plans_of(db, company, day):
                mending.note(plan)
            problems = mending.problems(db, company)
    with database.transaction() as db:
        company = db.get_one(Company, subject_id)
        lock(db, company)
        _tell(db, company, day, problems, now)
    return " ".join(one.message for one in problems)


def to_mend(db: Session, company: Company, plan: Plan) -> list[Problem]:
    """What keeps somebody from being billed by itself on that day; nothing where all is well."""
    mending = Mending()
    mending.note(plan)
    return mending.problems(db, company)


class Mending:
    """The same, gathered portion by portion."""

    def __init__(self) -> None:
        self._names: dict[Standing, set[str]] = {standing: set() for standing in _WAITS}
        self._orphans = 0

    def note(self, plan: Plan) -> None:
        """Take in a portion."""
        for billing in plan.billings:
            if billing.standing in self._names:
                self._names[billing.standing].add(billing.customer.name)
        self._orphans += len(plan.orphans) + len(plan.unread)

    def problems(self, db: Session, company: Company) -> list[Problem]:
        """What keeps somebody from being billed by itself."""
        said = (*_about_connections(db, company), *_about_customers(self._names), *_about_orphans(self._orphans))
        return [*problems_of(db, company.id), *said]


def _about_connections(db: Session, company: Company) -> Iterator[Problem]:
    connections = charge_connections(db, company.id)
    if not connections:
        yield Problem("no_distributor", "connection", "No distributor is connected.", "Connect it, or upload charges.")
    for one in connections:
        said = _NOT_AT_WORK.get(one.state)
        ran = select(ConnectionRun.id).where(ConnectionRun.connection_id == one.id).limit(1)
        if said is not None:
            message, _, advice = said.partition(". ")
            yield Problem("distributor_not_asked", "connection", f"{one.title} {message}.", advice)
        elif one.state not in (ConnectionState.FAILING, ConnectionState.NEEDS_SIGN_IN) and db.scalar(ran) is None:
            told = f"Nothing has come from {one.title} yet."
            yield Problem("distributor_not_asked", "connection", told, "Have it run, or upload its charges.")


def _about_customers(waiting: Mapping[Standing, Collection[str]]) -> Iterator[Problem]:
    for standing, (code, words, advice) in _WAITS.items():
        names = sorted(waiting[standing])
        if names:
            shown = ", ".join(names[:_FIRST]) + (f" and {len(names) - _FIRST:,} more" if len(names) > _FIRST else "")
            customers = "customer" if len(names) == 1 else "customers"
            yield Problem(
                code, "customers", f"{len(names):,} {customers} {_said_of(len(names), words)}: {shown}.", advice
            )


def _about_orphans(number: int) -> Iterator[Problem]:
    if number:
        charges = "1 charge is" if number == 1 else f"{number:,} charges are"
        yield Problem(
            "charges_of_nobody", "charges", f"{charges} billed to nobody.", "Map their offers and organisations."
        )


def _said_of(number: int, words: str) -> str:
    return words.replace("wait ", "waits ", 1) if number == 1 else words


def _tell(db: Session, company: Company, day: date, problems: list[Problem], now: datetime) -> None:
    if not problems:
        settle_work(db, company.id, WorkKind.BILLING_NEEDS_YOU, [_KEY], now=now)
        return
    message = " ".join([f"Billing of {day}:", *(one.message for one in problems)])
    advice = "See the page Billing; whatever has no trouble goes by itself. " + " ".join(
        dict.fromkeys(one.advice for one in problems)
    )
    finding = Finding(WorkKind.BILLING_NEEDS_YOU, _KEY, message, advice, None, {"day": day.isoformat()})
    if not ended_by_a_person(db, company.id, finding):
        note_work(db, company.id, [finding], now=now)
