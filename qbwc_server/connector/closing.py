"""The last words of an update session: what was posted, what needs somebody, and where that is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.lifecycle import NEEDS_A_PERSON
from qbwc_server.documents.open_work import count_open_work
from qbwc_server.documents.store import counts
from qbwc_server.queue.models import MessageSet, QueuedRequest
from qbwc_server.queue.states import Delivery, RequestState
from qbwc_server.tenancy.credentials import digest

_ONE = {kind.titles: kind.title for kind in KINDS.values()}
STATUS_PATH = "/status/"
LINK_LIVES = timedelta(days=3)  # read on Monday what was said on Friday


@dataclass(frozen=True)
class LeftOver:
    """What a company's documents still want when a session ends."""

    needs_you: int  # documents and open work that wait for a person
    in_doubt: bool  # the answer to something that was sent is missing


def left_over(db: Session, company_id: int) -> LeftOver:
    """What is left over now."""
    documents = counts(db, company_id)
    needs_you = sum(documents.get(state, 0) for state in NEEDS_A_PERSON) + sum(count_open_work(db, company_id).values())
    uncertain = exists().where(QueuedRequest.company_id == company_id, QueuedRequest.state == RequestState.UNCERTAIN)
    owed = exists().where(MessageSet.company_id == company_id, MessageSet.delivery == Delivery.IN_FLIGHT)
    return LeftOver(needs_you, bool(db.scalar(select(uncertain | owed))))


def closing_words(session: UpdateSessionRow, left: LeftOver, address: str) -> str:
    """The sentence in the status column of the Web Connector: "12 invoices posted, 1 needs you: https://…".

    All is well only when nothing failed, nothing is in doubt and nothing waits for a person. Without an address nothing
    says where.
    """
    if session.error:
        return session.error
    parts = [_posted(session)] if session.posted else []
    if left.in_doubt:
        parts.append("an answer is missing and is looked up in the next update")
    if left.needs_you:
        needs = "1 needs you" if left.needs_you == 1 else f"{left.needs_you} need you"
        parts.append(f"{needs}: {address}" if address else needs)
    said = ", ".join(parts) or "All is well"
    return f"{said[:1].upper()}{said[1:]}{'' if left.needs_you and address else '.'}"


def _posted(session: UpdateSessionRow) -> str:
    done = [
        f"{count} {titles if count != 1 else _ONE.get(titles, titles)}"
        for titles, count in sorted(session.posted.items())
    ]
    return f"{' and '.join([', '.join(done[:-1]), done[-1]] if len(done) > 1 else done)} posted"


def status_link(session: UpdateSessionRow, base_url: str) -> str:
    """A link to the company's status page for whoever reads the Web Connector's window; it ends with its time."""
    secret = token_urlsafe(12)  # 96 bits: short enough to be typed from a screen
    session.link_digest = digest(secret)
    return f"{base_url}{STATUS_PATH}{secret}"


def company_of_link(db: Session, secret: str, now: datetime) -> int | None:
    """The company whose status this link shows, None where it shows none, or none any more."""
    return db.scalar(
        select(UpdateSessionRow.company_id).where(
            UpdateSessionRow.link_digest == digest(secret), UpdateSessionRow.ended_at > now - LINK_LIVES
        )
    )
