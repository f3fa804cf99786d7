"""Settings of billing: one declaration, and what cannot be together is refused with the reason."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from qbwc_server.billing_runs.settings import BillingSettings
from qbwc_server.validation import sentences

SAID = {"mode": "pre_bill", "day": "31", "first_day": "2026-11-30"}


def test_defaults_are_those_of_the_readings() -> None:  # part f
    said = BillingSettings.model_validate(SAID).model_dump(mode="json")
    del said["mode"], said["day"], said["first_day"]
    assert said == {
        "at": "05:00:00", "zone": "America/New_York", "proration": "none", "changes": "own_lines", "annual": "once",
        "not_billed_yet": "bill", "makes": "create", "unsent": "strict", "no_invoice": "create",
        "cost": "without_performance", "delivery": "by_quickbooks", "approval": "automatic", "class_name": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"not_billed_yet": "wait"}, "never bill the current period"),  # f8
        ({"makes": "update", "delivery": "neither"}, "counts as sent under strict"),  # f2
        ({"zone": "America/Gotham"}, "zone: there is no time zone of this name"),
        ({"at": "dawn"}, "at: It must be a time such as 05:00."),
        ({"at": []}, "at: It must be a time such as 05:00."),
        ({"first_day": "soon"}, "first_day: It must be a date such as 2026-03-31."),
        ({"first_day": "2026-11-30T05:00:00"}, "first_day: It must be a date such as 2026-03-31."),
        ({"day": 32}, "day: It must be at most 31."),
        ({"unsent": "never"}, "unsent: It must be 'strict' or 'marked'."),
    ],
)
def test_what_cannot_be_is_refused_in_words(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError) as found:
        BillingSettings.model_validate({**SAID, **wrong})
    assert said.lower() in " ".join(sentences(found.value, "settings")).lower()
