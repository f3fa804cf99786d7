"""Credit memos: add. QuickBooks' modification of them is not among the messages we speak."""

from __future__ import annotations

from uuid import UUID

from qbwc_server.documents.kinds.credit_memo import CreditMemo
from qbwc_server.posting.compilers.sale import header, line_values, ref
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import Texts
from qbxml.messages.credit_memo import CreditMemoAdd, CreditMemoLineAdd


def add(document: CreditMemo, guid: UUID, options: PostingOptions, texts: Texts) -> CreditMemoAdd:
    """The credit as a new transaction."""
    return CreditMemoAdd(
        **header(document, options, texts),
        ar_account=ref(document.ar_account or options.ar_account),
        po_number=texts.prose(document.po_number, "po_number", 25),
        external_guid=guid,
        lines=tuple(CreditMemoLineAdd(**line.content()) for line in line_values(document.lines, texts)),
    )
