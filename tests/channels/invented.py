"""Invented documents of every kind, as hypothesis draws them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from qbwc_server.documents.kinds import Document, read_document
from tests.kinds_strategies import records

_LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\ufffe\uffff")
_WORD = (
    st.text(_LETTERS, min_size=1, max_size=20)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text and text[0] not in "=#")  # a formula, a spreadsheet's "####": refused, tested elsewhere
)
_TEXT = st.lists(_WORD, min_size=1, max_size=3).map("\n".join)


def documents() -> st.SearchStrategy[Document]:
    """Any document that the formats can carry."""
    return records(_WORD, _TEXT, of_files=True).map(_in_columns).map(read_document)


def _in_columns(record: dict[str, Any]) -> dict[str, Any]:
    """Without the tenders, for which a row has no room."""
    stated = {name: value for name, value in record.get("stated", {}).items() if name != "tenders"}
    return {**record, "stated": stated or None}
