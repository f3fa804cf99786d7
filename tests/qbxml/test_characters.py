"""What XML forbids is replaced, wherever the pieces of a document end."""

from collections.abc import Sequence
from itertools import pairwise
from xml.parsers.expat import ExpatError, ParserCreate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qbxml.characters import LegalCharacters

BAD = "\N{REPLACEMENT CHARACTER}".encode()
PARTS = [
    *(b"a", b"&#", b"&#x", b"&", b";", b"0", b"11", b"1F", b"B", b"x"),
    *(b"&#11;", b"&#x1f;", b"&#9;", b"&#xE9;", b"&amp;"),
    *(b"<", b"!", b"<!", b"<!-", b"<!--", b"-", b"-->", b"->", b"<?", b"?", b"?>"),
    *(b"<![CDATA[", b"<![", b"[CDATA[", b"]", b"]]>", b"]>"),
    *(b"\x00", b"\x0b", b"\x1f", b"\n", b"\xc3\xa9", b"\xc3", b"\xa9", b"\xe2\x82\xac", b"\xe2", b"\x82"),
    *(b"\xed\xa0\x80", b"\xed", b"\xef\xbf\xbe", b"\xef\xbf", b"\xbf", b"\xf0\x9f\x98\x80", b"\xf0\x9f"),
    *(b"\xff", b"\x81", b"&#0000000000065;", b"&#000000000000000000000", b"&#x" + b"0" * 20),
    *(b"&#99999999;", b"&#xD800;", b"&#xFFFF;"),
]


def replaced(pieces: Sequence[bytes]) -> tuple[bytes, int]:
    legal = LegalCharacters()
    out = b"".join([*map(legal.replace, pieces), legal.finish()])
    return out, legal.replaced


@pytest.mark.parametrize(
    ("given_", "wanted", "count"),
    [
        (b"<Memo>a&#11;b</Memo>", b"<Memo>a" + BAD + b"b</Memo>", 1),
        (b"a&#x1F;&#x0000B;b", b"a" + BAD * 2 + b"b", 2),
        (b"&#9;&#10;&#xD;&#x20;&#233;&#x10FFFF;", b"&#9;&#10;&#xD;&#x20;&#233;&#x10FFFF;", 0),
        (b"&#xD800;&#xDFFF;&#xFFFE;&#65535;&#1114112;&#0;", BAD * 6, 6),
        (b"&#;&#x;&#11&#00000000000065;", BAD * 4, 4),
        (b"a\x00\x0b\t\n\r\x1fb", b"a" + BAD * 2 + b"\t\n\r" + BAD + b"b", 3),
        ("é€😀".encode(), "é€😀".encode(), 0),
        (b"Zo\xeb \x80 \x81", "Zoë € ".encode() + BAD, 3),
        (b"\xed\xa0\x80|\xef\xbf\xbe", BAD + b"|" + BAD, 2),
        (b"<![CDATA[&#11;\x0b<!--]]>&#11;", b"<![CDATA[&#11;" + BAD + b"<!--]]>" + BAD, 2),
        (b"a<!-- &#11; ]]> -- <![CDATA[ -->b<!---->c", b"abc", 0),
        (b"<?xml version='1.0'?>&#11;<?a &#11; ?>", b"<?xml version='1.0'?>" + BAD + b"<?a &#11; ?>", 1),
        (b"a<!-- never", b"a<!--", 0),
        (b"a&", b"a&", 0),
        (b"&amp;#11; &#", b"&amp;#11; &#", 0),
    ],
)
def test_what_is_replaced(given_: bytes, wanted: bytes, count: int) -> None:
    assert replaced([given_]) == (wanted, count)
    assert replaced([given_[at : at + 1] for at in range(len(given_))]) == (wanted, count)


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.lists(st.integers(0, 60), max_size=8))
@example([b"&#1111111111111", b"abc"], [15])
@example([b"<!--", b"-", b"->"], [5])
@example([b"<![CDATA[", b"]]", b"]>", b"&#1", b"1;"], [11])
def test_the_pieces_do_not_matter(parts: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(parts)
    ends = [0, *sorted(cuts), len(whole)]
    assert replaced([whole[a:b] for a, b in pairwise(ends)]) == replaced([whole])


@given(st.lists(st.sampled_from([part for part in PARTS if b"<" not in part and part != b"&"]), max_size=12))
def test_whatever_text_comes_expat_takes_it(parts: list[bytes]) -> None:
    out, _ = replaced([b"<A>" + b"".join(parts).replace(b"]]>", b"") + b"</A>"])
    try:
        ParserCreate("utf-8").Parse(out, True)
    except ExpatError as error:
        raise AssertionError(out) from error


@given(st.binary(max_size=300))
def test_clean_bytes_are_given_back_as_they_are_and_others_become_utf8(data: bytes) -> None:
    out, count = replaced([data])
    out.decode()
    assert count or b"<!--" in data or out == data


def test_what_is_held_back_is_small() -> None:
    legal = LegalCharacters()
    for piece in (b"&#x" + b"0" * 100_000, b"0" * 100_000, b"<!--" + b"-" * 100_000, b"-" * 100_000):
        legal.replace(piece)
        assert len(legal._held) <= 12
