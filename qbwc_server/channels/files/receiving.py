"""A file that comes over the network goes to a temporary file as it arrives, and no further than it may be long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from qbwc_server.channels.files.contract import FileTooLarge
from qbwc_server.settings import MIB

MOST_BYTES = 8 * MIB
"""So long may a file be that is sent by HTTP: it is read to its end within the request."""
_PIECE = 64 * 1024
_ADVICE = "Split it, or bring it in at the server: qbwc-server documents import COMPANY FILE"


@contextmanager
def received(stream: IO[bytes], most: int = MOST_BYTES) -> Iterator[Path]:
    """Where the bytes of ``stream`` lie; behind this they are gone. Raises FileTooLarge beyond ``most`` bytes."""
    with TemporaryDirectory(prefix="upload-") as folder:
        path, length = Path(folder) / "file", 0
        with path.open("wb") as file:
            while piece := stream.read(_PIECE):
                length += len(piece)
                if length > most:
                    raise FileTooLarge(f"A file that is sent may have {most} bytes; this one has more.", advice=_ADVICE)
                file.write(piece)
        yield path
