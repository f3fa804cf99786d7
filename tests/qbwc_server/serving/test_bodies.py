"""Bodies as they arrive: kept, dropped, and chunks that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.serving.bodies import IN_MEMORY, Body, Chunked
from qbwc_server.settings import KIB, MIB


def chunked(content: bytes, size: int = 4096, extension: bytes = b"") -> bytes:
    chunks = [content[at : at + size] for at in range(0, len(content), size)]
    return b"".join(b"%X%s\r\n%s\r\n" % (len(chunk), extension, chunk) for chunk in chunks) + b"0\r\n\r\n"


def read(data: bytes, cuts: list[int] | None = None) -> tuple[Chunked, int]:
    """What comes of the data, handed over in pieces; and how many bytes were taken."""
    reading, taken = Chunked(Body(100 * MIB)), 0
    for cut in [*(cuts or []), len(data)]:
        piece = data[taken : taken + cut]
        taken += reading.received(piece)
    return reading, taken


@given(st.binary(max_size=300), st.integers(1, 70), st.lists(st.integers(1, 40)), st.sampled_from([b"", b";a=b", b" "]))
def test_chunks_give_their_content_wherever_they_are_cut(
    content: bytes, size: int, cuts: list[int], extension: bytes
) -> None:
    data = chunked(content, size, extension)
    reading, taken = read(data + b"GET / HTTP/1.1\r\n", cuts)
    assert reading.error is None
    assert reading.completed
    assert taken == len(data)
    assert reading.getfile().read() == content
    assert len(reading) == len(content)


@given(st.lists(st.binary(max_size=30) | st.sampled_from([b"\r\n", b"5", b"0\r\n", b"0\r\n\r\n", b"ffffffff\r\n"])))
def test_any_bytes_are_chunks_or_a_mistake(pieces: list[bytes]) -> None:
    reading = Chunked(Body(MIB))
    for piece in pieces:
        assert 0 <= reading.received(piece) <= len(piece)
    assert not (reading.completed and reading.error)


@pytest.mark.parametrize(
    "data",
    [
        b"x\r\n",
        b"-5\r\nhello\r\n",
        b"0x5\r\nhello\r\n",
        b"5_0\r\nhello\r\n",
        b"\r\n",
        b"5\nhello\r\n",
        b"5\r\nhello!\r\n",
        b"5\r\nhello\n",
        b"f" * 16 + b"\r\n",
        b"1" * 2000,
        b"5;" + b"x" * 2000,
        b"0\r\n" + b"a: b\r\n" * 51,
        b"0\r\n" + b"a" * 2000,
        b"1\r\nx\r\n" * 20_000,
    ],
)
def test_chunks_that_are_none_are_the_callers_mistake(data: bytes) -> None:
    reading, _ = read(data)
    assert reading.error is not None
    assert reading.error.code == 400
    assert not reading.completed


def test_trailers_are_read_and_forgotten() -> None:
    reading, _ = read(b"5\r\nhello\r\n0\r\na: b\r\nc: d\r\n\r\n")
    assert (reading.completed, reading.getfile().read()) == (True, b"hello")


def test_the_beginning_is_kept_for_anybody_and_the_rest_counted() -> None:
    body = Body(beginning=10)
    body.append(b"0123456789")
    assert not body.undecided
    body.append(b"abc")
    assert body.undecided
    assert body.beginning() == b"0123456789"
    body.decide(10)
    for _ in range(1000):
        body.append(b"x" * KIB)
    assert (body.cut, body.admitted, body.undecided) == (True, False, False)
    assert len(body) == 13 + 1000 * KIB
    assert body.getfile().read() == b"0123456789abc"


def test_who_is_known_is_kept_up_to_his_room() -> None:
    body = Body(beginning=10)
    body.append(b"0123456789abc")
    body.decide(20)
    assert body.admitted
    body.append(b"x" * 10)
    assert body.getfile().read() == b"0123456789abcxxxxxxx"
    assert body.cut


def test_a_disk_that_is_full_cuts_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("waitress.buffers.TempfileBasedBuffer", no_room)
    body = Body(beginning=10)
    body.append(b"0123456789a")
    body.decide(100 * MIB)
    body.append(b"x" * IN_MEMORY)
    body.append(b"x" * IN_MEMORY)
    assert body.cut
    assert len(body) == 11 + 2 * IN_MEMORY
