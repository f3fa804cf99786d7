"""Messages that have no class in ``qbxml/messages``: read from ``declared.txt``, made when they are first asked for.

The file has a paragraph for each class, with its base and a line per element, and one for each list of words::

    VehicleMileageAdd Aggregate
    VehicleRef >31 ?                  a reference, whose full name may have 31 characters; may be left out
    Notes text ? =4095 v8.0           up to 4095 characters, since qbXML 8.0
    DataExt &DataExt *                another class; any number (+ for at least one)
    ! A | B C? | D                    exactly one of these: A, or B with or without C, or D; ~ for at most one

    %BillableStatus Billable NotBillable HasBeenBilled

``tests/qbxml/write_declared.py`` writes it from Intuit's operations file.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files
from types import GenericAlias, new_class
from typing import Any, Final, cast
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import FIRST, Choice, Group, attribute, element, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, Query, QueryResponse, Request, Response
from qbxml.naming import field_name
from qbxml.returned import ListRet, NamedRet, TxnRet
from qbxml.shared import Ref
from qbxml.values import Amount, Duration, ExchangeRate, Id, IdOrMacro, Macro, Percent, Price, Quantity

_BASES: Final[dict[str, type[Aggregate]]] = {
    base.__name__: base
    for base in (
        *(Aggregate, Request, Query, IteratedQuery, Response, QueryResponse, IteratedQueryResponse),
        *(TxnRet, ListRet, NamedRet),
    )
}
_TYPES: Final[dict[str, Any]] = {
    "text": str,
    "id": Id,
    "macro": IdOrMacro,
    "name": Macro,
    "bool": bool,
    "date": date,
    "time": datetime,
    "amount": Amount,
    "price": Price,
    "quantity": Quantity,
    "percent": Percent,
    "number": ExchangeRate,
    "int": int,
    "guid": UUID,
    "length": Duration,
}
_VERSION: Final = re.compile(r"v([0-9]+)\.([0-9]+)")
_DROPPABLE: Final = "IncludeRetElement"


class Declarations:
    """The classes of the file.

    Args:
        text: of the file.
        typed: the class of a name that has one of its own.
    """

    def __init__(self, text: str, typed: Callable[[str], type[Aggregate] | None]) -> None:
        self._paragraphs = {one.split(None, 1)[0]: one for one in text.split("\n\n")}
        self._typed = typed
        self._made: dict[str, type[Aggregate]] = {}
        self._words: dict[str, type[StrEnum]] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._paragraphs

    def __iter__(self) -> Iterator[str]:
        """The names of all classes."""
        return (name for name in self._paragraphs if not name.startswith("%"))

    def get(self, name: str) -> type[Aggregate] | None:
        """The class of that name, made now if it was not made before; None if the file does not have it."""
        if (made := self._made.get(name)) is None and (paragraph := self._paragraphs.get(name)) is not None:
            made = self._made[name] = self._make(paragraph.splitlines())
        return made

    def _make(self, lines: list[str]) -> type[Aggregate]:
        name, base, *marks = lines[0].split()
        annotations: dict[str, Any] = {}
        body: dict[str, Any] = {"__annotations__": annotations, "__doc__": f"{name} of qbXML 13.0."}
        names: dict[str, str] = {}
        choices: list[Choice] = []
        for line in lines[1:]:
            if line.startswith(("! ", "~ ")):
                choices.append(_choice(line, names))
                continue
            field, annotation, made = self._field(line, names)
            annotations[field], body[field] = annotation, made
        body["choices"] = tuple(choices)
        keywords: dict[str, Any] = {"since": _since(marks)}
        if lacking := tuple(field_name(mark[1:]) for mark in marks if mark.startswith("-")):
            keywords["may_lack"] = lacking
        made_class = new_class(name.rstrip("_"), (_BASES[base],), keywords, lambda namespace: namespace.update(body))
        made_class.__module__ = __name__
        return made_class

    def _field(self, line: str, names: dict[str, str]) -> tuple[str, Any, Any]:
        """Name, annotation and declaration of one element or attribute."""
        tag, kind, *marks = line.split()
        many = "*" in marks or "+" in marks
        optional = "?" in marks or "*" in marks
        if tag.startswith("@"):
            field = field_name(tag[1:])
            return field, self._type(kind, optional), _attribute(tag[1:], optional)
        tags = tag.split("|")
        field = _mixture_name(tags) if len(tags) > 1 else field_name(tag, reference=kind[0] == ">", many=many)
        names.update(dict.fromkeys(tags, field))
        annotation = self._type(kind, optional and not many)
        if many:
            annotation = GenericAlias(tuple, (annotation, ...))
        return field, annotation, _element(tags, kind, marks, many=many, optional=optional)

    def _type(self, kind: str, optional: bool) -> Any:
        found: list[Any] = [self._one_type(one) for one in kind.split("|")]
        union = found[0]
        for one in [*found[1:], *([None] if optional else [])]:
            union |= one
        return union

    def _one_type(self, kind: str) -> Any:
        if kind.startswith("&"):
            return self._class(kind[1:])
        if kind.startswith("%"):
            return self._enum(kind)
        return Ref if kind.startswith(">") else _TYPES[kind]

    def _class(self, name: str) -> type[Aggregate]:
        found = self._typed(name) or self.get(name)
        if found is None:
            raise LookupError(f"declared.txt: no class of the name {name}")
        return found

    def _enum(self, kind: str) -> type[StrEnum]:
        if kind not in self._words:
            name, *words = self._paragraphs[kind].split()
            members = [(_member(word), word) for word in words]
            self._words[kind] = cast("type[StrEnum]", StrEnum(name.strip("%_"), members, module=__name__))
        return self._words[kind]


def load(typed: Callable[[str], type[Aggregate] | None]) -> Declarations:
    """The declarations that come with the package."""
    return Declarations((files("qbxml") / "declared.txt").read_text("ascii"), typed)


def _element(tags: list[str], kind: str, marks: list[str], *, many: bool, optional: bool) -> Any:
    given: dict[str, Any] = {"since": _since(marks)}
    if optional:
        given["default"] = () if many else None
    if kind.startswith(">"):
        return ref(tags[0], int(kind[1:]) if kind[1:] else None, **given)
    for mark in marks:
        if mark.startswith("="):
            given["max_length"] = int(mark[1:])
        elif ".." in mark:
            low, high = mark.split("..")
            given["min_value"], given["max_value"] = _limit(low), _limit(high)
    return element(*tags, droppable=tags == [_DROPPABLE], **given)


def _attribute(name: str, optional: bool) -> Any:
    return attribute(name, default=None) if optional else attribute(name)


def _choice(line: str, names: dict[str, str]) -> Choice:
    groups = []
    for alternative in line[2:].split(" | "):
        words = alternative.split()
        needs = tuple(names[word] for word in words if not word.endswith("?"))
        groups.append(Group(needs, tuple(names[word[:-1]] for word in words if word.endswith("?"))))
    return Choice(tuple(groups), required=line.startswith("!"))


def _mixture_name(tags: list[str]) -> str:
    """What a mixture is called: lines of a form, rows of a report, whatever else is returned."""
    if all(tag.endswith("Row") for tag in tags):
        return "rows"
    return "rets" if all(tag.endswith("Ret") and "Line" not in tag for tag in tags) else "lines"


def _since(marks: list[str]) -> tuple[int, int]:
    found = next(filter(None, map(_VERSION.fullmatch, marks)), None)
    return FIRST if found is None else (int(found[1]), int(found[2]))


def _limit(written: str) -> int | Decimal | None:
    if not written:
        return None
    return Decimal(written) if "." in written else int(written)


def _member(word: str) -> str:
    """The Python name of a word: ``NOT_BILLABLE`` for NotBillable."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", re.sub(r"\W", "_", word)).upper()
    return f"_{name}" if name[0].isdigit() or name in ("NONE_", "MRO") else name
