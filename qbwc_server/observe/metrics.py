"""Metrics for Prometheus: one table of what is counted, and the text of ``/metrics``.

prometheus_client decides at its first import whether several processes share their numbers (PROMETHEUS_MULTIPROC_DIR),
so it is imported when the first number is counted, in the process that counts, and not with this module.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram

_TIMES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(frozen=True)
class Metric:
    """One family of numbers: what it means, by which labels it is split; ``seconds`` makes it a histogram of times."""

    meaning: str
    labels: tuple[str, ...] = ()
    seconds: bool = False


METRICS: dict[str, Metric] = {
    "qbwc_http_requests_total": Metric("HTTP requests answered", ("endpoint", "method", "status")),
    "qbwc_http_request_seconds": Metric("Time to the start of an HTTP answer", ("endpoint",), seconds=True),
    "qbwc_connector_calls_total": Metric("Calls of Web Connectors", ("operation",)),
    "qbwc_errors_total": Metric("Exceptions that nobody expected", ("endpoint",)),
}


def count(name: str, **labels: str) -> None:
    """One more of ``name``, a counter of the table."""
    _families().counters[name].labels(**labels).inc()


def took(name: str, seconds: float, **labels: str) -> None:
    """One more of ``name``, a histogram of the table, and how long it took."""
    _families().times[name].labels(**labels).observe(seconds)


def exposition() -> tuple[bytes, str]:
    """The text of ``/metrics`` over all processes of this server, and its content type."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = _families().registry
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return generate_latest(registry), CONTENT_TYPE_LATEST


@dataclass(frozen=True)
class _Families:
    registry: CollectorRegistry
    counters: dict[str, Counter]
    times: dict[str, Histogram]


def _families() -> _Families:
    with _making:  # two threads would register every name twice, which is refused
        return _made()


_making = Lock()


@cache
def _made() -> _Families:
    from prometheus_client import CollectorRegistry, Counter, Histogram

    made = _Families(CollectorRegistry(), {}, {})
    for name, metric in METRICS.items():
        if metric.seconds:
            made.times[name] = Histogram(name, metric.meaning, metric.labels, registry=made.registry, buckets=_TIMES)
        else:
            made.counters[name] = Counter(name, metric.meaning, metric.labels, registry=made.registry)
    return made
