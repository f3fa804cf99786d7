"""The last words of an update session."""

from __future__ import annotations

import pytest

from qbwc_server.connector.closing import LeftOver, closing_words
from qbwc_server.connector.models import UpdateSessionRow

LINK = "https://books.example.com/status/abc"
NOTHING = LeftOver(needs_you=0, in_doubt=False)


@pytest.mark.parametrize(
    ("posted", "left", "words"),
    [
        ({}, NOTHING, "All is well."),
        ({"invoices": 1}, NOTHING, "1 invoice posted."),
        ({"invoices": 12}, NOTHING, "12 invoices posted."),
        ({"sales receipts": 1}, NOTHING, "1 sales receipt posted."),
        ({"payments": 2, "invoices": 1}, NOTHING, "1 invoice and 2 payments posted."),
        (
            {"payments": 1, "invoices": 2, "credit memos": 1, "sales receipts": 3},
            NOTHING,
            "1 credit memo, 2 invoices, 1 payment and 3 sales receipts posted.",
        ),
        ({}, LeftOver(1, in_doubt=False), f"1 needs you: {LINK}"),
        ({}, LeftOver(3, in_doubt=False), f"3 need you: {LINK}"),
        ({"invoices": 12}, LeftOver(1, in_doubt=False), f"12 invoices posted, 1 needs you: {LINK}"),
        ({}, LeftOver(0, in_doubt=True), "An answer is missing and is looked up in the next update."),
        (
            {"invoices": 2},
            LeftOver(1, in_doubt=True),
            f"2 invoices posted, an answer is missing and is looked up in the next update, 1 needs you: {LINK}",
        ),
    ],
)
def test_words_worth_reading(posted: dict[str, int], left: LeftOver, words: str) -> None:
    assert closing_words(UpdateSessionRow(posted=posted), left, LINK) == words


def test_an_error_is_the_last_word() -> None:
    session = UpdateSessionRow(posted={"invoices": 1}, error="Another company file is open.")
    assert closing_words(session, NOTHING, LINK) == "Another company file is open."


def test_without_an_address_nothing_says_where() -> None:
    left = LeftOver(needs_you=2, in_doubt=False)
    assert closing_words(UpdateSessionRow(posted={"invoices": 1}), left, "") == "1 invoice posted, 2 need you."
