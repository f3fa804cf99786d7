"""The eleven operations of the Web Connector as plain methods on plain values, each inside one transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from qbwc_server import __version__
from qbwc_server.books.holds import HoldKind, holds_of
from qbwc_server.clock import Clock
from qbwc_server.connector.answers import DATABASE_FAILED, Received
from qbwc_server.connector.closing import closing_words, left_over, status_link
from qbwc_server.connector.doorkeeper import Doorkeeper
from qbwc_server.connector.introducing import Caller, Told, fail, heard, introduce, read_told, was_asked
from qbwc_server.connector.logins import login_of
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.session import Call, after, may_send, percent
from qbwc_server.connector.sessions import (
    count,
    end_session,
    find_session,
    session_and_company,
    ticket_is_known,
)
from qbwc_server.connector.sets import Arrived, apply_answers, keep_answer, kept_of, put_in_doubt, set_failed
from qbwc_server.connector.text import Text
from qbwc_server.connector.versions import Versions
from qbwc_server.db import Database
from qbwc_server.ids import new_id
from qbwc_server.posting.doubt.sieve import sieves_for
from qbwc_server.posting.requests import Purpose, TheFile, ask
from qbwc_server.posting.submitting.closing_date import hold_closed
from qbwc_server.queue.enqueue import put
from qbwc_server.queue.models import MessageSet
from qbwc_server.queue.pace import learn_pace
from qbwc_server.queue.sets import Limits, count_due, count_waiting, in_flight, next_set, passengers
from qbwc_server.queue.settling import requests_by_id
from qbwc_server.queue.states import Delivery
from qbwc_server.settings import Settings
from qbwc_server.tenancy.models import Company
from qbxml import Version, message_set
from qbxml.hresults import hresult as hresult_of  # the parameter hresult is QuickBooks' word
from qbxml.messages.company import HostQueryRq
from qbxml.outcome import Outcome

log = structlog.get_logger()

MOST_CONNECTION_ERRORS = 3
ENDED = "This update session has ended. Press Update Selected to start a new one."
NO_ANSWER = "What came from QuickBooks holds no answer to what was asked; nothing of it is taken for done or not done."
NO_ANSWER_ADVICE = "Restart QuickBooks and the Web Connector on that computer, then press Update Selected."
TROUBLE = "The server had a problem of its own; nothing is lost. Press Update Selected again in a few minutes."


class WebConnectorOperations:
    """What the Web Connector may call; session state lives in the database, so any process answers any call."""

    def __init__(self, database: Database, settings: Settings, now: Clock | None = None) -> None:
        self._database = database
        self._settings = settings
        self._now = now or database.now
        self._doorkeeper = Doorkeeper(database, settings, self._now)
        self._versions = Versions()
        self._limits = Limits(settings.message_set_requests, settings.message_set_bytes)

    def server_version(self, version: str) -> str:
        """Shown under "More information"."""
        return f"qbwc-server {__version__}"

    def client_version(self, version: str, address: str) -> str:
        """Warn of an old Web Connector, refuse one that cannot work; what is not a version is let pass."""
        numbers = _numbers(version)
        if numbers is None:
            return ""
        self._versions.note(address, version.strip())
        if numbers < (_numbers(self._settings.refused_connector) or ()):
            return f"E:This Web Connector ({version[:20]}) is too old. Install the newest one from Intuit first."
        if numbers < (_numbers(self._settings.oldest_connector) or ()):
            return f"W:This Web Connector ({version[:20]}) is old. Please install the newest one from Intuit soon."
        return ""

    def authenticate(self, user: str, password: str, address: str) -> list[str]:
        """Ticket and "", or "none", "nvu", "busy"; then seconds to postpone and the shortest interval, where set."""
        return self._doorkeeper.answer(user, password, address, self._versions.of(address))

    def send_request_xml(
        self, ticket: str, hcp_response: Text, company_file: str, country: str, major: int, minor: int
    ) -> str:
        """The next message set; "" when there is none to give, and getLastError then says why."""
        now = self._now()
        caller = Caller(company_file[:1000], country[:8], Version(major, minor))
        told = self._told(ticket, hcp_response)
        with self._database.transaction() as db:
            found = find_session(db, ticket)
            if found is None or found[0].ended_at is not None or not may_send(found[0].state):
                return ""
            session, company = found
            session.last_call_at = now
            if session.qbxml_version is None:
                answer = introduce(db, session, company, told, caller, now)
                if answer is not None:
                    return answer
            if self._held(db, session, company):
                return ""
            owed = in_flight(db, company.id)
            if owed is not None:
                put_in_doubt(db, company, owed, now)
            session.needs_you += hold_closed(db, company, now=now)
            leaving = self._next(db, session, company, now)
            session.state = after(session.state, Call.SENT)
            return leaving.body

    def _told(self, ticket: str, hcp_response: Text) -> Told | None:
        """What the first call of a session tells of the company file, read outside of any transaction."""
        with self._database.reading() as db:
            found = session_and_company(db, ticket)
            if found is None or found[0].ended_at is not None or found[0].qbxml_version is not None:
                return None
            owner_id = login_of(db, found[1].id).owner_id
        return read_told(hcp_response, owner_id)

    def _next(self, db: Session, session: UpdateSessionRow, company: Company, now: datetime) -> MessageSet:
        level = Version.parse(session.qbxml_version or "")

        def document(texts: Sequence[str]) -> str:
            return message_set(texts, level=level)

        def wrap() -> MessageSet | None:
            return next_set(db, company.id, session_id=session.id, now=now, limits=self._limits, document=document)

        leaving = wrap()
        if leaving is None:
            # "" would end the session with an error text in the Web Connector's window; an idle question ends it
            # cleanly
            greeting = HostQueryRq(request_id=str(new_id()))
            put(db, company.id, [ask(Purpose.GREETING, TheFile(), greeting)], now)
            leaving = wrap()
        if leaving is None:
            raise RuntimeError("a request that was just queued is not due")
        return leaving

    def receive_response_xml(self, ticket: str, response: Text, hresult: str, message: str) -> int:
        """Work in an answer: 1..99 while something is left, 100 when nothing is, negative when the session must
        stop.
        """
        if hresult.strip():
            return self._set_failed(ticket, hresult, message)
        arrived = self._read_answer(ticket, response)
        if arrived is None:
            return -1
        if not isinstance(arrived, Arrived):
            return self._heard(ticket, arrived)
        try:
            return self._work_in(ticket, arrived)
        except DATABASE_FAILED:
            raise
        except Exception as error:  # noqa: BLE001  # one answer that cannot be written down must not stop the company
            log.warning("answers are worked in one by one", error=type(error).__name__)
            return self._work_in(ticket, arrived, one_by_one=True)

    def _heard(self, ticket: str, told: Told) -> int:
        """The company file has answered our own question what it is."""
        now = self._now()
        with self._database.transaction() as db:
            found = find_session(db, ticket)
            if found is None or found[0].ended_at is not None or not was_asked(found[0]):
                return -1
            session, company = found
            session.last_call_at = now
            return 1 if heard(db, session, company, told, now) else -1

    def _read_answer(self, ticket: str, response: Text) -> Arrived | Told | None:
        """The answer document, read outside of any transaction: a large one keeps nobody else waiting."""
        received = Received()
        with self._database.reading() as db:
            found = session_and_company(db, ticket)
            if found is None:
                return None
            session, company = found
            if was_asked(session):
                return read_told(response, login_of(db, company.id).owner_id)
            owed = _owed_by(db, session)
            rows = [] if owed is None else passengers(db, owed)
            sieves = sieves_for(db, company.id, rows)
        received.read(response.open, rows, sieves)
        if received.strays:
            with self._database.reading() as db:
                late = requests_by_id(db, company.id, received.strays)
                sieves = sieves_for(db, company.id, late)
            if late:
                received.read(response.open, late, sieves)
                rows += late
        return Arrived(received, response.size, kept_of(response, rows))

    def _work_in(self, ticket: str, arrived: Arrived, *, one_by_one: bool = False) -> int:
        """What was read is worked in, in a short transaction; what it answers may have been settled meanwhile."""
        now = self._now()
        with self._database.transaction() as db:
            found = find_session(db, ticket)
            if found is None:
                return -1
            session, company = found
            session.last_call_at = now
            owed = _owed_by(db, session)
            rows = [] if owed is None else passengers(db, owed)
            applied = apply_answers(db, company, rows, arrived.received, now, one_by_one=one_by_one)
            if applied.broken:
                log.warning("answer broke off", company=company.code, session=session.id, why=applied.broken[:200])
            keep_answer(db, company, owed, applied, arrived, now)
            if owed is not None and owed.writes and not applied.unanswered and not applied.late_only:
                learn_pace(
                    db,
                    owed,
                    now=now,
                    target_s=self._settings.message_set_target_s,
                    most=self._settings.message_set_requests,
                )
            count(session, applied)
            if session.ended_at is not None:
                return 100
            if self._held(db, session, company):
                return -1
            if owed is not None and not applied.answered:
                session.failures += 1
                if session.failures >= MOST_CONNECTION_ERRORS:
                    fail(session, NO_ANSWER, NO_ANSWER_ADVICE)
                    return -1
            return self._progress(db, session, company, owed)

    def _progress(self, db: Session, session: UpdateSessionRow, company: Company, owed: MessageSet | None) -> int:
        db.flush()
        settled = owed is not None and owed.delivery is not Delivery.IN_FLIGHT  # and then there is no other
        if not settled and in_flight(db, company.id) is not None:
            return percent(session.answered, 1)  # a late answer; the one that is owed is still to come
        due = count_due(db, company.id)
        done = percent(session.answered, due, count_waiting(db, company.id) if due else 0)
        session.state = after(session.state, Call.RAN_DRY if done == 100 else Call.ANSWERED)
        return done

    def _set_failed(self, ticket: str, code: str, message: str) -> int:
        """QuickBooks did not take or did not finish the set: nothing of it is believed done, nothing undone."""
        now = self._now()
        failed = hresult_of(code, message)
        with self._database.transaction() as db:
            found = find_session(db, ticket)
            if found is None:
                return -1
            session, company = found
            session.last_call_at = now
            session.failures += 1
            session.hresult = failed.code[:20]
            log.warning("message set failed", company=company.code, session=session.id, hresult=failed.code)
            owed = _owed_by(db, session)
            if was_asked(session):
                fail(session, failed.sentence, failed.advice)
            if owed is None or session.ended_at is not None:
                return -1
            unreadable = set_failed(db, company, owed, code, message, now)
            if unreadable or (failed.outcome is Outcome.TRY_AGAIN and session.failures < MOST_CONNECTION_ERRORS):
                return self._progress(db, session, company, owed)
            fail(session, failed.sentence, failed.advice)
            return -1

    def connection_error(self, ticket: str, hresult: str, message: str) -> str:
        """QuickBooks or the company file could not be opened: try again a few times, then "done"."""
        now = self._now()
        with self._database.transaction() as db:
            found = find_session(db, ticket)
            if found is None or found[0].ended_at is not None:
                return "done"
            session, company = found
            failed = hresult_of(hresult, message, connecting=True)
            session.last_call_at = now
            session.failures += 1
            session.hresult = failed.code[:20]
            log.warning("connection error", company=company.code, session=session.id, hresult=failed.code)
            if failed.outcome is Outcome.TRY_AGAIN and session.failures < MOST_CONNECTION_ERRORS:
                return login_of(db, company.id).company_file
            fail(session, failed.sentence, failed.advice)
            end_session(session, now, session.error)  # it is nowhere written that closeConnection still comes
            return "done"

    def get_last_error(self, ticket: str) -> str:
        """Why the session stopped, in a sentence for the status column.

        An open session without an error was stopped by a break-down of ours: that is kept for the report.
        """
        with self._database.transaction() as db:
            found = find_session(db, ticket)
            if found is None:
                return ENDED
            session = found[0]
            if session.error:
                return f"{session.error} {session.advice or ''}".strip()
            if session.ended_at is not None:
                return ENDED
            session.error = TROUBLE
            return TROUBLE

    def close_connection(self, ticket: str) -> str:
        """End the session with a sentence worth reading."""
        now = self._now()
        with self._database.transaction() as db:
            found = find_session(db, ticket)
            if found is None:
                return "Finished."
            session, company = found
            left = left_over(db, company.id)
            link = status_link(session, self._settings.base_url) if left.needs_you and not session.error else ""
            kept = closing_words(session, left, "")  # whoever sees these words later is not let in by them
            session.last_call_at = now
            end_session(session, now, kept)
            log.info("session closed", company=company.code, session=session.id, answered=session.answered)
            said = session.closing_words
            return closing_words(session, left, link) if said in (None, kept) else said

    def get_interactive_url(self, ticket: str, session_id: str) -> str:
        """We have no interactive work."""
        return ""

    def interactive_rejected(self, ticket: str, reason: str) -> str:
        """Nothing was asked, so nothing is lost."""
        return ""

    def interactive_done(self, ticket: str) -> str:
        """The sample services of Intuit end an interactive session with this word."""
        return "Done"

    def ticket_is_known(self, ticket: str) -> bool:
        """Whether the caller may send a large answer."""
        with self._database.reading() as db:
            return ticket_is_known(db, ticket)

    def _held(self, db: Session, session: UpdateSessionRow, company: Company) -> bool:
        """Whether nothing may be written; then the session ends with the strongest reason."""
        for hold in holds_of(db, company.id)[:1]:
            fail(session, hold.detail, "Resume the company when you have looked.")
            return True
        return False


def _is_paused(db: Session, company: Company) -> bool:
    return any(hold.kind is HoldKind.PAUSED for hold in holds_of(db, company.id))


def _owed_by(db: Session, session: UpdateSessionRow) -> MessageSet | None:
    """The set whose answer this session owes; an answer to any other set comes late."""
    owed = in_flight(db, session.company_id)
    return owed if owed is not None and owed.session_id == session.id else None


def _numbers(version: str) -> tuple[int, ...] | None:
    text = version.strip()
    return tuple(map(int, text.split("."))) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}", text) else None
