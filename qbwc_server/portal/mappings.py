"""Mappings in a browser: words that documents wait for, what they may stand for, and files of them out and in."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.search import search
from qbwc_server.channels.connections.finding import connection_ids, find_connection
from qbwc_server.channels.connections.words import kinds_used
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.mapping.acts import map_word, unmap_word
from qbwc_server.mapping.deciding import choice_of
from qbwc_server.mapping.exchange import Effect, preview, take_in, written
from qbwc_server.mapping.going_on import WentOn
from qbwc_server.mapping.kinds import KINDS, WordKind, kind_named
from qbwc_server.mapping.listing import mappings_of
from qbwc_server.mapping.models import ALL_CONNECTIONS
from qbwc_server.mapping.taking import suggested, take_sure, undo
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit, kinds_seen
from qbwc_server.reports.mappings import change_record, listed_record, suggested_record
from qbwc_server.shortening import storable

BILLING = "billing"
"""The page to which a form goes back that was not opened from the mappings."""

_WORDS, _PAGE, _HITS, _AT_ONCE = 30, 50, 20, 100
_LONGEST_WORD = 300
MOST_FILE_BYTES = 1024 * 1024


def index(visit: Visit, problem: QbwcError | None = None) -> Response:
    """What waits, with suggestions; below it what was said already."""
    kind, after = _kind_of(visit.request.args.get("kind")), _number(visit.request.args.get("after"))
    with visit.looking() as (db, standing):
        waiting = suggested(db, standing.company.id, kind=kind, of=kinds_seen(standing), limit=_WORDS + 1)
        known = mappings_of(db, standing.company.id, kind=kind, after_id=after, limit=_PAGE + 1)
        page = {
            "waiting": [suggested_record(one) for one in waiting[:_WORDS]],
            "more": len(waiting) > _WORDS,
            "sure": sum(one.sure is not None for one in waiting),
            "known": [listed_record(one) for one in known[:_PAGE]],
            "next": known[_PAGE - 1].row.id if len(known) > _PAGE else None,
            "kinds": {one: KINDS[one] for one in kinds_used(db, standing.company.id, of=kinds_seen(standing))},
        }
    went, batch = _number(visit.request.args.get("went")), visit.request.args.get("batch", "")[:40]
    page |= {"went": went, "was_said": "went" in visit.request.args, "batch": batch, "kind": kind}
    return show(visit, "mappings.html", 200 if problem is None else 409, problem=problem, **page)


def word(visit: Visit, problem: QbwcError | None = None) -> Response:
    """One word: look for its entry in the lists of the company, have one added, or never take it."""
    said = visit.request.form if visit.request.method == "POST" else visit.request.args
    kind, text = _kind_of(said.get("kind")), storable(said.get("word", ""))[:_LONGEST_WORD]
    if kind is None or not text:
        raise Invalid("It was not said which word is meant.")
    asked = storable(said.get("q", "")).strip()[:_LONGEST_WORD] or text
    with visit.looking() as (db, standing):
        hits = search(db, standing.company.id, asked, kinds=(KINDS[kind].list_kind,), limit=_HITS)
    rows = [{"hit": one, "fits": KINDS[kind].fits(one.entry.entry_type) and one.entry.active} for one in hits]
    page = {"kind": kind, "mapped": KINDS[kind], "word": text, "asked": asked, "rows": rows}
    page["connection"] = _number(said.get("connection"))
    page["back"] = BILLING if said.get("back") == BILLING else ""
    return show(visit, "word.html", 200 if problem is None else 409, problem=problem, **page)


def say(visit: Visit) -> Response:
    """A word stands for this; what waited for it goes on."""
    form = visit.request.form
    kind, text = _kind_of(form.get("kind")), text_field(visit.request, "word", _LONGEST_WORD)
    if kind is None or not text:
        raise Invalid("It was not said which word is meant.")
    try:
        choice = choice_of(
            None,
            text_field(visit.request, "list_id", 60) or None,
            text_field(visit.request, "create", 250).strip() or None,
            never=form.get("never") == "yes",
        )
        with visit.changing() as (db, standing):
            scope = _scope(db, standing.company.id, _number(form.get("connection")))
            mapped = map_word(db, standing.company, kind, text, choice, connection_id=scope, by=visit.by, now=visit.now)
    except (Conflict, Invalid) as problem:
        return word(visit, problem)
    if form.get("back") == BILLING:
        return go_to("portal.billing_words", code=visit.code, kind=kind.value)
    return _back(visit, mapped.went)


def take_back(visit: Visit) -> Response:
    """Nothing is said of a word any more; what has not left waits again."""
    form = visit.request.form
    kind, text = _kind_of(form.get("kind")), text_field(visit.request, "word", _LONGEST_WORD)
    if kind is None:
        raise Invalid("It was not said which word is meant.")
    with visit.changing() as (db, standing):
        scope = _number(form.get("connection"))
        unmap_word(db, standing.company, kind, text, connection_id=scope, by=visit.by, now=visit.now)
    return go_to("portal.mappings", code=visit.code)


def sure(visit: Visit) -> Response:
    """The suggestions that leave no doubt, before they are taken."""
    with visit.looking() as (db, standing):
        waiting = suggested(db, standing.company.id, of=kinds_seen(standing))
        found = [one for one in waiting if one.sure is not None][:_AT_ONCE]
        rows = [suggested_record(one) for one in found]
    return show(visit, "sure.html", rows=rows, kinds=KINDS)


def take(visit: Visit) -> Response:
    """Take them, all at once."""
    with visit.changing() as (db, standing):
        seen = kinds_seen(standing)
        taken = take_sure(db, standing.company, of=seen, limit=_AT_ONCE, by=visit.by, now=visit.now)
    return _back(visit, *(one.went for one in taken.mapped), batch=taken.batch if taken.mapped else None)


def undo_taken(visit: Visit) -> Response:
    """Take back what was taken together."""
    try:
        with visit.changing() as (db, standing):
            undo(db, standing.company, text_field(visit.request, "batch", 40) or None, by=visit.by, now=visit.now)
    except NotFound as problem:
        return index(visit, problem)
    return go_to("portal.mappings", code=visit.code)


def export(visit: Visit) -> Response:
    """All of them, and what waits, as CSV."""
    with visit.looking() as (db, standing):
        text = written(db, standing.company.id, of=kinds_seen(standing))
    response = Response(text, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{visit.code}-mappings.csv"'
    return response


def import_form(visit: Visit, problem: QbwcError | None = None) -> Response:
    """Which file."""
    with visit.looking():
        pass
    status = 200 if problem is None else 422
    return show(visit, "import_mappings.html", status, text="", changes=None, problem=problem)


def take_file(visit: Visit) -> Response:
    """What a file would change; with ``apply``, all of it done."""
    try:
        text = _text_of(visit)
        with visit.changing() as (db, standing):
            own = connection_ids(db, standing.company.id)
            changes = preview(db, standing.company, text, connections=own)
            if visit.request.form.get("apply") == "yes":
                taken = take_in(db, standing.company, text, connections=own, by=visit.by, now=visit.now)
                return _back(visit, *(one.went for one in taken))
    except Invalid as problem:
        return import_form(visit, problem)
    page: dict[str, Any] = {
        "changes": [change_record(one) for one in changes if one.effect not in (Effect.SAME, Effect.LEFT)],
        "wrong": sum(one.effect is Effect.WRONG for one in changes),
    }
    return show(visit, "import_mappings.html", text=text, problem=None, **page)


def _text_of(visit: Visit) -> str:
    file = visit.request.files.get("file")
    if file is None:
        return visit.request.form.get("text", "")
    try:
        return str(file.read(), "utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("The file is not UTF-8. Save it as CSV UTF-8.") from None


def _kind_of(name: str | None) -> WordKind | None:
    try:
        return kind_named(name) if name else None
    except Invalid:
        return None


def _number(said: str | None) -> int:
    return min(int(said), LARGEST_ID) if said and said.isascii() and said.isdigit() and len(said) < 20 else 0


def _scope(db: Session, company_id: int, connection_id: int) -> int:
    return find_connection(db, company_id, connection_id).id if connection_id else ALL_CONNECTIONS


def _back(visit: Visit, *went: WentOn, batch: str | None = None) -> Response:
    return go_to("portal.mappings", code=visit.code, went=sum(one.submitted for one in went), batch=batch)
