"""``qbwc-server jobs``: how the timed jobs stand."""

from __future__ import annotations

from dataclasses import asdict

import click

from qbwc_server.cli.output import Exit, json_option, moment, paragraph, plain, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.reports.jobs import FailedRun, JobsReport, jobs_report


@click.command()
@json_option
@pass_runtime
@click.pass_context
def jobs(ctx: click.Context, runtime: Runtime, as_json: bool) -> None:
    """How the timed jobs stand; times are UTC. The exit status is 1 when one failed or no scheduler runs."""
    with runtime.database.reading() as db:
        report = jobs_report(db, now=runtime.now())
    if as_json:
        print_json(asdict(report))
    else:
        _show(report)
    ctx.exit(Exit.NEEDS_A_PERSON if report.needs_a_person else Exit.DONE)


def _show(report: JobsReport) -> None:
    print_table(
        ("Job", "When", "For each", "Last ended", "Waiting", "Running", "Failed"),
        [
            (job.name, job.when, job.each, moment(job.last_ended, "UTC"), job.waiting, job.running, job.failed)
            for job in report.jobs
        ],
        right=("Waiting", "Running", "Failed"),
    )
    for job in report.jobs:
        for failure in job.failures:
            say()
            paragraph(f"{job.name} failed{_whose(failure)}, due {moment(failure.due_at, 'UTC')}, {failure.code}:")
            paragraph(f"      {plain(failure.message or '')}")
    if report.scheduler_is_silent:
        say()
        seen = moment(report.scheduler_seen, "UTC")
        paragraph(f"No scheduler is at work{f' since {seen}' if seen else ''}. Start one: qbwc-server scheduler")


def _whose(failure: FailedRun) -> str:
    if failure.company is None:
        return ""
    return f" for {failure.company}"
