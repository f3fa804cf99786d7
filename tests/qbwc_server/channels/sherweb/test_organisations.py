"""Organisations are known by the id that the service-provider API gives them (f4)."""

from __future__ import annotations

import pytest

from qbwc_server.channels.contract import BrokenPage, Page
from tests.channels.upstream_server import Told
from tests.qbwc_server.channels.sherweb.conftest import Asking


@pytest.fixture(autouse=True)
def used(asking: Asking) -> None:
    asking.more["service_provider"] = True


def test_each_is_a_fact_by_its_id(asking: Asking) -> None:
    number = asking.charging.know("  Contoso   Dental ", suspendedOn="2026-02-01")
    asking.distributor.rename = str.lower
    (fact,) = asking.facts("organisations").values()
    assert (fact.key, fact.body["id"], fact.body["displayName"]) == (number, number, "Contoso Dental")
    assert set(fact.body) == {"id", "displayName", "path", "suspendedOn"}
    assert fact.body["suspendedOn"] == "2026-02-01"


def test_all_are_told(asking: Asking) -> None:
    assert [page.all_of for page in asking.pages("organisations") if isinstance(page, Page)] == ["", None]


def test_one_that_cannot_be_read_costs_no_other(asking: Asking) -> None:
    for wrong in ({"id": None}, {"id": "x" * 200}, {"displayName": " "}, {"displayName": 7}):
        asking.charging.know(f"Fabrikam {wrong}", **wrong)
    asking.charging.know("Contoso")
    assert [fact.body["displayName"] for fact in asking.facts("organisations").values()] == ["Contoso"]
    assert len(asking.broken("organisations")) == 4
    assert [page.all_of for page in asking.pages("organisations") if isinstance(page, Page)] == [None, None]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"items": 7}'])
def test_what_lists_none_is_asked_for_again(asking: Asking, body: bytes) -> None:
    asking.server.faults.extend([None, lambda _: Told(body=body)])
    assert isinstance(asking.pages("organisations")[0], BrokenPage)


def test_where_the_api_is_not_used_nothing_is_asked(asking: Asking) -> None:
    asking.more["service_provider"] = False
    assert [page.all_of for page in asking.pages("organisations") if isinstance(page, Page)] == [None]
    assert asking.server.asked == []
