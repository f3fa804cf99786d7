"""The lines of an order, so that they come to its total; what is not income goes to items that a person has chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from qbwc_server.channels.files.cells import CENT
from qbwc_server.channels.shopify.footing import Amounts, Footing, foot
from qbwc_server.channels.shopify.options import ShopifyOptions
from qbwc_server.channels.shopify.order import Order, OrderLine
from qbwc_server.documents.kinds.item_lines import Line
from qbwc_server.documents.problems import Problem


@dataclass(frozen=True, slots=True)
class Special:
    """Something in an order that is no income: what it is, the option with its item, the kind of account."""

    what: str
    option: str
    account: str


TAX = Special("tax", "tax_item", "a liability account")
TIP = Special("tips", "tip_item", "a liability account")
DUTIES = Special("duties", "duties_item", "the account from which duties are paid")
GIFT_CARD = Special("gift cards", "gift_card_item", "a liability account")
ROUNDING = Special("a rounding difference", "rounding_item", "an account for rounding")


@dataclass
class SaleLines:
    """The lines of one order, what a person has to choose or see, and remarks."""

    order: Order
    options: ShopifyOptions
    lines: list[Line] = field(default_factory=list)
    asked: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)  # by place, the option that gave it its item
    footing: Footing | None = None

    @property
    def booked(self) -> Decimal:
        """What the lines come to."""
        return sum((line.amount or Decimal(0) for line in self.lines), Decimal(0))

    def add(
        self,
        item: str | None,
        description: str,
        amount: Decimal,
        quantity: Decimal | None = None,
        *,
        option: str | None = None,
    ) -> None:
        """One more line, unless it is about nothing.

        Args:
            option: the one that chose the item; None: the shop itself names it.
        """
        if amount or quantity:
            if option is not None and item is not None:
                self.given[f"lines[{len(self.lines)}].item"] = f"option {option}"
            code = self.options.line_tax_code
            line = Line(item=item, description=description, amount=amount, quantity=quantity, tax_code=code)
            self.lines.append(line)

    def add_special(self, special: Special, item: str | None, description: str, amount: Decimal) -> None:
        """A line that is no income; without an item a person has to choose one."""
        if not amount:
            return
        if item is None:
            self.asked.append(
                Problem(
                    "item_not_chosen",
                    f"lines[{len(self.lines)}].item",
                    f"Order {self.order.name} holds {amount} of {special.what}, and no item is chosen for that.",
                    f"Choose with the option {special.option} an item of QuickBooks that posts to {special.account}, "
                    f"and import the file again.",
                )
            )
        self.add(item, description, amount, option=special.option)


def lines_of(order: Order, options: ShopifyOptions) -> SaleLines:
    """All lines of the order."""
    made = SaleLines(order, options)
    for line in order.lines:
        _add_product(made, line)
    goods = made.booked
    named_taxes = sum((amount for _, amount in order.taxes), Decimal(0))
    taxes = order.taxes or ((("Taxes", order.taxes_total),) if order.taxes_total else ())
    taxes_total = named_taxes if order.taxes_total is None else order.taxes_total
    made.footing = foot(
        Amounts(
            goods=goods,
            subtotal=order.subtotal,
            discount=order.discount,
            line_discounts=sum((line.discount for line in order.lines), Decimal(0)),
            shipping=order.shipping,
            taxes=taxes_total,
            duties=order.duties,
            total=order.total,
        ),
        options.rounding_cap,
    )
    code, method = order.discount_code, order.shipping_method
    off, discount = -made.footing.reading.discount, f"Discount {code}" if code else "Discount"
    made.add(options.discount_item, discount, off, option="discount_item")
    shipping = f"Shipping: {method}" if method else "Shipping"
    made.add(options.shipping_item, shipping, order.shipping, option="shipping_item")
    made.add_special(DUTIES, options.duties_item, "Duties", order.duties)
    for name, amount in taxes:
        made.add_special(TAX, options.tax_items.get(name, options.tax_item), name, amount)
    if made.footing.reading.tax_included:
        included = sum((amount for _, amount in taxes), Decimal(0))
        made.add(options.tax_included_item, "Tax included in the prices", -included, option="tax_included_item")
    _add_rounding(made)
    made.asked.extend(_questions(made))
    return made


def _add_product(made: SaleLines, line: OrderLine) -> None:
    if not line.quantity:
        return  # taken out of the order
    options = made.options
    amount = (line.quantity * line.price).quantize(CENT, ROUND_HALF_UP)
    chosen = options.items.get(line.sku) or options.items.get(line.name)
    if chosen is None and line.is_tip:
        made.add_special(TIP, options.tip_item, line.name, amount)
    elif chosen is None and line.is_gift_card:
        made.add_special(GIFT_CARD, options.gift_card_item, line.name, amount)
    else:
        of_shop = line.sku if options.use_sku else ""
        option = "items" if chosen else None if of_shop else "product_item"
        item = chosen or of_shop or options.product_item
        made.add(item, line.name or line.sku, amount, line.quantity, option=option)


def _add_rounding(made: SaleLines) -> None:
    difference = made.order.total - made.booked
    if difference and made.lines and abs(difference) <= made.options.rounding_cap:
        made.add_special(ROUNDING, made.options.rounding_item, "Rounding difference", difference)
        if item := made.options.rounding_item:
            made.notes.append(f"{difference} was booked to {item}, so that the lines come to the total.")


def _questions(made: SaleLines) -> Iterator[Problem]:
    """Why a person looks before the order is submitted."""
    order, options = made.order, made.options
    if made.footing is not None and made.footing.ambiguous:
        yield Problem(
            "two_readings",
            "total",
            f"Order {order.name} comes to its total in two ways: with the tax in the prices, or on top of them.",
            "Compare the lines with the order in Shopify, then submit the document or correct it.",
        )
    if not options.tax_is_settled:
        on = "is switched on" if options.sales_tax_on else "may be switched on"
        yield Problem(
            "tax_may_be_added_twice",
            "sales_tax_item",
            f"Sales tax {on} in QuickBooks, which would add its own tax to that of the shop.",
            "Give the options tax_code (a code that is not taxable) and sales_tax_item (a tax item of 0 %), and import "
            "the file again; or sales_tax_on=false, if QuickBooks does not charge sales tax.",
        )
