"""A revision from the source of a document that replaces what somebody has changed in it here: a person sees both."""

from __future__ import annotations

from typing import Any

from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.problems import Problem

CHANGED_HERE = "changed_here"
_ADVICE = (
    "If the revision is right as it is, submit it. Else have it corrected at its source; what it said here before "
    "stands in its history."
)
_LONGEST = 60  # characters of a value that is shown


def replaces_a_change(row: DocumentRow, revision: Document) -> Problem | None:
    """What is asked of a document before ``revision`` replaces its content, if that was changed here.

    As long as nobody has answered, it is asked of later revisions, too.
    """
    if row.body_digest != row.source_digest:
        return Problem(CHANGED_HERE, "", _told(load_document(row.body), revision), _ADVICE)
    if row.state is State.FOR_REVIEW and row.reason == CHANGED_HERE:
        return Problem(CHANGED_HERE, "", row.message or "", _ADVICE)
    return None


def _told(here: Document, revision: Document) -> str:
    before, after = (one.model_dump(mode="json", by_alias=True, exclude_none=True) for one in (here, revision))
    names = [name for name in (*before, *(name for name in after if name not in before)) if name != "origin"]
    differ = [
        _differs(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    ]
    return f"It was changed here, and its source has revised it since. {'; '.join(differ)}."


def _differs(name: str, before: Any, after: Any) -> str:
    field = name.replace("_", " ").capitalize()
    if isinstance(before, list | dict) or isinstance(after, list | dict):
        return f"{field} differ"
    return f"{field}: {_shown(before)} here, {_shown(after)} by the revision"


def _shown(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
