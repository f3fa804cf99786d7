"""Items of every type but sales tax: add, and one query for all."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, element, exactly_one, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, Request, Response
from qbxml.messages.tax import ItemSalesTaxRet
from qbxml.returned import NamedRet
from qbxml.shared import ActiveStatus, BarCode, DataExtRet, ErrorRecovery, NameFilter, NameRangeFilter, Ref
from qbxml.values import Amount, Id, Percent, Price, Quantity


class SpecialItemType(StrEnum):
    """What QuickBooks itself uses an item for."""

    FINANCE_CHARGE = "FinanceCharge"
    REIMBURSABLE_EXPENSE_GROUP = "ReimbursableExpenseGroup"
    REIMBURSABLE_EXPENSE_SUBTOTAL = "ReimbursableExpenseSubtotal"


class AcquiredAs(StrEnum):
    """Whether a fixed asset was new."""

    NEW = "New"
    OLD = "Old"


class SalesOrPurchase(Aggregate):
    """Price and account of an item that is only sold or only bought."""

    desc: str | None = element("Desc", default=None, max_length=4095)
    price: Price | None = element("Price", default=None)
    price_percent: Percent | None = element("PricePercent", default=None)
    account: Ref | None = ref("AccountRef", 159, default=None)
    choices = (at_most_one("price", "price_percent"),)


class SalesAndPurchase(Aggregate):
    """Prices and accounts of an item that is both bought and sold."""

    sales_desc: str | None = element("SalesDesc", default=None, max_length=4095)
    sales_price: Price | None = element("SalesPrice", default=None)
    income_account: Ref | None = ref("IncomeAccountRef", 159, default=None)
    purchase_desc: str | None = element("PurchaseDesc", default=None, max_length=4095)
    purchase_cost: Price | None = element("PurchaseCost", default=None)
    expense_account: Ref | None = ref("ExpenseAccountRef", 159, default=None)
    pref_vendor: Ref | None = ref("PrefVendorRef", 41, default=None)


class ItemServiceAdd(Aggregate):
    """A service item to be entered."""

    name: str = element("Name", max_length=31)
    bar_code: BarCode | None = element("BarCode", default=None, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    unit_of_measure_set: Ref | None = ref("UnitOfMeasureSetRef", 31, default=None, since=(7, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    sales_or_purchase: SalesOrPurchase | None = element("SalesOrPurchase", default=None)
    sales_and_purchase: SalesAndPurchase | None = element("SalesAndPurchase", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    choices = (exactly_one("sales_or_purchase", "sales_and_purchase"),)


class ItemServiceAddRq(Request):
    """Enter a service item."""

    item_service_add: ItemServiceAdd = element("ItemServiceAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class ItemNonInventoryAdd(Aggregate):
    """A non-inventory item to be entered."""

    name: str = element("Name", max_length=31)
    bar_code: BarCode | None = element("BarCode", default=None, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    parent: Ref | None = ref("ParentRef", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    manufacturer_part_number: str | None = element("ManufacturerPartNumber", default=None, max_length=31, since=(7, 0))
    unit_of_measure_set: Ref | None = ref("UnitOfMeasureSetRef", 31, default=None, since=(7, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    sales_or_purchase: SalesOrPurchase | None = element("SalesOrPurchase", default=None)
    sales_and_purchase: SalesAndPurchase | None = element("SalesAndPurchase", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    choices = (exactly_one("sales_or_purchase", "sales_and_purchase"),)


class ItemNonInventoryAddRq(Request):
    """Enter a non-inventory item."""

    item_non_inventory_add: ItemNonInventoryAdd = element("ItemNonInventoryAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class ItemOtherChargeAdd(Aggregate):
    """An item for other charges to be entered."""

    name: str = element("Name", max_length=31)
    bar_code: BarCode | None = element("BarCode", default=None, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    sales_or_purchase: SalesOrPurchase | None = element("SalesOrPurchase", default=None)
    sales_and_purchase: SalesAndPurchase | None = element("SalesAndPurchase", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    choices = (exactly_one("sales_or_purchase", "sales_and_purchase"),)


class ItemOtherChargeAddRq(Request):
    """Enter an item for other charges."""

    item_other_charge_add: ItemOtherChargeAdd = element("ItemOtherChargeAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class ItemInventoryAdd(Aggregate):
    """An inventory item to be entered."""

    name: str = element("Name", max_length=31)
    bar_code: BarCode | None = element("BarCode", default=None, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    manufacturer_part_number: str | None = element("ManufacturerPartNumber", default=None, max_length=31, since=(7, 0))
    unit_of_measure_set: Ref | None = ref("UnitOfMeasureSetRef", 31, default=None, since=(7, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    sales_desc: str | None = element("SalesDesc", default=None, max_length=4095)
    sales_price: Price | None = element("SalesPrice", default=None)
    income_account: Ref | None = ref("IncomeAccountRef", 159, default=None)
    purchase_desc: str | None = element("PurchaseDesc", default=None, max_length=4095)
    purchase_cost: Price | None = element("PurchaseCost", default=None)
    cogs_account: Ref | None = ref("COGSAccountRef", 159, default=None)
    pref_vendor: Ref | None = ref("PrefVendorRef", 41, default=None)
    asset_account: Ref | None = ref("AssetAccountRef", 159, default=None)
    reorder_point: Quantity | None = element("ReorderPoint", default=None)
    max: Quantity | None = element("Max", default=None, since=(13, 0))
    quantity_on_hand: Quantity | None = element("QuantityOnHand", default=None)
    total_value: Amount | None = element("TotalValue", default=None)
    inventory_date: date | None = element("InventoryDate", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))


class ItemInventoryAddRq(Request):
    """Enter an inventory item."""

    item_inventory_add: ItemInventoryAdd = element("ItemInventoryAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class ItemDiscountAdd(Aggregate):
    """A discount item to be entered."""

    name: str = element("Name", max_length=31)
    bar_code: BarCode | None = element("BarCode", default=None, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    item_desc: str | None = element("ItemDesc", default=None, max_length=4095)
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    discount_rate: Price | None = element("DiscountRate", default=None)
    discount_rate_percent: Percent | None = element("DiscountRatePercent", default=None)
    account: Ref | None = ref("AccountRef", 159, default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    choices = (at_most_one("discount_rate", "discount_rate_percent"),)


class ItemDiscountAddRq(Request):
    """Enter a discount item."""

    item_discount_add: ItemDiscountAdd = element("ItemDiscountAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class ItemQueryRq(IteratedQuery):
    """Look for items of every type."""

    list_ids: tuple[Id, ...] = element("ListID", default=())
    full_names: tuple[str, ...] = element("FullName", default=())
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    active_status: ActiveStatus | None = element("ActiveStatus", default=None)
    from_modified_date: datetime | None = element("FromModifiedDate", default=None)
    to_modified_date: datetime | None = element("ToModifiedDate", default=None)
    name_filter: NameFilter | None = element("NameFilter", default=None)
    name_range_filter: NameRangeFilter | None = element("NameRangeFilter", default=None)
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )
    owner_ids: tuple[UUID, ...] = element("OwnerID", default=(), since=(2, 0))
    choices = (
        at_most_one(
            "list_ids",
            "full_names",
            any_of(
                "max_returned",
                "active_status",
                "from_modified_date",
                "to_modified_date",
                "name_filter",
                "name_range_filter",
            ),
        ),
        at_most_one("name_filter", "name_range_filter"),
    )


class ItemServiceRet(NamedRet):
    """A service item, as it stands in the books."""

    full_name: str = element("FullName", max_length=159)
    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")
    unit_of_measure_set: Ref | None = ref("UnitOfMeasureSetRef", 31, default=None, since=(7, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    sales_or_purchase: SalesOrPurchase | None = element("SalesOrPurchase", default=None)
    sales_and_purchase: SalesAndPurchase | None = element("SalesAndPurchase", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))
    choices = (at_most_one("sales_or_purchase", "sales_and_purchase"),)


class ItemServiceAddRs(Response):
    """The answer to :class:`ItemServiceAddRq`."""

    item_service_ret: ItemServiceRet | None = element("ItemServiceRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ItemNonInventoryRet(NamedRet):
    """A non-inventory item, as it stands in the books."""

    full_name: str = element("FullName", max_length=159)
    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")
    manufacturer_part_number: str | None = element("ManufacturerPartNumber", default=None, max_length=31, since=(7, 0))
    unit_of_measure_set: Ref | None = ref("UnitOfMeasureSetRef", 31, default=None, since=(7, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    sales_or_purchase: SalesOrPurchase | None = element("SalesOrPurchase", default=None)
    sales_and_purchase: SalesAndPurchase | None = element("SalesAndPurchase", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))
    choices = (at_most_one("sales_or_purchase", "sales_and_purchase"),)


class ItemNonInventoryAddRs(Response):
    """The answer to :class:`ItemNonInventoryAddRq`."""

    item_non_inventory_ret: ItemNonInventoryRet | None = element("ItemNonInventoryRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ItemOtherChargeRet(NamedRet):
    """An item for other charges, as it stands in the books."""

    full_name: str = element("FullName", max_length=159)
    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    sales_or_purchase: SalesOrPurchase | None = element("SalesOrPurchase", default=None)
    sales_and_purchase: SalesAndPurchase | None = element("SalesAndPurchase", default=None)
    special_item_type: SpecialItemType | None = element("SpecialItemType", default=None, since=(6, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))
    choices = (at_most_one("sales_or_purchase", "sales_and_purchase"),)


class ItemOtherChargeAddRs(Response):
    """The answer to :class:`ItemOtherChargeAddRq`."""

    item_other_charge_ret: ItemOtherChargeRet | None = element("ItemOtherChargeRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ItemInventoryRet(NamedRet):
    """An inventory item, as it stands in the books."""

    full_name: str = element("FullName", max_length=159)
    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")
    manufacturer_part_number: str | None = element("ManufacturerPartNumber", default=None, max_length=31, since=(7, 0))
    unit_of_measure_set: Ref | None = ref("UnitOfMeasureSetRef", 31, default=None, since=(7, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    sales_desc: str | None = element("SalesDesc", default=None, max_length=4095)
    sales_price: Price | None = element("SalesPrice", default=None)
    income_account: Ref | None = ref("IncomeAccountRef", 159, default=None)
    purchase_desc: str | None = element("PurchaseDesc", default=None, max_length=4095)
    purchase_cost: Price | None = element("PurchaseCost", default=None)
    cogs_account: Ref | None = ref("COGSAccountRef", 159, default=None)
    pref_vendor: Ref | None = ref("PrefVendorRef", 41, default=None)
    asset_account: Ref | None = ref("AssetAccountRef", 159, default=None)
    reorder_point: Quantity | None = element("ReorderPoint", default=None)
    max: Quantity | None = element("Max", default=None, since=(13, 0))
    quantity_on_hand: Quantity | None = element("QuantityOnHand", default=None)
    average_cost: Price | None = element("AverageCost", default=None)
    quantity_on_order: Quantity | None = element("QuantityOnOrder", default=None)
    quantity_on_sales_order: Quantity | None = element("QuantityOnSalesOrder", default=None, since=(2, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class ItemInventoryAddRs(Response):
    """The answer to :class:`ItemInventoryAddRq`."""

    item_inventory_ret: ItemInventoryRet | None = element("ItemInventoryRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ItemDiscountRet(NamedRet):
    """A discount item, as it stands in the books."""

    full_name: str = element("FullName", max_length=159)
    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")
    item_desc: str | None = element("ItemDesc", default=None, max_length=4095)
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    discount_rate: Price | None = element("DiscountRate", default=None)
    discount_rate_percent: Percent | None = element("DiscountRatePercent", default=None)
    account: Ref | None = ref("AccountRef", 159, default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))
    choices = (at_most_one("discount_rate", "discount_rate_percent"),)


class ItemDiscountAddRs(Response):
    """The answer to :class:`ItemDiscountAddRq`."""

    item_discount_ret: ItemDiscountRet | None = element("ItemDiscountRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class ItemInventoryAssemblyLine(Aggregate):
    """One part of an assembly."""

    item_inventory: Ref = ref("ItemInventoryRef", 159)
    quantity: Quantity | None = element("Quantity", default=None)


class ItemInventoryAssemblyRet(NamedRet):
    """An assembly item, as it stands in the books."""

    full_name: str = element("FullName", max_length=159)
    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")
    manufacturer_part_number: str | None = element("ManufacturerPartNumber", default=None, max_length=31, since=(12, 0))
    unit_of_measure_set: Ref | None = ref("UnitOfMeasureSetRef", 31, default=None, since=(7, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    sales_desc: str | None = element("SalesDesc", default=None, max_length=4095)
    sales_price: Price | None = element("SalesPrice", default=None)
    income_account: Ref | None = ref("IncomeAccountRef", 159, default=None)
    purchase_desc: str | None = element("PurchaseDesc", default=None, max_length=4095)
    purchase_cost: Price | None = element("PurchaseCost", default=None)
    cogs_account: Ref | None = ref("COGSAccountRef", 159, default=None)
    pref_vendor: Ref | None = ref("PrefVendorRef", 41, default=None)
    asset_account: Ref | None = ref("AssetAccountRef", 159, default=None)
    build_point: Quantity | None = element("BuildPoint", default=None)
    max: Quantity | None = element("Max", default=None, since=(13, 0))
    quantity_on_hand: Quantity | None = element("QuantityOnHand", default=None)
    average_cost: Price | None = element("AverageCost", default=None)
    quantity_on_order: Quantity | None = element("QuantityOnOrder", default=None)
    quantity_on_sales_order: Quantity | None = element("QuantityOnSalesOrder", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    item_inventory_assembly_lines: tuple[ItemInventoryAssemblyLine, ...] = element(
        "ItemInventoryAssemblyLine", default=()
    )
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=())


class FixedAssetSalesInfo(Aggregate):
    """How a fixed asset was sold."""

    sales_desc: str = element("SalesDesc", max_length=50)
    sales_date: date = element("SalesDate")
    sales_price: Price | None = element("SalesPrice", default=None)
    sales_expense: Price | None = element("SalesExpense", default=None)


class ItemFixedAssetRet(NamedRet, since=(3, 0)):
    """A fixed asset item, as it stands in the books."""

    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    acquired_as: AcquiredAs = element("AcquiredAs")
    purchase_desc: str = element("PurchaseDesc", max_length=50)
    purchase_date: date = element("PurchaseDate")
    purchase_cost: Price | None = element("PurchaseCost", default=None)
    vendor_or_payee_name: str | None = element("VendorOrPayeeName", default=None, max_length=50)
    asset_account: Ref | None = ref("AssetAccountRef", 159, default=None)
    fixed_asset_sales_info: FixedAssetSalesInfo | None = element("FixedAssetSalesInfo", default=None)
    asset_desc: str | None = element("AssetDesc", default=None, max_length=50)
    location: str | None = element("Location", default=None, max_length=50)
    po_number: str | None = element("PONumber", default=None, max_length=30)
    serial_number: str | None = element("SerialNumber", default=None, max_length=30)
    warranty_exp_date: date | None = element("WarrantyExpDate", default=None)
    notes: str | None = element("Notes", default=None, max_length=4095)
    asset_number: str | None = element("AssetNumber", default=None, max_length=10)
    cost_basis: Amount | None = element("CostBasis", default=None)
    year_end_accumulated_depreciation: Amount | None = element("YearEndAccumulatedDepreciation", default=None)
    year_end_book_value: Amount | None = element("YearEndBookValue", default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=())


class ItemSubtotalRet(NamedRet):
    """A subtotal item, as it stands in the books."""

    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    item_desc: str | None = element("ItemDesc", default=None)
    special_item_type: SpecialItemType | None = element("SpecialItemType", default=None, since=(6, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class ItemPaymentRet(NamedRet):
    """A payment item, as it stands in the books."""

    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    item_desc: str | None = element("ItemDesc", default=None, max_length=4095)
    deposit_to_account: Ref | None = ref("DepositToAccountRef", 159, default=None)
    payment_method: Ref | None = ref("PaymentMethodRef", 31, default=None)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class ItemSalesTaxGroupRet(NamedRet):
    """A group of sales tax items, as it stands in the books."""

    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    item_desc: str | None = element("ItemDesc", default=None, max_length=4095)
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    item_sales_taxes: tuple[Ref, ...] = ref("ItemSalesTaxRef", 31, default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class ItemGroupLine(Aggregate):
    """One item of a group."""

    item: Ref | None = ref("ItemRef", default=None)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))


class ItemGroupRet(NamedRet):
    """A group item, as it stands in the books."""

    bar_code_value: str | None = element("BarCodeValue", default=None, max_length=50, since=(12, 0))
    is_active: bool | None = element("IsActive", default=None)
    item_desc: str | None = element("ItemDesc", default=None, max_length=4095)
    unit_of_measure_set: Ref | None = ref("UnitOfMeasureSetRef", 31, default=None, since=(7, 0))
    is_print_items_in_group: bool | None = element("IsPrintItemsInGroup", default=None)
    special_item_type: SpecialItemType | None = element("SpecialItemType", default=None, since=(6, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    item_group_lines: tuple[ItemGroupLine, ...] = element("ItemGroupLine", default=())
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class ItemQueryRs(IteratedQueryResponse):
    """The answer to :class:`ItemQueryRq`."""

    item_rets: tuple[
        ItemServiceRet
        | ItemNonInventoryRet
        | ItemOtherChargeRet
        | ItemInventoryRet
        | ItemInventoryAssemblyRet
        | ItemFixedAssetRet
        | ItemSubtotalRet
        | ItemDiscountRet
        | ItemPaymentRet
        | ItemSalesTaxRet
        | ItemSalesTaxGroupRet
        | ItemGroupRet,
        ...,
    ] = element(
        "ItemServiceRet",
        "ItemNonInventoryRet",
        "ItemOtherChargeRet",
        "ItemInventoryRet",
        "ItemInventoryAssemblyRet",
        "ItemFixedAssetRet",
        "ItemSubtotalRet",
        "ItemDiscountRet",
        "ItemPaymentRet",
        "ItemSalesTaxRet",
        "ItemSalesTaxGroupRet",
        "ItemGroupRet",
        default=(),
    )


MESSAGES = (
    ItemServiceAddRq,
    ItemNonInventoryAddRq,
    ItemOtherChargeAddRq,
    ItemInventoryAddRq,
    ItemDiscountAddRq,
    ItemQueryRq,
    ItemServiceRet,
    ItemServiceAddRs,
    ItemNonInventoryRet,
    ItemNonInventoryAddRs,
    ItemOtherChargeRet,
    ItemOtherChargeAddRs,
    ItemInventoryRet,
    ItemInventoryAddRs,
    ItemDiscountRet,
    ItemDiscountAddRs,
    ItemInventoryAssemblyRet,
    ItemFixedAssetRet,
    ItemSubtotalRet,
    ItemPaymentRet,
    ItemSalesTaxGroupRet,
    ItemGroupRet,
    ItemQueryRs,
)
