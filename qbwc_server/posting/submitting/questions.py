"""What a person should see before a new document is submitted; submitting it by hand is the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from qbwc_server.documents.kinds import KINDS, Document
from qbwc_server.documents.kinds.one_deal import as_kinds, number_key, spelt
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import called_of
from qbwc_server.posting.entries.ensure import name_key, names_of
from qbwc_server.posting.entries.words import Word, Words
from qbwc_server.posting.options import OptionsInForce, options_of
from qbwc_server.posting.submitting.alike import POSSIBLE_DUPLICATE
from qbwc_server.posting.texts import Texts
from qbwc_server.tenancy.models import Company

SAME_NUMBER = "same_number"
_OF_A_DEAL = ("kind", "number", "party", "party_kind", "date", "total", "subtotal")  # tell one from another
_IN = tuple(state for state in State if state not in (State.EXCLUDED, State.WITHDRAWN))


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
    and total under another origin, also where it is another kind, or the number is spelt in another way.
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
    asked = [row for row in rows if row.number is not None and _is_new(row)]
    if not asked:
        return {}
    options = options_of(db, company_id)
    others = db.execute(
        select(DocumentRow.id, DocumentRow.origin, *(getattr(DocumentRow, name) for name in _OF_A_DEAL))
        .where(
            DocumentRow.company_id == company_id,
            DocumentRow.state.in_(_IN),
            DocumentRow.date.in_({row.date for row in asked}),
            DocumentRow.number_key.in_({number_key(row.number) for row in asked}),
        )
        .order_by(DocumentRow.id)
    )
    known: dict[tuple[object, ...], list[Row[Any]]] = {}
    for other in others:
        known.setdefault(_deal(other, options), []).append(other)
    fresh = {row.id for row in rows}
    found = {}
    for row in asked:
        # of two that are new the later one is asked about; one that was revised may be the earlier one
        there = (one for one in known.get(_deal(row, options), ()) if one.id < row.id or one.id not in fresh)
        earlier = next(there, None)
        if earlier is not None:
            found[row.id] = _double(row, earlier)
    return found


def still_asked(db: Session, row: DocumentRow, revision: Document) -> Problem | None:
    """The question whether it is in already, as long as nobody has answered: a revision by a cent is no answer.

    Another number, or another party where there is none, is; or that the other one is out by now.
    """
    if row.state is not State.FOR_REVIEW or row.reason not in (SAME_NUMBER, POSSIBLE_DUPLICATE):
        return None
    party = None if revision.party is None else revision.party.name
    if spelt(row.number) != spelt(revision.number) or name_key(row.party or "") != name_key(party or ""):
        return None
    if row.reason == SAME_NUMBER and not _is_shared(db, row):
        return None
    message = (row.message or "").removesuffix(_REVISED)
    return Problem(str(row.reason), "number" if row.number else "total", message + _REVISED, row.advice or "")


def _is_shared(db: Session, row: DocumentRow) -> bool:
    """Whether another document of these months, entered in whichever way, bears its number."""
    other = select(DocumentRow.id).where(
        DocumentRow.company_id == row.company_id,
        DocumentRow.id != row.id,
        DocumentRow.state.in_(_IN),
        DocumentRow.kind.in_(as_kinds(row.kind)),
        DocumentRow.date.between(row.date - _NEAR, row.date + _NEAR),
        DocumentRow.number_key == number_key(row.number),
    )
    return db.scalar(other.limit(1)) is not None


_NEAR = timedelta(days=400)
_REVISED = " It was revised since."


def _is_new(row: DocumentRow) -> bool:
    """Whether QuickBooks does not hold it yet, or not under this number."""
    return row.txn_id is None or spelt(row.number) != spelt(row.posted_number)


def _amount(row: DocumentRow | Row[Any]) -> Decimal | None:
    amount: Decimal | None = row.total if row.total is not None else row.subtotal
    return amount


def _deal(row: DocumentRow | Row[Any], options: OptionsInForce) -> tuple[object, ...]:
    party = row.party or ""
    if row.party_kind is not None:
        party = options.name_of(row.party_kind, party)
    return as_kinds(row.kind), spelt(row.number), name_key(party), row.date, _amount(row)


def _double(row: DocumentRow, other: Row[Any]) -> Problem:
    comes_to = "" if row.total is None else f" over {row.total}"
    what = f"document {other.id}"
    if (other.kind, other.number) != (row.kind, row.number):
        what = f"{KINDS[other.kind].title} {other.number} (document {other.id})"
    return Problem(
        SAME_NUMBER,
        "number",
        f"Number {row.number} of {row.party or 'nobody'} of {row.date}{comes_to} is in already, as {what} with origin "
        f"{other.origin}.",
        "If it is the same sale, exclude this document. If it is another one, submit it.",
    )
