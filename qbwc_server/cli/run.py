"""``serve``, ``scheduler``, ``worker`` and ``settings``: what runs the server."""

from __future__ import annotations

import click

from qbwc_server import serving
from qbwc_server.cli.output import json_option, note, print_json, print_table
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
    serving.serve(settings, ready=lambda address: note(f"{LISTENS} {address}; Ctrl-C stops it."))


@click.command()
@pass_runtime
def scheduler(runtime: Runtime) -> None:
    """Run the timed jobs until it is told to stop; one per installation is enough, several do no harm."""
    from qbwc_server.jobs import runner

    runtime.database.engine.dispose()  # an old schema is refused before anything else is said
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

    runtime.database.engine.dispose()
    logs.configure(runtime.settings.log_level, runtime.settings.log_format)
    note("The worker runs; Ctrl-C stops it.")
    runner.work(runtime.settings)


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
