"""What a person should see before a new document is submitted; submitting it by hand is the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from qbwc_server.documents.kinds import Document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import called_of
from qbwc_server.posting.entries.ensure import names_of
from qbwc_server.posting.entries.words import Word, Words
from qbwc_server.posting.options import options_of
from qbwc_server.posting.texts import Texts
from qbwc_server.tenancy.models import Company

_ONE_SALE = {"sales_receipt": "invoice"}  # a sale that is paid is the same sale
_OF_A_SALE = ("kind", "number", "party", "date", "total", "subtotal")  # columns that tell one from another


def words_of(db: Session, company: Company, documents: Iterable[tuple[DocumentRow, Document]]) -> dict[int, list[Word]]:
    """The words of documents, or of their sources, for list entries, by the id of the document."""
    texts = Texts(options_of(db, company.id).characters)
    return {row.id: _words(row, document, texts) for row, document in documents}


def _words(row: DocumentRow, document: Document, texts: Texts) -> list[Word]:
    called = called_of(row)
    return [
        Word(named.list_kind, fitted, called.get(named.name, named.name), named.field)
        for named, fitted in names_of(document, texts)
        if isinstance(fitted, str)
    ]


def learn_words(db: Session, company: Company, words: Sequence[Word], *, sure: bool, now: datetime) -> None:
    """Documents are submitted: their words need not be asked about again."""
    known = Words(db, company.id, words)
    for one in words:
        known.learn(one, sure=sure)
    known.keep(now)


def questions(
    db: Session, company: Company, fresh: Sequence[DocumentRow], words: Mapping[int, Sequence[Word]], *, now: datetime
) -> dict[int, Problem]:
    """What to ask of each new document, by its id; one question each.

    Asked is: two words for entries that are one name in QuickBooks, each pair once; and the same number, party, day
    and total under another origin.
    """
    if not fresh:
        return {}
    known = Words(db, company.id, [one for row in fresh for one in words[row.id]])
    doubles = _doubles(db, company.id, fresh)
    found: dict[int, Problem] = {}
    for row in fresh:
        asked = doubles.get(row.id) or next(filter(None, map(known.question, words[row.id])), None)
        if asked is not None:
            found[row.id] = asked
            continue
        for one in words[row.id]:
            known.learn(one, sure=False)
    known.tell(now)
    return found


def _doubles(db: Session, company_id: int, rows: Sequence[DocumentRow]) -> dict[int, Problem]:
    numbers = {row.number for row in rows if row.number is not None and row.txn_id is None}
    if not numbers:
        return {}
    others = db.execute(
        select(DocumentRow.id, DocumentRow.origin, *(getattr(DocumentRow, name) for name in _OF_A_SALE))
        .where(
            DocumentRow.company_id == company_id,
            DocumentRow.number.in_({written for number in numbers for written in _ways(number)}),
            DocumentRow.state.not_in((State.EXCLUDED, State.WITHDRAWN)),
        )
        .order_by(DocumentRow.id)
    )
    known: dict[tuple[object, ...], list[Row[Any]]] = {}
    for other in others:
        known.setdefault(_sale(other), []).append(other)
    fresh = {row.id for row in rows}
    found = {}
    for row in rows:
        # of two that are new the later one is asked about; one that was revised may be the earlier one
        there = (one for one in known.get(_sale(row), ()) if one.id < row.id or one.id not in fresh)
        earlier = next(there, None)
        if row.number in numbers and earlier is not None:
            found[row.id] = _double(row, earlier)
    return found


def _ways(number: str) -> set[str]:
    """How a number may be written: QuickBooks compares without case."""
    return {number, number.lower(), number.upper(), number.title(), number.capitalize()}


def _sale(row: DocumentRow | Row[Any]) -> tuple[object, ...]:
    kind = _ONE_SALE.get(row.kind, row.kind)
    return (
        kind,
        (row.number or "").lower(),
        (row.party or "").lower(),
        row.date,
        row.total if row.total is not None else row.subtotal,
    )


def _double(row: DocumentRow, other: Row[Any]) -> Problem:
    comes_to = "" if row.total is None else f" over {row.total}"
    return Problem(
        "same_number",
        "number",
        f"Number {row.number} of {row.party or 'nobody'} of {row.date}{comes_to} is in already, as document "
        f"{other.id} with origin {other.origin}.",
        "If it is the same sale, exclude this document. If it is another one, submit it.",
    )
