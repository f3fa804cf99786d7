"""Gift cards that nobody bought."""

from __future__ import annotations

from qbwc_server.shop.given_cards import given_card
from qbwc_server.shop.journals import Account

from .shopped import TERMS, Node

CARD: Node = {
    "id": "gid://shopify/GiftCard/5",
    "lastCharacters": "z9cc",
    "createdAt": "2026-03-02T17:00:00Z",
    "initialValue": {"amount": "20.0", "currencyCode": "USD"},
}


def test_a_card_that_was_given_away_is_promotion_and_owed() -> None:  # part f
    entry = given_card(CARD, TERMS)
    assert entry is not None
    assert {one.account: one.amount for one in entry.postings} == {Account.GIFT_CARDS: -20, Account.PROMOTION: 20}


def test_a_card_that_was_sold_stands_with_its_order() -> None:
    assert given_card({**CARD, "order": {"id": "gid://shopify/Order/1"}}, TERMS) is None
    assert given_card({**CARD, "createdAt": None}, TERMS) is None
    assert given_card({**CARD, "initialValue": None}, TERMS) is None
