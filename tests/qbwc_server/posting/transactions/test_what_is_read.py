"""What is read back of a transaction suffices to judge every field that a change of it can write."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

import pytest

from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import Texts
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.changes import header_changes
from qbwc_server.posting.transactions.elements import elements_of
from qbwc_server.posting.transactions.lines import LineSet
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.writing import Writing
from qbxml import read_answers, render
from tests.kinds_examples import example, revision

CHANGED = [rules for rules in TRANSACTIONS.values() if rules.mod_message is not None]
OPTIONS = PostingOptions.model_validate({})
WRITING = Writing(OPTIONS, Texts(OPTIONS.characters), defaultdict(lambda: "1A-1"))
# what no answer shows under the name by which it is written: how it is found there instead
READ_OTHERWISE = {"payment_amount": "amount", "payment_txn_id": "txn_id"}


def every_kind(rules: Transaction[Any]) -> str:
    return rules.kind


@pytest.mark.parametrize("rules", CHANGED, ids=every_kind)
def test_each_field_that_a_change_writes_is_read(rules: Transaction[Any]) -> None:
    written = set(rules.header(example(rules.kind), WRITING))
    assert written
    assert written - elements_of(rules.ret).keys() == set()


@pytest.mark.parametrize("rules", CHANGED, ids=every_kind)
def test_each_field_that_is_not_there_yet_is_a_change(rules: Transaction[Any]) -> None:
    bare = _bare(rules)
    for document in (example(rules.kind), revision(rules.kind)):
        header = rules.header(document, WRITING)
        wanted = {name: value for name, value in header.items() if value is not None and value != ()}
        assert header_changes(wanted, bare).keys() == wanted.keys()


@pytest.mark.parametrize("rules", CHANGED, ids=every_kind)
def test_each_field_of_a_line_that_a_change_writes_is_read(rules: Transaction[Any]) -> None:
    for rule, lines in zip(rules.line_sets, rules.lines(example(rules.kind), WRITING), strict=True):
        written = {name for line in lines for name in line.values}
        for ret in _classes(rule):
            read = elements_of(ret).keys()
            assert {READ_OTHERWISE.get(name, name) for name in written} - read == set(), rule.ret_field


@pytest.mark.parametrize("rules", TRANSACTIONS.values(), ids=every_kind)
def test_the_question_for_one_leaves_nothing_out(rules: Transaction[Any]) -> None:
    query = rules.by_id(["1A-1"], UUID(int=1))
    asked = render(query)
    assert "IncludeRetElement" not in asked
    if rules.line_sets and "include_line_items" in elements_of(type(query)):
        assert "<IncludeLineItems>true</IncludeLineItems>" in asked


def _bare(rules: Transaction[Any]) -> Any:
    """A transaction of which QuickBooks shows nothing but its id."""
    ret, query = rules.ret.__name__, rules.query_name
    answer = (
        f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><{query}Rs requestID="1" statusCode="0" statusSeverity="Info">'
        f"<{ret}><TxnID>1A-1</TxnID></{ret}></{query}Rs></QBXMLMsgsRs></QBXML>"
    )
    return next(next(read_answers(answer)).rets)


def _classes(rule: LineSet) -> tuple[type[Any], ...]:
    return rule.ret if isinstance(rule.ret, tuple) else (rule.ret,)
