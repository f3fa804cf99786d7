"""``qbwc-server status``: what waits, why, and what to do."""

from __future__ import annotations

import click

from qbwc_server.cli.output import json_option, paragraph, plain, print_json, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.reports.company import company_report
from qbwc_server.tenancy import companies


@click.command()
@click.argument("company", required=False)
@json_option
@pass_runtime
def status(runtime: Runtime, company: str | None, as_json: bool) -> None:
    """What stands, what waits and what needs you, in one company or in all."""
    with runtime.database.reading() as db:
        found = [companies.find_company(db, company)] if company else companies.companies(db)
        reports = [(each, company_report(db, each, now=runtime.now())) for each in found]
    if as_json:
        records = [{"code": each.code, **report.as_record()} for each, report in reports]
        print_json(records[0] if company else {"companies": records})
        return
    if not reports:
        say("There is no company yet. Add one: qbwc-server company add CODE --name NAME --time-zone ZONE")
    for position, (each, report) in enumerate(reports):
        if position:
            say()
        say(f"{plain(each.name)} ({each.code})")
        for line in report.lines():
            paragraph(f"  {line}")
