"""``/companies/CODE/documents``: hand in, list, read, and what a person or program may do with one."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from qbwc_server.api.access import Access
from qbwc_server.api.answers.documents import DocumentAnswer, DocumentsAnswer, WholeDocumentAnswer
from qbwc_server.api.errors import CREATED, DONE, BadBody, BadDocument, NotReady
from qbwc_server.api.matching import require_match, tag_of, tagged
from qbwc_server.api.routes import AFTER, LIMIT, MOST_PER_PAGE, Body, Parameter, Route, flag, one_of, text
from qbwc_server.api.schemas import (
    flag_asked,
    kind_asked,
    number_asked,
    read_body,
    states_asked,
    text_asked,
)
from qbwc_server.documents.history import history
from qbwc_server.documents.kinds import KINDS, Document
from qbwc_server.documents.lifecycle import NotNow, State
from qbwc_server.documents.models import LARGEST_ID, DocumentRow
from qbwc_server.documents.store import OriginConflict, Saved, by_origin, find, listing
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.posting.people.actions import ACTIONS
from qbwc_server.posting.people.decide import decide
from qbwc_server.posting.people.edit import WrongContent, edit
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.queue.lane import take_lane
from qbwc_server.reports.documents import body_record, document_record, event_record, problems_of
from qbwc_server.reports.entries import entries_record
from qbwc_server.reports.proof import proof
from qbwc_server.reports.waits import waits_record
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/documents"
_ONE = f"{_ALL}/<int(max={LARGEST_ID}):document_id>"


ROUTES = {
    "create": Route(
        Permission.EDIT_DOCUMENTS,
        DocumentAnswer,
        takes=Document,
        parameters={
            "review": flag("1: keep it for a person instead of submitting it."),
            "revise": flag("1: another content of a known origin is its next revision."),
        },
        statuses=(DONE, CREATED),
        matches=True,
        refuses=(BadDocument, OriginConflict, Conflict, NotNow),
    ),
    "index": Route(
        Permission.SEE_DOCUMENTS,
        DocumentsAnswer,
        parameters={
            "state": Parameter(f"Divided by commas: {', '.join(State)}.", {"type": "string"}),
            "kind": one_of("Only of this kind.", *KINDS),
            "origin": text("Only that of this origin."),
            "number": text("Only those of this number, ours or the one in QuickBooks."),
            "after": AFTER,
            "limit": LIMIT,
        },
        refuses=(Invalid,),
    ),
    "show": Route(Permission.SEE_DOCUMENTS, WholeDocumentAnswer, refuses=(NotFound,)),
    "act": Route(
        Permission.POST_DOCUMENTS,
        DocumentAnswer,
        takes=Body(),
        matches=True,
        refuses=(NotFound, NotNow, NotReady, Conflict, Invalid),
    ),
    "edit_document": Route(
        Permission.EDIT_DOCUMENTS,
        DocumentAnswer,
        takes=Body(
            {"document": dict, "revision": int},
            {
                "document": "All that it says from now on, as it is handed in; kind and origin stay what they are.",
                "revision": "The one that was read: nothing is done to another one.",
            },
            needed=("document", "revision"),
        ),
        matches=True,
        refuses=(NotFound, NotNow, WrongContent, Invalid),
    ),
    "decide_one": Route(
        Permission.POST_DOCUMENTS,
        DocumentAnswer,
        takes=Body(
            {"posted_as": str, "not_posted": bool, "confirmed": bool},
            {
                "posted_as": "The TxnID under which it is in QuickBooks.",
                "not_posted": "It is not in QuickBooks.",
                "confirmed": "It is that transaction although it differs, which was shown.",
            },
        ),
        matches=True,
        refuses=(NotFound, NotNow, BadBody, Conflict, Invalid),
    ),
}
_NAMES = ", ".join(f'"{action}"' for action in ACTIONS)


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""
    _add_all(blueprint, access)
    _add_one(blueprint, access)
    _add_edit(blueprint, access)


def _add_all(blueprint: Blueprint, access: Access) -> None:
    @blueprint.post(_ALL)
    def create(code: str) -> Response:
        """Keep a document under its origin and submit it; the same document again changes nothing."""
        review, revise = flag_asked(request.args, "review"), flag_asked(request.args, "revise")
        document = read_body(request)
        with access.changing() as (db, company):
            if request.headers.get("If-Match"):
                take_lane(db, company.id)
                require_match(by_origin(db, company.id, [document.origin]).get(document.origin))
            handed = hand_in(
                db, company, [document], by=access.by, now=access.now(), revise=revise, submit_now=not review
            )
            (result,) = handed.results
            if isinstance(result, Conflict):
                raise result
            answer = tagged(result.row)
        answer.status_code = CREATED if result.saved is Saved.ADDED else DONE
        return answer

    @blueprint.get(_ALL)
    def index(code: str) -> Response:
        """Documents in the order in which they came, a page at a time: go on with after=next."""
        states, kind = states_asked(request.args), kind_asked(request.args)
        after = number_asked(request.args, "after", 0, LARGEST_ID)
        limit = number_asked(request.args, "limit", 100, MOST_PER_PAGE) or MOST_PER_PAGE
        origin, number = text_asked(request.args, "origin"), text_asked(request.args, "number")
        with access.looking() as (db, company):
            rows = listing(
                db,
                company.id,
                states=states,
                kind=kind,
                origin=origin,
                number=number,
                after_id=after,
                limit=limit + 1,
            )
            page = [document_record(row) for row in rows[:limit]]
        return jsonify(documents=page, next=page[-1]["id"] if len(rows) > limit else None)


def _add_one(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(_ONE)
    def show(code: str, document_id: int) -> Response:
        """One document: itself, where it stands, how it came there, and the proof."""
        with access.looking() as (db, company):
            row = find(db, company.id, document_id)
            record = document_record(row)
            record["document"] = body_record(row)
            record["waits"] = waits_record(db, row)
            record["entries"] = entries_record(row)
            record["history"] = [event_record(event) for event in history(db, row.id)]
            record["proof"] = proof(db, row).as_record()
            answer = jsonify(record)
            answer.set_etag(tag_of(row))
        return answer

    @blueprint.post(f"{_ONE}/<any({_NAMES}):action>")
    def act(code: str, document_id: int, action: str) -> Response:
        """Do one thing with a document; the answer is the document as it stands then."""
        access.said()
        with access.changing() as (db, company):
            row = _found(db, company, document_id)
            ACTIONS[action].work(db, company, row, by=access.by, now=access.now())
            answer, problems = tagged(row), problems_of(row)
        if action == "submit" and problems:
            raise NotReady(problems)  # after the transaction, which keeps what was found
        return answer

    @blueprint.post(f"{_ONE}/decide")
    def decide_one(code: str, document_id: int) -> Response:
        """Say what became of a document where the evidence does not decide: posted_as a TxnID, or not_posted.

        confirmed: it is that transaction although it differs, which was shown.
        """
        said = access.said()
        posted_as, not_posted = said.get("posted_as"), said.get("not_posted", False)
        with access.changing() as (db, company):
            row = _found(db, company, document_id)
            if (posted_as is not None) == not_posted:
                raise BadBody([_SAY_ONE])
            decide(
                db,
                company,
                row,
                posted_as=posted_as,
                confirmed=said.get("confirmed", False),
                by=access.by,
                now=access.now(),
            )
            return tagged(row)


def _add_edit(blueprint: Blueprint, access: Access) -> None:
    @blueprint.put(_ONE)
    def edit_document(code: str, document_id: int) -> Response:
        """Give a document another content than its source did; it waits for review then, and what it lacks is told."""
        said = access.said()
        content, revision = said.get("document"), said.get("revision")
        with access.changing() as (db, company):
            row = _found(db, company, document_id)
            if content is None or revision is None:
                raise Invalid("Say the document, and the revision that you read.")
            for name, stays in (("kind", row.kind), ("origin", row.origin)):
                if content.get(name, stays) != stays:
                    raise WrongContent(f"The {name} of a document stays what it is: {stays}.")
            edit(db, company, row, content, revision=revision, by=access.by, now=access.now())
            return tagged(row)


def _found(db: Session, company: Company, document_id: int) -> DocumentRow:
    """The document, which is as the caller read it where he says how that was. Raises NotFound and Changed."""
    if request.headers.get("If-Match"):
        take_lane(db, company.id)
    row = find(db, company.id, document_id)
    if request.headers.get("If-Match"):
        db.refresh(row)
        require_match(row)
    return row


_SAY_ONE = {
    "field": "posted_as",
    "code": "say_one",
    "message": "Say either posted_as, the TxnID under which it is in QuickBooks, or not_posted: true.",
    "advice": "Look in QuickBooks for the document first.",
}
