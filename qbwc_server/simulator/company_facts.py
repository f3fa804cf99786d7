"""What the file says about itself: the answers to Host, Company and Preferences queries."""

from typing import Any
from uuid import UUID

from qbwc_server.simulator import extensions
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO
from qbwc_server.simulator.shapes import build
from qbxml.envelope import answer_set
from qbxml.messages.company import (
    AccountingPreferences,
    Capacity,
    CompanyRet,
    CurrentAppAccessRights,
    FinanceChargePreferences,
    HostRet,
    ItemsAndInventoryPreferences,
    JobsAndEstimatesPreferences,
    ListMetaData,
    MultiCurrencyPreferences,
    MultiLocationInventoryPreferences,
    PreferencesRet,
    PriceLevels,
    PurchasesAndVendorsPreferences,
    ReportsPreferences,
    SalesAndCustomersPreferences,
    SalesTaxPreferences,
)
from qbxml.rendering import render

_OTHER_LISTS = (
    *("account", "billing_rate", "class", "customer_msg", "customer_type", "job_type", "payment_method"),
    *("payroll_item", "sales_rep", "sales_tax_code", "ship_method", "template", "terms", "to_do", "vehicle"),
    "vendor_type",
)


def host(books: Books, *, with_capacities: bool) -> HostRet:
    """Product, versions and, if asked for, how much the lists take."""
    switches = books.switches
    values: dict[str, Any] = {
        "product_name": switches.product_name,
        "major_version": switches.major_version,
        "minor_version": switches.minor_version,
        "country": "US",
        "supported_qbxml_versions": switches.versions,
        "is_automatic_login": False,
        "qb_file_mode": "MultiUser" if switches.multi_user else "SingleUser",
    }
    if with_capacities:
        limits = switches.limits
        capacities = {f"{name}_meta_data": Capacity(max_capacity=limits.others) for name in _OTHER_LISTS}
        capacities["entity_meta_data"] = Capacity(max_capacity=limits.names)
        capacities["item_meta_data"] = Capacity(max_capacity=limits.items)
        capacities["price_level_meta_data"] = Capacity(max_capacity=limits.price_levels)
        values["list_meta_data"] = build(ListMetaData, capacities)
    return HostRet(**values)


def company(books: Books, owners: tuple[UUID, ...]) -> CompanyRet:
    """Name and address of the company, and private data of the owners asked for."""
    values: dict[str, Any] = {
        "is_sample_company": False,
        "company_name": books.facts.company_name,
        "legal_company_name": books.facts.company_name,
        "email": books.facts.email,
        "first_month_fiscal_year": "January",
        "first_month_income_tax_year": "January",
        "company_type": "Retail",
        "data_ext_rets": extensions.shown(books, extensions.COMPANY, owners),
    }
    return CompanyRet(**values)


def preferences(books: Books) -> PreferencesRet:
    """What is switched on, and the closing date."""
    facts = books.facts
    values: dict[str, Any] = {
        "accounting_preferences": AccountingPreferences(
            is_using_account_numbers=False,
            is_requiring_accounts=True,
            is_using_class_tracking=facts.class_tracking,
            is_using_audit_trail=True,
            is_assigning_journal_entry_numbers=True,
            closing_date=facts.closing_date,
        ),
        "finance_charge_preferences": build(
            FinanceChargePreferences,
            {
                "annual_interest_rate": ZERO,
                "min_finance_charge": ZERO,
                "grace_period": 0,
                "is_assessing_for_overdue_charges": False,
                "calculate_charges_from": "DueDate",
                "is_marked_to_be_printed": False,
            },
        ),
        "jobs_and_estimates_preferences": JobsAndEstimatesPreferences(
            is_using_estimates=True, is_using_progress_invoicing=False, is_printing_items_with_zero_amounts=False
        ),
        "multi_currency_preferences": MultiCurrencyPreferences(is_multi_currency_on=facts.multi_currency),
        "multi_location_inventory_preferences": MultiLocationInventoryPreferences(
            is_multi_location_inventory_available=False, is_multi_location_inventory_enabled=False
        ),
        "purchases_and_vendors_preferences": PurchasesAndVendorsPreferences(
            is_using_inventory=True, days_bills_are_due=30, is_automatically_using_discounts=False
        ),
        "reports_preferences": build(
            ReportsPreferences, {"aging_report_basis": "AgeFromDueDate", "summary_report_basis": "Accrual"}
        ),
        "sales_and_customers_preferences": SalesAndCustomersPreferences(
            is_tracking_reimbursed_expenses_as_income=False,
            is_auto_applying_payments=True,
            price_levels=PriceLevels(is_using_price_levels=True, is_rounding_sales_price_up=False),
        ),
        "current_app_access_rights": CurrentAppAccessRights(
            is_automatic_login_allowed=False, is_personal_data_access_allowed=True
        ),
        "items_and_inventory_preferences": ItemsAndInventoryPreferences(
            enhanced_inventory_receiving_enabled=False, fifo_enabled=False
        ),
    }
    if facts.sales_tax and facts.default_sales_tax_item:
        values["sales_tax_preferences"] = build(
            SalesTaxPreferences,
            {
                "default_item_sales_tax": books.lists.entry(facts.default_sales_tax_item).ref,
                "pay_sales_tax": "Monthly",
                "default_taxable_sales_tax_code": books.tax_code(taxable=True).ref,
                "default_non_taxable_sales_tax_code": books.tax_code(taxable=False).ref,
            },
        )
    return PreferencesRet(**values)


def hcp_response(books: Books, owner_id: UUID) -> str:
    """Host, company and preferences in one document, as the Web Connector hands them over."""
    rets = {
        "Host": host(books, with_capacities=False),
        "Company": company(books, (owner_id,)),
        "Preferences": preferences(books),
    }
    return answer_set(
        f'<{tag}QueryRs requestID="{number}" statusCode="0" statusSeverity="Info" statusMessage="Status OK">'
        f"{render(ret)}</{tag}QueryRs>"
        for number, (tag, ret) in enumerate(rets.items())
    )
