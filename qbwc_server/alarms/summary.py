"""The daily summary: what came into the books, what waits; nothing where there is nothing to say."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.alarms.looking import Waiting, look, waiting_in, zone_of
from qbwc_server.alarms.quiet import QuietHours
from qbwc_server.alarms.telling import letters
from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.outbox.mail import put_letter
from qbwc_server.posting.options import options_of
from qbwc_server.settings import Settings
from qbwc_server.tenancy.mail_choices import ByMail
from qbwc_server.tenancy.models import Company

_DAY = timedelta(days=1)
_WAITING = (
    (State.FAILED, "failed"),
    (State.HELD, "held until you decide"),
    (State.FOR_REVIEW, "for review"),
)


def send_summary(*, database: Database, settings: Settings, due_at: datetime, subject_id: int, **_: object) -> str:
    """Write to those who see to a company what there was since the last working morning; a job, at its morning."""
    if settings.smtp_host is None:
        return ""
    with database.transaction() as db:
        company = db.get(Company, subject_id)
        return "" if company is None else _send(db, settings, company, due_at)


def _send(db: Session, settings: Settings, company: Company, due_at: datetime) -> str:
    quiet = QuietHours.of(options_of(db, company.id), zone_of(company))
    today = due_at.astimezone(quiet.zone).date()
    if quiet.is_free(today):
        return ""  # Monday tells of all of it
    first = today - _DAY
    while quiet.is_free(first):
        first -= _DAY
    posted = _posted(db, company.id, _start(first, quiet), _start(today, quiet))
    wrong = look(db, [company], now=due_at)
    facts = _facts(posted, waiting_in(db, [company.id])[company.id])
    if not facts and not wrong:
        return ""
    days = f"{first}" if first == today - _DAY else f"{first} to {today - _DAY}"
    told = [f"What there was: {days}.", *(one.message for one in wrong)]
    written = letters(db, settings, company, ByMail.SUMMARIES, f"summary of {days}", told, facts, counts=True)
    for to, letter in written:
        put_letter(db, f"summary {company.id} {today}", [to], letter, now=due_at, company_id=company.id)
    return f"Summaries: {len(written)}." if written else ""


def _facts(posted: dict[str, int], waiting: Waiting) -> list[tuple[str, str]]:
    facts = [(f"In QuickBooks: {kind.replace('_', ' ')}", str(count)) for kind, count in sorted(posted.items())]
    facts += [
        (f"Documents {words}", str(count)) for state, words in _WAITING if (count := waiting.documents.get(state))
    ]
    return [*facts, ("Open work", str(waiting.open_work))] if waiting.open_work else facts


def _posted(db: Session, company_id: int, start: datetime, end: datetime) -> dict[str, int]:
    asked = (
        select(DocumentRow.kind, func.count())
        .where(
            DocumentRow.company_id == company_id,
            DocumentRow.written_at >= start,  # by an index; nothing is written before it is posted
            DocumentRow.posted_at >= start,
            DocumentRow.posted_at < end,
        )
        .group_by(DocumentRow.kind)
    )
    return {kind: count for kind, count in db.execute(asked)}  # noqa: C416  # rows are no pairs to mypy


def _start(day: date, quiet: QuietHours) -> datetime:
    return datetime.combine(day, time(), tzinfo=quiet.zone).astimezone(UTC)
