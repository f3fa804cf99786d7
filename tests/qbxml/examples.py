"""One full example of every message, made from its declaration: each element once, the first way through each choice.

``python -m tests.qbxml.examples`` writes the golden files anew; look at the difference before you keep it.
"""

import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from qbxml import MESSAGES, Aggregate, render
from qbxml.kinds import EnumKind, IntKind, Kind, TextKind
from qbxml.message import IteratedQuery
from qbxml.messages import TYPED
from qbxml.plan import Plan, Slot

GOLDEN = Path(__file__).parent / "golden"

# Golden files are kept for what has a class of its own, is asked or comes back; the answers around it are the same
# everywhere, and what has a declaration only is held against the operations file.
GOLDEN_TAGS = tuple(tag for tag in TYPED if tag.endswith(("Rq", "Ret")))

_NEW_YORK = timezone(timedelta(hours=-5))
_TEXTS = {
    "Name": "Kern Lighting",
    "FullName": "Kern Lighting:Office",
    "CompanyName": "Kern & Söhne GmbH",
    "Memo": 'Café “5 €” <urgent> & "more"',
    "Desc": "Line one\nline two",
    "RefNumber": "SW-1001",
    "EditSequence": "1417118624",
    "TxnID": "C5-1417118624",
    "TxnLineID": "C7-1417118624",
    "ListID": "80000013-1416570432",
    "Email": "books@kern.example",
    "City": "Zürich",
    "defMacro": "TxnID:first",
    "requestID": "7f3a",
}
_VALUES: dict[str, Any] = {
    "BOOLTYPE": True,
    "DATETYPE": date(2026, 3, 1),
    "DATETIMETYPE": datetime(2026, 3, 1, 9, 30, 15, tzinfo=_NEW_YORK),
    "AMTTYPE": Decimal("1234.50"),
    "PRICETYPE": Decimal("0.12345"),
    "QUANTYPE": Decimal(3),
    "PERCENTTYPE": Decimal("7.5"),
    "FLOATTYPE": Decimal("1.0821"),
    "TIMEINTERVALTYPE": timedelta(hours=8, minutes=30),
    "GUIDTYPE": UUID("6b1f4a3e-2d5c-4f7a-9c1b-0a1b2c3d4e5f"),
}


def example(cls: type[Aggregate]) -> Aggregate:
    """An object with everything that may be given at once."""
    plan = cls._plan
    left_out = {name for choice in cls.choices for group in choice.groups[1:] for name in group.needs + group.may}
    if issubclass(cls, IteratedQuery):
        left_out |= {"iterator", "iterator_id"}  # pages are for what is not asked for by id
    values: dict[str, Any] = {}
    for name, slot in plan.slots.items():
        if name in left_out:
            continue
        if slot.kind is not None:
            one = _leaf(slot, slot.kind)
            values[name] = (one,) if slot.many else one
        elif slot.many:
            values[name] = tuple(_child(child, slot, plan) for child in slot.classes)
        else:
            values[name] = _child(slot.classes[0], slot, plan)
    return cls(**values)


def _child(cls: type[Aggregate], slot: Slot, owner: Plan) -> Aggregate:
    made = example(cls)
    if cls.__name__ != "Ref":
        return made
    name = slot.tag.removesuffix("Ref")[: slot.full_name_length]
    if owner.name.endswith(("Ret", "Preferences")):
        return cls(list_id="80000013-1416570432", full_name=name)
    return cls(full_name=name)


def _leaf(slot: Slot, kind: Kind) -> Any:
    if isinstance(kind, EnumKind):
        return next(iter(kind._members.values()))
    if isinstance(kind, IntKind):
        return 1 if kind.max_value is not None else 42
    if isinstance(kind, TextKind):
        return _TEXTS.get(slot.tag, slot.tag)[: kind.max_length]
    return _VALUES[kind.name]


def write_golden_files() -> None:
    """Write every golden file as the library renders it now."""
    GOLDEN.mkdir(exist_ok=True)
    for tag in GOLDEN_TAGS:
        (GOLDEN / f"{tag}.xml").write_text(indented(render(example(MESSAGES[tag]))), encoding="ascii")


def indented(xml: str) -> str:
    """The same XML with each element on a line of its own."""
    lines: list[str] = []
    depth = 0
    for part in re.split("(?<=>)(?=<)", xml):
        closing = part.startswith("</")
        depth -= closing
        lines.append("  " * depth + part)
        depth += not closing and "</" not in part and not part.endswith("/>")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write_golden_files()
