"""``python -m bench``: measure, print a table, and write JSON when asked."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench import (
    billing,
    charging,
    connecting,
    drain,
    fleet,
    handing_in,
    handing_out,
    large_answer,
    lists,
    machine,
    pages,
    parsing,
    polling,
    shop_orders,
    starting,
    statements,
)
from bench.figures import Report, Section
from qbwc_server.observe import logs

Part = Callable[[Report], list[Section]]


def _parts(effort: str) -> Mapping[str, Part]:
    """What is measured, by name, with as much patience as was asked for."""
    quick, full = effort == "quick", effort == "full"
    companies = 1_000 if quick else 10_000
    return {
        "drain": lambda report: drain.measure(report, rounds=2 if quick else 9 if full else 5),
        "polling": lambda report: polling.measure(
            report, rounds=2 if quick else 9 if full else 5, polls=200 if quick else 1_000
        ),
        "handing-in": lambda report: handing_in.measure(report, rounds=2 if quick else 9 if full else 5),
        "starting": lambda report: starting.measure(report, rounds=2 if quick else 9 if full else 5),
        "statements": lambda report: statements.measure(report, requests=companies * 100, companies=companies),
        "handing-out": lambda report: handing_out.measure(
            report, companies=companies, rounds=3 if quick else 9 if full else 5, samples=50 if quick else 100
        ),
        "fleet": lambda report: fleet.measure(report, companies=10_000, seconds=30 if quick else 300 if full else 90),
        "large-answer": lambda report: large_answer.measure(report, rounds=1 if quick else 3, sizes=1 if quick else 2),
        "connecting": lambda report: (
            connecting.measure(report, rounds=1 if quick else 3, records=10_000 if quick else 20_000)
            + connecting.hand_out(report, connections=10_000)
        ),
        "shop": lambda report: shop_orders.measure(report, orders=2_000 if quick else 100_000),
        "charging": lambda report: charging.measure(report, organisations=companies),
        "billing": lambda report: billing.measure(report, organisations=companies),
        "lists": lambda report: lists.measure(
            report, customers=20_000 if quick else 100_000, questions=100 if quick else 300
        ),
        "pages": lambda report: pages.measure(
            report, documents=50_000 if quick else 1_000_000, rounds=5 if quick else 15
        ),
        "parsing": lambda report: parsing.measure(report, rounds=3 if quick else 7, megabytes=5 if quick else 20),
    }


def _say(words: str) -> None:
    print(f"... {words}", file=sys.stderr, flush=True)


def main() -> int:
    """Measure what was asked for. 0 when every target was reached, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    effort = parser.add_mutually_exclusive_group()
    effort.add_argument("--quick", action="store_const", const="quick", dest="effort", help="smaller and fewer rounds")
    effort.add_argument("--full", action="store_const", const="full", dest="effort", help="more rounds")
    parser.add_argument("--only", action="append", choices=list(_parts("quick")), help="only this; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    asked = parser.parse_args()
    logs.configure("WARNING", "text")
    began = time.perf_counter()
    usable = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    sections: list[Section] = []
    for name, part in _parts(asked.effort or "normal").items():
        if asked.only is None or name in asked.only:
            sections += part(_say)
            if usable:
                os.sched_setaffinity(0, usable)
    server, client = machine.cores()
    where = f"Python {platform.python_version()}, {len(usable) or os.cpu_count()} cores; server on core {server}, "
    print(f"\n{where}client on core {client}; load {os.getloadavg()[0]:.1f}; {time.perf_counter() - began:.0f} s")
    for section in sections:
        print("\n".join(section.lines()))
    missed = [one.name for section in sections for one in section.figures if one.reached is False]
    print(f"\n{len(missed)} targets not reached." if missed else "\nEvery target was reached.")
    if asked.json:
        record = {
            "at": datetime.now(UTC).isoformat(),
            "python": platform.python_version(),
            "machine": platform.machine(),
            "effort": asked.effort or "normal",
            "sections": [section.as_record() for section in sections],
        }
        asked.json.write_text(json.dumps(record, indent=2) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
