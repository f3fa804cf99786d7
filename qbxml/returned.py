"""What QuickBooks returns: what all transactions, and all entries of lists, have in common."""

from datetime import datetime

from qbxml.aggregate import Aggregate
from qbxml.declaration import element
from qbxml.values import Id


class TxnRet(Aggregate):
    """A transaction, as it stands in the books."""

    txn_id: Id = element("TxnID")
    time_created: datetime = element("TimeCreated")
    time_modified: datetime = element("TimeModified")
    edit_sequence: str = element("EditSequence", max_length=16)
    txn_number: int | None = element("TxnNumber", default=None)


class ListRet(Aggregate):
    """An entry of a list, as it stands in the books."""

    list_id: Id = element("ListID")
    time_created: datetime = element("TimeCreated")
    time_modified: datetime = element("TimeModified")
    edit_sequence: str = element("EditSequence", max_length=16)


class NamedRet(ListRet):
    """An entry of a list that has a name of its own, below its parent if it has one."""

    name: str = element("Name", max_length=31)
