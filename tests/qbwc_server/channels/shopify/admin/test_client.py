"""A shop is asked in a version that it speaks, no faster than it allows; what it says is understood."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from qbwc_server.channels.http import AnswerUnreadable, SignInRefused, UpstreamBusy, UpstreamError, UpstreamRefused
from qbwc_server.channels.shopify.admin.client import AdminClient
from qbwc_server.channels.shopify.admin.scopes import AccessDenied
from qbwc_server.channels.shopify.admin.versions import KNOWN
from qbwc_server.simulator.shop.api import Bucket
from tests.channels import upstream_server as wire
from tests.channels.shop_upstream import ShopUpstream
from tests.channels.upstream_server import Fault, Told
from tests.conftest import TurnableClock

Opened = Callable[[], AdminClient]
NAMES = "query { shop { name } }"


def told(body: object, **headers: str) -> Fault:
    """Another answer, with status 200."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Told(200, named, json.dumps(body).encode())


def refused(code: str, message: str = "No", **more: object) -> Fault:
    """An error beside status 200."""
    return told({"errors": [{"message": message, "extensions": {"code": code, **more}}]})


def test_the_newest_version_is_asked_and_the_shop_says_what_it_is(opened: Opened, shop: ShopUpstream) -> None:
    client = opened()
    assert client.shop["ianaTimezone"] == "America/New_York"
    assert client.version == KNOWN[0]
    assert client.remarks == ()
    assert [one.path for one in shop.server.asked] == [f"/admin/api/{KNOWN[0]}/graphql.json"]


def test_a_version_that_is_not_there_yet_is_left_for_an_older_one_and_that_is_told(
    opened: Opened, shop: ShopUpstream
) -> None:
    shop.api.versions = ("2026-01", "2026-04")
    client = opened()
    assert client.version == "2026-04"
    assert client.remarks == ("Version 2026-10 of Shopify's API is not there; 2026-04 answers in its place.",)


def test_a_version_that_is_no_more_is_answered_by_the_oldest_and_that_is_told(
    opened: Opened, shop: ShopUpstream
) -> None:
    shop.api.versions = ("2027-01", "2027-04")
    client = opened()
    assert client.version == "2027-01"
    assert client.remarks == ("Version 2026-10 of Shopify's API is no more; 2027-01 answers in its place.",)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "sign_in_refused", "refuses the key"),
        (402, "shop_frozen", "not paid"),
        (403, "app_not_let_in", "does not let this app in"),
        (404, "no_such_shop", "no shop at this address"),
        (423, "shop_locked", "locked"),
        (430, "taken_for_an_attack", "attack"),
        (500, "upstream_busy", "busy"),
        (429, "upstream_busy", "busy"),
    ],
)
def test_each_status_is_a_sentence(opened: Opened, shop: ShopUpstream, status: int, code: str, words: str) -> None:
    shop.server.faults.extend([wire.status(status)] * 9)
    with pytest.raises(UpstreamError, match=words) as refusal:
        opened()
    assert refusal.value.code == code
    assert refusal.value.advice


def test_a_wrong_token_is_one_also_where_it_is_said_with_status_200(opened: Opened, shop: ShopUpstream) -> None:
    shop.server.faults.append(told({"errors": "[API] Invalid API key or access token"}))
    with pytest.raises(SignInRefused):
        opened()


def test_too_fast_waits_as_long_as_the_answer_implies_and_goes_on(
    opened: Opened, shop: ShopUpstream, paused: list[float], clock: TurnableClock
) -> None:
    client = opened()
    cost = {"requestedQueryCost": 300, "throttleStatus": {"currentlyAvailable": 50, "restoreRate": 100.0}}
    throttled = {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": cost},
    }
    shop.server.faults.append(told(throttled))
    assert client.ask(NAMES, {}, "the shop")["shop"] == {"name": "Tea Shop"}
    shop.server.faults.extend([told(throttled)] * 5)
    with pytest.raises(UpstreamBusy) as refusal:
        client.ask(NAMES, {}, "the shop")
    assert refusal.value.patience_s == 2.5


def test_points_that_are_used_up_are_waited_for_before_the_next_question(
    opened: Opened, shop: ShopUpstream, paused: list[float], clock: TurnableClock
) -> None:
    shop.api.bucket = Bucket(most=10, rate=2, available=10)
    client = opened()
    for _ in range(12):
        client.ask("query { currentAppInstallation { accessScopes { handle } } shop { name } }", {}, "the shop")
    assert sum(paused) > 0
    assert len(shop.server.asked) == 13  # none of them in vain


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (refused("INTERNAL_SERVER_ERROR"), UpstreamBusy),
        (refused("SHOP_INACTIVE", "The shop is inactive"), UpstreamRefused),
        (told({"data": None}), AnswerUnreadable),
        (told([1]), AnswerUnreadable),
        (told({"errors": "No"}), UpstreamRefused),
    ],
    ids=["internal", "inactive", "null", "no object", "text"],
)
def test_errors_beside_status_200_are_understood(
    opened: Opened, shop: ShopUpstream, fault: Fault, error: type[UpstreamError]
) -> None:
    client = opened()
    shop.server.faults.extend([fault] * 5)
    with pytest.raises(error):
        client.ask(NAMES, {}, "the shop")


def test_what_the_token_may_not_see_names_the_scope_and_what_is_missing_in_the_books(
    opened: Opened, shop: ShopUpstream
) -> None:
    client = opened()
    shop.store.scopes = frozenset({"read_orders"})
    with pytest.raises(
        AccessDenied, match="read_gift_cards; missing in the books: gift cards that were issued"
    ) as refusal:
        client.ask("query { giftCards(first: 1) { nodes { id } } }", {}, "gift cards")
    assert refusal.value.scope == "read_gift_cards"


def test_personal_data_that_is_not_given_costs_nothing_but_a_remark(
    opened: Opened, shop: ShopUpstream, clock: TurnableClock
) -> None:
    shop.sell(1, 500, clock())
    shop.api.denied = frozenset({"customer"})
    client = opened()
    found = client.ask("query { orders(first: 1) { nodes { id customer { id } } } }", {}, "orders")
    assert found["orders"]["nodes"] == [{"id": "gid://shopify/Order/1", "customer": None}]
    assert client.remarks == ("The shop does not give customer to this token: Access denied for customer field.",)


@pytest.mark.parametrize("path", [["order"], ["customer"], ["orders", "nodes", 0, "transactions"], None])
def test_what_the_books_need_is_never_taken_for_nothing(opened: Opened, shop: ShopUpstream, path: object) -> None:
    """An order that is not given to us is not one that was deleted, and its money is not none."""
    client = opened()
    error = {"message": "Access denied", "path": path, "extensions": {"code": "ACCESS_DENIED"}}
    shop.server.faults.append(told({"data": {"order": None, "customer": None, "orders": None}, "errors": [error]}))
    with pytest.raises(AccessDenied):
        client.ask(NAMES, {}, "orders")


def test_without_orders_nothing_goes(opened: Opened, shop: ShopUpstream) -> None:
    shop.store.scopes = frozenset({"read_products"})
    with pytest.raises(AccessDenied, match="read_orders"):
        opened()


def test_who_may_write_may_read(opened: Opened, shop: ShopUpstream) -> None:
    shop.store.scopes = frozenset({"write_orders"})
    assert opened().may("read_orders")
