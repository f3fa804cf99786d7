"""``python -m bench.soak --schedules 10000 --seed 1``: play schedules on all cores and add up what happened."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from bench.soak.playing import Failure, Plan, Totals, play

CHUNK = 10  # schedules that a process takes at a time
PROGRESS_S = 30.0


def main() -> int:
    """0 when every promise was kept in every schedule."""
    asked = _arguments().parse_args()
    plan = Plan(
        asked.seed,
        not asked.inside,
        postgres_every=asked.postgres_every,
        killed_every=asked.killed_every,
        shrink=not asked.no_shrinking,
    )
    indexes = asked.only or list(range(asked.first, asked.first + asked.schedules))
    acts = [int(one) for one in asked.acts.split(",")] if asked.acts else None
    began = time.perf_counter()
    if asked.only:
        totals = play(plan, indexes, acts)
        for failure in totals.failures:
            _tell(failure, plan, whole=True)
    else:
        totals = _on_all_cores(plan, indexes, asked.processes, asked.stories)
    seconds = time.perf_counter() - began
    print("\n".join(totals.lines()))
    rate = len(indexes) / seconds
    print(
        f"{seconds:.0f} s, {rate:.2f} schedules/s, {rate / asked.processes:.2f} in each of {asked.processes} processes"
    )
    return 1 if totals.failures else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="index of the first schedule")
    parser.add_argument("--only", type=int, action="append", help="play this index alone, in this process")
    parser.add_argument("--acts", help="with --only: play these acts of it alone, by number: 0,3,7")
    parser.add_argument("--inside", action="store_true", help="leave the world outside out: faults and sessions only")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--postgres-every", type=int, default=4, help="this many schedules; 0 for never")
    parser.add_argument("--killed-every", type=int, default=50, help="real processes, this many schedules; 0 for never")
    parser.add_argument("--no-shrinking", action="store_true", help="do not look for the acts that are enough")
    parser.add_argument("--stories", type=int, default=20, help="failures of which the whole story is told")
    return parser


def _on_all_cores(plan: Plan, indexes: list[int], processes: int, stories: int) -> Totals:
    totals = Totals()
    chunks = [indexes[start : start + CHUNK] for start in range(0, len(indexes), CHUNK)]
    shown = began = time.perf_counter()
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        for future in as_completed([pool.submit(play, plan, chunk) for chunk in chunks]):
            part = future.result()
            for failure in part.failures:
                _tell(failure, plan, whole=len(totals.failures) < stories)
                totals.failures.append(failure)
            part.failures = []
            totals.merge(part)
            now = time.perf_counter()
            if now - shown > PROGRESS_S:
                shown, done = now, totals.schedules.total()
                left = (len(indexes) - done) * (now - began) / max(done, 1)
                print(
                    f"... {done:,} of {len(indexes):,}, {len(totals.failures)} failures, {left / 60:.0f} min to go",
                    file=sys.stderr,
                    flush=True,
                )
    return totals


def _tell(failure: Failure, plan: Plan, *, whole: bool) -> None:
    print(f"\nVIOLATION  {failure.again(plan)}  ({failure.place})")
    for one in failure.violations:
        print(f"  {one.what}: {one.detail}")
    if whole:
        print("  story:")
        for line in failure.story:
            print(f"    {line}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
