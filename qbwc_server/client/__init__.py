"""A client of the REST API for Python programs; it needs httpx and nothing of the server.

Every call that changes something bears an idempotency key, so that a call whose answer was lost is made again without
being done again.
"""

from __future__ import annotations

from qbwc_server.client.client import Client
from qbwc_server.client.problem import NoAnswer, Problem
from qbwc_server.client.records import Asked, Created, Document
from qbwc_server.client.webhooks import NotSigned, verified

__all__ = ["Asked", "Client", "Created", "Document", "NoAnswer", "NotSigned", "Problem", "verified"]
