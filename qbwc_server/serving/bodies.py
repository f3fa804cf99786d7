"""The body of a request as it arrives: what is kept of it, what is dropped, and what is no body at all.

Nothing here reads a file or a database; each byte is looked at once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import structlog
from waitress.buffers import OverflowableBuffer
from waitress.utilities import BadRequest

from qbwc_server.settings import KIB, MIB

if TYPE_CHECKING:
    from io import BytesIO

log = structlog.get_logger(__name__)

IN_MEMORY = MIB  # what is kept beyond lies in a temporary file
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}[ \t]*(?:;.*)?")
_LONGEST_LINE = KIB  # of a chunk's size, and of a trailer
_MOST_TRAILERS = 50
_TOLERATED_OVERHEAD = 64 * KIB  # bytes of sizes and line ends, beyond as many as there are of content


class Body:
    """Keeps the beginning of a body for anybody; whether the rest is kept is decided when the beginning is full."""

    def __init__(self, beginning: int) -> None:
        self.arrived = 0
        self.cut = False
        self._beginning = beginning
        self._room: int | None = None  # None: not decided
        self._kept = OverflowableBuffer(IN_MEMORY)

    @property
    def undecided(self) -> bool:
        """Whether somebody has to say now how much may be kept; until then nothing more should be read."""
        return self._room is None and self.arrived > self._beginning

    @property
    def admitted(self) -> bool:
        """Whether more than the beginning may be kept."""
        return self._room is not None and self._room > self._beginning

    def beginning(self) -> bytes:
        """The first bytes, as many as are kept for anybody."""
        return self._kept.get(self._beginning)[: self._beginning][: self._beginning]

    def decide(self, room: int) -> None:
        """Keep ``room`` bytes in all."""
        self._room = room

    def append(self, data: bytes) -> None:
        """What arrived, in order."""
        self.arrived += len(data)
        room = len(data) if self._room is None else max(0, self._room - len(self._kept))
        if room < len(data):
            self.cut = True
            data = data[:room]
        try:
            if data:
                self._kept.append(data)
        except OSError as error:  # no room for the temporary file: the caller hears that the body is not whole
            log.error("body_not_kept", error=type(error).__name__, errno=error.errno)  # noqa: TRY400
            self._room = 0
            self.cut = True

    def __len__(self) -> int:
        """All that arrived, kept or not: what Content-Length is compared with."""
        return self.arrived

    def getfile(self) -> BytesIO:
        """What is kept, from its start."""
        return self._kept.getfile()

    def close(self) -> None:
        """Remove what is kept."""
        self._kept.close()


class Chunked:
    """Reads chunked transfer coding into a body; in place of waitress' receiver, whose lines have no limit.

    Source: RFC 9112, section 7.1. ``error`` is set where the caller's chunks are none.
    """

    def __init__(self, body: Body) -> None:
        self.buf = body
        self.completed = False
        self.error: BadRequest | None = None
        self._left = 0  # bytes of the chunk that is being read
        self._line = b""  # of a size or trailer, unfinished
        self._after_chunk = False  # the line end that closes a chunk is due
        self._trailers: int | None = None  # lines so far; None: the last chunk has not come
        self._overhead = 0

    def __len__(self) -> int:
        return len(self.buf)

    def getbuf(self) -> Body:
        """Where it goes."""
        return self.buf

    def getfile(self) -> BytesIO:
        """What is kept."""
        return self.buf.getfile()

    def received(self, data: bytes) -> int:
        """Read what belongs to the body; returns how many bytes that were."""
        at = 0
        while at < len(data) and not self.completed and self.error is None:
            if self._left:
                end = min(len(data), at + self._left)
                self.buf.append(data[at:end])
                self._left -= end - at
                self._after_chunk = not self._left
            else:
                end = self._line_received(data, at)
            at = end
        return at

    def _line_received(self, data: bytes, at: int) -> int:
        found = data.find(b"\n", at, at + _LONGEST_LINE)
        end = found + 1 if found >= 0 else min(len(data), at + _LONGEST_LINE)
        self._line += data[at:end]
        self._overhead += end - at
        if len(self._line) > _LONGEST_LINE or self._overhead > _TOLERATED_OVERHEAD + len(self.buf):
            self.error = BadRequest("The body's chunks are not sensible.")
        elif found >= 0:
            line, self._line = self._line, b""
            self._understand(line)
        return end

    def _understand(self, line: bytes) -> None:
        if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
            self.error = BadRequest("A line of the body's chunks does not end as it should.")
        elif self._after_chunk:
            self._after_chunk = False
            if line != b"\r\n":
                self.error = BadRequest("A chunk of the body is longer than announced.")
        elif self._trailers is not None:
            self._trailers += 1
            self.completed = line == b"\r\n"
            if self._trailers > _MOST_TRAILERS:
                self.error = BadRequest("The body has too many trailers.")
        elif not _CHUNK_SIZE.fullmatch(line[:-2]):
            self.error = BadRequest("The size of a chunk is not a hexadecimal number.")
        else:
            self._left = int(line.partition(b";")[0], 16)
            if not self._left:
                self._trailers = 0
