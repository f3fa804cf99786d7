"""Connections that run every five minutes, in simulated time: the small version of ``python -m bench.month``."""

from __future__ import annotations

from pathlib import Path

from bench import company
from bench.month import Month
from qbwc_server.db import Database
from qbwc_server.settings import load


def test_each_due_run_once_nothing_twice_nothing_missed(database: Database, database_url: str, tmp_path: Path) -> None:
    """Two schedulers, of which one is killed now and then, in any transaction of a run."""
    company.add(database)
    settings = load(database_url=database_url, private_upstreams=True, secrets_file=tmp_path / "keys")
    month = Month(connections=3, periods=6, seed=3, kill_every=5)
    assert month.play(database, settings) == []
    assert month.kills > 0
    assert sum(map(len, month.sales.values())) > 0
