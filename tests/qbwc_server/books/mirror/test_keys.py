from __future__ import annotations

import pytest

from qbwc_server.books.mirror.keys import address_key, entry_words, number_key, search_key
from qbwc_server.books.mirror.models import LONGEST_WORD


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Müller & Söhne GmbH & Co. KG", "muller and sohne"),
        ("Muller and Sohne", "muller and sohne"),
        ("J.P. Morgan, Inc.", "jp morgan"),
        ("O’Brien's Café LLC", "obriens cafe"),
        ("Møller A/S", "moller"),
        ("Firma s.r.o.", "firma"),
        ("Foo Sp. z o.o.", "foo"),
        ("U.S.A. Corp.", "usa"),
        ("Acme Inc:Kitchen", "acme kitchen"),
        ("AS", "as"),
        ("Company", "company"),
        ("& Co.", "and co"),
        ("", ""),
        ("…", "..."[:0]),
    ],
)
def test_names_are_compared_as_people_do(name: str, key: str) -> None:
    assert search_key(name) == key


def test_a_name_of_other_letters_has_a_key() -> None:
    assert search_key("日本")


def test_words_are_those_of_both_names_the_whole_the_address_and_the_number() -> None:
    words = entry_words("Star Light", "Starlight Café Inc", "Ann@Star.example", "A-17/3")
    assert words == ["star", "light", "starlight", "cafe", "starlightcafe", "ann@star.example", "a173"]


def test_no_word_is_longer_than_its_column_and_there_are_not_too_many() -> None:
    words = entry_words("x" * 200, " ".join(f"word{n}" for n in range(100)), "y" * 200, "7" * 99)
    assert max(map(len, words)) == LONGEST_WORD
    assert len(words) == 24


def test_addresses_and_numbers_are_compared_without_signs() -> None:
    assert address_key(" Ann@Example.COM ") == "ann@example.com"
    assert number_key("No. 0017-B") == "no0017b"
