"""Gift cards that were issued without a sale: a promotion that is owed to whoever holds the card."""

from __future__ import annotations

from qbwc_server.shop.days import day_of
from qbwc_server.shop.journals import Account, Journal, Posting, balanced
from qbwc_server.shop.nodes import Node, Reader, inner, number, text
from qbwc_server.shop.terms import Terms

CARD_ORIGIN = "shopify:gift_card:"


def given_card(node: Node, terms: Terms, currency: str = "") -> Journal | None:
    """The entry of a card that no order sold; None: an order did, or it is worth nothing."""
    if inner(node, "order"):
        return None
    key = number(text(node, "id"))
    reader = Reader(f"Gift card {text(node, 'lastCharacters') or key}", currency)
    at = reader.moment(node, "createdAt")
    worth = reader.money(node, "initialValue")
    if at is None:
        return None
    memo = f"{reader.what} issued without a sale"
    postings = [Posting(Account.GIFT_CARDS, -worth, memo)]
    return balanced(
        f"{CARD_ORIGIN}{key}", day_of(at, terms), memo, postings, Account.PROMOTION, reviews=tuple(reader.problems)
    )
