"""Invented documents of every kind, as hypothesis draws them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from qbwc_server.documents.kinds import Document, read_document

_LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\ufffe\uffff")
_WORD = st.text(_LETTERS, min_size=1, max_size=20).map(lambda text: " ".join(text.split())).filter(bool)
_TEXT = st.lists(_WORD, min_size=1, max_size=3).map("\n".join)
_DAY = st.dates(date(1970, 1, 1), date(2038, 1, 18))
_CENTS = st.decimals(min_value=-(10**6), max_value=10**6, places=2)
_POSITIVE = st.decimals(min_value=Decimal("0.01"), max_value=10**6, places=2)
_QUANTITY = st.decimals(min_value=-(10**4), max_value=10**4, places=5)
_ORIGIN = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30)
_NUMBER = st.text(st.characters(min_codepoint=0x30, max_codepoint=0x39), min_size=1, max_size=11)


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


_ADDRESS = _some(
    lines=st.lists(_WORD, min_size=1, max_size=5), city=_WORD, state=_WORD, postal_code=_WORD, country=_WORD
).filter(bool)
_CUSTOMER = st.builds(
    lambda name, more: {"name": name, **more},
    _WORD,
    _some(
        company_name=_WORD,
        first_name=_WORD,
        last_name=_WORD,
        email=_WORD,
        phone=_WORD,
        billing_address=_ADDRESS,
        shipping_address=_ADDRESS,
    ),
)
_LINE = _some(
    item=_WORD,
    description=_TEXT,
    quantity=_QUANTITY,
    rate=_QUANTITY,
    amount=_CENTS,
    tax_code=_WORD,
    service_date=_DAY,
    **{"class": _WORD},
).filter(bool)
_SALE = {
    "class": _WORD,
    "sales_tax_item": _WORD,
    "customer_message": _WORD,
    "template": _WORD,
    "other": _WORD,
    "to_be_printed": st.booleans(),
    "to_be_emailed": st.booleans(),
    "subtotal": _CENTS,
    "total": _CENTS,
}
_OPTIONAL: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "invoice": {
        **_SALE,
        "po_number": _WORD,
        "due_date": _DAY,
        "terms": _WORD,
        "sales_rep": _WORD,
        "ship_date": _DAY,
        "ar_account": _WORD,
    },
    "sales_receipt": {**_SALE, "payment_method": _WORD, "check_number": _WORD, "deposit_to": _WORD},
    "credit_memo": {**_SALE, "po_number": _WORD, "ar_account": _WORD},
    "payment": {"payment_method": _WORD, "deposit_to": _WORD, "ar_account": _WORD},
}


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any document that the formats can carry."""
    kind = draw(st.sampled_from(sorted(_OPTIONAL)))
    value: dict[str, Any] = {
        "kind": kind,
        "origin": draw(_ORIGIN),
        "date": draw(_DAY),
        "customer": draw(_CUSTOMER),
        **draw(_some(number=_NUMBER, memo=_TEXT, **_OPTIONAL[kind])),
    }
    if kind == "payment":
        value["amount"] = draw(_POSITIVE)
        named = st.one_of(
            st.fixed_dictionaries({"invoice": _ORIGIN, "amount": _POSITIVE}),
            st.fixed_dictionaries({"number": _NUMBER, "amount": _POSITIVE}),
            st.fixed_dictionaries({"txn_id": st.from_regex(r"\A[0-9A-F]{1,6}-[0-9]{1,10}\Z"), "amount": _POSITIVE}),
        )
        value["applies_to"] = draw(st.lists(named, max_size=3))
    else:
        value["lines"] = draw(st.lists(_LINE, min_size=1, max_size=4))
    return read_document(value)
