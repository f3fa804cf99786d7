"""One document for a reader: what it says, where it stands, and the proof of what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from qbwc_server.cli.output import counted, moment, plain, print_facts, print_table, say
from qbwc_server.documents.kinds import KINDS, load_document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.reports.entries import not_by_the_source
from qbwc_server.reports.lines import line_tables
from qbwc_server.reports.proof import Journey, Proof, RequestProof
from qbwc_server.tenancy.models import Company

_PURPOSES = {
    "post": "to post it",
    "read_for_change": "to read what stands in the books",
    "look": "to find out whether it was executed",
    "look_deleted": "to find out whether it was deleted since",
}


def show_document(
    company: Company,
    row: DocumentRow,
    evidence: Proof,
    *,
    waits: Mapping[str, Any] | None,
    entries: Sequence[Mapping[str, Any]],
) -> None:
    """Print it."""
    zone = company.time_zone
    print_facts(
        [
            ("Document", f"{row.id}, {KINDS[row.kind].title}, origin {row.origin}, revision {row.revision}"),
            ("State", _words(row.state.value)),
            ("Message", row.message or (waits["why"][0]["message"] if waits else None)),
            ("Who acts", waits["who"]["words"] if waits else None),
            ("What to do", row.advice or (waits["why"][0]["advice"] if waits else None)),
            ("Number", row.number),
            ("Date", row.date),
            (_party_title(row), row.party),
            ("Total", row.total),
            ("In QuickBooks", _in_quickbooks(row, zone)),
            *(("Problem", problem["message"]) for problem in (row.problems or {}).get("problems", [])[1:]),
            *(("Note", note) for note in (row.notes or {}).get("notes", [])),
        ]
    )
    _show_lines(row)
    _show_entries(entries)
    say()
    say("History")
    print_table(
        ("When", "Event", "State", "By"),
        [
            (moment(datetime.fromisoformat(e["at"]), zone), e["event"], e["to"].replace("_", " "), e["by"])
            for e in evidence.history
        ],
    )
    if evidence.requests:
        say()
        say("Proof")
        for request in evidence.requests:
            _show_request(request, zone)


def _in_quickbooks(row: DocumentRow, zone: str) -> str | None:
    if row.txn_id is None:
        return None
    parts = [f"TxnID {row.txn_id}"]
    if row.posted_number:
        parts.append(f"number {row.posted_number}")
    if row.posted_total is not None:
        parts.append(f"total {row.posted_total}")
    return ", ".join(parts) + f", since {moment(row.posted_at, zone)}"


def _words(value: str) -> str:
    return value.replace("_", " ")


def _party_title(row: DocumentRow) -> str:
    return _words(row.party_kind or "name").capitalize()


def _show_lines(row: DocumentRow) -> None:
    """Each sort of line that the document has, with the fields that are filled in."""
    document = load_document(row.body)
    for table in line_tables(document):
        say()
        if table.name is not None:
            say(table.name)
        right = tuple(title for title, numbers in zip(table.titles, table.amounts, strict=True) if numbers)
        print_table(table.titles, table.rows, right=right)
    if remark := document.remark():
        say()
        say(remark)


def _show_entries(entries: Sequence[Mapping[str, Any]]) -> None:
    """Which mapping, rule or default gave each place its entry, where it is not what the source itself says."""
    given = not_by_the_source(entries)
    if not given:
        return
    say()
    say("Entries")
    print_table(
        ("Place", "Word of the source", "In QuickBooks", "Given by"),
        [(one["field"], one["word"], one["name"], one["given_by"]["words"]) for one in given],
    )


def _show_request(request: RequestProof, zone: str) -> None:
    say(f"  {request.message} {request.request_id}, {_PURPOSES.get(request.purpose, request.purpose)}: {request.state}")
    if not request.journeys:
        never = request.state in ("cancelled", "failed")
        say(f"    {'never sent' if never else 'not sent yet'}; queued {_at(request.queued_at, zone)}")
    for journey in request.journeys:
        _show_journey(journey, zone)
    if request.status_code is not None:
        say(f"    QuickBooks said {request.status_code} {plain(request.status_message or '')}".rstrip())
    if request.request:
        say(f"    request: {plain(request.request)}")


def _show_journey(journey: Journey, zone: str) -> None:
    say(
        f"    sent {_at(journey.sent_at, zone)} in session {journey.session}, "
        f"message set {journey.message_set} of {counted(journey.set_requests, 'request')}, {journey.set_bytes:,} bytes"
    )
    if journey.answered_at:
        say(f"    answered {_at(journey.answered_at, zone)}")
    else:
        say(f"    {journey.delivery.replace('_', ' ')}: no answer")
    if journey.hresult:
        say(f"    QuickBooks failed with {journey.hresult}")
    if journey.shortened_at:
        say(f"    texts dropped {_at(journey.shortened_at, zone)}; SHA-256 of the set {journey.set_digest}")
    if journey.answer_digest:
        say(f"    SHA-256 of the answer {journey.answer_digest}")
    if journey.answer:
        say(f"    answer: {plain(journey.answer)}")


def _at(text: str, zone: str) -> str:
    return moment(datetime.fromisoformat(text), zone) or ""
