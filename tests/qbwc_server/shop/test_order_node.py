"""Orders are read as the API documents them; what cannot be read is told, and nothing is raised."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qbwc_server.shop.ledger import ledger_of
from qbwc_server.shop.order import Financial, Fulfillment
from qbwc_server.shop.order_node import order_of

from .shopped import TERMS, back, back_line, bag, captured, item, order, paid, tax

_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["nodes", "amount", "id"]), inner, max_size=2)
    ),
    max_leaves=5,
)


def test_an_order_in_full() -> None:
    moment = "2026-03-02T17:00:00Z"
    node = order(
        "11.0",
        [item(1, "10.0", taxLines=[tax("1.0")], product={"productType": "Shoes"})],
        retailLocation={"id": "gid://shopify/Location/7", "name": "Main street"},
        transactions=[paid(1, "11.0", moment)],
        refunds=[back(5, [back_line(1, 1, "10.0", "1.0")], [paid(2, "11.0", moment, kind="REFUND")], moment)],
        customer={"id": "gid://shopify/Customer/9", "displayName": "Ann"},
        paymentTerms={"paymentSchedules": [{"dueAt": "2026-04-01T00:00:00Z"}]},
    )
    found = order_of(node)
    assert (found.id, found.name, found.financial, found.fulfillment) == (
        "1001",
        "#1001",
        Financial.PAID,
        Fulfillment.FULFILLED,
    )
    assert (found.place.id, found.place.name) == ("7", "Main street")
    assert found.items[0].product_type == "Shoes"
    assert [one.id for one in found.transactions] == ["1", "2"]  # also what only a refund tells of
    assert found.refunds[0].lines[0].subtotal == 10
    assert (found.buyer.id, found.buyer.name) == ("9", "Ann")
    assert found.due_at is not None
    assert not found.problems


def test_a_status_that_is_null_is_no_mistake_and_a_new_one_is_for_review() -> None:  # part f, 7
    assert not order_of(order("1.0", [item(1, "1.0")], displayFinancialStatus=None)).problems
    found = order_of(order("1.0", [item(1, "1.0")], displayFulfillmentStatus="TELEPORTED"))
    assert "'TELEPORTED'" in found.problems[0].message
    assert found.problems[0].code == "unknown_word"


def test_shipping_of_a_refund_is_told_by_lines_or_by_an_adjustment() -> None:
    adjustment = {"reason": "SHIPPING_REFUND", "amountSet": bag("-5.0"), "taxAmountSet": bag("-0.5")}
    lines = [{"subtotalAmountSet": bag("5.0"), "taxAmountSet": bag("0.5")}]
    for more in ({"orderAdjustments": [adjustment]}, {"orderAdjustments": [adjustment], "refundShippingLines": lines}):
        node = order("1.0", [], refunds=[back(1, [], [], "2026-03-03T00:00:00Z", **more)])
        found = order_of(node).refunds[0]
        assert (found.shipping, found.shipping_tax) == (Decimal(5), Decimal("0.5"))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_told_nothing_is_raised(data: st.DataObject) -> None:
    moment = "2026-03-02T17:00:00Z"
    node: dict[str, Any] = order(
        "11.0",
        [item(1, "10.0", taxLines=[tax("1.0")])],
        transactions=[paid(1, "11.0", moment)],
        refunds=[back(5, [back_line(1, 1, "10.0", "1.0")], [paid(2, "11.0", moment, kind="REFUND")], moment)],
        agreements=[{"id": "a/1", "reason": "ORDER_EDIT", "happenedAt": moment, "sales": []}],
    )
    for name in data.draw(st.lists(st.sampled_from(sorted(node)), max_size=4)):
        node[name] = data.draw(_ANYTHING)
    inner = node["lineItems"]
    if isinstance(inner, list) and inner and isinstance(inner[0], dict):
        inner[0][data.draw(st.sampled_from(sorted(item(1, "10.0"))))] = data.draw(_ANYTHING)
    ledger_of(order_of(node), TERMS)


def test_every_capture_is_read() -> None:
    for name, node in captured():
        assert not order_of({"createdAt": "2026-06-01T12:00:00Z", **node}).problems, name
