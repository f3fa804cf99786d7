"""An exchange: a credit memo and another sale that pay each other, through an account that is zero in the end."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbwc_server.shop.entries import Entry, Role, total
from qbwc_server.shop.events import Event, EventKind, Tender
from qbwc_server.shop.exchanges import exchanged
from qbwc_server.shop.order import NOWHERE

AT = datetime(2026, 3, 5, 17, tzinfo=UTC)


def event(key: str, kind: EventKind, owed: str = "0", paid: str = "0", day: int = 5) -> Event:
    """Something that happened."""
    entries = (Entry(Role.SALES, key, Decimal(owed)),) if Decimal(owed) else ()
    tenders = (Tender(key, "cash", Decimal(paid), AT),) if Decimal(paid) else ()
    return Event(key, kind, AT, date(2026, 3, day), NOWHERE, entries, tenders)


SOLD = (event("sale", EventKind.SALE, "20", day=2), event("payment", EventKind.MONEY, paid="20", day=2))


def netted(*events: Event) -> dict[str, Decimal]:
    """What goes through the account, by event."""
    found = {}
    for one in exchanged([*SOLD, *events]):
        if amount := total(entry for entry in one.entries if entry.role is Role.EXCHANGE):
            found[one.key] = amount
    return found


@pytest.mark.parametrize(
    ("taken", "returned", "money", "wanted"),
    [
        ("20", "-20", "0", 20),  # even
        ("25", "-20", "5", 20),  # something is paid on top
        ("15", "-20", "0", 15),  # the rest is the customer's
        ("25", "-20", "0", 20),  # the rest is owed
        ("25", "-20", "25", 0),  # all of it was paid: what came back is the customer's
        ("25", "-20", "15", 10),
    ],
)
def test_what_comes_back_pays_what_is_taken(taken: str, returned: str, money: str, wanted: int) -> None:  # part b
    events = [event("edit", EventKind.EDIT, taken), event("refund", EventKind.REFUND, returned)]
    events += [event("more", EventKind.MONEY, paid=money)] if Decimal(money) else []
    assert netted(*events) == ({"refund": Decimal(wanted), "edit": -Decimal(wanted)} if wanted else {})


def test_money_that_went_back_pays_nothing() -> None:
    assert not netted(event("edit", EventKind.EDIT, "20"), event("refund", EventKind.REFUND, "-20", "-20"))
    half = netted(event("edit", EventKind.EDIT, "20"), event("refund", EventKind.REFUND, "-20", "-12"))
    assert half == {"refund": 8, "edit": -8}


def test_an_earlier_day_is_never_changed() -> None:  # rule 5
    assert not netted(event("refund", EventKind.REFUND, "-20", day=5), event("edit", EventKind.EDIT, "20", day=6))


_CENTS = st.decimals("0", "90", places=2).map(str)


@given(st.lists(st.tuples(st.sampled_from(["edit", "refund", "money"]), _CENTS, _CENTS, st.integers(3, 5)), max_size=6))
def test_it_is_zero_on_every_day_and_what_is_owed_stays(told: list[tuple[str, str, str, int]]) -> None:
    events = list(SOLD)
    for number, (what, amount, money, day) in enumerate(told):
        if what == "refund":
            less = str(-min(Decimal(amount), Decimal(money)))
            events.append(event(f"r{number}", EventKind.REFUND, f"-{amount}", less, day))
        elif what == "edit":
            events.append(event(f"e{number}", EventKind.EDIT, amount, day=day))
        else:
            events.append(event(f"m{number}", EventKind.MONEY, paid=money, day=day))
    found = exchanged(events)
    assert [one.key for one in found] == [one.key for one in events]
    for today in {one.day for one in found}:
        then = [entry for one in found if one.day == today for entry in one.entries if entry.role is Role.EXCHANGE]
        assert total(then) == 0
    for one, before in zip(found, events, strict=True):
        assert one.tenders == before.tenders
        if before.owed <= 0:
            assert one.owed - one.paid <= 0  # a return is never worth more than it was
        else:
            assert one.owed >= 0
