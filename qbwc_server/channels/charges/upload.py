"""From a file of charges to records: an upload is a run of its connection, and each organisation a fact."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from sqlalchemy import update

from qbwc_server.billing.charges import NotACharge, day_of
from qbwc_server.billing.days import Period
from qbwc_server.channels.charges.options import ChargeFileOptions
from qbwc_server.channels.charges.table import ChargeTable
from qbwc_server.channels.connections.finding import channel_of, find_connection
from qbwc_server.channels.connections.models import Connection, Record
from qbwc_server.channels.connections.records import keep_page
from qbwc_server.channels.connections.running import refuse_standing
from qbwc_server.channels.connections.runs import Progress, RunLost, begin, end, hear
from qbwc_server.channels.connections.set_aside import tell_set_aside
from qbwc_server.channels.connections.setting_up import say
from qbwc_server.channels.connections.states import ConnectionEvent, RecordState, RunOutcome
from qbwc_server.channels.connections.versions import BROKEN
from qbwc_server.channels.contract import BrokenFact, Page, Stream
from qbwc_server.channels.files.contract import MAX_FILE_BYTES, FileRefused, FileTooLarge
from qbwc_server.channels.http import AnswerUnreadable
from qbwc_server.channels.sherweb.charges import pages
from qbwc_server.channels.sherweb.gathering import Gathered, gather
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.documents.problems import Problem
from qbwc_server.errors import Invalid, Notice, QbwcError
from qbwc_server.shortening import shortened, storable
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.companies import find_company

_MOST_PERIODS = 60  # of one file
_LONGEST_NAME = 200
_NO_PERIOD = "It names no day on which its period begins."


class NoCharges(Invalid):
    """This connection takes no charges."""

    code = "no_charges"
    advice = "This lists the connections: qbwc-server connection list COMPANY"


@dataclass
class ChargesReport:
    """What came of an upload. ``new``, ``changed`` and ``known`` count organisations and periods."""

    connection_id: int
    run_id: int
    new: int = 0
    changed: int = 0
    known: int = 0
    set_aside: int = 0
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def as_record(self) -> dict[str, Any]:
        """JSON-ready."""
        told = asdict(self)
        return {"connection": told.pop("connection_id"), "run": told.pop("run_id"), **told}


@dataclass
class _Read:
    """A file as it was read."""

    periods: list[Gathered]
    outside: list[BrokenFact] = field(default_factory=list)  # rows that belong to no period
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def upload_charges(
    database: Database,
    company_code: str,
    connection_id: int,
    path: Path,
    options: ChargeFileOptions,
    *,
    name: str | None = None,
    by: Actor,
    clock: Clock,
) -> ChargesReport:
    """Keep the charges of a file: what it says of an organisation takes the place of what was said for that period.

    Args:
        name: what the file is called where it comes from; left out, as here.

    Raises:
        NotFound: there is no such company or connection.
        NoCharges, NotRunning, RunUnderWay: the connection takes none, or not now.
        FileRefused: the file cannot be read as charges; nothing of it is kept.
    """
    with database.transaction() as db:
        row = find_connection(db, find_company(db, company_code).id, connection_id, locked=True)
        channel = channel_of(row)
        if not channel.brings_charges:
            raise NoCharges(f"Connection {connection_id} takes no charges.")
        refuse_standing(row, by)
        run = begin(db, row, by=by, now=clock())
        run.file = shortened(storable(name or path.name), _LONGEST_NAME)
        report = ChargesReport(connection_id, run.id)
    (stream,) = [one for one in channel.streams if one.name == "charges"]
    try:
        with ExitStack() as stack:
            _keep(database, row, stream, _read(stack, path, options), report, clock)
        _finish(database, row, report, clock)
    except RunLost:
        raise
    except BaseException as error:
        known = isinstance(error, QbwcError)
        notice = error.notice if known and isinstance(error, QbwcError) else Notice("run_broke_off", "It broke off.")
        with database.transaction() as db:
            outcome = RunOutcome.FAILED if known else RunOutcome.BROKE_OFF
            end(db, report.run_id, outcome, now=clock(), notice=notice)
        raise
    return report


def _keep(
    database: Database, row: Connection, stream: Stream, read: _Read, report: ChargesReport, clock: Clock
) -> None:
    """All of a file is one commit: nobody bills a half of it."""
    report.problems, report.remarks = read.problems, read.remarks
    told: set[str] = set()
    with database.transaction() as db:
        for page in (Page([], read.outside), *_pages(read.periods)):
            told.update(fact.key for fact in page.facts)
            kept = keep_page(db, row, report.run_id, stream, page, told, again=False, now=clock())
            report.new, report.changed, report.known = (
                report.new + kept.new,
                report.changed + kept.changed,
                report.known + kept.known,
            )
            report.set_aside += len(page.broken)
            report.problems += [one.problem for one in page.broken]
        done = Progress(1, report.new, report.changed, report.known)
        hear(db, report.run_id, now=clock(), done=done)


def _pages(periods: Iterable[Gathered]) -> Iterator[Page]:
    for one in periods:
        yield from pages(one)


def _finish(database: Database, row: Connection, report: ChargesReport, clock: Clock) -> None:
    """A file is not asked for again: what of it cannot be read is set aside at once."""
    with database.transaction() as db:
        connection = db.get_one(Connection, row.id, with_for_update=True)
        db.execute(
            update(Record)
            .where(Record.connection_id == row.id, Record.run_id == report.run_id, Record.version.startswith(BROKEN))
            .values(state=RecordState.SET_ASIDE)
        )
        end(db, report.run_id, RunOutcome.DONE, now=clock(), set_aside=report.set_aside)
        if channel_of(connection).is_uploaded:  # else only what upstream answers says how it goes
            say(connection, ConnectionEvent.WORKED, None, clock())
        tell_set_aside(db, connection, now=clock())


def _read(stack: ExitStack, path: Path, options: ChargeFileOptions) -> _Read:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise FileTooLarge(f"{path.name} has more than {MAX_FILE_BYTES} bytes.")
        stream = stack.enter_context(path.open("rb"))
    except OSError as error:
        raise FileRefused(f"{path.name} cannot be opened: {error.strerror}.") from None
    if _is_json(stream):
        try:
            return _Read([gather(stream, _file(stack))])
        except AnswerUnreadable as error:
            raise FileRefused(str(error), advice="Give the whole document as the API tells it.") from None
    return _of_table(stack, stream, options)


def _file(stack: ExitStack) -> IO[bytes]:
    return stack.enter_context(TemporaryFile())


def _is_json(stream: BinaryIO) -> bool:
    beginning = stream.read(1000)
    stream.seek(0)
    return beginning.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _of_table(stack: ExitStack, stream: BinaryIO, options: ChargeFileOptions) -> _Read:
    said = _said(options)
    table = ChargeTable(stream, options)
    read = _Read([], remarks=list(table.remarks))
    periods: dict[Period, Gathered] = {}
    for row in table.rows():
        if isinstance(row, BrokenFact):
            read.outside.append(row)
            continue
        read.problems += row.problems
        period = said or _month_of(row.told.get("periodFrom"))
        if period is None:
            read.outside.append(BrokenFact(Problem("not_a_charge", "periodFrom", _NO_PERIOD, ""), str(row.told)))
            continue
        if period not in periods:
            if len(periods) == _MOST_PERIODS:
                raise FileRefused(f"The file holds charges of more than {_MOST_PERIODS} months.")
            periods[period] = Gathered(period, options.whole, _file(stack))
        periods[period].add(row.told)
    if options.whole and read.outside:
        raise FileRefused("Rows of the file cannot be read, so that it does not tell all.", advice="Correct the rows.")
    read.periods = list(periods.values())
    return read


def _said(options: ChargeFileOptions) -> Period | None:
    first, last = options.period_from, options.period_to
    if first is None and last is None:
        return None
    if first is None or last is None or last < first:
        raise Invalid("A period has its first and its last day.", advice="Give period_from and period_to.")
    return Period(first, last)


def _month_of(told: object) -> Period | None:
    """A charge belongs to the period that holds its first day; it is never split."""
    try:
        day = day_of(told, "periodFrom")
    except NotACharge:
        return None
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
