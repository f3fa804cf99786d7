"""``qbwc-server shop``: the days of a shop against documents and books, its clearing account, payouts, conflicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from qbwc_server.cli.output import json_option, paragraph, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid
from qbwc_server.reports.shop import day_record, days_record, find_shop, read_day
from qbwc_server.reports.shop_money import clearing_record, conflicts_record, payout_record, payouts_record
from qbwc_server.tenancy.companies import find_company

Record = Mapping[str, Any]
_connection = click.option(
    "--connection", type=click.IntRange(1, LARGEST_ID), help="Of the shop; left out: the first one of the company."
)
_before = click.option("--before", metavar="DATE", help="Days before this one.")
_after = click.option("--after", type=click.IntRange(0, LARGEST_ID), default=0, help="Go on behind this.")
_AMOUNTS = ("Orders", "Documents", "In QuickBooks", "Difference")


@click.group()
def shop() -> None:
    """Whether what a shop tells, its documents and QuickBooks are the same, day by day and to the cent."""


def _told(
    runtime: Runtime, company: str, connection: int | None, report: Callable[..., Record], *arguments: Any, **more: Any
) -> Record:
    with runtime.database.reading() as db:
        return report(db, find_shop(db, find_company(db, company).id, connection), *arguments, **more)


@shop.command()
@click.argument("company")
@_connection
@_before
@json_option
@pass_runtime
def days(runtime: Runtime, company: str, connection: int | None, before: str | None, as_json: bool) -> None:
    """Days, the newest first: sums by way of payment as orders, documents and QuickBooks have them."""
    told = _told(runtime, company, connection, days_record, before=read_day(before))
    if as_json:
        print_json(dict(told))
        return
    for one in told["days"]:
        waits = f", {one['waiting']} documents are not in QuickBooks yet" if one["waiting"] else ""
        say(f"{one['day']}: {one['orders']} orders, {'DIFFERS' if one['differs'] else 'agrees'}{waits}")
        _print_sums(one["sums"])
    if not told["days"]:
        say("Nothing has been sold yet.")
    _say_more(told["next"], "before")


@shop.command()
@click.argument("company")
@click.argument("day", metavar="DATE")
@_connection
@click.option("--after", default="", help="Orders behind this one.")
@json_option
@pass_runtime
def day(runtime: Runtime, company: str, day: str, connection: int | None, after: str, as_json: bool) -> None:
    """A day by place, and down to its orders with their documents."""
    found = read_day(day)
    if found is None:
        raise Invalid("It was not said which day.")
    told = _told(runtime, company, connection, day_record, found, after=after)
    if as_json:
        print_json(dict(told))
        return
    _print_sums(told["by_place"])
    say()
    rows = [
        (one["name"], one["place"], _amounts(one["told"]), ", ".join(map(_document, one["documents"])))
        for one in told["listed"]
    ]
    print_table(("Order", "Place", "It says", "Documents"), rows)
    _say_more(told["next"], "after")


@shop.command()
@click.argument("company")
@_connection
@_before
@json_option
@pass_runtime
def clearing(runtime: Runtime, company: str, connection: int | None, before: str | None, as_json: bool) -> None:
    """The balance of the clearing account by day, beside what the channel says that it holds."""
    told = _told(runtime, company, connection, clearing_record, before=read_day(before))
    names = ("books", "on_the_way", "pending", "stated", "difference")
    heads = ("In QuickBooks", "On its way", "Not counted", "By the channel", "Difference")
    if as_json:
        print_json(dict(told))
        return
    print_table(("Day", *heads), [(one["day"], *(one[name] for name in names)) for one in told["days"]], right=heads)
    _say_more(told["next"], "before")


@shop.command()
@click.argument("company")
@_connection
@click.option("--before", type=click.IntRange(1, LARGEST_ID), help="Payouts before this.")
@json_option
@pass_runtime
def payouts(runtime: Runtime, company: str, connection: int | None, before: int | None, as_json: bool) -> None:
    """Payouts, the newest first: what is in each, what is paid out, and its document."""
    told = _told(runtime, company, connection, payouts_record, before=before)
    if as_json:
        print_json(dict(told))
        return
    names = ("payout", "at", "status", "included_net", "net")
    print_table(
        ("Payout", "At", "Status", "In it", "Paid out", "Document"),
        [
            (*(one.get(name) for name in names), _document(one.get("document"), differs=one.get("differs")))
            for one in told["payouts"]
        ],
        right=("In it", "Paid out"),
    )
    _say_more(told["next"], "before")


@shop.command()
@click.argument("company")
@click.argument("number")
@_connection
@_after
@json_option
@pass_runtime
def payout(runtime: Runtime, company: str, number: str, connection: int | None, after: int, as_json: bool) -> None:
    """One payout with the transactions in it."""
    told = _told(runtime, company, connection, payout_record, number, after=after)
    if as_json:
        print_json(dict(told))
        return
    say(f"Payout {told['payout']}: {told.get('net')}, in it {told.get('included_net')}")
    names = ("order", "type", "at", "amount", "fee", "net")
    print_table(
        ("Order", "Type", "At", "Amount", "Fee", "Net"),
        [tuple(one[name] for name in names) for one in told["included"] or ()],
        right=("Amount", "Fee", "Net"),
    )
    _say_more(told["next"], "after")


@shop.command()
@click.argument("company")
@_connection
@_after
@json_option
@pass_runtime
def conflicts(runtime: Runtime, company: str, connection: int | None, after: int, as_json: bool) -> None:
    """Documents of the shop that need a person, the oldest first."""
    told = _told(runtime, company, connection, conflicts_record, after=after)
    if as_json:
        print_json(dict(told))
        return
    for one in told["conflicts"]:
        paragraph(f"{one['kind']} {one['id']} of {one['date']}, {one['state']}: {one['message'] or one['origin']}")
        if one["advice"]:
            paragraph(f"  {one['advice']}")
    if not told["conflicts"]:
        say("No document of the shop needs you.")
    _say_more(told["next"], "after")


def _print_sums(sums: list[Record]) -> None:
    names = ("orders", "documents", "books", "difference")
    print_table(
        ("Place", "Way", *_AMOUNTS),
        [(one["place"], one["way"] or one["part"], *(one[name] for name in names)) for one in sums],
        right=_AMOUNTS,
    )


def _amounts(told: list[Record]) -> str:
    return ", ".join(f"{one['way'] or one['part']} {one['amount']}" for one in told)


def _document(one: Record | None, *, differs: bool | None = None) -> str:
    said = "" if one is None else f"{one['kind']} {one['id']} {one['state']}"
    return f"{said} DOES NOT COME OUT".strip() if differs else said


def _say_more(following: object, name: str) -> None:
    if following is not None:
        say(f"There are more: --{name} {following}")
