"""Versions of the Admin API, one each quarter: the newest known is asked for, and what answers is looked at."""

from __future__ import annotations

import re

KNOWN = ("2026-10", "2026-07", "2026-04", "2026-01", "2025-10")  # newest first
VERSION = re.compile(r"\d{4}-(?:01|04|07|10)")


def asked(chosen: str) -> tuple[str, ...]:
    """Which versions are asked for, one after another, until one is there."""
    return (chosen, *(one for one in KNOWN if one < chosen)) if chosen else KNOWN


def speaks(wanted: str, answered: str) -> str:
    """The version by which a shop answers."""
    return answered if VERSION.fullmatch(answered) else wanted


def remark(chosen: str, wanted: str, answered: str) -> str | None:
    """What to say of a version that is not the one that was meant."""
    meant = chosen or KNOWN[0]
    if answered == meant:
        return None
    if answered > wanted:
        return f"Version {wanted} of Shopify's API is no more; {answered} answers in its place."
    return f"Version {meant} of Shopify's API is not there; {answered} answers in its place."
