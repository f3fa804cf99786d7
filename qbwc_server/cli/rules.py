"""``qbwc-server rule``: what a person says of the lines of statements, tried in order."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import click

from qbwc_server.cli.output import json_option, plain, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid
from qbwc_server.mapping.rules.keeping import add_rule, as_rule, move_rule, remove_rule, rules_of
from qbwc_server.mapping.rules.learning import book
from qbwc_server.mapping.rules.rule import Direction, Match, Rule, Split, StatementEntry
from qbwc_server.reports.rules import booked_record, rule_record
from qbwc_server.tenancy.companies import find_company

_direction = click.Choice([one.value for one in Direction])
_TAX = {"reduced": True, "normal": False}
_tax = click.option("--tax", type=click.Choice(list(_TAX)), help="Only what is taxed at this rate.")


@click.group()
def rule() -> None:
    """To which accounts the lines of statements go, by what they say and come to."""


@rule.command(name="list")
@click.argument("company")
@json_option
@pass_runtime
def list_(runtime: Runtime, company: str, as_json: bool) -> None:
    """All rules, the first to be tried first."""
    with runtime.database.reading() as db:
        records = [rule_record(one) for one in rules_of(db, find_company(db, company).id)]
    if as_json:
        print_json({"rules": records})
        return
    if not records:
        say("There are no rules.")
        return
    print_table(
        ("Id", "Text", "Match", "Direction", "From", "To", "Source", "Account", "Class", "Parts"),
        [
            (
                *(one[name] for name in ("id", "text", "match", "direction", "least", "most", "source", "account")),
                one["class"],
                len(one["splits"]) or None,
            )
            for one in records
        ],
    )


@rule.command()
@click.argument("company")
@click.argument("text")
@click.option("--account", required=True, help="Full name of the account in QuickBooks.")
@click.option("--exact", is_flag=True, help="The description is this text; else it holds it.")
@click.option("--direction", type=_direction, help="Only income, or only expenses.")
@click.option("--least", metavar="AMOUNT", help="Only from this amount on.")
@click.option("--most", metavar="AMOUNT", help="Only up to this amount.")
@click.option("--source", metavar="ACCOUNT", help="Only what stands on this account.")
@_tax
@click.option("--class", "class_name", metavar="CLASS", help="Class of the lines.")
@click.option("--description", help="In the place of the description of the source.")
@click.option("--split", "splits", multiple=True, metavar="ACCOUNT=10.00|ACCOUNT=5%", help="A part to its own account.")
@json_option
@pass_runtime
def add(
    runtime: Runtime,
    company: str,
    text: str,
    account: str,
    exact: bool,
    direction: str | None,
    least: str | None,
    most: str | None,
    source: str | None,
    tax: str | None,
    class_name: str | None,
    description: str | None,
    splits: tuple[str, ...],
    as_json: bool,
) -> None:
    """Add a rule behind all others; one that looks for the same is replaced."""
    said = Rule(
        text=text,
        account=account,
        match=Match.EXACT if exact else Match.PARTIAL,
        direction=None if direction is None else Direction(direction),
        least=_amount(least),
        most=_amount(most),
        source=source,
        reduced_tax=None if tax is None else _TAX[tax],
        class_name=class_name,
        description=description,
        splits=tuple(map(_split, splits)),
    )
    with runtime.database.transaction() as db:
        row = add_rule(db, find_company(db, company), said, by=runtime.by, now=runtime.now())
        record = rule_record(as_rule(row))
    _tell(record, f"Rule {record['id']} is kept.", as_json=as_json)


@rule.command()
@click.argument("company")
@click.argument("rule_id", type=click.IntRange(1, LARGEST_ID), metavar="RULE")
@json_option
@pass_runtime
def remove(runtime: Runtime, company: str, rule_id: int, as_json: bool) -> None:
    """Take a rule away."""
    with runtime.database.transaction() as db:
        remove_rule(db, find_company(db, company), rule_id, by=runtime.by, now=runtime.now())
    _tell({"id": rule_id}, f"Rule {rule_id} is removed.", as_json=as_json)


@rule.command()
@click.argument("company")
@click.argument("rule_id", type=click.IntRange(1, LARGEST_ID), metavar="RULE")
@click.argument("place", type=click.IntRange(1, 1000))
@json_option
@pass_runtime
def move(runtime: Runtime, company: str, rule_id: int, place: int, as_json: bool) -> None:
    """Put a rule at a place, counted from 1."""
    with runtime.database.transaction() as db:
        row = move_rule(db, find_company(db, company), rule_id, place, by=runtime.by, now=runtime.now())
        record = {"id": row.id, "place": row.place}
    _tell(record, f"Rule {rule_id} is tried in place {record['place']}.", as_json=as_json)


@rule.command(name="try")
@click.argument("company")
@click.argument("description")
@click.argument("amount")
@click.option(
    "--direction", type=_direction, default=Direction.EXPENSE.value, show_default=True, help="Money in, or money out."
)
@click.option("--source", metavar="ACCOUNT", help="The account on which it stands.")
@_tax
@json_option
@pass_runtime
def try_(
    runtime: Runtime,
    company: str,
    description: str,
    amount: str,
    direction: str,
    source: str | None,
    tax: str | None,
    as_json: bool,
) -> None:
    """What rules, and what was learnt, would make of a line; nothing is changed."""
    entry = StatementEntry(
        description,
        Direction(direction),
        _amount(amount) or Decimal(0),
        source,
        None if tax is None else _TAX[tax],
    )
    with runtime.database.reading() as db:
        (booked,) = book(db, find_company(db, company).id, [entry])
    record = booked_record(booked)
    if as_json:
        print_json(record)
        return
    for line in record["lines"]:
        say(f"{line['amount']}  {plain(line['account'])}")
    say("A person has to say." if record["why"] is None else f"By {record['why']}.")


def _tell(record: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(record)
    else:
        say(sentence)


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Invalid(f"{text[:40]!r} is no amount.") from None
    if not amount.is_finite():
        raise Invalid(f"{text[:40]!r} is no amount.")
    return amount


def _split(text: str) -> Split:
    account, equals, part = text.rpartition("=")
    if not equals:
        raise Invalid(f"{text[:60]!r} is not ACCOUNT=AMOUNT or ACCOUNT=PERCENT%.")
    if part.endswith("%"):
        return Split(account, percent=_amount(part[:-1]))
    return Split(account, amount=_amount(part))
