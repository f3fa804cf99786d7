"""What answers of upstream say in words, and how secrets may stand among them."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from urllib.parse import quote

from qbwc_server import strict_json
from qbwc_server.strict_json import BadJson

_SAYS = ("message", "error_description", "error", "errors", "detail", "title", "description")


def said_in_json(text: str) -> str | None:
    """What an answer in JSON says in words; None where it says nothing."""
    try:
        value = strict_json.decode(text, "answer")
    except BadJson:
        return None
    found = _first_said(value)
    return None if found is None else found


def _first_said(value: object) -> str | None:
    """The first text under a name by which systems say what is wrong."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return next((said for one in value if (said := _first_said(one))), None)
    if isinstance(value, dict):
        return next((said for name in _SAYS if name in value and (said := _first_said(value[name]))), None)
    return None


def ways_of_writing(secrets: Iterable[str]) -> tuple[str, ...]:
    """Each secret as it is, in an address and in Base64; the longest first."""
    found: set[str] = set()
    for secret in secrets:
        if len(secret) >= 4:
            coded = base64.b64encode(secret.encode()).decode().rstrip("=")
            found |= {secret, quote(secret), quote(secret, safe=""), coded}
    return tuple(sorted(found, key=len, reverse=True))
