"""Double entry: balances by account and entity, and nothing that does not balance."""

from decimal import Decimal

import pytest

from qbwc_server.simulator.ledger import Ledger, Posting, Unbalanced, cents, combined

D = Decimal
SALE = (Posting("receivable", D("10.00"), "kern"), Posting("sales", D("-10.00")))


def test_postings_make_balances_and_can_be_taken_back() -> None:
    ledger = Ledger()
    ledger.post(SALE)
    ledger.post((Posting("receivable", D("5.00"), "bluebird"), Posting("sales", D("-5.00"))))
    assert ledger.balances() == {"receivable": D("15.00"), "sales": D("-15.00")}
    assert ledger.entity_balance("receivable", "kern") == D("10.00")
    assert ledger.entity_total("kern", ["receivable", "payable"]) == D("10.00")
    ledger.withdraw(SALE)
    assert ledger.balances() == {"receivable": D("5.00"), "sales": D("-5.00")}
    assert ledger.entity_balance("receivable", "kern") == 0


def test_what_does_not_balance_is_not_entered() -> None:
    ledger = Ledger()
    with pytest.raises(Unbalanced, match=r"0\.01"):
        ledger.post((Posting("a", D("1.00")), Posting("b", D("-0.99"))))
    assert ledger.balances() == {}


def test_one_posting_for_each_account_and_entity() -> None:
    parts = (*SALE, *SALE, Posting("rounding", D("0.00")))
    assert combined(parts) == (Posting("receivable", D("20.00"), "kern"), Posting("sales", D("-20.00")))


@pytest.mark.parametrize(
    ("value", "rounded"), [("1.005", "1.01"), ("-1.005", "-1.01"), ("1.0049", "1.00"), ("2", "2.00")]
)
def test_half_a_cent_goes_away_from_zero(value: str, rounded: str) -> None:
    assert str(cents(D(value))) == rounded
