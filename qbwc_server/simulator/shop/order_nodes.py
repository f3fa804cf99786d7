"""The node of an order: every name that its accounting asks for, with the sums that Shopify would tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qbwc_server.simulator.shop.orders import Back, Happened, Line, Node, Paid, Sale, TaxRate, gid, part, stamp


def node_of(sale: Sale) -> Node:
    """The order as the Admin API tells it, with plain lists in place of connections."""
    return {
        "__typename": "Order",
        "id": sale.gid,
        "name": f"#{sale.number}",
        **_times(sale),
        "cancelReason": None if sale.cancelled_at is None else "CUSTOMER",
        "test": sale.test,
        "edited": sale.edited,
        "displayFinancialStatus": sale.financial,
        "displayFulfillmentStatus": "FULFILLED" if sale.fulfilled else "UNFULFILLED",
        "returnStatus": "NO_RETURN",
        "sourceName": sale.source,
        "poNumber": None,
        "note": None,
        "tags": [],
        "currencyCode": sale.money.currency,
        "presentmentCurrencyCode": sale.money.presentment,
        "taxesIncluded": sale.taxes_included,
        "taxExempt": False,
        "estimatedTaxes": False,
        "paymentGatewayNames": list(dict.fromkeys(one.gateway for one in sale.payments)),
        "email": None,
        "phone": None,
        **{name: sale.money.bag(cents) for name, cents in _sums(sale).items()},
        "totalCashRoundingAdjustment": _rounding(sale),
        "app": {"id": gid("App", 1), "name": "Point of Sale" if sale.source == "pos" else "Online Store"},
        "retailLocation": _location(sale, sale.location),
        "staffMember": None,
        "customer": _buyer(sale),
        "billingAddress": None,
        "shippingAddress": None,
        "paymentTerms": None,
        "taxLines": _tax_lines(sale, _all_taxes(sale)),
        "currentTaxLines": _tax_lines(sale, _current_taxes(sale)),
        "additionalFees": [],
        "discountApplications": [_application(at, *code) for at, code in enumerate(sale.codes)],
        "lineItems": [_line(sale, one) for one in sale.lines],
        "shippingLines": [_shipping(sale)] if sale.shipping else [],
        "transactions": [_transaction(sale, one) for one in sale.payments],
        "refunds": [_refund(sale, one) for one in sale.refunds],
        "fulfillments": [_fulfillment(sale, *one) for one in sale.fulfilled],
        "agreements": [_agreement(sale, at, one) for at, one in enumerate(sale.ledger)],
    }


def _buyer(sale: Sale) -> Node | None:
    if sale.buyer is None:
        return None
    number, name = sale.buyer
    return {"id": gid("Customer", number), "displayName": name, "defaultEmailAddress": None}


def _times(sale: Sale) -> Node:
    return {
        "createdAt": stamp(sale.at),
        "processedAt": stamp(sale.at),
        "updatedAt": stamp(sale.updated_at or sale.at),
        "closedAt": None,
        "cancelledAt": None if sale.cancelled_at is None else stamp(sale.cancelled_at),
    }


def _sums(sale: Sale) -> dict[str, int]:
    shipping_back = sum(one.shipping for one in sale.refunds)
    goods = [one for one in sale.lines if not one.is_tip]
    now = [_left(one, one.net) for one in goods]
    outstanding = sale.current - sale.received + sale.refunded
    return {
        "originalTotalPriceSet": sale.total,
        "subtotalPriceSet": sum(one.net for one in goods),
        "currentSubtotalPriceSet": sum(now),
        "totalPriceSet": sale.total,
        "currentTotalPriceSet": sale.current,
        "totalDiscountsSet": sum(one.discount for one in goods),
        "currentTotalDiscountsSet": sum(_left(one, one.discount) for one in goods),
        "totalTaxSet": sum(cents for _, cents in _all_taxes(sale)),
        "currentTotalTaxSet": sum(cents for _, cents in _current_taxes(sale)),
        "totalShippingPriceSet": sale.shipping,
        "currentShippingPriceSet": sale.shipping - shipping_back,
        "totalRefundedShippingSet": shipping_back,
        "totalReceivedSet": sale.received,
        "totalRefundedSet": sale.refunded,
        "netPaymentSet": sale.received - sale.refunded,
        "totalOutstandingSet": 0 if sale.financial in ("AUTHORIZED", "VOIDED") else outstanding,
        "totalCapturableSet": sum(one.cents for one in sale.payments if one.kind == "AUTHORIZATION"),
        "totalTipReceivedSet": sale.tip,
        "originalTotalDutiesSet": sale.duties,
        "currentTotalDutiesSet": sale.duties,
        "originalTotalAdditionalFeesSet": 0,
        "currentTotalAdditionalFeesSet": 0,
    }


def _left(line: Line, whole: int) -> int:
    """What the units that are still in the order have of a sum of the line."""
    return part(whole, line.quantity, 0, line.quantity - line.removed)


def _all_taxes(sale: Sale) -> list[tuple[TaxRate, int]]:
    return [*(tax for line in sale.lines for tax in line.taxes), *sale.shipping_tax]


def _current_taxes(sale: Sale) -> list[tuple[TaxRate, int]]:
    return [tax for entry in sale.ledger for one in entry.sales for tax in one[5]]


def _tax_lines(sale: Sale, taxes: Sequence[tuple[TaxRate, int]]) -> list[Node]:
    found: dict[TaxRate, int] = {}
    for tax, cents in taxes:
        found[tax] = found.get(tax, 0) + cents
    return [_tax_line(sale, tax, cents) for tax, cents in found.items()]


def _tax_line(sale: Sale, tax: TaxRate, cents: int) -> Node:
    return {
        "title": tax.title,
        "rate": float(tax.rate),
        "channelLiable": tax.channel_liable,
        "source": "Shopify",
        "priceSet": sale.money.bag(cents),
    }


def _rounding(sale: Sale) -> Node:
    paid = sum(one.rounding for one in sale.payments if one.kind != "REFUND")
    back = sum(one.rounding for one in sale.payments if one.kind == "REFUND")
    return {"paymentSet": sale.money.bag(paid), "refundSet": sale.money.bag(back)}


def _location(sale: Sale, number: int | None) -> Node | None:
    return (
        None if number is None else {"id": gid("Location", number), "name": sale.places.get(number, f"Shop {number}")}
    )


def _application(at: int, how: str, title: str) -> Node:
    name = "code" if how == "DiscountCodeApplication" else "title"
    return {
        "__typename": how,
        "index": at,
        "allocationMethod": "ACROSS",
        "targetSelection": "ALL",
        "targetType": "LINE_ITEM",
        "value": {"__typename": "PricingPercentageValue", "percentage": 10.0},
        "description": title,
        name: title,
    }


def _line(sale: Sale, line: Line) -> Node:
    bag = sale.money.bag
    return {
        "id": gid("LineItem", line.id),
        "title": line.title,
        "name": line.title,
        "variantTitle": None,
        "sku": None if line.is_tip or line.is_gift_card else line.sku,
        "vendor": "Tea Shop",
        "quantity": line.quantity,
        "currentQuantity": line.quantity - line.removed,
        "unfulfilledQuantity": 0 if sale.fulfilled else line.quantity - line.removed,
        "isGiftCard": line.is_gift_card,
        "taxable": bool(line.taxes),
        "requiresShipping": sale.shipping > 0,
        "originalUnitPriceSet": bag(line.price),
        "originalTotalSet": bag(line.gross),
        "discountedTotalSet": bag(line.net),
        "totalDiscountSet": bag(line.discount),
        "discountAllocations": [
            {"allocatedAmountSet": bag(cents), "discountApplication": _application(code, *sale.codes[code])}
            for code, cents in line.discounts
        ],
        "taxLines": [_tax_line(sale, tax, cents) for tax, cents in line.taxes],
        "duties": [],
        "product": None if line.is_tip else {"id": gid("Product", line.id % 97 + 1), "productType": line.product_type},
        "variant": None if line.is_tip else _variant(sale, line),
    }


def _variant(sale: Sale, line: Line) -> Node:
    cost = sale.money.money(line.price * 2 // 5)
    number = line.id % 97 + 1
    return {
        "id": gid("ProductVariant", number),
        "inventoryItem": {"id": gid("InventoryItem", number), "unitCost": cost},
    }


def _shipping(sale: Sale) -> Node:
    bag = sale.money.bag(sale.shipping)
    return {
        "id": gid("ShippingLine", sale.number),
        "title": "Standard",
        "code": "standard",
        "source": "shopify",
        "isRemoved": False,
        "originalPriceSet": bag,
        "discountedPriceSet": bag,
        "currentDiscountedPriceSet": sale.money.bag(sale.shipping - sum(one.shipping for one in sale.refunds)),
        "discountAllocations": [],
        "taxLines": [_tax_line(sale, tax, cents) for tax, cents in sale.shipping_tax],
    }


def _transaction(sale: Sale, paid: Paid) -> Node:
    parent = next((one for one in sale.payments if one.id == paid.parent), None)
    return {
        "id": gid("OrderTransaction", paid.id),
        "kind": paid.kind,
        "status": paid.status,
        "gateway": paid.gateway,
        "formattedGateway": paid.gateway.replace("_", " ").title(),
        "manualPaymentGateway": paid.gateway in ("manual", "cash"),
        "paymentId": f"#{sale.number}.{paid.id}",
        "test": sale.test,
        "errorCode": None,
        "createdAt": stamp(paid.at),
        "processedAt": stamp(paid.at),
        "settlementCurrency": None,
        "settlementCurrencyRate": None,
        "amountSet": sale.money.bag(paid.cents),
        "amountRoundingSet": sale.money.bag(paid.rounding) if paid.gateway == "cash" else None,
        "totalUnsettledSet": sale.money.bag(paid.cents if paid.kind == "AUTHORIZATION" else 0),
        "parentTransaction": None
        if parent is None
        else {"id": gid("OrderTransaction", parent.id), "kind": parent.kind},
        "fees": [],
        "currencyExchangeAdjustment": None,
        "paymentDetails": None,
        "location": _location(sale, paid.location),
        "device": None,
        "user": None,
    }


def _refund(sale: Sale, back: Back) -> Node:
    bag = sale.money.bag
    adjustments = [("REFUND_DISCREPANCY", back.kept, 0)] if back.kept else []
    return {
        "__typename": "Refund",
        "id": gid("Refund", back.id),
        "createdAt": stamp(back.at),
        "updatedAt": stamp(back.at),
        "processedAt": stamp(back.at),
        "note": None,
        "totalRefundedSet": bag(sum(one.cents for one in back.transactions if one.status == "SUCCESS")),
        "duties": [],
        "refundLineItems": [_refund_line(sale, back, at, *one) for at, one in enumerate(back.lines)],
        "refundShippingLines": [
            {
                "id": gid("RefundShippingLine", back.id),
                "shippingLine": {"id": gid("ShippingLine", sale.number)},
                "subtotalAmountSet": bag(back.shipping),
                "taxAmountSet": bag(back.shipping_tax),
            }
        ]
        if back.shipping
        else [],
        "orderAdjustments": [
            {
                "id": gid("OrderAdjustment", back.id * 10 + at),
                "reason": reason,
                "amountSet": bag(amount),
                "taxAmountSet": bag(tax),
            }
            for at, (reason, amount, tax) in enumerate(adjustments)
        ],
        "transactions": [_transaction(sale, one) for one in back.transactions],
        "return": None,
        "staffMember": None,
    }


def _refund_line(sale: Sale, back: Back, at: int, line: Line, first: int, units: int, restock: str) -> Node:
    bag = sale.money.bag
    return {
        "id": gid("RefundLineItem", back.id * 100 + at),
        "quantity": units,
        "restockType": restock,
        "restocked": restock != "NO_RESTOCK",
        "priceSet": bag(line.price),
        "subtotalSet": bag(part(line.net, line.quantity, first, first + units)),
        "totalTaxSet": bag(sum(part(cents, line.quantity, first, first + units) for _, cents in line.taxes)),
        "lineItem": {"id": gid("LineItem", line.id)},
        "location": _location(sale, back.location),
    }


def _fulfillment(sale: Sale, number: int, at: Any) -> Node:
    return {
        "id": gid("Fulfillment", number),
        "name": f"#{sale.number}.1",
        "status": "SUCCESS",
        "createdAt": stamp(at),
        "updatedAt": stamp(at),
        "location": _location(sale, sale.location),
    }


_REFERENCES = {"LineItem": "lineItem", "ShippingLine": "shippingLine", "Duty": "duty"}
_SALES = {
    "PRODUCT": "ProductSale",
    "GIFT_CARD": "GiftCardSale",
    "TIP": "TipSale",
    "SHIPPING": "ShippingLineSale",
    "DUTY": "DutySale",
    "ADJUSTMENT": "AdjustmentSale",
}


def _agreement(sale: Sale, at: int, entry: Happened) -> Node:
    number = sale.number * 100 + at
    told: Node = {
        "__typename": entry.kind,
        "id": gid("SalesAgreement", number),
        "happenedAt": stamp(entry.at),
        "reason": entry.reason,
        "app": {"id": gid("App", 1), "title": "Shop"},
        "user": None,
        "sales": [_sale(sale, number * 100 + place, one) for place, one in enumerate(entry.sales)],
    }
    return {**told, "refund": {"id": entry.of}} if entry.of else told


def _sale(sale: Sale, number: int, entry: Any) -> Node:
    action, kind, of, quantity, amount, taxes = entry
    bag = sale.money.bag
    told: Node = {
        "__typename": _SALES[kind],
        "id": gid("Sale", number),
        "actionType": action,
        "lineType": kind,
        "quantity": quantity,
        "totalAmount": bag(amount),
        "totalTaxAmount": bag(sum(cents for _, cents in taxes)),
        "totalDiscountAmountBeforeTaxes": bag(0),
        "totalDiscountAmountAfterTaxes": bag(0),
        "taxes": [
            {"id": gid("SaleTax", number * 10 + at), "amount": bag(cents), "taxLine": _tax_line(sale, tax, cents)}
            for at, (tax, cents) in enumerate(taxes)
        ],
    }
    return {**told, _REFERENCES[of.split("/")[3]]: {"id": of}} if of else told
