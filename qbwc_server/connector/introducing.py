"""The first call of a session: which company file is open, what it speaks, and whether it is the one we write to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from qbwc_server.books.contact import OtherFile, learn
from qbwc_server.books.facts import Introduction, Refused, UnreadableFile, read_introduction
from qbwc_server.books.holds import HoldKind, lift, put_on_hold
from qbwc_server.connector.logins import login_of
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.session import Call, SessionState, after
from qbwc_server.connector.text import Text
from qbwc_server.ids import new_id
from qbwc_server.posting.same_file.marks import ask_for_marks
from qbwc_server.posting.same_file.newest import ask_for_newest
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbwc_server.tenancy.models import Company
from qbxml import OtherEdition, TooOld, Version, message_set, render, versions
from qbxml.messages.company import CompanyQueryRq, HostQueryRq, PreferencesQueryRq
from qbxml.versions import OLDEST

_BLANK = 100  # characters at most that may all be blank
MOST_QUESTIONS = 3  # in a session, to a file that does not describe itself

Told = Introduction | UnreadableFile


@dataclass(frozen=True, slots=True)
class Caller:
    """What the Web Connector tells beside the answer: which file is open, in which country, what QuickBooks speaks."""

    company_file: str
    country: str
    spoken: Version


_NOT_SAID = Caller("", "", OLDEST)  # beside an answer to our own question, asked at that level at least


def read_told(text: Text, owner_id: str) -> Told:
    """What the file says of itself; nothing at all where the Web Connector hands over nothing."""
    if text.size <= _BLANK and not text.read(_BLANK).strip():
        return Introduction()
    try:
        with text.open() as source:
            return read_introduction(source, owner_id)
    except UnreadableFile as unreadable:
        return unreadable


def was_asked(session: UpdateSessionRow) -> bool:
    """Whether the answer that this session owes is the file's description of itself."""
    return session.qbxml_version is None and session.state is SessionState.WAITING


def introduce(
    db: Session, session: UpdateSessionRow, company: Company, told: Told | None, caller: Caller, now: datetime
) -> str | None:
    """Get to know the file. Nothing may leave before this has returned None.

    Returns:
        None when it is the one we write to; else what is answered to the call: the question which file it is, where the
        Web Connector has not said it, or "" when the session has failed.
    """
    try:
        if isinstance(told, Introduction) and not told.described and told.refused is None:
            return _ask(db, session, company, caller)
        _learn(db, company, told, caller, session, now)
    except (OtherFile, UnreadableFile, Refused, TooOld, OtherEdition) as failed:
        _stop(db, session, company, failed, now)
        return ""
    return None


def heard(db: Session, session: UpdateSessionRow, company: Company, told: Told, now: datetime) -> bool:
    """The answer to our own question which file it is. Whether anything may leave."""
    try:
        _learn(db, company, told, _NOT_SAID, session, now)
    except (OtherFile, UnreadableFile, Refused, TooOld, OtherEdition) as failed:
        _stop(db, session, company, failed, now)
        return False
    session.state = after(session.state, Call.ANSWERED)
    return True


def fail(session: UpdateSessionRow, error: str, advice: str) -> None:
    """The session ends with this sentence."""
    session.state = after(session.state, Call.BROKE)
    session.error, session.advice = error, advice


def _ask(db: Session, session: UpdateSessionRow, company: Company, caller: Caller) -> str:
    """The three questions that the Web Connector asks by itself as a rule. Raises as ``versions.choose``."""
    level = versions.choose((str(caller.spoken),), country=caller.country)
    if was_asked(session):
        session.failures += 1
        if session.failures >= MOST_QUESTIONS:
            raise UnreadableFile(detail="it was asked again and again")
    session.state = after(session.state, Call.SENT)
    owner_id = UUID(login_of(db, company.id).owner_id)
    questions = (
        HostQueryRq(request_id=str(new_id())),
        CompanyQueryRq(request_id=str(new_id()), owner_ids=(owner_id,)),
        PreferencesQueryRq(request_id=str(new_id())),
    )
    return message_set([render(question) for question in questions], level=level)


def _learn(
    db: Session, company: Company, told: Told | None, caller: Caller, session: UpdateSessionRow, now: datetime
) -> None:
    if not isinstance(told, Introduction):
        raise told or UnreadableFile
    if not told.supported:  # the connector could not ask; it says itself what QuickBooks speaks
        told.supported = (str(caller.spoken),)
    facts = learn(
        db,
        company,
        told,
        qwc_file_id=login_of(db, company.id).file_id,
        file_path=caller.company_file,
        country=caller.country,
        now=now,
    )
    lift(db, company.id, HoldKind.OTHER_FILE, by=QUICKBOOKS, now=now)
    session.qbxml_version = facts.qbxml_version
    ask_for_newest(db, company, now)
    ask_for_marks(db, company, now)


def _stop(
    db: Session,
    session: UpdateSessionRow,
    company: Company,
    failed: OtherFile | UnreadableFile | Refused | TooOld | OtherEdition,
    now: datetime,
) -> None:
    if isinstance(failed, OtherFile):
        put_on_hold(db, company.id, HoldKind.OTHER_FILE, str(failed), by=QUICKBOOKS, now=now, seen=failed.seen)
    fail(session, str(failed), _advice(failed))


def _advice(failed: OtherFile | UnreadableFile | Refused | TooOld | OtherEdition) -> str:
    if isinstance(failed, TooOld):
        return "Update QuickBooks to 2015 or newer, then press Update Selected again."
    if isinstance(failed, OtherEdition):
        return "Open a company file of the US edition, then update again."
    return failed.said.advice or failed.advice if isinstance(failed, Refused) else failed.advice
