"""``/companies/CODE/documents/many``: up to a thousand documents in one call, and a result for each as it is known."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import structlog
from flask import Blueprint, Response, request, stream_with_context
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from qbwc_server import strict_json
from qbwc_server.api.access import Access
from qbwc_server.api.errors import BadDocument, Busy, Encoded, FieldMistake, OurMistake, WrongType, problem_record
from qbwc_server.api.once import HEADER
from qbwc_server.api.routes import Route, flag
from qbwc_server.api.schemas import flag_asked
from qbwc_server.channels.contract import Draft
from qbwc_server.channels.files.contract import MAX_DOCUMENT_CHARACTERS
from qbwc_server.channels.files.json_lines import RowTooLong, outcomes_of
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.problems import Problem
from qbwc_server.documents.store import SaveResult
from qbwc_server.errors import Invalid, QbwcError
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.reports.documents import document_record
from qbwc_server.shortening import storable
from qbwc_server.strict_json import BadJson
from qbwc_server.tenancy.kept_answers import Whose, claim, digest_of, keep_more, keep_whole, kept_lines, read_key
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.permissions import Permission

log = structlog.get_logger(__name__)
MOST = 1_000
MOST_BYTES = 16 * 1024 * 1024
BATCH = 100
_IN_MEMORY, _PIECE = 1024 * 1024, 65_536
_TYPE = "application/x-ndjson"
REFUSED = "refused"


class TooManyDocuments(Invalid):
    """There are more documents in one call than are taken."""

    code = "too_many_documents"
    advice = f"Send at most {MOST} in each call."


ROUTES = {
    "create_many": Route(
        Permission.EDIT_DOCUMENTS,
        None,
        takes=_TYPE,
        gives=_TYPE,
        parameters={
            "review": flag("1: keep them for a person instead of submitting them."),
            "revise": flag("1: another content of a known origin is its next revision."),
        },
        refuses=(WrongType, Encoded, TooManyDocuments, Invalid),
        streams=True,
    ),
}


@dataclass(frozen=True, slots=True)
class _Call:
    """What was asked for.

    Args:
        whose: under which key, where there is one.
    """

    access: Access
    body: IO[bytes]
    review: bool
    revise: bool
    count: int
    whose: Whose | None
    asked: str


@dataclass(slots=True)
class _Member:
    """One line, and what came of it."""

    number: int
    document: Document | None = None
    result: dict[str, Any] = field(default_factory=dict)


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    @blueprint.post("/companies/<code>/documents/many")
    def create_many(code: str) -> Response:
        """Keep documents, one on each line, and submit them; a line comes back for each, as its batch is done.

        A line names the number of the line that it answers, the origin, and result: added, same, revised, or refused
        with a problem. One that is refused keeps none of the others out. Under the same Idempotency-Key what was done
        is told again, and what a broken call left undone is done.
        """
        call = _read(access)
        response = Response(stream_with_context(_answers(call)), mimetype=_TYPE)
        response.call_on_close(call.body.close)  # also where nobody listens from the beginning
        return response


def _read(access: Access) -> _Call:
    review, revise = flag_asked(request.args, "review"), flag_asked(request.args, "revise")
    if request.mimetype != _TYPE:
        raise WrongType(f"The body must be {_TYPE}.", advice=f"Send one JSON object on each line, as {_TYPE}.")
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Encoded
    said = request.headers.get(HEADER)
    token = access.token
    whose = None if said is None else Whose(token.company_id, token.token_id, read_key(said))
    request.max_content_length = MOST_BYTES
    with ExitStack() as kept:
        body = kept.enter_context(SpooledTemporaryFile(_IN_MEMORY))
        while piece := request.stream.read(_PIECE):
            body.write(piece)
        count = sum(1 for _ in _lines(body))
        if count > MOST:
            raise TooManyDocuments(f"There are {count} documents in the call.")
        asked = "" if whose is None else _digest(digest_of(request.method, request.full_path, _TYPE), body)
        if whose is None:
            with access.looking():  # a token that was revoked while the body came is told so by the status
                pass
        else:
            with access.changing() as (db, _):
                claim(db, whose, asked, access.now())
        kept.pop_all()  # it is closed when the last answer has left
    return _Call(access, body, review, revise, count, whose, asked)


def _digest(beginning: str, body: IO[bytes]) -> str:
    """Of the whole body, however it was cut into pieces on the way."""
    body.seek(0)
    found = beginning
    while piece := body.read(_PIECE):
        found = digest_of(found, piece)
    return found


def _lines(body: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each line that says something, with its number."""
    body.seek(0)
    return ((number, line) for number, line in enumerate(body, 1) if line.strip())


def _answers(call: _Call) -> Iterator[str]:
    with call.body:
        lines = _lines(call.body)
        while batch := list(islice(lines, BATCH)):
            told, goes_on = _told(call, batch)
            yield "".join(told)
            if not goes_on:
                return


def _told(call: _Call, batch: Sequence[tuple[int, bytes]]) -> tuple[list[str], bool]:
    """What to answer to a batch, and whether it goes on; what breaks for no known reason is done one by one."""
    try:
        return _done(call, batch), True
    except QbwcError as error:  # such as a token that was revoked meanwhile
        return [_line(number, {"result": REFUSED, "problem": problem_record(error)}) for number, _ in batch], False
    except OperationalError as error:
        log.warning("database unavailable", exc_info=error)
        return [_line(number, {"result": REFUSED, "problem": problem_record(Busy())}) for number, _ in batch], False
    except Exception as error:
        log.exception("documents not taken", code="documents_not_taken", count=len(batch), exc_info=error)
        if len(batch) == 1:
            return [_line(batch[0][0], {"result": REFUSED, "problem": problem_record(OurMistake())})], True
    told: list[str] = []
    for one in batch:
        some, goes_on = _told(call, [one])
        told += some
        if not goes_on:
            return told, False
    return told, True


def _done(call: _Call, batch: Sequence[tuple[int, bytes]]) -> list[str]:
    """One transaction: what was done under the key before is told again, and the rest is done."""
    with call.access.changing() as (db, company):
        row = None if call.whose is None else claim(db, call.whose, call.asked, call.access.now(), locked=True)
        before = {} if row is None else {_number_of(line): line for line in kept_lines(row)}
        fresh = [_member(number, line) for number, line in batch if number not in before]
        _hand_in(db, call, company, [member for member in fresh if member.document is not None])
        told = {member.number: _line(member.number, member.result) for member in fresh}
        if row is not None and told:
            keep_more(row, list(told.values()))
            if len(before) + len(told) >= call.count:
                keep_whole(row, 200, _TYPE)
    return [before.get(number) or told[number] for number, _ in batch]


def _number_of(line: str) -> int:
    """Of the line that an answer is to: one that came to nothing by a mistake of ours was not kept."""
    return int(json.loads(line)["line"])


def _member(number: int, line: bytes) -> _Member:
    member = _Member(number)
    try:
        text = line.decode().removeprefix("\ufeff")
        if len(text) > MAX_DOCUMENT_CHARACTERS:
            raise RowTooLong(f"The line has more than {MAX_DOCUMENT_CHARACTERS} characters.")
        value = strict_json.decode(text, "line")
    except UnicodeDecodeError:
        _refuse(member, BadDocument([_mistake("not_utf8", "The line is not UTF-8.", "Send it in UTF-8.")]))
        return member
    except BadJson as found:
        _refuse(member, BadDocument([_mistake(found.code, str(found), found.advice)]))
        return member
    fields: list[FieldMistake] = []
    for outcome in outcomes_of(value, number):
        if isinstance(outcome, Draft):
            member.document = outcome.document
        else:
            fields.append(outcome.problem.as_record())
    if member.document is None:
        origin = value.get("origin") if isinstance(value, dict) else None
        _refuse(member, BadDocument(fields), origin if isinstance(origin, str) else None)
    return member


def _hand_in(db: Session, call: _Call, company: Company, members: Sequence[_Member]) -> None:
    documents = [member.document for member in members if member.document is not None]
    by, now = call.access.by, call.access.now()
    handed = hand_in(db, company, documents, by=by, now=now, revise=call.revise, submit_now=not call.review)
    for member, document, result in zip(members, documents, handed.results, strict=True):
        if isinstance(result, SaveResult):
            shown = document_record(result.row)
            member.result = {"origin": document.origin, "result": result.saved.value, "document": shown}
        else:
            _refuse(member, result, document.origin)


def _refuse(member: _Member, error: QbwcError, origin: str | None = None) -> None:
    shown = None if origin is None else storable(origin)
    member.result = {"origin": shown, "result": REFUSED, "problem": problem_record(error)}


def _mistake(code: str, message: str, advice: str) -> FieldMistake:
    return Problem(code, "", message, advice).as_record()


def _line(number: int, result: dict[str, Any]) -> str:
    return json.dumps({"line": number, "origin": None, **result}, ensure_ascii=False) + "\n"
