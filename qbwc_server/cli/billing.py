"""``qbwc-server billing``: how a company bills its customers for subscriptions, and the run that does it."""

from __future__ import annotations

from typing import IO, Any

import click

from qbwc_server.billing_runs.by_the_clock import next_day, read_day
from qbwc_server.billing_runs.deciding import approve as approve_customers
from qbwc_server.billing_runs.deciding import hold_back, take_back
from qbwc_server.billing_runs.keeping import change_settings
from qbwc_server.billing_runs.models import ALL
from qbwc_server.billing_runs.running import run_billing
from qbwc_server.billing_runs.settings import BillingSettings, Makes
from qbwc_server.billing_runs.switches import makes_named
from qbwc_server.billing_runs.switches import switch as switch_it
from qbwc_server.billing_runs.words import words_billed
from qbwc_server.cli.billing_page import show_plan, show_report, show_words
from qbwc_server.cli.billing_sent import mark, sent
from qbwc_server.cli.billing_sent import take_back as unmark
from qbwc_server.cli.named_values import print_values, read_changes
from qbwc_server.cli.output import Exit, counted, json_option, print_json, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.reports.billing import (
    preview_record,
    report_csv,
    report_record,
    run_record,
    settings_record,
    switch_record,
    word_record,
)
from qbwc_server.tenancy.companies import find_company

_day = click.option("--day", metavar="DATE", help="The billing day; left out: the oldest not done, else the next.")


@click.group()
def billing() -> None:
    """The charges of a distributor become invoices on the billing day."""


for _command in (sent, mark, unmark):
    billing.add_command(_command)


@billing.command()
@click.argument("company")
@click.argument("changes", nargs=-1, metavar="[NAME=VALUE]...")
@json_option
@pass_runtime
def settings(runtime: Runtime, company: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Show how the company bills, or say it: the first time mode, day and first_day are needed.

    NAME= without a value takes one back to its default. The billing mode cannot be changed once a
    distributor is connected.
    """
    if changes:
        with runtime.database.transaction() as db:
            found = find_company(db, company)
            change_settings(db, found, read_changes(changes), by=runtime.by, now=runtime.now())
            record = settings_record(db, found.id)
    else:
        with runtime.database.reading() as db:
            record = settings_record(db, find_company(db, company).id)
    if as_json:
        print_json(record)
        return
    print_values(BillingSettings, record["settings"])


@billing.command()
@click.argument("company")
@click.argument("connection_id", type=click.IntRange(1, LARGEST_ID), metavar="CONNECTION")
@click.option("--organisation", default=ALL, metavar="KEY", help="name:Contoso, or id:42; left out: all.")
@click.option("--offer", default=ALL, help="Left out: all.")
@click.option("--on/--off", "synchronise", default=None, help="Whether it is billed.")
@click.option(
    "--makes",
    type=click.Choice([one.value for one in Makes]),
    help="Of an organisation: invoices are made, or updated.",
)
@json_option
@pass_runtime
def switch(
    runtime: Runtime,
    company: str,
    connection_id: int,
    organisation: str,
    offer: str,
    synchronise: bool | None,
    makes: str | None,
    as_json: bool,
) -> None:
    """Switch an offer, an organisation, or an offer of one; the narrowest that was said counts."""
    with runtime.database.transaction() as db:
        row = switch_it(
            db,
            find_company(db, company),
            connection_id,
            organisation=organisation,
            offer=offer,
            synchronise=synchronise,
            makes=makes_named(makes),
            by=runtime.by,
            now=runtime.now(),
        )
        record = switch_record(row)
    if as_json:
        print_json(record)
    else:
        say("It is kept.")


@billing.command()
@click.argument("company")
@json_option
@pass_runtime
def words(runtime: Runtime, company: str, as_json: bool) -> None:
    """Offers and organisations that are charged for: what each stands for, and what it may.

    To say it: qbwc-server mapping set COMPANY item|customer WORD --entry NAME --connection ID
    """
    with runtime.database.reading() as db:
        records = [word_record(one) for one in words_billed(db, find_company(db, company).id, runtime.now())]
    if as_json:
        print_json({"words": records})
    else:
        show_words(records)


@billing.command()
@click.argument("company")
@_day
@json_option
@pass_runtime
def preview(runtime: Runtime, company: str, day: str | None, as_json: bool) -> None:
    """What a billing day would bill: the last invoice of each customer against this one, warnings, orphans."""
    with runtime.database.reading() as db:
        found = find_company(db, company)
        record = preview_record(db, found, read_day(day) or next_day(db, found.id, runtime.now()))
    _show(record, as_json=as_json)


@billing.command()
@click.argument("company")
@click.argument("customers", nargs=-1, metavar="[CUSTOMER]...")
@_day
@json_option
@pass_runtime
def approve(runtime: Runtime, company: str, customers: tuple[str, ...], day: str | None, as_json: bool) -> None:
    """Approve customers as they stand in the preview, warnings included; without one: all that may go."""
    with runtime.database.transaction() as db:
        found = find_company(db, company)
        chosen = read_day(day) or next_day(db, found.id, runtime.now())
        approve_customers(db, found, chosen, customers or None, by=runtime.by, now=runtime.now())
        record = preview_record(db, found, chosen)
    _show(record, as_json=as_json)


@billing.command()
@click.argument("company")
@click.argument("customers", nargs=-1, required=True, metavar="CUSTOMER...")
@_day
@json_option
@pass_runtime
def hold(runtime: Runtime, company: str, customers: tuple[str, ...], day: str | None, as_json: bool) -> None:
    """Hold customers back until they are approved."""
    with runtime.database.transaction() as db:
        found = find_company(db, company)
        chosen = read_day(day) or next_day(db, found.id, runtime.now())
        hold_back(db, found, chosen, customers, by=runtime.by, now=runtime.now())
        record = preview_record(db, found, chosen)
    _show(record, as_json=as_json)


@billing.command(name="take-back")
@click.argument("company")
@click.argument("customers", nargs=-1, required=True, metavar="CUSTOMER...")
@click.option("--day", metavar="DATE", required=True, help="The billing day.")
@json_option
@pass_runtime
def take_back_(runtime: Runtime, company: str, customers: tuple[str, ...], day: str, as_json: bool) -> None:
    """Take back what was billed and has not left; the customers are held back from then on."""
    with runtime.database.transaction() as db:
        found = find_company(db, company)
        chosen = read_day(day) or next_day(db, found.id, runtime.now())
        take_back(db, found, chosen, customers, by=runtime.by, now=runtime.now())
        record = preview_record(db, found, chosen)
    _show(record, as_json=as_json)


@billing.command()
@click.argument("company")
@_day
@json_option
@pass_runtime
@click.pass_context
def run(ctx: click.Context, runtime: Runtime, company: str, day: str | None, as_json: bool) -> None:
    """Bill a day that is due: all customers that are not to wait. Again, it bills those that waited."""
    with runtime.database.reading() as db:
        found = find_company(db, company)
        code, chosen = found.code, read_day(day) or next_day(db, found.id, runtime.now())
    record = run_record(run_billing(runtime.database, code, chosen, by=runtime.by, clock=runtime.now))
    if as_json:
        print_json(record)
    else:
        waiting = f"; {counted(record['waiting'], 'customer')} to be looked at" if record["waiting"] else ""
        say(f"{record['billing_day']}: {counted(record['documents'], 'document')}{waiting}.")
    ctx.exit(Exit.NEEDS_A_PERSON if record["waiting"] else Exit.DONE)


@billing.command()
@click.argument("company")
@_day
@click.option("--csv", "as_csv", is_flag=True, help="Every charge once, as CSV.")
@click.option("--pdf", type=click.File("wb", lazy=True), metavar="FILE", help="Write it to a PDF file.")
@json_option
@pass_runtime
def report(runtime: Runtime, company: str, day: str | None, as_csv: bool, pdf: IO[bytes] | None, as_json: bool) -> None:
    """What became of a billing day: its documents, and every charge once."""
    with runtime.database.reading() as db:
        found = find_company(db, company)
        chosen = read_day(day) or next_day(db, found.id, runtime.now())
        record = report_record(db, found, chosen)
        text = report_csv(db, found, chosen) if as_csv else ""
        name, zone = found.name, found.time_zone
    if pdf is not None:
        from qbwc_server.reports.billing_pdf import report_pdf

        pdf.write(report_pdf(name, zone, record))
    elif as_csv:
        click.echo(text, nl=False)
    elif as_json:
        print_json(record)
    else:
        show_report(record, zone)


def _show(record: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(record)
    else:
        show_plan(record)
