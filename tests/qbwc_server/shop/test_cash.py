"""Cash sessions: what should be in the drawer, who counted, what is over or short."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.documents.problems import Problem
from qbwc_server.shop.cash import Session, of_register, session_of
from qbwc_server.shop.journals import Account, Journal, Move

from .shopped import TERMS, Node

OPENED, CLOSED = "2026-03-02T14:00:00Z", "2026-03-03T03:00:00Z"


def yen(amount: object) -> Node:
    """A plain amount."""
    return {"amount": str(amount), "currencyCode": "JPY"}


def session(number: int = 1, **more: Any) -> Session:
    """The worked check: a float of 30,000, sales of 84,200, a pay-out of 3,150, and 110,900 counted."""
    node = {
        "id": f"gid://shopify/CashTrackingSession/{number}",
        "registerName": "Front",
        "location": {"id": "gid://shopify/Location/1", "name": "Ginza"},
        "openingTime": OPENED,
        "closingTime": CLOSED,
        "openingBalance": yen(30_000),
        "totalCashSales": yen(84_200),
        "totalCashRefunds": yen(0),
        "closingBalance": yen(110_900),
        "closingStaffMember": {"name": "Aiko"},
        "adjustments": [{"id": "gid://a/7", "time": OPENED, "cash": yen(-3_150), "note": "Stamps"}],
        **more,
    }
    found = session_of(node, "JPY")
    assert found is not None
    return found


def test_worked_check_till() -> None:  # expected 111,050; short 150
    one = session()
    assert (one.expected, one.over) == (Decimal(111_050), Decimal(-150))
    entries = list(of_register([session(0, openingTime="2026-03-01T14:00:00Z"), one], TERMS))
    short = entries[-1]
    assert isinstance(short, Journal)
    assert short.day == date(2026, 3, 2)  # in New York
    assert [(each.account, each.amount) for each in short.postings] == [
        (Account.DRAWER, Decimal(-150)),
        (Account.OVER_SHORT, Decimal(150)),
    ]
    assert "short at closing, counted by Aiko" in short.memo
    pay_out = entries[-2]
    assert isinstance(pay_out, Move)
    assert (pay_out.source, pay_out.target, pay_out.amount) == (Account.DRAWER, Account.PAY_IN_OUT, Decimal(3_150))
    assert "Stamps" in pay_out.memo


def test_the_first_float_waits_for_a_person() -> None:  # part f
    first = next(iter(of_register([session()], TERMS)))
    assert isinstance(first, Journal)
    assert [one.code for one in first.reviews] == ["first_float"]
    assert {one.account: one.amount for one in first.postings} == {Account.DRAWER: 30_000, Account.OPENING: -30_000}


def test_what_the_shop_expects_counts_more_than_what_we_add_up() -> None:
    assert session(expectedClosingBalance=yen(110_900)).over == 0


def test_an_opening_that_differs_from_the_last_count_is_told() -> None:
    later = session(2, openingTime=CLOSED, closingTime=None, expectedOpeningBalance=yen(30_100), adjustments=[])
    entries = list(of_register([later, session()], TERMS))
    assert isinstance(entries[-1], Journal)
    assert [each.amount for each in entries[-1].postings] == [-100, 100]
    assert "short at opening" in entries[-1].memo


def test_a_missing_count_is_reported_and_not_taken_for_equal() -> None:  # rule 11
    found = list(of_register([session(closingBalance=None)], TERMS))
    told = [one for one in found if isinstance(one, Problem)]
    assert [one.code for one in told] == ["not_counted"]
    assert "111050 should be in it" in told[0].message
    assert not any(isinstance(one, Journal) and one.origin.endswith(":closing") for one in found)


@pytest.mark.parametrize("more", [{"openingTime": None}, {"cashTrackingEnabled": False}])
def test_what_is_no_session(more: Node) -> None:
    assert session_of({"id": "gid://s/1", "openingTime": OPENED, **more}) is None


def test_an_open_session_has_no_count_yet() -> None:
    found = list(of_register([session(closingTime=None)], TERMS))
    assert [type(one) for one in found] == [Journal, Move]
