"""Facts of every stream, page by page, into records: asked for outside of transactions, kept one page at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from qbwc_server.channels.connections.circles import Heard
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.moments import EARLIEST
from qbwc_server.channels.connections.records import forget_read_well, keep_page, move_mark
from qbwc_server.channels.connections.runs import Progress, hear
from qbwc_server.channels.connections.setting_up import ChannelBroke
from qbwc_server.channels.connections.versions import newest_versions
from qbwc_server.channels.contract import BrokenPage, Channel, Page, Stream, Window
from qbwc_server.channels.http import Upstream
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.errors import QbwcError

log = structlog.get_logger(__name__)


class Pulling:
    """The pulling of one run; ``broken_pages`` could not be read."""

    def __init__(
        self,
        database: Database,
        connection: Connection,
        channel: Channel,
        options: Any,
        *,
        run_id: int,
        clock: Clock,
        go_on: Callable[[], None],
    ) -> None:
        """``go_on`` is called between pages, and ends the work by raising."""
        self.broken_pages = 0
        self._database, self._connection, self._channel, self._options = database, connection, channel, options
        self._run_id, self._clock, self._go_on = run_id, clock, go_on

    def pull(
        self,
        upstream: Upstream,
        since_by_stream: Mapping[str, tuple[datetime | None, bool]],
        remarks: dict[str, None],
        *,
        again: bool,
    ) -> None:
        """Keep what every stream tells. Raises UpstreamError, and what ``go_on`` raises; what has come is kept.

        Args:
            since_by_stream: from when each is asked for, and whether its mark may move.
            remarks: gets what the bookkeeper should know of the source as a whole.
        """
        windows = {
            stream.name: Window(
                stream.name, since_by_stream[stream.name][0], self._clock(), partial(self._known, stream.name)
            )
            for stream in self._channel.streams
        }
        with self._database.transaction() as db:
            hear(db, self._run_id, now=self._clock(), windows={name: _told(one) for name, one in windows.items()})
        for stream in self._channel.streams:
            moves = since_by_stream[stream.name][1]
            self._pull_stream(stream, windows[stream.name], upstream, remarks, moves=moves, again=again)

    def _known(self, stream: str) -> Collection[str]:
        """Keys of the facts of a stream that are here and not gone."""
        with self._database.reading() as db:
            return {key for key, one in newest_versions(db, self._connection.id, stream).items() if not one.gone}

    def _pull_stream(
        self,
        stream: Stream,
        window: Window,
        upstream: Upstream,
        remarks: dict[str, None],
        *,
        moves: bool,
        again: bool,
    ) -> None:
        """All pages of a stream. Behind something that is to be asked for again its mark stays where it is."""
        heard, told = Heard(), set[str]()
        pull = self._channel.pull
        for page in self._pages(() if pull is None else pull(self._options, upstream, window)):
            heard.note(page)
            if isinstance(page, BrokenPage):
                self.broken_pages += 1
                moves = False
                log.warning("page set aside", code=page.problem.code, connection_id=self._connection.id)
                with self._database.transaction() as db:
                    hear(db, self._run_id, now=self._clock(), done=Progress(pages=1, set_aside=1))
                continue
            told.update(fact.key for fact in page.facts if fact.changed_at is None)
            remarks.update(dict.fromkeys(page.remarks))
            moves = self._keep(stream, window, page, upstream, told, moves=moves, again=again)
        if moves:
            with self._database.transaction() as db:
                hear(db, self._run_id, now=self._clock())
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


def _reached(page: Page, window: Window) -> datetime | None:
    """Until when all is here, as far as that can be."""
    said = page.complete_until
    return None if said is None or said.tzinfo is None or said < EARLIEST else min(said, window.until)


def _told(window: Window) -> dict[str, str | None]:
    return {"since": None if window.since is None else window.since.isoformat(), "until": window.until.isoformat()}
