"""Column types that mean the same on SQLite and PostgreSQL: moments, money, enumerations, JSON records."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    String,
    Text,
    TypeDecorator,
    literal_column,
)
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeEngine

from qbwc_server.shortening import shortened, storable

Key = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only an INTEGER primary key
LONGEST_INSIDE = 20_000  # characters of one text in a record: as many as a document's longest
_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
_MONEY_SCALE = 100_000  # five decimals, as many as a qbXML price has


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite would hand it back naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """Remembers the moment it saw last: all that one answer changes happened at the same one."""
        written = super().bind_processor(dialect)
        last: tuple[datetime | None, Any] = (None, None)

        def process(value: datetime | None) -> Any:
            nonlocal last
            seen, made = last  # other threads set it, too
            if value is not seen:
                made = value if written is None else written(value)
                last = (value, made)
            return made

        return process

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Money(TypeDecorator[Decimal]):
    """An amount of money as a whole number of hundred-thousandths: SQLite's NUMERIC is a float."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = value * _MONEY_SCALE
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than five decimals")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        amount = Decimal(value).scaleb(-5)
        cents = amount.quantize(Decimal("0.01"))
        return cents if cents == amount else amount.normalize()


class _WrittenOut(TypeDecorator.Comparator[StrEnum]):
    """Compares with members of the enumeration as they stand in the statement, not as parameters.

    Partial indexes are found only by what the statement itself says; and SQLite prepares a statement anew each time
    when a parameter might decide which index it takes.
    """

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
        return super().operate(op, *map(_written_out, other), **kwargs)


def _written_out(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return literal_column("'" + value.value.replace("'", "''") + "'", String())
    if isinstance(value, list | tuple | set | frozenset) and value and all(isinstance(one, StrEnum) for one in value):
        return [_written_out(one) for one in sorted(value)]
    return value


class EnumValue(TypeDecorator[StrEnum]):
    """A member of a StrEnum, stored as its value."""

    impl = String(32)
    cache_ok = True
    comparator_factory = _WrittenOut

    def __init__(self, enumeration: type[StrEnum]) -> None:
        super().__init__()
        self.enumeration = enumeration
        self._members = {member.value: member for member in enumeration}  # read far more often than asked for

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self._member(value).value

    def bind_processor(self, dialect: Dialect) -> Callable[[StrEnum | None], str | None]:
        """Takes the value of a member as it is: a row has several of them."""
        mine, member = self.enumeration, self._member

        def process(value: StrEnum | None) -> str | None:
            return None if value is None else (value if type(value) is mine else member(value))._value_

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], StrEnum | None]:
        """Looks the member up in one step: this is asked for each value that is read."""
        known, member = self._members, self._member

        def process(value: str | None) -> StrEnum | None:
            return None if value is None else known[value] if value in known else member(value)

        return process

    def _member(self, value: str) -> StrEnum:
        return self._members.get(value) or self.enumeration(value)  # which raises


class _Bounded(TypeDecorator[str]):
    """A text that has a longest length, on every engine the same; SQLite would take any."""

    cache_ok = True

    def __init__(self, most: int, *of_impl: int) -> None:
        super().__init__(*of_impl)
        self.most = most

    def fitting(self, value: str) -> str:
        """``value`` as it may be stored."""
        raise NotImplementedError

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.fitting(value)


class _ShortText(_Bounded):
    impl = String

    def __init__(self, most: int) -> None:
        super().__init__(most, most)


class Exact(_ShortText):
    """A code, key or number that is refused before it gets here when it is too long; to cut it would make another.

    It may be looked for whatever its length is, and whatever stands in it: what no database keeps is not there.
    """

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)

    def fitting(self, value: str) -> str:
        if len(value) > self.most:
            raise ValueError(f"a text of {len(value)} characters, where at most {self.most} were expected")
        return value


class SortKey(_ShortText):
    """Letters and digits without accents, made to be compared; what is too long is cut.

    PostgreSQL compares them as they are, not as words of a language: all that begin alike stand together.
    """

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(String(self.most, collation=collation))

    def fitting(self, value: str) -> str:
        return storable(value[: self.most])


class Cut(_ShortText):
    """A short text from outside: what is too long is cut."""

    cache_ok = True

    def fitting(self, value: str) -> str:
        return storable(value[: self.most])


class Words(_Bounded):
    """What people read, and what may quote the outside: shortened, which an ellipsis shows."""

    impl = Text
    cache_ok = True

    def fitting(self, value: str) -> str:
        return storable(shortened(value, self.most))


class Whole(TypeDecorator[str]):
    """A document or message as it is, bounded by what read or wrote it; ``bounded_by`` says which limit that is."""

    impl = Text
    cache_ok = True

    def __init__(self, bounded_by: str) -> None:
        super().__init__()
        self.bounded_by = bounded_by


class JsonRecord(TypeDecorator[dict[str, Any]]):
    """A small record as JSON text with sorted keys; amounts inside are text. Texts inside are shortened."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        written = _JSON.encode(value)
        if len(written) > LONGEST_INSIDE:  # a shorter one has no text in it that is too long
            written = _JSON.encode(_shortened_inside(value))
        return storable(written)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else json.loads(value)


def _shortened_inside(value: Any) -> Any:
    if isinstance(value, str):
        return shortened(value, LONGEST_INSIDE)
    if isinstance(value, dict):
        return {name: _shortened_inside(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shortened_inside(item) for item in value]
    return value
