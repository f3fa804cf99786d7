"""``qbwc-server billing sent``: invoices that somebody has marked as sent."""

from __future__ import annotations

import click

from qbwc_server.cli.output import json_option, note, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.posting.onto.sent_here import invoice_named, mark_sent, sent_invoices, take_sent_back
from qbwc_server.reports.sent_here import sent_records
from qbwc_server.tenancy.companies import find_company

_MOST = 500
_invoice = click.argument("invoice")


@click.command()
@click.argument("company")
@click.option("--after", metavar="TXNID", help="Go on behind this one.")
@json_option
@pass_runtime
def sent(runtime: Runtime, company: str, after: str | None, as_json: bool) -> None:
    """Invoices that are marked as sent here: nothing is put onto them any more."""
    with runtime.database.reading() as db:
        found = find_company(db, company)
        rows = sent_invoices(db, found.id, after=after, limit=_MOST + 1)
        records = sent_records(db, found.id, rows[:_MOST])
    if as_json:
        print_json({"sent": records})
        return
    print_table(
        ("TxnID", "Document", "Number", "Customer", "Marked at", "By"),
        [tuple(one[name] for name in ("txn_id", "document", "number", "customer", "at", "by")) for one in records],
    )
    if len(rows) > _MOST:
        note(f"There are more: --after {records[-1]['txn_id']}")


@click.command(name="mark-sent")
@click.argument("company")
@_invoice
@json_option
@pass_runtime
def mark(runtime: Runtime, company: str, invoice: str, as_json: bool) -> None:
    """Mark an invoice as sent: '#1034' by its number, or the id of its document here, or its TxnID in QuickBooks."""
    with runtime.database.transaction() as db:
        found = find_company(db, company)
        row = mark_sent(db, found.id, invoice_named(db, found.id, invoice), by=runtime.by, now=runtime.now())
        (record,) = sent_records(db, found.id, [row])
    if as_json:
        print_json(record)
    else:
        say(f"Invoice {record['number'] or record['txn_id']} is marked as sent: nothing is put onto it any more.")


@click.command(name="mark-unsent")
@click.argument("company")
@_invoice
@pass_runtime
def take_back(runtime: Runtime, company: str, invoice: str) -> None:
    """An invoice was not sent after all."""
    with runtime.database.transaction() as db:
        found = find_company(db, company)
        txn_id = invoice_named(db, found.id, invoice)
        take_sent_back(db, found.id, txn_id, by=runtime.by, now=runtime.now())
    say(f"Invoice {txn_id} is not marked as sent any more.")
