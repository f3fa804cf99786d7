"""The buttons of documents: what may be done with one, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from qbwc_server.documents.models import DocumentRow
from qbwc_server.portal.translation import lazy_gettext
from qbwc_server.posting.people import actions
from qbwc_server.posting.people.actions import DocumentAction


@dataclass(frozen=True, slots=True)
class Button:
    """One action as it is shown; ``asks_first``: there is a page that says what will happen."""

    action: DocumentAction
    words: lazy_gettext

    @property
    def name(self) -> str:
        """In the address."""
        return self.action.code

    @property
    def asks_first(self) -> bool:
        """Whether a page says what will happen, before it is done."""
        return self.action.question is not None


_WORDS = {
    "re-date": lazy_gettext("Enter it on the first open day"),
    "submit": lazy_gettext("Submit to QuickBooks"),
    "keep": lazy_gettext("Keep it in QuickBooks"),
    "restore": lazy_gettext("Restore"),
    "exclude": lazy_gettext("Exclude"),
    "void": lazy_gettext("Void…"),
}
ACTIONS: dict[str, Button] = {code: Button(action, _WORDS[code]) for code, action in actions.ACTIONS.items()}


def allowed_actions(row: DocumentRow) -> list[Button]:
    """What is offered for this document as it stands, the remedy first."""
    return [ACTIONS[action.code] for action in actions.allowed_actions(row)]
