"""JSON from outside: refused with a sentence or read as it stands, and linear in its length."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.strict_json import (
    MAX_DEPTH,
    BadJson,
    FieldTwice,
    NestedTooDeeply,
    NotJson,
    NumberUnusable,
    _first_twice,
    decode,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_python_writes_is_read_back(value: object) -> None:
    assert decode(json.dumps(value), "line") == value


@given(st.text() | st.text(alphabet='[]{}",:\\0123e-.aN\ud800 '))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    try:
        decode(text, "line")
    except BadJson as refusal:
        said = f"{refusal} {refusal.advice}"
    else:
        said = "nothing"
    assert said.encode()


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", NotJson),
        ("{", NotJson),
        ('"' + '\\"' * 100_000, NotJson),
        ("[" * (MAX_DEPTH + 1), NestedTooDeeply),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), NestedTooDeeply),
        ('{"a":' * 900 + "1" + "}" * 900, NestedTooDeeply),
        ('["[\\"[", ' + "[" * 900 + "]" * 900 + "]", NestedTooDeeply),
        ("9" * 101, NumberUnusable),
        ("1." + "9" * 100_000, NumberUnusable),
        ("1e99999999999999999999", NumberUnusable),
        ("NaN", NumberUnusable),
        ("-Infinity", NumberUnusable),
        ('{"a": 1, "b": 2, "a": 1}', FieldTwice),
        ('[{"a": {"\\ud800": 1, "\\ud800": 1}}]', FieldTwice),
    ],
)
def test_what_is_refused(text: str, refusal: type[BadJson]) -> None:
    with pytest.raises(refusal):
        decode(text, "line")


def test_brackets_in_texts_do_not_count() -> None:
    text = json.dumps(["[" * 900, '{"a\\"[' * 900, ["]"] * 900])
    assert decode(text, "line") == json.loads(text)


def test_many_brackets_beside_each_other_are_not_deep() -> None:
    assert decode("[" + "[],{}," * 5000 + "[]]", "line") == [[], {}] * 5000 + [[]]


def test_numbers_are_exact() -> None:
    assert decode("[84.10, 1e3, 7]", "line") == [Decimal("84.10"), Decimal(1000), Decimal(7)]


def test_the_field_that_stands_there_twice_is_named_and_cut() -> None:
    name = "x" * 100_000
    with pytest.raises(FieldTwice, match=f'^The field "{"x" * 40}" stands there twice.$'):
        decode(f'{{"{name}": 1, "{name}": 2}}', "body")


class _CountedName(str):
    """A name that counts how often it is compared with another."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        type(self).compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_looking_for_a_doubled_name_compares_each_name_once() -> None:
    """Not each with every other: 20,000 names took 14 seconds."""
    pairs: list[tuple[str, Any]] = [(_CountedName(f"name {number}"), number) for number in range(2000)]
    _CountedName.compared = 0
    assert _first_twice([*pairs, pairs[-1]]) == "name 1999"
    assert _CountedName.compared < 10 * len(pairs)
