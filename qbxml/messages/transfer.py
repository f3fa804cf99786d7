"""Transfers of money between accounts: add, modify and query."""

from datetime import date

from qbxml.aggregate import Aggregate
from qbxml.declaration import any_of, at_most_one, attribute, element, ref
from qbxml.message import IteratedQuery, IteratedQueryResponse, Request, Response
from qbxml.returned import TxnRet
from qbxml.shared import ModifiedDateRangeFilter, Ref, TxnDateRangeFilter
from qbxml.values import Amount, Id, Macro


class TransferAdd(Aggregate):
    """A transfer between accounts to be entered."""

    def_macro: Macro | None = attribute("defMacro", default=None)
    txn_date: date | None = element("TxnDate", default=None)
    transfer_from_account: Ref | None = ref("TransferFromAccountRef", 159, default=None)
    transfer_to_account: Ref | None = ref("TransferToAccountRef", 159, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)


class TransferAddRq(Request, since=(12, 0)):
    """Enter a transfer between accounts."""

    transfer_add: TransferAdd = element("TransferAdd")
    include_ret_elements: tuple[str, ...] = element("IncludeRetElement", default=(), max_length=50, droppable=True)


class TransferMod(Aggregate):
    """The changes to a transfer between accounts; what is left out stays as it is."""

    txn_id: Id = element("TxnID")
    edit_sequence: str = element("EditSequence", max_length=16)
    txn_date: date | None = element("TxnDate", default=None)
    transfer_from_account: Ref | None = ref("TransferFromAccountRef", 159, default=None)
    transfer_to_account: Ref | None = ref("TransferToAccountRef", 159, default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)


class TransferModRq(Request, since=(12, 0)):
    """Change a transfer between accounts."""

    transfer_mod: TransferMod = element("TransferMod")
    include_ret_elements: tuple[str, ...] = element("IncludeRetElement", default=(), max_length=50, droppable=True)


class TransferQueryRq(IteratedQuery, since=(12, 0)):
    """Look for transfers between accounts."""

    txn_ids: tuple[Id, ...] = element("TxnID", default=())
    max_returned: int | None = element("MaxReturned", default=None, min_value=1)
    modified_date_range_filter: ModifiedDateRangeFilter | None = element("ModifiedDateRangeFilter", default=None)
    txn_date_range_filter: TxnDateRangeFilter | None = element("TxnDateRangeFilter", default=None)
    include_ret_elements: tuple[str, ...] = element("IncludeRetElement", default=(), max_length=50, droppable=True)
    choices = (
        at_most_one("txn_ids", any_of("max_returned", "modified_date_range_filter", "txn_date_range_filter")),
        at_most_one("modified_date_range_filter", "txn_date_range_filter"),
    )


class TransferRet(TxnRet):
    """A transfer between accounts, as it stands in the books."""

    txn_date: date | None = element("TxnDate", default=None)
    transfer_from_account: Ref | None = ref("TransferFromAccountRef", 159, default=None)
    from_account_balance: Amount | None = element("FromAccountBalance", default=None)
    transfer_to_account: Ref | None = ref("TransferToAccountRef", 159, default=None)
    to_account_balance: Amount | None = element("ToAccountBalance", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None)
    amount: Amount | None = element("Amount", default=None)
    memo: str | None = element("Memo", default=None, max_length=4095)


class TransferAddRs(Response, since=(12, 0)):
    """The answer to :class:`TransferAddRq`."""

    transfer_ret: TransferRet | None = element("TransferRet", default=None)


class TransferModRs(Response, since=(12, 0)):
    """The answer to :class:`TransferModRq`."""

    transfer_ret: TransferRet | None = element("TransferRet", default=None)


class TransferQueryRs(IteratedQueryResponse, since=(12, 0)):
    """The answer to :class:`TransferQueryRq`."""

    transfer_rets: tuple[TransferRet, ...] = element("TransferRet", default=())


MESSAGES = (
    TransferAddRq,
    TransferModRq,
    TransferQueryRq,
    TransferRet,
    TransferAddRs,
    TransferModRs,
    TransferQueryRs,
)
