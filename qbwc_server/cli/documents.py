"""``qbwc-server documents``: bring documents in, look at them, move them on."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from qbwc_server.channels.files.importing import ImportChoices, import_file
from qbwc_server.channels.report import Progress
from qbwc_server.cli.document_actions import COMMANDS
from qbwc_server.cli.document_edit import edit
from qbwc_server.cli.document_page import show_document
from qbwc_server.cli.import_page import show_import
from qbwc_server.cli.output import (
    Exit,
    json_option,
    note,
    paragraph,
    print_json,
    print_table,
    progress,
    say,
)
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents import store
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import LARGEST_ID, DocumentRow
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.posting.submitting import submit as submitting
from qbwc_server.reports.documents import body_record, document_record
from qbwc_server.reports.entries import entries_record
from qbwc_server.reports.proof import proof
from qbwc_server.reports.waits import waits_record
from qbwc_server.tenancy import companies

_ID = click.IntRange(1, LARGEST_ID)
_PAGE = 500
_SHOWN = 20


@click.group()
def documents() -> None:
    """What is to stand in the books: sales, payments, purchases, bank and journal entries."""


@documents.command(name="import")
@click.argument("company")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "format_", metavar="FORMAT", help="Format of the file; default: recognised by itself.")
@click.option(
    "--options",
    "options",
    multiple=True,
    metavar="FILE|NAME=VALUE",
    help="Options of the format: a JSON or TOML file, or one NAME=VALUE; may be repeated, the last wins.",
)
@click.option(
    "--connection", type=_ID, metavar="ID", help="The connection of files that it belongs to; default: the first one."
)
@click.option("--for-review", is_flag=True, help="Do not submit: a person looks at the documents first.")
@click.option("--revise", is_flag=True, help="A known origin with another content replaces the document.")
@json_option
@pass_runtime
@click.pass_context
def import_(
    ctx: click.Context,
    runtime: Runtime,
    company: str,
    file: Path,
    format_: str | None,
    options: tuple[str, ...],
    connection: int | None,
    for_review: bool,
    revise: bool,
    as_json: bool,
) -> None:
    """Bring in the documents of a file; a file imported twice adds nothing.

    Exit status 1 tells that some rows did not come in or that documents wait for a person.
    """
    if not file.is_file():
        raise NotFound(f"{file} is no file that can be read." if file.exists() else f"There is no file {file}.")
    chosen = read_options(options)
    with progress(f"Importing {file.name}") as advance:

        def on_progress(state: Progress) -> None:
            advance(state.bytes_read, state.bytes_total)

        report = import_file(
            runtime.database,
            company,
            file,
            ImportChoices(
                connection_id=connection, format=format_, options=chosen, revise=revise, submit=not for_review
            ),
            by=runtime.by,
            clock=runtime.now,
            on_progress=on_progress,
        )
    if as_json:
        print_json(report.as_record())
    else:
        with runtime.database.reading() as db:
            zone = companies.find_company(db, company).time_zone
        show_import(report, zone)
    if report.needs_a_person:
        ctx.exit(Exit.NEEDS_A_PERSON)


def read_options(given: Iterable[str]) -> dict[str, object]:
    """Options from files and from NAME=VALUE, later ones winning."""
    options: dict[str, object] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if equals and not Path(each).is_file():
            options[name.strip()] = _json_value(value) if value[:1] in ("{", "[") else value
        else:
            options.update(_options_file(Path(each)))
    return options


def _json_value(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _options_file(path: Path) -> dict[str, object]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except OSError as error:
        raise NotFound(f"The options file {path} cannot be read: {error.strerror}.") from None
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"The options file {path} is no TOML: {error}.") from None
    except json.JSONDecodeError as error:
        raise Invalid(f"The options file {path} is no JSON: it cannot be read from line {error.lineno} on.") from None
    except (ValueError, RecursionError):
        raise Invalid(f"The options file {path} cannot be read.") from None
    if not isinstance(values, dict):
        raise Invalid(f"The options file {path} must hold names and values.")
    return values


@documents.command(name="list")
@click.argument("company")
@click.option(
    "--state", "states", multiple=True, type=click.Choice([s.value for s in State]), help="Only these; may be repeated."
)
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="Only this kind.")
@click.option("--origin", help="Only the one of this origin.")
@click.option("--number", help="Only those of this number, ours or the one in QuickBooks.")
@click.option(
    "--after", type=click.IntRange(0, LARGEST_ID), default=0, metavar="ID", help="Go on behind this document."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many at most.")
@json_option
@pass_runtime
def list_(
    runtime: Runtime,
    company: str,
    states: tuple[str, ...],
    kind: str | None,
    origin: str | None,
    number: str | None,
    after: int,
    limit: int,
    as_json: bool,
) -> None:
    """Documents in the order in which they came."""
    with runtime.database.reading() as db:
        found = companies.find_company(db, company)
        rows = store.listing(
            db,
            found.id,
            states=[State(s) for s in states],
            kind=kind,
            origin=origin,
            number=number,
            after_id=after,
            limit=limit + 1,
        )
    more, rows = len(rows) > limit, rows[:limit]
    if as_json:
        following = rows[-1].id if more else None
        print_json({"documents": [document_record(row) for row in rows], "next": following})
        return
    if not rows:
        say("No documents.")
        return
    print_table(
        ("Id", "Kind", "Number", "Date", "Name", "Total", "State", "TxnID", "Message"),
        [
            (
                row.id,
                row.kind.replace("_", " "),
                row.posted_number or row.number,
                row.date,
                row.party,
                row.total,
                row.state.value.replace("_", " "),
                row.txn_id,
                row.message,
            )
            for row in rows
        ],
        right=("Id", "Total"),
    )
    if more:
        note(f"There are more: --after {rows[-1].id}")


@documents.command()
@click.argument("company")
@click.argument("document", type=_ID)
@json_option
@pass_runtime
def show(runtime: Runtime, company: str, document: int, as_json: bool) -> None:
    """One document: state, content, history, and the proof of what stands in the books."""
    with runtime.database.reading() as db:
        found = companies.find_company(db, company)
        row = store.find(db, found.id, document)
        evidence = proof(db, row)
        waits, entries = waits_record(db, row), entries_record(row)
    if as_json:
        told = {"waits": waits, "entries": entries, "body": body_record(row), "proof": evidence.as_record()}
        print_json({**document_record(row), **told})
    else:
        show_document(found, row, evidence, waits=waits, entries=entries)


@documents.command()
@click.argument("company")
@click.argument("documents", nargs=-1, type=_ID, metavar="[DOCUMENT]...")
@click.option("--failed", is_flag=True, help="All that failed.")
@click.option("--reviewed", is_flag=True, help="All that are for review; not those about which something is asked.")
@json_option
@pass_runtime
@click.pass_context
def submit(
    ctx: click.Context,
    runtime: Runtime,
    company: str,
    documents: tuple[int, ...],
    failed: bool,
    reviewed: bool,
    as_json: bool,
) -> None:
    """Submit documents: after a refusal was dealt with, or after a review.

    Exit status 1 tells that some still lack something.
    """
    states = [state for state, chosen in ((State.FAILED, failed), (State.FOR_REVIEW, reviewed)) if chosen]
    if bool(documents) == bool(states):
        raise click.UsageError("Name documents, or use --failed or --reviewed.")
    submitted: list[DocumentRow] = []
    not_ready: list[DocumentRow] = []
    with progress("Submitting") as advance:
        for ids in _pages(runtime, company, documents, states):
            with runtime.database.transaction() as db:
                found = companies.find_company(db, company)
                rows = [store.find(db, found.id, each) for each in ids]
                result = submitting.submit(db, found, rows, by=runtime.by, now=runtime.now())
            submitted += result.submitted
            not_ready += result.not_ready
            advance(len(submitted) + len(not_ready), None)
    if as_json:
        print_json(
            {
                "submitted": [document_record(row) for row in submitted],
                "not_ready": [document_record(row) for row in not_ready],
            }
        )
    else:
        say(f"{len(submitted)} submitted, {len(not_ready)} not ready.")
        for row in not_ready[:_SHOWN]:
            paragraph(f"  {row.id}: {row.message or ''} {row.advice or ''}".rstrip())
        if len(not_ready) > _SHOWN:
            say(f"  and {len(not_ready) - _SHOWN} more: qbwc-server documents list {company} --state for_review")
    if not_ready:
        ctx.exit(Exit.NEEDS_A_PERSON)


def _pages(runtime: Runtime, company: str, documents: tuple[int, ...], states: list[State]) -> Iterator[Sequence[int]]:
    """Ids to submit, as many at a time as one transaction should carry; a question is not answered in bulk."""
    if documents:
        yield from (documents[start : start + _PAGE] for start in range(0, len(documents), _PAGE))
        return
    after = 0
    while True:
        with runtime.database.reading() as db:
            found = companies.find_company(db, company)
            rows = store.listing(db, found.id, states=states, after_id=after, limit=_PAGE)
        if not rows:
            return
        yield [row.id for row in rows if not store.is_asked(row)]
        after = rows[-1].id


documents.add_command(edit)
for command in COMMANDS:
    documents.add_command(command)
