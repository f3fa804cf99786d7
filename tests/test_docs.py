"""The documents tell the truth: their Python examples run, their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from qbwc_server.connector.qwc import qwc_file
from qbwc_server.settings import Settings
from tests.conftest import TurnableClock
from tests.sessions.world import World

_ROOT = Path(__file__).resolve().parents[1]
_PAGES = sorted(path for path in [*_ROOT.glob("*.md"), *_ROOT.glob("docs/**/*.md")] if path.name != "LICENSE.md")


def test_the_simulator_page_works_as_written(app: Flask, settings: Settings, clock: TurnableClock) -> None:
    text = (_ROOT / "docs" / "simulator.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, names)
    world = World(settings, clock, app=app)
    with world.database.reading() as db:
        qwc = qwc_file(world.company(db), world.login(db), settings)
    report, books = names["update"](app, qwc, world.password)  # type: ignore[operator]
    assert report.ok, report
    assert report.status_line == "All is well."
    assert books.executed_writes == 0
    assert names["faults"]
    assert names["plan"]


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(_ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
