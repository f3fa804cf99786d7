"""The ready-made companies, and that they fit the simulated Web Connector."""

from decimal import Decimal

from qbwc_server.simulator import CompanyToJoin
from qbwc_server.simulator.scenarios import demo_company, empty_company
from qbxml.messages.company import PreferencesQueryRq
from qbxml.messages.item import ItemQueryRq
from qbxml.messages.tax import ItemSalesTaxQueryRq

from .asking import ask, company, done, invoice, line


def test_the_demo_company_can_sell_all_that_it_has() -> None:
    books = company(sales_tax=True)
    names = [ret.name for ret in ask(books, ItemQueryRq()).rets if type(ret).__name__ != "ItemGroupRet"]
    assert len(names) == 15
    ret = done(books, invoice(line(), *[line(name) for name in names]))
    assert len(ret.lines) == 16
    assert [ret.name for ret in ask(books, ItemSalesTaxQueryRq()).rets] == ["Sales Tax", "Out of State"]


def test_an_empty_company_has_accounts_and_nothing_else() -> None:
    books = empty_company("Nothing Yet Ltd")
    books.open()
    assert (books.customers, books.items, books.transactions) == ([], [], [])
    assert {"Checking", "Accounts Receivable", "Undeposited Funds"} <= {one.full_name for one in books.accounts}
    assert done(books, PreferencesQueryRq()).sales_tax_preferences is None
    assert books.balance_of("Nobody") == Decimal(0)


def test_a_company_fits_the_web_connector() -> None:
    joined: CompanyToJoin = demo_company("Fits Inc")
    assert joined.path == "C:\\QuickBooks\\Fits Inc.qbw"
