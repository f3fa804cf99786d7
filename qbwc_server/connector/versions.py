"""Which version a Web Connector said it is: told before it signs in, so it is kept by where it called from."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

_MOST = 1_000  # places; whoever calls can add one


class Versions:
    """What was said lately, in this process: it is shown to people and decides nothing."""

    def __init__(self) -> None:
        self._said: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def note(self, address: str, version: str) -> None:
        """A Web Connector at ``address`` says that it is of this version."""
        with self._lock:
            self._said[address] = version
            self._said.move_to_end(address)
            if len(self._said) > _MOST:
                self._said.popitem(last=False)

    def of(self, address: str) -> str | None:
        """What was said from there last, where anything was."""
        return self._said.get(address)
