"""Documents as the API shows them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from qbwc_server.api.answers.answer import Answer, Free, Mistake
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import Operation
from qbwc_server.documents.open_work import Ended, WorkKind
from qbwc_server.reports.entries import GivenBy
from qbwc_server.reports.waits import WaitsFor
from qbwc_server.tenancy.permissions import Permission

Kind = Literal[*KINDS]  # type: ignore[valid-type]  # derived from the table of kinds


class DocumentAnswer(Answer):
    """A document as it stands."""

    id: int
    origin: str = Field(description="The source's own key: the same origin is the same document, for ever.")
    kind: Kind
    number: str | None
    date: date
    party: str | None = Field(description="The customer, vendor or other name that it is about.")
    party_kind: str | None
    total: str | None
    state: State
    operation: Operation = Field(description="What is to be done with it in QuickBooks next, or was done last.")
    revision: int
    reason: str | None = Field(description="Why it waits for a person: a stable code.")
    message: str | None
    advice: str | None
    problems: list[Mistake]
    notes: list[str]
    txn_id: str | None
    posted_number: str | None
    posted_total: str | None
    posted_at: datetime | None
    created_at: datetime
    changed_at: datetime


class StepAnswer(Answer):
    """One step of a document's history."""

    at: datetime
    by: str
    event: str
    from_: str | None = Field(alias="from")
    to: str
    request_id: str | None
    detail: Free | None


class JourneyAnswer(Answer):
    """One request's way to QuickBooks in one message set."""

    message_set: str
    session: int
    sent_at: datetime
    set_bytes: int
    set_requests: int
    delivery: str
    answered_at: datetime | None
    hresult: str | None
    answer: str | None
    shortened_at: datetime | None
    set_digest: str | None
    answer_digest: str | None


class RequestProofAnswer(Answer):
    """One request that was queued for the document, or to find out what became of it."""

    request_id: str
    purpose: str
    message: str
    state: str
    attempts: int
    request: str | None
    status_code: int | None
    status_message: str | None
    result_id: str | None
    queued_at: datetime
    settled_at: datetime | None
    journeys: list[JourneyAnswer]


class ProofAnswer(Answer):
    """Everything that proves what became of a document."""

    document_id: int
    state: State
    txn_id: str | None
    requests: list[RequestProofAnswer]
    history: list[StepAnswer]


class WhoAnswer(Answer):
    """Who can do something about it."""

    words: str
    permission: Permission = Field(description="What they must be allowed.")


class OfferedAnswer(Answer):
    """Something that may be done with it: POST to its code below the address of the document."""

    code: str
    title: str


class WaitsAnswer(Answer):
    """Why a document does not move by itself."""

    for_: WaitsFor = Field(alias="for")
    why: list[Mistake]
    who: WhoAnswer
    actions: list[OfferedAnswer] = Field(description="The remedy first.")


class GivenByAnswer(Answer):
    """What gave a place its entry."""

    what: GivenBy
    id: int | None = Field(description="Of the mapping or rule.")
    words: str


class EntryAnswer(Answer):
    """A place of a document that names an entry of QuickBooks."""

    field: str
    list_kind: str
    name: str | None = Field(description="Of the entry; null where the word of the source has none yet.")
    word: str | None = Field(description="What the source calls it, where that is another word.")
    kind: str | None = Field(description="The kind of word, where it is mapped.")
    hints: dict[str, str] = Field(description="What else the source tells of it: title, number, email.")
    given_by: GivenByAnswer
    problem: Mistake | None


class WholeDocumentAnswer(DocumentAnswer):
    """A document with its content, history and proof."""

    document: Free = Field(description="As it was handed in; the schemas of the kinds say what it may hold.")
    waits: WaitsAnswer | None = Field(description="null: there is nothing to wait for.")
    entries: list[EntryAnswer] = Field(description="What gave each place its entry.")
    history: list[StepAnswer]
    proof: ProofAnswer


class DocumentsAnswer(Answer):
    """A page of documents."""

    documents: list[DocumentAnswer]
    next: int | None = Field(description="The cursor of the page behind this one; null: this is the last.")


class WorkAnswer(Answer):
    """Something that a person has to see to."""

    id: int
    work: WorkKind
    about: str
    document: int | None
    message: str
    advice: str
    detail: Free | None
    found_at: datetime
    ended_at: datetime | None
    ended: Ended | None
    ended_by: str | None


class OpenWorkAnswer(Answer):
    """A page of open work."""

    open_work: list[WorkAnswer]
    next: int | None
