"""What lines of several sales forms have in common."""

from datetime import date

from qbxml.aggregate import Aggregate
from qbxml.card_payments import CreditCardTxnInfo
from qbxml.declaration import at_most_one, element, ref
from qbxml.shared import DataExt, DataExtRet, Ref
from qbxml.values import Amount, Id, Percent, Price, Quantity


class LineGroupAdd(Aggregate):
    """A group item on a sales form; QuickBooks enters its lines."""

    item_group: Ref = ref("ItemGroupRef", 31)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    data_exts: tuple[DataExt, ...] = element("DataExt", default=(), since=(5, 0))


class ReceiptLineRet(Aggregate):
    """A line of a sales receipt or credit memo, as it stands in the books."""

    txn_line_id: Id = element("TxnLineID")
    item: Ref | None = ref("ItemRef", default=None)
    desc: str | None = element("Desc", default=None, max_length=4095)
    quantity: Quantity | None = element("Quantity", default=None)
    unit_of_measure: str | None = element("UnitOfMeasure", default=None, max_length=31, since=(7, 0))
    override_uom_set: Ref | None = ref("OverrideUOMSetRef", 31, default=None, since=(7, 0))
    rate: Price | None = element("Rate", default=None)
    rate_percent: Percent | None = element("RatePercent", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    inventory_site: Ref | None = ref("InventorySiteRef", 31, default=None, since=(10, 0))
    inventory_site_location: Ref | None = ref("InventorySiteLocationRef", 31, default=None, since=(12, 0))
    serial_number: str | None = element("SerialNumber", default=None, max_length=4095, since=(11, 0))
    lot_number: str | None = element("LotNumber", default=None, max_length=40, since=(11, 0))
    service_date: date | None = element("ServiceDate", default=None)
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    other1: str | None = element("Other1", default=None, max_length=29, since=(6, 0))
    other2: str | None = element("Other2", default=None, max_length=29, since=(6, 0))
    credit_card_txn_info: CreditCardTxnInfo | None = element("CreditCardTxnInfo", default=None, since=(7, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))
    choices = (
        at_most_one("rate", "rate_percent"),
        at_most_one("serial_number", "lot_number"),
    )
