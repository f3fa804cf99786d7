"""The state of a company in plain words: what waits, why, and what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from qbwc_server.books.holds import ADVICE, Hold, holds_of
from qbwc_server.books.models import CompanyFacts, ListEntry
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.documents.lifecycle import NEEDS_A_PERSON, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import count_open_work, open_work
from qbwc_server.documents.store import counts
from qbwc_server.posting.requests import ENTRIES, WRITING, Purpose
from qbwc_server.queue.models import QueuedRequest, RequestWait
from qbwc_server.queue.sets import in_flight
from qbwc_server.queue.states import RequestState
from qbwc_server.reports.documents import called, shown
from qbwc_server.reports.jobs import FailedJob, failed_jobs_of
from qbwc_server.tenancy.models import Company

_QUIET = timedelta(days=1)
_GROUPS = 10  # groups of documents that are told apart
_SHOWN = 3  # documents that wait for others and are named


@dataclass(frozen=True)
class NeedsYou:
    """Documents kept by one and the same reason, in the same words."""

    reason: str
    count: int
    message: str
    advice: str
    example: int  # id of one of them
    named: str  # that one, as a sentence names it

    @property
    def subject(self) -> str:
        """Who or what needs somebody."""
        return f"{self.count} documents need" if self.count > 1 else f"{self.named} (document {self.example}) needs"


@dataclass(frozen=True)
class ToSeeTo:
    """Open work of one kind."""

    work: str
    count: int
    message: str  # of the oldest of them
    advice: str
    example: int  # its id


@dataclass(frozen=True)
class Waits:
    """A submitted document that waits for another one, which needs a person."""

    document: int
    named: str
    behind: str


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
    waits: list[Waits] = field(default_factory=list)  # the first of those
    open_work: list[ToSeeTo] = field(default_factory=list)
    failed_jobs: list[FailedJob] = field(default_factory=list)
    holds: list[dict[str, Any]] = field(default_factory=list)  # as of hold_record, the strongest first

    def as_record(self) -> dict[str, Any]:
        """Ready for JSON."""
        told = {"hold": self.hold, "hold_detail": self.hold_detail, "healthy": self.healthy, "lines": self.lines()}
        return {**asdict(self), **told}

    @property
    def hold(self) -> str | None:
        """The strongest reason why nothing is written."""
        return self.holds[0]["kind"] if self.holds else None

    @property
    def hold_detail(self) -> str | None:
        """That reason in a sentence."""
        return self.holds[0]["detail"] if self.holds else None

    @property
    def healthy(self) -> bool:
        """Whether nothing needs a person."""
        failed = self.failed_jobs or self.last_session_failed or self._asleep
        return not (self.needs_you or self.open_work or self.hold or failed)

    @property
    def _asleep(self) -> bool:
        """Whether documents wait for a Web Connector that used to call, and has been silent for more than a day."""
        return bool(self.documents.get(State.SUBMITTED.value)) and self._is_silent

    @property
    def _is_silent(self) -> bool:
        if self.last_session_at is None or self.last_session_open:
            return False
        return datetime.fromisoformat(self.now) - datetime.fromisoformat(self.last_session_at) > _QUIET

    def lines(self) -> list[str]:
        """The report in sentences, the most urgent first."""
        return list(self._lines())

    def _lines(self) -> Iterator[str]:
        for hold in self.holds:
            yield f"Nothing is written: {hold['detail']}"
            yield f"What to do: {hold['advice']}"
        for group in self.needs_you:
            one = (
                f"{group.named} (document {group.example}) needs" if group.named else f"Document {group.example} needs"
            )
            yield f"{f'{group.count} documents need' if group.count > 1 else one} you: {group.message}"
            if group.advice:
                yield f"What to do: {group.advice}"
        for items in self.open_work:
            yield items.message if items.count == 1 else f"{items.message} There are {items.count} of this kind."
            yield f"What to do: {items.advice}"
        for job in self.failed_jobs:
            what = f"{job.job.replace('_', ' ')}, {self._when(job.due_at)}"
            yield f"What the server does by the clock failed ({what}): {job.message}"
            yield "What to do: it is tried again when it is next due; if it fails again, tell whoever runs the server."
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
            for one in self.waits:
                yield f"{one.named} (document {one.document}) waits for {one.behind}."
        if submitted:
            return
        if not (self.needs_you or self.hold or self.open_work):
            yield "Nothing waits."

    def _session(self) -> Iterator[str]:
        if self.last_session_at is None:
            yield "The Web Connector has not called yet."
            yield "What to do: add the .qwc file to the Web Connector, type the password, and press Update Selected."
            return
        when = self._when(self.last_session_at)
        if self.last_session_open:
            yield f"An update session is running since {when}."
            return
        yield f"The last update session was at {when}: {self.last_session_words or 'it ended without a word.'}"
        if self.last_session_failed and self.last_session_advice:
            yield f"What to do: {self.last_session_advice}"
        if self._is_silent:
            yield "What to do: the Web Connector has been silent for more than a day; see whether that PC is on."

    def _when(self, moment: str) -> str:
        """A moment as the company's clocks show it."""
        return datetime.fromisoformat(moment).astimezone(ZoneInfo(self.time_zone)).strftime("%Y-%m-%d %H:%M")


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
        locked=_locked(db, company),
        in_doubt=waits.get(RequestState.UNCERTAIN, 0),
        in_quickbooks=owed.request_count if owed else 0,
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
        waits=_waits(db, company),
        open_work=_open_work(db, company),
        failed_jobs=failed_jobs_of(db, company.id, now=now),
        holds=[hold_record(hold) for hold in holds_of(db, company.id)],
    )


def of_kinds(report: CompanyReport, db: Session, company: Company, kinds: Collection[str]) -> CompanyReport:
    """The same for who may see documents of these kinds alone: of others nothing is named, and none is counted."""
    seen = {state.value: count for state, count in counts(db, company.id, kinds).items()}
    return replace(
        report,
        documents=seen,
        needs_you=[],
        behind_others=0,
        waits=[],
        open_work=[],
        last_session_words=None,
    )


def hold_record(hold: Hold) -> dict[str, Any]:
    """Why nothing is written, since when and by whom."""
    return {
        "kind": hold.kind.value,
        "detail": hold.detail,
        "since": hold.since.isoformat(),
        "by": str(hold.by),
        "advice": ADVICE[hold.kind],
    }


def _behind(company: Company) -> Select[str, UUID]:
    """Requests of documents that wait for a request which only a person can bring on its way again."""
    before = aliased(QueuedRequest)
    return (
        select(QueuedRequest.subject, before.id)
        .join(RequestWait, RequestWait.request_id == QueuedRequest.id)
        .join(before, before.id == RequestWait.after_id)
        .where(
            QueuedRequest.company_id == company.id,
            QueuedRequest.state == RequestState.WAITING,
            QueuedRequest.purpose.in_(WRITING),
            before.state.in_((RequestState.FAILED, RequestState.CANCELLED, RequestState.DISPUTED)),
        )
    )


def _behind_others(db: Session, company: Company) -> int:
    found = _behind(company).subquery()
    return db.scalar(select(func.count(found.c.subject.distinct()))) or 0


def _waits(db: Session, company: Company) -> list[Waits]:
    """The first documents that wait for another, each with the one it waits for."""
    found = []
    for subject, before in db.execute(_behind(company).order_by(QueuedRequest.id).limit(_SHOWN)):
        row = db.get_one(DocumentRow, int(subject))
        found.append(Waits(document=row.id, named=called(row), behind=_called_request(db, before)))
    return found


def _locked(db: Session, company: Company) -> int:
    """Requests that met a lock; questions that rest wait for an entry to be made active, which is open work, or for an
    invoice that somebody else writes.
    """
    locked = select(func.count()).where(
        QueuedRequest.company_id == company.id,
        QueuedRequest.state == RequestState.RESTING,
        QueuedRequest.purpose.not_in((Purpose.ENSURE, Purpose.FOLLOW, Purpose.CHOOSE)),
    )
    return db.scalar(locked) or 0


def _called_request(db: Session, request_id: UUID) -> str:
    """What a request is about, in words."""
    request = db.get_one(QueuedRequest, request_id)
    if request.purpose in WRITING:
        row = db.get_one(DocumentRow, int(request.subject))
        return f"{called(row)} (document {row.id})"
    if request.purpose in ENTRIES:
        entry = db.get_one(ListEntry, int(request.subject))
        return f"the {entry.kind.value} {shown(entry.full_name)}"
    return "a question to QuickBooks"


def _open_work(db: Session, company: Company) -> list[ToSeeTo]:
    found = []
    for work, count in sorted(count_open_work(db, company.id).items(), key=lambda one: -one[1]):
        (oldest,) = open_work(db, company.id, work=work, limit=1)
        found.append(
            ToSeeTo(work=work.value, count=count, message=oldest.message, advice=oldest.advice, example=oldest.id)
        )
    return found


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
                named=called(document),
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
                named=called(db.get_one(DocumentRow, rows[_GROUPS][3])),
            )
        )
    return found
