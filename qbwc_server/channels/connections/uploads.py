"""An upload is a run of a connection: its row in the log, the record of its file, and what of the file is set aside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import find_connection
from qbwc_server.channels.connections.models import LONGEST_KEY, Connection, Record
from qbwc_server.channels.connections.pairs import keep_pairs
from qbwc_server.channels.connections.running import refuse_standing
from qbwc_server.channels.connections.runs import Progress, RunLost, begin_upload, end, hear
from qbwc_server.channels.connections.set_aside import tell_set_aside
from qbwc_server.channels.connections.setting_up import Choices, connect, say
from qbwc_server.channels.connections.states import ConnectionEvent, RecordState, RunOutcome
from qbwc_server.channels.contract import Draft, Skipped
from qbwc_server.channels.files.channel import FILES
from qbwc_server.channels.files.options import FIRST, FilesOptions
from qbwc_server.channels.options import read_options
from qbwc_server.channels.report import Finding, ImportReport, IntakeReport, Kept
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.errors import Notice, QbwcError
from qbwc_server.posting.submitting.submit import lock
from qbwc_server.shortening import storable
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.models import Company

FILE, LINE = "files", "lines"  # streams of records: whole files, and what is set aside of them
_VERSION = "1"  # a file with other bytes is another file
_DIGITS = 40  # of a digest, in the keys of lines
_AGAIN = "Upload the file again: what is in is known, and the rest comes."
_CAME_IN = "It came in later."


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What is known of a file before it is read: its name, its size in bytes, the SHA-256 of them."""

    name: str
    size: int
    digest: str


def files_connection(
    db: Session, company: Company, connection_id: int | None, *, by: Actor, now: datetime
) -> Connection:
    """The connection that an upload belongs to; without a number the first, which is made where there is none.

    Raises:
        NotFound: the company has no such connection, or it is not one of files.
        NotRunning: it is paused or disconnected.
    """
    if connection_id is not None:
        row = find_connection(db, company.id, connection_id, locked=True, channel=FILES.code)
    else:
        row = _first(db, company) or _connected(db, company, by, now)
    refuse_standing(row, by)
    return row


def _connected(db: Session, company: Company, by: Actor, now: datetime) -> Connection:
    lock(db, company)  # another first upload may be under way
    return _first(db, company) or connect(db, company, FILES, FilesOptions(), None, Choices(), by=by, now=now)


def _first(db: Session, company: Company) -> Connection | None:
    ours = Connection.company_id == company.id, Connection.channel == FILES.code, Connection.account == FIRST
    return db.scalar(select(Connection).where(*ours).with_for_update())


class Upload:
    """One upload at work; ``report`` says what has come of it so far."""

    def __init__(
        self, database: Database, company_code: str, file: Uploaded, connection_id: int | None, by: Actor, clock: Clock
    ) -> None:
        """Begin the run. Raises what ``files_connection`` does."""
        self.file, self.report = file, ImportReport(file=file.name)
        self._database, self._clock = database, clock
        with database.transaction() as db:
            company = find_company(db, company_code)
            self._connection = files_connection(db, company, connection_id, by=by, now=clock())
            self.connection_id = self._connection.id
            self.report.connection_id = self.connection_id
            self.report.run_id = begin_upload(db, self._connection, file.name, by=by, now=clock()).id
            self._something_is_aside = _first_aside(db, self._connection.id) is not None
        self.options: FilesOptions = _options(self._connection)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While the file is read; behind it the run has ended, whatever became of it."""
        try:
            yield
        except RunLost:
            raise
        except QbwcError as error:
            self._break_off(error.notice, RunOutcome.FAILED)
            raise
        except BaseException as error:
            said = f"The upload broke off ({type(error).__name__.strip('_')})."
            self._break_off(Notice("run_broke_off", said, _AGAIN), RunOutcome.BROKE_OFF)
            raise
        self._finish()

    def recognised(self, format_code: str) -> None:
        """Keep the record of the file, and say when it came in before."""
        self.report.format = format_code
        told = {"name": self.file.name, "bytes": self.file.size, "format": format_code}
        with self._database.transaction() as db:
            db.get_one(Connection, self.connection_id, with_for_update=True)  # the same file may come twice at once
            row = _record(db, self.connection_id, self.file)
            if row is None:
                db.add(self._new_record(FILE, self.file.digest, self.file.digest, json.dumps(told)))
            elif row.state is RecordState.DRAFTED:
                self.report.came_before = row.received_at
            done = Progress(new=int(row is None), known=int(row is not None))
            hear(db, self.report.run_id, now=self._clock(), done=done)

    def alongside(
        self,
        db: Session,
        batch: Sequence[Draft | Skipped],
        findings: Sequence[Finding],
        waiting: Sequence[int],
        followed: Mapping[str, str],
    ) -> None:
        """In the transaction of every batch: which file the documents came of, and what is set aside no more."""
        hear(db, self.report.run_id, now=self._clock())
        refused = {one.origin for one in findings if one.outcome is Kept.PROBLEM}
        origins = [*(one.document.origin for one in batch if isinstance(one, Draft)), *followed]
        kept = [origin for origin in origins if origin not in refused]
        keep_pairs(db, self._connection, [(origin, self.file.digest) for origin in kept], followed)
        if self._something_is_aside and kept:
            _came_in(db, self._connection.id, kept)

    def _finish(self) -> None:
        """All of the file has been read: its record says so, lines that stay out have theirs, and the run ends."""
        mistakes = _mistakes(self.report)
        with self._database.transaction() as db:
            connection = db.get_one(Connection, self._connection.id, with_for_update=True)
            file = _record(db, connection.id, self.file)
            if file is not None:
                file.state, file.code, file.message = RecordState.DRAFTED, None, None
            self._set_aside(db, mistakes, all_told=not self.report.findings_left_out)
            self._end(db, RunOutcome.DONE, set_aside=len(mistakes))
            say(connection, ConnectionEvent.WORKED, None, self._clock())
            if mistakes or self._something_is_aside:
                tell_set_aside(db, connection, now=self._clock())

    def _break_off(self, notice: Notice, outcome: RunOutcome) -> None:
        """The file was refused, or the upload ends in the middle: what it came to so far stays."""
        with self._database.transaction() as db:
            connection = db.get_one(Connection, self._connection.id, with_for_update=True)
            file = _record(db, connection.id, self.file)
            partly = file is not None and file.state is RecordState.NEW and outcome is RunOutcome.FAILED
            if file is not None and partly:
                file.state, file.code, file.message = RecordState.SET_ASIDE, notice.code, notice.message
            self._end(db, outcome, set_aside=int(partly), notice=notice)
            if partly:
                tell_set_aside(db, connection, now=self._clock())

    def _end(
        self,
        db: Session,
        outcome: RunOutcome,
        *,
        set_aside: int,
        notice: Notice | None = None,
    ) -> None:
        counts = self.report.counts.as_record()
        end(db, self.report.run_id, outcome, now=self._clock(), documents=counts, set_aside=set_aside, notice=notice)

    def _set_aside(self, db: Session, mistakes: Mapping[int, list[Finding]], *, all_told: bool) -> None:
        """A record for each line that stays out; the same line of the same file has one already."""
        there = {row.source_key: row for row in _lines_of(db, self._connection.id, self.file)}
        for line, findings in mistakes.items():
            key = f"{self.file.digest[:_DIGITS]}:{line}"
            row = there.pop(key, None)
            if row is None:
                group = storable(findings[0].origin or "")[:LONGEST_KEY] or key
                row = self._new_record(LINE, key, group, None)
                db.add(row)
            row.state, row.code = RecordState.SET_ASIDE, findings[0].problem.code
            row.message = f"{self.file.name}, line {line}: " + " ".join(one.problem.message for one in findings)
        if all_told:
            for row in there.values():
                if row.state is RecordState.SET_ASIDE:
                    row.state, row.message = RecordState.DRAFTED, _CAME_IN
        db.flush()

    def _new_record(self, stream: str, key: str, group: str, body: str | None) -> Record:
        return Record(
            company_id=self._connection.company_id,
            connection_id=self._connection.id,
            run_id=self.report.run_id,
            stream=stream,
            source_key=key,
            version=_VERSION,
            group_key=group,
            gone=False,
            body=body,
            digest=self.file.digest,
            state=RecordState.NEW,
            received_at=self._clock(),
        )


def _options(connection: Connection) -> FilesOptions:
    found = read_options(FilesOptions, connection.options)
    assert isinstance(found, FilesOptions)
    return found


def _record(db: Session, connection_id: int, file: Uploaded) -> Record | None:
    return db.scalar(
        select(Record).where(
            Record.connection_id == connection_id, Record.stream == FILE, Record.source_key == file.digest
        )
    )


def _lines_of(db: Session, connection_id: int, file: Uploaded) -> Sequence[Record]:
    start = f"{file.digest[:_DIGITS]}:"
    return db.scalars(
        select(Record).where(
            Record.connection_id == connection_id, Record.stream == LINE, Record.source_key.startswith(start)
        )
    ).all()


def _first_aside(db: Session, connection_id: int) -> int | None:
    return db.scalar(
        select(Record.id)
        .where(Record.connection_id == connection_id, Record.state == RecordState.SET_ASIDE)
        .order_by(Record.id)
        .limit(1)
    )


def _came_in(db: Session, connection_id: int, origins: Sequence[str]) -> None:
    """Lines that were set aside, whose documents are here now."""
    db.execute(
        update(Record)
        .where(
            Record.connection_id == connection_id,
            Record.stream == LINE,
            Record.state == RecordState.SET_ASIDE,
            Record.group_key.in_(origins),
        )
        .values(state=RecordState.DRAFTED, message=_CAME_IN)
    )


def _mistakes(report: IntakeReport) -> dict[int, list[Finding]]:
    """By line, what keeps it out, as far as the report tells it."""
    found: dict[int, list[Finding]] = {}
    for one in report.findings:
        if one.outcome is Kept.PROBLEM:
            found.setdefault(one.line_number or 0, []).append(one)
    return found
