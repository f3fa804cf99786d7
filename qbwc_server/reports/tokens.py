"""API tokens as records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qbwc_server.tenancy.models import ApiToken
from qbwc_server.tenancy.tokens import scopes_of, state_of


def token_record(token: ApiToken, now: datetime) -> dict[str, Any]:
    """One token as programs see it; the token itself is not in it."""
    return {
        "id": token.id,
        "label": token.label,
        "scopes": sorted(scopes_of(token)),
        "state": state_of(token, now).value,
        "created_at": token.created_at.isoformat(),
        "expires_at": None if token.expires_at is None else token.expires_at.isoformat(),
        "last_used_at": None if token.last_used_at is None else token.last_used_at.isoformat(),
        "made_by": token.made_by,
        "revoked_at": None if token.revoked_at is None else token.revoked_at.isoformat(),
    }
