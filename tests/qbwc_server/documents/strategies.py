"""Documents of every kind for hypothesis, as decoded JSON: plain ones, and such as shops and people really send."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from qbwc_server.documents.kinds import Document, read_document
from tests.kinds_strategies import AMOUNTS, NUMBERS, cents, records

__all__ = ["AMOUNTS", "DOCUMENTS", "PRICES", "RECORDS", "cents"]
PRICES = NUMBERS


def _texts(characters: str, longest: int) -> st.SearchStrategy[str]:
    """Texts that are more than blanks."""
    return st.text(characters, min_size=1, max_size=longest).filter(lambda text: bool(text.strip()))


PLAIN = _texts("abcXYZ 019&<>\"'éß€-.,", 5)
# what no field of QuickBooks takes as it is
STRANGE = PLAIN | st.sampled_from(
    ("東京本店", "Ђорђе", "👩‍🚀 Crew", "x" * 300, "\x07bell", "A:B:C:D:E:F", "½ price", "≠", "e\u0301", "a\r\nb", ":")
)
RECORDS: st.SearchStrategy[dict[str, Any]] = records(PLAIN) | records(STRANGE)
DOCUMENTS: st.SearchStrategy[Document] = RECORDS.map(read_document)
