"""Codes of QuickBooks: every documented one has its sentence, and every other one gets a safe reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbxml.hresults import HRESULTS, Written, hresult, hresult_code
from qbxml.outcome import Cause, Outcome
from qbxml.status import status
from qbxml.status_codes import STATUS

DOCUMENTED = [
    0,
    1,
    500,
    501,
    510,
    530,
    531,
    540,
    550,
    560,
    570,
    600,
    1000,
    1010,
    1030,
    1060,
    2000,
    2040,
    3000,
    3010,
    3020,
    3030,
    3031,
    3035,
    3040,
    3045,
    3050,
    3060,
    3065,
    3070,
    3080,
    3085,
    3090,
    3100,
    3110,
    3120,
    3121,
    3130,
    3140,
    3150,
    3151,
    3152,
    3153,
    3160,
    3161,
    3162,
    3170,
    3171,
    3175,
    3176,
    3177,
    3180,
    3185,
    3190,
    3200,
    3205,
    3210,
    3220,
    3230,
    3231,
    3240,
    3250,
    3260,
    3261,
    3262,
    3263,
    3270,
    3280,
    3290,
    3300,
    3310,
    3391,
    9001,
    9002,
    9003,
    9004,
    9005,
    9100,
    9101,
    9102,
]
DOCUMENTED_HRESULTS = [
    "0x80040400",
    "0x80040401",
    "0x80040402",
    "0x80040403",
    "0x80040406",
    "0x80040408",
    "0x8004040A",
    "0x8004040D",
    "0x80040410",
    "0x80040414",
    "0x80040416",
    "0x80040417",
    "0x80040418",
    "0x8004041A",
    "0x8004041D",
    "0x8004041F",
    "0x80040420",
    "0x80040422",
    "0x80040424",
    "0x80040308",
]
IN_USE = "Cannot void the object. The transaction could not be locked. It is in use by another user."


@pytest.mark.parametrize("code", DOCUMENTED)
def test_every_documented_status_has_an_entry_of_its_own(code: int) -> None:
    assert status(code) is STATUS[code]
    assert STATUS[code].code == code


@pytest.mark.parametrize("code", DOCUMENTED_HRESULTS)
def test_every_documented_hresult_has_an_entry_of_its_own(code: str) -> None:
    assert hresult(code) is HRESULTS[code]
    assert HRESULTS[code].code == code


@pytest.mark.parametrize("entry", [*STATUS.values(), *HRESULTS.values()], ids=lambda entry: str(entry.code))
def test_sentences_are_sentences(entry: object) -> None:
    meaning, advice, outcome = (getattr(entry, field) for field in ("meaning", "advice", "outcome"))
    assert meaning[0].isupper()
    assert meaning.endswith(".")
    assert len(meaning) <= 120
    if outcome not in (Outcome.DONE, Outcome.NOTHING_FOUND):
        assert advice.endswith(".")


def test_codes_are_listed_once() -> None:
    assert len(HRESULTS) == len({hresult_code(code) for code in HRESULTS})
    assert list(STATUS) == sorted(STATUS)
    assert set(STATUS) >= set(DOCUMENTED)


@pytest.mark.parametrize(
    ("code", "message", "outcome"),
    [
        (3170, 'Error modifying "x". This list has been modified by another user.', Outcome.TRY_AGAIN),
        (3170, "You need to delete this transaction from the deposit before you can edit it.", Outcome.CORRECT),
        (3171, "The period is closed.", Outcome.CORRECT),
        (3171, "QuickBooks failed to acquire the lock.", Outcome.TRY_AGAIN),
        (3175, "because it is already in use.\n The list element  is in use.", Outcome.TRY_AGAIN),
        (3176, "", Outcome.TRY_AGAIN),
        (3177, "", Outcome.OURS),
        (3179, "The Internals could not be locked.", Outcome.TRY_AGAIN),
        (3180, "There was an error when saving a Customers list, element x.", Outcome.CORRECT),
        (
            3180,
            "error when saving: The internals could not be locked. They are in use by another user.",
            Outcome.TRY_AGAIN,
        ),
        (3185, IN_USE, Outcome.TRY_AGAIN),
        (3185, "", Outcome.CORRECT),
        (3200, "The provided edit sequence is out-of-date.", Outcome.TRY_AGAIN),
        (3210, "The list element is in use.", Outcome.CORRECT),
        (3100, IN_USE, Outcome.CORRECT),
        (3162, "", Outcome.TRY_AGAIN),
    ],
)
def test_where_a_code_means_two_things_the_text_decides(code: int, message: str, outcome: Outcome) -> None:
    found = status(code, message)
    assert (found.code, found.outcome) == (code, outcome)


@pytest.mark.parametrize(
    ("code", "outcome", "doubtful"),
    [
        (7, Outcome.DONE, False),
        (599, Outcome.DONE, True),
        (1999, Outcome.TRY_AGAIN, True),
        (2500, Outcome.OURS, False),
        (3005, Outcome.OURS, False),
        (3999, Outcome.CORRECT, False),
        (9050, Outcome.OURS, True),
        (9150, Outcome.OURS, False),
        (9200, Outcome.OURS, True),
        (-1, Outcome.OURS, True),
    ],
)
def test_an_unknown_code_is_read_by_its_range(code: int, outcome: Outcome, doubtful: bool) -> None:
    found = status(code)
    assert (found.code, found.outcome, found.doubtful) == (code, outcome, doubtful)


@pytest.mark.parametrize("code", [1000, 1010, 9002, 9005])
def test_what_may_have_been_written_is_marked_doubtful(code: int) -> None:
    assert status(code).doubtful


def test_only_a_set_that_could_not_be_read_is_surely_not_written() -> None:
    assert hresult("0x80040400").written is Written.NO
    assert hresult("0x80040402").written is Written.UNKNOWN
    assert hresult("0x80040408").written is Written.UNKNOWN
    assert hresult("0x8004FFFF").written is Written.UNKNOWN
    assert hresult("").written is Written.UNKNOWN


@pytest.mark.parametrize(
    "spelling", ["0x80040400", "0X80040400", "80040400", " 0x80040400\n", "-2147220480", "0x080040400"]
)
def test_an_hresult_is_known_in_every_spelling(spelling: str) -> None:
    assert hresult(spelling) is HRESULTS["0x80040400"]


def test_an_unknown_hresult_keeps_its_code() -> None:
    assert hresult("0x8004abcd").code == "0x8004ABCD"
    assert hresult("nonsense").code == "nonsense"


@pytest.mark.parametrize("code", [*HRESULTS, "0x8004ABCD", "nonsense", ""])
def test_where_only_the_connection_failed_nobody_is_sent_to_look_for_entries(code: str) -> None:
    failed = hresult(code, connecting=True)
    assert failed.written is Written.NO
    assert failed.advice.endswith(".")
    assert "entry" not in failed.advice
    assert failed.meaning == hresult(code).meaning


def test_quickbooks_that_could_not_be_started() -> None:
    failed = hresult("0x80040408", " Could not start\nQuickBooks. ", connecting=True)
    assert failed.sentence == (
        "QuickBooks could not be started. (0x80040408) QuickBooks says: Could not start QuickBooks."
    )
    assert "same Windows user" in failed.advice
    assert "update of QuickBooks" in failed.advice


@pytest.mark.parametrize("code", ["0x8004ABCD", "0x80040402", "nonsense"])
def test_an_hresult_is_quoted_with_its_code_and_words(code: str) -> None:
    assert f"({code}) QuickBooks says: Only this once." in hresult(code, "Only this once.").sentence


@pytest.mark.parametrize("code", [9999, -1, 530, 7, 2500, 3999, 9150, 1000])
def test_a_status_is_quoted_with_its_words_and_an_unknown_one_with_its_code(code: int) -> None:
    said = status(code, "A very clear\n refusal text").sentence
    assert said.endswith("QuickBooks says: A very clear refusal text")
    assert code in STATUS or str(code) in said


def test_words_from_outside_are_bounded() -> None:
    for said in (status(9999, "x" * 100_000).sentence, hresult("0x8004ABCD", "x " * 100_000).sentence):
        assert len(said) < 700
        assert said.endswith("...")
    assert status(9999, "a\x1fb\u2028c").words == "a b c"


@pytest.mark.parametrize(
    ("code", "message", "cause"),
    [
        (3100, "", Cause.NAME_IN_USE),
        (3100, 'The name "closing date" of the list element is already in use.', Cause.NAME_IN_USE),
        (3120, "", Cause.NOT_THERE),
        (3140, 'There is an invalid reference to QuickBooks Item "Seat" in the Invoice line.', Cause.UNKNOWN_NAME),
        (3140, 'There is an invalid reference to QuickBooks Item "Currency" in the line.', Cause.UNKNOWN_NAME),
        (3140, 'There is an invalid reference to QuickBooks Currency "Euro" in the Customer.', Cause.CURRENCY),
        (3140, "The account and the customer must have the same currency.", Cause.CURRENCY),
        (3210, "You may not set an exchange rate for it.", Cause.CURRENCY),
        (3150, "The books have been closed.", Cause.CLOSED_PERIOD),
        (3171, "", Cause.CLOSED_PERIOD),
        (3161, "", Cause.CLOSED_PERIOD),
        (3180, "QuickBooks error message: The date is on or before the closing date.", Cause.CLOSED_PERIOD),
        (3171, "The transaction could not be locked.", Cause.LOCKED),
        (3175, "", Cause.LOCKED),
        (3200, "", Cause.STALE),
        (3231, "The request has not been processed.", Cause.ANOTHER_FAILED),
        (3250, "No multiple currencies here.", Cause.FEATURE_OFF),
        (3260, "", Cause.PERMISSION),
        (3391, "", Cause.ITERATOR_GONE),
        (3210, "You cannot pay more than the amount due.", None),
        (0, "Status OK", None),
        (1000, "closing date", None),
    ],
)
def test_the_cause(code: int, message: str, cause: Cause | None) -> None:
    assert status(code, message).cause is cause


def test_whether_an_answer_tells_all() -> None:
    assert [code for code in STATUS if status(code).tells_all] == [0, 1, 500]


@given(st.integers(), st.text(max_size=50))
def test_status_always_answers(code: int, message: str) -> None:
    assert status(code, message).code == code


@given(st.text(max_size=60))
def test_hresult_always_answers_and_spells_a_code_the_same_way_twice(code: str) -> None:
    assert hresult(hresult(code).code).code == hresult(code).code
