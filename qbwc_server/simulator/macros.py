"""Macros: names that stand for ids which the same message set gives."""

from collections.abc import Mapping
from typing import Any

from qbwc_server.simulator.refusals import Refused
from qbwc_server.simulator.shapes import build
from qbxml.message import Request
from qbxml.values import UseMacro


def without_macros(macros: Mapping[str, str], request: Request) -> Request:
    """The request with ids in place of macros.

    Raises:
        Refused: 9102, nothing of that name was defined earlier in the set.
    """
    if not _uses_macros(request):
        return request
    replaced: Request = _replaced(macros, request)
    return replaced


def _uses_macros(value: Any) -> bool:
    if isinstance(value, UseMacro):
        return True
    if isinstance(value, tuple):
        return any(_uses_macros(one) for one in value)
    return hasattr(value, "_plan") and any(_uses_macros(one) for one in vars(value).values())


def _replaced(macros: Mapping[str, str], value: Any) -> Any:
    if isinstance(value, UseMacro):
        if value not in macros:
            raise Refused(9102, f'The macro "{value}" cannot be replaced.')
        return macros[value]
    if isinstance(value, tuple):
        return tuple(_replaced(macros, one) for one in value)
    if _uses_macros(value):
        return build(type(value), {name: _replaced(macros, one) for name, one in vars(value).items()})
    return value
