"""Our lines on an invoice that somebody else wrote: which they are, which line they take over, what else stays.

A line is ours by its key in Other1; where the file does not keep that, by its TxnLineID as our last writing left it.
Nothing is put between the lines of others: a percentage or a subtotal there would come to something else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from qbwc_server.documents.kinds.fields import CENT
from qbwc_server.documents.problems import Problem
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.posting.transactions.line_match import Placed
from qbwc_server.posting.transactions.lines import LineSet, LineValues, holds, line_values
from qbwc_server.posting.transactions.standing import StandingLine
from qbxml import Ref

OTHER1 = "other1"
_KEY = re.compile(r"[A-Z0-9]{13}(/[0-9]{1,2})?")
_FIVE_PLACES = Decimal("0.00001")
_KEPT_OF_FORMER = ("desc", "quantity", "rate", OTHER1)

Former = Mapping[str, str | None]


@dataclass(frozen=True)
class Host:
    """What is known of the invoice of somebody else on which a document has its lines.

    Args:
        former: by TxnLineID, what a line said before a line of ours took it over, and the key of that; None where
            that is not known any more.
        claimed: TxnLineIDs of lines there that other documents of ours wrote.
        reserved: keys of documents that stand here, too, or nowhere yet: a line with one is theirs, known or not.
        items: items that are billed in this way, in lower case.
    """

    former: Mapping[str, Former | None] = field(default_factory=dict)
    claimed: Collection[str] = ()
    items: Collection[str] = ()
    reserved: Collection[str] = ()

    def is_of_another(self, line: StandingLine) -> bool:
        """Whether another document of ours wrote a line."""
        return line.txn_line_id in self.claimed or key_of(line) in self.reserved


@dataclass(frozen=True)
class OwnLine:
    """A line of ours as it is to stand on an invoice of somebody else.

    Args:
        priced: its rate or amount is given; else QuickBooks knows the price, and a line that is taken over keeps its
            own.
    """

    values: LineValues
    priced: bool

    @property
    def key(self) -> str:
        """By which it is found again."""
        return str(self.values.values.get(OTHER1, ""))

    @property
    def is_credit(self) -> bool:
        """Whether it takes something back: such a line stands for itself."""
        amount = self.values.amount
        return Decimal(self.values.values.get("quantity", 1)) < 0 or (amount is not None and amount < 0)


@dataclass(frozen=True)
class Written:
    """Our last writing there, by key: the TxnLineIDs as far as they are known, and what each line said.

    ``others`` are TxnLineIDs of lines that are none of ours, while a change is in doubt.
    """

    ids: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, LineValues] = field(default_factory=dict)
    others: Collection[str] = ()


def placed_on(
    host: Host, wanted: Sequence[OwnLine], last: Written, found: Sequence[StandingLine], rule: LineSet
) -> list[Placed]:
    """Each line of the invoice as it will stand: those of others as they are and where they are, ours changed in
    place, new ones at the end.

    Raises:
        CannotWrite: a line is not wanted any more, and nobody knows whether it is to go or to be as it was.
    """
    ours = _ours(host, wanted, last, found, rule)
    taken = _taken_over(host, wanted, last, found, ours)
    whose = {id(line): one for one in wanted for line in [ours.get(one.key)] if line is not None}
    over = {id(line): one for one in wanted for line in [taken.get(one.key)] if line is not None}
    once = _once_ours(host, last, found) - whose.keys()
    placed: list[Placed] = []
    for line in found:
        if id(line) in over:
            one = over[id(line)]
            placed.append(Placed(_as_taken(one, line, None), line, former=_former_of(one.key, line)))
        elif id(line) in whose:
            placed.append(_as_ours(host, whose[id(line)], line, last, rule))
        elif id(line) not in once:
            placed.append(Placed(found=line))
        elif str(line.txn_line_id) in host.former:
            placed.append(Placed(_restored(line, host.former[str(line.txn_line_id)]), line))
    known = ours.keys() | taken.keys()
    return [*placed, *(Placed(one.values) for one in wanted if one.key not in known)]


def own_lines(
    host: Host, wanted: Sequence[OwnLine], last: Written, found: Sequence[StandingLine], rule: LineSet
) -> list[StandingLine | None]:
    """The line of the invoice that each of ours is; None where it is not there."""
    ours = _ours(host, wanted, last, found, rule)
    return [ours.get(one.key) for one in wanted]


def is_on(host: Host, keys: Collection[str], last: Written, found: Sequence[StandingLine]) -> bool:
    """Whether any line of ours stands there: one with a key, or one that we wrote."""
    return bool(_once_ours(host, last, found)) or any(key_of(line) in keys for line in _plain(host, found))


def remarks(host: Host, wanted: Sequence[OwnLine], placed: Sequence[Placed]) -> Iterator[str]:
    """Lines of others with an item of ours that stay as they are, in sentences."""
    billed = {_item_of(one.values) for one in wanted}
    for one in placed:
        line = one.found
        if line is None or one.wanted is not None or host.is_of_another(line):
            continue
        name = "" if line.entry is None else (line.entry.name or "")
        if line.is_group:
            inside = {(member.entry.name or "").lower() for member in line.members or () if member.entry is not None}
            if inside & billed:
                yield f"The group {name} on the invoice holds an item that is billed; the group stays as it is."
        elif name.lower() in billed:
            yield f"Another line of {name} stays on the invoice as it is: {line.says()}."
        elif name.lower() in host.items:
            yield f"Nothing is billed for {name}, and its line stays on the invoice: {line.says()}."


def key_of(line: StandingLine) -> str:
    """What stands in Other1 of a line."""
    return str(getattr(line.ret, OTHER1, None) or "").strip()


def _plain(host: Host, found: Sequence[StandingLine]) -> list[StandingLine]:
    """Lines that may be ours: none of a group, and none of another document."""
    return [line for line in found if not line.is_group and line.txn_line_id and not host.is_of_another(line)]


def _ours(
    host: Host, wanted: Sequence[OwnLine], last: Written, found: Sequence[StandingLine], rule: LineSet
) -> dict[str, StandingLine]:
    """By key: the lines of ours that stand there, perhaps with another content."""
    plain, ours = _plain(host, found), {}
    for one in wanted:
        line = next((line for line in plain if key_of(line) == one.key), None)
        if line is not None:
            ours[one.key] = line
    by_id = {str(line.txn_line_id): line for line in plain}
    told = {id(line) for line in ours.values()}
    before = {former["key"]: line_id for line_id, former in host.former.items() if former is not None}
    for one in wanted:
        line = by_id.get(str(last.ids.get(one.key) or before.get(one.key)))
        if one.key not in ours and line is not None and id(line) not in told and not _is_key(key_of(line)):
            ours[one.key] = line
            told.add(id(line))
    if last.others:  # a change may have been executed of which nobody heard, and the file keeps no keys
        free = [line for line in plain if id(line) not in told and str(line.txn_line_id) not in last.others]
        for one in wanted:
            line = next((line for line in free if one.key not in ours and _says(rule, one.values, line)), None)
            if line is not None and not _is_key(key_of(line)):
                ours[one.key] = line
                free.remove(line)
    return ours


def _says(rule: LineSet, wanted: LineValues, line: StandingLine) -> bool:
    return rule.says(_without_key(wanted), line)


def _once_ours(host: Host, last: Written, found: Sequence[StandingLine]) -> set[int]:
    """Lines that we wrote or took over at some time."""
    ids = {*last.ids.values(), *host.former}
    return {id(line) for line in _plain(host, found) if line.txn_line_id in ids or key_of(line) in last.lines}


def _taken_over(
    host: Host,
    wanted: Sequence[OwnLine],
    last: Written,
    found: Sequence[StandingLine],
    ours: Mapping[str, StandingLine],
) -> dict[str, StandingLine]:
    """By key: the first line of its item that nobody claims, for each of our lines that does not stand there yet."""
    told = {id(line) for line in ours.values()} | _once_ours(host, last, found)
    free = [line for line in _plain(host, found) if id(line) not in told and _may_be_taken(line)]
    taken: dict[str, StandingLine] = {}
    for one in wanted:
        if one.key in ours or one.is_credit or "quantity" not in one.values.values:
            continue
        line = next((line for line in free if _is_of_item(one.values, line) and _can_be_priced(one)), None)
        if line is not None:
            free.remove(line)
            taken[one.key] = line
    return taken


def _may_be_taken(line: StandingLine) -> bool:
    """What has no quantity is a flat amount, and a percentage is of what stands above it: neither is a number of
    seats.
    """
    percent = getattr(line.ret, "rate_percent", None)
    return line.entry is not None and line.quantity is not None and line.quantity >= 0 and percent is None


def _is_of_item(wanted: LineValues, line: StandingLine) -> bool:
    return holds(wanted.values.get("item"), getattr(line.ret, "item", None))


def _item_of(wanted: LineValues) -> str:
    item = wanted.values.get("item")
    return (item.full_name or "").lower() if isinstance(item, Ref) else ""


def _can_be_priced(one: OwnLine) -> bool:
    return not one.priced or _rate(one.values) is not None


def _rate(wanted: LineValues) -> Decimal | None:
    """The rate with which its quantity comes to its amount, however QuickBooks rounds; None where there is none."""
    if "rate" in wanted.values:
        return Decimal(wanted.values["rate"])
    quantity, amount = Decimal(wanted.values.get("quantity", 1)), wanted.amount
    if not quantity or amount is None:
        return None
    rate = (amount / quantity).quantize(_FIVE_PLACES, ROUND_HALF_UP)
    return rate if abs(rate * quantity - amount) < CENT / 2 else None


def _as_taken(one: OwnLine, line: StandingLine, rate: Decimal | None) -> LineValues:
    """What a line of somebody else says once it is ours: quantity and text. Its rate is its own unless ours is given.

    Args:
        rate: that it had before ours was given, where it is not to be ours any more.
    """
    said = {name: one.values.values.get(name) for name in ("item", "desc", "quantity")}
    rate = _rate(one.values) if one.priced else rate
    if rate is not None and rate != getattr(line.ret, "rate", None):
        said["rate"] = rate
    if not key_of(line) or _is_key(key_of(line)):  # else somebody keeps something of his own there
        said[OTHER1] = one.key
    return line_values(said, one.values.amount if one.priced else None)


def _as_ours(host: Host, one: OwnLine, line: StandingLine, last: Written, rule: LineSet) -> Placed:
    """A line of ours as it is to stand; one that was taken over stays what it was beside quantity and text."""
    line_id, before = str(line.txn_line_id), last.lines.get(one.key)
    if line_id in host.former:
        was_priced = before is not None and before.amount is not None
        rate = (host.former[line_id] or {}).get("rate") if was_priced else None
        wanted, before = _as_taken(one, line, None if rate is None else Decimal(rate)), None
    else:
        wanted = one.values
    if key_of(line) != one.key and (one.key in last.ids or _says(rule, wanted, line)):
        # the file does not keep it, or somebody has taken it away
        wanted = _without_key(wanted)
        before = None if before is None else _without_key(before)
    return Placed(wanted, line, before)


def _without_key(wanted: LineValues) -> LineValues:
    return LineValues({name: one for name, one in wanted.values.items() if name != OTHER1}, wanted.amount, wanted.sort)


def _is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def _former_of(key: str, line: StandingLine) -> dict[str, str | None]:
    """What a line says before it is taken over."""
    there = {name: getattr(line.ret, name, None) for name in _KEPT_OF_FORMER}
    return {"key": key, **{name: None if value is None else str(value) for name, value in there.items()}}


def _restored(line: StandingLine, former: Former | None) -> LineValues:
    """The line as it was before it was taken over. Raises CannotWrite where nobody knows that."""
    if former is None:
        raise CannotWrite(
            Problem(
                "former_line_unknown",
                "lines",
                f"Whether this line stood on the invoice before is not known here any more: {line.says()}.",
                "Take the line off in QuickBooks, or correct it there; then hand the document in again.",
            )
        )
    said: dict[str, Any] = {"item": getattr(line.ret, "item", None), "quantity": Decimal(str(former["quantity"]))}
    said |= {name: former.get(name) or "" for name in ("desc", OTHER1)}
    rate = former.get("rate")
    if rate is not None and Decimal(rate) != cast("Decimal | None", getattr(line.ret, "rate", None)):
        said["rate"] = Decimal(rate)
    return line_values(said, None)
