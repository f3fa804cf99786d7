"""Text on its way into QuickBooks: storable, noted where changed, refused where nothing will do."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qbxml.text import CharacterPolicy, TextRefused, fit, shorten, storable

TYPOGRAPHY = "“Zoë’s” café – 5 € … ™ • œuvre ŸŽ"


def is_question_mark(ch: str) -> bool:
    name = unicodedata.name(ch, "")
    return "?" in unicodedata.normalize("NFKC", ch) or "QUESTION" in name or "INTERROBANG" in name


QUESTION_MARKS = re.compile("|".join(re.escape(chr(at)) for at in range(0x20000) if is_question_mark(chr(at))))


def stored_as(text: str) -> str:
    """What comes back from a store that keeps Windows-1252 and nothing else."""
    return text.encode("cp1252", errors="replace").decode("cp1252")


@pytest.mark.parametrize("text", ["", "plain", TYPOGRAPHY, "tab\tand\nline", "no-break\xa0space ¥ ½ ²", "a & b < c"])
def test_what_windows_1252_holds_stays_without_a_note(text: str) -> None:
    assert fit(text, policy=CharacterPolicy.REFUSE).text == text
    assert fit(text).text == text
    assert fit(text).notes == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Łódź", "Lódz"),  # accents that can be stored are kept
        ("Nguyễn", "Nguyên"),
        ("Müller ẞ", "Müller Ss"),
        ("Ōsaka", "Osaka"),
        ("ほうれん草", "hourenCao"),
        ("スーパー", "supa"),
        ("Ｋｅｒｎ　￥５００～？", "Kern ¥500~?"),
        ("㈱田中", "(Zhu)TianZhong"),
        ("Привет", "Privet"),
        ("Αθήνα", "Athina"),
        ("deal 😀", "deal (grinning)"),
        ("👍🏽", "(thumbsup)"),
        ("10⁵ and 2⅓ and ⅓ and ①", "10^5 and 2 1/3 and 1/3 and (1)"),
        ("a ≠ b ≤ c ≮ d", "a != b <= c !< d"),
        ("kann\u00adst", "kann\u00adst"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("x\u0302y", "xy"),
        ("ﬁne", "fine"),
        ("why\U000e003f", "why"),
        ("ما هذا؟", "m hdh?"),
        ("𝔉𝔯𝔞𝔨𝔱𝔲𝔯", "Fraktur"),
    ],
)
def test_transliteration(value: str, text: str) -> None:
    assert fit(value).text == text


def test_a_decomposed_accent_is_put_together_before_it_is_judged() -> None:
    fitted = fit("Cafe\u0301 A\u030angstro\u0308m", policy=CharacterPolicy.REFUSE, max_length=13)
    assert fitted.text == "Café Ångström"
    assert fitted.notes == ()


@pytest.mark.parametrize(("value", "text"), [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\r\n\r\nb", "a\n\nb")])
def test_line_ends_become_line_feeds(value: str, text: str) -> None:
    assert fit(value, policy=CharacterPolicy.REFUSE).text == text


def test_the_note_names_the_field_and_shows_old_and_new() -> None:
    (note,) = fit("Ship to 田中 太郎", name="Customer name").notes
    assert note.startswith("Customer name: ")
    assert '"田中" as "TianZhong"' in note
    assert '"太郎" as "TaiLang"' in note


def test_a_long_text_has_a_short_note() -> None:
    (note,) = fit(" ".join(chr(0x4E00 + i) * 60 for i in range(50))).notes
    assert "and 47 more" in note
    assert len(note) < 500


def test_marks_left_out_are_noted() -> None:
    (note,) = fit("zero\u200bwidth", name="memo").notes
    assert note.startswith("memo: left out")
    assert "U+200B" in note


@pytest.mark.parametrize(
    "value",
    [
        "\x00",
        "bell\x07",
        "\x1b[0m",
        "\x7f",
        "\x80",
        "\x85",
        "\x9d",
        "\ud800",
        "\ue000",
        "\U000f1234",
        "\uffff",
        "damaged \ufffd",
        "⠦",
        "𒀀",
        "𠀂",
        "\u200b",
        " \u200b\u0301",
    ],
)
def test_what_nothing_stands_for_is_refused(value: str) -> None:
    with pytest.raises(TextRefused) as caught:
        fit(value, name="InvoiceAdd.memo")
    assert caught.value.path == "InvoiceAdd.memo"
    assert caught.value.rule == "characters"
    str(caught.value).encode()  # the message itself can be logged and shown


def test_refusing_is_a_policy() -> None:
    with pytest.raises(TextRefused):
        fit("Łódź", policy=CharacterPolicy.REFUSE)


def test_the_length_is_counted_in_the_result() -> None:
    assert fit("e\u0301" * 11, max_length=11).text == "é" * 11
    assert fit("a\r\nb", max_length=3).text == "a\nb"
    with pytest.raises(TextRefused) as caught:
        fit("田中太郎", max_length=15, name="name")  # TianZhongTaiLang: 16
    assert (caught.value.path, caught.value.rule, caught.value.limit) == ("name", "max_length", 15)


def test_storable_agrees_with_windows_1252() -> None:
    for number in range(0x110000):
        ch = chr(number)
        try:
            encoded = bool(ch.encode("cp1252"))
        except UnicodeEncodeError:
            encoded = False
        control = (number < 0x20 and ch not in "\t\n") or number == 0x7F
        assert storable(ch) == (encoded and not control), hex(number)


WRITABLE = "日本語ほうれん草ŁódźễẞïŸ“”’…€😀👍🏽\u200d\u0301\u0302\r\n\tab c？؟⅓⁵≠①㈱Привет"
awkward = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(exclude_categories=[]), max_size=10),
    st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z"], max_codepoint=0x33FF), max_size=40),
    st.text(WRITABLE, max_size=40),
    st.text(WRITABLE + "\x00\ufffd\ud800", max_size=40),
)


@given(awkward)
@example("?\u0301")
@example("🇺🇸")
@example("\r\r\n")
def test_whatever_comes_out_is_stored_unchanged(value: str) -> None:
    try:
        fitted = fit(value)
    except TextRefused:
        return
    text = fitted.text
    assert stored_as(text) == text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)
    if "?" in text:
        assert QUESTION_MARKS.search(value)
    again = fit(text, policy=CharacterPolicy.REFUSE)
    assert again.text == text
    assert again.notes == ()


assigned = [at for at in range(0x32000) if unicodedata.category(chr(at)) not in ("Cn", "Co", "Cs")]


def test_no_character_becomes_a_question_mark_but_a_question_mark() -> None:
    for ch in map(chr, assigned):
        try:
            text = fit(ch).text
        except TextRefused:
            continue
        if "?" in text:
            assert is_question_mark(ch), hex(ord(ch))


@given(awkward, st.integers(1, 30))
def test_a_fitted_text_never_exceeds_its_limit(value: str, limit: int) -> None:
    try:
        unlimited = fit(value).text
    except TextRefused:
        return
    if len(unlimited) <= limit:
        assert fit(value, max_length=limit).text == unlimited
    else:
        with pytest.raises(TextRefused) as caught:
            fit(value, max_length=limit)
        assert caught.value.rule == "max_length"


@given(st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x20), max_size=60), st.integers(1, 40))
def test_a_shortened_text_is_a_beginning_of_the_text(value: str, limit: int) -> None:
    short = shorten(value, limit)
    assert len(short.text) <= limit
    assert value.startswith(short.text)
    assert bool(short.notes) == (len(value) > limit)
    assert shorten(short.text, limit).text == short.text


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        ("Kern Lighting Warehouse", 15, "Kern Lighting"),
        ("Kern Lighting Warehouse", 13, "Kern Lighting"),
        ("Kern Lighting", 13, "Kern Lighting"),
        ("A Donaudampfschifffahrtsgesellschaft", 10, "A Donaudam"),
        ("one\ntwo three", 9, "one\ntwo"),
    ],
)
def test_shortening_stops_after_a_word(value: str, limit: int, text: str) -> None:
    assert shorten(value, limit).text == text


def test_shortening_says_what_was_left_out() -> None:
    (note,) = shorten("Kern Lighting Warehouse", 15, name="company name").notes
    assert note.startswith("company name: shortened")
    assert '"Warehouse"' in note
