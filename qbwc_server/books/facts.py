"""What the company file says of itself in the first call of a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from qbwc_server.books.models import LONGEST_SAID
from qbwc_server.books.preferences import Preferences
from qbwc_server.errors import QbwcError
from qbwc_server.shortening import shortened
from qbxml import Aggregate, ParseError, read_answers
from qbxml.messages.company import CompanyRet, HostRet, PreferencesRet
from qbxml.status import status
from qbxml.status_codes import Status


class UnreadableFile(QbwcError):
    """The Web Connector's description of the company file could not be read."""

    code = "unreadable_company"
    advice = "Press Update Selected again; if it stays, restart QuickBooks and the Web Connector."
    retry_helps = True


class Refused(QbwcError):
    """QuickBooks refused to describe the company file."""

    code = "company_refused"
    advice = "Do what QuickBooks asks for, then press Update Selected again."
    retry_helps = True

    def __init__(self, said: Status) -> None:
        super().__init__(said.sentence, detail=f"status code {said.code}")
        self.said = said


@dataclass
class Introduction:
    """What HostQuery, CompanyQuery and PreferencesQuery answered."""

    product: str | None = None
    country: str | None = None
    supported: tuple[str, ...] = ()
    described: bool = False  # the question for the company was answered
    company_name: str | None = None
    legal_name: str | None = None
    file_id: str | None = None
    machine: str | None = None
    closing_date: date | None = None
    closing_date_told: bool = False  # also that there is none
    preferences: dict[str, Any] = field(default_factory=dict)
    refused: Status | None = None  # the first of the three questions that was not answered


def read_introduction(source: BinaryIO, owner_id: str) -> Introduction:
    """Read strHCPResponse; what is missing stays None. Raises UnreadableFile when it is no qbXML at all."""
    found = Introduction()
    try:
        for answer in read_answers(source):
            if answer.status_code and found.refused is None:
                found.refused = status(answer.status_code, answer.status_message)
            for ret in answer.rets:
                if isinstance(ret, HostRet):
                    found.product, found.country = _said(ret, "product_name"), _said(ret, "country")
                    found.supported = _said(ret, "supported_qbxml_versions") or ()
                elif isinstance(ret, CompanyRet):
                    _company(found, ret, owner_id)
                elif isinstance(ret, PreferencesRet):
                    _preferences(found, ret)
    except ParseError as error:
        raise UnreadableFile(detail=str(error)) from None
    return found


def _company(found: Introduction, ret: CompanyRet, owner_id: str) -> None:
    found.described = True
    found.company_name, found.legal_name = _said(ret, "company_name"), _said(ret, "legal_company_name")
    for ext in ret.data_ext_rets or ():
        if _guid(_said(ext, "owner_id")) != _guid(owner_id):
            continue
        name, value = _said(ext, "data_ext_name"), _said(ext, "data_ext_value") or ""
        if name == "FileID":
            found.file_id = _guid(value)
        elif name == "AppLock":
            found.machine = value.split(":")[1] if ":" in value else None


def _preferences(found: Introduction, ret: PreferencesRet) -> None:
    accounting, tax = _said(ret, "accounting_preferences"), _said(ret, "sales_tax_preferences")
    currency = _said(ret, "multi_currency_preferences")
    work = _said(ret, "jobs_and_estimates_preferences")
    buying, selling = _said(ret, "purchases_and_vendors_preferences"), _said(ret, "sales_and_customers_preferences")
    stock = _said(ret, "items_and_inventory_preferences")
    item = _said(tax, "default_item_sales_tax")
    found.closing_date, found.closing_date_told = _said(accounting, "closing_date"), accounting is not None
    found.preferences = Preferences(
        account_numbers=_said(accounting, "is_using_account_numbers"),
        accounts_required=_said(accounting, "is_requiring_accounts"),
        class_tracking=bool(_said(accounting, "is_using_class_tracking")),
        class_required_of=_said(accounting, "assign_classes_to"),
        sales_tax=tax is not None,
        sales_tax_item=_said(item, "full_name"),
        sales_tax_item_id=_said(item, "list_id"),
        taxable_code=_said(_said(tax, "default_taxable_sales_tax_code"), "full_name"),
        non_taxable_code=_said(_said(tax, "default_non_taxable_sales_tax_code"), "full_name"),
        multi_currency=bool(_said(currency, "is_multi_currency_on")),
        home_currency=_said(_said(currency, "home_currency"), "full_name"),
        estimates=_said(work, "is_using_estimates"),
        progress_invoicing=_said(work, "is_using_progress_invoicing"),
        inventory=_said(buying, "is_using_inventory"),
        receipts_apart=_said(stock, "enhanced_inventory_receiving_enabled"),
        price_levels=_said(_said(selling, "price_levels"), "is_using_price_levels"),
        auto_apply_payments=_said(selling, "is_auto_applying_payments"),
        bills_due_days=_said(buying, "days_bills_are_due"),
    ).as_record()


def _said(part: Aggregate | None, name: str) -> Any:
    """A value of an answer; None where there is none, even if QuickBooks promises it: nothing here is worth failing."""
    value = getattr(part, name, None)
    return shortened(value, LONGEST_SAID) if isinstance(value, str) else value


def _guid(text: object) -> str | None:
    try:
        return str(UUID(str(text)))
    except ValueError:
        return None
