"""An order as documents: the sale, what was refunded of it, and what was paid of an open one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from qbwc_server.channels.contract import Draft, Skipped, Stored
from qbwc_server.channels.shopify.options import CustomerMode, ShopifyOptions
from qbwc_server.channels.shopify.order import NO_SALE, ORIGIN, RECEIVED, Order, Place, Status
from qbwc_server.channels.shopify.sale_lines import GIFT_CARD, SaleLines, lines_of
from qbwc_server.documents.kinds import Document
from qbwc_server.documents.kinds.credit_memo import CreditMemo
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.item_lines import Line
from qbwc_server.documents.kinds.party import Address, Customer
from qbwc_server.documents.kinds.payment import Payment
from qbwc_server.documents.kinds.sales_receipt import SalesReceipt
from qbwc_server.documents.problems import Problem
from qbwc_server.list_kinds import LONGEST_PART, ListKind
from qbxml import TextRefused, fit, shorten

_LEFT_OUT = {Status.VOIDED: "Its payment was voided.", Status.EXPIRED: "Its payment authorization expired."}


def skipped(order: Order, line_number: int | None) -> Skipped | None:
    """The order left out, where there is no sale, and why."""
    if order.status in NO_SALE:
        code, why = order.status.value, _LEFT_OUT[order.status]
    elif order.cancelled:
        code, why = "cancelled", "It was cancelled."
    else:
        return None
    kept = order.received - order.refunded
    money = f" {kept} of it was received and not refunded." if kept > 0 else ""
    advice = (
        "Refund it in Shopify, or enter what was kept by hand."
        if money
        else "Nothing to do, unless it stands in the books already."
    )
    problem = Problem(code, "Financial Status", f"Order {order.name} is left out: {why}{money}", advice)
    return Skipped(problem, order.origin, line_number, max(kept, Decimal(0)))


def sale_of(order: Order, options: ShopifyOptions, line_number: int | None) -> Draft:
    """The order as a sales receipt, where it was paid, else as an invoice. Raises pydantic.ValidationError."""
    made = lines_of(order, options)
    full_lines = tuple(made.lines)
    received = order.status in RECEIVED
    total = order.total
    if received and order.paid_without_money:
        made.add_special(GIFT_CARD, options.gift_card_item, f"Paid with {order.gateways}", -total)
        total = Decimal(0)
    made.asked.extend(_money_questions(order, received))
    customer, called = customer_of(order, options)
    values = _sale(order, made, customer, total, options)
    if received:
        method = options.payment_methods.get(order.gateways)
        document: Document = SalesReceipt.model_validate(
            {**values, "payment_method": method, "deposit_to": options.deposit_to}
        )
    else:
        document = Invoice.model_validate({**values, "due_date": order.due_on, "ar_account": options.ar_account})
    if called:
        made.notes.append(f"The customer {next(iter(called.values()))} is {customer.name} in QuickBooks.")
    return Draft(
        document,
        line_number,
        tuple(made.notes),
        tuple(made.asked),
        twin=_twin(order),
        called=called,
        given=made.given,
        same_as=lambda stored: stored.kind == "invoice" and received and stored.total == order.total,
        follow_ups=lambda stored: _follow_ups(order, options, customer, full_lines, line_number, stored),
    )


def _money_questions(order: Order, received: bool) -> Iterator[Problem]:
    owed = order.outstanding or Decimal(0)
    if received and owed > 0:
        yield Problem(
            "paid_with_balance",
            "payment_method",
            f"Order {order.name} counts as paid, but {owed} of {order.total} is still owed.",
            "Look the order up in Shopify. Submit the document if all of it was received; else exclude it and "
            "enter an invoice with the payment received.",
        )
    if received and owed < 0:
        yield Problem(
            "paid_too_much",
            "total",
            f"{-owed} more was paid of order {order.name} than its total of {order.total}.",
            "Look the order up in Shopify. Submit the document, and refund the difference or enter it as a payment.",
        )
    if order.status is Status.PARTIALLY_PAID and order.outstanding is None:
        yield Problem(
            "paid_in_part_unknown",
            "total",
            f"Order {order.name} was paid in part, and the file does not say how much.",
            "Export the orders again with the column Outstanding Balance, and import that file; else submit the "
            "invoice and enter the payment by hand.",
        )
    if received and order.paid_without_money is None:
        yield Problem(
            "paid_in_part_by_gift_card",
            "payment_method",
            f"Order {order.name} was paid with {order.gateways}; the export does not say how much with which.",
            "A gift card that is redeemed is no money: enter the order by hand with the amounts that Shopify shows, "
            "and exclude this document.",
        )


def _sale(order: Order, made: SaleLines, customer: Customer, total: Decimal, options: ShopifyOptions) -> dict[str, Any]:
    return {
        "origin": order.origin,
        "number": _number(order, made),
        "date": order.day,
        "customer": customer,
        "memo": f"Shopify order {order.name}" + (f", {order.gateways}" if order.gateways else ""),
        "class": options.classes.get(order.location),
        "lines": tuple(made.lines),
        "sales_tax_item": options.document_tax_item,
        "total": total,
        # the lines hold all the tax there is: with a tax item of 0 % they are the total as well
        "stated": None if made.booked == total else {"lines": made.booked},
    }


def _number(order: Order, made: SaleLines) -> str | None:
    number = order.name.removeprefix("#").strip()
    if 0 < len(number) <= Invoice.number_limit:
        return number
    made.notes.append(f"The name {order.name} is too long for a document number; it stands in the memo.")
    return None


# What comes after the sale


def _follow_ups(
    order: Order,
    options: ShopifyOptions,
    customer: Customer,
    lines: tuple[Line, ...],
    line_number: int | None,
    stored: Sequence[Stored],
) -> Iterator[Draft]:
    """Credit memos and payments for what the shop tells of and is not here yet."""
    kinds = {one.origin: one.kind for one in stored}
    refunds, refunded = _so_far(order, "refund", stored)
    if (amount := order.refunded - refunded) > 0:
        yield _credit(order, options, customer, lines if not refunded else (), line_number, amount, refunds + 1)
    payments, paid = _so_far(order, "payment", stored)
    if kinds.get(order.origin) == "invoice" and (amount := order.received - paid) > 0:
        yield _payment(order, options, customer, line_number, amount, payments + 1)


def _so_far(order: Order, what: str, stored: Sequence[Stored]) -> tuple[int, Decimal]:
    found = [one for one in stored if one.origin.startswith(f"{order.origin}:{what}:")]
    return len(found), sum((one.total or Decimal(0) for one in found), Decimal(0))


def _credit(
    order: Order,
    options: ShopifyOptions,
    customer: Customer,
    lines: tuple[Line, ...],
    line_number: int | None,
    amount: Decimal,
    number: int,
) -> Draft:
    """A refund: of the whole order with its lines, else in one sum, since the export does not say of what."""
    whole = amount == order.total and lines and sum((line.amount or 0 for line in lines), Decimal(0)) == amount
    asked = []
    if not whole:
        item = options.refund_item
        lines = (Line(item=item, description="Refund", amount=amount, tax_code=options.line_tax_code),)
        if item is None:
            asked.append(
                Problem(
                    "item_not_chosen",
                    "lines[0].item",
                    f"{amount} of order {order.name} was refunded, and no item is chosen for refunds.",
                    "Choose one with the option refund_item and import the file again, or enter the credit memo in "
                    "QuickBooks and exclude this one.",
                )
            )
    what = "" if whole else " and of what"
    asked.append(
        Problem(
            "refund_to_check",
            "date",
            f"{amount} of order {order.name} was refunded; the export does not say when{what}.",
            "Look the refund up in Shopify, give the credit memo its date, and submit it.",
        )
    )
    document = CreditMemo.model_validate(
        {
            "origin": f"{order.origin}:refund:{number}",
            "date": order.day,
            "customer": customer,
            "memo": f"Refund of Shopify order {order.name}",
            "class": options.classes.get(order.location),
            "lines": lines,
            "sales_tax_item": options.document_tax_item,
            "total": amount,
            "ar_account": options.ar_account,
        }
    )
    return Draft(document, line_number, reviews=tuple(asked))


def _payment(
    order: Order, options: ShopifyOptions, customer: Customer, line_number: int | None, amount: Decimal, number: int
) -> Draft:
    asked = []
    if order.paid_on is None:
        asked.append(
            Problem(
                "payment_to_check",
                "date",
                f"{amount} of order {order.name} was paid; the export does not say when.",
                "Look the payment up in Shopify, give it its date, and submit it.",
            )
        )
    if order.paid_without_money is not False:
        asked.append(
            Problem(
                "paid_in_part_by_gift_card",
                "payment_method",
                f"Order {order.name} was paid with {order.gateways}; a gift card that is redeemed is no money.",
                "Enter what was paid with it as a credit against the liability, and exclude this payment.",
            )
        )
    document = Payment.model_validate(
        {
            "origin": f"{order.origin}:payment:{number}",
            "date": order.paid_on or order.day,
            "customer": customer,
            "memo": f"Shopify order {order.name}" + (f", {order.gateways}" if order.gateways else ""),
            "amount": amount,
            "payment_method": options.payment_methods.get(order.gateways),
            "deposit_to": options.deposit_to,
            "ar_account": options.ar_account,
            "applies_to": [{"invoice": order.origin, "amount": amount}],
        }
    )
    return Draft(document, line_number, reviews=tuple(asked))


# Who buys


def customer_of(order: Order, options: ShopifyOptions) -> tuple[Customer, dict[str, str]]:
    """The customer, and the shop's own word for the name where it had to be changed."""
    buyer = order.buyer
    said = next((name for name in (buyer.billing_name, buyer.shipping_name, buyer.company) if _entry_name(name)), "")
    if options.customers is CustomerMode.SINGLE or not said:
        return Customer(name=options.single_customer), {}
    name = _entry_name(said)
    customer = Customer(
        name=name,
        company_name=buyer.company or None,
        email=buyer.email or None,
        phone=buyer.phone or None,
        billing_address=_address(buyer.billing),
        shipping_address=_address(buyer.shipping),
    )
    return customer, {} if name == " ".join(said.split()) else {name: " ".join(said.split())}


def _entry_name(text: str) -> str:
    """A name for the list of customers: a colon would make a job of it, and QuickBooks keeps 41 characters."""
    name = " ".join(text.replace(":", " ").split())
    try:
        fitted = fit(name).text
    except TextRefused:
        return name  # said when the document is checked
    most = LONGEST_PART[ListKind.CUSTOMER]
    return name if len(fitted) <= most else shorten(fitted, most).text


def _address(place: Place) -> Address | None:
    named = {
        "city": place.city,
        "state": place.state,
        "postal_code": place.postal_code,
        "country": place.country,
    }
    given = {name: text for name, text in named.items() if text}
    return Address(lines=place.lines, **given) if place.lines or given else None


def _twin(order: Order) -> Callable[[str], bool]:
    """Whether a stored origin is this order under its other key: by name where a file gave no id, or the reverse."""
    by_name = ORIGIN + order.name
    if order.identified:
        return lambda origin: origin == by_name
    return lambda origin: origin.startswith(ORIGIN) and origin != by_name and ":" not in origin.removeprefix(ORIGIN)
