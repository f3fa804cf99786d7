"""Requests as posting makes them: why each is queued, what it is about, and the two makers of all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, Self
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, defer

from qbwc_server.posting.sent import Sent
from qbwc_server.queue.enqueue import NewRequest, open_requests
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import Priority
from qbxml import render
from qbxml.message import Request


class IfMissing(StrEnum):
    """What becomes of a posting that the file lacks."""

    ENTER = "enter"  # again
    WITHDRAW = "withdraw"  # the file is taken as it is


class About(Protocol):
    """A request that names what it is about."""

    @property
    def subject(self) -> str: ...


class Subject(ABC):
    """What a request is about. ``str()`` writes it, ``of`` reads it again."""

    __slots__ = ()

    @abstractmethod
    def __str__(self) -> str: ...

    @classmethod
    @abstractmethod
    def of(cls, request: About) -> Self:
        """What this request is about; the caller knows its purpose."""


@dataclass(frozen=True, slots=True)
class OneDocument(Subject):
    """A document."""

    document: int

    def __str__(self) -> str:
        return str(self.document)

    @classmethod
    def of(cls, request: About) -> Self:
        return cls(int(request.subject))


@dataclass(frozen=True, slots=True)
class OnePart(Subject):
    """A part of a document, counted from 0: what it names that is no document here."""

    document: int
    part: int

    def __str__(self) -> str:
        return f"{self.document} {self.part}"

    @classmethod
    def of(cls, request: About) -> Self:
        document, part = request.subject.split()
        return cls(int(document), int(part))


@dataclass(frozen=True, slots=True)
class OneEntry(Subject):
    """A customer, an item, or another entry of a list."""

    entry: int

    def __str__(self) -> str:
        return str(self.entry)

    @classmethod
    def of(cls, request: About) -> Self:
        return cls(int(request.subject))


@dataclass(frozen=True, slots=True)
class OneRequest(Subject):
    """Another request, whose fate is in doubt."""

    request: UUID

    def __str__(self) -> str:
        return str(self.request)

    @classmethod
    def of(cls, request: About) -> Self:
        return cls(UUID(request.subject))


@dataclass(frozen=True, slots=True)
class OnePosting(Subject):
    """A document that ought to stand in the file, and what becomes of it if it does not."""

    document: int
    if_missing: IfMissing

    def __str__(self) -> str:
        return f"{self.document} {self.if_missing}"

    @classmethod
    def of(cls, request: About) -> Self:
        document, if_missing = request.subject.split()
        return cls(int(document), IfMissing(if_missing))


@dataclass(frozen=True, slots=True)
class Postings(Subject):
    """Some of those, from the first to the last."""

    first: int
    last: int
    if_missing: IfMissing

    def __str__(self) -> str:
        return f"{self.first}-{self.last} {self.if_missing}"

    @classmethod
    def of(cls, request: About) -> Self:
        documents, if_missing = request.subject.split()
        first, last = documents.split("-")
        return cls(int(first), int(last), IfMissing(if_missing))


@dataclass(frozen=True, slots=True)
class OneKind(Subject):
    """All transactions of a kind."""

    kind: str

    def __str__(self) -> str:
        return self.kind

    @classmethod
    def of(cls, request: About) -> Self:
        return cls(request.subject)


@dataclass(frozen=True, slots=True)
class TheFile(Subject):
    """The company file as such."""

    def __str__(self) -> str:
        return ""

    @classmethod
    def of(cls, request: About) -> Self:
        return cls()


class Purpose(StrEnum):
    """Why a request is queued: what it is about, when it leaves, and what it was for, in words."""

    priority: Priority
    about: type[Subject]
    words: str

    def __new__(cls, code: str, priority: Priority, about: type[Subject], words: str) -> Self:
        """A member with what is declared of it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.priority, member.about, member.words = priority, about, words
        return member

    POST = "post", Priority.TRANSACTION, OneDocument, "to post it"
    READ_FOR_CHANGE = "read_for_change", Priority.READ, OneDocument, "to read what stands in the books"
    CHOOSE = "choose", Priority.READ, OneDocument, "to find the unsent invoice that its lines belong on"
    LOOK_NUMBER = "look_number", Priority.READ, OneDocument, "to find out whether its new number is taken"
    FIND = "find", Priority.READ, OnePart, "to find what it names and somebody else has entered"
    ENSURE = "ensure", Priority.READ, OneEntry, "to find out whether the entry is there"
    FOLLOW = "follow", Priority.READ, OneEntry, "to find out what became of the entry, by its ListID"
    CREATE = "create", Priority.LIST, OneEntry, "to add the entry"
    LOOK = "look", Priority.LOOK, OneRequest, "to find out whether it was executed"
    LOOK_CHANGED = "look_changed", Priority.LOOK, OneRequest, "to find out whether it was executed and altered since"
    LOOK_DELETED = "look_deleted", Priority.LOOK, OneRequest, "to find out whether it was deleted since"
    SENTINEL = "sentinel", Priority.FILE, TheFile, "to find out whether this is still the same file"
    MARKS = "marks", Priority.FILE, OneKind, "to find out whether the file bears marks that are not known here"
    LOOK_TWICE = "look_twice", Priority.FILE, OneDocument, "to find out whether it stands there twice"
    SENTINEL_DELETED = "sentinel_deleted", Priority.FILE, OneDocument, "to find out whether somebody deleted it"
    SENTINEL_CLOSER = "sentinel_closer", Priority.FILE, OneDocument, "to find out whether it is as we wrote it last"
    VERIFY = "verify", Priority.FILE, Postings, "to find out which postings the file holds"
    SEEK = "seek", Priority.FILE, OnePosting, "to find it by its mark, under another TxnID"
    CHECK = "check", Priority.FILE, OneDocument, "to find out whether it is there as a person said"
    CHECK_MARK = "check_mark", Priority.FILE, OneDocument, "to find by its mark what is not there as a person said"
    COMPARE = "compare", Priority.LOOK, OneDocument, "to find out whether it says there what it was changed into"
    COMPARE_AS_IS = (
        "compare_as_is",
        Priority.LOOK,
        OneDocument,
        "to find out what of it the file does not say, which is taken as it is",
    )
    LOOK_AGAIN = (
        "look_again",
        Priority.REFRESH,
        TheFile,
        "to find out whether what was posted stands there as it was left",
    )
    LOOK_BESIDE = "look_beside", Priority.REFRESH, OneKind, "to find out whether somebody typed the same beside it"
    LOOK_CLOSER = "look_closer", Priority.REFRESH, OneDocument, "to find out what somebody changed in it"
    INQUIRE = "inquire", Priority.READ, OneKind, "to read what stands in the books, whoever wrote it"
    GREETING = "greeting", Priority.REFRESH, TheFile, "to end the session cleanly"


ENTRIES = tuple(one for one in Purpose if one.about is OneEntry)  # what sees to it that an entry is there
WRITING = (Purpose.POST, Purpose.READ_FOR_CHANGE, Purpose.CHOOSE)  # what brings a document into the books


def ask(
    purpose: Purpose,
    subject: Subject,
    query: Request,
    *,
    after: Iterable[UUID] = (),
    priority: Priority | None = None,
) -> NewRequest:
    """A question to QuickBooks.

    Args:
        query: made with the request id under which it leaves.
        after: requests that are to be done first.
        priority: another one than that of the purpose.
    """
    txn_ids = getattr(query, "txn_ids", None)
    return NewRequest(
        purpose,
        _checked(purpose, subject),
        type(query).__name__.removesuffix("Rq"),
        False,
        purpose.priority if priority is None else priority,
        render(query),
        tuple(after),
        UUID(query.request_id or ""),
        Sent(txn_ids=tuple(txn_ids)).as_record() if txn_ids else None,
    )


class Change(Protocol):
    """A rendered request that writes; without text where that is known only when what it waits for is done."""

    @property
    def message(self) -> str: ...
    @property
    def xml(self) -> str | None: ...
    @property
    def sent(self) -> Sent | None: ...


def write(
    purpose: Purpose, subject: Subject, guid: UUID, change: Change, *, after: Iterable[UUID] = (), last: bool = False
) -> NewRequest:
    """A request that changes the books.

    Args:
        guid: its id, which ``change`` was rendered with.
        after: requests that are to be done first.
        last: behind the transactions that it refers to. What is no Add comes there anyway.
    """
    behind = purpose is Purpose.POST and (last or not change.message.endswith("Add"))
    return NewRequest(
        purpose,
        _checked(purpose, subject),
        change.message,
        True,
        Priority.CHANGE if behind else purpose.priority,
        change.xml,
        tuple(after),
        guid,
        None if change.sent is None else change.sent.as_record(),
    )


def as_supplied(change: Change) -> tuple[str, dict[str, Any] | None]:
    """Text and record of a request that was queued without them."""
    return change.xml or "", None if change.sent is None else change.sent.as_record()


def _checked(purpose: Purpose, subject: Subject) -> str:
    if type(subject) is not purpose.about:
        raise TypeError(f"a request to {purpose.value} is about {purpose.about.__name__}, not {subject!r}")
    return str(subject)


def of_documents(
    company_id: int, documents: Iterable[int], purposes: Collection[Purpose] = WRITING
) -> ColumnElement[bool]:
    """Which requests are those of these documents."""
    return and_(
        QueuedRequest.company_id == company_id,
        QueuedRequest.purpose.in_(purposes),
        QueuedRequest.subject.in_([str(OneDocument(document)) for document in documents]),
    )


def requests_of(
    db: Session, company_id: int, document: int, purposes: Collection[Purpose] = WRITING
) -> list[QueuedRequest]:
    """The requests of a document, oldest first, without their text."""
    return list(
        db.scalars(
            select(QueuedRequest)
            .where(of_documents(company_id, [document], purposes))
            .order_by(QueuedRequest.id)
            .options(defer(QueuedRequest.xml))
        )
    )


def open_of(db: Session, company_id: int, purpose: Purpose, subjects: Iterable[Subject]) -> dict[str, UUID]:
    """The newest unsettled request of each subject as it is written, where there is one."""
    return open_requests(db, company_id, purpose, [str(subject) for subject in subjects])


def requests_about(db: Session, company_id: int, document: int) -> list[QueuedRequest]:
    """Every request that was queued for a document, or to find out what became of it, oldest first, with its text."""
    subjects = [str(OneDocument(document)), *(str(OnePosting(document, what)) for what in IfMissing)]
    own = _about(db, company_id, _OF_DOCUMENTS, subjects)
    finds = select(QueuedRequest).where(
        QueuedRequest.company_id == company_id,
        QueuedRequest.purpose == Purpose.FIND,
        QueuedRequest.subject.startswith(f"{OneDocument(document)} "),
    )
    own += db.scalars(finds).all()
    looks = _about(db, company_id, _LOOKS, [str(OneRequest(request.id)) for request in own])
    among = [
        request
        for request in db.scalars(
            select(QueuedRequest).where(QueuedRequest.company_id == company_id, QueuedRequest.purpose == Purpose.VERIFY)
        )
        if Postings.of(request).first <= document <= Postings.of(request).last
    ]
    return sorted([*own, *looks, *among], key=lambda request: request.id)


_OF_DOCUMENTS = [purpose for purpose in Purpose if purpose.about in (OneDocument, OnePosting)]
_LOOKS = [purpose for purpose in Purpose if purpose.about is OneRequest]


def _about(
    db: Session, company_id: int, purposes: Collection[Purpose], subjects: Collection[str]
) -> list[QueuedRequest]:
    these = (QueuedRequest.company_id == company_id, QueuedRequest.purpose.in_(purposes))
    return list(db.scalars(select(QueuedRequest).where(*these, QueuedRequest.subject.in_(subjects))))
