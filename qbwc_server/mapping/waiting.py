"""Documents that name words: which wait for a mapping, and how many for each."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, select, type_coerce
from sqlalchemy.orm import Session

from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.words import DocumentWords, words_in
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.resolving import UNMAPPED
from qbwc_server.mapping.said import Said, word_key

_AT_A_TIME = 500  # documents read at once
_NAMELESS = '"name":null'  # in a record of words as it is written: inside a text the quotes are escaped


@dataclass(frozen=True, slots=True)
class WaitingWord:
    """A word that has no entry, as one connection says it, and how many documents wait for one."""

    said: Said
    connection_id: int
    documents: int
    code: str
    message: str


def said_of(word: str, kind: str, hints: Mapping[str, str] | None) -> Said:
    """A word of a document as its source said it."""
    told: Mapping[str, Any] = hints or {}
    return Said(WordKind(kind), word, told.get("title"), told.get("number"), told.get("email"))


def waiting_words(db: Session, company_id: int, *, of: Collection[str] | None = None) -> list[WaitingWord]:
    """Every word that keeps documents waiting, what most wait for first.

    Args:
        of: kinds of documents that somebody may see; None: all.
    """
    found: dict[tuple[WordKind, str, int], WaitingWord] = {}
    for _, words in documents_with_words(db, company_id, (State.FOR_REVIEW,), nameless=True, of=of):
        for key, one in {(one.kind, one.key): one for one in words.words if one.problem}.items():
            problem = one.problem
            said = said_of(one.word, one.kind, one.hints)
            place = said.kind, key[1], words.connection_id
            before = found.get(place)
            code, message = (UNMAPPED, "") if problem is None else (problem.code, problem.message)
            found[place] = WaitingWord(
                said, words.connection_id, 1 + (before.documents if before else 0), code, message
            )
    return sorted(found.values(), key=lambda one: (-one.documents, one.said.kind, one.said.word))


def documents_with_words(
    db: Session,
    company_id: int,
    states: Collection[State],
    *,
    nameless: bool = False,
    word: str | None = None,
    reason: str | None = None,
    of: Collection[str] | None = None,
    after_id: int = 0,
    limit: int | None = None,
) -> Iterator[tuple[DocumentRow, DocumentWords]]:
    """Documents that name words, in the order in which they came, read page by page.

    Args:
        nameless: only those with a word that has no entry.
        word: only those that name this one; its kind is for the caller to look at.
        reason: only those that do not move for this reason.
        of: only those of these kinds.
    """
    told = type_coerce(DocumentRow.words, Text)
    where: list[ColumnElement[bool]] = [DocumentRow.words.is_not(None)]
    if nameless:
        where.append(told.contains(_NAMELESS, autoescape=True))
    if word is not None:
        where.append(told.contains(f'"key":{json.dumps(word_key(word), ensure_ascii=False)}', autoescape=True))
    if reason is not None:
        where.append(DocumentRow.reason == reason)
    if of is not None:
        where.append(DocumentRow.kind.in_(of))
    left = limit
    while left is None or left > 0:
        size = _AT_A_TIME if left is None else min(left, _AT_A_TIME)
        rows = db.scalars(
            select(DocumentRow)
            .where(
                DocumentRow.company_id == company_id,
                DocumentRow.state.in_(tuple(states)),
                DocumentRow.id > after_id,
                *where,
            )
            .order_by(DocumentRow.id)
            .limit(size)
        ).all()
        for row in rows:
            words = words_in(row)
            if words is not None:
                yield row, words
        if len(rows) < size:
            return
        after_id = rows[-1].id
        left = None if left is None else left - len(rows)
