"""``qbwc-server db``: the schema of the database."""

from __future__ import annotations

import click

from qbwc_server.cli.output import Exit, json_option, note, print_json, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.db import make_engine, schema


@click.group()
def db() -> None:
    """The database and its schema."""


@db.command()
@json_option
@pass_runtime
def upgrade(runtime: Runtime, as_json: bool) -> None:
    """Create the tables, or bring them to this version. Safe to repeat."""
    address = runtime.settings.masked()["database_url"]
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
    address = runtime.settings.masked()["database_url"]
    engine = make_engine(runtime.settings.database)
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
