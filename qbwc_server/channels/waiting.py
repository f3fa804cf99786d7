"""Documents of one intake that wait for others of it, in little memory."""

from __future__ import annotations

from array import array


class Waiting:
    """Payments that came before their invoices: document id and line, sixteen bytes each."""

    def __init__(self) -> None:
        self._ids, self._lines = array("q"), array("q")

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, more: dict[int, int | None]) -> None:
        """Remember these."""
        self._ids.extend(more)
        self._lines.extend(line or 0 for line in more.values())

    def some(self, start: int, count: int) -> list[tuple[int, int | None]]:
        """As many as fit in one batch."""
        lines = (line or None for line in self._lines[start : start + count])
        return list(zip(self._ids[start : start + count], lines, strict=True))
