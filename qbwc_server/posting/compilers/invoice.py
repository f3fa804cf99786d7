"""Invoices: add, change, and whether one in the books says what the document says."""

from __future__ import annotations

from uuid import UUID

from qbwc_server.documents.kinds import Invoice
from qbwc_server.posting.compilers.sale import (
    CLASS,
    NAME,
    address,
    line_id_for,
    line_values,
    ref,
    same_line,
    same_lines,
    same_name,
)
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import Texts
from qbxml import InvoiceAdd, InvoiceLineAdd, InvoiceLineMod, InvoiceLineRet, InvoiceMod, InvoiceRet, Ref


def add(document: Invoice, guid: UUID, options: PostingOptions, texts: Texts) -> InvoiceAdd:
    """The invoice as a new transaction."""
    return InvoiceAdd(
        customer=Ref(full_name=texts.name(document.customer.name, "customer", NAME)),
        class_=ref(texts.name_or_none(document.class_name, "class", CLASS)),
        ar_account=ref(document.ar_account or options.ar_account),
        template=ref(texts.name_or_none(document.template, "template", 31)),
        txn_date=document.date,
        ref_number=texts.name_or_none(document.number, "number", 11),
        bill_address=address(document.customer.billing_address, "billing_address", texts),
        ship_address=address(document.customer.shipping_address, "shipping_address", texts),
        po_number=texts.prose(document.po_number, "po_number", 25),
        terms=ref(texts.name_or_none(document.terms, "terms", 31)),
        due_date=document.due_date,
        sales_rep=ref(texts.name_or_none(document.sales_rep, "sales_rep", 5)),
        ship_date=document.ship_date,
        item_sales_tax=ref(document.sales_tax_item or options.sales_tax_item),
        memo=texts.prose(document.memo, "memo", 4095),
        customer_msg=ref(texts.name_or_none(document.customer_message, "customer_message", 101)),
        is_to_be_printed=document.to_be_printed,
        is_to_be_emailed=document.to_be_emailed,
        other=texts.prose(document.other, "other", 29),
        external_guid=guid,
        lines=tuple(
            InvoiceLineAdd(
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


def change(document: Invoice, found: InvoiceRet, options: PostingOptions, texts: Texts) -> InvoiceMod:
    """What turns ``found`` into the document. Untouched lines are named, since lines left out are deleted."""
    existing = [line for line in found.lines if isinstance(line, InvoiceLineRet)]
    lines = []
    for index, wanted in enumerate(line_values(document.lines, texts)):
        there = existing[index] if index < len(existing) else None
        if there is not None and there.txn_line_id is not None and same_line(wanted, there):
            lines.append(InvoiceLineMod(txn_line_id=there.txn_line_id))
            continue
        lines.append(
            InvoiceLineMod(
                txn_line_id=line_id_for(wanted, there),
                item=ref(wanted.item),
                desc=wanted.desc,
                quantity=wanted.quantity,
                rate=wanted.rate,
                class_=ref(wanted.class_name),
                amount=wanted.amount,
                service_date=document.lines[index].service_date,
                sales_tax_code=ref(wanted.tax_code),
            )
        )
    return InvoiceMod(
        txn_id=found.txn_id or "",
        edit_sequence=found.edit_sequence or "",
        customer=Ref(full_name=texts.name(document.customer.name, "customer", NAME)),
        class_=ref(texts.name_or_none(document.class_name, "class", CLASS)),
        ar_account=ref(document.ar_account or options.ar_account),
        template=ref(texts.name_or_none(document.template, "template", 31)),
        txn_date=document.date,
        ref_number=texts.name_or_none(document.number, "number", 11),
        bill_address=address(document.customer.billing_address, "billing_address", texts),
        ship_address=address(document.customer.shipping_address, "shipping_address", texts),
        po_number=texts.prose(document.po_number, "po_number", 25),
        terms=ref(texts.name_or_none(document.terms, "terms", 31)),
        due_date=document.due_date,
        sales_rep=ref(texts.name_or_none(document.sales_rep, "sales_rep", 5)),
        ship_date=document.ship_date,
        item_sales_tax=ref(document.sales_tax_item or options.sales_tax_item),
        memo=texts.prose(document.memo, "memo", 4095) or ("" if found.memo else None),
        customer_msg=ref(texts.name_or_none(document.customer_message, "customer_message", 101)),
        is_to_be_printed=document.to_be_printed,
        is_to_be_emailed=document.to_be_emailed,
        other=texts.prose(document.other, "other", 29),
        lines=tuple(lines),
    )


def agrees(document: Invoice, found: InvoiceRet, texts: Texts) -> bool:
    """Whether the invoice in the books says what the document says."""
    return (
        same_name(texts.name(document.customer.name, "customer", NAME), found.customer)
        and found.txn_date == document.date
        and (document.number is None or found.ref_number == texts.name(document.number, "number", 11))
        and (found.memo or "") == (texts.prose(document.memo, "memo", 4095) or "")
        and (document.due_date is None or found.due_date == document.due_date)
        and (document.po_number is None or found.po_number == texts.prose(document.po_number, "po_number", 25))
        and len(found.lines) == len(document.lines)
        and same_lines(
            line_values(document.lines, texts), [line for line in found.lines if isinstance(line, InvoiceLineRet)]
        )
    )
