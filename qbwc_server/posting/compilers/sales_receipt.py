"""Sales receipts: add and change."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from qbwc_server.documents.kinds.sales_receipt import SalesReceipt
from qbwc_server.posting.compilers.sale import (
    header,
    line_changes,
    line_values,
    ref,
)
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import Texts
from qbxml import Ref
from qbxml.messages.sales_receipt import (
    SalesReceiptAdd,
    SalesReceiptLineAdd,
    SalesReceiptLineMod,
    SalesReceiptLineRet,
    SalesReceiptMod,
    SalesReceiptRet,
)


class _OfReceipt(TypedDict):
    check_number: str | None
    payment_method: Ref | None
    deposit_to_account: Ref | None


def _of_receipt(document: SalesReceipt, options: PostingOptions, texts: Texts) -> _OfReceipt:
    return _OfReceipt(
        check_number=texts.prose(document.check_number, "check_number", 25),
        payment_method=ref(texts.name_or_none(document.payment_method, "payment_method", 31)),
        deposit_to_account=ref(document.deposit_to or options.deposit_to),
    )


def add(document: SalesReceipt, guid: UUID, options: PostingOptions, texts: Texts) -> SalesReceiptAdd:
    """The receipt as a new transaction."""
    return SalesReceiptAdd(
        **header(document, options, texts),
        **_of_receipt(document, options, texts),
        external_guid=guid,
        lines=tuple(SalesReceiptLineAdd(**line.content()) for line in line_values(document.lines, texts)),
    )


def change(document: SalesReceipt, found: SalesReceiptRet, options: PostingOptions, texts: Texts) -> SalesReceiptMod:
    """What turns ``found`` into the document."""
    content = header(document, options, texts)
    if content["memo"] is None and found.memo:
        content["memo"] = ""  # an empty element clears it
    existing = [line for line in found.lines if isinstance(line, SalesReceiptLineRet)]
    return SalesReceiptMod(
        **content,
        **_of_receipt(document, options, texts),
        txn_id=found.txn_id,
        edit_sequence=found.edit_sequence,
        lines=tuple(
            SalesReceiptLineMod(txn_line_id=line_id)
            if line is None
            else SalesReceiptLineMod(txn_line_id=line_id, **line)
            for line_id, line in line_changes(line_values(document.lines, texts), existing)
        ),
    )
