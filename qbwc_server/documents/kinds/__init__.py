"""The kinds of document, as frozen typed records: what comes in by file or API, what is stored, what is posted.

Names are QuickBooks' words for the field; amounts are Decimal in the document's currency, with at most the decimals
that QuickBooks takes; a mistake is reported with the path of the field.
"""

from __future__ import annotations

import hashlib
import json
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import ConfigDict, Field, TypeAdapter

from qbwc_server.documents.kinds.bill import Bill
from qbwc_server.documents.kinds.card_refund import CardRefund
from qbwc_server.documents.kinds.check import Check
from qbwc_server.documents.kinds.credit_card_charge import CreditCardCharge
from qbwc_server.documents.kinds.credit_card_credit import CreditCardCredit
from qbwc_server.documents.kinds.credit_memo import CreditMemo
from qbwc_server.documents.kinds.deposit import Deposit
from qbwc_server.documents.kinds.document import Document, Named
from qbwc_server.documents.kinds.estimate import Estimate
from qbwc_server.documents.kinds.inventory_adjustment import InventoryAdjustment
from qbwc_server.documents.kinds.invoice import Invoice
from qbwc_server.documents.kinds.item_receipt import ItemReceipt
from qbwc_server.documents.kinds.journal_entry import JournalEntry
from qbwc_server.documents.kinds.payment import Payment
from qbwc_server.documents.kinds.purchase_order import PurchaseOrder
from qbwc_server.documents.kinds.sales_order import SalesOrder
from qbwc_server.documents.kinds.sales_receipt import SalesReceipt
from qbwc_server.documents.kinds.transfer import Transfer
from qbwc_server.documents.kinds.vendor_credit import VendorCredit

__all__ = ["KINDS", "Document", "Named", "body_digest", "dump_document", "kept_form", "load_document", "read_document"]

KINDS: dict[str, type[Document]] = {
    "invoice": Invoice,
    "sales_receipt": SalesReceipt,
    "credit_memo": CreditMemo,
    "payment": Payment,
    "sales_order": SalesOrder,
    "journal_entry": JournalEntry,
    "estimate": Estimate,
    "deposit": Deposit,
    "credit_card_charge": CreditCardCharge,
    "check": Check,
    "bill": Bill,
    "vendor_credit": VendorCredit,
    "credit_card_credit": CreditCardCredit,
    "purchase_order": PurchaseOrder,
    "item_receipt": ItemReceipt,
    "card_refund": CardRefund,
    "transfer": Transfer,
    "inventory_adjustment": InventoryAdjustment,
}
_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
_ONE_OF_THEM: Any = Annotated[reduce(or_, KINDS.values()), Field(discriminator="kind")]
# Made when the first document is read: a process that has none to read would spend a fifth of its start on it.
_ANY: TypeAdapter[Document] = TypeAdapter(_ONE_OF_THEM, config=ConfigDict(defer_build=True))


def read_document(value: object) -> Document:
    """A document from decoded JSON. Raises pydantic.ValidationError."""
    return _ANY.validate_python(value)


def load_document(body: str) -> Document:
    """A document as ``dump_document`` wrote it."""
    return _ANY.validate_json(body)


def dump_document(document: Document) -> str:
    """Canonical JSON: equal documents give equal text, so that two bodies can be compared."""
    return _JSON.encode(_plain(document.model_dump(mode="json", by_alias=True, exclude_none=True)))


def kept_form(document: Document) -> tuple[Document, str]:
    """The document as ``load_document`` gives it back, and its body: what is empty is not there."""
    values = document.model_dump(mode="json", by_alias=True, exclude_none=True)
    plain = _plain(values)
    body = _JSON.encode(plain)
    return (document if plain == values else load_document(body)), body


def body_digest(body: str) -> str:
    """A short name for exactly this body."""
    return hashlib.sha256(body.encode()).hexdigest()


def _plain(value: object) -> object:
    """Drop what is empty, so that a default spelt out and one left out are the same document."""
    if isinstance(value, dict):
        kept = {key: _plain(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {})}
    return [_plain(item) for item in value] if isinstance(value, list) else value
