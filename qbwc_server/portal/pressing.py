"""Advice that names a command of the server names on pages what is pressed there instead."""

from __future__ import annotations

import re
from collections.abc import Mapping

from qbwc_server.portal.translation import lazy_gettext

_CONNECTION = lazy_gettext("Connections, the connection, then “Change”")
PLACES: Mapping[str, lazy_gettext] = {
    "billing preview": lazy_gettext("Billing, “Preview and status”"),
    "billing settings": lazy_gettext("Billing, “How it bills”"),
    "company password": lazy_gettext("Set-up, “Make a new password”"),
    "company revoke": lazy_gettext("API tokens, “Revoke”"),
    "company token": lazy_gettext("API tokens"),
    "connection list": lazy_gettext("Connections"),
    "connection records": lazy_gettext("Connections, the connection"),
    "connection run": lazy_gettext("Connections, the connection, “Run now”"),
    "connection set": _CONNECTION,
    "connection show": lazy_gettext("Connections, the connection, “Runs”"),
    "connection test": lazy_gettext("Connections, the connection, “Try it”"),
    "connection types": lazy_gettext("Connections"),
}
"""Commands, without what follows them. What only whoever runs the server can do stays a command."""

_COMMAND = re.compile(
    r"qbwc-server (?P<command>[a-z-]+(?: [a-z-]+)?)"
    r"(?: (?:--[a-z-]+(?:[ =][\w@.+-]*\w)?|[a-z_]+=[\w:.-]*\w|[A-Z][A-Z_]+\b|(?<=revoke )[\w-]+|(?<=password )[\w-]+))*"
)


def pressed(advice: str | None) -> str:
    """The advice as a page gives it."""
    return _COMMAND.sub(_place, advice or "")


def _place(found: re.Match[str]) -> str:
    words = found["command"].split()
    place = PLACES.get(" ".join(words[:2]))
    return found[0] if place is None else str(place)
