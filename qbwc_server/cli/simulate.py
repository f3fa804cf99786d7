"""``qbwc-server simulate``: the simulated Web Connector with a simulated QuickBooks, against any QBWC server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from qbwc_server.cli.output import Exit, json_option, note, plain, print_json, progress, say
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.simulator import faults as quickbooks_faults
from qbwc_server.simulator.faults import Fault
from qbwc_server.simulator.web_connector import ConnectorKilled, NeverEnding, UpdateReport, WebConnector
from qbwc_server.simulator.wire_faults import Break, Faults, WireFault
from qwc_templates import QwcError

# name to class and the field that =VALUE sets
_IN_QUICKBOOKS: dict[str, tuple[type[Fault], str, type[int] | type[float] | type[str]]] = {
    "refuse_to_open": (quickbooks_faults.RefuseToOpen, "hresult", str),
    "crash_before": (quickbooks_faults.CrashBefore, "", str),
    "crash_during": (quickbooks_faults.CrashDuring, "after", int),
    "crash_after": (quickbooks_faults.CrashAfter, "", str),
    "slow": (quickbooks_faults.Slow, "seconds", float),
    "locked": (quickbooks_faults.Locked, "code", int),
    "truncated_answer": (quickbooks_faults.TruncatedAnswer, "share", float),
    "internal_error": (quickbooks_faults.InternalError, "request", int),
    "fine": (quickbooks_faults.Fine, "", str),
}
_FAULT_HELP = """What goes wrong, several with commas; may be repeated. On the way: BREAK@OPERATION[:NTH], for instance
answer_lost@receiveResponseXML:2. Inside QuickBooks, one message set after the other: NAME[=VALUE], for instance
fine,crash_during=3. Names: """


@dataclass(frozen=True)
class Plan:
    """Faults on the wire, and inside QuickBooks in their order."""

    wire: Faults
    quickbooks: tuple[Fault, ...]


def read_faults(given: tuple[str, ...]) -> Plan:
    """The plan that ``--faults`` describes. Raises click.UsageError."""
    wire: list[WireFault] = []
    inside: list[Fault] = []
    for text in (part.strip() for each in given for part in each.split(",") if part.strip()):
        name, at, where = text.partition("@")
        try:
            if at:
                operation, _, nth = where.partition(":")
                wire.append(WireFault(Break(name), operation, int(nth or 1)))
            else:
                name, _, value = text.partition("=")
                kind, field, convert = _IN_QUICKBOOKS[name]
                inside.append(kind(**{field: convert(value)}) if value and field else kind())
        except (KeyError, ValueError):
            raise click.UsageError(f"{text!r} is no fault; see --help.") from None
    return Plan(Faults.of(*wire), tuple(inside))


@click.command()
@click.option("--qwc", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The .qwc file.")
@click.option("--password", envvar="QBWC_PASSWORD", help="Of the Web Connector; asked for where not given.")
@click.option(
    "--company-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the simulated books are kept; made when absent. Default: new books, forgotten at the end.",
)
@click.option("--updates", type=click.IntRange(1, 1000), default=1, show_default=True, help="Update sessions to run.")
@click.option(
    "--faults",
    multiple=True,
    metavar="FAULT",
    help=_FAULT_HELP + ", ".join([*Break, *_IN_QUICKBOOKS]),
)
@json_option
@click.pass_context
def simulate(
    ctx: click.Context,
    qwc: Path,
    password: str | None,
    company_file: Path | None,
    updates: int,
    faults: tuple[str, ...],
    as_json: bool,
) -> None:
    """Let the simulated Web Connector run an update against the server that a .qwc file names.

    It works with any server for the QuickBooks Web Connector. Exit status 1 tells that an update ended with an error.
    """
