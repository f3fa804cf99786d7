"""What is sent lies in a temporary file while it is read, and nowhere afterwards."""

from __future__ import annotations

import io

import pytest

from qbwc_server.channels.files.contract import FileTooLarge
from qbwc_server.channels.files.receiving import received


def test_the_bytes_lie_in_a_file_and_are_gone_behind_it() -> None:
    data = bytes(range(256)) * 1000
    with received(io.BytesIO(data)) as path:
        assert path.read_bytes() == data
    assert not path.parent.exists()


def test_what_is_too_long_is_refused_when_that_is_seen() -> None:
    stream = io.BytesIO(b"x" * 1_000_000)
    with pytest.raises(FileTooLarge, match="may have 1000 bytes"), received(stream, 1000):
        pass
    assert stream.tell() < 100_000
    with received(io.BytesIO(b"x" * 1000), 1000) as path:
        assert path.stat().st_size == 1000
