"""The command line ``qbwc-server``; it holds no rules, it reads a request, calls one function and shows the result."""

from __future__ import annotations

import sys

import click

from qbwc_server import __version__
from qbwc_server.cli.company import company
from qbwc_server.cli.db import db
from qbwc_server.cli.demo import demo
from qbwc_server.cli.documents import documents
from qbwc_server.cli.open_work import open_work
from qbwc_server.cli.output import Commands
from qbwc_server.cli.run import scheduler, serve, settings
from qbwc_server.cli.runtime import Runtime
from qbwc_server.cli.simulate import simulate
from qbwc_server.cli.status import status
from qbwc_server.observe import logs


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "--version", prog_name="qbwc-server")
@click.option(
    "--settings",
    "settings_file",
    metavar="FILE",
    envvar="QBWC_SETTINGS",
    help="TOML file with settings; default: qbwc.toml where present. QBWC_... variables win over it.",
)
@click.pass_context
def cli(ctx: click.Context, settings_file: str | None) -> None:
    """Queued invoices and sales reach QuickBooks Desktop through the Web Connector, exactly once."""
    ctx.obj = Runtime(settings_file)


for command in (serve, scheduler, demo, simulate, settings, status, db, company, documents, open_work):
    cli.add_command(command)


def main() -> None:
    """Entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        # a terminal that cannot show a character shows a substitute; it must not end the command
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    logs.configure("WARNING", "text", sys.stderr)  # standard output is the command's own; serve says what it wants
    cli(prog_name="qbwc-server")
