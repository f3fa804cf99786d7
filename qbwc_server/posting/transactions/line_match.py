"""Which line of the books is which line of ours: by TxnLineID as our last writing left it, else by content; never by
position alone. What is nobody's of ours stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qbwc_server.posting.transactions.lines import LineSet, LineValues
from qbwc_server.posting.transactions.standing import StandingLine


@dataclass(frozen=True, slots=True)
class Placed:
    """One line as it will stand in the books, in its place.

    ``wanted`` alone is a new line, ``found`` alone one that is not ours; both: ``found`` becomes ``wanted``, and
    ``last`` is what we wrote there last. ``former`` is what a line of somebody else says that is about to be ours.
    """

    wanted: LineValues | None = None
    found: StandingLine | None = None
    last: LineValues | None = None
    former: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Last:
    """Our last writing, as far as one set of lines is concerned.

    Args:
        lines: what each line said.
        ids: the TxnLineID of each, None where it is not known.
        others: lines known to be somebody else's when a modification left whose fate is not known. What is neither
            ours nor one of these may have been written by it. None: no modification is in doubt.
    """

    lines: Sequence[LineValues] = ()
    ids: Sequence[str | None] = ()
    others: Collection[str] | None = None


def match(wanted: Sequence[LineValues], last: Last, found: Sequence[StandingLine], rule: LineSet) -> list[Placed]:
    """What stands there, line by line, once the books hold the ``wanted`` lines in their order, and those of others."""
    ours = _ours(last, found, rule)
    partners = dict(_partners(wanted, last.lines, rule))
    placed = [
        Placed(line, ours.get(partners[index]), last.lines[partners[index]]) if index in partners else Placed(line)
        for index, line in enumerate(wanted)
    ]
    if last.others is not None:
        taken = {id(line) for line in ours.values()}
        free = [line for line in found if id(line) not in taken and line.txn_line_id not in last.others]
        placed = list(_found_again(placed, free, rule))
    foreign = {id(line) for line in found} - {id(line) for line in ours.values()}
    foreign -= {id(one.found) for one in placed if one.found is not None}
    return list(_with_foreign(placed, found, foreign))


def _ours(last: Last, found: Sequence[StandingLine], rule: LineSet) -> dict[int, StandingLine]:
    """The line of the books that each line of our last writing is, by its index there."""
    by_id = {line.txn_line_id: line for line in found if line.txn_line_id is not None}
    known = {index: by_id[key] for index, key in enumerate(last.ids) if key is not None and key in by_id}
    if known or not any(last.ids):
        unknown = [index for index, key in enumerate(last.ids) if key is None]
    else:  # none of them is there: the transaction was entered anew since
        unknown = list(range(len(last.lines)))
    taken = {id(line) for line in known.values()}
    others = last.others or ()
    free = [line for line in found if id(line) not in taken and not line.is_group and line.txn_line_id not in others]
    pairs = _pair(
        unknown,
        range(len(free)),
        lambda index, place: rule.says(last.lines[index], free[place]),
        lambda index, place: _likeness(last.lines[index], free[place], rule),
    )
    return known | {index: free[place] for index, place in pairs}


def _partners(wanted: Sequence[LineValues], last: Sequence[LineValues], rule: LineSet) -> Iterator[tuple[int, int]]:
    """Which line of our last writing each wanted line is, perhaps with another content."""
    yield from _pair(
        range(len(wanted)),
        range(len(last)),
        lambda one, other: wanted[one] == last[other],
        lambda one, other: (
            sum(last[other].values.get(name) == value for name, value in wanted[one].values.items())
            if wanted[one].named(rule.names) == last[other].named(rule.names)
            else None
        ),
    )


def _pair(
    left: Iterable[int],
    right: Iterable[int],
    same: Callable[[int, int], bool],
    likeness: Callable[[int, int], int | None],
) -> Iterator[tuple[int, int]]:
    """Pair what is the same, in order; then of the rest what is most alike, the nearest first."""
    free_left, free_right = list(left), list(right)
    for one in list(free_left):
        other = next((other for other in free_right if same(one, other)), None)
        if other is not None:
            free_left.remove(one)
            free_right.remove(other)
            yield one, other
    alike = [
        (-points, abs(one - other), one, other)
        for one in free_left
        for other in free_right
        if (points := likeness(one, other)) is not None
    ]
    for _, _, one, other in sorted(alike):
        if one in free_left and other in free_right:
            free_left.remove(one)
            free_right.remove(other)
            yield one, other


def _likeness(line: LineValues, found: StandingLine, rule: LineSet) -> int | None:
    if line.named(rule.names) != rule.named(found):
        return None
    return sum(bool(getattr(found.ret, name, None) == value) for name, value in line.values.items())


def _found_again(placed: Iterable[Placed], free: list[StandingLine], rule: LineSet) -> Iterator[Placed]:
    """Lines that a modification may have written, although nobody heard of it."""
    for one in placed:
        if one.wanted is not None and (one.found is None or not rule.says(one.wanted, one.found)):
            written = next((line for line in free if rule.says(one.wanted, line)), None)
            if written is not None:
                free.remove(written)
                yield Placed(one.wanted, written, one.wanted)
                continue
        yield one


def _with_foreign(placed: Sequence[Placed], found: Sequence[StandingLine], foreign: set[int]) -> Iterator[Placed]:
    """Lines of others stay behind the line of ours that they follow in the books."""
    kept = {id(one.found) for one in placed if one.found is not None}
    behind: dict[int | None, list[StandingLine]] = {}
    before: int | None = None
    for line in found:
        if id(line) in foreign:
            behind.setdefault(before, []).append(line)
        elif id(line) in kept:
            before = id(line)
    yield from (Placed(found=line) for line in behind.get(None, ()))
    for one in placed:
        yield one
        if one.found is not None:
            yield from (Placed(found=line) for line in behind.get(id(one.found), ()))
