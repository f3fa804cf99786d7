"""A file as text: in which characters it is written, and its lines, each bounded."""

from __future__ import annotations

import codecs
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from qbwc_server.channels.files.contract import UnknownEncoding

_CHUNK = 1 << 16
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SHOWN = {"cp1252": "Windows-1252", "utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp932": "Shift-JIS"}
# In Western texts letters beyond ASCII stand alone or in twos. Four in a row, or the sign that half of a Japanese
# syllable becomes, is another script read as Windows-1252.
_NOT_WESTERN = re.compile("[\u00a1-\u00ff]{4}|[\u0192\u02c6\u201a]")
_HALF_OF_UTF_16 = re.compile(rb"\A(?:[^\0]\0){2}|\A(?:\0[^\0]){2}")


def encoding_of(stream: BinaryIO, wanted: str | None = None) -> str:
    """The encoding in which the whole stream can be read: ``wanted``, or by its mark, or UTF-8, or Windows-1252.

    A file that holds letters in UTF-8 and other bytes besides is damaged, not Windows-1252; nor is one whose letters
    make no Western words.

    Raises UnknownEncoding. The stream stands at its start afterwards.
    """
    stream.seek(0)
    head = stream.read(4)
    if wanted is None and _HALF_OF_UTF_16.match(head):
        which = "utf-16-be" if head.startswith(b"\0") else "utf-16-le"
        raise UnknownEncoding(
            "The file looks like UTF-16 without its mark.", advice=f"Give the option encoding={which}."
        )
    candidates = [wanted] if wanted else [name for mark, name in _MARKS if head.startswith(mark)] or ["utf-8", "cp1252"]
    for name in candidates:
        if wanted is None and name == "cp1252" and _holds_utf8(stream):
            raise UnknownEncoding("The file is UTF-8 in some places and not in others.")
        if _decodes(stream, name):
            if wanted is None and name == "cp1252":
                _check_western(stream)
            stream.seek(0)
            return name
    _name_japanese(stream, wanted)
    raise UnknownEncoding(f"The file cannot be read as {' or '.join(_SHOWN.get(name, name) for name in candidates)}.")


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    try:
        "a".encode(encoding)  # unlike the codecs module this takes encodings of text only
    except (LookupError, ValueError):
        raise UnknownEncoding(f"There is no encoding {encoding!r} of text.") from None
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _holds_utf8(stream: BinaryIO) -> bool:
    """Whether there are letters beyond ASCII in UTF-8; Windows-1252 looks like that only by rare accident."""
    return any(not text.isascii() for text in _decoded(stream, "utf-8"))


def _check_western(stream: BinaryIO) -> None:
    """Refuse another script that happens to be readable as Windows-1252."""
    if any(_NOT_WESTERN.search(text) for text in _decoded(stream, "cp1252")):
        _name_japanese(stream, None)
        raise UnknownEncoding("The file is not UTF-8, and read as Windows-1252 it makes no words.")


def _name_japanese(stream: BinaryIO, wanted: str | None) -> None:
    if wanted is None and _decodes(stream, "cp932"):
        raise UnknownEncoding(
            "The file is not UTF-8; it may be Shift-JIS.", advice="If it is Japanese, give the option encoding=cp932."
        )


def _decoded(stream: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="ignore")
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        yield decoder.decode(chunk)


def encoding_remark(encoding: str) -> str | None:
    """A sentence for the report where the encoding was concluded and not certain."""
    if encoding != "cp1252":
        return None
    return "The file is not UTF-8; it was read as Windows-1252. Check that accented letters came out right."


@contextmanager
def opened_text(stream: BinaryIO, encoding: str) -> Iterator[TextIO]:
    """The stream as text from its start, line ends as they are; the stream stays open afterwards."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        yield text
    finally:
        if not stream.closed:  # a reader may be given up after its file was closed
            text.detach()


class Lines:
    """Physical lines with their numbers, each bounded; lines can be given back."""

    def __init__(self, text: TextIO, limit: int) -> None:
        self._text, self._limit = text, limit
        self._number = 0
        self._returned: deque[tuple[int, str]] = deque()

    def take(self) -> tuple[int, str] | None:
        """The next line; one that is longer than the limit comes cut to a little more than the limit."""
        if self._returned:
            return self._returned.popleft()
        line = self._text.readline(self._limit + 1)
        if not line:
            return None
        self._number += 1
        rest = line
        while len(rest) > self._limit and not rest.endswith(("\n", "\r")):
            rest = self._text.readline(self._limit + 1)
        return self._number, line

    def give_back(self, lines: Sequence[tuple[int, str]]) -> None:
        """Let these come again."""
        self._returned.extendleft(reversed(lines))
