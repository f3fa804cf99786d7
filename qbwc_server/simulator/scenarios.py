"""Ready-made companies: a small trading company for demonstrations, and an empty one."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.faults import FaultPlan
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.numbering import system_clock
from qbwc_server.simulator.switches import Switches
from qbxml.messages.item import SalesAndPurchase, SalesOrPurchase
from qbxml.shared import Address

SERVICES = (
    ("Consulting", "Consulting, per hour", "120.00"),
    ("Installation", "Installation on site", "85.00"),
    ("Seat", "Software seat, one month", "12.00"),
    ("Support Plan", "Support plan, one month", "49.00"),
)
GOODS = (
    ("Coffee Beans 1kg", "House blend, whole beans", "18.50", "9.20"),
    ("Filter Papers", "Filter papers, box of 100", "4.75", "1.90"),
    ("Espresso Cup", "Espresso cup, white", "6.00", "2.40"),
    ("Grinder", "Hand grinder, steel", "79.00", "41.00"),
    ("Shop Goods", "Goods sold in the shop", "0.00", "0.00"),
)
CUSTOMERS = (
    ("Kern Lighting", "12 Harbor Street", "Portland", "OR", "97201"),
    ("Abercrombie Kitchens", "5 Mill Road", "Salem", "OR", "97301"),
    ("Bluebird Cafe", "77 Main Street", "Eugene", "OR", "97401"),
    ("Northwind Dental", "310 Oak Avenue", "Bend", "OR", "97701"),
    ("Café Zürich", "9 Lake View", "Hood River", "OR", "97031"),
)
VENDORS = ("Cascade Roasters", "Harbor Freight Lines", "Amazon")


def empty_company(
    name: str = "Empty Company",
    *,
    now: Callable[[], datetime] = system_clock,
    switches: Switches | None = None,
    faults: FaultPlan | None = None,
) -> CompanyFile:
    """A new file: the default chart of accounts, no customers, no items, sales tax off."""
    return CompanyFile(name, now=now, switches=switches, faults=faults)


def demo_company(
    name: str = "Riverside Trading Company",
    *,
    now: Callable[[], datetime] = system_clock,
    switches: Switches | None = None,
    faults: FaultPlan | None = None,
    sales_tax: bool = False,
) -> CompanyFile:
    """A small trading company: services, goods, a discount, a group, customers with a job, vendors, classes.

    Args:
        sales_tax: whether it charges sales tax; then 8.25 percent for those who pay it, and an item of 0 percent.
    """
    company = CompanyFile(name, now=now, switches=switches, faults=faults)
    books = company.books
    for class_name in ("Web Shop", "Store", "Wholesale"):
        books.create("Class", class_name)
    vendors = {vendor: books.create("Vendor", vendor, values={"company_name": vendor}) for vendor in VENDORS}
    _items(books, vendors["Cascade Roasters"])
    for customer in CUSTOMERS:
        _customer(books, *customer)
    parent = books.lists.named("name", "Kern Lighting")
    books.create("Customer", "Showroom", parent=parent, values={"job_status": "InProgress"})
    books.create("Customer", "Web Shop Customers")
    if sales_tax:
        company.use_sales_tax("Sales Tax", Decimal("8.25"))
        agency = books.lists.named("name", "Tax Agency")
        outside = {"tax_rate": Decimal(0), "item_desc": "Sale to another state"}
        if agency is not None:
            outside["tax_vendor"] = agency.ref
        books.create("ItemSalesTax", "Out of State", values=outside)
    return company


def _items(books: Books, supplier: Entry) -> None:
    for name, desc, price in SERVICES:
        income = SalesOrPurchase(desc=desc, price=Decimal(price), account=books.lists.account("Service Income").ref)
        books.create("ItemService", name, values={"sales_or_purchase": income, "sales_tax_code": _non(books)})
    for name, desc, price, cost in GOODS:
        both = SalesAndPurchase(
            sales_desc=desc,
            sales_price=Decimal(price),
            income_account=books.lists.account("Sales").ref,
            purchase_desc=desc,
            purchase_cost=Decimal(cost),
            expense_account=books.special("CostOfGoodsSold").ref,
            pref_vendor=supplier.ref,
        )
        values = {"sales_and_purchase": both, "sales_tax_code": books.tax_code(taxable=True).ref}
        books.create("ItemNonInventory", name, values=values)
    shipping = SalesOrPurchase(desc="Shipping", account=books.lists.account("Shipping Income").ref)
    books.create("ItemOtherCharge", "Shipping", values={"sales_or_purchase": shipping, "sales_tax_code": _non(books)})
    discounts = books.lists.account("Sales Discounts").ref
    taxable = books.tax_code(taxable=True).ref
    for name, rate in (
        ("Discount", {"discount_rate": Decimal(0)}),
        ("Ten Percent Off", {"discount_rate_percent": Decimal(-10)}),
    ):
        common = {"item_desc": name, "account": discounts, "sales_tax_code": taxable}
        books.create("ItemDiscount", name, values={**common, **rate})
    books.create("ItemSubtotal", "Subtotal", values={"item_desc": "Subtotal"})
    beans, papers = books.lists.named("item", "Coffee Beans 1kg"), books.lists.named("item", "Filter Papers")
    if beans is not None and papers is not None:
        books.create(
            "ItemGroup",
            "Starter Set",
            values={"item_desc": "Beans and papers", "is_print_items_in_group": True},
            members=((beans.list_id, Decimal(2)), (papers.list_id, Decimal(1))),
        )


def _non(books: Books) -> object:
    return books.tax_code(taxable=False).ref


def _customer(books: Books, name: str, street: str, city: str, region: str, postal_code: str) -> None:
    address = Address(addr1=name, addr2=street, city=city, state=region, postal_code=postal_code)
    email = f"office@{''.join(ch for ch in name.lower() if ch.isascii() and ch.isalnum())}.example"
    terms = books.lists.named("terms", "Net 30")
    values = {"company_name": name, "bill_address": address, "email": email, "phone": "503-555-0100"}
    if terms is not None:
        values["terms"] = terms.ref
    books.create("Customer", name, values=values)
