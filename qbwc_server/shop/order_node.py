"""Reads an order from its node of the Admin GraphQL API, as that is documented; connections may be plain lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from qbwc_server.shop.money import NOTHING
from qbwc_server.shop.nodes import Node, Reader, inner, nodes, number, text
from qbwc_server.shop.order import (
    Address,
    Adjustment,
    AgreementReason,
    Buyer,
    Change,
    Edit,
    Extra,
    Financial,
    Fulfillment,
    Item,
    Order,
    Place,
    Refund,
    RefundLine,
    Restock,
    SaleOf,
    Tax,
    Totals,
    Transaction,
    TransactionKind,
    TransactionStatus,
)

_LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)  # of what has no date, and is for review
_DONE = frozenset(("SUCCESS", "OPEN", "PENDING", ""))  # fulfilments that were not cancelled and did not fail
_TIP = "tip"


def order_of(node: Node, currency: str = "") -> Order:
    """The order; what cannot be read of it stands in its ``problems``, and nothing is raised.

    Args:
        currency: of the books. Left out: that of the order.
    """
    name = text(node, "name")
    reader = Reader(f"Order {name or number(text(node, 'id')) or '?'}", currency or text(node, "currencyCode"))
    at = reader.moment(node, "processedAt", "createdAt", "updatedAt")
    if at is None:
        reader.tell("no_moment", "processedAt", f"{reader.what}: the shop does not say when it was placed.")
    return Order(
        id=number(text(node, "id")),
        name=name,
        at=at or _LONG_AGO,
        currency=reader.currency,
        financial=reader.known(Financial, node, "displayFinancialStatus", Financial.NOT_SAID),
        fulfillment=reader.known(Fulfillment, node, "displayFulfillmentStatus", Fulfillment.NOT_SAID),
        totals=_totals(reader, node),
        items=tuple(_item(reader, one) for one in nodes(node, "lineItems")),
        shipping=tuple(_shipping(reader, one) for one in nodes(node, "shippingLines")),
        duties=tuple(_duties(reader, node)),
        fees=tuple(_extra(reader, one, "name") for one in nodes(node, "additionalFees")),
        taxes=_taxes(reader, node),
        transactions=tuple(_transaction(reader, one, at) for one in _transactions(node)),
        refunds=tuple(sorted((_refund(reader, one, at) for one in nodes(node, "refunds")), key=lambda one: one.at)),
        edits=tuple(sorted(_edits(reader, node), key=lambda one: one.at)),
        fulfilled_at=_fulfilled_at(reader, node),
        cancelled_at=reader.moment(node, "cancelledAt"),
        due_at=_due_at(reader, node),
        tax_included=bool(node.get("taxesIncluded")),
        is_test=bool(node.get("test")),
        place=place_of(inner(node, "retailLocation")),
        source=text(node, "sourceName"),
        buyer=_buyer(node),
        note=text(node, "note"),
        problems=tuple(reader.problems),
    )


def place_of(node: Node) -> Place:
    """A location, as far as it is told."""
    return Place(number(text(node, "id")), text(node, "name"))


def _totals(reader: Reader, node: Node) -> Totals:
    return Totals(
        total=reader.told(node, "totalPriceSet"),
        current=reader.told(node, "currentTotalPriceSet"),
        subtotal=reader.told(node, "subtotalPriceSet"),
        tax=reader.told(node, "totalTaxSet"),
        discounts=reader.told(node, "totalDiscountsSet"),
        received=reader.told(node, "totalReceivedSet"),
        tips=reader.money(node, "totalTipReceivedSet"),
    )


def _item(reader: Reader, node: Node) -> Item:
    quantity = reader.decimal(node.get("quantity") or 0, "quantity")
    kept = node.get("currentQuantity")
    price = reader.told(node, "originalUnitPriceSet")
    if price is None:
        whole = reader.money(node, "originalTotalSet")
        price = whole / quantity if quantity else whole
    title, sku = text(node, "name", "title"), text(node, "sku")
    taxes = _taxes(reader, node)
    return Item(
        id=number(text(node, "id")) or title,
        title=title,
        quantity=quantity,
        kept=None if kept is None else reader.decimal(kept, "currentQuantity"),
        price=price,
        sku=sku,
        product_type=text(inner(node, "product"), "productType"),
        discount=_discount(reader, node, "discountAllocations", price * quantity, "discountedTotalSet"),
        taxes=taxes,
        unit_cost=reader.told(inner(node, "variant", "inventoryItem"), "unitCost"),
        is_gift_card=bool(node.get("isGiftCard")),
        is_tip=text(node, "title", "name").casefold() == _TIP and not sku and not taxes,
    )


def _discount(reader: Reader, node: Node, allocations: str, listed: Decimal, discounted: str) -> Decimal:
    """What was taken off: all that was allocated; where that is not told, what the two prices differ by."""
    if node.get(allocations) is not None:
        return sum((reader.money(one, "allocatedAmountSet") for one in nodes(node, allocations)), NOTHING)
    now = reader.told(node, discounted)
    return NOTHING if now is None else max(listed - now, NOTHING)


def _shipping(reader: Reader, node: Node) -> Extra:
    price = reader.money(node, "originalPriceSet")
    return Extra(
        id=number(text(node, "id")) or text(node, "title"),
        title=text(node, "title", "code"),
        price=price,
        discount=_discount(reader, node, "discountAllocations", price, "discountedPriceSet"),
        taxes=_taxes(reader, node),
        is_removed=bool(node.get("isRemoved")),
    )


def _extra(reader: Reader, node: Node, title: str) -> Extra:
    return Extra(number(text(node, "id")), text(node, title), reader.money(node, "price"), taxes=_taxes(reader, node))


def _duties(reader: Reader, node: Node) -> Iterator[Extra]:
    """Duties of the lines; where those are not told, what the order says of them all."""
    found = [
        _extra(reader, one, "countryCodeOfOrigin") for item in nodes(node, "lineItems") for one in nodes(item, "duties")
    ]
    if found:
        yield from found
    elif all_of_them := reader.money(node, "originalTotalDutiesSet") or reader.money(node, "currentTotalDutiesSet"):
        yield Extra("duties", "", all_of_them)


def _taxes(reader: Reader, node: Node) -> tuple[Tax, ...]:
    found = (
        Tax(text(one, "title") or "Tax", _tax_amount(reader, one), bool(one.get("channelLiable")))
        for one in nodes(node, "taxLines")
    )
    return tuple(tax for tax in found if tax.amount)


def _tax_amount(reader: Reader, node: Node) -> Decimal:
    said = reader.told(node, "priceSet")
    return reader.money(node, "price") if said is None else said


def _transactions(node: Node) -> Iterator[Node]:
    """Those of the order, and those that only a refund tells of; each once."""
    seen: set[str] = set()
    below = (one for refund in nodes(node, "refunds") for one in nodes(refund, "transactions"))
    for one in (*nodes(node, "transactions"), *below):
        gid = text(one, "id")
        if gid not in seen or not gid:
            seen.add(gid)
            yield one


def _transaction(reader: Reader, node: Node, placed: datetime | None) -> Transaction:
    status = reader.known(TransactionStatus, node, "status", TransactionStatus.NOT_SAID)
    return Transaction(
        id=number(text(node, "id")),
        kind=reader.known(TransactionKind, node, "kind", TransactionKind.NOT_SAID),
        status=status,
        gateway=text(node, "gateway", "formattedGateway").casefold(),
        amount=reader.money(node, "amountSet"),
        at=reader.moment(node, "processedAt", "createdAt") or placed or _LONG_AGO,
        rounding=reader.money(node, "amountRoundingSet"),
        place=place_of(inner(node, "location")),
        is_test=bool(node.get("test")),
        is_manual=bool(node.get("manualPaymentGateway")),
    )


def _refund(reader: Reader, node: Node, placed: datetime | None) -> Refund:
    shipping = list(nodes(node, "refundShippingLines"))
    reasons = [
        (reader.known(Adjustment, one, "reason", Adjustment.NOT_SAID), one) for one in nodes(node, "orderAdjustments")
    ]
    of_shipping = [one for reason, one in reasons if reason is Adjustment.SHIPPING_REFUND]
    differs = [one for reason, one in reasons if reason is not Adjustment.SHIPPING_REFUND]
    if shipping:
        net = sum((reader.money(one, "subtotalAmountSet") for one in shipping), NOTHING)
        tax = sum((reader.money(one, "taxAmountSet") for one in shipping), NOTHING)
    else:
        net = sum((abs(reader.money(one, "amountSet")) for one in of_shipping), NOTHING)
        tax = sum((abs(reader.money(one, "taxAmountSet")) for one in of_shipping), NOTHING)
    kept = sum((reader.money(one, "amountSet") + reader.money(one, "taxAmountSet") for one in differs), NOTHING)
    return Refund(
        id=number(text(node, "id")),
        at=reader.moment(node, "processedAt", "createdAt") or placed or _LONG_AGO,
        lines=tuple(_refund_line(reader, one) for one in nodes(node, "refundLineItems")),
        shipping=net,
        shipping_tax=tax,
        duties=sum((abs(reader.money(one, "amountSet")) for one in nodes(node, "duties")), NOTHING),
        kept_back=max(kept, NOTHING),
        transactions=tuple(number(text(one, "id")) for one in nodes(node, "transactions")),
        note=text(node, "note"),
    )


def _refund_line(reader: Reader, node: Node) -> RefundLine:
    return RefundLine(
        item=number(text(inner(node, "lineItem"), "id")),
        quantity=reader.decimal(node.get("quantity") or 0, "quantity"),
        subtotal=reader.money(node, "subtotalSet"),
        tax=reader.money(node, "totalTaxSet"),
        restock=reader.known(Restock, node, "restockType", Restock.NOT_SAID),
        place=place_of(inner(node, "location")),
    )


def _edits(reader: Reader, node: Node) -> Iterator[Edit]:
    """The changes in the shop's own ledger: edits, and what is taken in exchange for what comes back."""
    for one in nodes(node, "agreements"):
        kind = text(one, "__typename")
        reason = reader.known(AgreementReason, one, "reason", AgreementReason.NOT_SAID)
        at = reader.moment(one, "happenedAt")
        edited = kind == "OrderEditAgreement" or reason is AgreementReason.ORDER_EDIT
        exchanged = kind == "ReturnAgreement" or reason is AgreementReason.RETURN
        if at is None or not (edited or exchanged):
            continue
        changes = tuple(_change(reader, sale) for sale in nodes(one, "sales"))
        if exchanged:  # what comes back a refund tells of, what is taken instead nothing else
            changes = tuple(change for change in changes if change.quantity > 0)
        if changes:
            yield Edit(number(text(one, "id")), at, changes)


def _change(reader: Reader, node: Node) -> Change:
    of = inner(node, "lineItem") or inner(node, "shippingLine") or inner(node, "duty") or inner(node, "additionalFee")
    taxes = tuple(
        Tax(text(inner(one, "taxLine"), "title") or "Tax", amount, bool(inner(one, "taxLine").get("channelLiable")))
        for one in nodes(node, "taxes")
        if (amount := reader.money(one, "amount"))
    )
    told = reader.told(node, "totalTaxAmount")
    tax = sum((one.amount for one in taxes), NOTHING)
    if not taxes and told:
        taxes, tax = (Tax("Tax", told),), told
    about = reader.known(SaleOf, node, "lineType", SaleOf.UNKNOWN)
    quantity = reader.decimal(node.get("quantity") or 0, "quantity")
    net = reader.money(node, "totalAmount") - tax
    return Change(about, number(text(of, "id")), text(of, "name"), quantity, net, taxes)


def _fulfilled_at(reader: Reader, node: Node) -> datetime | None:
    found = (reader.moment(one, "createdAt") for one in nodes(node, "fulfillments") if text(one, "status") in _DONE)
    return max((one for one in found if one is not None), default=None)


def _due_at(reader: Reader, node: Node) -> datetime | None:
    schedules = nodes(inner(node, "paymentTerms"), "paymentSchedules")
    return max((due for one in schedules if (due := reader.moment(one, "dueAt")) is not None), default=None)


def _buyer(node: Node) -> Buyer:
    customer = inner(node, "customer")
    billing, shipping = _address(inner(node, "billingAddress")), _address(inner(node, "shippingAddress"))
    return Buyer(
        id=number(text(customer, "id")),
        name=text(customer, "displayName") or billing.name or shipping.name or billing.company,
        email=text(node, "email") or text(inner(customer, "defaultEmailAddress"), "emailAddress"),
        phone=text(node, "phone") or billing.phone,
        billing=billing,
        shipping=shipping,
    )


def _address(node: Node) -> Address:
    return Address(
        name=text(node, "name"),
        company=text(node, "company"),
        lines=tuple(line for field in ("address1", "address2") if (line := text(node, field))),
        city=text(node, "city"),
        state=text(node, "provinceCode", "province"),
        postal_code=text(node, "zip"),
        country=text(node, "country", "countryCodeV2"),
        phone=text(node, "phone"),
    )
