"""Bodies of upstream's answers, unpacked piece by piece, so that none needs more memory than it may have bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

TAKEN = "gzip"
"""The one way of packing that is asked for, and taken."""
_WINDOW = 16 + zlib.MAX_WBITS  # a gzip stream
_PIECE = 64 * 1024  # bytes that are unpacked at a time


class PackedOtherwise(ValueError):
    """The body is packed in a way that cannot be read."""


class BodyBrokeOff(ValueError):
    """The packed body ends before it is complete."""


class BodyTooLarge(ValueError):
    """The body has more bytes than are taken."""


def whole_body(parts: Iterable[bytes], coding: str, most: int) -> bytes:
    """The body that comes in these parts.

    Args:
        coding: as the header Content-Encoding says it.
        most: bytes that are taken, unpacked.

    Raises:
        PackedOtherwise, BodyBrokeOff, BodyTooLarge: it cannot be had.
    """
    return b"".join(body_pieces(parts, coding, most))


def body_pieces(parts: Iterable[bytes], coding: str, most: int) -> Iterator[bytes]:
    """The same body piece by piece."""
    size = 0
    for piece in _unpacked(parts, coding.strip().lower()):
        size += len(piece)
        if size > most:
            raise BodyTooLarge
        yield piece


def _unpacked(parts: Iterable[bytes], coding: str) -> Iterable[bytes]:
    if coding in ("", "identity"):
        return parts
    if coding not in (TAKEN, f"x-{TAKEN}"):
        raise PackedOtherwise
    return _gzip(parts)


def _gzip(parts: Iterable[bytes]) -> Iterator[bytes]:
    """One gzip stream, or several behind each other."""
    stream = zlib.decompressobj(_WINDOW)
    begun = False
    for part in parts:
        left = part
        while left:
            if stream.eof:
                stream = zlib.decompressobj(_WINDOW)
            begun = True
            try:
                yield stream.decompress(left, _PIECE)
            except zlib.error:
                raise PackedOtherwise from None
            left = stream.unconsumed_tail or stream.unused_data
    yield from _rest(stream)
    if begun and not stream.eof:
        raise BodyBrokeOff


def _rest(stream: zlib._Decompress) -> Iterator[bytes]:
    """What the stream holds back once all of it has come."""
    while not stream.eof and (piece := stream.decompress(b"", _PIECE)):
        yield piece
