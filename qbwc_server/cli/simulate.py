"""``qbwc-server simulate``: the simulated Web Connector with a simulated QuickBooks, against any QBWC server."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import click

from qbwc_server.cli.output import Exit, counted, json_option, note, plain, print_json, progress, say
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.simulator import Break, ConnectorKilled, Faults, NeverEnding, UpdateReport, WebConnector, WireFault
from qbwc_server.simulator import faults as quickbooks_faults
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.faults import Fault
from qbwc_server.simulator.scenarios import demo_company, empty_company
from qbwc_server.simulator.state import StateError
from qwc_templates import QwcError

# name to class and the field that =VALUE sets
_IN_QUICKBOOKS: dict[str, tuple[type[Fault], str, type[int | float | str]]] = {
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
OPERATIONS = (
    *("serverVersion", "clientVersion", "authenticate", "sendRequestXML", "receiveResponseXML"),
    *("connectionError", "getLastError", "closeConnection"),
    *("getInteractiveURL", "interactiveDone", "interactiveRejected"),
)
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
                if operation not in OPERATIONS:
                    raise ValueError(operation)
                wire.append(WireFault(Break(name), operation, int(nth or 1)))
            else:
                name, _, value = text.partition("=")
                kind, field, convert = _IN_QUICKBOOKS[name]
                if value and not field:
                    raise ValueError(value)
                inside.append(kind(**{field: convert(value)}) if value else kind())
        except (KeyError, ValueError):
            raise click.UsageError(f"{text!r} is no fault; see --help.") from None
    return Plan(Faults.of(*wire), tuple(inside))


class Books(StrEnum):
    """What new simulated books hold."""

    DEMO = "demo"  # a small trading company with items and customers
    EMPTY = "empty"  # accounts only


_MAKE = {Books.DEMO: demo_company, Books.EMPTY: empty_company}


@click.command()
@click.option("--qwc", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The .qwc file.")
@click.option("--password", envvar="QBWC_PASSWORD", help="Of the Web Connector; asked for where not given.")
@click.option(
    "--company-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the simulated books are kept; made when absent. Default: new books, forgotten at the end.",
)
@click.option(
    "--books",
    type=click.Choice([each.value for each in Books]),
    default=Books.DEMO.value,
    show_default=True,
    help="What new books hold: a small trading company, or accounts only.",
)
@click.option("--updates", type=click.IntRange(1, 1000), default=1, show_default=True, help="Update sessions to run.")
@click.option("--faults", multiple=True, metavar="FAULT", help=_FAULT_HELP + ", ".join([*Break, *_IN_QUICKBOOKS]))
@json_option
@click.pass_context
def simulate(
    ctx: click.Context,
    qwc: Path,
    password: str | None,
    company_file: Path | None,
    books: str,
    updates: int,
    faults: tuple[str, ...],
    as_json: bool,
) -> None:
    """Let the simulated Web Connector run an update against the server that a .qwc file names.

    It works with any server for the QuickBooks Web Connector. Exit status 1 tells that an update ended with an error.
    """
    plan = read_faults(faults)
    try:
        content = qwc.read_bytes()
    except OSError as error:
        raise NotFound(f"The file {qwc} cannot be read: {error.strerror}.") from None
    quickbooks = open_books(company_file, _MAKE[Books(books)])
    quickbooks.faults.add(*plan.quickbooks)
    if password is None:
        password = click.prompt("Password", hide_input=True, err=True)
    ended: list[UpdateReport] = []
    with progress("Update") as advance:
        try:
            connector = WebConnector.from_qwc(
                content, password, quickbooks, faults=plan.wire, on_progress=lambda percent, _: advance(percent, 100)
            )
        except QwcError as error:
            raise Invalid(f"{qwc} cannot be used: {error}.") from None
        for _ in range(updates):
            ended.append(one_update(connector))
    late = connector.late()
    balance = quickbooks.trial_balance()
    if as_json:
        print_json(
            {
                "ok": all(report.ok for report in ended),
                "updates": [update_record(report) for report in ended],
                "late_calls": [call._asdict() for call in late],
                "books": {"transactions": len(quickbooks.transactions), "trial_balance": balance},
            }
        )
    else:
        for report in ended:
            say(f"{'Done' if report.ok else 'Error'}: {describe(report)}")
        for call in late:
            say(f"Late call {call.operation}: {plain(call.brief)}")
        say(f"The simulated books hold {counted(len(quickbooks.transactions), 'transaction')}.")
        if company_file is not None:
            note(f"They are kept in {company_file}.")
    if not all(report.ok for report in ended):
        ctx.exit(Exit.NEEDS_A_PERSON)


def open_books(path: Path | None, make: Callable[[], CompanyFile]) -> CompanyFile:
    """Simulated books, kept in ``path`` or only in memory. Raises Invalid where the file is something else."""
    if path is None:
        return make()
    try:
        return CompanyFile.open_file(path, make=make)
    except StateError as error:
        raise Invalid(f"{path} cannot be used as a simulated company file: {error}") from None
    except (OSError, sqlite3.Error) as error:
        raise Invalid(f"{path} cannot be opened: {error}.") from None


def one_update(connector: WebConnector) -> UpdateReport:
    """One update session; a Web Connector killed by plan has a report too."""
    try:
        return connector.update()
    except ConnectorKilled as killed:
        return replace(killed.report, status_line=f"the Web Connector was killed ({killed})")
    except NeverEnding as error:
        raise Conflict(f"The server does not come to an end: {error}.") from None


def update_record(report: UpdateReport) -> dict[str, object]:
    """One update session as programs read it."""
    return {
        "ok": report.ok,
        "status_line": report.status_line,
        "error": report.error or None,
        "percent": report.percent,
        "message_sets": report.rounds,
        "next_run_in": report.next_run_in,
        "calls": [call._asdict() for call in report.calls],
    }


def describe(report: UpdateReport) -> str:
    """What the Web Connector's window says, and how much went over the line."""
    words = plain(report.status_line) or "no status line"
    code = f"{report.error}: " if report.error else ""
    traffic = f"{counted(len(report.calls), 'call')}, {counted(report.rounds, 'message set')}, {report.percent} %"
    return f"{code}{words} ({traffic})"
