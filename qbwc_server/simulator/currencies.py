"""Currencies of customers: the receivable account must have the same one, and the ledger is kept in home currency."""

from decimal import Decimal

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import Posting, cents
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.refusals import Refused
from qbwc_server.simulator.shapes import Values

HOME = "US Dollar"
OTHER_CURRENCY = "The currency of the account must be the same as the currency of the customer."


def currency_of(entry: Entry) -> str:
    """Of a customer or an account."""
    currency = entry.value("currency")
    return (currency.full_name or HOME) if currency is not None else HOME


def settle(books: Books, values: Values, tag: str, *, account_given: bool) -> None:
    """Give a document of a customer with a currency of its own the account, currency and rate that go with it.

    Raises:
        Refused: 3140, the account has another currency.
    """
    if not books.facts.multi_currency or "customer" not in values:
        return
    customer = books.lists.entry(values["customer"].list_id)
    currency = currency_of(customer)
    if not account_given and "ar_account" in values and currency != HOME:
        values["ar_account"] = _receivable(books, customer, currency).ref
    account = books.lists.entry(values["ar_account"].list_id) if "ar_account" in values else None
    if account is not None and currency_of(account) != currency:
        raise Refused(
            3140,
            f'There is an invalid reference to QuickBooks Account "{account.full_name}" in the {tag}.',
            OTHER_CURRENCY,
        )
    if currency != HOME:
        values["currency"] = customer.value("currency")
        values.setdefault("exchange_rate", Decimal(1))


def _receivable(books: Books, customer: Entry, currency: str) -> Entry:
    """The account that QuickBooks keeps for receivables in this currency, made when it is first needed."""
    name = f"Accounts Receivable - {currency}"[:31]
    found = books.lists.named("account", name)
    if found is not None:
        return found
    values = {"account_type": "AccountsReceivable", "currency": customer.value("currency")}
    return books.create("Account", name, values=values)


def at_home(postings: list[Posting], values: Values) -> list[Posting]:
    """The postings in home currency; what rounding leaves over goes to the first of them."""
    rate = values.get("exchange_rate")
    if rate is None or rate == 1:
        return postings
    converted = [Posting(one.account, cents(one.amount * rate), one.entity) for one in postings]
    rest = sum((one.amount for one in converted), Decimal(0))
    first = converted[0]
    return [Posting(first.account, first.amount - rest, first.entity), *converted[1:]]
