"""The state of a company in plain words: what waits, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from qbwc_server.books.models import CompanyFacts
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.documents.lifecycle import NEEDS_A_PERSON, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import counts
from qbwc_server.posting.purposes import Purpose
from qbwc_server.queue.delivery import in_flight
from qbwc_server.queue.models import QueuedRequest, RequestWait
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.models import Company, Hold

_QUIET = timedelta(days=1)
_GROUPS = 10  # groups of documents that are told apart


@dataclass(frozen=True)
class NeedsYou:
    """Documents kept by one and the same reason, in the same words."""

    reason: str
    count: int
    message: str
    advice: str
    example: int  # id of one of them


@dataclass(frozen=True)
class CompanyReport:
    """What a bookkeeper wants to know of one company; ``lines`` says it in words."""

    company: str
    name: str
    time_zone: str
    documents: dict[str, int]
    waiting: int  # requests that may leave with the next session
    locked: int  # those of them that met a lock in an earlier one
    in_doubt: int
    in_quickbooks: int  # requests whose answer is owed
    hold: str | None
    hold_detail: str | None
    company_file: str | None
    product: str | None
    last_session_at: str | None
    last_session_open: bool
    last_session_words: str | None
    last_session_failed: bool
    last_session_advice: str | None
    needs_you: list[NeedsYou]
    now: str
    behind_others: int = 0  # submitted documents that wait for one that needs a person

    def as_record(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {**asdict(self), "lines": self.lines()}

    @property
    def healthy(self) -> bool:
        """Whether nothing needs a person."""
        return not (self.needs_you or self.hold or self.last_session_failed)

    def lines(self) -> list[str]:
        """The report in sentences, the most urgent first."""
        return list(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.hold == Hold.RESTORED_BACKUP:
            yield f"Nothing is written: {self.hold_detail}"
            yield (
                "What to do: restore the newest company file and resume the company; or keep this file, resume the "
                "company, and let it post again what is missing, or leave that out."
            )
        elif self.hold == Hold.OTHER_FILE:
            yield f"Nothing is written: {self.hold_detail}"
            yield "What to do: open the right company file in QuickBooks and press Update Selected."
        elif self.hold == Hold.PAUSED:
            yield "Paused by an operator. What to do: resume the company when posting may go on."
        for group in self.needs_you:
            many = f"{group.count} documents need you" if group.count > 1 else f"Document {group.example} needs you"
            yield f"{many}: {group.message}"
            if group.advice:
                yield f"What to do: {group.advice}"
        yield from self._waiting()
        yield from self._session()
        posted = self.documents.get(State.POSTED.value, 0)
        if posted:
            yield f"{posted} {'document is' if posted == 1 else 'documents are'} in QuickBooks."

    def _waiting(self) -> Iterator[str]:
        submitted = self.documents.get(State.SUBMITTED.value, 0)
        if self.in_quickbooks:
            yield f"{_requests(self.in_quickbooks)} in QuickBooks' hands; the answer is awaited."
        if self.in_doubt:
            yield (
                f"{_requests(self.in_doubt)} in doubt, because the answer was lost; the next session looks in "
                "QuickBooks before anything is sent again."
            )
        if self.locked:
            yield (
                f"{_requests(self.locked)} put off to the next session, because somebody had the entry, or one that it "
                "names, open in QuickBooks."
            )
            yield "What to do: close such windows in QuickBooks."
        due = submitted - self.behind_others
        if due > 0:
            yield f"{_documents_wait(due)} for the next update session."
            if not self.last_session_open and not self.hold:
                yield "What to do: nothing, if Auto-Run is on in the Web Connector; else press Update Selected there."
        if self.behind_others:
            yield f"{_documents_wait(self.behind_others)} for another document that needs you."
        if submitted:
            return
        if not self.needs_you and not self.hold:
            yield "Nothing waits."

    def _session(self) -> Iterator[str]:
        if self.last_session_at is None:
            yield "The Web Connector has not called yet."
            yield "What to do: add the .qwc file to the Web Connector, type the password, and press Update Selected."
            return
        at = datetime.fromisoformat(self.last_session_at).astimezone(ZoneInfo(self.time_zone))
        when = at.strftime("%Y-%m-%d %H:%M")
        if self.last_session_open:
            yield f"An update session is running since {when}."
            return
        yield f"The last update session was at {when}: {self.last_session_words or 'it ended without a word.'}"
        if self.last_session_failed and self.last_session_advice:
            yield f"What to do: {self.last_session_advice}"
        if datetime.fromisoformat(self.now) - at > _QUIET:
            yield "What to do: the Web Connector has been silent for more than a day; see whether that PC is on."


def _requests(count: int) -> str:
    return "1 request is" if count == 1 else f"{count} requests are"


def company_report(db: Session, company: Company, *, now: datetime) -> CompanyReport:
    """Read the state of one company."""
    facts = db.get(CompanyFacts, company.id)
    last = db.scalars(
        select(UpdateSessionRow)
        .where(UpdateSessionRow.company_id == company.id)
        .order_by(UpdateSessionRow.started_at.desc())
        .limit(1)
    ).one_or_none()
    owed = in_flight(db, company.id)
    waits = {
        row.state: row.number
        for row in db.execute(
            select(QueuedRequest.state, func.count().label("number"))
            .where(
                QueuedRequest.company_id == company.id,
                QueuedRequest.state.in_((RequestState.QUEUED, RequestState.RESTING, RequestState.UNCERTAIN)),
            )
            .group_by(QueuedRequest.state)
        )
    }
    return CompanyReport(
        company=company.code,
        name=company.name,
        time_zone=company.time_zone,
        documents={state.value: count for state, count in counts(db, company.id).items()},
        waiting=waits.get(RequestState.QUEUED, 0) + waits.get(RequestState.RESTING, 0),
        locked=waits.get(RequestState.RESTING, 0),
        in_doubt=waits.get(RequestState.UNCERTAIN, 0),
        in_quickbooks=owed.request_count if owed else 0,
        hold=company.hold.value if company.hold else None,
        hold_detail=company.hold_detail,
        company_file=facts.company_name if facts else None,
        product=facts.product if facts else None,
        last_session_at=last.started_at.isoformat() if last else None,
        last_session_open=last is not None and last.ended_at is None,
        last_session_words=last.closing_words or last.error if last else None,
        last_session_failed=bool(last and last.error),
        last_session_advice=last.advice if last else None,
        needs_you=_needs_you(db, company),
        now=now.isoformat(),
        behind_others=_behind_others(db, company),
    )


def _behind_others(db: Session, company: Company) -> int:
    """Requests of documents that wait for a request which only a person can bring on its way again."""
    before = aliased(QueuedRequest)
    return (
        db.scalar(
            select(func.count(QueuedRequest.id.distinct()))
            .join(RequestWait, RequestWait.request_id == QueuedRequest.id)
            .join(before, before.id == RequestWait.after_id)
            .where(
                QueuedRequest.company_id == company.id,
                QueuedRequest.state == RequestState.WAITING,
                QueuedRequest.purpose.in_((Purpose.POST, Purpose.READ_FOR_CHANGE)),
                before.state.in_((RequestState.FAILED, RequestState.CANCELLED, RequestState.DISPUTED)),
            )
        )
        or 0
    )


def _documents_wait(number: int) -> str:
    return "1 document waits" if number == 1 else f"{number} documents wait"


def _needs_you(db: Session, company: Company) -> list[NeedsYou]:
    """The largest groups first; beyond ten, the rest is one group."""
    rows = db.execute(
        select(DocumentRow.reason, DocumentRow.message, func.count(), func.min(DocumentRow.id))
        .where(DocumentRow.company_id == company.id, DocumentRow.state.in_(NEEDS_A_PERSON))
        .group_by(DocumentRow.reason, DocumentRow.message)
        .order_by(func.count().desc(), func.min(DocumentRow.id))
    ).all()
    found = []
    for reason, message, count, example in rows[:_GROUPS]:
        document = db.get_one(DocumentRow, example)
        found.append(
            NeedsYou(
                reason=reason or State.FOR_REVIEW.value,
                count=count,
                message=message or "It waits for review.",
                advice=document.advice or "Look at it, then submit or exclude it.",
                example=example,
            )
        )
    if rows[_GROUPS:]:
        found.append(
            NeedsYou(
                reason="others",
                count=sum(count for _, _, count, _ in rows[_GROUPS:]),
                message="for other reasons.",
                advice="See the list of documents that are for review, failed or held.",
                example=rows[_GROUPS][3],
            )
        )
    return found
