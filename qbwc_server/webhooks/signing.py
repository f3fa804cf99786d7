"""Signatures of webhooks, as Standard Webhooks has them: who takes one knows that it was us, and when."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from pydantic import SecretStr

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> SecretStr:
    """A secret of 256 bits, as programs write it."""
    return SecretStr(PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode())


def signature(secret: SecretStr, message_id: str, at: datetime, body: bytes) -> str:
    """One signature of one message: ``v1,`` and the digest in base64."""
    key = base64.b64decode(secret.get_secret_value().removeprefix(PREFIX))
    content = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def signed_headers(keys: Sequence[SecretStr], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message; with two secrets it bears two signatures, and either is enough."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signature(key, message_id, at, body) for key in keys),
    }
