"""Documents of every kind for hypothesis, as decoded JSON: plain ones, and such as shops and people really send."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from qbwc_server.documents.kinds import Document, read_document

Texts = st.SearchStrategy[str]


def _texts(characters: str, longest: int) -> Texts:
    """Texts that are more than blanks."""
    return st.text(characters, min_size=1, max_size=longest).filter(lambda text: bool(text.strip()))


PLAIN = _texts("abcXYZ 019&<>\"'éß€-.,", 5)
# what no field of QuickBooks takes as it is
STRANGE = PLAIN | st.sampled_from(
    ("東京本店", "Ђорђе", "👩‍🚀 Crew", "x" * 300, "\x07bell", "A:B:C:D:E:F", "½ price", "≠", "e\u0301", "a\r\nb", ":")
)


def cents(low: int, high: int) -> Texts:
    """Amounts of money, given in cents."""
    return st.integers(low, high).map(lambda number: str(Decimal(number).scaleb(-2)))


AMOUNTS = cents(-5_000, 100_000) | cents(1 - 10**13, 10**13 - 1)
PRICES = st.integers(-500_000, 10_000_000).map(lambda number: str(Decimal(number).scaleb(-5)))
DATES = st.dates(date(1970, 1, 1), date(2038, 1, 18)).map(date.isoformat)
ORIGINS = st.text("abc:019-", min_size=1, max_size=20)


def _sales(texts: Texts) -> list[st.SearchStrategy[dict[str, Any]]]:
    line = st.fixed_dictionaries(
        {"item": texts},
        optional={
            "description": texts,
            "quantity": PRICES,
            "rate": PRICES,
            "amount": AMOUNTS,
            "tax_code": st.sampled_from(["Tax", "Non"]),
            "class": texts,
            "service_date": DATES,
        },
    ) | st.fixed_dictionaries({"description": texts})
    of_sales: dict[str, st.SearchStrategy[Any]] = {
        **_any(texts),
        "class": texts,
        "sales_tax_item": texts,
        "customer_message": texts,
        "template": texts,
        "other": texts,
        "to_be_printed": st.booleans(),
        "to_be_emailed": st.booleans(),
        "subtotal": AMOUNTS,
        "total": AMOUNTS,
    }
    own: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "invoice": {
            "po_number": texts,
            "due_date": DATES,
            "terms": texts,
            "sales_rep": texts,
            "ship_date": DATES,
            "ar_account": texts,
        },
        "sales_receipt": {"payment_method": texts, "check_number": texts, "deposit_to": texts},
        "credit_memo": {"po_number": texts, "ar_account": texts},
    }
    return [
        st.fixed_dictionaries(
            {**_required(kind, texts), "lines": st.lists(line, min_size=1, max_size=3)}, optional={**of_sales, **more}
        )
        for kind, more in own.items()
    ]


def _payments(texts: Texts) -> st.SearchStrategy[dict[str, Any]]:
    part = st.fixed_dictionaries({"invoice": ORIGINS, "amount": cents(1, 10**6)})
    return st.fixed_dictionaries(
        {**_required("payment", texts), "amount": cents(1, 10**7)},
        optional={
            **_any(texts),
            "payment_method": texts,
            "deposit_to": texts,
            "ar_account": texts,
            "applies_to": st.lists(part, max_size=3),
        },
    )


def _required(kind: str, texts: Texts) -> dict[str, st.SearchStrategy[Any]]:
    address = st.fixed_dictionaries({"lines": st.lists(texts, min_size=1, max_size=5)}, optional={"city": texts})
    party = st.fixed_dictionaries(
        {"name": texts}, optional={"email": texts, "billing_address": address, "shipping_address": address}
    )
    return {"kind": st.just(kind), "origin": ORIGINS, "date": DATES, "customer": texts | party}


def _any(texts: Texts) -> dict[str, st.SearchStrategy[Any]]:
    return {"number": _texts("SW-0123456789", 12), "memo": texts}


RECORDS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    *_sales(PLAIN), _payments(PLAIN), *_sales(STRANGE), _payments(STRANGE)
)
DOCUMENTS: st.SearchStrategy[Document] = RECORDS.map(read_document)
