"""Metrics: the table is what Prometheus sees, and several processes add up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qbwc_server.observe import metrics

COUNT_AND_EXIT = """
from qbwc_server.observe import metrics
for _ in range(3):
    metrics.count("qbwc_errors_total", endpoint="x")
metrics.took("qbwc_http_request_seconds", 0.2, endpoint="x")
"""


def _value(name: str) -> float:
    lines = metrics.exposition()[0].decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name + " "))


def test_what_is_counted_is_shown() -> None:
    name = 'qbwc_errors_total{endpoint="here"}'
    before = _value(name)
    metrics.count("qbwc_errors_total", endpoint="here")
    assert _value(name) == before + 1


def test_times_are_sorted_into_buckets() -> None:
    metrics.took("qbwc_http_request_seconds", 0.2, endpoint="bucket")
    assert _value('qbwc_http_request_seconds_bucket{endpoint="bucket",le="0.1"}') == 0
    assert _value('qbwc_http_request_seconds_bucket{endpoint="bucket",le="0.25"}') == 1


def test_only_what_is_declared_can_be_counted() -> None:
    with pytest.raises(KeyError):
        metrics.count("qbwc_invented_total")


def test_every_name_says_its_unit() -> None:
    assert [
        name for name, m in metrics.METRICS.items() if not name.endswith("_seconds" if m.seconds else "_total")
    ] == []


def test_threads_that_count_first_at_the_same_time_do_no_harm() -> None:
    program = (
        "import threading; from qbwc_server.observe import metrics; "
        "threads = [threading.Thread(target=metrics.count, args=('qbwc_errors_total',), kwargs={'endpoint': 'x'}) "
        "for _ in range(20)]; [t.start() for t in threads]; [t.join() for t in threads]; "
        "print(metrics.exposition()[0].decode())"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert 'qbwc_errors_total{endpoint="x"} 20.0' in shown


def test_several_processes_add_up(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNT_AND_EXIT], env=environment, check=True)
    show = "from qbwc_server.observe import metrics; print(metrics.exposition()[0].decode())"
    shown = subprocess.run(
        [sys.executable, "-c", show], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert 'qbwc_errors_total{endpoint="x"} 6.0' in shown
    assert 'qbwc_http_request_seconds_count{endpoint="x"} 2.0' in shown


def test_importing_the_metrics_decides_nothing() -> None:
    program = "import sys; import qbwc_server.observe.metrics; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_handbook_lists_every_metric() -> None:
    handbook = (Path(__file__).resolve().parents[3] / "docs/operations.md").read_text(encoding="utf-8")
    assert [name for name in metrics.METRICS if f"`{name}`" not in handbook] == []
