"""``qbwc-server bulk``: one thing done with many documents, what became of each, and taking it back."""

from __future__ import annotations

from typing import Any

import click

from qbwc_server.bulk.acts import BULK
from qbwc_server.bulk.asking import ask_for_bulk, ask_for_undo, bulk_of, find_bulk, items_of
from qbwc_server.bulk.doing import do_bulk
from qbwc_server.bulk.filters import read_filter
from qbwc_server.bulk.models import ItemState
from qbwc_server.cli.output import Exit, json_option, note, paragraph, print_json, print_table, progress, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.reports.bulk import bulk_record, item_record
from qbwc_server.tenancy.companies import find_company

_SHOWN = 20
_STATES = [state.value for state in State]
_company = click.argument("company")
_bulk = click.argument("number", type=click.IntRange(1, LARGEST_ID))


@click.group()
def bulk() -> None:
    """One thing done with many documents; each has its result, and what has not left can be taken back."""


@bulk.command()
@_company
@click.argument("action", type=click.Choice(list(BULK)))
@click.option("--document", "ids", multiple=True, type=click.IntRange(1, LARGEST_ID), help="This one; may be repeated.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in State]),
    help="Only these; may be repeated.",
)
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="Only this kind.")
@click.option("--reason", help="Only those that wait for this reason, by its code.")
@click.option("--origin", help="Only those whose origin begins so, such as feed:tea-shop:")
@click.option("--text", help="Only those with this in their number or name.")
@click.option("--word-kind", help="For map: the kind of the words.")
@click.option("--entry", help="For map: the entry by its name.")
@click.option("--list-id", help="For map: the entry by its ListID.")
@click.option("--create", help="For map: the name under which it is added.")
@click.option("--never", is_flag=True, help="For map: never take it.")
@json_option
@pass_runtime
@click.pass_context
def run(ctx: click.Context, runtime: Runtime, /, company: str, action: str, as_json: bool, **said: Any) -> None:
    """Do it now with every document that is meant. Exit status 1 tells that some were refused."""
    to = {"kind": said["word_kind"], "name": said["entry"], "list_id": said["list_id"], "create": said["create"]}
    chosen = read_filter(
        {
            "ids": list(said["ids"]),
            "states": list(said["states"]),
            **{name: said[name] for name in ("kind", "reason", "origin", "text")},
        }
    )
    with runtime.database.transaction() as db:
        found = find_company(db, company)
        target = {**to, "never": said["never"] or None} if action == "map" else None
        number = ask_for_bulk(db, found, action, chosen, to=target, by=runtime.by, now=runtime.now()).id
    _do(ctx, runtime, company, number, as_json)


@bulk.command()
@_company
@_bulk
@json_option
@pass_runtime
@click.pass_context
def undo(ctx: click.Context, runtime: Runtime, company: str, number: int, as_json: bool) -> None:
    """Take one back, but for what has left or was changed since."""
    with runtime.database.transaction() as db:
        undoing = ask_for_undo(db, find_company(db, company), number, by=runtime.by, now=runtime.now()).id
    _do(ctx, runtime, company, undoing, as_json)


def _do(ctx: click.Context, runtime: Runtime, company: str, number: int, as_json: bool) -> None:
    done = 0
    with progress("Documents") as advance:

        def on_progress(count: int) -> None:
            nonlocal done
            done += count
            advance(done, None)

        do_bulk(runtime.database, number, clock=runtime.now, on_progress=on_progress)
    with runtime.database.reading() as db:
        row = find_bulk(db, find_company(db, company).id, number)
        record = bulk_record(db, row)
        refused = [item_record(one) for one in items_of(db, number, state=ItemState.REFUSED, limit=_SHOWN)]
    if as_json:
        print_json({**record, "first_refused": refused})
    else:
        say(f"Bulk action {number}: {record['done']} done, {record['refused']} refused.")
        for one in refused:
            paragraph(f"  {one['document']}: {one['message']}")
        if record["refused"] > len(refused):
            note(f"All of them: qbwc-server bulk results {company} {number} --refused")
    if record["refused"]:
        ctx.exit(Exit.NEEDS_A_PERSON)


@bulk.command(name="list")
@_company
@json_option
@pass_runtime
def list_(runtime: Runtime, company: str, as_json: bool) -> None:
    """The newest bulk actions of a company."""
    with runtime.database.reading() as db:
        records = [bulk_record(db, row) for row in bulk_of(db, find_company(db, company).id)]
    if as_json:
        print_json({"bulk": records})
        return
    rows = [
        (
            one["id"],
            one["title"],
            one["undoes"],
            one["state"].replace("_", " "),
            one["done"],
            one["refused"],
            one["waiting"],
        )
        for one in records
    ]
    print_table(
        ("Id", "Action", "Undoes", "State", "Done", "Refused", "Waiting"), rows, right=("Id", "Done", "Refused")
    )


@bulk.command()
@_company
@_bulk
@click.option("--refused", is_flag=True, help="Only what was refused.")
@click.option(
    "--after", type=click.IntRange(0, LARGEST_ID), default=0, metavar="ID", help="Go on behind this document."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many at most.")
@json_option
@pass_runtime
def results(runtime: Runtime, company: str, number: int, refused: bool, after: int, limit: int, as_json: bool) -> None:
    """What became of each document."""
    with runtime.database.reading() as db:
        row = find_bulk(db, find_company(db, company).id, number)
        state = ItemState.REFUSED if refused else None
        found = items_of(db, row.id, state=state, after_id=after, limit=limit + 1)
        page = [item_record(one) for one in found[:limit]]
    following = page[-1]["document"] if len(found) > limit else None
    if as_json:
        print_json({"results": page, "next": following})
        return
    print_table(
        ("Document", "Result", "State", "Message"),
        [(one["document"], one["state"], one["after"], one["message"]) for one in page],
        right=("Document",),
    )
    if following:
        note(f"There are more: --after {following}")
