"""What may be one sale from two sources, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from qbwc_server.db import Database
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.store import by_origin
from qbwc_server.posting.people.exclude import exclude
from qbwc_server.posting.submitting.alike import alike_elsewhere, source_of
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import add_company, find_company
from tests.conftest import TurnableClock


def sale(origin: str, **more: Any) -> dict[str, Any]:
    lines = [{"item": "Tea", "amount": "5.00"}]
    of = {"kind": "sales_receipt", "origin": origin, "date": "2026-03-02", "customer": "Ann"}
    return {**of, "lines": lines, **more}


@pytest.mark.parametrize(
    ("there", "new", "alike"),
    [
        (sale("feed:a:1"), sale("feed:b:1"), True),
        (sale("feed:a:1"), {**sale("till-1"), "kind": "invoice"}, True),
        (sale("feed:a:1", number="7"), sale("feed:b:1"), True),
        (sale("feed:a:1", number="7"), sale("feed:b:1", number="8"), False),
        (sale("feed:a:1"), sale("feed:a:2"), False),
        (sale("till-1"), sale("till-2"), False),
        (sale("feed:a:1"), sale("feed:b:1", date="2026-03-03"), False),
        (sale("feed:a:1"), sale("feed:b:1", customer="Bob"), False),
        (sale("feed:a:1"), {**sale("feed:b:1"), "lines": [{"item": "Tea", "amount": "5.01"}]}, False),
        (sale("feed:a:1"), {**sale("feed:b:1"), "kind": "credit_memo"}, False),
    ],
)
def test_what_is_alike(
    database: Database, clock: TurnableClock, there: dict[str, Any], new: dict[str, Any], alike: bool
) -> None:
    with database.transaction() as db:
        company = add_company(db, code="shop", name="Shop", time_zone="UTC", now=clock())
        for one in (there, new):
            hand_in(db, company, [read_document(one)], by=SERVER, now=clock(), submit_now=False)
        rows = by_origin(db, company.id, [there["origin"], new["origin"]])
        found = alike_elsewhere(db, company.id, [rows[new["origin"]]])
        assert bool(found) is alike
        if alike:
            exclude(db, find_company(db, "shop"), rows[there["origin"]], by=SERVER, now=clock())
            assert alike_elsewhere(db, company.id, [rows[new["origin"]]]) == {}


def test_a_source_is_what_an_origin_begins_with() -> None:
    assert source_of("feed:tea:1") == source_of("feed:tea:2") == "feed:tea"
    assert source_of("shopify:order:1:refund:1") == source_of("shopify:order:2") == "shopify:order"
    assert source_of("till-7") == source_of("web-1") == ""
