"""Schedules played in one process, and their totals."""

from __future__ import annotations

import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing import util
from pathlib import Path

from bench import company
from bench.soak import stage
from bench.soak.real_servers import RealServers
from bench.soak.schedule import Outcome, Schedule
from bench.soak.verdict import Violation
from tests.postgres_server import NoPostgres, postgres_server

FRESH_DATABASE_AFTER = 300  # schedules
SEEDS_APART = 1_000_000

Where = str
"""``sqlite``, ``postgresql``; with `` killed`` behind it: real processes, killed with SIGKILL."""


def where(index: int) -> Where:
    """Where the schedule of this index is played: every fourth on PostgreSQL, every fiftieth on real processes."""
    database = "postgresql" if index % 4 == 3 else "sqlite"
    return f"{database} killed" if index % 50 == 7 else database


@dataclass
class Totals:
    """What all schedules brought together."""

    schedules: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    sessions: int = 0
    disputed: int = 0
    retried: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    violations: list[tuple[int, Where, Violation]] = field(default_factory=list)

    def add(self, index: int, place: Where, outcome: Outcome) -> None:
        """One more."""
        self.schedules[place] += 1
        self.documents += outcome.documents
        self.sessions += outcome.sessions
        self.disputed += outcome.disputed
        self.retried += outcome.retried
        self.happened += outcome.happened
        self.violations += [(index, place, one) for one in outcome.violations]

    def merge(self, other: Totals) -> None:
        """Those of another process."""
        self.schedules += other.schedules
        self.documents += other.documents
        self.sessions += other.sessions
        self.disputed += other.disputed
        self.retried += other.retried
        self.happened += other.happened
        self.violations += other.violations

    def lines(self) -> Iterator[str]:
        """For people."""
        places = ", ".join(f"{count:,} on {place}" for place, count in sorted(self.schedules.items()))
        yield f"{self.schedules.total():,} schedules ({places})"
        yield f"{self.documents:,} documents in {self.sessions:,} update sessions"
        yield "What happened:"
        for name, count in sorted(self.happened.items()):
            yield f"  {name:<45} {count:>8,}"
        share = 100 * self.disputed / max(self.documents, 1)
        yield f"Waited for a person to say what is in the books: {self.disputed:,} documents ({share:.2f} %)"
        yield f"Submitted again by a person after a refusal: {self.retried:,} times"
        yield f"VIOLATIONS: {len(self.violations)}"


class _Places:
    """The servers of one process, made when first needed, with a new database now and then."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._folder = Path(self._stack.enter_context(company.folder()))
        self._postgres: str | None = None
        self._crews: dict[Where, stage.Servers | RealServers] = {}
        self._used: Counter[str] = Counter()
        self._stack.enter_context(stage.prepared())
        util.Finalize(None, self.close, exitpriority=10)

    def crew(self, place: Where) -> stage.Servers | RealServers:
        """The servers for the next schedule."""
        self._used[place] += 1
        if self._used[place] % FRESH_DATABASE_AFTER == 1:
            if place in self._crews:
                self._crews.pop(place).close()
            url = self._empty(place)
            self._crews[place] = RealServers(url, self._folder) if place.endswith("killed") else stage.Servers(url)
        return self._crews[place]

    def _empty(self, place: Where) -> str:
        name = f"{place.replace(' ', '_')}_{self._used[place]}"
        if place.startswith("postgresql"):
            if self._postgres is None:
                self._postgres = self._stack.enter_context(postgres_server())
            database = company.empty_postgres(self._postgres, name)
        else:
            database = company.empty(self._folder, f"{name}.db")
        database.engine.dispose()
        return database.engine.url.render_as_string(hide_password=False)

    def close(self) -> None:
        """Stop servers, remove files."""
        for crew in self._crews.values():
            crew.close()
        self._crews.clear()
        self._stack.close()


_places: _Places | None = None


def play(seed: int, indexes: list[int], restores: bool = False) -> Totals:
    """Some schedules, in this process."""
    global _places  # noqa: PLW0603  # set once in each process
    _places = _places or _Places()
    totals = Totals()
    for index in indexes:
        parent = multiprocessing.parent_process()
        if parent is not None and not parent.is_alive():
            sys.exit("nobody waits for this any more")
        place = where(index)
        try:
            outcome = Schedule(_places.crew(place), seed * SEEDS_APART + index, restores=restores).run()
        except NoPostgres as reason:
            totals.happened[f"not played, {reason}"] += 1
            continue
        except Exception as error:  # whatever it is, it belongs to this schedule, and the others go on
            outcome = Outcome(index, violations=[Violation("the schedule broke", f"{type(error).__name__}: {error}")])
            if len(indexes) == 1:
                raise
        totals.add(index, place, outcome)
    return totals
