"""Which entries of the lists a transaction names, as QuickBooks shows it: each with its ListID."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qbwc_server.list_kinds import PARTIES, ListKind
from qbwc_server.posting.transactions.elements import elements_of
from qbwc_server.posting.transactions.standing import Standing
from qbxml import Aggregate, Ref

_ACCOUNTS = (
    "AccountRef",
    "APAccountRef",
    "ARAccountRef",
    "DepositToAccountRef",
    "RefundFromAccountRef",
    "TransferFromAccountRef",
    "TransferToAccountRef",
)
LISTS: dict[str, tuple[ListKind, ...]] = {  # by the element: the lists of which an entry may stand there
    "CustomerRef": (ListKind.CUSTOMER,),
    "VendorRef": (ListKind.VENDOR,),
    "PayeeEntityRef": PARTIES,
    "EntityRef": PARTIES,
    "ItemRef": (ListKind.ITEM,),
    "ClassRef": (ListKind.CLASS,),
    **dict.fromkeys(_ACCOUNTS, (ListKind.ACCOUNT,)),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry that a transaction names."""

    lists: tuple[ListKind, ...]
    list_id: str
    name: str  # full name


def entries_shown(standing: Standing) -> set[Shown]:
    """The entries that a transaction and its lines name; what a group brings along QuickBooks has chosen."""
    parts = [standing.ret, *(line for lines in standing.sets for line in lines.of(standing.ret))]
    return {one for part in parts for one in _named_by(part)}


def _named_by(part: Aggregate) -> Iterator[Shown]:
    for field, lists in _fields_of(type(part)):
        ref: Any = getattr(part, field, None)
        if isinstance(ref, Ref) and ref.list_id and ref.full_name:
            yield Shown(lists, ref.list_id, ref.full_name)


def _fields_of(cls: type[Aggregate]) -> tuple[tuple[str, tuple[ListKind, ...]], ...]:
    found = _FIELDS.get(cls)
    if found is None:
        shown = elements_of(cls).items()
        found = _FIELDS[cls] = tuple((field, LISTS[tag]) for field, tags in shown for tag in tags if tag in LISTS)
    return found


_FIELDS: dict[type[Aggregate], tuple[tuple[str, tuple[ListKind, ...]], ...]] = {}
