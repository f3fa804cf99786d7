"""``qbwc-server mapping``: which entry of QuickBooks a word of a shop or another source stands for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

import click
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import connection_ids, find_connection
from qbwc_server.cli.output import counted, json_option, note, paragraph, plain, print_json, print_table, say, write_out
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid
from qbwc_server.mapping.acts import map_word, unmap_word
from qbwc_server.mapping.deciding import choice_of
from qbwc_server.mapping.exchange import preview, take_in, written
from qbwc_server.mapping.going_on import WentOn
from qbwc_server.mapping.kinds import KINDS, WordKind
from qbwc_server.mapping.listing import Listed, mappings_of
from qbwc_server.mapping.models import ALL_CONNECTIONS, Decision
from qbwc_server.mapping.resolving import Resolved
from qbwc_server.mapping.taking import MOST_AT_ONCE, suggested, undo
from qbwc_server.mapping.taking import take_sure as take_sure_ones
from qbwc_server.mapping.waiting import WaitingWord, waiting_words
from qbwc_server.reports.mappings import (
    change_record,
    listed_record,
    mapping_record,
    suggested_record,
    taken_record,
    waiting_record,
    went_on_record,
)
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.models import Company

_KINDS = click.Choice([one.value for one in WordKind])
_connection = click.option(
    "--connection",
    type=click.IntRange(1, LARGEST_ID),
    metavar="ID",
    help="Only as this connection says it; left out: as all say it.",
)


@click.group()
def mapping() -> None:
    """Which customer, item or account of QuickBooks a word of a shop or another source stands for."""


@mapping.command(name="list")
@click.argument("company")
@click.option("--kind", type=_KINDS, help="Only words of this kind.")
@_connection
@json_option
@pass_runtime
def list_(runtime: Runtime, company: str, kind: str | None, connection: int | None, as_json: bool) -> None:
    """What documents wait for, and what was said of words until now."""
    chosen = None if kind is None else WordKind(kind)
    with runtime.database.reading() as db:
        found = find_company(db, company)
        scope = None if connection is None else _scope(db, found, connection)
        listed = mappings_of(db, found.id, kind=chosen, connection_id=scope)
        waiting = [
            one
            for one in waiting_words(db, found.id)
            if chosen in (None, one.said.kind) and scope in (None, one.connection_id)
        ]
    if as_json:
        print_json({"mappings": [listed_record(one) for one in listed], "waiting": list(map(waiting_record, waiting))})
        return
    _show_waiting(waiting)
    _show_mappings(listed)


@mapping.command(name="set")
@click.argument("company")
@click.argument("kind", type=_KINDS)
@click.argument("word")
@click.option("--entry", metavar="NAME", help="Full name of the entry in QuickBooks.")
@click.option("--list-id", metavar="LISTID", help="The entry by its ListID.")
@click.option("--create", metavar="NAME", help="Add it to QuickBooks under this name, where it is not there.")
@click.option("--never", is_flag=True, help="What names this word is never taken.")
@_connection
@json_option
@pass_runtime
def set_(
    runtime: Runtime,
    company: str,
    kind: str,
    word: str,
    entry: str | None,
    list_id: str | None,
    create: str | None,
    never: bool,
    connection: int | None,
    as_json: bool,
) -> None:
    """Say which entry of QuickBooks a word stands for; the documents that waited for it go on."""
    choice = choice_of(entry, list_id, create, never=never)
    with runtime.database.transaction() as db:
        found = find_company(db, company)
        scope = _scope(db, found, connection)
        mapped = map_word(
            db, found, WordKind(kind), word, choice, connection_id=scope, by=runtime.by, now=runtime.now()
        )
        record = mapping_record(mapped.row)
    if as_json:
        print_json({**record, "documents": went_on_record(mapped.went)})
        return
    say(f"{plain(record['word'])}: {_decided(record['decision'], record['name'], KINDS[WordKind(kind)].title)}")
    _show_went_on(mapped.went)


@mapping.command()
@click.argument("company")
@click.argument("kind", type=_KINDS)
@click.argument("word")
@_connection
@json_option
@pass_runtime
def unset(runtime: Runtime, company: str, kind: str, word: str, connection: int | None, as_json: bool) -> None:
    """Take back what was said of a word; documents that have not left wait again."""
    with runtime.database.transaction() as db:
        found = find_company(db, company)
        scope = _scope(db, found, connection)
        mapped = unmap_word(db, found, WordKind(kind), word, connection_id=scope, by=runtime.by, now=runtime.now())
        record = mapping_record(mapped.row)
    if as_json:
        print_json({**record, "documents": went_on_record(mapped.went)})
        return
    say(f"Nothing is said of {plain(record['word'])} any more.")
    _show_went_on(mapped.went)


@mapping.command()
@click.argument("company")
@click.option("--kind", type=_KINDS, help="Only words of this kind.")
@click.option("--take-sure", is_flag=True, help="Take the suggestions that leave no doubt.")
@click.option("--limit", type=click.IntRange(1, MOST_AT_ONCE), default=50, show_default=True, help="How many at most.")
@json_option
@pass_runtime
def suggest(runtime: Runtime, company: str, kind: str | None, take_sure: bool, limit: int, as_json: bool) -> None:
    """What the words that documents wait for may stand for, and why; sure ones are taken with --take-sure."""
    chosen = None if kind is None else WordKind(kind)
    if take_sure:
        with runtime.database.transaction() as db:
            taken = take_sure_ones(
                db, find_company(db, company), kind=chosen, limit=limit, by=runtime.by, now=runtime.now()
            )
            record = taken_record(taken)
        _show_taken(record, "mapped", as_json=as_json)
        return
    with runtime.database.reading() as db:
        records = [
            suggested_record(one) for one in suggested(db, find_company(db, company).id, kind=chosen, limit=limit)
        ]
    if as_json:
        print_json({"suggestions": records})
        return
    if not records:
        say("No document waits for a word.")
        return
    print_table(
        ("Kind", "Word", "Documents", "Perhaps", "Why", "Likeness"),
        [
            (one["kind"], one["word"], one["documents"], entry.get("name"), entry.get("reason"), entry.get("likeness"))
            for one in records
            for entry in one["entries"] or [{}]
        ],
        right=("Documents", "Likeness"),
    )


@mapping.command(name="undo")
@click.argument("company")
@click.option("--batch", help="What to take back; left out, what was taken together last.")
@json_option
@pass_runtime
def undo_(runtime: Runtime, company: str, batch: str | None, as_json: bool) -> None:
    """Take back what was taken together; documents that have not left wait again."""
    with runtime.database.transaction() as db:
        record = taken_record(undo(db, find_company(db, company), batch, by=runtime.by, now=runtime.now()))
    _show_taken(record, "taken back", as_json=as_json)


@mapping.command()
@click.argument("company")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@pass_runtime
def export(runtime: Runtime, company: str, file: IO[str]) -> None:
    """Write all mappings, and the words that documents wait for, to a CSV file."""
    with runtime.database.reading() as db:
        text = written(db, find_company(db, company).id)
    write_out(file, text.replace("\r\n", "\n"))


@mapping.command(name="import")
@click.argument("company")
@click.argument("file", type=click.File("rb"))
@click.option("--apply", "really", is_flag=True, help="Do it; else it is only shown what would change.")
@json_option
@pass_runtime
def import_(runtime: Runtime, company: str, file: IO[bytes], really: bool, as_json: bool) -> None:
    """Read mappings from a CSV file as `mapping export` writes it, and show what changes."""
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("The file is not UTF-8.", advice="Save it as CSV UTF-8.") from None
    with runtime.database.transaction() as db:
        found = find_company(db, company)
        connections = connection_ids(db, found.id)
        records = [change_record(one) for one in preview(db, found, text, connections=connections)]
        if really:
            take_in(db, found, text, connections=connections, by=runtime.by, now=runtime.now())
    if as_json:
        print_json({"changes": records, "applied": really})
        return
    told = [one for one in records if one["effect"] not in ("same", "left")]
    if told:
        print_table(
            ("Line", "What", "Kind", "Word", "Before", "After", "Problem"), [tuple(one.values()) for one in told]
        )
    say(f"{counted(len(told), 'mapping')} {'changed' if really else 'would change'}.")
    if told and not really:
        note("Nothing is changed yet: add --apply to do it.")


def _show_taken(record: dict[str, Any], what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(record)
        return
    for one in record["mappings"]:
        say(f"{plain(one['word'])}: {plain(one['name'] or '')}")
    say(f"{counted(len(record['mappings']), 'word')} {what}.")
    if record["mappings"] and what == "mapped":
        note(f"To take it back: qbwc-server mapping undo COMPANY --batch {record['batch']}")


def _scope(db: Session, company: Company, connection: int | None) -> int:
    return ALL_CONNECTIONS if connection is None else find_connection(db, company.id, connection).id


def _decided(decision: str, name: str | None, title: str) -> str:
    return {
        Decision.NEVER: "never taken",
        Decision.CREATE: f"the {title} {plain(name or '')}, added where QuickBooks lacks it",
    }.get(Decision(decision), f"the {title} {plain(name or '')}")


def _show_went_on(went: WentOn) -> None:
    parts = [
        f"{counted(went.submitted, 'document')} submitted" if went.submitted else "",
        f"{counted(went.waiting, 'document')} for review" if went.waiting else "",
        f"{counted(went.left_out, 'document')} excluded" if went.left_out else "",
    ]
    if any(parts):
        say(f"Of what waited: {', '.join(part for part in parts if part)}.")
    if went.last_id is not None:
        note("More documents wait: they go on within some minutes.")


def _show_waiting(waiting: Sequence[WaitingWord]) -> None:
    if not waiting:
        return
    paragraph("Documents wait for these words:")
    print_table(
        ("Kind", "Word", "Called", "Connection", "Documents"),
        [
            (one.said.kind.value, one.said.word, one.said.title, one.connection_id or None, one.documents)
            for one in waiting
        ],
        right=("Documents",),
    )


def _show_mappings(listed: Sequence[Listed]) -> None:
    if not listed:
        say("No word is mapped.")
        return
    rows = []
    for one in listed:
        row, outcome = one.row, one.outcome
        now = outcome.name if isinstance(outcome, Resolved) else outcome.problem.message
        rows.append((row.kind.value, row.word, row.connection_id or None, row.decision.value, now))
    print_table(("Kind", "Word", "Connection", "Decision", "Stands for"), rows)
