"""An example of each kind of document, a revision of it, and what must be there before: in the folder of its golden
files.
"""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.writing import Writing
from qbwc_server.simulator.bookkeeper import Bookkeeper
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.switches import Edition
from qbxml import render, request_for
from qbxml.messages.item import SalesOrPurchase

GOLDEN = Path(__file__).parent / "qbwc_server" / "posting" / "transactions" / "golden"
NEEDED: dict[str, dict[str, Any]] = {
    "needed:invoice": {
        "kind": "invoice",
        "customer": "Kern & Söhne:Office",
        "lines": [{"item": "Seat", "quantity": "100", "amount": "500.00"}],
    },
    "needed:credit_memo": {
        "kind": "credit_memo",
        "customer": "Kern & Söhne:Office",
        "lines": [{"item": "Seat", "quantity": "1", "amount": "500.00"}],
    },
    "needed:payment": {
        "kind": "payment",
        "customer": "Acme",
        "amount": "12.00",
        "deposit_to": "Undeposited Funds",
    },
}
STOCK = {"income_account": "Sales", "cogs_account": "Cost of Goods Sold", "asset_account": "Inventory Asset"}


def example(kind: str, origin: str | None = None, **changes: Any) -> Document:
    """The example of a kind; what kinds without numbers cannot have is left out."""
    return _read(kind, "document", origin, changes)


def revision(kind: str, origin: str | None = None, **changes: Any) -> Document:
    """The same document, revised: something added, something changed, something taken away."""
    return _read(kind, "revised", origin, changes)


def needed(*documents: Document) -> list[Document]:
    """What these documents wait for."""
    origins = dict.fromkeys(origin for document in documents for origin in document.waits_for())
    return [read_document({"origin": origin, "date": "2026-03-02", **NEEDED[origin]}) for origin in origins]


def furnish(books: CompanyFile) -> None:
    """What the examples take for granted in the company file."""
    file = books.books
    file.facts.class_tracking = True
    file.switches = replace(file.switches, edition=Edition.PREMIER)  # for sales orders
    file.create("Vendor", "Paper Mill")
    file.create("OtherName", "Town Hall")
    for name in ("West", "East"):
        file.create("Class", name)
    kern = file.create("Customer", "Kern & Söhne")
    file.create("Customer", "Office", parent=kern)
    file.create("Customer", "Acme")
    for tag, item, account in (
        ("ItemService", "Seat", "Sales"),
        ("ItemService", "Lamp", "Sales"),
        ("ItemNonInventory", "Paper", "Office Supplies"),
    ):
        entry = file.lists.named("account", account)
        assert entry is not None
        file.create(tag, item, values={"sales_or_purchase": SalesOrPurchase(account=entry.ref)})
    person = Bookkeeper(books)
    for item in ("Bulb", "Fuse", "Wire"):
        person.add("ItemInventory", item, purchase_cost=Decimal("2.50"), **STOCK)


def unmarked(kind: str, document: Document, writing: Writing) -> str:
    """The request by which a person would enter the document: it bears no mark of ours."""
    rules = TRANSACTIONS[kind]
    added = rules.add(document, UUID(int=0), writing)
    values = {**vars(added), "memo": rules.header(document, writing).get("memo")}
    values.pop("external_guid", None)
    given = {name: value for name, value in values.items() if value is not None}
    return render(request_for(type(added)(**given)))


def _read(kind: str, name: str, origin: str | None, changes: dict[str, Any]) -> Document:
    values = json.loads((GOLDEN / kind / f"{name}.json").read_text(encoding="utf-8"))
    number = {"number": f"N-{kind[:9]}"} if TRANSACTIONS[kind].document.number_limit else {}
    return read_document(
        {"kind": kind, "origin": origin or f"{kind}:1", "date": "2026-03-02", **number, **values, **changes}
    )
