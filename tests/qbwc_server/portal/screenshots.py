"""Pictures of every page, on a desk and on a phone, light and dark: ``make screenshots`` writes them to a folder."""

from __future__ import annotations

import logging
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from qbwc_server.db import schema
from tests.conftest import TurnableClock
from tests.qbwc_server.portal.shown import LOOKS, PATHS, sign_in, started_chromium, town_shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def take_all(browser: Browser, address: str, folder: Path) -> int:
    """One file for each page and look: ``company-documents-390-dark.png``; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    for width, theme in LOOKS:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme="dark" if theme == "dark" else "light"
        )
        page = context.new_page()
        sign_in(page, address)
        for path in PATHS:
            page.goto(address + path)
            page.screenshot(path=folder / f"{name_of(path)}-{width}-{theme}.png", full_page=True)
        context.close()
    return len(LOOKS) * len(PATHS)


def name_of(path: str) -> str:
    """What a picture of that page is called."""
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "start"


def main(folder: Path, documents: int) -> None:
    """Take them, of a company with so many documents."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as place, started_chromium() as browser:
        if browser is None:
            sys.exit("There is no Chromium on this machine: put chromium or google-chrome on the PATH.")
        url = f"sqlite:///{place}/qbwc.db"
        schema.upgrade(url)
        with town_shown(url, TurnableClock(), documents=documents) as address:
            sys.stdout.write(f"{take_all(browser, address, folder)} pictures in {folder.resolve()}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 40)
