"""What keeps a document from being submitted, in words for the bookkeeper."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from qbwc_server.errors import Notice


@dataclass(frozen=True)
class Problem:
    """One thing to correct: a stable code, the field, a sentence, what to do."""

    code: str
    field: str
    message: str
    advice: str

    @property
    def notice(self) -> Notice:
        """What a person is told, whatever field it is about."""
        return Notice(self.code, self.message, self.advice)

    def as_record(self) -> dict[str, str]:
        """As stored and shown."""
        return asdict(self)
