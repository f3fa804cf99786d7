"""``qbwc-server open-work``: what a person has to see to although no document waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from qbwc_server.cli.output import json_option, moment, note, paragraph, plain, print_json, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.documents.open_work import Ended, WorkKind, end_work
from qbwc_server.documents.open_work import open_work as open_items
from qbwc_server.posting.people.other_names import add_anew, use_name
from qbwc_server.reports.open_work import work_record
from qbwc_server.tenancy import companies

_items = click.argument("items", nargs=-1, required=True, type=click.IntRange(1, LARGEST_ID), metavar="ITEM...")


@click.group(name="open-work")
def open_work() -> None:
    """What somebody has to see to: totals that differ, edits in QuickBooks, payments to enter."""


@open_work.command(name="list")
@click.argument("company")
@click.option("--work", "work", type=click.Choice([one.value for one in WorkKind]), help="Only this kind of work.")
@click.option("--after", type=click.IntRange(0, LARGEST_ID), default=0, metavar="ID", help="Go on behind this item.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many at most.")
@json_option
@pass_runtime
def list_(runtime: Runtime, company: str, work: str | None, after: int, limit: int, as_json: bool) -> None:
    """What is open, oldest first."""
    with runtime.database.reading() as db:
        found = companies.find_company(db, company)
        items = open_items(db, found.id, work=WorkKind(work) if work else None, after_id=after, limit=limit + 1)
    more, items = len(items) > limit, items[:limit]
    if as_json:
        print_json({"open_work": [work_record(item) for item in items], "next": items[-1].id if more else None})
        return
    if not items:
        say("Nothing is open.")
    for item in items:
        paragraph(f"{item.id}  {moment(item.found_at, found.time_zone)}  {plain(item.message)}")
        paragraph(f"      What to do: {plain(item.advice)}")
    if more:
        note(f"There are more: --after {items[-1].id}")


@open_work.command()
@click.argument("company")
@_items
@json_option
@pass_runtime
def done(runtime: Runtime, company: str, items: tuple[int, ...], as_json: bool) -> None:
    """Say that items have been seen to."""
    _end(runtime, company, items, Ended.DONE, as_json)


@open_work.command()
@click.argument("company")
@_items
@json_option
@pass_runtime
def dismiss(runtime: Runtime, company: str, items: tuple[int, ...], as_json: bool) -> None:
    """Say that nothing is to be done about items."""
    _end(runtime, company, items, Ended.DISMISSED, as_json)


@open_work.command(name="use-name")
@click.argument("company")
@click.argument("item", type=click.IntRange(1, LARGEST_ID))
@click.option("--name", help="The full name in QuickBooks; left out, the one that was found.")
@json_option
@pass_runtime
def use_name_(runtime: Runtime, company: str, item: int, name: str | None, as_json: bool) -> None:
    """Say which name a renamed or merged customer or item has in QuickBooks now."""
    with runtime.database.transaction() as db:
        found = companies.find_company(db, company)
        record = work_record(use_name(db, found, item, name, by=runtime.by, now=runtime.now()))
    _tell([record], as_json)


@open_work.command(name="add-anew")
@click.argument("company")
@click.argument("item", type=click.IntRange(1, LARGEST_ID))
@json_option
@pass_runtime
def add_anew_(runtime: Runtime, company: str, item: int, as_json: bool) -> None:
    """Say that the old name of a renamed customer or item is another one, to be added."""
    with runtime.database.transaction() as db:
        found = companies.find_company(db, company)
        record = work_record(add_anew(db, found, item, by=runtime.by, now=runtime.now()))
    _tell([record], as_json)


def _end(runtime: Runtime, company: str, ids: Sequence[int], ended: Ended, as_json: bool) -> None:
    """All of them or none."""
    with runtime.database.transaction() as db:
        found = companies.find_company(db, company)
        items = [end_work(db, found.id, each, ended, by=runtime.by, now=runtime.now()) for each in ids]
        records = [work_record(item) for item in items]
    _tell(records, as_json)


def _tell(records: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json({"open_work": records})
        return
    for record in records:
        say(f"Open work {record['id']} is {record['ended']}.")
