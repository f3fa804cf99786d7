"""The colours of the pages: every pair that stands on one another can be read, in light and in dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import qbwc_server.portal

CSS = Path(qbwc_server.portal.__file__).with_name("static").joinpath("portal.css").read_text(encoding="utf-8")
TOKENS = {
    name: colours for name, *colours in re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS)
}
TONES = ("ok", "wait", "warn", "bad", "accent")
TEXT = [
    *(("ink", ground) for ground in ("bg", "surface", "sunken", "ok-soft", "warn-soft", "bad-soft", "wait-soft")),
    *(("muted", ground) for ground in ("bg", "surface", "sunken")),
    *((tone, ground) for tone in TONES for ground in ("surface", f"{tone}-soft")),
    ("on-accent", "accent"),
]
CONTROLS = [("control", "surface"), ("control", "bg"), *(("surface", tone) for tone in ("ok", "warn", "bad"))]


def contrast(one: str, other: str) -> float:
    """As WCAG computes it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_what_is_written_can_be_read(theme: int) -> None:
    poor = {
        pair: round(found, 2)
        for pair in TEXT
        if (found := contrast(TOKENS[pair[0]][theme], TOKENS[pair[1]][theme])) < 5.5
    }
    assert poor == {}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_borders_of_fields_and_icons_can_be_seen(theme: int) -> None:
    for one, other in CONTROLS:
        assert contrast(TOKENS[one][theme], TOKENS[other][theme]) >= 3, (one, other)


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
