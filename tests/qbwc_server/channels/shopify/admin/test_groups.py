"""What is drafted together: the parts of orders by place and day, fees by day, sessions by drawer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from qbwc_server.channels.contract import BrokenPage, Fact, Page, Window
from qbwc_server.channels.shopify.admin.drafts import PART
from qbwc_server.channels.shopify.admin.groups import Grouping, order_of_key
from qbwc_server.channels.shopify.admin.options import ShopOptions
from qbwc_server.documents.problems import Problem
from tests.qbwc_server.shop.generated import place
from tests.qbwc_server.shop.shopped import back, back_line, item, order, paid

AT, LATER = "2026-03-02T17:00:00Z", "2026-03-06T04:59:00Z"
NOW = datetime(2026, 4, 1, tzinfo=UTC)
GID = "gid://shopify/Order/1001"
SHOP = {"ianaTimezone": "America/New_York", "currencyCode": "USD"}


def grouped(stream: str, fact: Fact, *known: str, **more: str) -> list[Fact]:
    """A fact as it leaves the pull."""
    options = ShopOptions.model_validate({"shop": "tea", "token": "shpat_1", **more})
    page = Grouping(options, Window(stream, None, NOW, lambda: known)).page(Page([fact], complete_until=NOW))
    assert isinstance(page, Page)
    assert page.complete_until == NOW
    return list(page.facts)


def sold() -> Fact:
    """Sold in one place, given back in another late on another day."""
    money = [paid(2, "10.0", LATER, "cash", kind="REFUND", location=place("2"))]
    node = order(
        "10.0",
        [item(1, "10.0")],
        retailLocation=place("1"),
        transactions=[paid(1, "10.0", AT)],
        refunds=[back(5, [back_line(1, 1, "10.0")], money, LATER)],
    )
    return Fact(GID, NOW, {**node, "shop": SHOP}, sequence=None)


def test_an_order_is_part_of_every_place_and_day_it_has_to_do_with() -> None:  # S3-14
    found = grouped("orders", sold())
    assert {one.group for one in found} == {
        f"{place}:{day}" for place in ("1", "2") for day in ("2026-03-02", "2026-03-05")
    }
    assert {one.key for one in found} == {f"{GID}@{one.group}" for one in found}
    assert all(one.body[PART]["day"] in str(one.group) and one.changed_at == NOW for one in found)
    assert {order_of_key(one.key) for one in found} == {GID}


def test_in_detail_an_order_is_one_fact() -> None:  # S3-15
    assert grouped("orders", sold(), documents="detailed") == [sold()]


def test_parts_that_are_none_any_more_are_gone() -> None:
    known = (f"{GID}@1:2026-03-02", f"{GID}@1:2026-03-09", "gid://shopify/Order/10011@1:2026-03-09")
    found = grouped("orders", sold(), *known)
    assert [(one.key, one.group) for one in found if one.gone] == [(f"{GID}@1:2026-03-09", "1:2026-03-09")]


def test_an_order_that_is_gone_is_gone_with_all_its_parts() -> None:
    known = (f"{GID}@1:2026-03-02", f"{GID}@2:2026-03-05", "gid://shopify/Order/9@1:2026-03-02")
    found = grouped("orders", Fact(GID, NOW, {}, gone=True), *known)
    assert [(one.key, one.gone) for one in found] == [(one, True) for one in known[:2]]


def other(kind: str, **said: Any) -> Fact:
    """A fact that is no order."""
    return Fact(f"gid://shopify/{kind}/1", NOW, {"id": f"gid://shopify/{kind}/1", "shop": SHOP, **said})


def test_fees_are_together_by_day_and_sessions_by_drawer() -> None:
    amounts = {name: {"amount": "1.00", "currencyCode": "USD"} for name in ("amount", "fee", "net")}
    fee = other("ShopifyPaymentsBalanceTransaction", type="CHARGE", transactionDate=LATER, **amounts)
    assert [one.group for one in grouped("balance_transactions", fee)] == ["2026-03-05"]
    session = other("CashTrackingSession", openingTime=AT, registerName="Front", location=place("7"))
    assert [one.group for one in grouped("cash_sessions", session)] == ["7:Front"]
    assert [one.group for one in grouped("payouts", other("ShopifyPaymentsPayout"))] == [None]


def test_a_page_that_is_broken_stays_so() -> None:
    broken = BrokenPage(Problem("x", "", "x", ""))
    options = ShopOptions.model_validate({"shop": "tea", "token": "shpat_1"})
    assert Grouping(options, Window("orders", None, NOW)).page(broken) is broken
