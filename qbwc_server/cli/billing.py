"""``qbwc-server billing``: how a company bills its customers for subscriptions, and the run that does it."""

from __future__ import annotations

import click

from qbwc_server.billing_runs.keeping import change_settings
from qbwc_server.billing_runs.settings import BillingSettings
from qbwc_server.cli.named_values import print_values, read_changes
from qbwc_server.cli.output import json_option, print_json
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.reports.billing import settings_record
from qbwc_server.tenancy.companies import find_company


@click.group()
def billing() -> None:
    """The charges of a distributor become invoices on the billing day."""


@billing.command()
@click.argument("company")
@click.argument("changes", nargs=-1, metavar="[NAME=VALUE]...")
@json_option
@pass_runtime
def settings(runtime: Runtime, company: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Show how the company bills, or say it: the first time mode, day and first_day are needed.

    NAME= without a value takes one back to its default. The billing mode cannot be changed afterwards.
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
