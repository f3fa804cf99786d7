"""Characters that no XML document may hold, replaced in a body before it is parsed.

QuickBooks keeps what was pasted into it, control characters too, and the Web Connector passes them on raw or as
references. Every parser refuses such a document as a whole, in this session and in all that follow.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, IncrementalDecoder, getincrementaldecoder

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

_HEAD_BYTES = 128  # enough to see how a body is encoded
_LONGEST_REFERENCE = 32  # characters that are held back at the end of a piece, for a reference that is cut
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)""")
_SINGLE_BYTE = {b"iso-8859-1": "iso-8859-1", b"windows-1252": "cp1252"}
_CUT = re.compile(r"&(?:#(?:x?[0-9A-Fa-f]*)?)?\Z")
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE_TO_CONTROL = re.compile("&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8BCEFbcef]|1[0-9A-Fa-f]));")
# those that any writer uses for line breaks are left out: each that is found costs a call
_REFERENCE = re.compile(r"&#(?!(?:9|10|13|x0*[9AaDd]);)(?:([0-9]++)|x([0-9A-Fa-f]++));")
_LAST_CHARACTER = 0x10FFFF


class LegalCharacters:
    """Takes a body in pieces and gives it back in the same encoding, what XML forbids replaced; counts how many."""

    def __init__(self) -> None:
        self.replaced = 0
        self._head = b""
        self._codec = ""
        self._decoder: IncrementalDecoder | None = None
        self._cut = ""  # the beginning of a reference whose end has not arrived

    def replace(self, piece: bytes) -> bytes:
        """What can be said of the body so far; the rest comes with the next piece.

        Raises:
            UnicodeError: the bytes make no sense in their encoding.
        """
        if self._decoder is None:
            piece = self._head + piece
            if len(piece) < _HEAD_BYTES and b">" not in piece:
                self._head = piece
                return b""
            self._decoder = self._decoder_for(piece)
        return self._replaced(self._decoder.decode(piece))

    def finish(self) -> bytes:
        """What was held back.

        Raises:
            UnicodeError: the body ends within a character.
        """
        decoder = self._decoder or self._decoder_for(self._head)
        rest = b"" if self._decoder else self._head
        text = self._cut + decoder.decode(rest, True)
        self._cut = ""
        return self._encoded(self._without_forbidden(text))

    def _decoder_for(self, head: bytes) -> IncrementalDecoder:
        self._codec = _codec_of(head)
        # invalid bytes become halves of surrogate pairs, and those are replaced
        return getincrementaldecoder(self._codec)("surrogatepass" if "16" in self._codec else "surrogateescape")

    def _replaced(self, text: str) -> bytes:
        text = self._cut + text
        self._cut = ""
        if (cut := _CUT.search(text, max(0, len(text) - _LONGEST_REFERENCE))) is not None:
            text, self._cut = text[: cut.start()], cut[0]
        return self._encoded(self._without_forbidden(text))

    def _without_forbidden(self, text: str) -> str:
        if _holds_forbidden(text):
            text, replaced = _FORBIDDEN.subn(REPLACEMENT, text)
            self.replaced += replaced
        if "&#" in text:
            text, replaced = _REFERENCE_TO_CONTROL.subn(REPLACEMENT, text)
            self.replaced += replaced
            text = _REFERENCE.sub(self._legal, text)
        return text

    def _legal(self, found: re.Match[str]) -> str:
        decimal, hexadecimal = found.groups()
        digits = (decimal or hexadecimal).lstrip("0")
        code = int(digits or "0", 10 if decimal else 16) if len(digits) <= 8 else _LAST_CHARACTER + 1
        if code <= _LAST_CHARACTER and not _FORBIDDEN.match(chr(code)):
            return found[0]
        self.replaced += 1
        return REPLACEMENT

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._codec, "xmlcharrefreplace")


def _holds_forbidden(text: str) -> bool:
    """Quicker than the search that replaces: bodies of many megabytes come through here, and nearly all are clean."""
    if "\ufffe" in text or "\uffff" in text:
        return True
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return True
    return len(data.translate(None, _CONTROL)) < len(data)


def _codec_of(head: bytes) -> str:
    if head.startswith((BOM_UTF16_LE, b"<\0")):
        return "utf-16-le"
    if head.startswith((BOM_UTF16_BE, b"\0<")):
        return "utf-16-be"
    declared = _DECLARED.match(head)
    return _SINGLE_BYTE.get(declared[1].lower(), "utf-8") if declared else "utf-8"
