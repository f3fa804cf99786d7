"""``qbwc-server partner``: who looks after companies."""

from __future__ import annotations

import click

from qbwc_server.cli.members import members_table
from qbwc_server.cli.output import json_option, note, print_facts, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.reports.people import partner_record, whole_partner_record
from qbwc_server.tenancy.partners import add_partner, find_partner, partners


@click.group()
def partner() -> None:
    """Partners: a reseller, an accountant's office, or one shop; companies stand under them."""


@partner.command()
@click.argument("code")
@click.option("--name", required=True, help="Name as people know it.")
@json_option
@pass_runtime
def add(runtime: Runtime, code: str, name: str, as_json: bool) -> None:
    """Add a partner. A company that is added without one gets its own."""
    with runtime.database.transaction() as db:
        record = partner_record(db, add_partner(db, code=code, name=name, by=runtime.by, now=runtime.now()))
    if as_json:
        print_json(record)
        return
    say(f"Partner {record['code']} added: {record['name']}")
    note(f"Its companies: qbwc-server company add CODE --partner {record['code']} --name NAME --time-zone ZONE")
    note(f"Its people: qbwc-server member add EMAIL --partner {record['code']} --role owner")


@partner.command(name="list")
@json_option
@pass_runtime
def list_(runtime: Runtime, as_json: bool) -> None:
    """All partners, each with its companies."""
    with runtime.database.reading() as db:
        records = [partner_record(db, each) for each in partners(db)]
    if as_json:
        print_json({"partners": records})
    elif not records:
        say("There is no partner yet; the first company brings one with it.")
    else:
        print_table(
            ("Code", "Name", "Companies"),
            [(record["code"], record["name"], ", ".join(record["companies"])) for record in records],
        )


@partner.command()
@click.argument("code")
@json_option
@pass_runtime
def show(runtime: Runtime, code: str, as_json: bool) -> None:
    """One partner: its companies, and who may what in them."""
    with runtime.database.reading() as db:
        record = whole_partner_record(db, find_partner(db, code))
    if as_json:
        print_json(record)
        return
    print_facts([("Code", record["code"]), ("Name", record["name"]), ("Companies", ", ".join(record["companies"]))])
    members_table("all its companies", record["members"])
    for company, members in record["members_of_companies"].items():
        members_table(company, members)
