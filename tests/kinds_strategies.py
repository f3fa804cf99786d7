"""Documents of every kind for hypothesis, drawn from the fields of the kinds themselves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, get_origin

from annotated_types import Gt, MinLen
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.kinds.fields import Fields, Sort, fields_in, marks_of, types_of
from qbwc_server.documents.kinds.party import Party

Values = st.SearchStrategy[Any]


def cents(low: int, high: int) -> Values:
    """Amounts of money, given in cents."""
    return st.integers(low, high).map(lambda number: str(Decimal(number).scaleb(-2)))


AMOUNTS = cents(-5_000, 100_000) | cents(1 - 10**13, 10**13 - 1)
POSITIVE = cents(1, 10**7)
NUMBERS = st.integers(-500_000, 10_000_000).map(lambda number: str(Decimal(number).scaleb(-5)))
DAYS = st.dates(date(1970, 1, 1), date(2038, 1, 18)).map(date.isoformat)
ORIGINS = st.text("abc:019-", min_size=1, max_size=20)
SORTS: dict[Sort, Values] = {
    Sort.AMOUNT: AMOUNTS,
    Sort.NUMBER: NUMBERS,
    Sort.DATE: DAYS,
    Sort.YES_NO: st.booleans(),
}
OWN: dict[str, Values] = {  # fields that are more than their sort
    "origin": ORIGINS,
    "invoice": ORIGINS,
    "payment": ORIGINS,
    "refunded": ORIGINS,
    "number": st.text("SW0123456789", min_size=1, max_size=12),
    "txn_id": st.just("1A-1760000000"),
    "key": st.sampled_from(["SEATS00000001", "BACKUP0000001/2"]),
    "onto": st.just({"first": "2026-03-01", "last": "2026-03-31", "until": "2026-03-02T22:00:00Z"}),
}


def records(texts: Values, prose: Values | None = None, *, of_files: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of any kind as decoded JSON, with these texts, and this prose where several lines are possible.

    Args:
        of_files: only with what a file can say.
    """
    sorts = {**SORTS, Sort.TEXT: texts, Sort.PROSE: texts if prose is None else prose}
    return st.one_of(*(_record(cls, sorts, of_files=of_files, kind=st.just(kind)) for kind, cls in KINDS.items()))


def _record(
    cls: type[Fields], sorts: dict[Sort, Values], *, of_files: bool, **kind: Values
) -> st.SearchStrategy[dict[str, Any]]:
    without = {"kind", *(cls.not_in_files if of_files else ())}
    values = {
        info.alias or field: _value(field, info, sorts, of_files=of_files)
        for field, info in cls.model_fields.items()
        if field not in without
    }
    required = {info.alias or field for field, info in cls.model_fields.items() if info.is_required()} - {"kind"}
    one_of = set(cls.known_by)
    optional = {name: value for name, value in values.items() if name not in required | one_of}
    needed = kind | {name: value for name, value in values.items() if name in required}
    return st.one_of(
        *(
            st.fixed_dictionaries(needed | ({name: values[name]} if name else {}), optional=optional)
            for name in sorted(one_of) or [""]
        )
    ).filter(bool)


def _value(field: str, info: FieldInfo, sorts: dict[Sort, Values], *, of_files: bool) -> Values:
    holds = fields_in(info)
    if field in OWN:
        return OWN[field]
    if holds is None and get_origin(info.annotation) is tuple:
        return st.lists(sorts[Sort.TEXT], min_size=1, max_size=3)
    if holds is None:
        sort = Sort.YES_NO if bool in types_of(info) else next(iter(marks_of(info, Sort)), Sort.TEXT)
        return POSITIVE if marks_of(info, Gt) else sorts[sort]
    record = _record(holds, sorts, of_files=of_files)
    if issubclass(holds, Party):
        return sorts[Sort.TEXT] | record
    if get_origin(info.annotation) is tuple:
        least = next((mark.min_length for mark in info.metadata if isinstance(mark, MinLen)), 0)
        return st.lists(record, min_size=least, max_size=3)
    return record
