"""A company file kept: on disk after every change, or as a backup that takes its place again."""

from __future__ import annotations

from qbwc_server.simulator import state
from qbwc_server.simulator.books import Books, CompanyFacts
from qbwc_server.simulator.lists import Lists
from qbwc_server.simulator.numbering import PcClock
from qbwc_server.simulator.queries import Iterators
from qbwc_server.simulator.recovery import Memory
from qbwc_server.simulator.switches import Switches


class Kept:
    """How a company file is saved, backed up and restored.

    ``sessions`` are those that programs have open with it, by the PC on which each runs.
    """

    path: str
    books: Books
    memory: Memory
    executed_writes: int
    executed_sets: int
    sessions: dict[object, Iterators]
    _file: state.StateFile | None

    def save(self) -> None:
        """Write what changed since the last time; nothing for a company that is not kept in a file."""
        if self._file is not None:
            self._file.update(self._snapshot(changes_only=True))
            self._forget_changes()

    def backup(self) -> bytes:
        """The whole company as QuickBooks' backup would hold it."""
        return state.pack(self._snapshot())

    def restore(self, backup: bytes) -> None:
        """Go back to a backup. An open session ends; its FileID is that of the backup, so nobody can tell.

        Raises:
            StateError: it is no backup of ours.
        """
        snapshot = state.unpack(backup)
        self.sessions.clear()
        self._load(snapshot)
        if self._file is not None:
            self._file.replace(self._snapshot())
            self._forget_changes()

    def _snapshot(self, *, changes_only: bool = False) -> state.Snapshot:
        return state.snapshot(
            self.books, self.memory, self.path, (self.executed_writes, self.executed_sets), changes_only=changes_only
        )

    def _new_books(self, switches: Switches, facts: CompanyFacts, clock: PcClock) -> None:
        self.books = Books(facts=facts, switches=switches, clock=clock, lists=Lists(switches.limits))
        self.memory = Memory(switches)

    def _load(self, snapshot: state.Snapshot) -> None:
        self._new_books(self.books.switches, CompanyFacts(), self.books.clock)
        self.path, (self.executed_writes, self.executed_sets) = state.load(snapshot, self.books, self.memory)

    def _forget_changes(self) -> None:
        self.books.changed_entries.clear()
        self.books.changed_transactions.clear()
        self.books.gone.clear()
