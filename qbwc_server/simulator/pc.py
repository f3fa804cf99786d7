"""A PC in the office: its QuickBooks shares a company file with others, its clock is its own, it may fall asleep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from qbwc_server.simulator.company_file import CompanyFile

Step = Callable[[], None]


class PcAsleep(Exception):
    """The PC fell asleep with a message set in its hands: it has not executed it, and nobody gets an answer."""


class Pc:
    """QuickBooks as one PC runs it: what a Web Connector on that PC talks to.

    Args:
        file: the company file that is open; several PCs may have the same one open.
        clock_offset: by how much this PC's clock is wrong; the file's own setting if not given.
    """

    country = "US"

    def __init__(self, file: CompanyFile, *, clock_offset: timedelta | None = None) -> None:
        self.file = file
        self.clock_offset = clock_offset
        self.before_a_set: Step | None = None  # happens once, before the next set is executed
        self.after_a_set: Step | None = None  # happens once, when it is executed and the answer is not yet on its way
        self._falls_asleep = False

    @property
    def path(self) -> str:
        """Of the company file that is open."""
        return self.file.path

    @property
    def major(self) -> int:
        """Of the newest qbXML level."""
        return self.file.major

    @property
    def minor(self) -> int:
        """Of the newest qbXML level."""
        return self.file.minor

    def open_other(self, file: CompanyFile) -> None:
        """Somebody opens another company file, or another copy of the same, on this PC."""
        with self.file.used_on(self):
            self.file.close()
        self.file = file

    def fall_asleep(self) -> None:
        """The next message set that comes is held, until the Web Connector's ``wake()``."""
        self._falls_asleep = True

    def stay_awake(self) -> None:
        """It does not fall asleep after all."""
        self._falls_asleep = False

    def register(self, owner_id: UUID, file_id: UUID) -> None:
        """A .qwc file is added on this PC: its FileID goes into the company file that is open."""
        with self.file.used_on(self, self.clock_offset):
            self.file.register(owner_id, file_id)

    def open(self, path: str) -> None:
        """Begin a session. Raises HResultError."""
        with self.file.used_on(self, self.clock_offset):
            self.file.open(path)

    def close(self) -> None:
        """End the session."""
        with self.file.used_on(self, self.clock_offset):
            self.file.close()

    def hcp_response(self, owner_id: UUID) -> str:
        """Host, company and preferences. Raises HResultError."""
        with self.file.used_on(self, self.clock_offset):
            return self.file.hcp_response(owner_id)

    def process(self, request: str) -> str:
        """Execute a message set, with what happens before and after it.

        Raises:
            HResultError: as :meth:`CompanyFile.process`.
            PcAsleep: it was not executed; the same set is executed when it is given again.
        """
        if self._falls_asleep:
            self._falls_asleep = False
            raise PcAsleep
        self._once("before_a_set")
        with self.file.used_on(self, self.clock_offset):
            answer = self.file.process(request)
        self._once("after_a_set")
        return answer

    def _once(self, name: str) -> None:
        step: Step | None = getattr(self, name)
        setattr(self, name, None)
        if step is not None:
            step()
