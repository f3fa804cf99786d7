"""``/companies/CODE/lists``."""

from __future__ import annotations

import pytest
from flask import Flask

from qbwc_server.books.mirror.lists import LISTS
from qbwc_server.db import Database
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.api.conftest import Caller
from tests.qbwc_server.books.mirror.lists_kept import keep, told


@pytest.fixture
def acme(app: Flask, alice: Caller) -> Caller:
    """A company with a few entries that are kept."""
    database: Database = app.extensions["database"]
    with database.transaction() as db:
        company = find_company(db, "acme").id
        keep(db, company, told("1", "Müller & Söhne GmbH", email="a@b.example"), told("2", "Mill", active=False))
        keep(db, company, told("1", "Müller & Sohn"), reading=2)
        keep(db, company, told("7", "Milk", entry_type="Inventory", rest={"sales_price": "2.00"}), kind=ListKind.ITEM)
    return alice


def test_search_tells_how_it_found(acme: Caller) -> None:
    (first,) = acme.get("/lists/search?text=muller+and+sohn").get_json()["entries"]
    assert (first["list"], first["list_id"], first["name"], first["found_by"]) == (
        "customer",
        "1",
        "Müller & Sohn",
        "beginning",
    )
    found = acme.get("/lists/search?text=mil&list=item").get_json()["entries"]
    assert [(one["name"], one["type"], one["details"]) for one in found] == [
        ("Milk", "Inventory", {"sales_price": "2.00"})
    ]
    names = [one["name"] for one in acme.get("/lists/search?text=mil&active=true").get_json()["entries"]]
    assert names == ["Milk"]


@pytest.mark.parametrize("query", ["list=houses", "active=perhaps", "limit=x", "limit=1000"])
def test_a_question_that_means_nothing_is_refused(acme: Caller, query: str) -> None:
    assert acme.get(f"/lists/search?text=a&{query}").status_code == 422


def test_what_became_of_an_entry(acme: Caller) -> None:
    record = acme.get("/lists/customer/1").get_json()
    assert (record["standing"], record["former_names"]) == ("present", ["Müller & Söhne GmbH"])
    assert acme.get("/lists/customer/2").get_json()["standing"] == "inactive"
    assert acme.get("/lists/customer/3").get_json()["entry"] is None
    assert acme.get("/lists/houses/3").status_code == 422


def test_how_full_lists_are(acme: Caller) -> None:
    records = {one["list"]: one for one in acme.get("/lists/limits").get_json()["limits"]}
    assert (records["names"]["entries"], records["item"]["entries"], records["names"]["limit"]) == (2, 1, None)


def test_lists_are_asked_for_once(acme: Caller) -> None:
    assert acme.post("/lists/refresh", json={"list": "customer"}).get_json() == {"asked_for": ["customer"]}
    rest = [kind.value for kind in LISTS if kind is not ListKind.CUSTOMER]
    assert acme.post("/lists/refresh").get_json() == {"asked_for": rest}
    assert acme.post("/lists/refresh", json={"whole": True}).get_json() == {"asked_for": []}
    states = {one["list"]: one for one in acme.get("/lists").get_json()["lists"]}
    assert {one["reading"] for one in states.values()} == {"whole"}
    assert acme.post("/lists/refresh", json={"list": "houses"}).status_code == 422


def test_another_company_sees_nothing_of_it(acme: Caller, charlie: Caller) -> None:
    assert charlie.get("/lists/search?text=mil").get_json() == {"entries": []}
    assert charlie.get("/lists/customer/1").get_json()["standing"] == "unknown"


ODD = [
    "%00",
    "a%00@b.example",
    "1%00",
    "%F0%9F%98%80",
    "%25",
    "_",
    "%5C",
    "'",
    "%0A",
    "%C4%B0",
    "",
    "7" * 9999,
]


@pytest.mark.parametrize("text", ODD, ids=[one[:20] or "nothing" for one in ODD])
def test_whatever_is_looked_for_is_found_or_not(acme: Caller, text: str) -> None:
    for path in (f"/lists/search?text={text}", f"/lists/search?text=mil&type={text}", f"/lists/customer/{text or 'x'}"):
        assert acme.get(path).status_code in (200, 404)
