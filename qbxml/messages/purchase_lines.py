"""Lines of bills, checks, item receipts, vendor credits and credit card entries."""

from enum import StrEnum

from qbxml.aggregate import Aggregate
from qbxml.declaration import at_most_one, attribute, element, ref
from qbxml.shared import DataExt, DataExtRet, Ref
from qbxml.values import Amount, Id, Macro, Price, Quantity


class BillableStatus(StrEnum):
    """Whether an expense is passed on to the customer."""

    BILLABLE = "Billable"
    NOT_BILLABLE = "NotBillable"
    HAS_BEEN_BILLED = "HasBeenBilled"


class ExpenseLineAdd(Aggregate):
    """A line of a purchase that names an account."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    account: Ref | None = ref("AccountRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    billable_status: BillableStatus | None = element("BillableStatus", default=None, since=(2, 0))
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None, since=(13, 0))
    data_exts: tuple[DataExt, ...] = element("DataExt", default=(), since=(13, 0))


class ItemGroupLineAdd(Aggregate):
    """A group item on a purchase; QuickBooks enters its lines."""

    item_group: Ref = ref("ItemGroupRef", 31)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    data_exts: tuple[DataExt, ...] = element("DataExt", default=(), since=(13, 0))


class ItemLineAdd(Aggregate):
    """A line of a purchase that names an item."""

    item: Ref | None = ref("ItemRef", default=None)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    cost: Price | None = element("Cost", default=None)
    amount: Amount | None = element("Amount", default=None)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    billable_status: BillableStatus | None = element("BillableStatus", default=None, since=(2, 0))
    override_item_account: Ref | None = ref("OverrideItemAccountRef", 159, default=None, since=(2, 0))
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None, since=(13, 0))
    data_exts: tuple[DataExt, ...] = element("DataExt", default=(), since=(13, 0))
    choices = (at_most_one("serial_number", "lot_number"),)


class ExpenseLineRet(Aggregate):
    """A line of a purchase that names an account."""

    txn_line_id: Id = element("TxnLineID")
    account: Ref | None = ref("AccountRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    billable_status: BillableStatus | None = element("BillableStatus", default=None, since=(2, 0))
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None, since=(13, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(13, 0))


class ItemLineRet(Aggregate):
    """A line of a purchase that names an item."""

    txn_line_id: Id = element("TxnLineID")
    item: Ref | None = ref("ItemRef", default=None)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    cost: Price | None = element("Cost", default=None)
    amount: Amount | None = element("Amount", default=None)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    billable_status: BillableStatus | None = element("BillableStatus", default=None, since=(2, 0))
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None, since=(13, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(13, 0))
    choices = (at_most_one("serial_number", "lot_number"),)


class ItemGroupLineRet(Aggregate):
    """A group item on a purchase, with its lines."""

    txn_line_id: Id = element("TxnLineID", since=(3, 0))
    item_group: Ref = ref("ItemGroupRef", 31)
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    total_amount: Amount = element("TotalAmount")
    item_line_rets: tuple[ItemLineRet, ...] = element("ItemLineRet", default=())
    data_exts: tuple[DataExt, ...] = element("DataExt", default=(), since=(13, 0))


class ExpenseLineMod(Aggregate):
    """A line of a purchase that names an account, to be kept or changed, or a new one (id -1)."""

    txn_line_id: Id = element("TxnLineID")
    account: Ref | None = ref("AccountRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    billable_status: BillableStatus | None = element("BillableStatus", default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None, since=(13, 0))


class ItemLineMod(Aggregate):
    """A line of a purchase that names an item, to be kept or changed, or a new one (id -1)."""

    txn_line_id: Id = element("TxnLineID")
    item: Ref | None = ref("ItemRef", default=None)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    cost: Price | None = element("Cost", default=None)
    amount: Amount | None = element("Amount", default=None)
    customer: Ref | None = ref("CustomerRef", 209, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    billable_status: BillableStatus | None = element("BillableStatus", default=None)
    override_item_account: Ref | None = ref("OverrideItemAccountRef", 159, default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None, since=(13, 0))
    choices = (at_most_one("serial_number", "lot_number"),)


class ItemGroupLineMod(Aggregate):
    """A group item on a purchase to be kept or changed, or a new one (id -1)."""

    txn_line_id: Id = element("TxnLineID")
    item_group: Ref | None = ref("ItemGroupRef", 31, default=None)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    item_line_mods: tuple[ItemLineMod, ...] = element("ItemLineMod", default=())


MESSAGES = (
    ExpenseLineRet,
    ItemLineRet,
    ItemGroupLineRet,
)
