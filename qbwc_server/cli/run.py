"""``serve``, ``scheduler``, ``worker`` and ``settings``: what runs the server."""

from __future__ import annotations

import click

from qbwc_server import serving
from qbwc_server.cli.output import complain, json_option, note, print_json, print_table
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.cli.server_process import LISTENS
from qbwc_server.observe import logs
from qbwc_server.settings import Settings, load


@click.command()
@click.option("--host", metavar="ADDRESS", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.")
@click.option("--workers", type=click.IntRange(1, 64), help="Server processes.")
@pass_runtime
def serve(runtime: Runtime, host: str | None, port: int | None, workers: int | None) -> None:
    """Run the server until it is told to stop.

    The options win over the settings of the same name.
    """
    chosen: dict[str, object] = {"host": host, "port": port, "workers": workers}
    overrides = {name: value for name, value in chosen.items() if value is not None}
    settings = load(runtime.settings_file, **overrides)
    _prepare(settings)
    serving.serve(settings, ready=lambda address: note(f"{LISTENS} {address}; Ctrl-C stops it."))


@click.command()
@pass_runtime
def scheduler(runtime: Runtime) -> None:
    """Run the timed jobs until it is told to stop; one per installation is enough, several do no harm."""
    from qbwc_server.jobs import runner

    _prepare(runtime.settings)
    logs.configure(runtime.settings.log_level, runtime.settings.log_format)
    note("The scheduler runs; Ctrl-C stops it.")
    runner.run(runtime.settings)


@click.command()
@pass_runtime
def worker(runtime: Runtime) -> None:
    """Do the jobs that the scheduler calls for, until it is told to stop; any number, on any machine.

    Needs PostgreSQL, and job_workers = "procrastinate" here and for the scheduler.
    """
    from qbwc_server.jobs import runner

    _prepare(runtime.settings)
    logs.configure(runtime.settings.log_level, runtime.settings.log_format)
    note("The worker runs; Ctrl-C stops it.")
    runner.work(runtime.settings)


def _prepare(settings: Settings) -> None:
    """An old schema is refused before anything else is said; the first start makes the key of sealed secrets."""
    from qbwc_server.db import Database, schema
    from qbwc_server.tenancy.resealing import prepare_keys

    database = Database(settings.database)
    try:
        schema.require_current(database.engine)
        trouble = prepare_keys(database, settings)
    finally:
        database.engine.dispose()  # before any fork: connections must not be shared
    if trouble is not None:  # the books can do without
        complain(trouble)


@click.command()
@json_option
@pass_runtime
def settings(runtime: Runtime, as_json: bool) -> None:
    """The settings in force, secrets masked."""
    values = runtime.settings.masked()
    if as_json:
        print_json(values)
        return
    print_table(
        ("Setting", "Value", "Variable", "Meaning"),
        [
            (name, "-" if values[name] is None else values[name], f"QBWC_{name.upper()}", field.description or "")
            for name, field in Settings.model_fields.items()
        ],
    )
