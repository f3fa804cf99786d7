"""Answers as text: what became of one request, written as QuickBooks writes it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from qbwc_server.simulator.refusals import NOT_PROCESSED, OK, Remark
from qbxml.escaping import escaped, quoted
from qbxml.message import Request
from qbxml.rendering import render
from qbxml.shared import ErrorRecovery


@dataclass
class Answered:
    """What became of one request."""

    remark: Remark = OK
    body: str = ""  # what stands in the answer, as XML
    recovery: ErrorRecovery | None = None  # what is remembered of a request that wrote something
    attributes: dict[str, object] = field(default_factory=dict)  # retCount and the like, in order
    wrote: bool = False


def write(request: Request, answered: Answered, *, with_data: bool = True) -> str:
    """The answer as XML, attributes in the order in which QuickBooks writes them."""
    tag = f"{type(request).__name__.removesuffix('Rq')}Rs"
    attributes: dict[str, object] = {}
    if request.request_id is not None:
        attributes["requestID"] = request.request_id
    attributes["statusCode"] = answered.remark.code
    attributes["statusSeverity"] = answered.remark.severity
    attributes["statusMessage"] = answered.remark.message
    attributes.update(answered.attributes)
    head = tag + "".join(f' {name}="{quoted(str(value))}"' for name, value in attributes.items())
    body = answered.body if with_data else ""
    return f"<{head}>\n{body}\n</{tag}>\n" if body else f"<{head} />\n"


def write_recovered(request: Request, answered: Answered) -> str:
    """The same answer from memory: the status, and the ids of what was written instead of the objects."""
    body = render(answered.recovery) if answered.recovery is not None else ""
    return write(request, Answered(answered.remark, body))


def not_processed(request: Request) -> str:
    """The answer to a request behind one that failed, in a set that stops on errors."""
    return write(request, Answered(NOT_PROCESSED))


def only(xml: str, wanted: Iterable[str]) -> str:
    """A Ret with the elements asked for (IncludeRetElement) and no others."""
    names = set(wanted)
    if not names:
        return xml
    root = etree.fromstring(xml.encode("ascii"))
    for child in list(root):
        if child.tag not in names:
            root.remove(child)
    return etree.tostring(root, encoding="ascii").decode("ascii")


def leaves(**values: object) -> str:
    """Elements with text, in this order; None is left out."""
    parts = []
    for tag, value in values.items():
        if value is not None:
            text = value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else str(value)
            parts.append(f"<{tag}>{escaped(text)}</{tag}>")
    return "".join(parts)
