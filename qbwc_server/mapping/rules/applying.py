"""Rules and what was learnt give lines of new documents their accounts, and what people choose instead is learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.documents.kinds import Document, body_digest, kept_form, load_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import entries_of
from qbwc_server.documents.words import DocumentWords
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.rules.keeping import is_active_name
from qbwc_server.mapping.rules.learning import book, learn
from qbwc_server.mapping.rules.rule import Booked, Direction, StatementEntry
from qbwc_server.mapping.rules.statement import put_lines
from qbwc_server.posting.options import options_of


@dataclass(frozen=True, slots=True)
class Ruled:
    """A document as it is drafted, with its words and what else gave names their entries, by place.

    ``entries`` is what is kept of it, so that what a person chooses later can be told from what rules did.
    """

    document: Document
    words: DocumentWords | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, Any] | None = None


def apply_rules(
    db: Session, company_id: int, drafted: Sequence[tuple[Document, Ruled, Mapping[str, StatementEntry]]]
) -> list[Ruled]:
    """What rules make of documents.

    A word that is mapped goes before rules, they go before what was learnt, and that before what the source named.

    Args:
        drafted: each as its source says it, with the entries that its words are mapped to, and what a statement says.
    """
    open_ones = [
        {place: entry for place, entry in entries.items() if _is_open(place, put.words)} for _, put, entries in drafted
    ]
    learnt = options_of(db, company_id).learn_accounts
    booked = iter(book(db, company_id, [one for some in open_ones for one in some.values()], learnt=learnt))
    found = []
    for (source, put, entries), some in zip(drafted, open_ones, strict=True):
        fits = {place: one for place in some if (one := next(booked)) is not None}
        found.append(_ruled(source, put.document, put.words, entries, fits))
    return found


def _is_open(place: str, words: DocumentWords | None) -> bool:
    """Whether no word that is mapped says which account it is."""
    mapped = () if words is None else [one.field for one in words.words if one.problem is None]
    return f"{place}.account" not in mapped


def _ruled(
    source: Document,
    document: Document,
    words: DocumentWords | None,
    entries: Mapping[str, StatementEntry],
    fits: Mapping[str, Booked],
) -> Ruled:
    put = put_lines(document, fits)
    if words is not None and put.given:
        words = replace(words, words=tuple(one for one in words.words if one.field not in put.given))
    kept = {"digest": body_digest(kept_form(source)[1]), "lines": _records(put.document, entries)}
    return Ruled(put.document, words if words is not None and words.words else None, put.given, kept)


def _records(document: Document, entries: Mapping[str, StatementEntry]) -> dict[str, Any]:
    return {
        place: {
            "description": entry.description,
            "direction": entry.direction.value,
            "amount": str(entry.amount),
            "source": entry.source,
            "reduced_tax": entry.reduced_tax,
            "account": _line(document, place).account,
        }
        for place, entry in entries.items()
    }


def is_settled(row: DocumentRow, source: Document) -> bool:
    """Whether a document stays as it is, although rules may say otherwise by now: its source tells nothing new, and a
    person has edited it, or it has left.
    """
    kept = entries_of(row)
    if not kept or (row.body_digest == row.source_digest and row.state is State.FOR_REVIEW):
        return False
    return bool(kept["digest"] == body_digest(kept_form(source)[1]))


def learns_from(db: Session, row: DocumentRow) -> bool:
    """Whether accounts that a person chooses for its lines are proposed for the next ones."""
    return bool(entries_of(row)) and options_of(db, row.company_id).learn_accounts


def learn_from(db: Session, row: DocumentRow, before: Document, *, now: datetime) -> int:
    """Remember the accounts that a person has just chosen for lines of a document; how many.

    What rules, mappings or the source gave, and he left, is no choice of his; nor is it where he split the line, or
    lines went.

    Args:
        before: what it said until now.
    """
    if not learns_from(db, row):
        return 0
    after, chosen = load_document(row.body), 0
    for place, told in entries_of(row)["lines"].items():
        line = _chosen(before, after, place)
        if line is not None and is_active_name(db, row.company_id, ListKind.ACCOUNT, line.account):
            learn(db, row.company_id, _entry(told), line.account, class_name=line.class_name, now=now)
            chosen += 1
    return chosen


def _chosen(before: Document, after: Document, place: str) -> Any:
    """The line as it is now, where nothing of it but its account, class or words was changed; else None."""
    name = place.partition("[")[0]
    if len(getattr(before, name)) != len(getattr(after, name)):
        return None
    was, now = _line(before, place), _line(after, place)
    return now if now is not None and now.amount == was.amount and now.account != was.account else None


def _entry(told: Mapping[str, Any]) -> StatementEntry:
    direction, amount = Direction(told["direction"]), Decimal(told["amount"])
    return StatementEntry(told["description"], direction, amount, told["source"], told["reduced_tax"])


def _line(document: Document, place: str) -> Any:
    """The line at a place; None where there is none any more."""
    name, _, index = place.removesuffix("]").partition("[")
    lines = getattr(document, name)
    return lines[int(index)] if int(index) < len(lines) else None
