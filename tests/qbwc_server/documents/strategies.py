"""Documents of every kind for hypothesis, as decoded JSON: plain ones, and such as shops and people really send."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from qbwc_server.documents.kinds import Document, read_document

_STRANGE = ("東京本店", "Ђорђе", "👩‍🚀 Crew", "x" * 300, "\x07bell", "A:B:C:D:E:F", "½ price", "≠", "e\u0301", "a\r\nb")


def texts(characters: str = "abcXYZ 019&<>\"'éß€-.,\n\t") -> st.SearchStrategy[str]:
    """Texts that are more than blanks."""
    usual = st.text(characters, min_size=1, max_size=15)
    return (usual | st.sampled_from(_STRANGE)).filter(lambda text: bool(text.strip()))


def cents(low: int, high: int) -> st.SearchStrategy[str]:
    """Amounts of money, given in cents."""
    return st.integers(low, high).map(lambda number: str(Decimal(number).scaleb(-2)))


AMOUNTS = cents(-5_000, 100_000) | cents(1 - 10**13, 10**13 - 1)
PRICES = st.integers(-500_000, 10_000_000).map(lambda number: str(Decimal(number).scaleb(-5)))
DATES = st.dates(date(1970, 1, 1), date(2038, 1, 18)).map(date.isoformat)
ORIGINS = st.text("abc:019-", min_size=1, max_size=20)
_ADDRESS = st.fixed_dictionaries({"lines": st.lists(texts(), min_size=1, max_size=5)}, optional={"city": texts()})
_PARTY = texts() | st.fixed_dictionaries(
    {"name": texts()}, optional={"email": texts(), "billing_address": _ADDRESS, "shipping_address": _ADDRESS}
)
_LINE = st.fixed_dictionaries(
    {"item": texts()},
    optional={
        "description": texts(),
        "quantity": PRICES,
        "rate": PRICES,
        "amount": AMOUNTS,
        "tax_code": st.sampled_from(["Tax", "Non"]),
        "class": texts(),
        "service_date": DATES,
    },
) | st.fixed_dictionaries({"description": texts()})
_ANY = {"number": texts("SW-0123456789"), "memo": texts()}
_SALE: dict[str, st.SearchStrategy[Any]] = {
    **_ANY,
    "class": texts(),
    "sales_tax_item": texts(),
    "customer_message": texts(),
    "template": texts(),
    "other": texts(),
    "to_be_printed": st.booleans(),
    "to_be_emailed": st.booleans(),
    "subtotal": AMOUNTS,
    "total": AMOUNTS,
}
_OWN: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "invoice": {
        "po_number": texts(),
        "due_date": DATES,
        "terms": texts(),
        "sales_rep": texts(),
        "ship_date": DATES,
        "ar_account": texts(),
    },
    "sales_receipt": {"payment_method": texts(), "check_number": texts(), "deposit_to": texts()},
    "credit_memo": {"po_number": texts(), "ar_account": texts()},
}


def _required(kind: str) -> dict[str, st.SearchStrategy[Any]]:
    return {"kind": st.just(kind), "origin": ORIGINS, "date": DATES, "customer": _PARTY}


_SALES = [
    st.fixed_dictionaries(
        {**_required(kind), "lines": st.lists(_LINE, min_size=1, max_size=3)}, optional={**_SALE, **own}
    )
    for kind, own in _OWN.items()
]
_PAYMENTS = st.fixed_dictionaries(
    {**_required("payment"), "amount": cents(1, 10**7)},
    optional={
        **_ANY,
        "payment_method": texts(),
        "deposit_to": texts(),
        "ar_account": texts(),
        "applies_to": st.lists(st.fixed_dictionaries({"invoice": ORIGINS, "amount": cents(1, 10**6)}), max_size=3),
    },
)
RECORDS: st.SearchStrategy[dict[str, Any]] = st.one_of(*_SALES, _PAYMENTS)
DOCUMENTS: st.SearchStrategy[Document] = RECORDS.map(read_document)
