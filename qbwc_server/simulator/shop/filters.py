"""Which objects a search of Shopify finds: terms such as updated_at:>='2026-03-02T14:00:00Z'."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

_TERM = re.compile(r"(\w+):(>=|<=|>|<)?(?:'([^']*)'|(\S+))")
_FIELDS = {
    "updated_at": "updatedAt",
    "created_at": "createdAt",
    "issued_at": "issuedAt",
    "processed_at": "transactionDate",
    "opening_time": "openingTime",
    "closing_time": "closingTime",
    "status": "status",
    "name": "name",
}
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda one, other: bool(one >= other),
    "<=": lambda one, other: bool(one <= other),
    ">": lambda one, other: bool(one > other),
    "<": lambda one, other: bool(one < other),
    "": lambda one, other: bool(one == other),
}


def number_of(gid: str) -> int:
    """The number in a global id."""
    return int(gid.rpartition("/")[2].partition("?")[0])


def matcher(query: str | None, *, whole_days: bool = False) -> Callable[[Mapping[str, Any]], bool]:
    """Whether an object is found.

    Args:
        whole_days: times are compared as days, as customers are.
    """
    wanted = [(field, sign, quoted or bare) for field, sign, quoted, bare in _TERM.findall(query or "")]
    return lambda node: all(_fits(node, *term, whole_days) for term in wanted)


def changed_since(query: str | None) -> str | None:
    """From when on objects are wanted that have changed, as their own times are written."""
    terms = _TERM.findall(query or "")
    return min(
        (quoted or bare for name, sign, quoted, bare in terms if name == "updated_at" and sign[:1] == ">"), default=None
    )


def _fits(node: Mapping[str, Any], field: str, sign: str, wanted: str, whole_days: bool) -> bool:
    if field == "id":
        return _COMPARED[sign](number_of(node["id"]), int(wanted))
    if field == "payments_transfer_id":
        return node.get("associatedPayout") is not None and number_of(node["associatedPayout"]["id"]) == int(wanted)
    value = node.get(_FIELDS.get(field, field))
    if value is None:
        return False
    if field.endswith(("_at", "_time")):
        one, other = moment(value), moment(wanted)
        if whole_days:
            return _COMPARED[sign](one.date(), other.date())
        return _COMPARED[sign](one, other)
    return _COMPARED[sign](str(value).casefold(), wanted.casefold())


def moment(text: str) -> datetime:
    """A time as Shopify writes it; a day is its beginning."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
