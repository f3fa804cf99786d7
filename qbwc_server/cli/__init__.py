"""The command line ``qbwc-server``; it holds no rules, it reads a request, calls one function and shows the result."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

import click

from qbwc_server import __version__
from qbwc_server.cli.output import Commands
from qbwc_server.cli.runtime import Runtime

# Each is loaded when it is called: all together take seconds. Name of the command, module here, name in it.
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("run", "serve"),
    "scheduler": ("run", "scheduler"),
    "worker": ("run", "worker"),
    "jobs": ("jobs", "jobs"),
    "demo": ("demo", "demo"),
    "simulate": ("simulate", "simulate"),
    "settings": ("run", "settings"),
    "status": ("status", "status"),
    "db": ("db", "db"),
    "company": ("company", "company"),
    "partner": ("partners", "partner"),
    "user": ("users", "user"),
    "member": ("members", "member"),
    "audit": ("audit", "audit"),
    "secrets": ("secrets", "secrets"),
    "documents": ("documents", "documents"),
    "bulk": ("bulk", "bulk"),
    "billing": ("billing", "billing"),
    "shop": ("shop", "shop"),
    "connection": ("connection", "connection"),
    "open-work": ("open_work", "open_work"),
    "request": ("requests", "request"),
    "mapping": ("mapping", "mapping"),
    "rule": ("rules", "rule"),
    "lists": ("lists", "lists"),
    "mail": ("mail", "mail"),
    "webhook": ("webhooks", "webhook"),
}


class _LoadedWhenCalled(Mapping[str, click.Command]):
    """The commands by name."""

    def __getitem__(self, name: str) -> click.Command:
        module, attribute = COMMANDS[name]
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), attribute)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@click.group(
    cls=Commands,
    commands=_LoadedWhenCalled(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
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
    prepare: Callable[[], None] | None = ctx.obj
    if prepare is not None:
        prepare()
    ctx.obj = Runtime(settings_file)


def main() -> None:
    """Entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        # a terminal that cannot show a character shows a substitute; it must not end the command
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli(prog_name="qbwc-server", obj=_log_to_stderr)


def _log_to_stderr() -> None:
    """Standard output is the command's own; serve says what it wants."""
    from qbwc_server.observe import logs

    logs.configure("WARNING", "text", sys.stderr)
