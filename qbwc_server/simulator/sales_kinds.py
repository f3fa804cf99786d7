"""The sales documents, and how each differs from the others."""

from dataclasses import dataclass

from qbwc_server.simulator.shapes import message_class
from qbxml.aggregate import Aggregate


@dataclass(frozen=True)
class SalesKind:
    """How one sales document differs from the others."""

    tag: str
    members_field: str  # of a group line
    sign: int = 1  # of what the customer owes or has paid
    receivable: bool = True  # posts to accounts receivable, else to the account that the money goes to
    total_field: str = "total_amount"
    has_ship_date: bool = True
    printable: bool = True

    @property
    def ret(self) -> type[Aggregate]:
        return message_class(f"{self.tag}Ret")

    @property
    def line_ret(self) -> type[Aggregate]:
        return message_class(f"{self.tag}LineRet")

    @property
    def group_ret(self) -> type[Aggregate]:
        return message_class(f"{self.tag}LineGroupRet")


SALES_KINDS = {
    kind.tag: kind
    for kind in (
        SalesKind("Invoice", "invoice_line_rets", total_field=""),
        SalesKind("SalesReceipt", "sales_receipt_line_rets", receivable=False),
        SalesKind("CreditMemo", "credit_memo_line_rets", sign=-1),
        SalesKind("Estimate", "estimate_line_rets", has_ship_date=False, printable=False),
        SalesKind("SalesOrder", "sales_order_line_rets"),
    )
}
