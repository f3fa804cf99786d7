"""Schedules played in one process, and their totals."""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import traceback
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

SEEDS_APART = 1_000_000
MOST_SHRINKING_RUNS = 60
IN_MEMORY = Path("/dev/shm")

Where = str
"""``sqlite``, ``postgresql``; with `` killed`` behind it: real processes, killed with SIGKILL."""


@dataclass(frozen=True)
class Plan:
    """Where and how schedules are played."""

    seed: int = 1
    outside: bool = True
    postgres_every: int = 4  # this many schedules; 0 for never
    killed_every: int = 50
    shrink: bool = True

    def where(self, index: int) -> Where:
        """Where the schedule of this index is played."""
        every = self.postgres_every
        database = "postgresql" if every and index % every == every - 1 else "sqlite"
        killed = self.killed_every and index % self.killed_every == self.killed_every // 7
        return f"{database} killed" if killed else database


@dataclass
class Failure:
    """A schedule in which a promise was not kept, and how to see it again."""

    index: int
    place: Where
    violations: list[Violation]
    story: list[str]
    acts: list[int] | None = None  # the few that are enough

    def again(self, plan: Plan) -> str:
        """The command that repeats it alone."""
        words = f"python -m bench.soak --seed {plan.seed} --only {self.index}"
        if not plan.outside:
            words += " --inside"
        if self.acts is not None:
            words += f" --acts {','.join(map(str, self.acts))}"
        return words


@dataclass
class Totals:
    """What all schedules brought together."""

    schedules: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    sessions: int = 0
    questions: int = 0
    asked_about: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def add(self, place: Where, outcome: Outcome) -> None:
        """One more."""
        self.schedules[place] += 1
        self.documents += outcome.documents
        self.sessions += outcome.sessions
        self.questions += outcome.questions
        self.asked_about += outcome.asked_about
        self.happened += outcome.happened

    def merge(self, other: Totals) -> None:
        """Those of another process."""
        self.schedules += other.schedules
        self.documents += other.documents
        self.sessions += other.sessions
        self.questions += other.questions
        self.asked_about += other.asked_about
        self.happened += other.happened
        self.failures += other.failures

    def lines(self) -> Iterator[str]:
        """The closing table."""
        places = ", ".join(f"{count:,} on {place}" for place, count in sorted(self.schedules.items()))
        yield f"{self.schedules.total():,} schedules ({places})"
        yield f"{self.documents:,} documents in {self.sessions:,} update sessions"
        yield "What happened:"
        for name, count in sorted(self.happened.items()):
            yield f"  {name:<55} {count:>8,}"
        share = 100 * self.asked_about / max(self.documents, 1)
        yield f"Questions to people: {self.questions:,}, about {self.asked_about:,} documents ({share:.1f} %)"
        kinds = Counter(one.what for failure in self.failures for one in failure.violations)
        yield f"VIOLATIONS: {kinds.total()} in {len(self.failures)} schedules"
        for what, count in kinds.most_common():
            yield f"  {what:<55} {count:>8,}"


class _Places:
    """The servers of one process, made when first needed."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        if IN_MEMORY.is_dir():
            tempfile.tempdir = str(IN_MEMORY)  # databases of both sorts lie there
        self._folder = Path(self._stack.enter_context(company.folder()))
        self._crews: dict[Where, stage.Servers | RealServers] = {}
        self._stack.enter_context(stage.prepared())
        util.Finalize(None, self.close, exitpriority=10)

    def crew(self, place: Where) -> stage.Servers | RealServers:
        """The servers for a schedule."""
        if place not in self._crews:
            url = self._empty(place)
            self._crews[place] = RealServers(url, self._folder) if place.endswith("killed") else stage.Servers(url)
        return self._crews[place]

    def _empty(self, place: Where) -> str:
        name = place.replace(" ", "_")
        if place.startswith("postgresql"):
            database = company.empty_postgres(self._stack.enter_context(postgres_server()), name)
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


def play(plan: Plan, indexes: list[int], acts: list[int] | None = None) -> Totals:
    """Some schedules, in this process; a failing one is shrunk to the acts that are enough."""
    global _places  # noqa: PLW0603  # set once in each process
    _places = _places or _Places()
    totals = Totals()
    for index in indexes:
        parent = multiprocessing.parent_process()
        if parent is not None and not parent.is_alive():
            sys.exit("nobody waits for this any more")
        place = plan.where(index)
        try:
            crew = _places.crew(place)
        except NoPostgres as reason:
            totals.happened[f"not played, {reason}"] += 1
            continue
        outcome = _played(crew, plan, index, acts)
        totals.add(place, outcome)
        if outcome.violations:
            totals.failures.append(_failure(crew, plan, index, place, outcome, acts))
    return totals


def _played(crew: stage.Servers | RealServers, plan: Plan, index: int, acts: list[int] | None) -> Outcome:
    schedule = Schedule(crew, plan.seed * SEEDS_APART + index, outside=plan.outside, only=acts)
    try:
        return schedule.run()
    except Exception:  # noqa: BLE001  # whatever it is, it belongs to this schedule, and the others go on
        outcome = schedule.outcome
        outcome.story = schedule.story.lines if hasattr(schedule, "story") else []
        outcome.violations.append(Violation("the schedule broke", traceback.format_exc(limit=-6)))
        return outcome


def _failure(
    crew: stage.Servers | RealServers, plan: Plan, index: int, place: Where, outcome: Outcome, acts: list[int] | None
) -> Failure:
    found = Failure(index, place, outcome.violations, outcome.story, acts)
    if not plan.shrink or acts is not None or not crew.keeps_time:
        return found
    what = {one.what for one in outcome.violations}
    needed = list(outcome.acts)
    for number in reversed(outcome.acts[:MOST_SHRINKING_RUNS]):
        fewer = [one for one in needed if one != number]
        again = _played(crew, plan, index, fewer)
        if what & {one.what for one in again.violations}:
            needed, found = fewer, Failure(index, place, again.violations, again.story, fewer)
    return found
