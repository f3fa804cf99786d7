"""``qbwc-server request``: what programs ask QuickBooks in its own words, and what somebody has to say of it."""

from __future__ import annotations

from typing import Any

import click

from qbwc_server.asked.asking import asked_of
from qbwc_server.asked.deciding import Decision, decide_asked
from qbwc_server.asked.models import AskedState
from qbwc_server.cli.output import json_option, moment, note, paragraph, plain, print_json, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.reports.asked import asked_record
from qbwc_server.tenancy import companies


@click.group()
def request() -> None:
    """Requests of programs in QuickBooks' own words."""


@request.command(name="list")
@click.argument("company")
@click.option("--state", type=click.Choice([one.value for one in AskedState]), help="Only those.")
@click.option("--after", type=click.IntRange(0, LARGEST_ID), default=0, metavar="ID", help="Go on behind this one.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many at most.")
@json_option
@pass_runtime
def list_(runtime: Runtime, company: str, state: str | None, after: int, limit: int, as_json: bool) -> None:
    """What was asked, oldest first."""
    only = None if state is None else AskedState(state)
    with runtime.database.reading() as db:
        found = companies.find_company(db, company)
        rows = asked_of(db, found.id, state=only, after_id=after, limit=limit + 1)
        records = [asked_record(db, row) for row in rows[:limit]]
        lines = [f"{row.id}  {moment(row.created_at, found.time_zone)}  {row.message}  {row.state}" for row in rows]
    more = records[-1]["id"] if len(rows) > limit else None
    if as_json:
        print_json({"requests": records, "next": more})
        return
    if not records:
        say("There are no such requests.")
    for record, line in zip(records, lines, strict=False):
        paragraph(f"{line}  by {plain(record['by'])}")
        _tell(record)
    if more is not None:
        note(f"There are more: --after {more}")


@request.command()
@click.argument("company")
@click.argument("number", type=click.IntRange(1, LARGEST_ID))
@click.argument("decision", type=click.Choice([one.value for one in Decision]))
@json_option
@pass_runtime
def decide(runtime: Runtime, company: str, number: int, decision: str, as_json: bool) -> None:
    """Say what became of a change that nobody knows of: done, again (it is not there, send it), or over."""
    with runtime.database.transaction() as db:
        found = companies.find_company(db, company)
        row = decide_asked(db, found.id, number, Decision(decision), by=runtime.by, now=runtime.now())
        record = asked_record(db, row)
    if as_json:
        print_json(record)
        return
    say(f"Request {number} is {record['state']}.")


def _tell(record: dict[str, Any]) -> None:
    for told in (record["detail"], record["advice"]):
        if told:
            paragraph(f"      {plain(told)}")
