"""``qbwc-server lists``: the copy of the company's lists: read it anew, search in it, see how full the lists are."""

from __future__ import annotations

from typing import Any

import click

from qbwc_server.books.mirror.fate import became_of
from qbwc_server.books.mirror.lists import LISTS
from qbwc_server.books.mirror.refreshing import refresh_now
from qbwc_server.books.mirror.search import MOST
from qbwc_server.books.mirror.search import search as search_lists
from qbwc_server.cli.output import (
    Exit,
    json_option,
    note,
    paragraph,
    plain,
    print_facts,
    print_json,
    print_table,
    say,
)
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.list_kinds import ListKind
from qbwc_server.reports.lists import entry_record, fate_record, hit_record, limits_records, lists_record
from qbwc_server.tenancy import companies

_KINDS = click.Choice([kind.value for kind in ListKind])
_lists_option = click.option("--list", "kinds", type=_KINDS, multiple=True, help="Only this list; may be repeated.")


@click.group()
def lists() -> None:
    """The lists of the company file: customers, items, accounts and the rest, as QuickBooks told them last."""


@lists.command()
@click.argument("company")
@_lists_option
@click.option("--whole", is_flag=True, help="Read all of them, not only what was changed.")
@json_option
@pass_runtime
def refresh(runtime: Runtime, company: str, kinds: tuple[str, ...], whole: bool, as_json: bool) -> None:
    """Ask QuickBooks for the lists in the next update session, behind everything else that is queued."""
    with runtime.database.transaction() as db:
        found = companies.find_company(db, company)
        asked = refresh_now(
            db, found.id, kinds=[ListKind(one) for one in kinds], whole=whole, by=runtime.by, now=runtime.now()
        )
    if as_json:
        print_json({"asked_for": [kind.value for kind in asked]})
    elif asked:
        say(f"To be read in the next update session: {', '.join(LISTS[kind].title for kind in asked)}.")
    else:
        say("They are being read already.")


@lists.command()
@click.argument("company")
@json_option
@pass_runtime
def show(runtime: Runtime, company: str, as_json: bool) -> None:
    """How far each list is read, and what the company file says of itself."""
    with runtime.database.reading() as db:
        record = lists_record(db, companies.find_company(db, company))
    if as_json:
        print_json(record)
        return
    print_table(
        ("list", "read", "being read", "trouble"),
        [(one["title"], one["read_at"], _progress(one), one["trouble"]) for one in record["lists"]],
    )
    say()
    print_facts((name.replace("_", " "), _yes_or_no(value)) for name, value in record["preferences"].items())


def _progress(one: dict[str, Any]) -> str | None:
    if one["reading"] is None:
        return None
    left = "" if one["remaining"] is None else f", {one['remaining']:,} to come"
    return f"{one['reading']}: {one['shown']:,}{left}"


def _yes_or_no(value: object) -> object:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


@lists.command()
@click.argument("company")
@click.argument("text")
@_lists_option
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Of items or accounts, such as Service or Bank.")
@click.option("--active", is_flag=True, help="Leave inactive entries out.")
@click.option("--limit", type=click.IntRange(1, MOST), default=20, show_default=True, help="How many at most.")
@json_option
@pass_runtime
def search(
    runtime: Runtime,
    company: str,
    text: str,
    kinds: tuple[str, ...],
    types: tuple[str, ...],
    active: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Find entries by name, word, likeness, e-mail address, number or ListID, the likeliest first."""
    with runtime.database.reading() as db:
        found = search_lists(
            db,
            companies.find_company(db, company).id,
            text,
            kinds=[ListKind(one) for one in kinds],
            types=types,
            inactive=not active,
            limit=limit,
        )
        records = [hit_record(hit) for hit in found]
    if as_json:
        print_json({"entries": records})
        return
    if not records:
        say("Nothing is like it.")
        return
    columns = ("list", "type", "name", "number", "e-mail", "standing", "found by", "ListID")
    names = ("list", "type", "name", "number", "email", "standing", "found_by", "list_id")
    print_table(columns, [[one[name] for name in names] for one in records])


@lists.command()
@click.argument("company")
@json_option
@click.pass_context
def limits(ctx: click.Context, company: str, as_json: bool) -> None:
    """How full the lists are, with what is to come; exit status 1 where one is nearly full."""
    runtime = ctx.ensure_object(Runtime)
    with runtime.database.reading() as db:
        records = limits_records(db, companies.find_company(db, company))
    if as_json:
        print_json({"limits": records})
    else:
        names = ("entries", "coming", "limit", "left")
        rows = [
            [one["title"], *(one[name] for name in names), "nearly full" if one["near"] else None] for one in records
        ]
        print_table(("list", *names, ""), rows, right=names)
        if not all(one["read"] for one in records):
            note(f"Not every list was read yet: qbwc-server lists refresh {company}")
    if any(one["near"] for one in records):
        ctx.exit(Exit.NEEDS_A_PERSON)


@lists.command()
@click.argument("company")
@click.argument("kind", metavar="LIST", type=_KINDS)
@click.argument("list_id", metavar="LISTID")
@json_option
@pass_runtime
def became(runtime: Runtime, company: str, kind: str, list_id: str, as_json: bool) -> None:
    """What became of a ListID: still there, renamed, inactive, deleted, merged into another entry."""
    with runtime.database.reading() as db:
        found = companies.find_company(db, company)
        fate = became_of(db, found.id, ListKind(kind), [list_id])[list_id]
        record = fate_record(fate)
        names = [plain(heir.full_name) for heir in fate.heirs]
        entry = None if fate.entry is None else entry_record(fate.entry)
    if as_json:
        print_json(record)
        return
    if entry is None:
        say("QuickBooks has not shown it.")
        return
    paragraph(f"{plain(entry['name'])}: {record['standing']}")
    if record["former_names"]:
        paragraph(f"Before that: {plain(', '.join(record['former_names']))}")
    if names:
        paragraph(f"Changed in that moment, perhaps because it was merged into it: {', '.join(names)}")
