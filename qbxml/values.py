"""Leaf values: which Python type stands for which qbXML type.

Money and quantities are :class:`~decimal.Decimal`, never ``float``.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, get_args, get_origin
from uuid import UUID

from qbxml.kinds import (
    BoolKind,
    DateKind,
    DateTimeKind,
    DecimalKind,
    DurationKind,
    EnumKind,
    FloatKind,
    GuidKind,
    IntKind,
    Kind,
    MacroIdKind,
    TextKind,
)


class UseMacro(str):
    """Instead of an id that is not known yet: the name given by ``def_macro`` earlier in the same message set."""

    __slots__ = ()


Id = Annotated[str, TextKind("IDTYPE", 36)]
"""ListID, TxnID, TxnLineID: opaque, given by QuickBooks."""

IdOrMacro = Annotated[str, MacroIdKind("IDTYPE", 36)]
"""An id of QuickBooks, or a :class:`UseMacro` that stands for one."""

Macro = Annotated[str, TextKind("MACROTYPE")]
"""A name like ``TxnID:first`` for the id that QuickBooks is going to give."""

Amount = Annotated[Decimal, DecimalKind("AMTTYPE", digits=13, decimals=2, fixed=True)]
"""Money in the currency of the transaction, two decimals."""

Price = Annotated[Decimal, DecimalKind("PRICETYPE", digits=10, decimals=5)]
"""Money for one unit, up to five decimals."""

Quantity = Annotated[Decimal, DecimalKind("QUANTYPE", digits=10, decimals=5)]
"""A number of units, up to five decimals."""

Percent = Annotated[Decimal, DecimalKind("PERCENTTYPE", digits=10, decimals=5)]
"""A percentage: 7.5 is 7.5 %, up to five decimals."""

Duration = Annotated[timedelta, DurationKind()]
"""A length of time, in whole seconds."""

ExchangeRate = Annotated[Decimal, FloatKind()]
"""Units of the home currency for one unit of the foreign one."""

_PLAIN: Final[dict[object, type[Kind]]] = {
    bool: BoolKind,
    date: DateKind,
    datetime: DateTimeKind,
    UUID: GuidKind,
}


def kind_of(
    annotation: object,
    *,
    max_length: int | None = None,
    min_value: int | Decimal | None = None,
    max_value: int | Decimal | None = None,
) -> Kind:
    """The kind of a leaf field, from its annotation (``str``, ``Amount``, an enumeration) and its own limits.

    Raises:
        TypeError: the annotation is none of a leaf field, or the limits are not for this kind.
    """
    if get_origin(annotation) is Annotated:
        kind = next(extra for extra in get_args(annotation)[1:] if isinstance(extra, Kind))
        if isinstance(kind, DecimalKind) and (min_value, max_value) != (None, None):
            return kind.within(_decimal(min_value), _decimal(max_value))
    elif annotation is str:
        return TextKind(max_length=max_length)
    elif annotation is int:
        return IntKind(_whole(min_value), _whole(max_value))
    elif isinstance(annotation, type) and issubclass(annotation, StrEnum):
        kind = EnumKind(annotation)
    elif annotation in _PLAIN:
        kind = _PLAIN[annotation]()
    else:
        raise TypeError(f"not a leaf type: {annotation}")
    if (max_length, min_value, max_value) != (None, None, None):
        raise TypeError(f"{kind.name} takes no limits")
    return kind


def _decimal(limit: int | Decimal | None) -> Decimal | None:
    return None if limit is None else Decimal(limit)


def _whole(limit: int | Decimal | None) -> int | None:
    if isinstance(limit, Decimal):
        raise TypeError(f"not a limit of whole numbers: {limit}")
    return limit
