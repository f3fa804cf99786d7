"""Whose long bodies are kept: those of callers who show a ticket, token or cookie that we gave out, and of notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qbwc_server.channels.connections.notes import PREFIX as NOTES_PREFIX
from qbwc_server.channels.connections.notes import takes_notes
from qbwc_server.clock import Clock
from qbwc_server.connector.soap import Limits, Operations, ticket_in
from qbwc_server.db import Database
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.tenancy.tokens import TokenState, find_token


class Admission:
    """Asked by the server, before the application is, about a body of more than ``beginning`` bytes."""

    def __init__(
        self,
        database: Database,
        operations: Operations,
        limits: Limits,
        now: Clock,
        *,
        soap_path: str,
        api_prefix: str,
        api_most: int,
        api_longer: Mapping[str, int],
        portal_prefix: str,
        portal_most: int,
        has_session: Callable[[str], bool],
        notes_most: int,
    ) -> None:
        self.beginning = limits.small_body
        """So many bytes are kept for anybody."""
        self.most = limits.body
        """So many bytes are taken from the line; no body that we answer is longer."""
        self._database = database
        self._operations = operations
        self._limits = limits
        self._now = now
        self._soap_path = soap_path
        self._api_prefix = api_prefix
        self._api_most = api_most
        self._api_longer = api_longer  # by how an address ends
        self._portal_prefix, self._portal_most = portal_prefix, portal_most
        self._has_session = has_session
        self._notes_most = notes_most

    def room(self, path: str, authorization: str, beginning: bytes, cookies: str = "") -> int:
        """How many bytes of the body may be kept, in all; 0 where nobody vouches for the caller.

        Args:
            path: what is asked for.
            authorization: the header of that name.
            beginning: of the body.
            cookies: the header Cookie.
        """
        if path.rstrip("/") == self._soap_path:
            ticket = ticket_in(beginning, self._limits)
            return self.most if ticket and self._operations.ticket_is_known(ticket) else 0
        if path.startswith(self._api_prefix + "/") and self._token_is_known(authorization):
            return next((most for end, most in self._api_longer.items() if path.endswith(end)), self._api_most)
        if path.startswith(self._portal_prefix + "/companies/") and self._has_session(cookies):
            return self._portal_most
        return self._notes_most if self._is_for_notes(path) else 0

    def _is_for_notes(self, path: str) -> bool:
        """Who sends it is known only by the whole of it: the address of a connection that takes notes has to do."""
        place, _, number = path.rpartition("/")
        if place != NOTES_PREFIX or not (number.isascii() and number.isdigit() and len(number) < len(str(LARGEST_ID))):
            return False
        with self._database.reading() as db:
            return takes_notes(db, int(number))

    def _token_is_known(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return False
        with self._database.reading() as db:
            found = find_token(db, token.strip(), self._now())
        return found is not None and found.state is TokenState.USABLE
