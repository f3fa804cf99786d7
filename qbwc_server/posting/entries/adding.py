"""The requests that add customers and items which a document names and QuickBooks lacks."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from qbwc_server.books.models import ListEntry
from qbwc_server.documents.kinds.party import Customer
from qbwc_server.documents.problems import Problem
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.posting.transactions.compiled import Compiled
from qbwc_server.posting.transactions.sale import address
from qbwc_server.posting.transactions.writing import ref
from qbxml import Aggregate, BuildError, render, request_for
from qbxml.messages.customer import CustomerAdd
from qbxml.messages.item import ItemOtherChargeAdd, ItemServiceAdd, SalesOrPurchase
from qbxml.messages.tax import ItemSalesTaxAdd

TAX_VENDOR = "tax_vendor"  # in the details of an item: it is a sales tax item of 0 %, and who gets sales tax
ACCOUNT = "account"  # in the details of an item: the account under which it may be added; None: it is not added


def compile_entry(entry: ListEntry, guid: UUID, options: PostingOptions) -> Compiled:
    """The request that adds the entry. Raises CannotWrite."""
    texts = Texts(options.characters)
    try:
        added = _add(entry, guid, options, texts)
        return Compiled(type(added).__name__, render(request_for(added, request_id=str(guid))))
    except BuildError as mistake:
        advice = "Correct the name or the contact details, then submit again."
        raise CannotWrite(Problem("not_for_quickbooks", mistake.path, str(mistake), advice)) from None


def _add(entry: ListEntry, guid: UUID, options: PostingOptions, texts: Texts) -> Aggregate:
    full_name = options.name_of(entry.kind, entry.full_name)
    if entry.kind is ListKind.CUSTOMER:
        known = Customer.model_validate(entry.details) if entry.details else None
        return add_customer(full_name, known, guid, texts)
    details = entry.details or {}
    if TAX_VENDOR in details:
        return add_tax_item(full_name, str(details[TAX_VENDOR]), guid, texts)
    if ACCOUNT not in details:
        return add_item(full_name, guid, options, texts)
    if details[ACCOUNT] is None:
        raise CannotWrite(
            Problem(
                "no_income",
                "item",
                "QuickBooks does not have it, and it is not added from here: what it collects is no income.",
                "Add the item in QuickBooks with the account that it belongs to (for tax, tips and gift cards a "
                "liability), or name that account in the options of the import; then submit the document again.",
            )
        )
    return add_charge(full_name, str(details[ACCOUNT]), guid, texts)


def add_customer(full_name: str, party: Customer | None, guid: UUID, texts: Texts) -> CustomerAdd:
    """A customer, or a job below its parent, by full name; contact details where a document gave some."""
    parent, _, name = full_name.rpartition(":")
    known = party or Customer(name=full_name)
    return CustomerAdd(
        name=texts.name(name, "customer", 41),
        parent=ref(parent or None),
        company_name=texts.prose(known.company_name, "company_name", 41),
        first_name=texts.prose(known.first_name, "first_name", 25),
        last_name=texts.prose(known.last_name, "last_name", 25),
        bill_address=address(known.billing_address, "billing_address", texts),
        ship_address=address(known.shipping_address, "shipping_address", texts),
        phone=texts.prose(known.phone, "phone", 21),
        email=texts.prose(known.email, "email", 1023),
        external_guid=guid,
    )


def add_item(full_name: str, guid: UUID, options: PostingOptions, texts: Texts) -> ItemServiceAdd:
    """A service item that sells to the company's chosen income account."""
    parent, _, name = full_name.rpartition(":")
    return ItemServiceAdd(
        name=texts.name(name, "item", 31),
        parent=ref(parent or None),
        sales_or_purchase=SalesOrPurchase(account=ref(options.item_income_account)),
        external_guid=guid,
    )


def add_charge(full_name: str, account: str, guid: UUID, texts: Texts) -> ItemOtherChargeAdd:
    """An item that is no income, such as tax that a shop collects: it posts to its own account."""
    parent, _, name = full_name.rpartition(":")
    return ItemOtherChargeAdd(
        name=texts.name(name, "item", 31),
        parent=ref(parent or None),
        sales_or_purchase=SalesOrPurchase(account=ref(account)),
        external_guid=guid,
    )


def add_tax_item(full_name: str, vendor: str, guid: UUID, texts: Texts) -> ItemSalesTaxAdd:
    """A sales tax item of 0 %, for documents whose tax stands on them as their source has charged it."""
    return ItemSalesTaxAdd(
        name=texts.name(full_name, "sales_tax_item", 31),
        item_desc="Sales Tax",
        tax_rate=Decimal(0),
        tax_vendor=ref(vendor),
        external_guid=guid,
    )
