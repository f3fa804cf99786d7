"""``python -m bench.soak --schedules 10000 --seed 1``: play schedules on all cores and add up what happened."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from bench.soak.playing import Totals, play

CHUNK = 20  # schedules that a process takes at a time


def main() -> int:
    """0 when every promise was kept in every schedule."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="index of the first schedule")
    parser.add_argument("--only", type=int, action="append", help="play this index alone, in this process")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--restores", action="store_true", help="restore a backup of the company file in each")
    asked = parser.parse_args()
    indexes = asked.only or list(range(asked.first, asked.first + asked.schedules))
    totals = Totals()

    def take(part: Totals) -> None:
        for index, place, violation in part.violations:
            again = f"python -m bench.soak --seed {asked.seed} --only {index}"
            print(f"VIOLATION {again}  ({place})\n  {violation.what}: {violation.detail}", flush=True)
        totals.merge(part)

    began = time.perf_counter()
    if asked.only:
        for index in asked.only:
            take(play(asked.seed, [index], asked.restores))
    else:
        chunks = [indexes[start : start + CHUNK] for start in range(0, len(indexes), CHUNK)]
        with ProcessPoolExecutor(asked.processes, multiprocessing.get_context("spawn")) as pool:
            parts = as_completed([pool.submit(play, asked.seed, chunk, asked.restores) for chunk in chunks])
            for done, future in enumerate(parts, 1):
                take(future.result())
                if sys.stderr.isatty() or done % 25 == 0:
                    print(f"... {totals.schedules.total():,} of {len(indexes):,}", file=sys.stderr, flush=True)
    seconds = time.perf_counter() - began
    print("\n".join(totals.lines()))
    print(f"{seconds:.0f} s, {len(indexes) / seconds:.1f} schedules/s")
    return 1 if totals.violations else 0


if __name__ == "__main__":
    sys.exit(main())
