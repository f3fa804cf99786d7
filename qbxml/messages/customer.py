"""Customers and jobs: add, modify and query."""

from datetime import date
from enum import StrEnum
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
from qbxml.values import Amount, Id


class JobStatus(StrEnum):
    """How a job stands."""

    AWARDED = "Awarded"
    CLOSED = "Closed"
    IN_PROGRESS = "InProgress"
    NONE = "None"
    NOT_AWARDED = "NotAwarded"
    PENDING = "Pending"


class PreferredDeliveryMethod(StrEnum):
    """How a customer wants forms."""

    NONE = "None"
    EMAIL = "Email"
    FAX = "Fax"


class ShipToAddress(Aggregate):
    """A named shipping address."""

    name: str = element("Name", max_length=41)
    addr1: str | None = element("Addr1", default=None, max_length=41)
    addr2: str | None = element("Addr2", default=None, max_length=41)
    addr3: str | None = element("Addr3", default=None, max_length=41)
    addr4: str | None = element("Addr4", default=None, max_length=41, since=(2, 0))
    addr5: str | None = element("Addr5", default=None, max_length=41, since=(6, 0))
    city: str | None = element("City", default=None, max_length=31)
    state: str | None = element("State", default=None, max_length=21)
    postal_code: str | None = element("PostalCode", default=None, max_length=13)
    country: str | None = element("Country", default=None, max_length=31)
    note: str | None = element("Note", default=None, max_length=41, since=(6, 0))
    default_ship_to: bool | None = element("DefaultShipTo", default=None)


class CreditCardInfo(Aggregate):
    """The credit card of a customer."""

    credit_card_number: str | None = element("CreditCardNumber", default=None, max_length=25)
    expiration_month: int | None = element("ExpirationMonth", default=None, min_value=1, max_value=12)
    expiration_year: int | None = element("ExpirationYear", default=None)
    name_on_card: str | None = element("NameOnCard", default=None, max_length=41)
    credit_card_address: str | None = element("CreditCardAddress", default=None, max_length=41)
    credit_card_postal_code: str | None = element("CreditCardPostalCode", default=None, max_length=41)


class CustomerAdd(Aggregate):
    """A customer or a job to be entered."""

    name: str = element("Name", max_length=41)
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    company_name: str | None = element("CompanyName", default=None, max_length=41)
    salutation: str | None = element("Salutation", default=None, max_length=15)
    first_name: str | None = element("FirstName", default=None, max_length=25)
    middle_name: str | None = element("MiddleName", default=None, max_length=5)
    last_name: str | None = element("LastName", default=None, max_length=25)
    job_title: str | None = element("JobTitle", default=None, max_length=41, since=(12, 0))
    bill_address: Address | None = element("BillAddress", default=None)
    ship_address: Address | None = element("ShipAddress", default=None)
    ship_to_addresses: tuple[ShipToAddress, ...] = element("ShipToAddress", default=(), since=(12, 0))
    phone: str | None = element("Phone", default=None, max_length=21)
    alt_phone: str | None = element("AltPhone", default=None, max_length=21)
    fax: str | None = element("Fax", default=None, max_length=21)
    email: str | None = element("Email", default=None, max_length=1023)
    cc: str | None = element("Cc", default=None, max_length=1023, since=(12, 0))
    contact: str | None = element("Contact", default=None, max_length=41)
    alt_contact: str | None = element("AltContact", default=None, max_length=41)
    additional_contacts: tuple[AdditionalContact, ...] = element("AdditionalContactRef", default=(), since=(12, 0))
    contacts: tuple[Contacts, ...] = element("Contacts", default=(), since=(12, 0))
    customer_type: Ref | None = ref("CustomerTypeRef", 159, default=None)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None)
    open_balance: Amount | None = element("OpenBalance", default=None)
    open_balance_date: date | None = element("OpenBalanceDate", default=None)
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    item_sales_tax: Ref | None = ref("ItemSalesTaxRef", 31, default=None)
    resale_number: str | None = element("ResaleNumber", default=None, max_length=15)
    account_number: str | None = element("AccountNumber", default=None, max_length=99)
    credit_limit: Amount | None = element("CreditLimit", default=None)
    preferred_payment_method: Ref | None = ref("PreferredPaymentMethodRef", 31, default=None, since=(3, 0))
    credit_card_info: CreditCardInfo | None = element("CreditCardInfo", default=None, since=(3, 0))
    job_status: JobStatus | None = element("JobStatus", default=None)
    job_start_date: date | None = element("JobStartDate", default=None)
    job_projected_end_date: date | None = element("JobProjectedEndDate", default=None)
    job_end_date: date | None = element("JobEndDate", default=None)
    job_desc: str | None = element("JobDesc", default=None, max_length=99)
    job_type: Ref | None = ref("JobTypeRef", 159, default=None)
    notes: str | None = element("Notes", default=None, max_length=4095, since=(3, 0))
    additional_notes: tuple[AdditionalNotes, ...] = element("AdditionalNotes", default=(), since=(12, 0))
    preferred_delivery_method: PreferredDeliveryMethod | None = element(
        "PreferredDeliveryMethod", default=None, since=(12, 0)
    )
    price_level: Ref | None = ref("PriceLevelRef", 31, default=None, since=(4, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))


class CustomerAddRq(Request):
    """Enter a customer or a job."""

    customer_add: CustomerAdd = element("CustomerAdd")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class ContactsMod(Aggregate):
    """The changes to a further contact person."""

    list_id: Id = element("ListID")
    edit_sequence: str = element("EditSequence", max_length=16)
    salutation: str | None = element("Salutation", default=None, max_length=15)
    first_name: str = element("FirstName", max_length=25)
    middle_name: str | None = element("MiddleName", default=None, max_length=5)
    last_name: str | None = element("LastName", default=None, max_length=25)
    job_title: str | None = element("JobTitle", default=None, max_length=41)
    additional_contacts: tuple[AdditionalContact, ...] = element("AdditionalContactRef", default=())


class AdditionalNotesMod(Aggregate):
    """The changes to a note on a customer."""

    note_id: int = element("NoteID")
    note: str = element("Note", max_length=4095)


class CustomerMod(Aggregate):
    """The changes to a customer or a job; what is left out stays as it is."""

    list_id: Id = element("ListID")
    edit_sequence: str = element("EditSequence", max_length=16)
    name: str | None = element("Name", default=None, max_length=41)
    is_active: bool | None = element("IsActive", default=None, since=(3, 0))
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None, since=(3, 0))
    company_name: str | None = element("CompanyName", default=None, max_length=41)
    salutation: str | None = element("Salutation", default=None, max_length=15)
    first_name: str | None = element("FirstName", default=None, max_length=25)
    middle_name: str | None = element("MiddleName", default=None, max_length=5)
    last_name: str | None = element("LastName", default=None, max_length=25)
    job_title: str | None = element("JobTitle", default=None, max_length=41, since=(12, 0))
    bill_address: Address | None = element("BillAddress", default=None)
    ship_address: Address | None = element("ShipAddress", default=None)
    ship_to_addresses: tuple[ShipToAddress, ...] = element("ShipToAddress", default=(), since=(12, 0))
    phone: str | None = element("Phone", default=None, max_length=21)
    alt_phone: str | None = element("AltPhone", default=None, max_length=21)
    fax: str | None = element("Fax", default=None, max_length=21)
    email: str | None = element("Email", default=None, max_length=1023)
    cc: str | None = element("Cc", default=None, max_length=1023, since=(12, 0))
    contact: str | None = element("Contact", default=None, max_length=41)
    alt_contact: str | None = element("AltContact", default=None, max_length=41)
    additional_contacts: tuple[AdditionalContact, ...] = element("AdditionalContactRef", default=(), since=(12, 0))
    contacts_mods: tuple[ContactsMod, ...] = element("ContactsMod", default=(), since=(12, 0))
    customer_type: Ref | None = ref("CustomerTypeRef", 159, default=None, since=(3, 0))
    terms: Ref | None = ref("TermsRef", 31, default=None, since=(3, 0))
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None, since=(3, 0))
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None, since=(3, 0))
    item_sales_tax: Ref | None = ref("ItemSalesTaxRef", 31, default=None, since=(3, 0))
    resale_number: str | None = element("ResaleNumber", default=None, max_length=15, since=(3, 0))
    account_number: str | None = element("AccountNumber", default=None, max_length=99)
    credit_limit: Amount | None = element("CreditLimit", default=None, since=(3, 0))
    preferred_payment_method: Ref | None = ref("PreferredPaymentMethodRef", 31, default=None, since=(3, 0))
    credit_card_info: CreditCardInfo | None = element("CreditCardInfo", default=None, since=(3, 0))
    job_status: JobStatus | None = element("JobStatus", default=None, since=(3, 0))
    job_start_date: date | None = element("JobStartDate", default=None, since=(3, 0))
    job_projected_end_date: date | None = element("JobProjectedEndDate", default=None, since=(3, 0))
    job_end_date: date | None = element("JobEndDate", default=None, since=(3, 0))
    job_desc: str | None = element("JobDesc", default=None, max_length=99, since=(3, 0))
    job_type: Ref | None = ref("JobTypeRef", 159, default=None, since=(3, 0))
    notes: str | None = element("Notes", default=None, max_length=4095, since=(3, 0))
    additional_notes_mods: tuple[AdditionalNotesMod, ...] = element("AdditionalNotesMod", default=(), since=(12, 0))
    preferred_delivery_method: PreferredDeliveryMethod | None = element(
        "PreferredDeliveryMethod", default=None, since=(12, 0)
    )
    price_level: Ref | None = ref("PriceLevelRef", 31, default=None, since=(4, 0))
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))


class CustomerModRq(Request):
    """Change a customer or a job."""

    customer_mod: CustomerMod = element("CustomerMod")
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class CustomerQueryRq(NameQueryRq):
    """Look for customers and jobs."""


class CustomerRet(NamedRet):
    """A customer or a job, as it stands in the books."""

    name: str = element("Name", max_length=41)
    full_name: str = element("FullName", max_length=209)
    is_active: bool | None = element("IsActive", default=None)
    class_: Ref | None = ref("ClassRef", 159, default=None, since=(12, 0))
    parent: Ref | None = ref("ParentRef", default=None)
    sublevel: int = element("Sublevel")
    company_name: str | None = element("CompanyName", default=None, max_length=41)
    salutation: str | None = element("Salutation", default=None, max_length=15)
    first_name: str | None = element("FirstName", default=None, max_length=25)
    middle_name: str | None = element("MiddleName", default=None, max_length=5)
    last_name: str | None = element("LastName", default=None, max_length=25)
    job_title: str | None = element("JobTitle", default=None, max_length=41, since=(12, 0))
    bill_address: Address | None = element("BillAddress", default=None)
    bill_address_block: AddressBlock | None = element("BillAddressBlock", default=None, since=(6, 0))
    ship_address: Address | None = element("ShipAddress", default=None)
    ship_address_block: AddressBlock | None = element("ShipAddressBlock", default=None, since=(6, 0))
    ship_to_addresses: tuple[ShipToAddress, ...] = element("ShipToAddress", default=(), since=(12, 0))
    phone: str | None = element("Phone", default=None, max_length=21)
    alt_phone: str | None = element("AltPhone", default=None, max_length=21)
    fax: str | None = element("Fax", default=None, max_length=21)
    email: str | None = element("Email", default=None, max_length=1023)
    cc: str | None = element("Cc", default=None, max_length=1023, since=(12, 0))
    contact: str | None = element("Contact", default=None, max_length=41)
    alt_contact: str | None = element("AltContact", default=None, max_length=41)
    additional_contacts: tuple[AdditionalContact, ...] = element("AdditionalContactRef", default=(), since=(12, 0))
    contacts_rets: tuple[ContactsRet, ...] = element("ContactsRet", default=(), since=(12, 0))
    customer_type: Ref | None = ref("CustomerTypeRef", 159, default=None)
    terms: Ref | None = ref("TermsRef", 31, default=None)
    sales_rep: Ref | None = ref("SalesRepRef", 5, default=None)
    balance: Amount | None = element("Balance", default=None)
    total_balance: Amount | None = element("TotalBalance", default=None)
    sales_tax_code: Ref | None = ref("SalesTaxCodeRef", 3, default=None)
    item_sales_tax: Ref | None = ref("ItemSalesTaxRef", 31, default=None)
    resale_number: str | None = element("ResaleNumber", default=None, max_length=15)
    account_number: str | None = element("AccountNumber", default=None, max_length=99)
    credit_limit: Amount | None = element("CreditLimit", default=None)
    preferred_payment_method: Ref | None = ref("PreferredPaymentMethodRef", 31, default=None, since=(3, 0))
    credit_card_info: CreditCardInfo | None = element("CreditCardInfo", default=None, since=(3, 0))
    job_status: JobStatus | None = element("JobStatus", default=None)
    job_start_date: date | None = element("JobStartDate", default=None)
    job_projected_end_date: date | None = element("JobProjectedEndDate", default=None)
    job_end_date: date | None = element("JobEndDate", default=None)
    job_desc: str | None = element("JobDesc", default=None, max_length=99)
    job_type: Ref | None = ref("JobTypeRef", 159, default=None)
    notes: str | None = element("Notes", default=None, max_length=4095)
    additional_notes_rets: tuple[AdditionalNotesRet, ...] = element("AdditionalNotesRet", default=(), since=(12, 0))
    preferred_delivery_method: PreferredDeliveryMethod | None = element(
        "PreferredDeliveryMethod", default=None, since=(12, 0)
    )
    price_level: Ref | None = ref("PriceLevelRef", 31, default=None, since=(4, 0))
    external_guid: UUID | None = element("ExternalGUID", default=None, since=(8, 0))
    currency: Ref | None = ref("CurrencyRef", 64, default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class CustomerAddRs(Response):
    """The answer to :class:`CustomerAddRq`."""

    customer_ret: CustomerRet | None = element("CustomerRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class CustomerModRs(Response):
    """The answer to :class:`CustomerModRq`."""

    customer_ret: CustomerRet | None = element("CustomerRet", default=None)
    error_recovery: ErrorRecovery | None = element("ErrorRecovery", default=None, since=(11, 0))


class CustomerQueryRs(IteratedQueryResponse):
    """The answer to :class:`CustomerQueryRq`."""

    customer_rets: tuple[CustomerRet, ...] = element("CustomerRet", default=())


MESSAGES = (
    CustomerAddRq,
    CustomerModRq,
    CustomerQueryRq,
    CustomerRet,
    CustomerAddRs,
    CustomerModRs,
    CustomerQueryRs,
)
