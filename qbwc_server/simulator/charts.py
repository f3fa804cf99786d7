"""What a new company file holds before anyone has entered anything: accounts and the usual small lists."""

from decimal import Decimal

from qbwc_server.simulator.books import SPECIAL_ACCOUNTS, Books
from qbwc_server.simulator.lists import Entry

ACCOUNTS = (
    ("Checking", "Bank"),
    ("Savings", "Bank"),
    ("Company Credit Card", "CreditCard"),
    ("Prepaid Expenses", "OtherCurrentAsset"),
    ("Furniture and Equipment", "FixedAsset"),
    ("Gift Cards Outstanding", "OtherCurrentLiability"),
    ("Owner's Equity", "Equity"),
    ("Sales", "Income"),
    ("Service Income", "Income"),
    ("Shipping Income", "Income"),
    ("Sales Discounts", "Income"),
    ("Advertising", "Expense"),
    ("Bank Service Charges", "Expense"),
    ("Merchant Fees", "Expense"),
    ("Office Supplies", "Expense"),
    ("Rent Expense", "Expense"),
    ("Software Subscriptions", "Expense"),
    ("Travel Expense", "Expense"),
    ("Utilities", "Expense"),
    ("Uncategorized Expense", "Expense"),
    ("Interest Income", "OtherIncome"),
    ("Rounding", "OtherExpense"),
)
TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
PAYMENT_METHODS = (
    ("Cash", "Cash"),
    ("Check", "Check"),
    ("American Express", "AmericanExpress"),
    ("Discover", "Discover"),
    ("MasterCard", "MasterCard"),
    ("Visa", "Visa"),
    ("Debit Card", "DebitCard"),
    ("Gift Card", "GiftCard"),
    ("E-Check", "ECheck"),
)
PLAIN_LISTS = {
    "Template": ("Intuit Product Invoice", "Intuit Service Invoice", "Intuit Standard Invoice"),
    "ShipMethod": ("DHL", "Federal Express", "UPS", "US Mail"),
    "CustomerMsg": ("It's been a pleasure working with you!", "Thank you for your business."),
}


def default_lists(books: Books) -> None:
    """Fill a new company file."""
    for special_type in SPECIAL_ACCOUNTS:
        books.special(special_type)
    for name, account_type in ACCOUNTS:
        books.create("Account", name, values={"account_type": account_type})
    for name, days in TERMS:
        books.create("StandardTerms", name, values={"std_due_days": days, "std_discount_days": 0})
    for name, method_type in PAYMENT_METHODS:
        books.create("PaymentMethod", name, values={"payment_method_type": method_type})
    for tag, names in PLAIN_LISTS.items():
        for name in names:
            books.create(tag, name)
    for taxable in (True, False):
        books.tax_code(taxable=taxable)


def switch_on_sales_tax(books: Books, item_name: str, rate: Decimal, agency: str = "Tax Agency") -> Entry:
    """Switch sales tax on, with one item of ``rate`` percent as the default."""
    vendor = books.lists.named("name", agency) or books.create("Vendor", agency)
    item = books.lists.named("item", item_name) or books.create(
        "ItemSalesTax",
        item_name,
        values={"tax_rate": rate, "tax_vendor": vendor.ref, "item_desc": f"Sales tax {rate}%"},
    )
    books.facts.sales_tax = True
    books.facts.default_sales_tax_item = item.list_id
    return item
