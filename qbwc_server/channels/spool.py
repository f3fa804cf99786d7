"""Answers too large for memory, written to a file as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO

_LOOK_UP_BYTES = 4 * 1024 * 1024  # after which whoever wants the work to end is heard


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may take: bytes, unpacked, and seconds from its first byte to its last."""

    most_bytes: int
    whole_s: float


class Spool:
    """The file of one answer. ``look_up`` is called now and then, and ends the work by raising."""

    def __init__(self, file: IO[bytes], most_bytes: int, look_up: Callable[[], None]) -> None:
        self.most_bytes = most_bytes
        self._file, self._look_up = file, look_up

    def fill(self, pieces: Iterable[bytes]) -> None:
        """Write these, in place of what an earlier attempt left."""
        self._file.seek(0)
        self._file.truncate()
        unseen = 0
        for piece in pieces:
            self._file.write(piece)
            unseen += len(piece)
            if unseen >= _LOOK_UP_BYTES:
                self._look_up()
                unseen = 0
