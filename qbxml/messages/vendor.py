"""Vendors: add and query."""

from datetime import date
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import element, ref
from qbxml.message import IteratedQueryResponse, Request, Response
from qbxml.queries import NameQueryRq
from qbxml.returned import NamedRet
from qbxml.shared import (
    AdditionalContact,
    AdditionalNotes,
    AdditionalNotesRet,
    Address,
    AddressBlock,
    Contacts,
    ContactsRet,
    DataExtRet,
    ErrorRecovery,
    Ref,
)
from qbxml.values import Amount


class VendorAdd(Aggregate):
    """A vendor to be entered."""

    name: str = element("Name", max_length=41)
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    company_name: str | None = element("CompanyName", default=None, max_length=41)
    salutation: str | None = element("Salutation", default=None, max_length=15)
    first_name: str | None = element("FirstName", default=None, max_length=25)
    middle_name: str | None = element("MiddleName", default=None, max_length=5)
    last_name: str | None = element("LastName", default=None, max_length=25)
    job_title: str | None = element("JobTitle", default=None, max_length=41, since=(12, 0))
    vendor_address: Address | None = element("VendorAddress", default=None)
    ship_address: Address | None = element("ShipAddress", default=None, since=(11, 0))
    phone: str | None = element("Phone", default=None, max_length=21)
    alt_phone: str | None = element("AltPhone", default=None, max_length=21)
    fax: str | None = element("Fax", default=None, max_length=21)
    email: str | None = element("Email", default=None, max_length=1023)
    cc: str | None = element("Cc", default=None, max_length=1023, since=(12, 0))
    contact: str | None = element("Contact", default=None, max_length=41)
    alt_contact: str | None = element("AltContact", default=None, max_length=41)
    additional_contacts: tuple[AdditionalContact, ...] = element("AdditionalContactRef", default=(), since=(12, 0))
    contacts: tuple[Contacts, ...] = element("Contacts", default=(), since=(12, 0))
    name_on_check: str | None = element("NameOnCheck", default=None, max_length=41)
    account_number: str | None = element("AccountNumber", default=None, max_length=99)
    notes: str | None = element("Notes", default=None, max_length=4095, since=(3, 0))
    additional_notes: tuple[AdditionalNotes, ...] = element("AdditionalNotes", default=(), since=(12, 0))
    vendor_type: Ref | None = ref("VendorTypeRef", 159, default=None)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    credit_limit: Amount | None = element("CreditLimit", default=None)
    vendor_tax_ident: str | None = element("VendorTaxIdent", default=None, max_length=15)
    is_vendor_eligible_for_1099: bool | None = element("IsVendorEligibleFor1099", default=None)
    open_balance: Amount | None = element("OpenBalance", default=None)
    open_balance_date: date | None = element("OpenBalanceDate", default=None)
    billing_rate: Ref | None = ref("BillingRateRef", 31, default=None, since=(6, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    prefill_accounts: tuple[Ref, ...] = ref("PrefillAccountRef", 159, default=(), since=(8, 0))
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))


class VendorAddRq(Request):
    """Enter a vendor."""

    vendor_add: VendorAdd = element("VendorAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class VendorQueryRq(NameQueryRq):
    """Look for vendors."""


class VendorRet(NamedRet):
    """A vendor, as it stands in the books."""

    name: str = element("Name", max_length=41)
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    company_name: str | None = element("CompanyName", default=None, max_length=41)
    salutation: str | None = element("Salutation", default=None, max_length=15)
    first_name: str | None = element("FirstName", default=None, max_length=25)
    middle_name: str | None = element("MiddleName", default=None, max_length=5)
    last_name: str | None = element("LastName", default=None, max_length=25)
    job_title: str | None = element("JobTitle", default=None, max_length=41, since=(12, 0))
    vendor_address: Address | None = element("VendorAddress", default=None)
    vendor_address_block: AddressBlock | None = element("VendorAddressBlock", default=None, since=(6, 0))
    ship_address: Address | None = element("ShipAddress", default=None, since=(11, 0))
    phone: str | None = element("Phone", default=None, max_length=21)
    alt_phone: str | None = element("AltPhone", default=None, max_length=21)
    fax: str | None = element("Fax", default=None, max_length=21)
    email: str | None = element("Email", default=None, max_length=1023)
    cc: str | None = element("Cc", default=None, max_length=1023, since=(12, 0))
    contact: str | None = element("Contact", default=None, max_length=41)
    alt_contact: str | None = element("AltContact", default=None, max_length=41)
    additional_contacts: tuple[AdditionalContact, ...] = element("AdditionalContactRef", default=(), since=(12, 0))
    contacts_rets: tuple[ContactsRet, ...] = element("ContactsRet", default=(), since=(12, 0))
    name_on_check: str | None = element("NameOnCheck", default=None, max_length=41)
    account_number: str | None = element("AccountNumber", default=None, max_length=99)
    notes: str | None = element("Notes", default=None, max_length=4095)
    additional_notes_rets: tuple[AdditionalNotesRet, ...] = element("AdditionalNotesRet", default=(), since=(12, 0))
    vendor_type: Ref | None = ref("VendorTypeRef", 159, default=None)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    credit_limit: Amount | None = element("CreditLimit", default=None)
    vendor_tax_ident: str | None = element("VendorTaxIdent", default=None, max_length=15)
    is_vendor_eligible_for_1099: bool | None = element("IsVendorEligibleFor1099", default=None)
    balance: Amount | None = element("Balance", default=None)
    billing_rate: Ref | None = ref("BillingRateRef", 31, default=None, since=(6, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    prefill_accounts: tuple[Ref, ...] = ref("PrefillAccountRef", 159, default=(), since=(8, 0))
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class VendorAddRs(Response):
    """The answer to :class:`VendorAddRq`."""

    vendor_ret: VendorRet | None = element("VendorRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class VendorQueryRs(IteratedQueryResponse):
    """The answer to :class:`VendorQueryRq`."""

    vendor_rets: tuple[VendorRet, ...] = element("VendorRet", default=())


MESSAGES = (
    VendorAddRq,
    VendorQueryRq,
    VendorRet,
    VendorAddRs,
    VendorQueryRs,
)
