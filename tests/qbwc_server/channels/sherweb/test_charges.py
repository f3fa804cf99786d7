"""Charges of the distributor become facts: one of each organisation and period, whatever the order and the writing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.billing.charges import charge_of
from qbwc_server.billing.days import Period
from qbwc_server.channels.contract import BrokenPage, Page
from qbwc_server.channels.http import UpstreamRefused
from qbwc_server.channels.sherweb import charges as charges_module
from qbwc_server.simulator.distributor.charging import charge, recorded
from tests.channels import upstream_server as wire
from tests.channels.upstream_server import Told
from tests.qbwc_server.channels.sherweb.conftest import Asking

MARCH, FEBRUARY = date(2026, 3, 1), date(2026, 2, 1)
MONTH = Period(MARCH, date(2026, 3, 31))


def bodies(asking: Asking) -> dict[str, Any]:
    return {key: fact.body for key, fact in asking.facts().items()}


def answers(asking: Asking, value: object, *, times: int = 3) -> None:
    """The next calls for charges are answered so."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    asking.server.faults.extend([None, *[lambda _: Told(body=body)] * times])


def test_one_fact_for_each_organisation_and_period(asking: Asking) -> None:
    asking.charging.add(MARCH, "Contoso", sku="B")
    asking.charging.add(FEBRUARY, "Contoso", sku="A", isBilled=True)
    asking.charging.add(MARCH, "Fabrikam", sku="A")
    asking.charging.add(MARCH, "Contoso", sku="A")
    found = bodies(asking)
    assert set(found) == {"2026-03-01:Contoso", "2026-03-01:Fabrikam", "2026-02-01:Contoso"}
    contoso = found["2026-03-01:Contoso"]
    assert (contoso["organisation"], contoso["period_from"], contoso["period_to"]) == (
        "Contoso",
        "2026-03-01",
        "2026-03-31",
    )
    assert sorted(one["sku"] for one in contoso["charges"]) == ["A", "B"]
    assert {fact.changed_at for fact in asking.facts().values()} == {None}


def test_what_is_told_is_read_again_as_a_charge_to_the_last_digit(asking: Asking) -> None:
    """Part e: prices are per unit and prorated upstream; nothing of them is reckoned anew."""
    asking.charging.add(MARCH, "Contoso", quantity=Decimal("0.33333"), price=Decimal("11.4"))
    (told,) = bodies(asking)["2026-03-01:Contoso"]["charges"]
    read = charge_of(told, MONTH, {})
    assert (read.quantity, read.net_price, read.organisation.name) == (Decimal("0.33333"), Decimal("11.4"), "Contoso")


def test_the_order_and_the_writing_of_what_is_told_count_for_nothing(asking: Asking) -> None:
    """f10: names in any case; numbers as 5 or 5.0."""
    for sku in ("A", "B", "C"):
        asking.charging.add(MARCH, "Contoso", sku=sku)
    before = bodies(asking)
    asking.charging.charges[MARCH].reverse()
    asking.distributor.rename = str.upper
    asking.distributor.packs = True
    for one in asking.charging.charges[MARCH]:
        one["quantity"] = 10.0
    assert bodies(asking) == before
    asking.distributor.rename = str.lower
    assert bodies(asking) == before


def test_charges_before_the_period_and_behind_it_are_read(asking: Asking) -> None:
    told = charge("Contoso", MARCH, date(2026, 3, 31), price=Decimal(12))
    told = json.loads(json.dumps(told, default=float))
    answers(
        asking,
        b"\xef\xbb\xbf"
        + json.dumps(
            {
                "charges": [told],
                "other": {"periodFrom": 1},
                "periodTo": "2026-03-31T00:00:00",
                "periodFrom": "2026-03-01",
            }
        ).encode(),
    )
    assert set(asking.facts()) == {"2026-03-01:Contoso"}


def test_one_charge_that_cannot_be_read_costs_no_other(asking: Asking) -> None:
    """It is set aside with its text, and stays among what its organisation is charged: nothing is undone by it."""
    asking.charging.add(MARCH, "Contoso", sku="A")
    asking.charging.add(MARCH, "Contoso", sku="B")["quantity"] = "many"
    asking.charging.add(MARCH, "Fabrikam")
    asking.charging.charges[MARCH] += [None, "x", [], {"sku": "S", "SKU": "T"}, {"a": [[[[[[[[[]]]]]]]]]}]  # type: ignore[list-item]
    found = bodies(asking)
    assert set(found) == {"2026-03-01:Contoso", "2026-03-01:Fabrikam"}
    assert sorted(one["sku"] for one in found["2026-03-01:Contoso"]["charges"]) == ["A", "B"]
    broken = asking.broken()
    assert len(broken) == 6
    assert '"many"' in next(one.text for one in broken if "quantity" in one.problem.field)
    assert {one.problem.code for one in broken} == {"not_a_charge"}


@pytest.mark.parametrize("number", [10**15, 1e-16, 1e300])
def test_a_number_out_of_reach_is_no_charge(asking: Asking, number: float) -> None:
    asking.charging.add(MARCH, "Contoso")["quantity"] = number
    assert len(asking.broken()) == 1
    assert set(bodies(asking)) == {"2026-03-01:Contoso"}


@pytest.mark.parametrize(
    "tags",
    [[], None, [{"name": "Other", "value": "x"}], [{"name": "CustomerDisplayName", "value": one} for one in "ab"], "x"],
    ids=["none", "null", "other", "several", "text"],
)
def test_a_charge_without_an_organisation_is_an_orphan_and_not_dropped(asking: Asking, tags: object) -> None:
    asking.charging.add(MARCH, "Contoso", tags=tags)
    found = bodies(asking)
    assert [len(one["charges"]) for one in found.values()] == [1]
    assert found["2026-03-01:"]["organisation"] == ""
    assert asking.broken() == []


def test_all_of_a_period_is_told_and_nothing_where_no_list_is(asking: Asking) -> None:
    told = [page.all_of for page in asking.pages() if isinstance(page, Page)]
    assert told == ["2026-03-01:", "2026-02-01:", "2026-01-01:", None]
    answers(asking, {"periodFrom": "2026-03-01", "periodTo": "2026-03-31", "charges": None})
    assert [page.all_of for page in asking.pages() if isinstance(page, Page)] == [None]


@pytest.mark.parametrize(
    ("back", "since", "days"),
    [
        (2, None, ["2026-03-02", "2026-02-28", "2026-01-31"]),
        (0, None, ["2026-03-02"]),
        (0, datetime(2026, 3, 1, 23, tzinfo=UTC), ["2026-03-02"]),
        (1, datetime(2026, 2, 27, tzinfo=UTC), ["2026-03-02", "2026-02-28"]),
        (1, datetime(2025, 12, 3, tzinfo=UTC), ["2026-03-02", "2026-02-28", "2026-01-31", "2025-12-31"]),
    ],
    ids=["usual", "current only", "of yesterday", "within", "further back"],
)
def test_the_periods_that_may_still_change_are_asked_for(
    asking: Asking, back: int, since: datetime | None, days: list[str]
) -> None:
    asking.more["months_back"] = back
    asking.pages(since=since)
    assert asking.dates() == days


def test_a_distributor_that_knows_one_period_only_is_not_asked_for_ever(asking: Asking) -> None:
    answers(asking, {"periodFrom": "2026-03-01", "periodTo": "2026-03-31", "charges": []}, times=30)
    asking.more["months_back"] = 24
    asking.pages()
    assert len(asking.dates()) == 2


def test_periods_that_the_distributor_refuses_are_a_remark_and_no_failure(asking: Asking) -> None:
    asking.charging.add(MARCH, "Contoso")
    asking.server.faults.extend([None, None, wire.status(404, "No such period")])
    pages = [page for page in asking.pages() if isinstance(page, Page)]
    assert [fact.key for page in pages for fact in page.facts] == ["2026-03-01:Contoso"]
    ((remark,),) = [page.remarks for page in pages if page.remarks]
    assert "2026-02-28" in remark
    assert "No such period" in remark
    assert pages[-1].complete_until == asking.clock()
    asking.server.faults.extend([None, wire.status(404)])
    with pytest.raises(UpstreamRefused):
        asking.pages()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"7", b'{"periodFrom": "2026-03-01", "periodTo": "2026-03-31"}', b'{"charges": []}',
        b'{"periodFrom": "2026-03-31", "periodTo": "2026-03-01", "charges": []}',
        b'{"periodFrom": "March", "periodTo": "2026-03-31", "charges": []}',
        b'{"periodFrom": 7, "periodTo": "2026-03-31", "charges": []}',
        b'{"periodFrom": "2026-03-01", "periodTo": "2026-03-31", "charges": {}}',
        b'{"periodFrom": "2026-03-01", "periodTo": "2026-03-31", "charges": [{}',
        b'{"periodFrom": "2026-03-01", "periodTo": "2026-03-31", "charges": [\xff]}',
        b'{"periodFrom": "2026-03-01", "periodTo": "2026-03-31", "charges": []} x',
    ],
    ids=range(13),
)  # fmt: skip
def test_a_period_that_cannot_be_read_costs_no_other_and_takes_nothing_away(asking: Asking, body: bytes) -> None:
    asking.charging.add(FEBRUARY, "Contoso")
    answers(asking, body, times=1)
    pages = asking.pages()
    assert isinstance(pages[0], BrokenPage)
    assert "2026-03-02" in pages[0].problem.message
    told = [page for page in pages if isinstance(page, Page)]
    assert [fact.key for page in told for fact in page.facts] == ["2026-02-01:Contoso"]
    assert "2026-03-01:" not in [page.all_of for page in told]


def test_an_answer_is_taken_up_to_its_limit(asking: Asking) -> None:
    asking.more["largest_answer_mb"] = 1
    answers(asking, b" " * 1_000_001, times=1)
    broken = asking.pages()[0]
    assert isinstance(broken, BrokenPage)
    assert "1000000 bytes" in broken.problem.message


def test_an_answer_that_breaks_off_is_asked_for_again(asking: Asking) -> None:
    for number in range(50):
        asking.charging.add(MARCH, f"Organisation {number}")
    asking.server.faults.extend([None, wire.half])
    assert len(asking.facts()) == 50
    assert asking.dates().count("2026-03-02") == 2


def test_an_organisation_of_more_charges_than_one_fact_holds_has_several(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charges_module, "_LONGEST_BODY", 2000)
    for number in range(10):
        asking.charging.add(MARCH, "Contoso", sku=f"S{number}")
    found = bodies(asking)
    assert list(found)[:2] == ["2026-03-01:Contoso", "2026-03-01:Contoso#2"]
    assert {body["organisation"] for body in found.values()} == {"Contoso"}
    assert sorted(one["sku"] for body in found.values() for one in body["charges"]) == [f"S{n}" for n in range(10)]
    (page,) = [page for page in asking.pages() if isinstance(page, Page) and page.facts]
    assert len(page.facts) == len(found)  # kept at once: nobody reads a part without the others


def test_keys_of_long_and_of_strange_names_fit_and_differ(asking: Asking) -> None:
    names = ["x" * 300, "x" * 300 + "y", "Contoso", "Contoso#2", "Ünïcode 茶", "nul\x00"]
    for name in names:
        asking.charging.add(MARCH, name)
    found = bodies(asking)
    assert len(found) == len(names)
    assert all(len(key) <= 200 and "\x00" not in key for key in found)


def test_pages_hold_a_part_of_the_organisations(asking: Asking) -> None:
    for number in range(450):
        asking.charging.add(MARCH, f"Organisation {number}")
    sizes = [len(page.facts) for page in asking.pages() if isinstance(page, Page)]
    assert sizes[:4] == [200, 200, 50, 0]


def test_what_the_demo_records_is_charged(asking: Asking) -> None:
    asking.distributor.charging = recorded(date(2026, 3, 2))
    found = bodies(asking)
    assert len(found) == 9
    assert asking.broken() == []
    for key, body in found.items():
        period = Period(date.fromisoformat(body["period_from"]), date.fromisoformat(body["period_to"]))
        assert [charge_of(one, period, {}).organisation.name for one in body["charges"]] == [key[11:]] * len(
            body["charges"]
        )
