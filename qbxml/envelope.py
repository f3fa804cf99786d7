"""Whole documents: message sets on their way to QuickBooks, and the sets of answers that a simulated one sends back."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar, cast

from qbxml.aggregate import Aggregate
from qbxml.errors import BuildError, ParseError
from qbxml.escaping import quoted
from qbxml.kinds import EnumKind, TextKind
from qbxml.message import Request
from qbxml.messages import MESSAGES
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


@dataclass(frozen=True)
class MessageSet:
    """The requests of one document."""

    version: Version
    on_error: OnError
    requests: tuple[Request, ...]
    new_message_set_id: str | None = None
    old_message_set_id: str | None = None
    response_data: ResponseData = ResponseData.ALL


_Word = TypeVar("_Word", bound=StrEnum)

_SET_ID: Final = TextKind("STRTYPE", MESSAGE_SET_ID_LENGTH)


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
        BuildError: an id is too long.
    """
    attributes = [f'onError="{OnError(on_error)}"']
    if new_message_set_id is not None:
        attributes.append(f'newMessageSetID="{quoted(_set_id("new_message_set_id", new_message_set_id))}"')
    if old_message_set_id is not None:
        attributes.append(f'oldMessageSetID="{quoted(_set_id("old_message_set_id", old_message_set_id))}"')
    if response_data is not None:
        attributes.append(f'responseData="{response_data}"')
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="{level}"?>\n'
        f"<QBXML><QBXMLMsgsRq {' '.join(attributes)}>{''.join(requests)}</QBXMLMsgsRq></QBXML>"
    )


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
    if root.tag != "QBXML" or len(root.children) != 1 or root.children[0].tag != "QBXMLMsgsRq":
        raise ParseError("the document is no message set: QBXML must hold one QBXMLMsgsRq and nothing else")
    found = root.children[0]
    if root.text.strip() or found.text.strip():
        raise BuildError(found.tag, "text", None, (root.text + found.text).strip())
    attributes = dict(found.attributes)
    on_error = attributes.pop("onError", None)
    if on_error is None:
        raise BuildError(f"{found.tag}.on_error", "required")
    made = MessageSet(
        level,
        _member(OnError, "on_error", on_error),
        tuple(_request(child, level) for child in found.children),
        _id_of(attributes, "newMessageSetID", "new_message_set_id"),
        _id_of(attributes, "oldMessageSetID", "old_message_set_id"),
        _member(ResponseData, "response_data", attributes.pop("responseData", ResponseData.ALL)),
    )
    if attributes:
        raise BuildError(found.tag, "unknown_attribute", None, next(iter(attributes)))
    return made


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


def _request(found: Element, level: Version) -> Request:
    cls = MESSAGES.get(found.tag)
    if cls is None or not issubclass(cls, Request):
        raise BuildError(f"QBXMLMsgsRq.{found.tag}", "unknown_element", None, found.tag)
    return cast("Request", read_element(cls, found, level))


def _set_id(name: str, value: str) -> str:
    try:
        return _SET_ID.check(value)
    except BuildError as error:
        raise error.at("QBXMLMsgsRq", name) from None


def _id_of(attributes: dict[str, str], attribute: str, name: str) -> str | None:
    value = attributes.pop(attribute, None)
    return None if value is None else _set_id(name, value)


def _member(words: type[_Word], name: str, value: str) -> _Word:
    try:
        return cast("_Word", EnumKind(words).check(value))
    except BuildError as error:
        raise error.at("QBXMLMsgsRq", name) from None
