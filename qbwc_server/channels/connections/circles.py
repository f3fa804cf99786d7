"""Pages that lead nowhere: a source that tells nothing more, and yet always names one more page."""

from __future__ import annotations

from qbwc_server.channels.contract import BrokenPage, Page
from qbwc_server.errors import QbwcError

MOST_IN_VAIN = 200  # pages behind each other that tell nothing that this run has not heard


class LeadsNowhere(QbwcError):
    """The system upstream names page after page, and none of them tells anything more."""

    code = "pages_without_end"
    advice = "It is asked again at the next run. If it stays so, tell whoever runs the system upstream."


class Heard:
    """What one run was told of a stream, page by page."""

    def __init__(self) -> None:
        self._pages: set[int] = set()
        self._in_vain = 0

    def note(self, page: Page | BrokenPage) -> None:
        """Raises LeadsNowhere where it has gone on for long without telling anything more."""
        told = _told(page)
        self._in_vain = self._in_vain + 1 if told is None or told in self._pages else 0
        if told is not None:
            self._pages.add(told)
        if self._in_vain > MOST_IN_VAIN:
            raise LeadsNowhere(f"{self._in_vain} pages behind each other told nothing more.")


def _told(page: Page | BrokenPage) -> int | None:
    """What stands on a page, as a number; None where nothing does."""
    if isinstance(page, BrokenPage) or not (page.facts or page.broken):
        return None
    facts = tuple((fact.key, fact.changed_at, fact.sequence, fact.group, fact.gone) for fact in page.facts)
    return hash((facts, tuple(one.text for one in page.broken)))
