"""Bodies are unpacked in bounded memory, and whole or not at all."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Iterator

import pytest

from qbwc_server.channels.bodies import BodyBrokeOff, BodyTooLarge, PackedOtherwise, whole_body

TEXT = bytes(range(256)) * 3000


def parts(body: bytes, size: int = 65_536) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


@pytest.mark.parametrize("size", [1000, 65_536, 10**7])
@pytest.mark.parametrize("coding", ["gzip", "x-gzip", " GZIP ", "identity", ""])
def test_a_body_comes_out_as_it_went_in(coding: str, size: int) -> None:
    packed = gzip.compress(TEXT) if "gzip" in coding.lower() else TEXT
    assert whole_body(parts(packed, size), coding, len(TEXT)) == TEXT


@pytest.mark.parametrize("size", [7, 65_536])
def test_streams_behind_each_other_are_one_body(size: int) -> None:
    packed = gzip.compress(b"a" * 99) + gzip.compress(b"") + gzip.compress(b"b" * 99)
    assert whole_body(parts(packed, size), "gzip", 1000) == b"a" * 99 + b"b" * 99


def test_nothing_packed_is_nothing() -> None:
    assert whole_body([], "gzip", 10) == b""
    assert whole_body(parts(gzip.compress(b"")), "gzip", 10) == b""


@pytest.mark.parametrize("kept", [5, 12, -1, -9])
def test_a_packed_body_that_ends_early_is_none(kept: int) -> None:
    with pytest.raises(BodyBrokeOff):
        whole_body(parts(gzip.compress(TEXT)[:kept]), "gzip", len(TEXT))


@pytest.mark.parametrize(
    "coding", ["gzip, gzip", "gzip,gzip", "deflate", "br", "zstd", "compress", "\N{LATIN SMALL LETTER E WITH ACUTE}"]
)
def test_what_is_packed_in_another_way_or_twice_is_not_unpacked(coding: str) -> None:
    with pytest.raises(PackedOtherwise):
        whole_body(parts(gzip.compress(gzip.compress(TEXT))), coding, len(TEXT))


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(TEXT) + b"no gzip", gzip.compress(TEXT)[:40] + b"\0" * 99])
def test_what_is_no_gzip_is_not_taken(body: bytes) -> None:
    with pytest.raises((PackedOtherwise, BodyBrokeOff)):
        whole_body(parts(body), "gzip", len(TEXT))


@pytest.mark.parametrize("size", [65_536, 10**7])
def test_a_bomb_costs_no_more_than_may_be_taken(size: int) -> None:
    bomb = gzip.compress(bytes(50_000_000), 9)
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLarge):
            whole_body(parts(bomb, size), "gzip", 1_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000
