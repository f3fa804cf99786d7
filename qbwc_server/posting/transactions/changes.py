"""What turns a transaction in the books into a document, and where the two differ, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from qbwc_server.posting.texts import Texts
from qbwc_server.posting.transactions.elements import elements_of
from qbwc_server.posting.transactions.line_match import Placed
from qbwc_server.posting.transactions.lines import LineSet, LineValues, holds
from qbwc_server.posting.transactions.standing import Difference, StandingLine
from qbxml import Aggregate, Ref
from qbxml.returned import TxnRet
from qbxml.shared import Address

Values = dict[str, Any]  # fields of a message under qbxml's names


@dataclass(frozen=True)
class LineChanges:
    """The lines of one set as they will stand, and whether anything has to be said about them.

    ``expected`` are TxnLineIDs of lines of others of which nobody need be told; None: all of them.
    """

    rule: LineSet
    placed: Sequence[Placed]
    found: Sequence[StandingLine]
    touched: bool
    expected: Collection[str] | None = ()

    def others(self) -> Iterator[str]:
        """The TxnLineIDs of lines that are not ours."""
        for one in self.placed:
            if one.wanted is None and one.found is not None and one.found.txn_line_id is not None:
                yield one.found.txn_line_id

    def former(self) -> Iterator[tuple[str, Mapping[str, str | None]]]:
        """By TxnLineID: what lines of others say that are about to be ours."""
        for one in self.placed:
            if one.former is not None and one.found is not None:
                yield str(one.found.txn_line_id), one.former

    def mods(self) -> tuple[Aggregate, ...]:
        """The lines of the modification: what is left out is deleted, what is named by its id alone stays."""
        if not self.placed:
            return tuple(gone for line in self.found if (gone := self.rule.write_gone(line)) is not None)
        return tuple(_line_mod(self.rule, one) for one in self.placed)

    def differences(self) -> Iterator[Difference]:
        """Where the books say something else."""
        kept = {id(one.found.ret) for one in self.placed if one.found is not None}  # they may have been read anew
        number = 0
        for one in self.placed:
            number += one.wanted is not None
            if one.wanted is None and one.found is not None:
                if self.expected is not None and one.found.txn_line_id not in self.expected:
                    yield Difference("line added in QuickBooks", None, one.found.says())
            elif one.found is None:
                yield Difference(f"line {number}", shown(one.wanted), None)
            elif one.wanted is not None and not self.rule.says(one.wanted, one.found):
                yield Difference(f"line {number}", shown(one.wanted), one.found.says())
        for line in self.found:
            if id(line.ret) not in kept:
                yield Difference("line taken away", None, line.says())


def said(values: Values) -> Values:
    """What is said at all."""
    return {name: value for name, value in values.items() if value is not None and value != ()}


def header_changes(wanted: Values, ret: TxnRet) -> Values:
    """What is wanted and does not stand there; fields that the transaction does not show are left alone."""
    known = elements_of(type(ret))
    return {
        name: _completed(value, getattr(ret, name, None))
        for name, value in wanted.items()
        if name in known and not holds(value, getattr(ret, name, None))
    }


def taken_away(before: Values, wanted: Values, ret: TxnRet, kept: Collection[str], texts: Texts) -> Values:
    """What was written once and is not wanted any more: cleared, or told of where QuickBooks keeps it."""
    gone: Values = {}
    for name in before.keys() - wanted.keys():
        there = getattr(ret, name, None)
        if not there:
            continue
        empty = None if name in kept else _empty(there)
        if empty is None:
            texts.stays[name] = f"{words(name)}: QuickBooks keeps {shown(there)}; it can be taken away there only"
        else:
            gone[name] = empty
    return gone


def line_changes(
    rule: LineSet,
    placed: Sequence[Placed],
    found: Sequence[StandingLine],
    expected: Collection[str] | None = (),
) -> LineChanges:
    """How the lines will stand; nothing has to be said where they stand so already."""
    same_order = [id(one.found) for one in placed] == [id(line) for line in found]
    touched = not same_order or not all(_stands(rule, one) for one in placed)
    return LineChanges(rule, placed, found, touched, expected)


def shown(value: Any) -> str | None:
    """A value of a message for a reader."""
    if value is None or value == "":
        return None
    if isinstance(value, Ref):
        return value.full_name or value.list_id
    if isinstance(value, Address):
        return ", ".join(str(part) for part in vars(value).values() if part)
    if isinstance(value, LineValues):
        return ", ".join(text for part in value.values.values() if (text := shown(part)))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def words(name: str) -> str:
    """A field's name for a reader."""
    return name.strip("_").replace("_", " ")


def _completed(wanted: Any, found: Any) -> Any:
    """An address in which the parts that it lacks are cleared."""
    if not isinstance(wanted, Address) or not isinstance(found, Address):
        return wanted
    return Address(**{name: vars(wanted).get(name, "") for name in vars(found).keys() | vars(wanted).keys()})


def _empty(found: Any) -> Any:
    """What takes a value away in a modification; None where nothing does."""
    if isinstance(found, str):
        return ""
    if isinstance(found, Ref):
        return Ref(full_name="")
    return Address(**dict.fromkeys(vars(found), "")) if isinstance(found, Address) else None


def _stands(rule: LineSet, one: Placed) -> bool:
    """Whether the line is there as it ought to be."""
    if one.wanted is None or one.found is None:
        return one.wanted is None
    return rule.says(one.wanted, one.found) and rule.is_rid_of(one.wanted, one.last, one.found)


def _line_mod(rule: LineSet, one: Placed) -> Aggregate:
    if one.found is not None and (one.wanted is None or _stands(rule, one)):
        return rule.write_kept(one.found)
    wanted = cast("LineValues", one.wanted)
    if one.found is not None and (changed := rule.changed(wanted, one.last, one.found)) is not None:
        return rule.write_changed(one.found, changed)
    return rule.write_new(wanted)
