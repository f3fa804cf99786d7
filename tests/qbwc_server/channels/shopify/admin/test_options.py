"""A shop is named as people name it."""

from __future__ import annotations

import pytest

from qbwc_server.channels.options import WrongConnectionOptions, addresses, read_options, secret_names
from qbwc_server.channels.shopify.admin.options import ShopOptions


def options(**more: object) -> ShopOptions:
    found = read_options(ShopOptions, {"shop": "tea", "token": "shpat_x", **more})
    assert isinstance(found, ShopOptions)
    return found


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("tea", "https://tea.myshopify.com"),
        ("Tea.MyShopify.com", "https://tea.myshopify.com"),
        ("https://tea.myshopify.com/", "https://tea.myshopify.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_the_name_the_domain_and_the_address_are_the_same_shop(said: str, address: str) -> None:
    found = options(shop=said)
    assert (found.shop, addresses(found)) == (address, (address,))
    assert found.host == address.partition("://")[2]


@pytest.mark.parametrize("said", ["", "tea shop", "tea/admin", "-tea", "tea.myshopify.com/admin"])
def test_what_names_no_shop_is_refused(said: str) -> None:
    with pytest.raises(WrongConnectionOptions):
        options(shop=said)


def test_the_token_is_sealed_and_the_modes_are_separate() -> None:  # S3-13, S3-20
    assert secret_names(ShopOptions) == ("token", "webhook_secret")
    found = options(customers="detailed", inventory="detailed")
    assert (found.customers.value, found.inventory.value) == ("detailed", "detailed")
    with pytest.raises(WrongConnectionOptions):
        options(version="2026-05")
