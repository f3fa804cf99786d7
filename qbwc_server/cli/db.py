"""``qbwc-server db``: the schema of the database."""

from __future__ import annotations

import click

from qbwc_server.cli.output import Exit, json_option, note, print_json, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.db import Database, make_engine, schema
from qbwc_server.db.sqlite_file import database_file


@click.group()
def db() -> None:
    """The database and its schema."""


@db.command()
@json_option
@pass_runtime
def upgrade(runtime: Runtime, as_json: bool) -> None:
    """Create the tables, or bring them to this version. Safe to repeat."""
    address = _address(runtime)
    engine = make_engine(runtime.settings.database)
    before = schema.current(engine)
    schema.upgrade(runtime.settings.database)
    after = schema.current(engine)
    engine.dispose()
    if as_json:
        print_json({"database": address, "before": before, "after": after, "changed": before != after})
    elif before == after:
        say(f"{address} is up to date (schema {after}).")
    else:
        say(f"{address} now has schema {after} (before: {before or 'none'}).")


@db.command()
@json_option
@pass_runtime
@click.pass_context
def check(ctx: click.Context, runtime: Runtime, as_json: bool) -> None:
    """Say whether the schema is the one of this version; exit status 5 where it is not."""
    address = _address(runtime)
    engine = Database(runtime.settings.database).engine
    current, head, fits = schema.current(engine), schema.head(), schema.is_current(engine)
    engine.dispose()
    if as_json:
        print_json({"database": address, "current": current, "needed": head, "up_to_date": fits})
    else:
        say(f"{address} has schema {current or 'none'}; this version needs {head}.")
        if not fits:
            note("Run: qbwc-server db upgrade")
    if not fits:
        ctx.exit(Exit.SETTINGS)


def _address(runtime: Runtime) -> str:
    """Which database it is: its address without the password, or the full path of its file."""
    file = database_file(runtime.settings.database)
    return str(runtime.settings.masked()["database_url"]) if file is None else str(file)
