"""The ways of buying, and how each differs from the others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PurchaseKind:
    """How one way of buying differs from the others."""

    tag: str
    account_field: str  # where the money comes from, or what is owed; empty where nothing is posted
    account_type: str
    total_field: str = "amount"
    sign: int = 1  # of the expenses; -1 where money or goods go back
    line_ret: str = "ItemLineRet"
    group_ret: str = "ItemGroupLineRet"
    price_field: str = "cost"  # of one piece
    has_due_date: bool = False


PURCHASE_KINDS = {
    kind.tag: kind
    for kind in (
        PurchaseKind("Check", "account", "Bank"),
        PurchaseKind("CreditCardCharge", "account", "CreditCard"),
        PurchaseKind("CreditCardCredit", "account", "CreditCard", sign=-1),
        PurchaseKind("Bill", "ap_account", "AccountsPayable", total_field="amount_due", has_due_date=True),
        PurchaseKind("VendorCredit", "ap_account", "AccountsPayable", total_field="credit_amount", sign=-1),
        PurchaseKind("ItemReceipt", "ap_account", "AccountsPayable", total_field="total_amount"),
        PurchaseKind(
            "PurchaseOrder",
            "",
            "",
            total_field="total_amount",
            line_ret="PurchaseOrderLineRet",
            group_ret="PurchaseOrderLineGroupRet",
            price_field="rate",
            has_due_date=True,
        ),
    )
}
