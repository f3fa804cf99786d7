"""Run a connection: ask upstream for each stream page by page, keep what comes, draft it, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.drafting import Drafting
from qbwc_server.channels.connections.finding import channel_of, find_connection, marks_of, options_of, waits_for_start
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.pulling import Pulling
from qbwc_server.channels.connections.runs import RunLost, begin, end, hear
from qbwc_server.channels.connections.set_aside import tell_set_aside
from qbwc_server.channels.connections.setting_up import say
from qbwc_server.channels.connections.states import BY_THE_CLOCK, ConnectionEvent, ConnectionState, RunOutcome
from qbwc_server.channels.connections.telling_back import TellingBack
from qbwc_server.channels.connections.trouble import tell_trouble
from qbwc_server.channels.connections.what_waited import submit_what_waited
from qbwc_server.channels.contract import Channel
from qbwc_server.channels.http import SignInRefused, Upstream, UpstreamBusy, UpstreamError
from qbwc_server.channels.options import ChannelOptions, secret_values
from qbwc_server.channels.registry import CHANNELS
from qbwc_server.channels.report import IntakeReport
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.errors import Conflict, Notice, QbwcError
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.models import Company

log = structlog.get_logger(__name__)

_MOST_PATIENCE = timedelta(days=1)  # whatever upstream asks for


class NotRunning(Conflict):
    """This connection is not run at all."""

    code = "connection_not_running"
    advice = "Resume it, or connect it again."


class PagesBroke(QbwcError):
    """Pages could not be read."""

    code = "pages_broke"
    advice = "They are asked for again at the next run. If it stays so, look at the system upstream."


@dataclass(frozen=True, slots=True)
class RunReport:
    """What came of a run."""

    connection_id: int
    run_id: int
    outcome: RunOutcome
    notice: Notice | None
    documents: IntakeReport
    set_aside: int

    @property
    def needs_a_person(self) -> bool:
        """Whether it did not come to its end, or documents or records wait for somebody."""
        return self.outcome is not RunOutcome.DONE or self.documents.needs_a_person or self.set_aside > 0


def run_connection(
    database: Database,
    company_code: str,
    connection_id: int,
    *,
    settings: Settings,
    by: Actor,
    clock: Clock,
    since: datetime | None = None,
    again: bool = False,
    checkpoint: Callable[[], None] = lambda: None,
) -> RunReport:
    """Fetch what changed, or everything from ``since`` on; what is known already is known.

    Args:
        again: draft what comes in once more, although it is known.
        checkpoint: called often, and ends the run by raising; what has come is kept.

    Raises:
        NotFound: there is no such company or connection.
        NotRunning, RunUnderWay: it is not run now.
    """
    with database.transaction() as db:
        company = find_company(db, company_code)
        connection = find_connection(db, company.id, connection_id, locked=True)
        refuse_standing(connection, by)
        refuse_uploaded(connection)
        run_id = begin(db, connection, by=by, now=clock()).id
        since_by_stream = _since_by_stream(db, connection, since)
    run = _Run(database, company, connection, run_id, settings, by, clock, checkpoint)
    try:
        return run.go(since_by_stream, again=again)
    except RunLost:
        raise
    except BaseException as error:
        run.break_off(error)
        raise


def refuse_uploaded(connection: Connection) -> None:
    """Raises NotRunning where nothing is fetched, because people and programs upload it."""
    if connection.channel in CHANNELS and channel_of(connection).is_uploaded:
        advice = f"Upload a file: {channel_of(connection).upload_command}"
        raise NotRunning(f"Nothing is fetched by connection {connection.id}: its runs are uploads.", advice=advice)


def refuse_standing(connection: Connection, by: Actor) -> None:
    """Raises NotRunning where a person said that it is not to bring anything, or there is nothing by the clock."""
    paused = (ConnectionState.PAUSED, ConnectionState.DISCONNECTED)
    by_the_clock = by.kind is ActorKind.JOB
    if connection.state in paused or (by_the_clock and connection.state not in BY_THE_CLOCK):
        raise NotRunning(f"Connection {connection.id} is {connection.state.value.replace('_', ' ')}.")
    if waits_for_start(connection):
        advice = f"Settle what it asks, then start it: qbwc-server connection start COMPANY {connection.id}"
        raise NotRunning(f"Connection {connection.id} is not started.", advice=advice)


def _since_by_stream(db: Session, connection: Connection, since: datetime | None) -> dict[str, tuple[Any, bool]]:
    """From when each stream is asked for, and whether its mark may move: not where a gap would be left before it."""
    marks = marks_of(db, connection)
    found: dict[str, tuple[datetime | None, bool]] = {}
    for stream in channel_of(connection).streams:
        mark = marks.get(stream.name)
        reached = connection.since if mark is None else mark.complete_until
        usual = reached if mark is None else mark.complete_until - stream.overlap
        if since is None:
            found[stream.name] = usual, True
        else:
            found[stream.name] = since, reached is not None and since <= reached
    return found


class _Ended(NamedTuple):
    """How a run ends, why, and until when upstream asked to be left alone."""

    event: ConnectionEvent
    notice: Notice | None = None
    not_before: datetime | None = None


class _Run:
    """One run at work."""

    def __init__(
        self,
        database: Database,
        company: Company,
        connection: Connection,
        run_id: int,
        settings: Settings,
        by: Actor,
        clock: Clock,
        checkpoint: Callable[[], None],
    ) -> None:
        self._database, self._company, self._connection, self._run_id = database, company, connection, run_id
        self._settings, self._by, self._clock, self._checkpoint = settings, by, clock, checkpoint
        self._ended: BaseException | None = None  # what a checkpoint raised: a channel may have caught it
        self._remarks: dict[str, None] = {}

    def go(self, since_by_stream: Mapping[str, tuple[datetime | None, bool]], *, again: bool) -> RunReport:
        ended, answers = _Ended(ConnectionEvent.WORKED), True
        drafting: Drafting | None = None
        try:
            channel = channel_of(self._connection)
            options = options_of(self._connection, self._settings)
            drafting = self._drafting(channel, options)
            pulling = self._pulling(channel, options)
            with self._upstream(options) as upstream:
                pulling.pull(upstream, since_by_stream, self._remarks, again=again)
            if pulling.broken_pages:
                raise PagesBroke(f"{pulling.broken_pages} pages could not be read; what stood on the others is here.")
        except RunLost:
            raise
        except QbwcError as error:
            self._go_on()
            ended, answers = _ended(error, self._clock()), not isinstance(error, UpstreamError)
        if drafting is not None:
            self._go_on_with_what_waited()
            while drafting.step():
                self._go_on()
            drafting.finish()
            told = self._tell_back(channel, options) if answers else ended
            ended = told if ended.event is ConnectionEvent.WORKED else ended
        return self._finish(ended, drafting)

    def _tell_back(self, channel: Channel, options: ChannelOptions) -> _Ended:
        """What became of documents, to upstream where it wants to know; how the run ends."""
        if channel.push is None or not channel.pushes(options):
            return _Ended(ConnectionEvent.WORKED)
        back = TellingBack(
            self._database,
            self._company,
            self._connection,
            channel.push,
            options,
            guard=self._guard,
            go_on=self._go_on,
        )
        try:
            with self._upstream(options) as upstream:
                told, left = back.tell(upstream)
        except RunLost:
            raise
        except QbwcError as error:
            self._go_on()
            return _ended(error, self._clock())
        if left:
            self._remarks[f"Upstream was told what became of {told} documents, and did not take it of {left}."] = None
        return _Ended(ConnectionEvent.WORKED)

    def break_off(self, error: BaseException) -> None:
        """The process is told to end, or something nobody expected came up: say so, and leave the rest to the next."""
        with self._database.transaction() as db:
            notice = Notice("run_broke_off", f"The run broke off ({type(error).__name__.strip('_')}).", "")
            end(db, self._run_id, RunOutcome.BROKE_OFF, now=self._clock(), notice=notice)

    def _drafting(self, channel: Channel, options: ChannelOptions) -> Drafting:
        return Drafting(
            self._database,
            self._connection,
            self._company.code,
            channel,
            options,
            by=self._by,
            clock=self._clock,
            guard=self._guard,
            run_id=self._run_id,
        )

    def _pulling(self, channel: Channel, options: ChannelOptions) -> Pulling:
        return Pulling(
            self._database,
            self._connection,
            channel,
            options,
            run_id=self._run_id,
            clock=self._clock,
            go_on=self._go_on,
        )

    def _go_on_with_what_waited(self) -> None:
        """What was over a limit, or whose period was unknown, comes before what is new."""
        after_id: int | None = 0
        while after_id is not None and self._connection.submits:
            self._go_on()
            with self._database.transaction() as db:
                self._guard(db)
                after_id = submit_what_waited(
                    db, self._company, self._connection, self._run_id, after_id, by=self._by, now=self._clock()
                )

    def _guard(self, db: Session) -> None:
        hear(db, self._run_id, now=self._clock())

    def _go_on(self) -> None:
        """Whether the run may go on; raises what the checkpoint raises, now and ever after."""
        if self._ended is not None:
            raise self._ended
        try:
            self._checkpoint()
        except BaseException as ended:
            self._ended = ended
            raise

    def _upstream(self, options: ChannelOptions) -> Upstream:
        secrets, private = secret_values(options).values(), self._settings.private_upstreams
        return Upstream(private=private, secrets=secrets, before_each=self._go_on, clock=self._clock)

    def _finish(self, ended: _Ended, drafting: Drafting | None) -> RunReport:
        event, notice, not_before = ended
        report = IntakeReport() if drafting is None else drafting.report
        report.remarks[:0] = self._remarks
        outcome = RunOutcome.DONE if event is ConnectionEvent.WORKED else RunOutcome.FAILED
        set_aside = 0 if drafting is None else drafting.set_aside
        now = self._clock()
        with self._database.transaction() as db:
            row = db.get_one(Connection, self._connection.id, with_for_update=True)
            end(
                db,
                self._run_id,
                outcome,
                now=now,
                documents=report.counts.as_record(),
                set_aside=set_aside,
                notice=notice,
            )
            say(row, event, notice, now)
            row.not_before = not_before
            tell_trouble(db, row, now=now)
            waiting = tell_set_aside(db, row, now=now)
        return RunReport(self._connection.id, self._run_id, outcome, notice, report, waiting)


def _ended(error: QbwcError, now: datetime) -> _Ended:
    event = ConnectionEvent.REFUSED if isinstance(error, SignInRefused) else ConnectionEvent.FAILED
    return _Ended(event, error.notice, _patience(error, now))


def _patience(error: QbwcError, now: datetime) -> datetime | None:
    """Until when upstream asked to be left alone."""
    if not isinstance(error, UpstreamBusy) or error.patience_s is None:
        return None
    return now + min(timedelta(seconds=error.patience_s), _MOST_PATIENCE)
