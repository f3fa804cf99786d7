"""The clock and the counters of a company file: ids, edit sequences and document numbers of the real look."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import UUID

_LIST_ID_START = 0x80000000
_TRAILING_DIGITS = re.compile(r"^(.*?)(\d+)$", re.DOTALL)


def system_clock() -> datetime:
    """Now, with the offset of this machine."""
    return datetime.now(UTC).astimezone()


@dataclass
class PcClock:
    """The clock of the PC on which QuickBooks runs; it may be wrong by ``offset``."""

    now: Callable[[], datetime] = system_clock
    offset: timedelta = timedelta(0)
    zone: tzinfo | None = None  # of the PC; that of ``now`` if not given

    def time(self) -> datetime:
        """The PC's time to the second, aware, in the PC's zone."""
        time = (self.now() + self.offset).replace(microsecond=0)
        return time.astimezone(self.zone) if self.zone is not None else time


@dataclass
class Counters:
    """The next id of each sort. Ids repeat exactly when the same requests come at the same times."""

    list_ids: int = 0
    txn_ids: int = 0
    txn_numbers: int = 0
    iterators: int = 0
    last_ref: dict[str, str] = field(default_factory=dict)  # kind of transaction (or bank account) to number

    def list_id(self, now: datetime) -> str:
        """E.g. ``80000013-1416570432``: a counter and the Unix time of creation."""
        self.list_ids += 1
        return f"{_LIST_ID_START + self.list_ids:X}-{int(now.timestamp())}"

    def txn_id(self, now: datetime) -> str:
        """E.g. ``C5-1417118624``; transactions and their lines share the counter."""
        self.txn_ids += 1
        return f"{self.txn_ids:X}-{int(now.timestamp())}"

    def txn_number(self) -> int:
        """The running number over all transactions of the file."""
        self.txn_numbers += 1
        return self.txn_numbers

    def iterator_id(self) -> str:
        """A GUID in braces that was not given before."""
        self.iterators += 1
        return "{" + str(UUID(int=self.iterators, version=4)) + "}"

    def next_ref(self, series: str) -> str:
        """The number after the last one used in ``series``: its trailing digits count on."""
        following = after(self.last_ref.get(series, "0"))
        self.last_ref[series] = following
        return following

    def used_ref(self, series: str, ref_number: str) -> None:
        """A number was given by hand; counting goes on from it if it ends in digits."""
        if ref_number[-1:].isdigit():
            self.last_ref[series] = ref_number


def after(ref_number: str) -> str:
    """``INV-009`` gives ``INV-010``; eleven characters at most, longer ones start again at 1."""
    match = _TRAILING_DIGITS.match(ref_number)
    if match is None:
        return "1"
    following = match[1] + str(int(match[2]) + 1).zfill(len(match[2]))
    return following if len(following) <= 11 else "1"


def edit_sequence(now: datetime, previous: str | None, *, coarse: bool) -> str:
    """The Unix time of the change.

    ``coarse``: two changes within one second have the same value, as in the fixtures seen in public; otherwise
    every change moves it.
    """
    value = int(now.timestamp())
    if previous is not None and not coarse:
        value = max(value, int(previous) + 1)
    return str(value)
