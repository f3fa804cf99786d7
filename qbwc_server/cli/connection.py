"""``qbwc-server connection``: connect a channel, see how it goes, run it, pause it, end it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click

from qbwc_server.channels.connections.finding import connections_of, find_connection
from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import (
    Choices,
    add_connection,
    change_connection,
    read_since,
    try_connection,
)
from qbwc_server.channels.connections.states import RecordState
from qbwc_server.channels.connections.stopping import Unposted, disconnect, pause, resume
from qbwc_server.channels.contract import Channel
from qbwc_server.channels.options import declared, secret_names
from qbwc_server.channels.registry import CHANNELS, channel_named
from qbwc_server.cli.connection_page import how_to_upload, show_channel, show_connection, show_run, when
from qbwc_server.cli.connection_start import COMMANDS as START_COMMANDS
from qbwc_server.cli.connection_upload import upload
from qbwc_server.cli.documents import read_options
from qbwc_server.cli.output import Exit, json_option, note, paragraph, plain, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.reports.connections import (
    channel_record,
    connection_record,
    record_record,
    records_of,
    whole_connection_record,
)
from qbwc_server.tenancy.companies import find_company

_company = click.argument("company")
_connection = click.argument("connection", type=click.IntRange(1, LARGEST_ID))
_options = click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE|FILE",
    help="An option of the channel, or a JSON or TOML file of them; may be repeated. NAME= takes one back.",
)
_secrets = click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="NAME",
    help="Ask for this secret; where nobody can be asked, read it from standard input.",
)
_title = click.option("--title", help="What people call it.")
_every = click.option("--every", "every_minutes", type=int, metavar="MINUTES", help="How often it is run.")
_submits = click.option(
    "--submit/--for-review", "submits", default=None, help="Submit documents at once, or let a person look first."
)
_limits = click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=MOST",
    help="How much is submitted without anybody's asking: documents_per_run, documents_per_day, amount_per_run, "
    "amount_per_day; NAME= takes one away.",
)


@click.group(commands=(upload, *START_COMMANDS))
def connection() -> None:
    """Channels connected to a company: what brings documents by itself."""


@connection.command()
@click.argument("channel", required=False)
@json_option
def types(channel: str | None, as_json: bool) -> None:
    """Every channel that can be connected, with its options."""
    found = [channel_named(channel)] if channel else list(CHANNELS.values())
    if as_json:
        print_json({"types": [channel_record(one) for one in found]})
        return
    for one in found:
        show_channel(one)


@connection.command()
@_company
@click.argument("channel")
@_options
@_secrets
@_title
@_every
@_submits
@_limits
@click.option("--since", metavar="DATE", help="Bring nothing that changed before; left out, everything comes.")
@json_option
@pass_runtime
def add(
    runtime: Runtime,
    company: str,
    channel: str,
    options: tuple[str, ...],
    secrets: tuple[str, ...],
    title: str | None,
    every_minutes: int | None,
    submits: bool | None,
    limits: tuple[str, ...],
    since: str | None,
    as_json: bool,
) -> None:
    """Connect a channel. Secrets are asked for, never given on the command line."""
    found = channel_named(channel)
    values = _values(found, options, secrets, needed=True)
    with runtime.database.transaction() as db:
        tenant = find_company(db, company)
        choices = Choices(title, every_minutes, submits, read_since(since, tenant.time_zone), _limits_said(limits))
        row = add_connection(
            db, tenant, found, values, choices, settings=runtime.settings, by=runtime.by, now=runtime.now()
        )
        record = connection_record(db, row)
    _tell(record, as_json, f"Connection {record['id']} to {found.title} is being set up.")
    if not as_json and found.is_uploaded:
        note(how_to_upload(found, company, record["id"]))
    elif not as_json:
        note(f"Try it: qbwc-server connection test {company} {record['id']}")


@connection.command(name="list")
@_company
@json_option
@pass_runtime
def list_(runtime: Runtime, company: str, as_json: bool) -> None:
    """The connections of a company."""
    with runtime.database.reading() as db:
        tenant = find_company(db, company)
        records = [connection_record(db, row) for row in connections_of(db, tenant.id)]
    if as_json:
        print_json({"connections": records})
        return
    if not records:
        say("No connections. qbwc-server connection types says what can be connected.")
        return
    print_table(
        ("Id", "Title", "Channel", "Account", "State", "Last run", "Message"),
        [
            (
                one["id"],
                one["title"],
                one["channel"],
                one["account"],
                one["state"].replace("_", " "),
                when(one["last_run"]["started_at"], tenant.time_zone) if one["last_run"] else "never",
                one["message"] or "",
            )
            for one in records
        ],
        right=("Id",),
    )


@connection.command()
@_company
@_connection
@click.option("--runs", type=click.IntRange(0, 500), default=10, show_default=True, help="How many runs are shown.")
@json_option
@pass_runtime
def show(runtime: Runtime, company: str, connection: int, runs: int, as_json: bool) -> None:
    """One connection: options without secrets, how far it is, its runs, its records."""
    with runtime.database.reading() as db:
        tenant = find_company(db, company)
        record = whole_connection_record(db, find_connection(db, tenant.id, connection), runs=runs)
    if as_json:
        print_json(record)
    else:
        show_connection(record, tenant.time_zone)


@connection.command(name="set")
@_company
@_connection
@_options
@_secrets
@_title
@_every
@_submits
@_limits
@json_option
@pass_runtime
def set_(
    runtime: Runtime,
    company: str,
    connection: int,
    options: tuple[str, ...],
    secrets: tuple[str, ...],
    title: str | None,
    every_minutes: int | None,
    submits: bool | None,
    limits: tuple[str, ...],
    as_json: bool,
) -> None:
    """Change options of a connection; records that were set aside are tried again at the next run."""
    with runtime.database.reading() as db:
        row = find_connection(db, find_company(db, company).id, connection)
        channel = channel_named(row.channel)
    values = _values(channel, options, secrets, needed=False)
    with runtime.database.transaction() as db:
        row = find_connection(db, find_company(db, company).id, connection, locked=True)
        choices = Choices(title, every_minutes, submits, limits=_limits_said(limits))
        change_connection(db, row, values, choices, settings=runtime.settings, by=runtime.by, now=runtime.now())
        record = connection_record(db, row)
    _tell(record, as_json, f"Connection {connection} is changed.")


@connection.command()
@_company
@_connection
@json_option
@pass_runtime
@click.pass_context
def test(ctx: click.Context, runtime: Runtime, company: str, connection: int, as_json: bool) -> None:
    """Try the address and the key. One that was being set up runs by its schedule when all is well."""
    with runtime.database.reading() as db:
        company_id = find_company(db, company).id
    found = try_connection(runtime.database, company_id, connection, settings=runtime.settings, clock=runtime.now)
    if as_json:
        with runtime.database.reading() as db:
            record = connection_record(db, find_connection(db, company_id, connection))
        print_json({**record, "checks": [one.as_record() for one in found]})
    for one in [] if as_json else found:
        paragraph(f"{one.title}: {one.notice.message if one.notice else one.found}")
        if one.notice:
            paragraph(f"      {one.notice.advice}")
    if any(one.notice for one in found):
        ctx.exit(Exit.NEEDS_A_PERSON)


@connection.command()
@_company
@_connection
@click.option("--since", metavar="DATE", help="Ask again for all that changed since then; what is known is known.")
@click.option("--again", is_flag=True, help="Draft what comes once more, although it is known.")
@json_option
@pass_runtime
@click.pass_context
def run(
    ctx: click.Context, runtime: Runtime, company: str, connection: int, since: str | None, again: bool, as_json: bool
) -> None:
    """Run a connection now. Exit status 1 tells that something needs a person."""
    with runtime.database.reading() as db:
        tenant = find_company(db, company)
    report = run_connection(
        runtime.database,
        company,
        connection,
        settings=runtime.settings,
        by=runtime.by,
        clock=runtime.now,
        since=read_since(since, tenant.time_zone),
        again=again,
    )
    with runtime.database.reading() as db:
        row = find_connection(db, tenant.id, connection)
        record = connection_record(db, row)
    if as_json:
        print_json({"connection": record, "report": report.documents.as_record(), "set_aside": report.set_aside})
    else:
        show_run(record["last_run"], report.documents.findings, report.set_aside)
    if report.needs_a_person:
        ctx.exit(Exit.NEEDS_A_PERSON)


@connection.command(name="pause")
@_company
@_connection
@json_option
@pass_runtime
def pause_(runtime: Runtime, company: str, connection: int, as_json: bool) -> None:
    """Run it no more until resume."""
    with runtime.database.transaction() as db:
        row = find_connection(db, find_company(db, company).id, connection, locked=True)
        pause(db, row, by=runtime.by, now=runtime.now())
        record = connection_record(db, row)
    _tell(record, as_json, f"Connection {connection} is paused.")


@connection.command(name="resume")
@_company
@_connection
@json_option
@pass_runtime
def resume_(runtime: Runtime, company: str, connection: int, as_json: bool) -> None:
    """Run it by its schedule again."""
    with runtime.database.transaction() as db:
        row = find_connection(db, find_company(db, company).id, connection, locked=True)
        resume(db, row, by=runtime.by, now=runtime.now())
        record = connection_record(db, row)
    _tell(record, as_json, _goes_on(record))


@connection.command(name="disconnect")
@_company
@_connection
@click.option("--keep", "unposted", flag_value=Unposted.KEEP.value, help="What is not in QuickBooks stays here.")
@click.option("--remove", "unposted", flag_value=Unposted.REMOVE.value, help="What is not in QuickBooks is excluded.")
@json_option
@pass_runtime
def disconnect_(runtime: Runtime, company: str, connection: int, unposted: str | None, as_json: bool) -> None:
    """End a connection; asks what becomes of documents that are not in QuickBooks. Its secrets are forgotten."""
    if unposted is None:
        if not sys.stdin.isatty():
            raise click.UsageError("Say --keep or --remove: what becomes of documents that are not in QuickBooks?")
        unposted = click.prompt(
            "Documents that are not in QuickBooks", type=click.Choice([one.value for one in Unposted]), err=True
        )
    done = disconnect(runtime.database, company, connection, Unposted(unposted), by=runtime.by, clock=runtime.now)
    with runtime.database.reading() as db:
        record = connection_record(db, find_connection(db, find_company(db, company).id, connection))
    said = f"Connection {connection} is disconnected; {done.removed} documents were excluded."
    _tell({**record, "removed": done.removed}, as_json, said)


@connection.command()
@_company
@_connection
@click.option("--set-aside", is_flag=True, help="Only those that are set aside.")
@click.option("--after", type=click.IntRange(0, LARGEST_ID), default=0, metavar="ID", help="Go on behind this record.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many at most.")
@json_option
@pass_runtime
def records(
    runtime: Runtime, company: str, connection: int, set_aside: bool, after: int, limit: int, as_json: bool
) -> None:
    """What a connection brought, and why something is set aside."""
    state = RecordState.SET_ASIDE if set_aside else None
    with runtime.database.reading() as db:
        row = find_connection(db, find_company(db, company).id, connection)
        found = records_of(db, row, state=state, after_id=after, limit=limit + 1)
        page = [record_record(one) for one in found[:limit]]
    more = page[-1]["id"] if len(found) > limit else None
    if as_json:
        print_json({"records": page, "next": more})
        return
    for one in page:
        paragraph(f"{one['id']}  {one['stream']} {plain(one['key'])}: {one['state'].replace('_', ' ')}. "
                  f"{plain(one['message'] or '')}".rstrip())  # fmt: skip
    if not page:
        say("No records.")
    if more:
        note(f"There are more: --after {more}")


def _goes_on(record: dict[str, Any]) -> str:
    how = f"runs every {record['every_minutes']} minutes" if record["every_minutes"] else "takes files again"
    return f"Connection {record['id']} {how}."


def _values(channel: Channel, options: Iterable[str], secrets: Iterable[str], *, needed: bool) -> dict[str, object]:
    """Options as given, and secrets as they are typed or stand on standard input, a line each."""
    values: dict[str, Any] = {name: value if value != "" else None for name, value in read_options(options).items()}
    hidden = secret_names(channel.options)
    if told := [name for name in values if name in hidden]:
        raise click.UsageError(f"{told[0]} is a secret: give it with --secret {told[0]}, not on the command line.")
    wanted = [one.name for one in declared(channel.options) if one.secret and one.required] if needed else []
    for name in dict.fromkeys([*secrets, *wanted]):
        if name not in hidden:
            raise click.UsageError(f"{channel.title} has no secret {name!r}; it has {', '.join(hidden) or 'none'}.")
        values[name] = _asked(name)
    return {name: value for name, value in values.items() if value is not None} if needed else values


def _asked(name: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(name, hide_input=True, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise click.UsageError(f"Standard input does not hold the secret {name}: one line for each.")
    return line


def _tell(record: dict[str, Any], as_json: bool, said: str) -> None:
    if as_json:
        print_json(record)
    else:
        say(said)


def _limits_said(said: Iterable[str]) -> dict[str, object] | None:
    pairs = [one.partition("=") for one in said]
    return {name: _number_or_text(most) for name, _, most in pairs} or None


def _number_or_text(most: str) -> object:
    return (int(most) if most.isascii() and most.isdigit() else most) if most else None
