"""The lists of a company file, and how long a full name may be in those whose entries documents name."""

from __future__ import annotations

import unicodedata
from enum import StrEnum


class ListKind(StrEnum):
    """A list of QuickBooks, in its own words."""

    CUSTOMER = "customer"  # and job
    VENDOR = "vendor"
    OTHER_NAME = "other_name"
    ITEM = "item"
    SALES_TAX_ITEM = "sales_tax_item"
    ACCOUNT = "account"
    CLASS = "class"
    TERMS = "terms"
    SALES_REP = "sales_rep"
    SALES_TAX_CODE = "sales_tax_code"
    PAYMENT_METHOD = "payment_method"
    CUSTOMER_MESSAGE = "customer_message"
    TEMPLATE = "template"
    EMPLOYEE = "employee"
    CUSTOMER_TYPE = "customer_type"
    PRICE_LEVEL = "price_level"
    SHIP_METHOD = "ship_method"
    CURRENCY = "currency"


LONGEST_PART = {  # characters of one name between colons; the entries of other lists stand under nothing
    ListKind.CUSTOMER: 41,
    ListKind.ITEM: 31,
    ListKind.ACCOUNT: 31,
    ListKind.CLASS: 31,
}
PARTIES = (ListKind.CUSTOMER, ListKind.VENDOR, ListKind.OTHER_NAME)
LONGEST_NAME = {  # characters of a full name, Parent:Child:Grandchild
    ListKind.CUSTOMER: 209,
    ListKind.VENDOR: 41,
    ListKind.OTHER_NAME: 41,
    ListKind.ITEM: 159,
    ListKind.SALES_TAX_ITEM: 31,
    ListKind.ACCOUNT: 159,
    ListKind.CLASS: 159,
    ListKind.TERMS: 31,
    ListKind.SALES_REP: 5,
    ListKind.SALES_TAX_CODE: 3,
    ListKind.PAYMENT_METHOD: 31,
    ListKind.CUSTOMER_MESSAGE: 101,
    ListKind.TEMPLATE: 31,
}


def usable_name(kind: ListKind, said: str) -> str:
    """What a person typed as a full name, without blanks around it.

    Raises:
        ValueError: QuickBooks cannot have such a name; the sentence says why.
    """
    name = said.strip()
    parts = name.split(":")
    most = LONGEST_PART.get(kind, LONGEST_NAME[kind])
    if not name:
        raise ValueError("the name is empty")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise ValueError("the name holds a line end or another character that no name has")
    if len(name) > LONGEST_NAME[kind]:
        raise ValueError(f"a full name has {LONGEST_NAME[kind]} characters at most in QuickBooks")
    if not all(part.strip() for part in parts):
        raise ValueError("the name has nothing before, between or behind a colon")
    if any(len(part) > most for part in parts):
        raise ValueError(f"each part of the name has {most} characters at most in QuickBooks")
    return name
