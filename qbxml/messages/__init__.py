"""All messages, from their tags to their classes: what each file of this package says in its own ``MESSAGES``."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final

from qbxml import shared
from qbxml.aggregate import Aggregate
from qbxml.message import Request

_FILES: Final = (*(import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)), shared)

MESSAGES: Final[dict[str, type[Aggregate]]] = {cls.__name__: cls for file in _FILES for cls in file.MESSAGES}
"""Every request, response and returned object, by the name it has in a document."""


def request_for(aggregate: Aggregate, *, request_id: str | None = None) -> Request:
    """The request that carries what is to be added or modified: an InvoiceAddRq for an InvoiceAdd.

    Raises:
        TypeError: no request carries it.
    """
    tag = type(aggregate).__name__
    request = MESSAGES.get(f"{tag}Rq")
    if request is None or not issubclass(request, Request):
        raise TypeError(f"no request carries {tag}")
    values: dict[str, Any] = {request._plan.by_tag[tag].name: aggregate, "request_id": request_id}
    return request(**values)
