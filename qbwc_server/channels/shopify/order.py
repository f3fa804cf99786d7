"""One order of the export as a sales receipt or an invoice whose lines add up to the order's total, or why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from pydantic import ValidationError

from qbwc_server.channels.contract import Draft, RowProblem, Skipped
from qbwc_server.channels.files.cells import CENT, shown, storable
from qbwc_server.channels.files.mistakes import mistakes, path
from qbwc_server.channels.files.rows import Group
from qbwc_server.channels.shopify.footing import Amounts, Footing, foot
from qbwc_server.channels.shopify.options import CustomerMode, ShopifyOptions
from qbwc_server.channels.shopify.order_rows import EXPORT_AGAIN, ORIGIN, Order, OrderProblem, Scope, unguarded
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.item_lines import Line
from qbwc_server.documents.kinds.party import Address, Customer
from qbwc_server.documents.kinds.sales_receipt import SalesReceipt
from qbwc_server.documents.problems import Problem

_PAID = frozenset(("paid", "partially_refunded"))
_OPEN = frozenset(("pending", "unpaid", "authorized", "partially_paid", "overdue"))
_LEFT_OUT = {
    "voided": "Its payment was voided.",
    "refunded": "It was refunded in full.",
    "expired": "Its payment authorization expired.",
}
_MOST_TAXES = 20


def outcome_of(group: Group, scope: Scope) -> Draft | RowProblem | Skipped:
    """The order as a draft, or why it is left out, or what is wrong with it."""
    order = Order(group, scope)
    try:
        return _skipped(order) or _draft(order)
    except OrderProblem as found:
        number = found.line_number or group.line_number
        problem = Problem(found.code, found.column, f"Order {group.key}: {found.message}", found.advice)
        return RowProblem(problem, number, group.line_number, order.origin)
    except ValidationError as error:
        place, mistake = next(mistakes(error))
        message = f"Order {group.key}: {path(place)}: {mistake.message}"
        problem = Problem(mistake.code, path(place), message, mistake.advice)
        return RowProblem(problem, group.line_number, group.line_number, order.origin)


def _skipped(order: Order) -> Skipped | None:
    if order.status in _LEFT_OUT:
        code, why = order.status, _LEFT_OUT[order.status]
    elif order.text("cancelled at"):
        code, why = "cancelled", "It was cancelled."
    else:
        return None
    advice = "Nothing to do, unless it stands in the books already or money was kept."
    problem = Problem(code, "Financial Status", f"Order {order.name} is left out: {why}", advice)
    return Skipped(problem, order.origin, order.first.line_number)


def _draft(order: Order) -> Draft:
    _check_values(order)
    _check_currency(order)
    options = order.scope.options
    total = order.money("total")
    lines, footing = _lines(order, total)
    booked = sum((line.amount or Decimal(0) for line in lines), Decimal(0))
    review = _review(order, footing, booked, total)
    document = (_receipt if order.status in _PAID else _invoice)(order, lines, total, options)
    _note_money(order)
    return Draft(document, order.first.line_number, tuple(order.notes), review, _twin(order))


def _check_values(order: Order) -> None:
    """The values of the order are on its first row, and its rows are one order's."""
    for title in ("Financial Status", "Created at", "Total"):
        if not order.text(title.casefold()):
            raise OrderProblem("order_values_missing", f"Its first row has no {title}.", EXPORT_AGAIN, column=title)
    if order.status not in _PAID | _OPEN:
        raise OrderProblem(
            "unknown_status",
            f"Its financial status is {shown(order.text('financial status'))}, which is not known here.",
            "Enter the order by hand, and tell the maintainers of this program.",
            column="Financial Status",
        )
    for row in order.group.rows[1:]:
        for column in ("id", "total"):
            if row.cells.get(column, order.first.cells.get(column)) not in ("", order.first.cells.get(column)):
                raise OrderProblem(
                    "two_orders",
                    f"Line {row.line_number} has the same name but another {column}.",
                    "Import the exports of two shops separately.",
                    column=column.capitalize(),
                    line_number=row.line_number,
                )


def _check_currency(order: Order) -> None:
    scope = order.scope
    found = order.text("currency").upper()
    if not found:
        return
    scope.currency = scope.currency or (scope.options.currency or found).upper()
    if found != scope.currency:
        raise OrderProblem(
            "other_currency",
            f"It is in {found}, the books are in {scope.currency}.",
            "Enter it by hand, or name the currency of the books with the option currency.",
            column="Currency",
        )


def _lines(order: Order, total: Decimal) -> tuple[list[Line], Footing]:
    """Lines that add up to the total, except for a difference beyond the cap, and how the amounts were read."""
    options = order.scope.options
    lines = list(_product_lines(order))
    taxes = list(_taxes(order))
    named_taxes = sum((amount for _, amount in taxes), Decimal(0))
    amounts = Amounts(
        goods=sum((line.amount or Decimal(0) for line in lines), Decimal(0)),
        subtotal=order.money("subtotal") if order.text("subtotal") else None,
        discount=order.money("discount amount"),
        line_discounts=sum((order.money("lineitem discount", row) for row in order.group.rows), Decimal(0)),
        shipping=order.money("shipping"),
        taxes=order.money("taxes") if order.text("taxes") else named_taxes,
        duties=order.money("duties"),
        total=total,
    )
    if not taxes and amounts.taxes:
        taxes = [("Taxes", amounts.taxes)]
        named_taxes = amounts.taxes
    footing = foot(amounts, options.rounding_cap)

    def add(item: str, description: str, amount: Decimal) -> None:
        if amount:
            lines.append(Line(item=item, description=description, amount=amount, tax_code=options.tax_code))

    code = order.text("discount code")
    add(options.discount_item, f"Discount {code}" if code else "Discount", -footing.reading.discount)
    method = order.text("shipping method")
    add(options.shipping_item, f"Shipping: {method}" if method else "Shipping", amounts.shipping)
    add(options.duties_item, "Duties", amounts.duties)
    for name, amount in taxes:
        add(options.tax_items.get(name, options.tax_item), name, amount)
    if footing.reading.tax_included:
        add(options.tax_included_item, "Tax included in the prices", -named_taxes)
    if not lines:
        raise OrderProblem("no_lines", "It has no lines and no amounts.", "Nothing to post; check it in Shopify.")
    difference = total - sum((line.amount or Decimal(0) for line in lines), Decimal(0))
    if abs(difference) <= options.rounding_cap:
        add(options.rounding_item, "Rounding difference", difference)
        if difference:
            order.notes.append(
                f"{difference} was booked to {options.rounding_item}, so that the lines come to the total."
            )
    return lines, footing


def _product_lines(order: Order) -> Iterator[Line]:
    options = order.scope.options
    for row in order.group.rows:
        name = storable(row.cells.get("lineitem name", ""))
        sku = unguarded(storable(row.cells.get("lineitem sku", "")))
        if not (name or sku or row.cells.get("lineitem quantity")):
            continue
        quantity = order.number("lineitem quantity", row)
        if not quantity:
            continue  # taken out of the order
        amount = (quantity * order.number("lineitem price", row)).quantize(CENT, ROUND_HALF_UP)
        if name.casefold() == "tip" and not sku:
            yield Line(item=options.tip_item, description=name, amount=amount, tax_code=options.tax_code)
            continue
        item = options.items.get(sku) or options.items.get(name) or (sku if options.use_sku else "")
        yield Line(
            item=item or options.product_item,
            description=name or sku,
            quantity=quantity,
            amount=amount,
            tax_code=options.tax_code,
        )


def _taxes(order: Order) -> Iterator[tuple[str, Decimal]]:
    for number in range(1, _MOST_TAXES + 1):
        amount = order.money(f"tax {number} value")
        if amount:
            yield order.text(f"tax {number} name") or "Taxes", amount


def _review(order: Order, footing: Footing, booked: Decimal, total: Decimal) -> Problem | None:
    """Why a person looks before the order is submitted."""
    owed = order.money("outstanding balance")
    found: list[Problem] = []
    if booked != total:
        found.append(
            Problem(
                "does_not_foot",
                "total",
                f"Order {order.name} does not foot: its lines, discounts, shipping and taxes come to {booked}, "
                f"its total is {total}; {total - booked} is not explained.",
                "Look the order up in Shopify and enter it by hand, or hand it in again with what is missing.",
            )
        )
    if footing.ambiguous:
        found.append(
            Problem(
                "two_readings",
                "total",
                f"Order {order.name} comes to its total in two ways: with the tax in the prices, or on top of them.",
                "Compare the lines with the order in Shopify, then submit the document or correct it.",
            )
        )
    if order.status in _PAID and owed > 0:
        found.append(
            Problem(
                "paid_with_balance",
                "payment_method",
                f"Order {order.name} counts as paid, but {owed} of {total} is still owed.",
                "Look the order up in Shopify. Submit the document if all of it was received; else exclude it and "
                "enter an invoice with the payment received.",
            )
        )
    order.notes.extend(problem.message for problem in found[1:])
    return found[0] if found else None


def _note_money(order: Order) -> None:
    """What of the order's money is not in the document."""
    if (refunded := order.money("refunded amount")) > 0:
        order.notes.append(f"{refunded} of order {order.name} was refunded in Shopify; it needs a credit memo.")
    owed, total = order.money("outstanding balance"), order.money("total")
    if order.status in _OPEN and order.text("outstanding balance") and owed < total:
        order.notes.append(f"{total - owed} of order {order.name} was paid already; it needs a payment.")


def _number(order: Order) -> str | None:
    number = order.name.removeprefix("#").strip()
    if 0 < len(number) <= Invoice.number_limit:
        return number
    order.notes.append(f"The name {order.name} is too long for a document number; it stands in the memo.")
    return None


def _memo(order: Order) -> str:
    gateways = order.text("payment method")
    return f"Shopify order {order.name}" + (f", {gateways}" if gateways else "")


def _receipt(order: Order, lines: list[Line], total: Decimal, options: ShopifyOptions) -> SalesReceipt:
    return SalesReceipt.model_validate(
        {
            **_sale(order, lines, total, options),
            "payment_method": options.payment_methods.get(order.text("payment method")),
            "deposit_to": options.deposit_to,
        }
    )


def _invoice(order: Order, lines: list[Line], total: Decimal, options: ShopifyOptions) -> Invoice:
    return Invoice.model_validate(
        {
            **_sale(order, lines, total, options),
            "due_date": order.day("next payment due at"),
            "ar_account": options.ar_account,
        }
    )


def _sale(order: Order, lines: list[Line], total: Decimal, options: ShopifyOptions) -> dict[str, object]:
    return {
        "origin": order.origin,
        "number": _number(order),
        "date": order.day("created at"),
        "customer": _customer(order),
        "memo": _memo(order),
        "class": options.classes.get(order.text("location")),
        "lines": tuple(lines),
        "sales_tax_item": options.sales_tax_item,
        "total": total,
    }


def _customer(order: Order) -> Customer:
    options = order.scope.options
    if options.customers is CustomerMode.SINGLE:
        return Customer(name=options.single_customer)
    billing_name, shipping_name = order.text("billing name"), order.text("shipping name")
    name = _entry_name(billing_name) or _entry_name(shipping_name) or _entry_name(order.text("billing company"))
    if not name:
        return Customer(name=options.single_customer)
    return Customer(
        name=name,
        company_name=order.text("billing company") or None,
        email=order.text("email") or None,
        phone=unguarded(order.text("billing phone") or order.text("phone")) or None,
        billing_address=_address(order, "billing"),
        shipping_address=_address(order, "shipping"),
    )


def _entry_name(text: str) -> str:
    """A colon would make a job of a customer."""
    return " ".join(text.replace(":", " ").split())


def _address(order: Order, which: str) -> Address | None:
    streets = [order.text(f"{which} address1"), order.text(f"{which} address2")]
    if not any(streets):
        streets = [order.text(f"{which} street")]
    values = {
        "city": order.text(f"{which} city"),
        "state": order.text(f"{which} province"),
        "postal_code": unguarded(order.text(f"{which} zip")),
        "country": order.text(f"{which} country"),
    }
    lines = tuple(street for street in streets if street)
    given = {name: text for name, text in values.items() if text not in ("", "-")}
    return Address(lines=lines, **given) if lines or given else None


def _twin(order: Order) -> Callable[[str], bool]:
    """Whether a stored origin is this order under its other key: by name where a file gave no id, or the reverse."""
    by_name = ORIGIN + order.name
    if order.identified:
        return lambda origin: origin == by_name
    return lambda origin: origin.startswith(ORIGIN) and origin != by_name
