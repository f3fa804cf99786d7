"""A person gives a document another content than its source did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from qbwc_server.documents.kinds import body_digest, kept_form, read_document
from qbwc_server.documents.lifecycle import NotNow
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import change_body, require_revisable
from qbwc_server.documents.words import found_again, words_in
from qbwc_server.errors import Invalid
from qbwc_server.posting.options import options_of
from qbwc_server.posting.submitting.hand_in import make_way, show_what_lacks
from qbwc_server.posting.submitting.questions import questions, words_of
from qbwc_server.posting.submitting.submit import lock, shortcomings
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company
from qbwc_server.validation import sentences


class WrongContent(Invalid):
    """The document cannot say this."""

    code = "document_invalid"
    advice = "Correct it and save again; nothing was changed."


def may_edit(row: DocumentRow) -> bool:
    """Whether it can be asked for; what is on its way is found out when it is."""
    try:
        require_revisable(row)
    except NotNow:
        return False
    return row.txn_id is None or TRANSACTIONS[row.kind].mod_message is not None


def edit(
    db: Session,
    company: Company,
    row: DocumentRow,
    content: Mapping[str, Any],
    *,
    revision: int,
    by: Actor,
    now: datetime,
) -> None:
    """Replace what a document says; it waits for review then, and what it lacks is told.

    Kind and origin stay. What its source says later is compared with what the source said, so that it does not replace
    this without a question.

    Args:
        content: as a program hands a document in; without kind and origin.
        revision: the one that the person had before him.

    Raises:
        WrongContent: a field cannot be read; all mistakes at once.
        NotNow: it has been changed since, may be on its way, or waits for a decision.
    """
    lock(db, company, [row])
    if row.revision != revision:
        raise NotNow(f"Document {row.id} was changed since you opened it: look at it again.")
    try:
        given = read_document({**content, "kind": row.kind, "origin": row.origin})
    except ValidationError as error:
        raise WrongContent(" ".join(sentences(error, row.kind))) from None
    document, body = kept_form(given)
    if body_digest(body) == row.body_digest:
        return
    require_revisable(row)
    make_way(db, company, row, now=now)
    change_body(db, row, document, by=by, now=now)
    if (words := words_in(row)) is not None:
        row.words = found_again(words, document).as_record()
    asked = questions(db, company, [row], words_of(db, company, [(row, document)]), now=now)
    lacking = shortcomings(row, document, options_of(db, company.id))
    show_what_lacks(row, list(asked.values()), lacking)
