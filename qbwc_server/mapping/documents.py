"""Documents and the words in them: each word becomes the entry that it is mapped to, or keeps its document waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy.orm import Session

from qbwc_server.documents.kinds import Document
from qbwc_server.documents.lifecycle import NotNow, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.words import DocumentWord, DocumentWords, names_by_field, with_names
from qbwc_server.errors import Notice
from qbwc_server.mapping.kinds import KINDS
from qbwc_server.mapping.resolving import NEVER, UNUSABLE, Key, Resolved, Unmapped, resolve
from qbwc_server.mapping.said import Said
from qbwc_server.mapping.waiting import said_of
from qbwc_server.posting.people.exclude import exclude
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company

Outcomes = Mapping[Key, Resolved | Unmapped]


@dataclass(frozen=True, slots=True)
class WordedDocument:
    """A document as its source says it, with its words by place."""

    document: Document
    words: Mapping[str, Said]
    reviews: Sequence[Problem] = ()


def put_entries(
    db: Session, company_id: int, connection_id: int, worded: Sequence[WordedDocument], *, submits: bool
) -> list[tuple[Document, DocumentWords]]:
    """Each document with the entries that its words are mapped to, and what is to be kept of the words.

    Raises:
        KeyError: a document names nothing in a place that its words name.
    """
    outcomes = resolve(db, company_id, connection_id, [said for one in worded for said in one.words.values()])
    found = []
    for one in worded:
        names = names_by_field(one.document)
        words = tuple(
            DocumentWord(field, said.kind.value, said.word, said.key[1], names[field], said.hints or None)
            for field, said in one.words.items()
        )
        document, words = entries_put(one.document, words, outcomes)
        found.append((document, DocumentWords(words, connection_id, submits, tuple(one.reviews))))
    return found


def entries_put(
    document: Document, words: Sequence[DocumentWord], outcomes: Outcomes
) -> tuple[Document, tuple[DocumentWord, ...]]:
    """The document with what its words come to now."""
    told = tuple(_told(one, outcomes[said_of(one.word, one.kind, one.hints).key]) for one in words)
    names = names_by_field(document)
    other = {one.field: one.stands for one in told if names[one.field] != one.stands}
    if not other:
        return document, told
    try:
        return with_names(document, other), told
    except ValidationError:  # the entry has a name that no document takes, such as one of 300 characters
        back = {one.field: one.drafted for one in words if names[one.field] != one.drafted}
        refused = tuple(
            replace(one, name=None, why=None, problem=_unusable(one) if one.name else one.problem) for one in told
        )
        return with_names(document, back), refused


def _told(word: DocumentWord, outcome: Resolved | Unmapped) -> DocumentWord:
    if isinstance(outcome, Resolved):
        return replace(word, name=outcome.name, why=outcome.why, problem=None)
    return replace(word, name=None, why=None, problem=replace(outcome.problem, field=word.field))


def _unusable(word: DocumentWord) -> Problem:
    title = KINDS[said_of(word.word, word.kind, word.hints).kind].title
    what = f"The QuickBooks {title} for {word.word!r} cannot stand in this document: {(word.name or '')[:60]!r}."
    return Problem(UNUSABLE, word.field, what, "Choose another one.")


def leave_out_never(
    db: Session, company: Company, rows: Sequence[DocumentRow], *, by: Actor, now: datetime
) -> list[DocumentRow]:
    """Exclude, of what waits, the documents with a word of which somebody said that it is never taken."""
    left_out = []
    for row in rows:
        problems = (row.problems or {}).get("problems", [])
        never = next((one for one in problems if one["code"] == NEVER), None)
        if never is None or row.state is not State.FOR_REVIEW:
            continue
        try:
            exclude(db, company, row, by=by, now=now)
        except NotNow:  # it is in QuickBooks: a person sees why it waits
            continue
        row.tell(Notice(NEVER, never["message"], never["advice"]))
        left_out.append(row)
    return left_out
