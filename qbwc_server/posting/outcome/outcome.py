"""What an answer document changes, collected and then written in a fixed number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.models import ListEntry
from qbwc_server.documents.history import DISREGARDED, Entry, entry, record
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.lifecycle import TRANSITIONS, UNDECIDED, Event, Reason, State
from qbwc_server.documents.models import DocumentRow, Operation
from qbwc_server.documents.open_work import GONE_WORK, Finding, WorkKind, note_work, settle_work
from qbwc_server.documents.store import Posting, apply_postings
from qbwc_server.errors import Notice
from qbwc_server.posting.options import OptionsInForce, options_of
from qbwc_server.posting.outcome.other_entry import other_entries
from qbwc_server.posting.requests import WRITING, OneDocument, OneEntry
from qbwc_server.posting.submitting.waiting import InVain, give_up_waiting, release_done, silence
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.entries_shown import Shown
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.queue.enqueue import NewRequest, cancel, hand_over, put
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.settling import RequestRow, Settlement, doubt_requests, settle
from qbwc_server.queue.states import Event as RequestEvent
from qbwc_server.queue.states import RequestState
from qbwc_server.queue.states import after as request_after
from qbwc_server.tenancy.actor import QUICKBOOKS
from qbwc_server.tenancy.models import Company

log = structlog.get_logger()

_AT_A_TIME = 1_000  # ids in one statement; databases take some ten thousand at most


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """A document without its content, as far as answers touch it."""

    id: int
    kind: str
    state: State
    operation: Operation
    total: Decimal | None
    subtotal: Decimal | None
    txn_id: str | None
    revision: int
    reason: str | None

    @property
    def undecided(self) -> bool:
        """Whether it is held until a person has looked in QuickBooks and said what is there."""
        return self.state is State.HELD and self.reason in UNDECIDED

    @property
    def comes_to_something(self) -> bool:
        """Whether zero in the books would mean that it is void: plus and minus may come to zero, too."""
        return bool(self.total or self.subtotal)

    @property
    def rules(self) -> Transaction[Any]:
        """The rules of its kind."""
        return TRANSACTIONS[self.kind]


_HEAD = tuple(getattr(DocumentRow, one.name) for one in fields(DocumentHead))
_SETTLED = {"reason": None, "message": None, "advice": None}


def _told(notice: Notice) -> dict[str, str]:
    return {"reason": str(notice.code), "message": notice.message, "advice": notice.advice}


_HEARD = ("txn_id", "reason", "message")


def _stronger(head: DocumentHead, event: Event, values: Mapping[str, Any]) -> bool:
    """Whether it says more than what a document is held for: only a person's decision ends that."""
    if event is not Event.HELD:
        return False
    reason: str = values["reason"]
    return reason == Reason.TWICE or reason == head.reason == Reason.OUTCOME_UNKNOWN


@dataclass
class Counts:
    """What a session may say of itself at the end."""

    posted: Counter[str] = field(default_factory=Counter)  # titles: "invoices"
    needs_you: int = 0

    def add(self, other: Counts) -> None:
        """Count these, too."""
        self.posted.update(other.posted)
        self.needs_you += other.needs_you


class Work:
    """One answer document being worked in. Nothing is written before ``finish``, except what is rare."""

    def __init__(self, db: Session, company: Company, now: datetime) -> None:
        self.db, self.company, self.now = db, company, now
        self.options: OptionsInForce = options_of(db, company.id)
        self.counts = Counts()
        self.states: dict[UUID, RequestState] = {}
        self.findings: list[Finding] = []  # what a person has to see to
        self.settled_work: list[tuple[WorkKind, str]] = []  # what does not hold any more
        self.uncertain: list[RequestRow] = []  # writes whose answer says nothing: to be looked up
        self.late: set[UUID] = set()  # requests whose answers belong to sets that are owed no more
        self.taken: dict[int, set[Shown]] = {}  # entries that QuickBooks took, by document
        self._settlements: dict[UUID, Settlement] = {}
        self._postings: dict[int, Posting] = {}
        self._new: list[NewRequest] = []
        self._handed_over: list[tuple[UUID, UUID]] = []
        self._in_vain: list[InVain] = []
        self._taken_out: list[UUID] = []
        self._let_go: list[UUID] = []
        self._disregarded: list[Entry] = []
        self._heads: dict[int, DocumentHead] = {}
        self._replaced: list[tuple[int, Posting | None]] = []  # of _postings, in their order

    @contextmanager
    def one_answer(self) -> Iterator[None]:
        """All that one answer says, or nothing of it: it may lack what answers of its kind hold."""
        lists: tuple[list[Any], ...] = (
            self._replaced,
            self._new,
            self._handed_over,
            self.uncertain,
            self._in_vain,
            self.findings,
            self.settled_work,
            self._taken_out,
            self._let_go,
            self._disregarded,
        )
        lengths = [len(one) for one in lists]
        settled = len(self._settlements)
        try:
            yield
        except Exception:
            for document_id, before in reversed(self._replaced[lengths[0] :]):
                if before is None:
                    del self._postings[document_id]
                else:
                    self._postings[document_id] = before
            for one, length in zip(lists, lengths, strict=True):
                del one[length:]
            for request_id in list(self._settlements)[settled:]:
                del self._settlements[request_id]
            raise

    def expect(self, rows: Sequence[RequestRow]) -> None:
        """Learn the requests that may be answered, and the heads of their documents."""
        self.states.update({row.id: row.state for row in rows})
        self.learn_documents({OneDocument.of(row).document for row in rows if row.purpose in WRITING})

    def learn_documents(self, ids: set[int]) -> None:
        """Load document heads that are not known yet."""
        unknown = sorted(ids - self._heads.keys())
        for start in range(0, len(unknown), _AT_A_TIME):
            some = unknown[start : start + _AT_A_TIME]
            rows = self.db.execute(
                select(*_HEAD).where(DocumentRow.company_id == self.company.id, DocumentRow.id.in_(some))
            )
            self._heads.update({row.id: DocumentHead(*row) for row in rows})

    def head_of(self, request: RequestRow) -> DocumentHead:
        """The head of the document that a request is about, which was expected."""
        return self._heads[OneDocument.of(request).document]

    def document(self, document_id: int) -> DocumentRow:
        """The whole row: for what happens rarely."""
        return self.db.get_one(DocumentRow, document_id)

    def entry_of(self, request: RequestRow) -> ListEntry:
        """The entry that a request is about."""
        return self.db.get_one(ListEntry, OneEntry.of(request).entry)

    # what handlers say

    def settle(
        self,
        row: RequestRow,
        event: RequestEvent,
        reply: Reply | None = None,
        *,
        words: str | None = None,
        result_id: str | None = None,
    ) -> bool:
        """Move a request; False when that no longer matters (a second or late answer).

        Args:
            reply: what settles it, kept beside it.
            words: why, where no answer says so.
        """
        if row.id in self._settlements or request_after(self.states[row.id], event) is None:
            return False
        executed = event not in (RequestEvent.REFUSED, RequestEvent.AGAIN, RequestEvent.LOCKED)
        if row.id in self.late and row.writes and row.attempts > 1 and not executed:
            return False  # so ended one of several attempts; it says nothing of the others
        code, ended_by = (None, None) if reply is None else (reply.code, reply.ended_by)
        said = (reply.words if code else reply.said.words) if reply is not None else ""
        self._settlements[row.id] = Settlement(row.id, event, code, said or words, ended_by, result_id)
        return True

    def result_of(self, row: RequestRow) -> str | None:
        """The id under which QuickBooks is known to hold what this request wrote."""
        settled = self._settlements.get(row.id)
        return row.result_id if settled is None else settled.result_id

    def post(
        self,
        document_id: int,
        event: Event,
        request_id: UUID,
        values: Mapping[str, Any],
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Move a document. A later word of the same answer document replaces an earlier one."""
        head = self._heads[document_id]
        if event not in TRANSITIONS[head.state] or (head.undecided and not _stronger(head, event, values)):
            self._disregard(head, event, request_id, values, detail)
            return
        if event is Event.WITHDRAWN:
            self.settled_work += [(work, str(document_id)) for work in GONE_WORK]
        self._replaced.append((document_id, self._postings.get(document_id)))
        self._postings[document_id] = Posting(
            document_id, head.state, event, str(request_id), {**_SETTLED, **values}, detail
        )

    def _disregard(
        self,
        head: DocumentHead,
        event: Event,
        request_id: UUID,
        values: Mapping[str, Any],
        detail: Mapping[str, Any] | None,
    ) -> None:
        """A document that was excluded or is held for a person stays as it is; what was heard is kept all the same."""
        log.warning("document not moved", document=head.id, state=head.state.value, event_heard=event.value)
        heard = {"event": event.value, **{name: values[name] for name in _HEARD if values.get(name)}, **(detail or {})}
        self._disregarded.append(
            entry(
                self.company.id,
                head.id,
                DISREGARDED,
                head.state,
                head.state,
                by=QUICKBOOKS,
                now=self.now,
                request_id=str(request_id),
                detail=heard,
            )
        )

    def fail(self, document_id: int, request_id: UUID, notice: Notice) -> None:
        """QuickBooks refused it: a person corrects and submits again."""
        self.post(document_id, Event.REFUSED, request_id, _told(notice))

    def hold(self, document_id: int, request_id: UUID, notice: Notice, detail: Mapping[str, Any] | None = None) -> None:
        """A person decides what happens to it."""
        self.post(document_id, Event.HELD, request_id, _told(notice), detail)

    def put(self, request: NewRequest, *, instead_of: UUID | None = None) -> None:
        """Queue a consequence; what waited for ``instead_of`` waits for it."""
        self._new.append(request)
        if instead_of is not None:
            self._handed_over.append((instead_of, request.id))

    def cannot_wait(self, request_id: UUID, notice: Notice) -> None:
        """What waits for this request waits in vain: its documents are told so, all reasons of one together."""
        self._in_vain.append(InVain(request_id, notice))

    def take_out(self, request_id: UUID, *, let_go: bool = False) -> None:
        """A request that has not left is not to leave.

        Args:
            let_go: what waits for it need not wait any longer.
        """
        self._taken_out.append(request_id)
        if let_go:
            self._let_go.append(request_id)

    def doubt(self, row: RequestRow) -> None:
        """The answer leaves open whether this write was executed."""
        self.uncertain.append(row)

    # writing it down

    def finish(self) -> list[RequestRow]:
        """Write everything, in an order that keeps every promise.

        Returns:
            Uncertain writes, for which the caller queues look-ups in the same transaction.
        """
        settlements = list(self._settlements.values())
        settle(self.db, self.states, settlements, self.now)
        put(self.db, self.company.id, self._new, self.now)
        for old, new in self._handed_over:
            hand_over(self.db, old, new)
        if self._taken_out:
            cancel(self.db, self._taken_out, self.now)
        self._tell_in_vain()
        apply_postings(self.db, self.company.id, list(self._postings.values()), by=QUICKBOOKS, now=self.now)
        record(self.db, self._disregarded)
        silence(self.db, self.company.id, self._undecided(), self.now)
        self._count()
        for kind in {kind for kind, _ in self.settled_work}:
            keys = [key for one, key in self.settled_work if one is kind]
            settle_work(self.db, self.company.id, kind, keys, now=self.now)
        self.findings += other_entries(self.db, self.company.id, self.options, self.taken)
        note_work(self.db, self.company.id, self.findings, now=self.now)
        done = [s.request_id for s in settlements if self.states[s.request_id] is RequestState.DONE] + self._let_go
        self.counts.needs_you += release_done(self.db, self.company, done, now=self.now)
        doubtful = [row for row in self.uncertain if self.states[row.id] is RequestState.SENT]
        return doubt_requests(self.db, doubtful, self.now) if doubtful else []

    def _undecided(self) -> list[int]:
        """The documents that wait for a person's decision when all this is written."""
        held = (one for one in self._postings.values() if one.event is Event.HELD)
        now_held = {one.document_id for one in held if one.values.get("reason") in UNDECIDED}
        return sorted(now_held | {head.id for head in self._heads.values() if head.undecided})

    def _tell_in_vain(self) -> None:
        told = give_up_waiting(self.db, self._in_vain, self.now)
        self.learn_documents(set(told))
        for document_id, reasons in told.items():
            notices = [one.notice for one in reasons]
            self.fail(
                document_id,
                reasons[0].request_id,
                Notice(
                    notices[0].code,
                    " ".join(dict.fromkeys(one.message for one in notices)),
                    " ".join(dict.fromkeys(one.advice for one in notices)),
                ),
            )

    def _count(self) -> None:
        for posting in self._postings.values():
            if posting.event is Event.POSTED:
                self.counts.posted[KINDS[self._heads[posting.document_id].kind].titles] += 1
            elif posting.event in (Event.REFUSED, Event.HELD):
                self.counts.needs_you += 1
