"""The table of kinds of words."""

from __future__ import annotations

import pytest

from qbwc_server.books.mirror.lists import LISTS, stands_in
from qbwc_server.errors import Invalid
from qbwc_server.list_kinds import LONGEST_NAME, ListKind
from qbwc_server.mapping.kinds import KINDS, WordKind, kind_named
from qbwc_server.posting.entries.ensure import ADDED
from qbxml.messages.account import AccountType


def test_every_kind_has_its_row_and_stands_in_a_list_that_is_mirrored() -> None:
    assert set(KINDS) == set(WordKind)
    for mapped in KINDS.values():
        assert stands_in(mapped.list_kind)[0] in LISTS
        assert mapped.list_kind in LONGEST_NAME


def test_only_what_posting_adds_may_be_created() -> None:
    assert {mapped.list_kind for mapped in KINDS.values() if mapped.created} == set(ADDED)


def test_types_are_those_of_quickbooks() -> None:
    items = set(LISTS[ListKind.ITEM].rets.values())
    for mapped in KINDS.values():
        known = {one.value for one in AccountType} if mapped.list_kind is ListKind.ACCOUNT else items
        assert set(mapped.types) <= known


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    assert kind_named("item") is WordKind.ITEM
    with pytest.raises(Invalid, match="cogs_account"):
        kind_named("things")
