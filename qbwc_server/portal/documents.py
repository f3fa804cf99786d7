"""Documents in a browser: tabs, filters, one document with its proof, and what a person may do with it."""

from __future__ import annotations

import json

from flask import Response, redirect, url_for
from sqlalchemy.orm import Session

from qbwc_server.documents.history import history
from qbwc_server.documents.kinds import KINDS, load_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import LARGEST_ID, DocumentRow
from qbwc_server.documents.open_work import open_work_of
from qbwc_server.documents.store import find
from qbwc_server.documents.words import unmapped_words
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.mapping.rules.applying import learn_from, learns_from
from qbwc_server.portal.actions import ACTIONS, allowed_actions
from qbwc_server.portal.bulk import offered
from qbwc_server.portal.csv_files import MOST_IN_A_FILE, csv_file
from qbwc_server.portal.document_form import lines_of, read_form, records_of, typed_in
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import show
from qbwc_server.portal.visit import Visit, kinds_seen
from qbwc_server.posting.onto.sent_here import marked_sent
from qbwc_server.posting.people.actions import may_decide
from qbwc_server.posting.people.decide import decide
from qbwc_server.posting.people.edit import edit, may_edit
from qbwc_server.reports.documents import document_record, event_record, problems_of
from qbwc_server.reports.entries import entries_record, not_by_the_source
from qbwc_server.reports.lines import line_tables
from qbwc_server.reports.listing import TAB_OF, Tab, Wanted, page_of, rows_of, tab_counts
from qbwc_server.reports.proof import proof
from qbwc_server.shortening import storable
from qbwc_server.tenancy.access import Standing
from qbwc_server.tenancy.permissions import Permission

_LONGEST_TEXT = 100
_COLUMNS = (
    "id", "origin", "kind", "number", "date", "party", "total", "state", "reason", "message", "txn_id", "posted_number",
    "posted_total", "posted_at", "created_at", "changed_at",
)  # fmt: skip
MOST_BYTES = 400_000  # of a document that was edited


def index(visit: Visit) -> Response:
    """The documents of one tab; what is filtered stands in the address. With as=csv all of them, as a file."""
    arguments = visit.request.args
    tab = arguments.get("tab", Tab.FOR_REVIEW.value)
    if tab not in tuple(Tab):
        raise NotFound(f"There is no tab {tab[:40]!r}.")
    kind, reason = arguments.get("kind"), storable(arguments.get("reason", ""))[:40]
    with visit.looking() as (db, standing):
        wanted = Wanted(
            tab=Tab(tab),
            kinds=kinds_seen(standing),
            kind=kind if kind in KINDS else None,
            text=storable(arguments.get("q", "")).strip()[:_LONGEST_TEXT],
            reason=reason or None,
            after=_number(arguments.get("after")),
            before=_number(arguments.get("before")),
        )
        if arguments.get("as") == "csv":
            rows = rows_of(db, standing.company.id, wanted, MOST_IN_A_FILE)
            return csv_file(f"{visit.code}-documents", _COLUMNS, map(document_record, rows))
        counts = tab_counts(db, standing.company.id, wanted.kinds)
        found = page_of(db, standing.company.id, wanted, counts[wanted.tab])
    kinds = [each for each in KINDS if wanted.kinds is None or each in wanted.kinds]
    bulk = offered(wanted.tab) if standing.may(Permission.POST_DOCUMENTS) else []
    return show(
        visit,
        "documents.html",
        wanted=wanted,
        found=found,
        counts=counts,
        tabs=list(Tab),
        kinds=kinds,
        bulk=bulk,
    )


def document(visit: Visit, document_id: int, problem: QbwcError | None = None, status: int = 200) -> Response:
    """One document: what it says, where it stands, how it came there, and the proof."""
    with visit.looking() as (db, standing):
        row = _seen(db, standing, document_id)
        posts = standing.may(Permission.POST_DOCUMENTS, row.kind)
        page = {
            "row": row,
            "tab": TAB_OF[row.state],
            "tables": line_tables(load_document(row.body)),
            "remark": load_document(row.body).remark(),
            "problems": problems_of(row),
            "notes": (row.notes or {}).get("notes", []),
            "work": open_work_of(db, row.id),
            "events": [event_record(event) for event in reversed(history(db, row.id))],
            "proof": proof(db, row),
            "actions": allowed_actions(row) if posts else [],
            "decides": posts and may_decide(row),
            "edits": posts and may_edit(row),
            "marks": _marks(db, row) if posts else None,
            "given": not_by_the_source(entries_record(row)),
            "words": unmapped_words(row) if standing.may(Permission.MAP) else [],
        }
    page["evidence"] = page.pop("proof")  # forms have a proof of their own
    return show(visit, "document.html", status, problem=problem, **page)


def confirm_void(visit: Visit, document_id: int) -> Response:
    """What would happen in QuickBooks, before it is asked for."""
    with visit.looking() as (db, standing):
        row = _seen(db, standing, document_id)
        standing.require(Permission.POST_DOCUMENTS, row.kind)
    return show(visit, "void.html", row=row)


def act(visit: Visit, document_id: int, action: str) -> Response:
    """Do one thing with a document; what cannot be done is told on its page."""
    try:
        with visit.changing() as (db, standing):
            row = _seen(db, standing, document_id)
            standing.require(ACTIONS[action].action.permission, row.kind)
            ACTIONS[action].action.work(db, standing.company, row, by=visit.by, now=visit.now)
            lacks = action == "submit" and bool(problems_of(row))
    except (Conflict, Invalid) as problem:
        return document(visit, document_id, problem, 409)
    if lacks:  # what was found is kept, and stands on the page
        return document(visit, document_id, status=409)
    return _to(visit, document_id)


def edit_form(visit: Visit, document_id: int, problem: QbwcError | None = None, status: int = 200) -> Response:
    """The document as a form, with what was typed where that could not be kept."""
    with visit.looking() as (db, standing):
        row = _seen(db, standing, document_id)
        standing.require(Permission.POST_DOCUMENTS, row.kind)
        before = json.loads(row.body)
        typed = typed_in(visit.request.form)
        values = before if not typed else read_form(row.kind, before, typed)
        page = {"row": row, "records": records_of(row.kind, values), "tables": lines_of(row.kind, values)}
        page |= {"learns": learns_from(db, row), "remembers": not typed or _remembers(visit)}
    return show(visit, "edit.html", status, problem=problem, **page)


def send_edit(visit: Visit, document_id: int) -> Response:
    """The document says this now; it waits for review."""
    revision = _number(text_field(visit.request, "revision"))
    try:
        with visit.changing() as (db, standing):
            row = _seen(db, standing, document_id)
            standing.require(Permission.POST_DOCUMENTS, row.kind)
            before = load_document(row.body)
            content = read_form(row.kind, json.loads(row.body), typed_in(visit.request.form))
            edit(db, standing.company, row, content, revision=revision or 0, by=visit.by, now=visit.now)
            if _remembers(visit):
                learn_from(db, row, before, now=visit.now)
    except (Conflict, Invalid) as problem:
        return edit_form(visit, document_id, problem, 409)
    return _to(visit, document_id)


def _remembers(visit: Visit) -> bool:
    return text_field(visit.request, "remember") == "yes"


def decide_one(visit: Visit, document_id: int) -> Response:
    """A person has looked in QuickBooks, and says what became of a document."""
    said = text_field(visit.request, "outcome")
    txn_id = text_field(visit.request, "txn_id", 40).strip()
    try:
        if said not in ("posted", "not_posted") or (said == "posted" and not txn_id):
            raise Invalid("Say whether it is in QuickBooks; if it is, type its TxnID.", advice="")
        with visit.changing() as (db, standing):
            row = _seen(db, standing, document_id)
            standing.require(Permission.POST_DOCUMENTS, row.kind)
            decide(
                db,
                standing.company,
                row,
                posted_as=txn_id if said == "posted" else None,
                confirmed=said == "posted" and text_field(visit.request, "confirmed") == "yes",
                by=visit.by,
                now=visit.now,
            )
    except (Conflict, Invalid) as problem:
        return document(visit, document_id, problem, 409)
    return _to(visit, document_id)


def _seen(db: Session, standing: Standing, document_id: int) -> DocumentRow:
    """The document; one of a kind that this person may not see is not there."""
    row = find(db, standing.company.id, document_id)
    if not standing.may(Permission.SEE_DOCUMENTS, row.kind):
        raise NotFound(f"There is no document {document_id} in this company.")
    return row


def _marks(db: Session, row: DocumentRow) -> str | None:
    """Whether an invoice of QuickBooks is marked as sent here; None for what is none."""
    if row.kind != "invoice" or row.txn_id is None or row.state is not State.POSTED:
        return None
    return "sent" if marked_sent(db, row.company_id, [row.txn_id]) else "unsent"


def _number(said: str | None) -> int | None:
    if said is None or not (said.isascii() and said.isdigit() and len(said) < 20):
        return None
    return min(int(said), LARGEST_ID)


def _to(visit: Visit, document_id: int) -> Response:
    response = redirect(url_for("portal.document", code=visit.code, document_id=document_id), 303)
    assert isinstance(response, Response)
    return response
