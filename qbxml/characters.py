"""Answers as they come out of old books: what XML forbids is replaced while the document passes by.

QuickBooks keeps what was pasted into it and sends it on, control characters too, raw or as references. expat refuses
such a document as a whole, today and every day after.
"""

import re
from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

_REPLACEMENT: Final = REPLACEMENT.encode()
_CONTROL: Final = tuple(code for code in range(32) if code not in b"\t\n\r")
_CONTROLS: Final = re.compile(b"[" + re.escape(bytes(_CONTROL)) + b"]")
_NO_CHARACTER: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
_LAST_CHARACTER: Final = 0x10FFFF

_LONGEST_REFERENCE: Final = 12  # bytes: nobody writes a longer one, and so much is held back where a piece ends in one
_MARK: Final = re.compile(rb"<!\[CDATA\[|<!--|<\?|&#(?:x[0-9A-Fa-f]*+|[0-9]*+);?")
_CUT: Final = re.compile(rb"(?:&|<!?|<!-|<!\[(?:C(?:D(?:A(?:TA?)?)?)?)?)\Z")
_DECIMAL: Final = re.compile(rb"[0-9]*+;?")
_HEXADECIMAL: Final = re.compile(rb"[0-9A-Fa-f]*+;?")
_COMMENT: Final = b"<!--"
_ENDS: Final = {b"<![CDATA[": b"]]>", _COMMENT: b"-->", b"<?": b"?>"}


class LegalCharacters:
    """Takes a document in pieces of UTF-8 and gives it back with every forbidden character replaced.

    A byte that is no UTF-8 is taken for Windows-1252, in which QuickBooks keeps its texts. Comments are left out:
    nobody reads them, and expat goes through a long one anew with each piece. A few bytes at most are held back.

    Attributes:
        replaced: how many characters or bytes were replaced so far.
    """

    def __init__(self) -> None:
        self.replaced = 0
        self._held = b""
        self._section = b""  # how the section began that the last piece ended in
        self._digits: re.Pattern[bytes] | None = None  # the last piece ended in a reference that is replaced already

    def replace(self, piece: bytes) -> bytes:
        """What can be said of the document so far; the rest comes with the next piece."""
        piece = self._held + piece
        self._held = b""
        if size := _part_of_a_character(piece):
            rest, piece = piece[-size:], piece[:-size]
        else:
            rest = b""
        piece = self._characters(piece)
        if self._section or self._digits or _has_marks(piece):
            piece = b"".join(self._parts(piece))
        self._held += rest
        return piece

    def finish(self) -> bytes:
        """What was held back; a comment that never ended is given back as it began."""
        rest, self._held = self._characters(self._held), b""
        return rest + _COMMENT if self._section == _COMMENT else rest

    def _characters(self, piece: bytes) -> bytes:
        """The piece in UTF-8 and without forbidden characters that stand there as such."""
        if not piece.isascii():
            piece = self._utf8(piece)
        if any(code in piece for code in _CONTROL):
            piece, replaced = _CONTROLS.subn(_REPLACEMENT, piece)
            self.replaced += replaced
        return piece

    def _utf8(self, piece: bytes) -> bytes:
        try:
            text = piece.decode()
        except UnicodeDecodeError:
            text = piece.decode("utf-8", "surrogateescape")
            text, halves = re.subn("\udced[\udca0-\udcbf][\udc80-\udcbf]", REPLACEMENT, text)  # of a surrogate pair
            text, single = re.subn("[\udc80-\udcff]", _windows_1252, text)
            self.replaced += halves + single
        text, replaced = _NO_CHARACTER.subn(REPLACEMENT, text)
        self.replaced += replaced
        return text.encode()

    def _parts(self, piece: bytes) -> list[bytes]:
        """The piece without comments; references to forbidden characters are replaced outside of sections."""
        kept: list[bytes] = []
        at = 0
        if self._digits is not None and (digits := self._digits.match(piece)) is not None:
            at = digits.end()
            if at < len(piece) or piece.endswith(b";"):
                self._digits = None
        while at < len(piece):
            at = self._within(piece, at, kept) if self._section else self._outside(piece, at, kept)
        return kept

    def _within(self, piece: bytes, at: int, kept: list[bytes]) -> int:
        """Go on in a section, to its end or that of the piece."""
        mark = _ENDS[self._section]
        found = piece.find(mark, at)
        end = found + len(mark) if found >= 0 else len(piece) - _part_of_a_mark(piece, mark, at)
        if self._section != _COMMENT:
            kept.append(piece[at:end])
        if found >= 0:
            self._section = b""
            return end
        self._held = piece[end:]
        return len(piece)

    def _outside(self, piece: bytes, at: int, kept: list[bytes]) -> int:
        """Go on to the next reference or the beginning of a section."""
        found = _MARK.search(piece, at)
        if found is None:
            cut = _CUT.search(piece, max(at, len(piece) - _LONGEST_REFERENCE))
            end = len(piece) if cut is None else cut.start()
            kept.append(piece[at:end])
            self._held = piece[end:]
            return len(piece)
        kept.append(piece[at : found.start()])
        mark = found[0]
        if mark in _ENDS:
            self._section = mark
            if mark != _COMMENT:
                kept.append(mark)
            return found.end()
        may_go_on = found.end() == len(piece) and not mark.endswith(b";")
        if may_go_on and len(mark) <= _LONGEST_REFERENCE:
            self._held = mark
        elif _is_legal(mark):
            kept.append(mark)
        else:
            kept.append(_REPLACEMENT)
            self.replaced += 1
            if may_go_on:
                self._digits = _HEXADECIMAL if mark.startswith(b"&#x") else _DECIMAL
        return found.end()


def _has_marks(piece: bytes) -> bool:
    """Quicker than the search that follows, and most pieces have none of these bytes."""
    return (
        piece.endswith((b"&", b"<"))
        or (b"#" in piece and b"&#" in piece)
        or (b"!" in piece and b"<!" in piece)
        or (b"?" in piece and b"<?" in piece)
    )


def _part_of_a_character(piece: bytes) -> int:
    """How many bytes at the end begin a character that goes on in the next piece."""
    for size in range(1, min(3, len(piece)) + 1):
        byte = piece[-size]
        if byte < 0x80:
            return 0
        if byte >= 0xC0:  # begins a character of two, three or four bytes
            return size if size < 2 + (byte >= 0xE0) + (byte >= 0xF0) else 0
    return 0


def _part_of_a_mark(piece: bytes, mark: bytes, at: int) -> int:
    """How many bytes at the end may begin the mark."""
    return next((size for size in range(len(mark) - 1, 0, -1) if piece.endswith(mark[:size], at)), 0)


def _is_legal(reference: bytes) -> bool:
    if len(reference) > _LONGEST_REFERENCE or not reference.endswith(b";"):
        return False
    hexadecimal = reference.startswith(b"&#x")
    digits = reference[3 if hexadecimal else 2 : -1]
    if not digits:
        return False
    code = int(digits, 16 if hexadecimal else 10)
    if code < 32:
        return code in b"\t\n\r"
    return code <= _LAST_CHARACTER and _NO_CHARACTER.match(chr(code)) is None


def _windows_1252(found: re.Match[str]) -> str:
    return bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace")
