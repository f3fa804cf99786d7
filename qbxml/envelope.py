"""Whole documents: message sets on their way to QuickBooks, and the sets of answers that a simulated one sends back."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast

from qbxml.aggregate import Aggregate
from qbxml.declaration import attribute
from qbxml.errors import BuildError, ParseError
from qbxml.escaping import quoted
from qbxml.message import Request
from qbxml.messages import MESSAGES
from qbxml.rendering import refuse_level, render
from qbxml.source import Source
from qbxml.strict import Element, read_element, read_tree
from qbxml.versions import V13, Version

MESSAGE_SET_ID_LENGTH: Final = 23
"""The longest message set id that QuickBooks keeps."""

CLEAR_ALL_MESSAGE_SETS: Final = "ClearAllMessageSets"
"""As ``old_message_set_id`` in an empty set: QuickBooks forgets all that it keeps for this application."""


class OnError(StrEnum):
    """What QuickBooks does with the rest of a set when one request fails. Nothing is ever taken back."""

    STOP = "stopOnError"
    CONTINUE = "continueOnError"


class ResponseData(StrEnum):
    """Whether answers carry objects or the status only."""

    ALL = "includeAll"
    NONE = "includeNone"


class QBXMLMsgsRq(Aggregate):
    """The set that requests stand in, and its attributes."""

    on_error: OnError = attribute("onError")
    new_message_set_id: str | None = attribute("newMessageSetID", default=None, max_length=MESSAGE_SET_ID_LENGTH)
    old_message_set_id: str | None = attribute("oldMessageSetID", default=None, max_length=MESSAGE_SET_ID_LENGTH)
    response_data: ResponseData | None = attribute("responseData", default=None)


class QBXMLSubscriptionMsgsRq(Aggregate):
    """The set that subscriptions to events stand in. The Web Connector does not carry it."""


SETS: Final = (QBXMLMsgsRq, QBXMLSubscriptionMsgsRq)
"""What requests stand in."""


@dataclass(frozen=True)
class MessageSet:
    """The requests of one document."""

    version: Version
    on_error: OnError
    requests: tuple[Request, ...]
    new_message_set_id: str | None = None
    old_message_set_id: str | None = None
    response_data: ResponseData = ResponseData.ALL


def message_set(
    requests: Iterable[str],
    *,
    level: Version = V13,
    on_error: OnError = OnError.CONTINUE,
    new_message_set_id: str | None = None,
    old_message_set_id: str | None = None,
    response_data: ResponseData | None = None,
) -> str:
    """A document for QuickBooks, in pure ASCII.

    Args:
        requests: each as :func:`qbxml.render` gave it.
        level: the same that they were rendered for.
        new_message_set_id: QuickBooks keeps the answers under it, and executes no second set of that id.
        old_message_set_id: QuickBooks forgets (or, equal to ``new_message_set_id``, tells) what it keeps.

    Raises:
        BuildError: a request that was not rendered, an id that is too long, a level that is none.
    """
    head = QBXMLMsgsRq(
        on_error=on_error,
        new_message_set_id=new_message_set_id,
        old_message_set_id=old_message_set_id,
        response_data=response_data,
    )
    return _document(head, requests, level)


def subscription_set(requests: Iterable[str], *, level: Version = V13) -> str:
    """A document of requests about events, for programs that speak to QuickBooks on its own computer.

    Raises:
        BuildError: a request that was not rendered, a level that is none.
    """
    return _document(QBXMLSubscriptionMsgsRq(), requests, level)


def _document(head: Aggregate, requests: Iterable[str], level: Version) -> str:
    refuse_level(type(head).__name__, level)
    begin, end = render(head, level=level).split("></")
    body = "".join(_rendered(type(head).__name__, requests))
    return f'<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="{level}"?>\n<QBXML>{begin}>{body}</{end}</QBXML>'


def _rendered(name: str, requests: Iterable[str]) -> Iterator[str]:
    """The requests; raises BuildError for what is none as :func:`qbxml.render` gives it."""
    if isinstance(requests, str):
        raise BuildError(f"{name}.requests", "type", "a list of texts", requests)
    for number, request in enumerate(requests):
        if not isinstance(request, str) or not request.startswith("<"):
            raise BuildError(f"{name}.requests[{number}]", "rendered", None, request)
        yield request


def answer_set(
    answers: Iterable[str], *, message_set_status_code: int | None = None, new_message_set_id: str | None = None
) -> str:
    """A document as QuickBooks sends it: without the instruction that names a level.

    Args:
        answers: each as :func:`qbxml.render` gave it.
        message_set_status_code: only where the requests came with message set ids.
    """
    attributes = ""
    if new_message_set_id is not None:
        attributes += f' newMessageSetID="{quoted(new_message_set_id)}"'
    if message_set_status_code is not None:
        attributes += f' messageSetStatusCode="{message_set_status_code}"'
    return f'<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs{attributes}>{"".join(answers)}</QBXMLMsgsRs>\n</QBXML>\n'


def read_message_set(source: Source) -> MessageSet:
    """Read a document of requests as strictly as QuickBooks does.

    Args:
        source: text, UTF-8 bytes or a file of them.

    Raises:
        ParseError: not well-formed, not qbXML, or no level named.
        BuildError: a request breaks its declaration; the path says where.
    """
    root, instructions = read_tree(source)
    level = _level(instructions)
    if root.tag != "QBXML" or len(root.children) != 1 or root.children[0].tag not in _SET_CLASSES:
        raise ParseError("the document is no message set: QBXML must hold one QBXMLMsgsRq and nothing else")
    found = root.children[0]
    if root.text.strip() or found.text.strip():
        raise BuildError(found.tag, "text", None, (root.text + found.text).strip())
    head = read_element(_SET_CLASSES[found.tag], Element(found.tag, found.attributes), level)
    requests = tuple(_request(found.tag, child, level) for child in found.children)
    if not isinstance(head, QBXMLMsgsRq):
        return MessageSet(level, OnError.CONTINUE, requests)
    return MessageSet(
        level,
        head.on_error,
        requests,
        head.new_message_set_id,
        head.old_message_set_id,
        head.response_data or ResponseData.ALL,
    )


def read_message(source: Source, *, level: Version = V13) -> Aggregate:
    """Read one request, response or returned object that stands alone, as :func:`qbxml.render` wrote it.

    Raises:
        ParseError: not well-formed.
        BuildError: no message of this library, or one that breaks its declaration.
    """
    root, _ = read_tree(source)
    cls = MESSAGES.get(root.tag)
    if cls is None:
        raise BuildError(root.tag, "unknown_element", None, root.tag)
    return read_element(cls, root, level)


def _level(instructions: dict[str, str]) -> Version:
    written = re.fullmatch(r"version\s*=\s*[\"']([0-9]{1,3})\.([0-9]{1,3})[\"']\s*", instructions.get("qbxml", ""))
    if written is None:
        raise ParseError("the document names no level of qbXML")
    return Version(int(written[1]), int(written[2]))


def _request(of: str, found: Element, level: Version) -> Request:
    cls = MESSAGES.get(found.tag)
    about_events = "Subscription" in found.tag
    if cls is None or not issubclass(cls, Request) or about_events is not (of == QBXMLSubscriptionMsgsRq.__name__):
        raise BuildError(f"{of}.{found.tag}", "unknown_element", None, found.tag)
    return cast("Request", read_element(cls, found, level))


_SET_CLASSES: Final = {cls.__name__: cls for cls in SETS}
