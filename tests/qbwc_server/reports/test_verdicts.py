"""One verdict for each company: which finding comes first, and whether the Web Connector calls."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qbwc_server.books.holds import HoldKind, lift, put_on_hold
from qbwc_server.connector.contact import Contact
from qbwc_server.connector.logins import add_login
from qbwc_server.connector.models import ConnectorLogin, KnownAddress, UpdateSessionRow
from qbwc_server.connector.session import SessionState
from qbwc_server.db import Database
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.lifecycle import Reason, State
from qbwc_server.documents.open_work import Finding as Work
from qbwc_server.documents.open_work import WorkKind, note_work
from qbwc_server.documents.store import find
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.reports.verdicts import Finding, Light, Verdict, verdicts
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant


class Office:
    """The company kern, and what happens to it."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            company = tenant(db, clock())
            self.id = company.id
            self.login_id = add_login(db, company)[0].id

    def verdict(self) -> Verdict:
        """On it, now."""
        with self.database.reading() as db:
            (found,) = verdicts(db, [find_company(db, "kern")], now=self.clock())
        return found

    def hand_in(self, *, submit: bool) -> int:
        """One document; returns its number."""
        document = read_document({
            "kind": "invoice", "origin": "o1", "number": "1", "date": "2026-03-02", "customer": {"name": "Acme"},
            "lines": [{"item": "Widget", "quantity": "1", "rate": "5.00"}],
        })  # fmt: skip
        with self.database.transaction() as db:
            handed = hand_in(db, find_company(db, "kern"), [document], by=SERVER, now=self.clock(), submit_now=submit)
            (result,) = handed.results
            assert not isinstance(result, Exception)
            return result.row.id

    def session(self, error: str | None = None) -> None:
        """The Web Connector was here, and is gone."""
        now = self.clock()
        with self.database.transaction() as db:
            db.add(
                UpdateSessionRow(
                    company_id=self.id,
                    ticket_digest=now.isoformat(),
                    state=SessionState.CLOSED,
                    started_at=now,
                    last_call_at=now,
                    ended_at=now,
                    error=error,
                )
            )

    def poll(self) -> None:
        """It called, and there was nothing to do."""
        with self.database.transaction() as db:
            db.add(KnownAddress(login_id=self.login_id, network="n", company_id=self.id, last_at=self.clock()))


@pytest.fixture
def office(database: Database, clock: TurnableClock) -> Office:
    """With a login that nobody has used."""
    return Office(database, clock)


def test_a_company_that_never_called_needs_a_look(office: Office) -> None:
    found = office.verdict()
    assert (found.finding, found.light, found.contact) == (Finding.NEVER_CALLED, Light.WARN, Contact.NEVER)


def test_all_is_well(office: Office) -> None:
    office.session()
    found = office.verdict()
    assert (found.finding, found.light, found.contact) == (Finding.WELL, Light.OK, Contact.CONNECTED)


def test_documents_and_open_work_need_somebody(office: Office) -> None:
    office.session()
    office.hand_in(submit=False)
    with office.database.transaction() as db:
        note_work(db, office.id, [Work(WorkKind.TOTAL_DIFFERS, "a", "Differs.", "Look.")], now=office.clock())
    found = office.verdict()
    assert (found.finding, found.needs_you) == (Finding.NEEDS_YOU, 2)


def test_what_waits_and_is_not_fetched_is_late_then_silent(office: Office) -> None:
    office.session()
    office.clock.advance(hours=5)  # nothing waits: it may have called every minute
    office.hand_in(submit=True)
    assert office.verdict().contact is Contact.CONNECTED
    office.clock.advance(minutes=46)
    assert (office.verdict().contact, office.verdict().finding) == (Contact.LATE, Finding.WELL)
    office.clock.advance(minutes=45)
    found = office.verdict()
    assert (found.contact, found.finding, found.light) == (Contact.SILENT, Finding.SILENT, Light.BAD)
    office.session()
    assert office.verdict().contact is Contact.CONNECTED


def test_who_paused_is_not_told_that_nobody_calls(office: Office) -> None:
    office.session()
    office.hand_in(submit=True)
    with office.database.transaction() as db:
        put_on_hold(db, office.id, HoldKind.PAUSED, "Paused.", by=SERVER, now=office.clock())
    office.clock.advance(hours=20)
    found = office.verdict()
    assert (found.finding, found.contact) == (Finding.PAUSED, Contact.CONNECTED)
    with office.database.transaction() as db:
        lift(db, office.id, HoldKind.PAUSED, by=SERVER, now=office.clock())
    assert office.verdict().contact is Contact.CONNECTED  # it had no reason to call until now
    office.clock.advance(hours=2)
    assert office.verdict().contact is Contact.SILENT


def test_where_nothing_waits_a_call_a_day_is_enough(office: Office) -> None:
    office.poll()
    office.clock.advance(hours=25)
    assert office.verdict().finding is Finding.WELL
    office.clock.advance(hours=1)
    found = office.verdict()
    assert (found.finding, found.light) == (Finding.UNHEARD, Light.WARN)


def test_nothing_flows_is_worse_than_something_to_do(office: Office) -> None:
    office.hand_in(submit=False)
    office.session(error="QuickBooks could not be opened.")
    found = office.verdict()
    assert (found.finding, found.said, found.light) == (
        Finding.UPDATE_FAILED, "QuickBooks could not be opened.", Light.BAD,
    )  # fmt: skip
    with office.database.transaction() as db:
        put_on_hold(db, office.id, HoldKind.RESTORED_BACKUP, "It is older.", by=SERVER, now=office.clock())
    found = office.verdict()
    assert (found.finding, found.said, found.light) == (Finding.STOPPED, "It is older.", Light.BAD)


def test_twice_in_the_books_is_the_worst(office: Office) -> None:
    document = office.hand_in(submit=False)
    with office.database.transaction() as db:
        row = find(db, office.id, document)
        row.state, row.reason = State.HELD, Reason.TWICE
        put_on_hold(db, office.id, HoldKind.RESTORED_BACKUP, "It is older.", by=SERVER, now=office.clock())
    found = office.verdict()
    assert (found.finding, found.twice, found.light) == (Finding.TWICE, 1, Light.BAD)


def test_put_off_is_not_silent(office: Office) -> None:
    office.session()
    office.hand_in(submit=True)
    with office.database.transaction() as db:
        db.get_one(ConnectorLogin, office.login_id).postpone_until = office.clock() + timedelta(hours=6)
    office.clock.advance(hours=5)
    assert office.verdict().contact is Contact.CONNECTED
