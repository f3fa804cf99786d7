"""Each thing that a page shows has its words."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from qbwc_server.portal import more_words, start_words, words

TABLES: dict[str, Any] = {
    **more_words.TABLES, **start_words.TABLES,
    "STATES": words.STATES, "REQUESTS": words.REQUESTS, "CONTACTS": words.CONTACTS,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_one_of_its_kind_has_words(name: str) -> None:
    table = TABLES[name]
    of = {type(key) for key in table if isinstance(key, Enum)}
    assert len(of) <= 1
    for kind in of:
        assert set(table) == set(kind)
    assert all(str(said) for said in table.values())
