"""Which entry of QuickBooks each part of the books of a shop names: by an option, else a word that a person maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qbwc_server.channels.shopify.admin.options import Mode, ShopOptions
from qbwc_server.channels.shopify.written import given
from qbwc_server.list_kinds import LONGEST_PART, ListKind
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.said import Said
from qbwc_server.shop.entries import Entry, Role
from qbwc_server.shop.journals import Account
from qbwc_server.shop.order import NOWHERE, Address, Buyer, Order, Place
from qbwc_server.shop.terms import Terms
from qbxml import TextRefused, fit, shorten

SHOPIFY_PAYMENTS = "shopify_payments"
_ITEMS: dict[Role, str] = {
    Role.SALES: "sales_item",
    Role.DISCOUNTS: "discount_item",
    Role.SHIPPING: "shipping_item",
    Role.TAX: "tax_item",
    Role.TIPS: "tip_item",
    Role.DUTIES: "duties_item",
    Role.FEES: "additional_fee_item",
    Role.GIFT_CARDS: "gift_card_item",
    Role.STORE_CREDIT: "store_credit_item",
    Role.PROMOTION: "promotion_item",
    Role.CASH_ROUNDING: "cash_rounding_item",
    Role.ROUNDING: "rounding_item",
    Role.REFUND_DIFFERENCES: "refund_difference_item",
    Role.EXCHANGE: "exchange_item",
}
_ACCOUNTS: dict[Account, tuple[str, WordKind]] = {
    Account.CLEARING: ("clearing_account", WordKind.CLEARING_ACCOUNT),
    Account.BANK: ("bank_account", WordKind.BANK_ACCOUNT),
    Account.FEES: ("fees_account", WordKind.EXPENSE_ACCOUNT),
    Account.DISPUTES: ("disputes_account", WordKind.EXPENSE_ACCOUNT),
    Account.RESERVE: ("reserve_account", WordKind.ACCOUNT),
    Account.ADJUSTMENTS: ("adjustments_account", WordKind.ACCOUNT),
    Account.DRAWER: ("cash_account", WordKind.CLEARING_ACCOUNT),
    Account.OVER_SHORT: ("over_short_account", WordKind.ACCOUNT),
    Account.PAY_IN_OUT: ("pay_in_out_account", WordKind.ACCOUNT),
    Account.OPENING: ("opening_account", WordKind.ACCOUNT),
    Account.PROMOTION: ("promotion_account", WordKind.ACCOUNT),
    Account.GIFT_CARDS: ("gift_card_account", WordKind.LIABILITY_ACCOUNT),
    Account.COST_OF_GOODS: ("cogs_account", WordKind.COGS_ACCOUNT),
    Account.INVENTORY: ("inventory_account", WordKind.ACCOUNT),
}


def kinds_said(options: ShopOptions) -> tuple[WordKind, ...]:
    """The kinds of words that a shop says with these options."""
    wanted = {
        WordKind.ITEM: options.inventory is Mode.DETAILED,
        WordKind.CUSTOMER: options.customers is Mode.DETAILED,
        WordKind.CLASS: bool(options.classes),
    }
    accounts = dict.fromkeys((WordKind.CLEARING_ACCOUNT, WordKind.ACCOUNT, *(kind for _, kind in _ACCOUNTS.values())))
    return (*(kind for kind, said in wanted.items() if said), *accounts)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a document: what gave it, or the word that has to be mapped before."""

    name: str
    option: str = ""
    word: Said | None = None


class Naming:
    """Collects, while a document is written, what gave each of its places its entry."""

    def __init__(self, options: ShopOptions, terms: Terms) -> None:
        self.options, self.terms = options, terms
        self.words: dict[str, Said] = {}
        self.given: dict[str, str] = {}

    @property
    def tells_goods(self) -> bool:
        """Whether goods stand by name and number, not summed up by their type."""
        return self.options.inventory is Mode.DETAILED

    @property
    def tax_code(self) -> str | None:
        """The sales tax code of every line."""
        return self.options.tax_code

    @property
    def sales_tax_item(self) -> str | None:
        """The sales tax item of every document."""
        return self.options.sales_tax_item

    def put(self, field: str, name: Name) -> str:
        """The name for a place of the document, which is remembered."""
        if name.word is not None:
            self.words[field] = name.word
        elif name.option:
            self.given[field] = f"option {name.option}"
        return name.name

    def item(self, field: str, entry: Entry) -> str:
        """The item of an entry: that of its role; goods by variant where inventory is detailed."""
        return self.put(field, self._item(entry))

    def _item(self, entry: Entry) -> Name:
        if entry.role is not Role.SALES:
            return self._option(_ITEMS[entry.role])
        if self.options.inventory is Mode.SUMMARY:
            return self._option("returns_item" if entry.returned else "sales_item")
        if entry.returned and not entry.restocked:
            return self._option("returns_item")  # nothing comes to stock again
        word = entry.sku or entry.title
        if not word:
            return self._option("sales_item")
        return Name(_short(word, ListKind.ITEM), word=Said(WordKind.ITEM, word, title=entry.title or None))

    def _option(self, name: str) -> Name:
        return Name(str(getattr(self.options, name)), name)

    def account(self, field: str, account: Account, place: Place = NOWHERE) -> str:
        """The account for a purpose of the shop; a drawer is that of its location."""
        if account is Account.DRAWER and place.name in self.options.drawers:
            return self.put(field, Name(self.options.drawers[place.name], "drawers"))
        option, kind = _ACCOUNTS[account]
        return self.put(field, self._chosen(option, kind, f"shop: {account.value.replace('_', ' ')}"))

    def receivables(self, field: str) -> str:
        """The account of what customers owe."""
        return self.put(field, self._chosen("receivables_account", WordKind.ACCOUNT, "shop: receivables"))

    def chosen_receivables(self, field: str) -> str | None:
        """The same, where one was chosen; else QuickBooks takes its own."""
        return self.receivables(field) if self.options.receivables_account else None

    def payment_method(self, gateway: str) -> str | None:
        """The payment method, where one was chosen."""
        return self.options.payment_methods.get(gateway)

    def gateway(self, field: str, gateway: str, place: Place) -> str:
        """The account to which the money of a way of payment goes; cash to the drawer of its location."""
        if gateway in self.terms.cash_gateways and place.name in self.options.drawers:
            return self.put(field, Name(self.options.drawers[place.name], "drawers"))
        if gateway in self.options.gateways:
            return self.put(field, Name(self.options.gateways[gateway], "gateways"))
        for option, known in (("cash_account", self.terms.cash_gateways), ("clearing_account", {SHOPIFY_PAYMENTS})):
            if gateway in known and (chosen := getattr(self.options, option)):
                return self.put(field, Name(chosen, option))
        word = gateway or "unknown"
        return self.put(field, Name(word, word=Said(WordKind.CLEARING_ACCOUNT, f"gateway: {word}", title=word)))

    def _chosen(self, option: str, kind: WordKind, word: str) -> Name:
        chosen = getattr(self.options, option)
        return Name(chosen, option) if chosen else Name(word, word=Said(kind, word))

    def class_of(self, field: str, place: Place) -> str | None:
        """The class of a location; none where no location has one."""
        options = self.options
        if not options.classes:
            return None
        said = place.name or "Online"
        if said in options.classes:
            return self.put(field, Name(options.classes[said], "classes"))
        return self.put(field, Name(said, word=Said(WordKind.CLASS, said)))

    def customer(self, order: Order | None) -> dict[str, Any]:
        """Who buys: the one customer of the shop, or each by the key that the shop has for him."""
        if order is None or self.options.customers is Mode.SUMMARY or not order.buyer.name:
            return {"name": self.put("customer", self._option("customer"))}
        return self._buyer(order.buyer)

    def _buyer(self, buyer: Buyer) -> dict[str, Any]:
        name = _short(buyer.name.replace(":", " "), ListKind.CUSTOMER)
        word = f"customer {buyer.id}" if buyer.id else buyer.name
        said = Said(WordKind.CUSTOMER, word, title=buyer.name, email=buyer.email or None)
        return given(
            {
                "name": self.put("customer", Name(name, word=said)),
                "company_name": buyer.billing.company,
                "email": buyer.email,
                "phone": buyer.phone,
                "billing_address": _address(buyer.billing),
                "shipping_address": _address(buyer.shipping),
            }
        )


def _address(address: Address) -> dict[str, Any]:
    fields = ("lines", "city", "state", "postal_code", "country")
    return given({field: getattr(address, field) for field in fields})


def _short(text: str, kind: ListKind) -> str:
    """A name as a list of QuickBooks takes it."""
    plain = " ".join(text.split())
    try:
        fitted = fit(plain).text
    except TextRefused:
        return plain  # said when the document is checked
    most = LONGEST_PART[kind]
    return plain if len(fitted) <= most else shorten(fitted, most).text
