"""The running QuickBooks, the company file and its preferences: queries."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from qbxml.aggregate import Aggregate
from qbxml.declaration import element, ref
from qbxml.message import Request, Response
from qbxml.shared import Address, AddressBlock, DataExtRet, Ref
from qbxml.values import Amount, Percent


class QBFileMode(StrEnum):
    """Who may have the company file open."""

    MULTI_USER = "MultiUser"
    SINGLE_USER = "SingleUser"


class Month(StrEnum):
    """A month."""

    JANUARY = "January"
    FEBRUARY = "February"
    MARCH = "March"
    APRIL = "April"
    MAY = "May"
    JUNE = "June"
    JULY = "July"
    AUGUST = "August"
    SEPTEMBER = "September"
    OCTOBER = "October"
    NOVEMBER = "November"
    DECEMBER = "December"


class TaxForm(StrEnum):
    """The income tax form of the company."""

    FORM1040 = "Form1040"
    FORM1065 = "Form1065"
    FORM1120 = "Form1120"
    FORM1120_S = "Form1120S"
    FORM990 = "Form990"
    FORM990_PF = "Form990PF"
    FORM990_T = "Form990T"
    OTHER_OR_NONE = "OtherOrNone"


class ServiceStatus(StrEnum):
    """How a subscription stands."""

    ACTIVE = "Active"
    EXPIRED = "Expired"
    NEVER = "Never"
    PENDING = "Pending"
    SUSPENDED = "Suspended"
    TERMINATED = "Terminated"
    TRIAL = "Trial"


class ClassAssignment(StrEnum):
    """What classes are assigned to."""

    NONE = "None"
    ACCOUNTS = "Accounts"
    ITEMS = "Items"
    NAMES = "Names"


class CalculateChargesFrom(StrEnum):
    """The day from which interest runs."""

    DUE_DATE = "DueDate"
    INVOICE_OR_BILLED_DATE = "InvoiceOrBilledDate"


class AgingReportBasis(StrEnum):
    """The day from which age is reckoned."""

    AGE_FROM_DUE_DATE = "AgeFromDueDate"
    AGE_FROM_TRANSACTION_DATE = "AgeFromTransactionDate"


class SummaryReportBasis(StrEnum):
    """Whether reports reckon by invoice or by payment."""

    ACCRUAL = "Accrual"
    CASH = "Cash"


class SalesTaxPeriod(StrEnum):
    """How often sales tax is paid."""

    MONTHLY = "Monthly"
    QUARTERLY = "Quarterly"
    ANNUALLY = "Annually"


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"


class SerialOrLotTracking(StrEnum):
    """What goods are told apart by."""

    NONE = "None"
    SERIAL_NUMBER = "SerialNumber"
    LOT_NUMBER = "LotNumber"


class IncludeListMetaData(Aggregate):
    """Asks for the capacities of the lists as well."""

    include_max_capacity: bool = element("IncludeMaxCapacity")


class HostQueryRq(Request):
    """Ask which QuickBooks is running and what it speaks."""

    include_list_meta_data: IncludeListMetaData | None = element("IncludeListMetaData", default=None, since=(6, 0))
    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class CompanyQueryRq(Request):
    """Ask about the company file that is open."""

    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )
    owner_ids: tuple[UUID, ...] = element("OwnerID", default=(), since=(2, 0))


class PreferencesQueryRq(Request, since=(1, 1)):
    """Ask what is switched on in the company file."""

    include_ret_elements: tuple[str, ...] = element(
        "IncludeRetElement", default=(), max_length=50, since=(4, 0), droppable=True
    )


class Capacity(Aggregate):
    """How many entries a list can hold."""

    max_capacity: int = element("MaxCapacity")


class ListMetaData(Aggregate):
    """The capacities of all lists."""

    account_meta_data: Capacity = element("AccountMetaData")
    billing_rate_meta_data: Capacity = element("BillingRateMetaData")
    class_meta_data: Capacity = element("ClassMetaData")
    customer_msg_meta_data: Capacity = element("CustomerMsgMetaData")
    customer_type_meta_data: Capacity = element("CustomerTypeMetaData")
    entity_meta_data: Capacity = element("EntityMetaData")
    item_meta_data: Capacity = element("ItemMetaData")
    job_type_meta_data: Capacity = element("JobTypeMetaData")
    payment_method_meta_data: Capacity = element("PaymentMethodMetaData")
    payroll_item_meta_data: Capacity = element("PayrollItemMetaData")
    price_level_meta_data: Capacity = element("PriceLevelMetaData")
    sales_rep_meta_data: Capacity = element("SalesRepMetaData")
    sales_tax_code_meta_data: Capacity = element("SalesTaxCodeMetaData")
    ship_method_meta_data: Capacity = element("ShipMethodMetaData")
    template_meta_data: Capacity = element("TemplateMetaData")
    terms_meta_data: Capacity = element("TermsMetaData")
    to_do_meta_data: Capacity = element("ToDoMetaData")
    vehicle_meta_data: Capacity = element("VehicleMetaData")
    vendor_type_meta_data: Capacity = element("VendorTypeMetaData")


class HostRet(Aggregate):
    """The running QuickBooks: product, version, and the levels of qbXML that it speaks."""

    product_name: str = element("ProductName", max_length=255)
    major_version: str = element("MajorVersion", max_length=5)
    minor_version: str = element("MinorVersion", max_length=5)
    country: str | None = element("Country", default=None, max_length=2, since=(3, 0))
    supported_qbxml_versions: tuple[str, ...] = element("SupportedQBXMLVersion", max_length=10)
    is_automatic_login: bool | None = element("IsAutomaticLogin", default=None, since=(3, 0))
    qb_file_mode: QBFileMode = element("QBFileMode", since=(3, 0))
    list_meta_data: ListMetaData | None = element("ListMetaData", default=None, since=(6, 0))


class HostQueryRs(Response):
    """The answer to :class:`HostQueryRq`."""

    host_ret: HostRet | None = element("HostRet", default=None)


class Service(Aggregate):
    """One of Intuit's services that the company may subscribe to."""

    name: str = element("Name", max_length=50)
    domain: str = element("Domain", max_length=50)
    service_status: ServiceStatus = element("ServiceStatus")


class SubscribedServices(Aggregate):
    """The services of Intuit that the company subscribes to."""

    services: tuple[Service, ...] = element("Service", default=())


class AccountantCopy(Aggregate):
    """Whether an accountant works on a copy; then what lies before the dividing date is closed."""

    accountant_copy_exists: bool = element("AccountantCopyExists")
    dividing_date: date | None = element("DividingDate", default=None)


class CompanyRet(Aggregate):
    """The company file: who it is about, and when its years begin."""

    is_sample_company: bool = element("IsSampleCompany", since=(3, 0))
    company_name: str | None = element("CompanyName", default=None, max_length=59)
    legal_company_name: str | None = element("LegalCompanyName", default=None, max_length=59)
    address: Address | None = element("Address", default=None)
    address_block: AddressBlock | None = element("AddressBlock", default=None, since=(6, 0))
    legal_address: Address | None = element("LegalAddress", default=None)
    company_address_for_customer: Address | None = element("CompanyAddressForCustomer", default=None)
    company_address_block_for_customer: AddressBlock | None = element(
        "CompanyAddressBlockForCustomer", default=None, since=(6, 0)
    )
    phone: str | None = element("Phone", default=None, max_length=51)
    fax: str | None = element("Fax", default=None, max_length=51)
    email: str | None = element("Email", default=None, max_length=1023)
    company_web_site: str | None = element("CompanyWebSite", default=None, max_length=128)
    first_month_fiscal_year: Month | None = element("FirstMonthFiscalYear", default=None)
    first_month_income_tax_year: Month | None = element("FirstMonthIncomeTaxYear", default=None)
    company_type: str | None = element("CompanyType", default=None, max_length=255)
    ein: str | None = element("EIN", default=None, max_length=20, since=(2, 0))
    ssn: str | None = element("SSN", default=None, max_length=11, since=(2, 1))
    tax_form: TaxForm | None = element("TaxForm", default=None, since=(2, 1))
    subscribed_services: SubscribedServices | None = element("SubscribedServices", default=None, since=(7, 0))
    accountant_copy: AccountantCopy | None = element("AccountantCopy", default=None, since=(8, 0))
    data_ext_rets: tuple[DataExtRet, ...] = element("DataExtRet", default=(), since=(2, 0))


class CompanyQueryRs(Response):
    """The answer to :class:`CompanyQueryRq`."""

    company_ret: CompanyRet | None = element("CompanyRet", default=None)


class AccountingPreferences(Aggregate):
    """Account numbers, classes, audit trail, and the closing date."""

    is_using_account_numbers: bool = element("IsUsingAccountNumbers")
    is_requiring_accounts: bool = element("IsRequiringAccounts")
    is_using_class_tracking: bool = element("IsUsingClassTracking")
    assign_classes_to: ClassAssignment | None = element("AssignClassesTo", default=None, since=(12, 0))
    is_using_audit_trail: bool = element("IsUsingAuditTrail")
    is_assigning_journal_entry_numbers: bool = element("IsAssigningJournalEntryNumbers")
    closing_date: date | None = element("ClosingDate", default=None)


class FinanceChargePreferences(Aggregate):
    """How interest on overdue invoices is charged."""

    annual_interest_rate: Percent | None = element("AnnualInterestRate", default=None)
    min_finance_charge: Amount | None = element("MinFinanceCharge", default=None)
    grace_period: int = element("GracePeriod")
    finance_charge_account: Ref | None = ref("FinanceChargeAccountRef", 159, default=None)
    is_assessing_for_overdue_charges: bool = element("IsAssessingForOverdueCharges")
    calculate_charges_from: CalculateChargesFrom = element("CalculateChargesFrom")
    is_marked_to_be_printed: bool = element("IsMarkedToBePrinted")


class JobsAndEstimatesPreferences(Aggregate):
    """Whether estimates and progress invoices are used."""

    is_using_estimates: bool = element("IsUsingEstimates")
    is_using_progress_invoicing: bool = element("IsUsingProgressInvoicing")
    is_printing_items_with_zero_amounts: bool = element("IsPrintingItemsWithZeroAmounts")


class MultiCurrencyPreferences(Aggregate):
    """Whether there are foreign currencies, and what the home currency is."""

    is_multi_currency_on: bool | None = element("IsMultiCurrencyOn", default=None)
    home_currency: Ref | None = ref("HomeCurrencyRef", 64, default=None)


class MultiLocationInventoryPreferences(Aggregate):
    """Whether stock is kept in several sites."""

    is_multi_location_inventory_available: bool | None = element("IsMultiLocationInventoryAvailable", default=None)
    is_multi_location_inventory_enabled: bool | None = element("IsMultiLocationInventoryEnabled", default=None)


class PurchasesAndVendorsPreferences(Aggregate):
    """Whether inventory is used, and how bills fall due."""

    is_using_inventory: bool = element("IsUsingInventory")
    days_bills_are_due: int = element("DaysBillsAreDue")
    is_automatically_using_discounts: bool = element("IsAutomaticallyUsingDiscounts")
    default_discount_account: Ref | None = ref("DefaultDiscountAccountRef", 159, default=None)


class ReportsPreferences(Aggregate):
    """What reports reckon from."""

    aging_report_basis: AgingReportBasis = element("AgingReportBasis")
    summary_report_basis: SummaryReportBasis = element("SummaryReportBasis")


class PriceLevels(Aggregate):
    """Whether price levels are used, and how they round."""

    is_using_price_levels: bool = element("IsUsingPriceLevels")
    is_rounding_sales_price_up: bool | None = element("IsRoundingSalesPriceUp", default=None)


class SalesAndCustomersPreferences(Aggregate):
    """Defaults for sales forms and payments."""

    default_ship_method: Ref | None = ref("DefaultShipMethodRef", 15, default=None)
    default_fob: str | None = element("DefaultFOB", default=None, max_length=13)
    default_markup: Percent | None = element("DefaultMarkup", default=None)
    is_tracking_reimbursed_expenses_as_income: bool = element("IsTrackingReimbursedExpensesAsIncome")
    is_auto_applying_payments: bool = element("IsAutoApplyingPayments")
    price_levels: PriceLevels | None = element("PriceLevels", default=None, since=(4, 0))


class SalesTaxPreferences(Aggregate):
    """Defaults for sales tax; absent where sales tax is off."""

    default_item_sales_tax: Ref = ref("DefaultItemSalesTaxRef", 31)
    pay_sales_tax: SalesTaxPeriod = element("PaySalesTax")
    default_taxable_sales_tax_code: Ref = ref("DefaultTaxableSalesTaxCodeRef", 3)
    default_non_taxable_sales_tax_code: Ref = ref("DefaultNonTaxableSalesTaxCodeRef", 3)
    is_using_vendor_tax_code: bool | None = element("IsUsingVendorTaxCode", default=None)
    is_using_customer_tax_code: bool | None = element("IsUsingCustomerTaxCode", default=None)
    is_using_amounts_include_tax: bool | None = element("IsUsingAmountsIncludeTax", default=None)


class TimeTrackingPreferences(Aggregate):
    """When the week begins."""

    first_day_of_week: Weekday = element("FirstDayOfWeek")


class CurrentAppAccessRights(Aggregate):
    """What this application may do in this company file."""

    is_automatic_login_allowed: bool = element("IsAutomaticLoginAllowed")
    automatic_login_user_name: str | None = element("AutomaticLoginUserName", default=None, max_length=29)
    is_personal_data_access_allowed: bool = element("IsPersonalDataAccessAllowed")


class ItemsAndInventoryPreferences(Aggregate):
    """Serial numbers, lots and the other refinements of inventory."""

    enhanced_inventory_receiving_enabled: bool | None = element("EnhancedInventoryReceivingEnabled", default=None)
    is_tracking_serial_or_lot_number: SerialOrLotTracking | None = element("IsTrackingSerialOrLotNumber", default=None)
    is_tracking_on_sales_transactions_enabled: bool | None = element(
        "isTrackingOnSalesTransactionsEnabled", default=None
    )
    is_tracking_on_purchase_transactions_enabled: bool | None = element(
        "isTrackingOnPurchaseTransactionsEnabled", default=None
    )
    is_tracking_on_inventory_adjustment_enabled: bool | None = element(
        "isTrackingOnInventoryAdjustmentEnabled", default=None
    )
    is_tracking_on_build_assembly_enabled: bool | None = element("isTrackingOnBuildAssemblyEnabled", default=None)
    fifo_enabled: bool | None = element("FIFOEnabled", default=None)
    fifo_effective_date: date | None = element("FIFOEffectiveDate", default=None)
    is_rsb_enabled: bool | None = element("IsRSBEnabled", default=None, since=(12, 0))
    is_barcode_enabled: bool | None = element("IsBarcodeEnabled", default=None, since=(12, 0))


class PreferencesRet(Aggregate):
    """What is switched on in the company file; parts that are switched off may be absent."""

    accounting_preferences: AccountingPreferences = element("AccountingPreferences")
    finance_charge_preferences: FinanceChargePreferences = element("FinanceChargePreferences")
    jobs_and_estimates_preferences: JobsAndEstimatesPreferences = element("JobsAndEstimatesPreferences")
    multi_currency_preferences: MultiCurrencyPreferences | None = element(
        "MultiCurrencyPreferences", default=None, since=(8, 0)
    )
    multi_location_inventory_preferences: MultiLocationInventoryPreferences | None = element(
        "MultiLocationInventoryPreferences", default=None, since=(10, 0)
    )
    purchases_and_vendors_preferences: PurchasesAndVendorsPreferences = element("PurchasesAndVendorsPreferences")
    reports_preferences: ReportsPreferences = element("ReportsPreferences")
    sales_and_customers_preferences: SalesAndCustomersPreferences = element("SalesAndCustomersPreferences")
    sales_tax_preferences: SalesTaxPreferences | None = element("SalesTaxPreferences", default=None)
    time_tracking_preferences: TimeTrackingPreferences | None = element("TimeTrackingPreferences", default=None)
    current_app_access_rights: CurrentAppAccessRights = element("CurrentAppAccessRights")
    items_and_inventory_preferences: ItemsAndInventoryPreferences | None = element(
        "ItemsAndInventoryPreferences", default=None, since=(11, 0)
    )


class PreferencesQueryRs(Response, since=(1, 1)):
    """The answer to :class:`PreferencesQueryRq`."""

    preferences_ret: PreferencesRet | None = element("PreferencesRet", default=None)


MESSAGES = (
    HostQueryRq,
    CompanyQueryRq,
    PreferencesQueryRq,
    HostRet,
    HostQueryRs,
    CompanyRet,
    CompanyQueryRs,
    PreferencesRet,
    PreferencesQueryRs,
)
