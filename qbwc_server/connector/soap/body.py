"""The body of a request as it arrives: bounded by its headers first, then read in pieces."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from qbwc_server.connector.soap.limits import Limits
from qbwc_server.connector.soap.refusals import (
    BodyBroken,
    ChunksBroken,
    Compressed,
    LengthUnclear,
    NotPost,
    NotXml,
    TooLong,
)

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

PIECE_BYTES = 64 * 1024


class Readable(Protocol):
    """What a WSGI server gives as body."""

    def read(self, size: int = ..., /) -> bytes: ...


def body_of(environ: "WSGIEnvironment", limits: Limits) -> Iterator[bytes]:
    """The body of a request in pieces, read no further than asked for.

    Raises:
        Refused: by its headers alone (before anything is read), or because the connection broke.
    """
    if environ["REQUEST_METHOD"] != "POST":
        raise NotPost
    if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "text/xml":
        raise NotXml
    if environ.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in ("", "identity"):
        raise Compressed
    return _pieces(environ["wsgi.input"], _length(environ, limits))


def _length(environ: "WSGIEnvironment", limits: Limits) -> int | None:
    """The announced length, or None when the server itself ends the stream (chunked transfer)."""
    announced = environ.get("CONTENT_LENGTH", "")
    if not announced:
        if environ.get("wsgi.input_terminated"):
            return None
        raise LengthUnclear
    if not (announced.isascii() and announced.isdigit()):
        raise LengthUnclear
    if len(announced) > 18 or int(announced) > limits.body:
        raise TooLong
    return int(announced)


def _pieces(stream: Readable, length: int | None) -> Iterator[bytes]:
    left = length
    while left is None or left > 0:
        try:
            piece = stream.read(PIECE_BYTES if left is None else min(PIECE_BYTES, left))
        except (OSError, ValueError) as error:  # a lost connection
            raise BodyBroken from error
        except Exception as error:  # each server has errors of its own for chunks that are none
            raise ChunksBroken from error
        if not piece:
            return
        if left is not None:
            left -= len(piece)
        yield piece
