"""Which entry of QuickBooks each part of an exported order names: the shop's own word, or what a person has chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qbwc_server.channels.shopify.options import CustomerMode, ShopifyOptions
from qbwc_server.channels.shopify.written import given
from qbwc_server.documents.problems import Problem
from qbwc_server.list_kinds import LONGEST_PART, ListKind
from qbwc_server.mapping.said import Said
from qbwc_server.shop.entries import Entry, Role
from qbwc_server.shop.order import Address, Order, Place
from qbwc_server.shop.terms import Terms
from qbxml import TextRefused, fit, shorten

TAX_INCLUDED = "tax included"  # the entry that takes the tax out of prices that hold it


@dataclass(frozen=True, slots=True)
class Chosen:
    """Something in an order that is no income: what it is, the option with its item, the kind of account."""

    what: str
    option: str
    account: str


_GIFT_CARDS = Chosen("gift cards", "gift_card_item", "a liability account")
_ROUNDING = Chosen("a rounding difference", "rounding_item", "an account for rounding")
_CHOSEN = {
    Role.TAX: Chosen("tax", "tax_item", "a liability account"),
    Role.TIPS: Chosen("tips", "tip_item", "a liability account"),
    Role.DUTIES: Chosen("duties", "duties_item", "the account from which duties are paid"),
    Role.GIFT_CARDS: _GIFT_CARDS,
    Role.STORE_CREDIT: _GIFT_CARDS,
    Role.ROUNDING: _ROUNDING,
    Role.CASH_ROUNDING: _ROUNDING,
    Role.REFUND_DIFFERENCES: Chosen("refunds of a part", "refund_item", "an account for returns"),
}
_INCOME = {
    Role.SHIPPING: "shipping_item",
    Role.DISCOUNTS: "discount_item",
    Role.PROMOTION: "discount_item",
}


class ExportNames:
    """The names in one document, what a person has to choose or see, and remarks."""

    def __init__(self, order: Order, options: ShopifyOptions, terms: Terms) -> None:
        self.order, self.options, self.terms = order, options, terms
        self.words: dict[str, Said] = {}
        self.given: dict[str, str] = {}
        self.called: dict[str, str] = {}
        self.asked: list[Problem] = []
        self.notes: list[str] = []

    @property
    def tells_goods(self) -> bool:
        """A file is never summed up."""
        return True

    @property
    def tax_code(self) -> str | None:
        """The sales tax code of every line."""
        return self.options.line_tax_code

    @property
    def sales_tax_item(self) -> str | None:
        """The sales tax item of every document."""
        return self.options.document_tax_item

    def item(self, field: str, entry: Entry) -> str | None:
        """The item of an entry; what is no income and has none is asked for."""
        option, item = self._item(entry)
        if item is None:
            self.asked.append(self._not_chosen(field, entry))
        elif option is not None:
            self.given[field] = f"option {option}"
        if entry.role is Role.ROUNDING and item is not None:
            self.notes.append(f"{entry.amount} was booked to {item}, so that the lines come to the total.")
        return item

    def _item(self, entry: Entry) -> tuple[str | None, str | None]:
        """The option that gave the item, and the item."""
        options = self.options
        if entry.of == TAX_INCLUDED:
            return "tax_included_item", options.tax_included_item
        if entry.role in _CHOSEN:
            option = _CHOSEN[entry.role].option
            by_name = options.tax_items.get(entry.title) if entry.role is Role.TAX else None
            return option, by_name or getattr(options, option)
        if entry.role in _INCOME:
            return _INCOME[entry.role], getattr(options, _INCOME[entry.role])
        if chosen := options.items.get(entry.sku) or options.items.get(entry.title):
            return "items", chosen
        if entry.sku and options.use_sku:
            return None, entry.sku  # the shop itself names it
        return "product_item", options.product_item

    def _not_chosen(self, field: str, entry: Entry) -> Problem:
        chosen = _CHOSEN[entry.role]
        return Problem(
            "item_not_chosen",
            field,
            f"Order {self.order.name} holds {abs(entry.amount)} of {chosen.what}, and no item is chosen for that.",
            f"Choose with the option {chosen.option} an item of QuickBooks that posts to {chosen.account}, and import "
            f"the file again.",
        )

    def gateway(self, field: str, gateway: str, place: Place) -> str | None:
        """One account for all ways of payment, since a file tells several in one cell."""
        return self.options.deposit_to

    def payment_method(self, gateway: str) -> str | None:
        """The payment method, where one was chosen for the cell."""
        return self.options.payment_methods.get(gateway)

    def receivables(self, field: str) -> str:
        """The account of what customers owe."""
        return self.options.ar_account or "Accounts Receivable"

    def chosen_receivables(self, field: str) -> str | None:
        """The same, where one was chosen; else QuickBooks takes its own."""
        return self.options.ar_account

    def class_of(self, field: str, place: Place) -> str | None:
        """The class of a location."""
        return self.options.classes.get(place.name)

    def customer(self, order: Order | None) -> dict[str, Any]:
        """The buyer by name, or the one customer of the shop."""
        buyer = self.order.buyer
        said = next((one for one in (buyer.billing.name, buyer.shipping.name, buyer.billing.company) if _name(one)), "")
        if self.options.customers is CustomerMode.SINGLE or not said:
            return {"name": self.options.single_customer}
        name, plain = _name(said), " ".join(said.split())
        if name != plain:
            self.called = {name: plain}
            self.notes.append(f"The customer {plain} is {name} in QuickBooks.")
        return given(
            {
                "name": name,
                "company_name": buyer.billing.company,
                "email": buyer.email,
                "phone": buyer.phone,
                "billing_address": _address(buyer.billing),
                "shipping_address": _address(buyer.shipping),
            }
        )


def questions(names: ExportNames, *, of_sale: bool) -> list[Problem]:
    """Why a person looks before a document is submitted."""
    options = names.options
    if options.tax_is_settled or not of_sale:
        return names.asked
    on = "is switched on" if options.sales_tax_on else "may be switched on"
    twice = Problem(
        "tax_may_be_added_twice",
        "sales_tax_item",
        f"Sales tax {on} in QuickBooks, which would add its own tax to that of the shop.",
        "Give the options tax_code (a code that is not taxable) and sales_tax_item (a tax item of 0 %), and import "
        "the file again; or sales_tax_on=false, if QuickBooks does not charge sales tax.",
    )
    return [*names.asked, twice]


def _name(text: str) -> str:
    """A name for the list of customers: a colon would make a job of it, and QuickBooks keeps 41 characters."""
    name = " ".join(text.replace(":", " ").split())
    try:
        fitted = fit(name).text
    except TextRefused:
        return name  # said when the document is checked
    most = LONGEST_PART[ListKind.CUSTOMER]
    return name if len(fitted) <= most else shorten(fitted, most).text


def _address(address: Address) -> dict[str, Any]:
    fields = ("lines", "city", "state", "postal_code", "country")
    return given({field: getattr(address, field) for field in fields})
