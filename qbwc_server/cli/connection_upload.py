"""``qbwc-server connection upload``: what a distributor charges, from a file."""

from __future__ import annotations

from pathlib import Path

import click

from qbwc_server.channels.charges.options import charge_file_options
from qbwc_server.channels.charges.upload import upload_charges
from qbwc_server.cli.documents import read_options
from qbwc_server.cli.output import Exit, json_option, paragraph, print_json, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID

_MOST_SHOWN = 20  # problems


@click.command()
@click.argument("company")
@click.argument("connection", type=click.IntRange(1, LARGEST_ID))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--options",
    "options",
    multiple=True,
    metavar="FILE|NAME=VALUE",
    help="Options of the file: a JSON or TOML file, or one NAME=VALUE such as whole=true; may be repeated.",
)
@json_option
@pass_runtime
@click.pass_context
def upload(
    ctx: click.Context,
    runtime: Runtime,
    company: str,
    connection: int,
    file: Path,
    options: tuple[str, ...],
    as_json: bool,
) -> None:
    """Keep what a distributor charges, from its invoice as CSV or Excel, or as JSON. The same file adds nothing.

    Exit status 1 tells that some rows could not be read.
    """
    chosen = charge_file_options(read_options(options))
    report = upload_charges(runtime.database, company, connection, file, chosen, by=runtime.by, clock=runtime.now)
    if as_json:
        print_json(report.as_record())
    else:
        for remark in report.remarks:
            paragraph(remark)
        for problem in report.problems[:_MOST_SHOWN]:
            paragraph(f"{problem.message} {problem.advice}")
        say(f"Organisations: {report.new} new, {report.changed} changed, {report.known} as before.")
        if report.set_aside:
            say(f"{report.set_aside} charges could not be read; connection records --set-aside says why.")
    if report.set_aside:
        ctx.exit(Exit.NEEDS_A_PERSON)
