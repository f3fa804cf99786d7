"""Credit memos: add. QuickBooks' modification of them is not among the messages we speak."""

from __future__ import annotations

from uuid import UUID

from qbwc_server.documents.kinds import CreditMemo
from qbwc_server.posting.compilers.sale import CLASS, NAME, address, line_values, ref
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import Texts
from qbxml import CreditMemoAdd, CreditMemoLineAdd, Ref


def add(document: CreditMemo, guid: UUID, options: PostingOptions, texts: Texts) -> CreditMemoAdd:
    """The credit as a new transaction."""
    return CreditMemoAdd(
        customer=Ref(full_name=texts.name(document.customer.name, "customer", NAME)),
        class_=ref(texts.name_or_none(document.class_name, "class", CLASS)),
        ar_account=ref(document.ar_account or options.ar_account),
        template=ref(texts.name_or_none(document.template, "template", 31)),
        txn_date=document.date,
        ref_number=texts.name_or_none(document.number, "number", 11),
        bill_address=address(document.customer.billing_address, "billing_address", texts),
        ship_address=address(document.customer.shipping_address, "shipping_address", texts),
        po_number=texts.prose(document.po_number, "po_number", 25),
        item_sales_tax=ref(document.sales_tax_item or options.sales_tax_item),
        memo=texts.prose(document.memo, "memo", 4095),
        customer_msg=ref(texts.name_or_none(document.customer_message, "customer_message", 101)),
        is_to_be_printed=document.to_be_printed,
        is_to_be_emailed=document.to_be_emailed,
        other=texts.prose(document.other, "other", 29),
        external_guid=guid,
        lines=tuple(
            CreditMemoLineAdd(
                item=ref(line.item),
                desc=line.desc,
                quantity=line.quantity,
                rate=line.rate,
                class_=ref(line.class_name),
                amount=line.amount,
                service_date=given.service_date,
                sales_tax_code=ref(line.tax_code),
            )
            for given, line in zip(document.lines, line_values(document.lines, texts), strict=True)
        ),
    )
