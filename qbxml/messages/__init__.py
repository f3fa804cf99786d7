"""All messages, from their tags to their classes: what the files here say in their ``MESSAGES``, what is declared."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final, TypeVar, overload

from qbxml import card_payments, shared
from qbxml.aggregate import Aggregate
from qbxml.declared import Declarations, load
from qbxml.message import Request

_FILES: Final = (*(import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)), shared)
_CLASSES: Final[dict[str, type[Aggregate]]] = {
    name: found
    for file in (*_FILES, card_payments)
    for name, found in vars(file).items()
    if isinstance(found, type) and issubclass(found, Aggregate) and found.__module__ == file.__name__
}
_Default = TypeVar("_Default")

TYPED: Final[dict[str, type[Aggregate]]] = {cls.__name__: cls for file in _FILES for cls in file.MESSAGES}
"""Those with a class in a file of this package."""


def typed(name: str) -> type[Aggregate] | None:
    """The class of that name in one of the files, be it a message or part of one."""
    return _CLASSES.get(name)


class Messages(Mapping[str, type[Aggregate]]):
    """Every request, response and returned object, by the name it has in a document."""

    def __init__(self, typed: dict[str, type[Aggregate]], declared: Declarations) -> None:
        self._typed, self._declared = typed, declared
        self._others = tuple(name for name in declared if name.endswith(("Rq", "Rs", "Ret")))

    def __getitem__(self, tag: str) -> type[Aggregate]:
        if (found := self.get(tag)) is None:
            raise KeyError(tag)
        return found

    @overload
    def get(self, tag: str, /) -> type[Aggregate] | None: ...
    @overload
    def get(self, tag: str, default: type[Aggregate] | _Default, /) -> type[Aggregate] | _Default: ...
    def get(self, tag: str, default: object = None, /) -> object:
        """The class, or the default."""
        if (found := self._typed.get(tag)) is None and tag.endswith(("Rq", "Rs", "Ret")):
            found = self._declared.get(tag)
        return default if found is None else found

    def __iter__(self) -> Iterator[str]:
        yield from self._typed
        yield from self._others

    def __len__(self) -> int:
        return len(self._typed) + len(self._others)


DECLARED: Final = load(typed)
MESSAGES: Final = Messages(TYPED, DECLARED)
"""Every request, response and returned object, by the name it has in a document."""


def part(name: str) -> type[Aggregate]:
    """The class of any message, or of any part of one: of ``EmployeeAdd``, which has no Python name of its own.

    Raises:
        LookupError: there is none of that name.
    """
    found = _CLASSES.get(name) or DECLARED.get(name)
    if found is None:
        raise LookupError(f"qbXML has nothing called {name[:60]}")
    return found


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
