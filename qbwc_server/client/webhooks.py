"""What a program is told by a webhook: whether the server sent it, and lately."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

_PREFIX, _VERSION = "whsec_", "v1"
TOLERANCE_S = 300.0
"""Seconds by which a call may be old, or the clocks differ: what somebody kept to send it again later is refused."""


class NotSigned(Exception):  # what is wrong with it
    """This was not sent by the server, or long ago."""


def verified(secret: str, headers: Mapping[str, str], body: bytes, *, now: float | None = None) -> dict[str, Any]:
    """The event that a webhook was told of.

    Args:
        secret: as it was shown: ``whsec_`` and the key.
        headers: as they came; how their names are spelt does not count.
        body: byte for byte as it came.
        now: seconds since 1970; None: by the clock.

    Raises:
        NotSigned: no signature of this secret is among those of the call, or it is older than ``TOLERANCE_S``.
    """
    said = {name.lower(): value for name, value in headers.items()}
    message_id, at = said.get("webhook-id", ""), said.get("webhook-timestamp", "")
    if not (at.isascii() and at.isdigit()) or abs((time.time() if now is None else now) - int(at)) > TOLERANCE_S:
        raise NotSigned("The call bears no time, or was sent too long ago.")
    wanted = hmac.new(_key(secret), f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
    given = [one.partition(",") for one in said.get("webhook-signature", "").split(" ")]
    if not any(version == _VERSION and hmac.compare_digest(_decoded(digest), wanted) for version, _, digest in given):
        raise NotSigned("No signature of this secret is among those of the call.")
    event: dict[str, Any] = json.loads(body)
    return event


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)


def _decoded(digest: str) -> bytes:
    try:
        return base64.b64decode(digest, validate=True)
    except (binascii.Error, ValueError):
        return b""
