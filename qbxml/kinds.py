"""The simple types of qbXML: how a value is checked, and its exact text on both sides.

The names in capitals are those of Intuit's schema.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import copy
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from qbxml.errors import BuildError
from qbxml.escaping import escaped
from qbxml.text import storable

CUSTOM_FIELDS: Final = UUID(int=0)
"""The ``OwnerID`` of custom fields made in QuickBooks' own windows; written ``0``."""

_WINDOWS_1252: Final = "what QuickBooks stores (Windows-1252)"


class Kind(ABC):
    """One of the schema's simple types.

    ``check`` takes a Python value and gives back the one to keep; ``write`` gives its XML text; ``read`` takes the text
    of an answer, generously, and ``read_strictly`` that of a request, to the letter. Errors carry no path: whoever
    knows the field adds it.
    """

    name: str
    python: type
    read: Callable[[str], Any]
    """The value of a text in an answer; raises ValueError or KeyError. A plain callable: it runs for every element."""

    @abstractmethod
    def check(self, value: Any) -> Any:
        """The value to keep; raises BuildError."""

    @abstractmethod
    def write(self, value: Any) -> str:
        """XML content, escaped."""

    def read_strictly(self, text: str) -> Any:
        """The value of a text in a request; raises BuildError."""
        try:
            return self.read(text)
        except (ValueError, KeyError):
            raise BuildError(self.name, "lexical", self.name, text) from None

    def _refuse_type(self, value: object) -> BuildError:
        return BuildError(self.name, "type", self.python.__name__, value)


class TextKind(Kind):
    """STRTYPE and its like: text in characters that QuickBooks stores, up to a length."""

    python = str
    read = staticmethod(str)

    def __init__(self, name: str = "STRTYPE", max_length: int | None = None) -> None:
        self.name = name
        self.max_length = max_length

    def check(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self._refuse_type(value)
        if not (value.isascii() and value.isprintable()) and not all(map(storable, set(value))):
            raise BuildError(self.name, "characters", _WINDOWS_1252, next(ch for ch in value if not storable(ch)))
        if self.max_length is not None and len(value) > self.max_length:
            raise BuildError(self.name, "max_length", self.max_length, value)
        return value

    def write(self, value: str) -> str:
        return escaped(value)

    def read_strictly(self, text: str) -> str:
        return self.check(text)


class MacroIdKind(TextKind):
    """IDTYPE where a macro may stand instead."""


class BoolKind(Kind):
    """BOOLTYPE: true and false."""

    name = "BOOLTYPE"
    python = bool
    read = {"true": True, "false": False, "1": True, "0": False}.__getitem__

    def check(self, value: Any) -> bool:
        if value is True or value is False:
            return bool(value)
        raise self._refuse_type(value)

    def write(self, value: bool) -> str:
        return "true" if value else "false"


class DateKind(Kind):
    """DATETYPE: a calendar day."""

    name = "DATETYPE"
    python = date
    read = staticmethod(date.fromisoformat)
    _FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

    def check(self, value: Any) -> date:
        if type(value) is not date:  # a datetime is a date, but not the day that was meant
            raise self._refuse_type(value)
        return value

    def write(self, value: date) -> str:
        return value.isoformat()

    def read_strictly(self, text: str) -> date:
        if self._FORM.fullmatch(text) is None:
            raise BuildError(self.name, "lexical", self.name, text)
        value: date = super().read_strictly(text)
        return value


class DateTimeKind(Kind):
    """DATETIMETYPE: a moment with its UTC offset, in whole seconds; fractions are cut off.

    A text without an offset is read as a naive datetime: the local time of the PC on which QuickBooks runs.
    """

    name = "DATETIMETYPE"
    python = datetime
    read = staticmethod(datetime.fromisoformat)
    _FORM: Final = re.compile(
        r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})([+-]\d{2}:\d{2})?)?)?)?", re.ASCII
    )

    def check(self, value: Any) -> datetime:
        if not isinstance(value, datetime):
            raise self._refuse_type(value)
        offset = value.utcoffset()
        if offset is None or offset.seconds % 60 or offset.microseconds:
            raise BuildError(self.name, "time_zone", None, value)
        return value.replace(microsecond=0) if value.microsecond else value

    def write(self, value: datetime) -> str:
        return value.isoformat(timespec="seconds")

    def read_strictly(self, text: str) -> datetime:
        if (match := self._FORM.fullmatch(text)) is None:
            raise BuildError(self.name, "lexical", self.name, text)
        year, month, day, hour, minute, second, offset = match.groups("00")
        zone = "" if match[7] is None else offset
        try:
            return datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute:0>2}:{second:0>2}{zone}")
        except ValueError:
            raise BuildError(self.name, "lexical", self.name, text) from None


def _decimal(text: str) -> Decimal:
    """A finite number; :class:`~decimal.Decimal` itself also takes words like NaN."""
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise ValueError(text) from None
    if number.is_finite():
        return number
    raise ValueError(text)


class DecimalKind(Kind):
    """AMTTYPE, PRICETYPE, QUANTYPE, PERCENTTYPE: so many digits before the point, so many after it.

    Zeros at the end do not count: 3.000 is a whole amount. ``fixed`` writes all decimals (30.00), otherwise as many
    as the value has.
    """

    python = Decimal
    read = staticmethod(_decimal)

    def __init__(self, name: str, *, digits: int, decimals: int, fixed: bool = False) -> None:
        self.name = name
        self.min_value: Decimal | None = None
        self.max_value: Decimal | None = None
        self.digits = digits
        self.decimals = decimals
        self.fixed = fixed
        self._bound = Decimal(10) ** digits
        self._smallest = Decimal(1).scaleb(-decimals)
        written = f"(?:[.][0-9]{{{decimals}}})?" if fixed else f"(?:[.][0-9]{{1,{decimals}}})?"
        self._form = re.compile(f"[+-]?[0-9]{{1,{digits}}}{written}")

    def check(self, value: Any) -> Decimal:
        if not isinstance(value, Decimal):
            raise self._refuse_type(value)
        if not value.is_finite():
            raise BuildError(self.name, "finite", None, value)
        if not -self._bound < value < self._bound:
            raise BuildError(self.name, "digits", self.digits, value)
        if self.min_value is not None and value < self.min_value:
            raise BuildError(self.name, "min_value", self.min_value, value)
        if self.max_value is not None and value > self.max_value:
            raise BuildError(self.name, "max_value", self.max_value, value)
        kept: Decimal = value or value.copy_abs()  # minus zero is zero
        exponent = kept.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -self.decimals:
            kept = kept.quantize(self._smallest)
            if kept != value:
                raise BuildError(self.name, "decimals", self.decimals, value)
        return kept

    def write(self, value: Decimal) -> str:
        return f"{value:.{self.decimals}f}" if self.fixed else f"{value:f}"

    def read_strictly(self, text: str) -> Decimal:
        if self._form.fullmatch(text) is None:
            raise BuildError(self.name, "lexical", self.name, text)
        return self.check(Decimal(text))

    def within(self, min_value: Decimal | None, max_value: Decimal | None) -> "DecimalKind":
        """The same kind with bounds, both included."""
        bounded = copy(self)
        bounded.min_value, bounded.max_value = min_value, max_value
        return bounded


class FloatKind(Kind):
    """FLOATTYPE: a decimal number of any size, used for exchange rates."""

    name = "FLOATTYPE"
    python = Decimal
    read = staticmethod(_decimal)
    _FORM: Final = re.compile(r"[+-]?(?:[0-9]+(?:[.][0-9]*)?|[.][0-9]+)")

    def check(self, value: Any) -> Decimal:
        if not isinstance(value, Decimal):
            raise self._refuse_type(value)
        if not value.is_finite():
            raise BuildError(self.name, "finite", None, value)
        return value

    def write(self, value: Decimal) -> str:
        return f"{value:f}"

    def read_strictly(self, text: str) -> Decimal:
        if self._FORM.fullmatch(text) is None:
            raise BuildError(self.name, "lexical", self.name, text)
        return Decimal(text)


class IntKind(Kind):
    """INTTYPE: a whole number."""

    name = "INTTYPE"
    python = int
    read = staticmethod(int)
    _FORM: Final = re.compile(r"[+-]?[0-9]{1,18}")

    def __init__(self, min_value: int | None = None, max_value: int | None = None) -> None:
        self.min_value = min_value
        self.max_value = max_value

    def check(self, value: Any) -> int:
        if type(value) is not int:  # True is an int too, and is not meant
            raise self._refuse_type(value)
        if self.min_value is not None and value < self.min_value:
            raise BuildError(self.name, "min_value", self.min_value, value)
        if self.max_value is not None and value > self.max_value:
            raise BuildError(self.name, "max_value", self.max_value, value)
        return value

    def write(self, value: int) -> str:
        return str(value)

    def read_strictly(self, text: str) -> int:
        if self._FORM.fullmatch(text) is None:
            raise BuildError(self.name, "lexical", self.name, text)
        return self.check(int(text))


def _guid(text: str) -> UUID:
    return CUSTOM_FIELDS if text == "0" else UUID(text)


class GuidKind(Kind):
    """GUIDTYPE: a UUID in braces; the zero UUID is written ``0``."""

    name = "GUIDTYPE"
    python = UUID
    read = staticmethod(_guid)
    _FORM: Final = re.compile(r"0|\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}")

    def check(self, value: Any) -> UUID:
        if not isinstance(value, UUID):
            raise self._refuse_type(value)
        return value

    def write(self, value: UUID) -> str:
        return f"{{{value}}}" if value.int else "0"

    def read_strictly(self, text: str) -> UUID:
        if self._FORM.fullmatch(text) is None:
            raise BuildError(self.name, "lexical", self.name, text)
        return _guid(text)


_DURATION: Final = re.compile(r"([+-])?PT(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})S)?")


def _duration(text: str) -> timedelta:
    if (match := _DURATION.fullmatch(text)) is None:
        raise ValueError(text)
    length = timedelta(hours=int(match[2] or 0), minutes=int(match[3] or 0), seconds=int(match[4] or 0))
    return -length if match[1] == "-" else length


class DurationKind(Kind):
    """TIMEINTERVALTYPE: a length of time in whole seconds, written ``PT8H30M0S``."""

    name = "TIMEINTERVALTYPE"
    python = timedelta
    read = staticmethod(_duration)

    def check(self, value: Any) -> timedelta:
        if not isinstance(value, timedelta):
            raise self._refuse_type(value)
        if value.microseconds:
            raise BuildError(self.name, "whole_seconds", None, value)
        return value

    def write(self, value: timedelta) -> str:
        minutes, seconds = divmod(abs(value) // timedelta(seconds=1), 60)
        return f"{'-' if value < timedelta() else ''}PT{minutes // 60}H{minutes % 60}M{seconds}S"


class EnumKind(Kind):
    """ENUMTYPE: one word of a list; the plain word is taken as well as the member."""

    name = "ENUMTYPE"

    def __init__(self, python: type[StrEnum]) -> None:
        self.python = python
        self._members = {member.value: member for member in python}
        self.words = tuple(self._members)
        self.read = self._members.__getitem__

    def check(self, value: Any) -> StrEnum:
        try:
            return self._members[value]
        except (KeyError, TypeError):
            raise BuildError(self.name, "enum", ", ".join(self._members), value) from None

    def write(self, value: StrEnum) -> str:
        return str(value)

    def read_strictly(self, text: str) -> StrEnum:
        return self.check(text)
