"""Terms of billing: what cannot be together is refused with the reason."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from qbwc_server.billing.terms import BillingTerms, Mode, NotBilledYet, Proration
from tests.qbwc_server.billing.charged import terms


def test_five_in_the_morning_in_new_york_is_what_nobody_has_to_say() -> None:
    said = terms()
    assert (said.at.isoformat(), said.zone, said.proration) == ("05:00:00", "America/New_York", Proration.NONE)


def test_to_wait_for_the_distributor_and_bill_beforehand_never_bills() -> None:  # S4-14, f8
    with pytest.raises(ValidationError, match="never bill the current period"):
        terms(Mode.PRE_BILL, not_billed_yet=NotBilledYet.WAIT)
    assert terms(Mode.POST_BILL, not_billed_yet=NotBilledYet.WAIT).not_billed_yet is NotBilledYet.WAIT


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"day": 0}, "greater than or equal to 1"),
        ({"day": 32}, "less than or equal to 31"),
        ({"zone": "America/Gotham"}, "no time zone of this name"),
        ({"zone": "../../etc/passwd"}, "no time zone of this name"),
        ({"zone": ""}, "no time zone of this name"),
        ({"at": "05:00+02:00"}, "without a zone"),
        ({"mode": "both"}, "pre_bill"),
        ({"rounding": "up"}, "not permitted"),
    ],
)
def test_what_cannot_be_used_is_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        BillingTerms.model_validate(terms().model_dump() | wrong)


@pytest.mark.parametrize(
    ("proration", "additions", "removals"),
    [("none", False, False), ("additions", True, False), ("removals", False, True), ("both", True, True)],
)
def test_what_is_prorated(proration: str, *, additions: bool, removals: bool) -> None:
    assert (Proration(proration).additions, Proration(proration).removals) == (additions, removals)
