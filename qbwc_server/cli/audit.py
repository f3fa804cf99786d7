"""``qbwc-server audit``: who changed what, when and from where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from qbwc_server.cli.output import json_option, moment, note, paragraph, print_json, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.reports.audit import audit_record
from qbwc_server.tenancy import companies
from qbwc_server.tenancy.audit import AuditRecord, audit_of
from qbwc_server.tenancy.partners import find_partner


@click.group()
def audit() -> None:
    """What was changed here, by whom, and how it was before."""


@audit.command(name="list")
@click.argument("company", required=False)
@click.option("--partner", metavar="CODE", help="What was changed about this partner itself.")
@click.option("--before", type=click.IntRange(1, LARGEST_ID), metavar="ID", help="Go on behind this one.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many at most.")
@json_option
@pass_runtime
def list_(
    runtime: Runtime, company: str | None, partner: str | None, before: int | None, limit: int, as_json: bool
) -> None:
    """Every change in a company, the newest first; without a company, every change there was on this server."""
    if company and partner:
        raise click.UsageError("Say a company or a partner.")
    zone = "UTC"
    with runtime.database.reading() as db:
        company_id = partner_id = None
        if company:
            found = companies.find_company(db, company)
            company_id, zone = found.id, found.time_zone
        if partner:
            partner_id = find_partner(db, partner).id
        rows = audit_of(db, company_id=company_id, partner_id=partner_id, before_id=before, limit=limit + 1)
    more, rows = len(rows) > limit, rows[:limit]
    if as_json:
        print_json({"audit": [audit_record(row) for row in rows], "next": rows[-1].id if more else None})
        return
    if not rows:
        say("Nothing was changed yet.")
    for row in rows:
        _show(row, zone)
    if more:
        note(f"There are more: --before {rows[-1].id}")


def _show(row: AuditRecord, zone: str) -> None:
    place = f" ({row.place})" if row.place else ""
    what = f"{row.action.words}: {row.subject}" if row.subject else row.action.words
    paragraph(f"{row.id}  {moment(row.at, zone)}  {row.by}{place}: {what}")
    before, after = row.before or {}, row.after or {}
    for name in {**before, **after}:
        if row.before is not None and row.after is not None:
            paragraph(f"      {name}: {_said(before, name)} -> {_said(after, name)}")
        elif (before or after)[name] is not None:
            paragraph(f"      {name}: {_said(before or after, name)}")


def _said(state: Mapping[str, Any], name: str) -> str:
    value = state.get(name)
    if value is None:
        return "-"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
