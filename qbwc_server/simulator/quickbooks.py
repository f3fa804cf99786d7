"""What the simulated Web Connector needs of QuickBooks; the simulated company file offers it."""

from typing import Any, Protocol
from uuid import UUID


class QuickBooks(Protocol):
    """QuickBooks with its company file, as the Web Connector sees it."""

    @property
    def country(self) -> str:
        """``US``, ``CA`` or ``UK``."""
        ...

    @property
    def major(self) -> int:
        """The qbXML level of the request processor: 13 of 13.0."""
        ...

    @property
    def minor(self) -> int:
        """The qbXML level of the request processor: 0 of 13.0."""
        ...

    @property
    def path(self) -> str:
        """The company file that is open."""
        ...

    def open(self, path: str) -> None:
        """Begin a session with the company file, "" for the one now open. Raises HResultError."""
        ...

    def hcp_response(self, owner_id: UUID) -> str:
        """The answers about host, company and preferences as one document. Raises HResultError."""
        ...

    def process(self, request: str) -> str:
        """Execute a message set and return the answer. Raises HResultError."""
        ...

    def close(self) -> None:
        """End the session. Raises HResultError."""
        ...


class CompanyToJoin(QuickBooks, Protocol):
    """A company file to which an application can be added."""

    def register(self, owner_id: UUID, file_id: UUID) -> Any:
        """Keep the FileID of the .qwc file with the company."""
        ...
