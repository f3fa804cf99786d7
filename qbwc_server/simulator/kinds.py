"""Declared tables: the lists of a company file, and which field of a message refers to which of them."""

from dataclasses import dataclass

# Name spaces: within one, full names are unique, whatever the kind. Customers, vendors, employees and
# other names share "name".


@dataclass(frozen=True)
class ListKind:
    """One kind of list element; ``tag`` is its name in ListDelType and in ``<tag>Ret``."""

    tag: str
    space: str
    list_name: str  # as messages call the list
    field: str  # as messages call its name field
    max_length: int
    nested: bool = False  # elements may have parents


def _kinds(*kinds: ListKind) -> dict[str, ListKind]:
    return {kind.tag: kind for kind in kinds}


LIST_KINDS = _kinds(
    ListKind("Account", "account", "Accounts", "account name", 31, nested=True),
    ListKind("Customer", "name", "Customers", "customer name", 41, nested=True),
    ListKind("Vendor", "name", "Vendors", "vendor name", 41),
    ListKind("Employee", "name", "Employees", "employee name", 100),
    ListKind("OtherName", "name", "Other Names", "other name", 41),
    ListKind("Class", "class", "Classes", "class name", 31, nested=True),
    ListKind("StandardTerms", "terms", "Terms", "terms name", 31),
    ListKind("DateDrivenTerms", "terms", "Terms", "terms name", 31),
    ListKind("SalesTaxCode", "tax code", "Sales Tax Codes", "sales tax code name", 3),
    ListKind("PaymentMethod", "payment method", "Payment Methods", "payment method name", 31),
    ListKind("CustomerMsg", "customer message", "Customer Messages", "customer message", 101),
    ListKind("ShipMethod", "ship method", "Ship Methods", "ship method name", 15),
    ListKind("Template", "template", "Templates", "template name", 31),
    ListKind("SalesRep", "sales rep", "Sales Reps", "sales rep initials", 5),
    ListKind("CustomerType", "customer type", "Customer Types", "customer type name", 31, nested=True),
    ListKind("VendorType", "vendor type", "Vendor Types", "vendor type name", 31, nested=True),
    ListKind("JobType", "job type", "Job Types", "job type name", 31, nested=True),
    ListKind("PriceLevel", "price level", "Price Levels", "price level name", 31),
    ListKind("Currency", "currency", "Currencies", "currency name", 64),
    ListKind("InventorySite", "inventory site", "Inventory Sites", "inventory site name", 31),
    ListKind("UnitOfMeasureSet", "unit of measure", "Units of Measure", "unit of measure name", 31),
    ListKind("BillingRate", "billing rate", "Billing Rates", "billing rate name", 31),
    ListKind("ItemService", "item", "Items", "item name", 31, nested=True),
    ListKind("ItemNonInventory", "item", "Items", "item name", 31, nested=True),
    ListKind("ItemInventory", "item", "Items", "item name", 31, nested=True),
    ListKind("ItemOtherCharge", "item", "Items", "item name", 31, nested=True),
    ListKind("ItemDiscount", "item", "Items", "item name", 31, nested=True),
    ListKind("ItemInventoryAssembly", "item", "Items", "item name", 31, nested=True),
    ListKind("ItemFixedAsset", "item", "Items", "item name", 31),
    ListKind("ItemPayment", "item", "Items", "item name", 31),
    ListKind("ItemSalesTaxGroup", "item", "Items", "item name", 31),
    ListKind("ItemSubtotal", "item", "Items", "item name", 31),
    ListKind("ItemSalesTax", "item", "Items", "item name", 31),
    ListKind("ItemGroup", "item", "Items", "item name", 31),
)

LEVELS = 5  # an element and up to four ancestors


@dataclass(frozen=True)
class Target:
    """What a field refers to: kinds in one name space, and the word for it in messages."""

    noun: str
    space: str
    kinds: frozenset[str]


def _target(noun: str, *kinds: str) -> Target:
    return Target(noun, LIST_KINDS[kinds[0]].space, frozenset(kinds))


_CUSTOMER = _target("Customer", "Customer")
_VENDOR = _target("Vendor", "Vendor")
_NAME = _target("Entity", "Customer", "Vendor", "Employee", "OtherName")
_ACCOUNT = _target("Account", "Account")
_CLASS = _target("Class", "Class")
_ITEM = _target("Item", *(tag for tag, kind in LIST_KINDS.items() if kind.space == "item" and tag != "ItemGroup"))
_TAX_CODE = _target("Sales Tax Code", "SalesTaxCode")
_PAYMENT_METHOD = _target("Payment Method", "PaymentMethod")

# Field of a message, in Python's spelling, to what it refers to.
REFERENCES: dict[str, Target] = {
    "customer": _CUSTOMER,
    "vendor": _VENDOR,
    "pref_vendor": _VENDOR,
    "tax_vendor": _VENDOR,
    "payee_entity": _NAME,
    "entity": _NAME,
    "sales_rep_entity": _NAME,
    "account": _ACCOUNT,
    "ar_account": _ACCOUNT,
    "ap_account": _ACCOUNT,
    "income_account": _ACCOUNT,
    "expense_account": _ACCOUNT,
    "cogs_account": _ACCOUNT,
    "asset_account": _ACCOUNT,
    "discount_account": _ACCOUNT,
    "deposit_to_account": _ACCOUNT,
    "refund_from_account": _ACCOUNT,
    "transfer_from_account": _ACCOUNT,
    "transfer_to_account": _ACCOUNT,
    "override_item_account": _ACCOUNT,
    "prefill_accounts": _ACCOUNT,
    "class_": _CLASS,
    "override_class": _CLASS,
    "discount_class": _CLASS,
    "item": _ITEM,
    "item_group": _target("Item", "ItemGroup"),
    "item_sales_tax": _target("Sales Tax Item", "ItemSalesTax"),
    "sales_tax_code": _TAX_CODE,
    "customer_sales_tax_code": _TAX_CODE,
    "terms": _target("Terms", "StandardTerms", "DateDrivenTerms"),
    "payment_method": _PAYMENT_METHOD,
    "preferred_payment_method": _PAYMENT_METHOD,
    "customer_msg": _target("Customer Message", "CustomerMsg"),
    "ship_method": _target("Ship Method", "ShipMethod"),
    "template": _target("Template", "Template"),
    "sales_rep": _target("Sales Rep", "SalesRep"),
    "customer_type": _target("Customer Type", "CustomerType"),
    "vendor_type": _target("Vendor Type", "VendorType"),
    "job_type": _target("Job Type", "JobType"),
    "price_level": _target("Price Level", "PriceLevel"),
    "currency": _target("Currency", "Currency"),
    "billing_rate": _target("Billing Rate", "BillingRate"),
    "inventory_site": _target("Inventory Site", "InventorySite"),
    "inventory_site_location": _target("Inventory Site", "InventorySite"),
    "unit_of_measure_set": _target("Unit Of Measure Set", "UnitOfMeasureSet"),
    "override_uom_set": _target("Unit Of Measure Set", "UnitOfMeasureSet"),
}


@dataclass(frozen=True)
class ListLimits:
    """How many elements QuickBooks takes, deleted ones not counted.

    The defaults are those of Pro and Premier. ``names`` counts customers, vendors, employees and other names together,
    ``each_name_list`` every one of these lists.
    """

    names: int = 14_500
    each_name_list: int = 10_500
    items: int = 14_500
    others: int = 10_000
    price_levels: int = 100

    def of(self, kind: ListKind) -> int:
        """The limit of the name space to which ``kind`` belongs."""
        return {"name": self.names, "item": self.items, "price level": self.price_levels}.get(kind.space, self.others)
