"""The kinds of words that are mapped: one row each says which list their entries stand in, and what fits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qbwc_server.errors import Invalid
from qbwc_server.list_kinds import ListKind


class WordKind(StrEnum):
    """What a word of a source means."""

    ITEM = "item"
    CUSTOMER = "customer"
    VENDOR = "vendor"
    ACCOUNT = "account"
    INCOME_ACCOUNT = "income_account"
    COGS_ACCOUNT = "cogs_account"
    EXPENSE_ACCOUNT = "expense_account"
    BANK_ACCOUNT = "bank_account"
    CARD_ACCOUNT = "card_account"
    CLEARING_ACCOUNT = "clearing_account"
    LIABILITY_ACCOUNT = "liability_account"
    CLASS = "class"
    TAX_CODE = "tax_code"
    TAX_ITEM = "tax_item"
    PAYMENT_METHOD = "payment_method"
    TERMS = "terms"


@dataclass(frozen=True, slots=True)
class MappedKind:
    """One kind of words.

    Attributes:
        title: of one entry, as bookkeepers say.
        list_kind: the list of the company file in which the entries stand.
        types: of the entries that fit, in QuickBooks' words; () for all.
        created: whether an entry that QuickBooks lacks may be added from here.
    """

    title: str
    list_kind: ListKind
    types: tuple[str, ...] = ()
    created: bool = False

    def fits(self, entry_type: str | None) -> bool:
        """Whether an entry of this type may be chosen."""
        return not self.types or entry_type in self.types

    @property
    def wanted(self) -> str:
        """What fits, for a person: ``an account of type CostOfGoodsSold``."""
        return f"one of type {' or '.join(self.types)}"


_SOLD = (
    *("Service", "NonInventory", "OtherCharge", "Inventory", "InventoryAssembly", "FixedAsset", "Discount", "Payment"),
)

KINDS: dict[WordKind, MappedKind] = {
    WordKind.ITEM: MappedKind("item", ListKind.ITEM, _SOLD, created=True),
    WordKind.CUSTOMER: MappedKind("customer", ListKind.CUSTOMER, created=True),
    WordKind.VENDOR: MappedKind("vendor", ListKind.VENDOR),
    WordKind.ACCOUNT: MappedKind("account", ListKind.ACCOUNT),
    WordKind.INCOME_ACCOUNT: MappedKind("income account", ListKind.ACCOUNT, ("Income", "OtherIncome")),
    WordKind.COGS_ACCOUNT: MappedKind("cost of goods sold account", ListKind.ACCOUNT, ("CostOfGoodsSold",)),
    WordKind.EXPENSE_ACCOUNT: MappedKind("expense account", ListKind.ACCOUNT, ("Expense", "OtherExpense")),
    WordKind.BANK_ACCOUNT: MappedKind("bank account", ListKind.ACCOUNT, ("Bank",)),
    WordKind.CARD_ACCOUNT: MappedKind("credit card account", ListKind.ACCOUNT, ("CreditCard",)),
    WordKind.CLEARING_ACCOUNT: MappedKind("clearing account", ListKind.ACCOUNT, ("OtherCurrentAsset", "Bank")),
    WordKind.LIABILITY_ACCOUNT: MappedKind(
        "liability account", ListKind.ACCOUNT, ("OtherCurrentLiability", "LongTermLiability")
    ),
    WordKind.CLASS: MappedKind("class", ListKind.CLASS),
    WordKind.TAX_CODE: MappedKind("sales tax code", ListKind.SALES_TAX_CODE),
    WordKind.TAX_ITEM: MappedKind("sales tax item", ListKind.SALES_TAX_ITEM, ("SalesTax", "SalesTaxGroup")),
    WordKind.PAYMENT_METHOD: MappedKind("payment method", ListKind.PAYMENT_METHOD),
    WordKind.TERMS: MappedKind("payment terms", ListKind.TERMS),
}


def kind_named(name: str) -> WordKind:
    """The kind of that name. Raises Invalid, with those that there are."""
    try:
        return WordKind(name)
    except ValueError:
        raise Invalid(f"There is no kind of word {name[:40]!r}. Kinds are: {', '.join(WordKind)}.") from None
