"""Run a connection: ask upstream for each stream page by page, keep what comes, draft it, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.circles import Heard
from qbwc_server.channels.connections.drafting import Drafting
from qbwc_server.channels.connections.finding import channel_of, find_connection, marks_of, options_of, waits_for_start
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.moments import EARLIEST
from qbwc_server.channels.connections.records import forget_read_well, keep_page, move_mark
from qbwc_server.channels.connections.runs import Progress, RunLost, begin, end, hear
from qbwc_server.channels.connections.set_aside import tell_set_aside
from qbwc_server.channels.connections.setting_up import ChannelBroke, say
from qbwc_server.channels.connections.states import BY_THE_CLOCK, ConnectionEvent, ConnectionState, RunOutcome
from qbwc_server.channels.connections.trouble import tell_trouble
from qbwc_server.channels.connections.versions import newest_versions
from qbwc_server.channels.connections.what_waited import submit_what_waited
from qbwc_server.channels.contract import BrokenPage, Channel, Page, Stream, Window
from qbwc_server.channels.http import SignInRefused, Upstream, UpstreamBusy
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
        self._broken_pages = 0
        self._remarks: dict[str, None] = {}

    def go(self, since_by_stream: Mapping[str, tuple[datetime | None, bool]], *, again: bool) -> RunReport:
        event, notice, not_before = ConnectionEvent.WORKED, None, None
        drafting: Drafting | None = None
        try:
            channel = channel_of(self._connection)
            options = options_of(self._connection, self._settings)
            drafting = self._drafting(channel, options)
            self._pull(channel, options, since_by_stream, again=again)
            if self._broken_pages:
                raise PagesBroke(f"{self._broken_pages} pages could not be read; what stood on the others is here.")
        except RunLost:
            raise
        except QbwcError as error:
            self._go_on()
            event = ConnectionEvent.REFUSED if isinstance(error, SignInRefused) else ConnectionEvent.FAILED
            notice, not_before = error.notice, _patience(error, self._clock())
        if drafting is not None:
            self._go_on_with_what_waited()
            while drafting.step():
                self._go_on()
            drafting.finish()
        return self._finish(event, notice, not_before, drafting)

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

    def _pull(
        self,
        channel: Channel,
        options: ChannelOptions,
        since_by_stream: Mapping[str, tuple[datetime | None, bool]],
        *,
        again: bool,
    ) -> None:
        windows = {
            stream.name: Window(
                stream.name, since_by_stream[stream.name][0], self._clock(), partial(self._known, stream.name)
            )
            for stream in channel.streams
        }
        with self._database.transaction() as db:
            hear(db, self._run_id, now=self._clock(), windows={name: _told(one) for name, one in windows.items()})
        secrets = secret_values(options).values()
        private = self._settings.private_upstreams
        with Upstream(private=private, secrets=secrets, before_each=self._go_on, clock=self._clock) as upstream:
            for stream in channel.streams:
                moves = since_by_stream[stream.name][1]
                self._pull_stream(channel, options, stream, windows[stream.name], upstream, moves=moves, again=again)

    def _known(self, stream: str) -> Collection[str]:
        """Keys of the facts of a stream that are here and not gone."""
        with self._database.reading() as db:
            return {key for key, one in newest_versions(db, self._connection.id, stream).items() if not one.gone}

    def _pull_stream(
        self,
        channel: Channel,
        options: ChannelOptions,
        stream: Stream,
        window: Window,
        upstream: Upstream,
        *,
        moves: bool,
        again: bool,
    ) -> None:
        """All pages of a stream. Behind something that is to be asked for again its mark stays where it is."""
        heard, told = Heard(), set[str]()
        for page in self._pages(() if channel.pull is None else channel.pull(options, upstream, window)):
            heard.note(page)
            if isinstance(page, BrokenPage):
                self._broken_pages += 1
                moves = False
                log.warning("page set aside", code=page.problem.code, connection_id=self._connection.id)
                with self._database.transaction() as db:
                    hear(db, self._run_id, now=self._clock(), done=Progress(pages=1, set_aside=1))
                continue
            told.update(fact.key for fact in page.facts if fact.changed_at is None)
            self._remarks.update(dict.fromkeys(page.remarks))
            moves = self._keep(stream, window, page, upstream, told, moves=moves, again=again)
        if moves:
            with self._database.transaction() as db:
                self._guard(db)
                forget_read_well(db, self._connection.id, stream.name, self._run_id)

    def _pages(self, found: Iterable[Page | BrokenPage]) -> Iterator[Page | BrokenPage]:
        """What a channel yields; whatever it stumbles over ends its run, not the process."""
        pages = iter(found)
        while True:
            self._go_on()
            try:
                page = next(pages, None)
            except QbwcError:
                raise
            except Exception as error:
                self._go_on()
                log.exception("channel broke", code=ChannelBroke.code, connection_id=self._connection.id)
                raise ChannelBroke.over(error) from error
            if page is None:
                return
            yield page

    def _keep(
        self,
        stream: Stream,
        window: Window,
        page: Page,
        upstream: Upstream,
        told: Collection[str],
        *,
        moves: bool,
        again: bool,
    ) -> bool:
        """The records of a page and the mark of its stream, in one transaction; whether the mark may still move."""
        with self._database.transaction() as db:
            kept = keep_page(db, self._connection, self._run_id, stream, page, told, again=again, now=self._clock())
            hear(
                db,
                self._run_id,
                now=self._clock(),
                done=Progress(1, kept.new, kept.changed, kept.known, kept.set_aside),
            )
            moves = moves and not kept.holds
            if moves and (until := _reached(page, window)) is not None:
                move_mark(db, self._connection, stream.name, until - upstream.lag)
        return moves

    def _finish(
        self, event: ConnectionEvent, notice: Notice | None, not_before: datetime | None, drafting: Drafting | None
    ) -> RunReport:
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


def _reached(page: Page, window: Window) -> datetime | None:
    """Until when all is here, as far as that can be."""
    said = page.complete_until
    return None if said is None or said.tzinfo is None or said < EARLIEST else min(said, window.until)


def _patience(error: QbwcError, now: datetime) -> datetime | None:
    """Until when upstream asked to be left alone."""
    if not isinstance(error, UpstreamBusy) or error.patience_s is None:
        return None
    return now + min(timedelta(seconds=error.patience_s), _MOST_PATIENCE)


def _told(window: Window) -> dict[str, str | None]:
    return {"since": None if window.since is None else window.since.isoformat(), "until": window.until.isoformat()}
