"""The header of a sales document: what QuickBooks fills in, and what it refuses."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.pricing import TaxTerms
from qbwc_server.simulator.refusals import NOT_ENABLED, Refused, cannot_save, wrong_value
from qbwc_server.simulator.sales_kinds import SalesKind
from qbwc_server.simulator.shapes import Values
from qbwc_server.simulator.switches import Edition
from qbwc_server.simulator.transactions import TXN_KINDS
from qbxml.shared import AddressBlock


def tax_terms(books: Books, values: Values) -> TaxTerms:
    """Rate of the document's tax item, and whether its customer pays sales tax at all."""
    if not books.facts.sales_tax:
        return TaxTerms()
    item, code = values.get("item_sales_tax"), values.get("customer_sales_tax_code")
    rate = books.lists.entry(item.list_id).facts.tax_rate if item is not None else Decimal(0)
    taxable = code is None or bool(books.lists.entry(code.list_id).value("is_taxable"))
    return TaxTerms(rate, taxable)


def due_date(books: Books, values: Values) -> None:
    """Work out when payment is due from the terms, unless that was said."""
    if "due_date" in values:
        return
    days = 0
    if (terms := values.get("terms")) is not None:
        days = books.lists.entry(terms.list_id).value("std_due_days") or 0
    values["due_date"] = values["txn_date"] + timedelta(days=days)


def check_features(books: Books, message: Any, tag: str) -> None:
    """Refuse what the edition or the file has not, and links to other documents, which are not simulated."""
    held = vars(message)
    if "link_to_txn_ids" in held or any("link_to_txn" in vars(line) for line in held.get("lines", ())):
        raise Refused(3250, NOT_ENABLED)
    if tag == "SalesOrder":
        books.require(books.switches.edition is not Edition.PRO)
    if "exchange_rate" in held:
        books.require(books.facts.multi_currency)
    if "item_sales_tax" in held:
        books.require(books.facts.sales_tax)
    if "class_" in held or any("class_" in vars(line) for line in held.get("lines", ())):
        books.require(books.facts.class_tracking)


def default_header(books: Books, kind: SalesKind, values: Values) -> None:
    """Fill in what follows from the customer, the preferences and the terms."""
    customer = books.lists.entry(values["customer"].list_id) if "customer" in values else None
    if customer is not None:
        for name in ("terms", "sales_rep", "bill_address", "ship_address", "class_"):
            if name not in values and customer.value(name) is not None:
                values[name] = customer.value(name)
    if kind.receivable and TXN_KINDS[kind.tag].posts:
        _default_receivable(books, values, kind.tag)
    if kind.tag == "SalesReceipt" and "deposit_to_account" not in values:
        values["deposit_to_account"] = books.special("UndepositedFunds").ref
    _default_tax(books, values, customer)
    for name in ("bill_address", "ship_address"):
        if name in values:
            show_block(values, name)
    due_date(books, values)
    if kind.has_ship_date:
        values.setdefault("ship_date", values["txn_date"])
    if TXN_KINDS[kind.tag].posts:
        values.setdefault("is_pending", False)
    if kind.printable:
        values.setdefault("is_to_be_printed", True)
    if values.setdefault("is_to_be_emailed", False) and not (customer is not None and customer.value("email")):
        raise cannot_save(kind.tag, "The customer has no e-mail address to which the form could be sent.")
    if kind.tag == "Invoice":
        values.setdefault("is_finance_charge", False)
    if kind.tag == "Estimate":
        values.setdefault("is_active", True)
    if kind.tag == "SalesOrder":
        values.update(is_manually_closed=values.get("is_manually_closed", False), is_fully_invoiced=False)


def _default_receivable(books: Books, values: Values, tag: str) -> None:
    if "ar_account" not in values:
        values["ar_account"] = books.special("AccountsReceivable").ref
    account = books.lists.entry(values["ar_account"].list_id)
    if account.value("account_type") != "AccountsReceivable":
        raise wrong_value("ARAccountRef", account.full_name, f"A {tag} needs an accounts receivable account.")


def _default_tax(books: Books, values: Values, customer: Entry | None) -> None:
    if not books.facts.sales_tax:
        values.pop("item_sales_tax", None)
        values["customer_sales_tax_code"] = books.tax_code(taxable=False).ref
        return
    if "item_sales_tax" not in values:
        of_customer = customer.value("item_sales_tax") if customer is not None else None
        if of_customer is not None:
            values["item_sales_tax"] = of_customer
        elif books.facts.default_sales_tax_item:
            values["item_sales_tax"] = books.lists.entry(books.facts.default_sales_tax_item).ref
    if "customer_sales_tax_code" not in values:
        of_customer = customer.value("sales_tax_code") if customer is not None else None
        values["customer_sales_tax_code"] = of_customer or books.tax_code(taxable=True).ref


def show_block(values: Values, name: str) -> None:
    """Show an address also as the lines that are printed."""
    block = address_block(values.get(name))
    if block is None:
        values.pop(f"{name}_block", None)
    else:
        values[f"{name}_block"] = block


def address_block(address: Any) -> Any:
    """The printed lines of an address; None for none."""
    if address is None:
        return None
    lines = [getattr(address, f"addr{number}") for number in range(1, 6)]
    place = " ".join(part for part in (address.state, address.postal_code) if part)
    lines.append(", ".join(part for part in (address.city, place) if part))
    lines.append(address.country)
    shown = [line for line in lines if line][:5]
    if not shown:
        return None
    return AddressBlock(**{f"addr{number}": line[:41] for number, line in enumerate(shown, start=1)})
