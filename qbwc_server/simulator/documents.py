"""The text of message sets as QuickBooks takes it in, before anything is executed."""

import re
from collections.abc import Iterator

from lxml import etree

from qbxml.envelope import MessageSet, read_message_set
from qbxml.errors import QbxmlError
from qbxml.text import storable

_REFERENCE = re.compile(r"&#(x[0-9A-Fa-f]+|[0-9]+);")
_OUTSIDE_ASCII = re.compile(r"[^\x00-\x7f]")
_LAST_CODE_POINT = 0x10FFFF


def as_stored(text: str) -> str:
    """What Windows-1252 has no place for becomes a question mark."""
    text = _REFERENCE.sub(_stored_reference, text)
    if text.isascii():
        return text
    return _OUTSIDE_ASCII.sub(lambda match: match[0] if storable(match[0]) else "?", text)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_STAND_IN = re.compile("&#164;([01][0-9a-f])&#164;")


def with_controls_kept(text: str) -> str:
    """A text of old data as the books keep it: something stands in for control characters, which XML forbids."""
    return _CONTROL.sub(lambda match: f"\u00a4{ord(match[0]):02x}\u00a4", text)


def with_old_characters(answer: str) -> str:
    """An answer as QuickBooks gives it: control characters of old data stand in it as references, although illegal."""
    return _STAND_IN.sub(lambda match: f"&#{int(match[1], 16)};", answer)


def _stored_reference(match: re.Match[str]) -> str:
    written = match[1]
    code = int(written[1:], 16) if written[0] == "x" else int(written)
    if code < 0x80 or code > _LAST_CODE_POINT or storable(chr(code)):
        return match[0]
    return "?"


def readable_prefix(text: str) -> Iterator[MessageSet]:
    """The requests in front of the first mistake, each as a set of its own."""
    root = _root(text)
    if root is None or len(root) == 0:
        return
    for child in root[0]:
        alone = etree.tostring(child, encoding="unicode", with_tail=False)
        try:
            yield read_message_set(
                f'<?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">{alone}</QBXMLMsgsRq></QBXML>'
            )
        except QbxmlError:
            return


def _root(text: str) -> etree._Element | None:
    """The document, up to where it stops being XML; a request that is cut there is left out."""
    try:
        return etree.fromstring(text.encode(), _parser(recover=False))
    except etree.XMLSyntaxError as problem:
        row, column = problem.position
        lines = text.splitlines(keepends=True)
        intact = "".join(lines[: row - 1]) + lines[row - 1][: max(column - 2, 0)]
        root: etree._Element | None = etree.fromstring(intact.encode(), _parser(recover=True))
        if root is not None and len(root) and len(root[0]):
            root[0].remove(root[0][-1])
        return root


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(recover=recover, resolve_entities=False, no_network=True)
