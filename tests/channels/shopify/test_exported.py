"""An order told by a file is the order that the API tells: the same entries, as far as a file says them at all."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from qbwc_server.channels.contract import Draft, Stored
from qbwc_server.channels.shopify.drafts import with_money
from qbwc_server.channels.shopify.export import read
from qbwc_server.channels.shopify.exported import Exported, settled
from qbwc_server.channels.shopify.options import ShopifyOptions
from qbwc_server.shop.by_order import by_order
from qbwc_server.shop.ledger import ledger_of
from qbwc_server.shop.order import Extra, Financial, Fulfillment, Item, Order, Tax, Totals
from qbwc_server.shop.order_node import order_of
from qbwc_server.shop.terms import RevenueDate, Terms
from tests.channels.shopify.export_file import export, line
from tests.channels.shopify.export_file import order as rows_of
from tests.channels.shopify.test_export import CHOSEN
from tests.qbwc_server.shop.shopped import item, off, order, paid, shipping, tax

AT = "2026-03-02T17:00:00Z"
Sums = dict[tuple[str, str], Decimal]
_CENTS = st.integers(1, 20_000).map(lambda number: Decimal(number).scaleb(-2))
_LINES = st.lists(st.tuples(_CENTS, st.integers(1, 4), st.integers(0, 100)), min_size=1, max_size=4)


def sums(told: Iterable[tuple[str, str, Decimal]]) -> Sums:
    """By kind of document and part."""
    found: Sums = {}
    for kind, part, amount in told:
        found[kind, part] = found.get((kind, part), Decimal(0)) + amount
    return {key: amount for key, amount in found.items() if amount}


@settings(max_examples=60, deadline=None)
@given(_LINES, st.just(Decimal(0)) | _CENTS, _CENTS, st.booleans(), st.sampled_from(["shopify_payments", "gift_card"]))
def test_one_order_told_both_ways(
    goods: list[tuple[Decimal, int, int]], ships: Decimal, taxes: Decimal, included: bool, gateway: str
) -> None:
    """A file with a discount or tax in the prices can be read in two ways at times; then it asks."""
    off_each = [(price * many * percent / 100).quantize(Decimal("0.01")) for price, many, percent in goods]
    subtotal = sum((price * many for price, many, _ in goods), Decimal(0)) - sum(off_each, Decimal(0))
    total = subtotal + ships + (0 if included else taxes)
    if included and taxes > subtotal:
        return
    node = order(
        str(total),
        [
            item(number, price, many, discountAllocations=off(less), taxLines=[tax(taxes)] if not number else [])
            for number, ((price, many, _), less) in enumerate(zip(goods, off_each, strict=True))
        ],
        taxesIncluded=included,
        shippingLines=[shipping(ships)] if ships else [],
        transactions=[paid(1, total, AT, gateway)] if total else [],
    )
    terms = Terms("UTC", revenue_date=RevenueDate.CREATED)
    api = by_order(ledger_of(order_of(node), terms), terms)
    wanted = sums((one.kind, entry.role, entry.amount) for one in api for entry in one.lines)
    lines = [
        line(f"Thing {number}", str(price), str(many), sku=f"S{number}", discount=str(less))
        for number, ((price, many, _), less) in enumerate(zip(goods, off_each, strict=True))
    ]
    told = rows_of(
        "#1001", str(total), lines, Subtotal=str(subtotal), Discount_Amount=str(sum(off_each)), Shipping=str(ships),
        Taxes=str(taxes), Tax_1_Name="State tax", Tax_1_Value=str(taxes), Payment_Method=gateway,
    )  # fmt: skip
    (found,) = [one for one in read(io.BytesIO(export(told)), ShopifyOptions(**CHOSEN)) if isinstance(one, Draft)]
    if found.reviews:
        assert [one.code for one in found.reviews] == ["two_readings"]
        return
    parts = {
        "Shipping": "shipping", "Discount": "discounts", "Sales Tax Collected": "tax", "Gift Cards": "gift_cards",
        "Rounding": "rounding",
    }  # fmt: skip
    document = found.document.model_dump()
    assert sums((document["kind"], parts.get(one["item"], "sales"), one["amount"]) for one in document["lines"]) == (
        wanted
    )


def exported(**more: object) -> Exported:
    """An order of which the file tells only sums."""
    goods = (
        Item("1", "Tea", Decimal(2), None, Decimal(10)),
        Item("2", "Card", Decimal(1), None, Decimal(25), is_gift_card=True),
    )
    known = {
        "id": "1", "name": "#1", "at": order_of(order("1.0", [])).at, "currency": "USD",
        "financial": Financial.PAID, "fulfillment": Fulfillment.FULFILLED, "items": goods,
        "totals": Totals(total=Decimal("45.00"), discounts=Decimal(4)), "shipping": (Extra("s", "Post", Decimal(2)),),
        "taxes": (Tax("VAT", Decimal(2)),), **more,
    }  # fmt: skip
    return Exported(Order(**known), is_identified=True)  # type: ignore[arg-type]


def test_discounts_and_taxes_are_of_goods_and_never_of_gift_cards() -> None:
    found, footing = settled(exported(), Decimal("0.05"))
    tea, card = found.order.items
    assert (tea.discount, tea.taxes) == (Decimal(4), (Tax("VAT", Decimal(2)),))
    assert (card.discount, card.taxes) == (Decimal(0), ())
    assert not footing.ambiguous


def test_a_gift_card_alone_takes_what_there_is() -> None:
    card = Item("2", "Card", Decimal(1), None, Decimal(25), is_gift_card=True)
    found, _ = settled(exported(items=(card,), totals=Totals(total=Decimal(25), discounts=Decimal(4))), Decimal(0))
    assert (found.order.items[0].discount, found.order.items[0].taxes[0].amount) == (Decimal(4), Decimal(2))


def test_money_of_earlier_files_and_the_rest() -> None:
    told = exported()
    first = with_money(told, ())
    assert first.new == ("payment:1",)
    (moved,) = first.order.transactions
    assert (moved.gateway, moved.amount) == ("not said", Decimal(45))
    here = (
        Stored(told.origin, "invoice", Decimal(45)),
        Stored(f"{told.origin}:payment:1", "payment", Decimal(5)),
        Stored(f"{told.origin}:refund:1", "credit_memo", Decimal(3)),
    )
    then = with_money(replace(told, refunded=Decimal(10)), here)
    assert then.new == ("payment:2", "refund:2", "back:2", "back:2:journal")
    assert [one.amount for one in then.order.transactions] == [5, 40, 3, 7]
    assert with_money(replace(told, refunded=Decimal(3)), [*here[1:], replace(here[1], total=Decimal(40))]).new == ()
