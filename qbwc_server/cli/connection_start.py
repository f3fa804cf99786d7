"""``qbwc-server connection steps, look, accounts, tax-item, dry-run, start, reset``: the start of a source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import find_connection
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.starting import begin
from qbwc_server.channels.starting.choosing import choose_accounts, take_suggested
from qbwc_server.channels.starting.dry_run import dry_run as try_drafts
from qbwc_server.channels.starting.looking import look_upstream, start_of
from qbwc_server.channels.starting.tax import add_tax_item
from qbwc_server.cli.output import Exit, json_option, paragraph, plain, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.reports.starting import dry_run_record, start_record
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.models import Company

_company = click.argument("company")
_connection = click.argument("connection", type=click.IntRange(1, LARGEST_ID))


def _pairs(said: tuple[str, ...], what: str) -> dict[str, str]:
    found = {}
    for one in said:
        name, sign, value = one.partition("=")
        if not sign:
            raise click.UsageError(f"{one[:60]!r} is not {what}.")
        found[name.strip()] = value.strip()
    return found


def _record(runtime: Runtime, company: str, connection: int) -> dict[str, Any]:
    with runtime.database.reading() as db:
        return start_record(db, find_connection(db, find_company(db, company).id, connection))


def _changed(
    runtime: Runtime, company: str, connection: int, act: Callable[[Session, Company, Connection], object]
) -> dict[str, Any]:
    with runtime.database.transaction() as db:
        tenant = find_company(db, company)
        row = find_connection(db, tenant.id, connection, locked=True)
        act(db, tenant, row)
        return start_record(db, row)


def _show(record: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(record)
        return
    for number, one in enumerate(record["steps"], start=1):
        for said in one["said"]:
            paragraph(f"{number}. {one['step']} ({one['stands']}): {said['message']} {said['advice']}".rstrip())
    if record["started_at"]:
        say("It is started.")
    elif record["is_ready"]:
        say("Nothing stands against the start.")


@click.command()
@_company
@_connection
@json_option
@pass_runtime
@click.pass_context
def steps(ctx: click.Context, runtime: Runtime, company: str, connection: int, as_json: bool) -> None:
    """How each step before the start stands. Exit status 1 tells that something stands against it."""
    record = _record(runtime, company, connection)
    _show(record, as_json)
    if not record["is_ready"]:
        ctx.exit(Exit.NEEDS_A_PERSON)


@click.command()
@_company
@_connection
@json_option
@pass_runtime
def look(runtime: Runtime, company: str, connection: int, as_json: bool) -> None:
    """Ask upstream what the key may see, how many entries are to come, and what it holds."""
    with runtime.database.reading() as db:
        company_id = find_company(db, company).id
    look_upstream(runtime.database, company_id, connection, settings=runtime.settings, clock=runtime.now)
    _show(_record(runtime, company, connection), as_json)


@click.command()
@_company
@_connection
@click.option(
    "--set", "chosen", multiple=True, metavar="PLACE=ACCOUNT", help="Choose an account; PLACE= takes it back."
)
@click.option("--suggested", is_flag=True, help="Take what the company file suggests without a doubt.")
@json_option
@pass_runtime
def accounts(
    runtime: Runtime, company: str, connection: int, chosen: tuple[str, ...], suggested: bool, as_json: bool
) -> None:
    """The account of every category of the books: what is chosen, what is suggested, what does not fit."""
    said = _pairs(chosen, "PLACE=ACCOUNT")
    more: dict[str, Any] = {"settings": runtime.settings, "by": runtime.by, "now": runtime.now()}

    def act(db: Session, tenant: Company, row: Connection) -> None:
        if suggested:
            take_suggested(db, row, **more)
        if said:
            choose_accounts(db, row, said, **more)

    told = _changed(runtime, company, connection, act) if said or suggested else None
    record = told or _record(runtime, company, connection)
    if as_json:
        print_json({"accounts": record["accounts"]})
        return
    rows = [
        (one["place"], one["title"], plain(one["chosen"] or _likeliest(one)), plain(one["problem"] or ""))
        for one in record["accounts"]
    ]
    print_table(("place", "for", "account", "problem"), rows)


def _likeliest(one: Mapping[str, Any]) -> str:
    return f"({one['suggested'][0]['name']}?)" if one["suggested"] else "-"


@click.command(name="tax-item")
@_company
@_connection
@click.argument("name")
@click.option("--vendor", required=True, metavar="NAME", help="To whom sales tax is paid; QuickBooks has it already.")
@json_option
@pass_runtime
def tax_item(runtime: Runtime, company: str, connection: int, name: str, vendor: str, as_json: bool) -> None:
    """Have QuickBooks add a sales tax item of 0 % with the next update."""

    def act(db: Session, tenant: Company, row: Connection) -> None:
        start_of(row)
        add_tax_item(db, tenant, name, vendor, by=runtime.by, now=runtime.now())

    _show(_changed(runtime, company, connection, act), as_json)


@click.command(name="dry-run")
@_company
@_connection
@json_option
@pass_runtime
@click.pass_context
def dry_run(ctx: click.Context, runtime: Runtime, company: str, connection: int, as_json: bool) -> None:
    """Show the documents of the last two days as they would be; nothing is kept."""
    with runtime.database.reading() as db:
        company_id = find_company(db, company).id
    found = try_drafts(runtime.database, company_id, connection, settings=runtime.settings, clock=runtime.now)
    record = dry_run_record(found)
    if as_json:
        print_json(record)
    else:
        _show_dry_run(record)
    if record["message"]:
        ctx.exit(Exit.NEEDS_A_PERSON)


def _show_dry_run(record: Mapping[str, Any]) -> None:
    rows = [
        (one["date"], one["kind"], plain(one["origin"]), one["total"] or "-", plain(", ".join(one["unmapped"])))
        for one in record["documents"]
    ]
    if rows:
        print_table(("date", "kind", "origin", "total", "to be mapped"), rows)
    for kind, number in record["counts"].items():
        say(f"{number} of kind {kind}, {record['sums'][kind]} in all")
    for one in (*record["left_out"], *record["remarks"]):
        paragraph(plain(one))
    if record["message"]:
        paragraph(f"{record['message']} {record['advice']}".rstrip())
    elif not rows:
        say("Nothing changed upstream in the last two days.")


@click.command()
@_company
@_connection
@click.option(
    "--balance",
    "balances",
    multiple=True,
    metavar="CODE=AMOUNT",
    help="What it held or owed before the first day, by code; 0 where there was nothing. Each has to be said.",
)
@json_option
@pass_runtime
def start(runtime: Runtime, company: str, connection: int, balances: tuple[str, ...], as_json: bool) -> None:
    """Start a connection: once, when nothing stands against it. From then on it runs by its schedule."""
    said = _pairs(balances, "CODE=AMOUNT")

    def act(db: Session, tenant: Company, row: Connection) -> None:
        amounts = begin.read_balances(start_of(row), said)
        begin.start(db, tenant, row, amounts, by=runtime.by, now=runtime.now())

    _show(_changed(runtime, company, connection, act), as_json)


@click.command()
@_company
@_connection
@click.option("--confirm", required=True, metavar="ACCOUNT", help="The account of the connection, letter by letter.")
@json_option
@pass_runtime
def reset(runtime: Runtime, company: str, connection: int, confirm: str, as_json: bool) -> None:
    """Open the start again: nothing runs until it is started anew. What it brought stays, and comes no second time."""

    def act(db: Session, tenant: Company, row: Connection) -> None:
        begin.reset(db, row, confirm, by=runtime.by, now=runtime.now())

    _show(_changed(runtime, company, connection, act), as_json)


COMMANDS = (steps, look, accounts, tax_item, dry_run, start, reset)
