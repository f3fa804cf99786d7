"""What may happen at any step of a schedule, each with its weight: one line of the table is one act."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.soak import at_the_pc, outside, upstream

if TYPE_CHECKING:
    from bench.soak.schedule import Schedule

Act = Callable[["Schedule", random.Random], None]


@dataclass(frozen=True)
class Kind:
    """An act: how likely it is, whether it is the world outside that does it, and where it can happen."""

    act: Act
    weight: int
    outside: bool = False  # people and machines that the server has no hand in
    real_time: bool = True  # also where time cannot be turned forward
    nested: bool = True  # also in the middle of a session


ACTS: dict[str, Kind] = {
    # an update session, with or without trouble
    "session": Kind(at_the_pc.session, 44, nested=False),
    "late calls": Kind(at_the_pc.late, 4),
    "time passes": Kind(at_the_pc.time_passes, 5),
    # the programs that bring documents, and the people who decide about them
    "bring": Kind(upstream.bring, 10),
    "bring the same again": Kind(upstream.bring_again, 2),
    "revise": Kind(upstream.revise, 9),
    "ask to void": Kind(upstream.void, 4),
    "take a void back": Kind(upstream.keep, 2),
    "exclude": Kind(upstream.exclude, 3),
    "take an exclusion back": Kind(upstream.restore, 1),
    "read the report": Kind(upstream.read_report, 6),
    "pause": Kind(upstream.pause, 1),
    "save as it is": Kind(outside.save_unchanged, 4),
    # people in QuickBooks
    "renumber": Kind(outside.renumber, 3, outside=True, real_time=False),
    "date anew": Kind(outside.date_anew, 3, outside=True, real_time=False),
    "another party": Kind(outside.another_party, 3, outside=True, real_time=False),
    "another memo": Kind(outside.another_memo, 2, outside=True, real_time=False),
    "another amount": Kind(outside.another_amount, 3, outside=True, real_time=False),
    "a line more": Kind(outside.a_line_more, 2, outside=True, real_time=False),
    "a line less": Kind(outside.a_line_less, 2, outside=True, real_time=False),
    "lines in another order": Kind(outside.reorder, 1, outside=True, real_time=False),
    "void": Kind(outside.void, 2, outside=True, real_time=False),
    "delete": Kind(outside.delete, 3, outside=True, real_time=False),
    "type by hand": Kind(outside.type_by_hand, 4, outside=True, real_time=False),
    "type a stranger": Kind(outside.type_a_stranger, 2, outside=True, real_time=False),
    "rename": Kind(outside.rename, 2, outside=True, real_time=False),
    "merge": Kind(outside.merge, 1, outside=True, real_time=False),
    "inactive": Kind(outside.inactive, 1, outside=True, real_time=False),
    "close the books": Kind(outside.close_books, 1, outside=True, real_time=False),
    # files, databases, PCs
    "copy the company file": Kind(outside.copy_file, 4, outside=True, real_time=False),
    "put a copy in its place": Kind(outside.put_copy, 5, outside=True, real_time=False),
    "put the newest back": Kind(outside.put_newest, 4, outside=True, real_time=False),
    "open another file": Kind(outside.open_other, 1, outside=True, real_time=False),
    "back the server up": Kind(outside.back_up_server, 4, outside=True, real_time=False, nested=False),
    "restore the server": Kind(outside.restore_server, 4, outside=True, real_time=False, nested=False),
    "wake up": Kind(at_the_pc.wake, 5, outside=True, real_time=False),
}
"""All acts by name."""


def choose(dice: random.Random, *, outside: bool, real_time: bool, nested: bool = False) -> str:
    """The name of an act."""
    names = [
        name
        for name, kind in ACTS.items()
        if (outside or not kind.outside) and (not real_time or kind.real_time) and (not nested or kind.nested)
    ]
    return dice.choices(names, weights=[ACTS[name].weight for name in names])[0]
