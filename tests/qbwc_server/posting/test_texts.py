"""Texts are fitted to what QuickBooks stores, and every change is noted."""

from __future__ import annotations

import pytest

from qbwc_server.posting.texts import CannotWrite, Texts, in_words
from qbxml import CharacterPolicy

TRANSLITERATE, REFUSE = CharacterPolicy.TRANSLITERATE, CharacterPolicy.REFUSE


def test_what_quickbooks_stores_stays_without_a_note() -> None:
    for policy in CharacterPolicy:
        texts = Texts(policy)
        assert texts.name("Müller & Söhne – “A”", "customer", 41) == "Müller & Söhne – “A”"
        assert texts.prose("Zeile 1\nZeile 2\t€", "memo", 4095) == "Zeile 1\nZeile 2\t€"
        assert texts.notes == []


def test_absent_stays_absent() -> None:
    texts = Texts(TRANSLITERATE)
    assert texts.prose(None, "memo", 10) is None
    assert texts.name_or_none(None, "number", 11) is None
    assert texts.prose("", "memo", 10) == ""  # given and empty: it clears the field


def test_other_scripts_are_written_in_latin_letters_with_a_note() -> None:
    texts = Texts(TRANSLITERATE)
    assert texts.name("Ђорђе", "customer", 41).isascii()
    (note,) = texts.notes
    assert note.startswith("customer: ")
    assert "Ђорђе" in note


def test_prose_is_shortened_with_a_note_but_a_name_never() -> None:
    texts = Texts(TRANSLITERATE)
    assert texts.prose("one two three", "memo", 9) == "one two"
    assert "shortened" in texts.notes[-1]
    with pytest.raises(CannotWrite) as refusal:
        texts.name("one two three", "customer", 9)
    problem = refusal.value.problem
    assert (problem.code, problem.field) == ("too_long", "customer")
    assert "one two three" in problem.message
    assert str(refusal.value) == problem.message


def test_the_length_counts_after_the_characters_were_replaced() -> None:
    assert Texts(TRANSLITERATE).name("e\u0301" * 5, "number", 5) == "é" * 5
    with pytest.raises(CannotWrite) as refusal:
        Texts(TRANSLITERATE).name("㍿" * 5, "number", 11)
    assert refusal.value.problem.code == "too_long"


@pytest.mark.parametrize("value", ["東京", "a\x07b", "👍"])
def test_a_company_may_refuse_what_would_be_replaced(value: str) -> None:
    for fitted in (Texts(REFUSE).name, Texts(REFUSE).prose):
        with pytest.raises(CannotWrite) as refusal:
            fitted(value, "customer", 41)
        assert refusal.value.problem.code == "characters"
        assert refusal.value.problem.advice


def test_control_characters_are_refused_by_everybody() -> None:
    with pytest.raises(CannotWrite):
        Texts(TRANSLITERATE).prose("a\x07b", "memo", 41)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("memo", "memo"),
        ("customer_message", "customer message"),
        ("lines[0].description", "line 1, description"),
        ("lines[11].service_date", "line 12, service date"),
        ("expenses[2]", "expense 3"),
        ("applies_to[0]", "applies to 1"),
        ("billing_address.lines", "billing address"),
        ("billing_address.city", "billing address, city"),
    ],
)
def test_a_field_is_called_as_people_call_it(field: str, words: str) -> None:
    assert in_words(field) == words


def test_a_note_says_where_in_words() -> None:
    texts = Texts(CharacterPolicy.TRANSLITERATE)
    texts.prose("カ", "lines[0].description", 20)
    assert texts.notes == ['line 1, description: QuickBooks cannot store some characters; written "カ" as "ka"']
