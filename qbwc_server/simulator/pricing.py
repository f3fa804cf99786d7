"""From what a request says about sales lines to quantity, rate and amount of each, and the tax on them."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import CENT, FIVE_PLACES, LARGEST_AMOUNT, ZERO, cents
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.refusals import Refused, missing
from qbwc_server.simulator.shapes import Values

HUNDRED = Decimal(100)
LARGEST_RATE = Decimal(10) ** 10


@dataclass
class Priced:
    """One line worked out. ``values`` are the fields of its Ret; ``account`` is where it posts (ListID)."""

    values: Values
    entry: Entry | None = None
    amount: Decimal | None = None
    account: str = ""
    taxable: bool = False
    members: list["Priced"] | None = None  # of a group
    untouched: Any = None  # the line aggregate of before, where nothing in it changed


@dataclass(frozen=True)
class TaxTerms:
    """How one document is taxed."""

    rate: Decimal = Decimal(0)  # percent
    customer_is_taxable: bool = False


@dataclass
class Pricer:
    """Works out the lines of one document from the top down; some depend on those above them."""

    books: Books
    where: str
    tax: TaxTerms
    subtotal: Decimal = ZERO
    taxable: Decimal = ZERO
    rate_was_ignored: bool = False
    customer_level: Entry | None = None  # price level of the customer
    level: Entry | None = None  # of the line that is being worked out
    lines: list[Priced] = field(default_factory=list)
    _above: Decimal = ZERO  # amount of the line above, for percentages
    _since_subtotal: Decimal = ZERO

    @property
    def sales_tax(self) -> Decimal:
        """On the taxable lines together, rounded once."""
        if not self.tax.customer_is_taxable:
            return ZERO
        return cents(self.taxable * self.tax.rate / HUNDRED)

    def line(
        self,
        values: Values,
        *,
        given: frozenset[str] = frozenset(),
        is_new: bool = True,
        account: str = "",
        override: bool = False,
    ) -> Priced:
        """Work out one ordinary line.

        Args:
            values: fields of the Ret with references resolved; amounts as the request (or the line before) has them.
            given: names of the price fields that the request itself gives.
            is_new: false for a line that was on the document before.
            account: where the line posts if that was said before or is overridden.
            override: ``account`` was said in this very request.
        """
        reference = values.get("item")
        entry = self.books.lists.entry(reference.list_id) if reference is not None else None
        priced = Priced(values, entry)
        if entry is None:
            self._describe_only(priced)
        elif entry.kind.tag == "ItemSubtotal":
            priced.amount = self._since_subtotal
            self._since_subtotal = ZERO
            self._above = priced.amount
            values["amount"] = priced.amount
        else:
            self._defaults(priced, entry, is_new or "item" in given)
            self._price(priced, entry, given, is_new)
            self._place(priced, entry, account, override, "item" in given)
            self._count(priced, entry)
        return priced

    def _describe_only(self, priced: Priced) -> None:
        values = priced.values
        if any(values.get(name) for name in ("quantity", "rate", "rate_percent", "amount")):
            raise missing("ItemRef", f"{self.where} line")
        for name in ("quantity", "rate", "rate_percent", "amount", "sales_tax_code"):
            values.pop(name, None)

    def _defaults(self, priced: Priced, entry: Entry, fresh: bool) -> None:
        values = priced.values
        if fresh and entry.facts.sales_desc and "desc" not in values:
            values["desc"] = entry.facts.sales_desc
        if not self.books.facts.sales_tax:
            code = self.books.tax_code(taxable=False)
        elif (reference := values.get("sales_tax_code")) is not None:
            code = self.books.lists.entry(reference.list_id)
        elif entry.facts.tax_code:
            code = self.books.lists.entry(entry.facts.tax_code)
        else:
            code = self.books.tax_code(taxable=entry.kind.tag != "ItemSalesTax")
        values["sales_tax_code"] = code.ref
        priced.taxable = bool(code.value("is_taxable"))

    def _price(self, priced: Priced, entry: Entry, given: frozenset[str], is_new: bool) -> None:
        values, facts = priced.values, entry.facts
        quantity, rate = values.get("quantity"), values.get("rate")
        percent, amount = values.get("rate_percent"), values.get("amount")
        touched = is_new or bool(given)
        if entry.kind.tag == "ItemSalesTax":
            if amount is None or (touched and "amount" not in given):
                amount = cents(self.taxable * facts.tax_rate / HUNDRED)
            percent, rate, quantity = facts.tax_rate, None, None
        elif not touched and percent is None:
            pass  # as it was
        elif amount is not None and "amount" in given and not self._keeps_rate(given, is_new, rate, quantity):
            if "rate" in given:
                self.rate_was_ignored = True
            rate, percent = (amount / quantity).quantize(FIVE_PLACES) if quantity else amount, None
        elif percent is not None or (facts.percent is not None and "rate" not in given and is_new):
            percent = percent if percent is not None else facts.percent
            amount, rate = cents(self._above * (percent or Decimal(0)) / HUNDRED), None
        else:
            if rate is None or ("item" in given and "rate" not in given and not is_new):
                rate = self._listed(entry)
            if quantity is None and is_new and "rate" not in given:
                quantity = Decimal(1)
            amount = cents((quantity if quantity is not None else Decimal(1)) * (rate or Decimal(0)))
        if entry.kind.tag == "ItemDiscount":
            rate, percent, amount = _less(rate), _less(percent), _less(amount)
        if abs(amount or ZERO) > LARGEST_AMOUNT or abs(rate or ZERO) >= LARGEST_RATE:
            raise Refused(3110, f"The resulting amount of the {self.where} line is too large.")
        priced.amount = amount if amount is not None else ZERO
        _put(values, "quantity", _plain(quantity))
        _put(values, "rate", _money_rate(rate) if percent is None else None)
        _put(values, "rate_percent", _plain(percent))
        values["amount"] = priced.amount

    def _keeps_rate(self, given: frozenset[str], is_new: bool, rate: Decimal | None, quantity: Decimal | None) -> bool:
        """A changed line whose amount QuickBooks works out from the rate of before, whatever amount is given."""
        return (
            self.books.switches.changed_line_keeps_rate
            and not is_new
            and rate is not None
            and quantity is not None
            and not given & {"rate", "item"}
        )

    def _listed(self, entry: Entry) -> Decimal:
        """The item's price, at the price level of the line or else of the customer."""
        price = entry.facts.price or Decimal(0)
        level = self.level or self.customer_level
        percentage = level.value("price_level_fixed_percentage") if level is not None else None
        return price if percentage is None else (price * (HUNDRED + percentage) / HUNDRED).quantize(FIVE_PLACES)

    def _place(self, priced: Priced, entry: Entry, account: str, override: bool, item_is_new: bool) -> None:
        if entry.kind.tag == "ItemSalesTax":
            priced.account = self.books.special("SalesTaxPayable").list_id
        elif account and (override or not item_is_new):
            priced.account = account
        else:
            priced.account = entry.facts.sales_account
        if not priced.account:
            raise Refused(
                3270, f'There is no posting account for the item "{entry.full_name}" in the {self.where} line.'
            )

    def _count(self, priced: Priced, entry: Entry) -> None:
        amount = priced.amount or ZERO
        self.subtotal += amount
        self._since_subtotal += amount
        self._above = amount
        if priced.taxable and entry.kind.tag != "ItemSalesTax":
            self.taxable += amount


def _less(value: Decimal | None) -> Decimal | None:
    """A discount takes away, whichever sign it was given with."""
    return -abs(value) if value is not None else None


def _put(values: Values, name: str, value: Decimal | None) -> None:
    if value is None:
        values.pop(name, None)
    else:
        values[name] = value


def _plain(value: Decimal | None) -> Decimal | None:
    """Without zeros at the end: 3, 2.5, 10."""
    if value is None:
        return None
    if value == value.to_integral_value():
        return value.quantize(Decimal(1))
    return value.quantize(FIVE_PLACES).normalize()


def _money_rate(value: Decimal | None) -> Decimal | None:
    """With at least two decimals, and up to five where they are needed."""
    if value is None:
        return None
    if (short := value.quantize(CENT)) == value:
        return short
    return value.quantize(FIVE_PLACES).normalize()
