"""Hypothesis strategies for messages of any class, made from the declarations."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from qbxml import Aggregate, UseMacro
from qbxml.declaration import Group
from qbxml.kinds import DecimalKind, EnumKind, FloatKind, IntKind, Kind, MacroIdKind, TextKind
from qbxml.plan import Slot
from qbxml.text import storable

_CHARACTERS = "".join(ch for ch in map(chr, range(0x2123)) if storable(ch))
_ORDINARY = "abcdefghijklmnopqrstuvwxyz ABCDEF 0123456789&<>\"'éß€\n\t:"

Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def messages(draw: Draw, cls: type[Aggregate]) -> Aggregate:
    """A valid object of the class: what is required, and a few of the optional fields."""
    return _message(draw, cls, depth=0)


def _message(draw: Draw, cls: type[Aggregate], depth: int) -> Aggregate:
    slots = cls._plan.slots
    if cls.__name__ == "Ref":
        name = draw(st.sampled_from(sorted(slots)))
        return cls(**{name: _value(draw, slots[name], depth)})
    chosen = _chosen(draw, cls, depth)
    return cls(**{name: _value(draw, slots[name], depth) for name in slots if name in chosen})


def _chosen(draw: Draw, cls: type[Aggregate], depth: int) -> set[str]:
    """The names of the fields to fill: no two alternatives of a choice, and what belongs together."""
    plan = cls._plan
    most = 5 if depth < 2 else 2
    optional = [name for name in plan.slots if name not in plan.required]
    chosen = set(draw(st.lists(st.sampled_from(optional), max_size=most, unique=True))) if optional else set()
    for choice in cls.choices:
        groups = list(choice.groups)
        given = [group for group in groups if chosen & {*group.needs, *group.may}]
        kept: Group | None = draw(st.sampled_from(given)) if given else None
        if kept is None and choice.required:
            kept = draw(st.sampled_from(groups))
        for group in groups:
            if group is kept:
                chosen |= set(group.needs)
                if not group.needs and not chosen & set(group.may):
                    chosen.add(group.may[0])
            else:
                chosen -= {*group.needs, *group.may}
    if "max_returned" not in chosen:
        chosen -= {"iterator", "iterator_id"}
    elif chosen & {"iterator", "iterator_id"}:
        chosen |= {"iterator", "iterator_id"}
    return chosen | plan.required


def _value(draw: Draw, slot: Slot, depth: int) -> Any:
    if not slot.many:
        return _one(draw, slot, depth)
    return tuple(_one(draw, slot, depth) for _ in range(draw(st.integers(1, 2))))


def _one(draw: Draw, slot: Slot, depth: int) -> Any:
    if slot.kind is not None:
        return draw(_leaf(slot.kind))
    cls = draw(st.sampled_from(slot.classes)) if len(slot.classes) > 1 else slot.classes[0]
    made = _message(draw, cls, depth + 1)
    name = made.__dict__.get("full_name")
    if slot.full_name_length is not None and isinstance(name, str):
        return cls(full_name=name[: slot.full_name_length])
    return made


def _leaf(kind: Kind) -> st.SearchStrategy[Any]:
    if isinstance(kind, EnumKind):
        return st.sampled_from(list(kind._members.values()))
    if isinstance(kind, MacroIdKind):
        return _text(36) | st.just(UseMacro("TxnID:first"))
    if isinstance(kind, TextKind):
        return _text(kind.max_length)
    if isinstance(kind, IntKind):
        low = -1000 if kind.min_value is None else kind.min_value
        return st.integers(low, 1000 if kind.max_value is None else kind.max_value)
    if isinstance(kind, DecimalKind):
        bound = 10 ** (kind.digits + kind.decimals) - 1
        low = -bound if kind.min_value is None else int(kind.min_value.scaleb(kind.decimals))
        high = bound if kind.max_value is None else int(kind.max_value.scaleb(kind.decimals))
        return st.integers(low, high).map(lambda number: Decimal(number).scaleb(-kind.decimals))
    if isinstance(kind, FloatKind):
        return st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000)
    return _PLAIN[kind.name]


def _text(limit: int | None) -> st.SearchStrategy[str]:
    longest = 12 if limit is None else limit
    ordinary = st.text(_ORDINARY, max_size=min(longest, 12))
    return ordinary | st.text(_CHARACTERS, max_size=min(longest, 12)) | st.just("x" * longest)


_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_FIRST_MOMENT = datetime(1970, 1, 2)  # noqa: DTZ001 - the time zone is drawn
_LAST_MOMENT = datetime(2038, 1, 18)  # noqa: DTZ001
_PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "BOOLTYPE": st.booleans(),
    "DATETYPE": st.dates(date(1970, 1, 1), date(2038, 1, 18)),
    "DATETIMETYPE": st.datetimes(_FIRST_MOMENT, _LAST_MOMENT, timezones=_ZONES | st.just(UTC)),
    "GUIDTYPE": st.uuids(),
    "TIMEINTERVALTYPE": st.integers(-400_000, 400_000).map(lambda seconds: timedelta(seconds=seconds)),
}
