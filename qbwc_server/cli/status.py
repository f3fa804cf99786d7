"""``qbwc-server status``: what waits, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import click

from qbwc_server.cli.output import Exit, json_option, note, paragraph, plain, print_json, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.reports.company import CompanyReport, company_report
from qbwc_server.reports.jobs import jobs_report
from qbwc_server.reports.mail import mail_trouble
from qbwc_server.tenancy import companies
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.resealing import trouble_with_keys


@click.command()
@click.argument("company", required=False)
@json_option
@pass_runtime
@click.pass_context
def status(ctx: click.Context, runtime: Runtime, company: str | None, as_json: bool) -> None:
    """What stands, what waits and what needs you, in one company or in all.

    Exit status 1 tells that something needs a person.
    """
    with runtime.database.reading() as db:
        found = [companies.find_company(db, company)] if company else companies.companies(db)
        reports = [(each, company_report(db, each, now=runtime.now())) for each in found]
        clock_work = jobs_report(db, now=runtime.now())
    for doubt in runtime.settings.doubts():
        note(f"Warning: {doubt}")
    if clock_work.scheduler_seen is not None and clock_work.needs_a_person:
        note("Warning: what happens by the clock does not, or fails; qbwc-server jobs tells more.")
    trouble = trouble_with_keys(runtime.database, runtime.settings)
    if trouble is not None:
        note(f"Warning: {trouble} {trouble.advice}")
    with runtime.database.reading() as db:
        if (given_up := mail_trouble(db)) is not None:
            note(f"Warning: {given_up}")
    if as_json:
        records = [{"code": each.code, **report.as_record()} for each, report in reports]
        print_json(records[0] if company else {"companies": records})
    else:
        _show(reports)
    if not all(report.healthy for _, report in reports):
        ctx.exit(Exit.NEEDS_A_PERSON)


def _show(reports: Sequence[tuple[Company, CompanyReport]]) -> None:
    if not reports:
        say("There is no company yet. Add one: qbwc-server company add CODE --name NAME --time-zone ZONE")
    for position, (each, report) in enumerate(reports):
        if position:
            say()
        say(f"{plain(each.name)} ({each.code})")
        for line in report.lines():
            paragraph(f"  {line}")
