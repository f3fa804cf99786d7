"""The rule of 14,500 rows: summary is forced above, a warning comes from nine tenths on, each choice by itself."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from qbwc_server.books.mirror.limits import Fullness
from qbwc_server.channels.start import NamesFor
from qbwc_server.channels.starting import room
from qbwc_server.channels.starting.room import RoomState, room_for
from qbwc_server.list_kinds import ListKind

CUSTOMERS = NamesFor("customers", "Customers", ListKind.CUSTOMER)
INVENTORY = NamesFor("inventory", "Variants", ListKind.ITEM)
VENDORS = NamesFor("vendors", "Suppliers", ListKind.VENDOR)
ALL = (CUSTOMERS, INVENTORY, VENDORS)
NONE: Mapping[str, int] = {}


def states(
    monkeypatch: pytest.MonkeyPatch,
    coming: Mapping[str, int],
    detailed: tuple[str, ...] = (),
    *,
    names: int = 9_800,
    items: int = 0,
    limit: int | None = 14_500,
    read: bool = True,
) -> dict[str, tuple[str, bool]]:
    """By option, whether there is room and whether the choice as it stands is refused."""
    lists = [
        Fullness("names", "names", names, 0, limit, told=False, read=read),
        Fullness("item", "items", items, 0, limit, told=False, read=read),
    ]
    monkeypatch.setattr(room, "fullness", lambda *_: lists)
    monkeypatch.setattr(room, "coming_here", lambda *_: {})
    options = {one.option: "detailed" if one.option in detailed else "summary" for one in ALL}
    found = room_for(None, 0, ALL, options, coming)  # type: ignore[arg-type]
    return {one.names.option: (one.state.value, one.is_refused) for one in found}


def test_the_worked_check_forces_summary_for_customers_or_vendors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pro, 9,800 names in the file, 5,000 customers and 600 suppliers to come: 15,400 (S3-16)."""
    coming = {"customers": 5_000, "vendors": 600, "inventory": 0}
    both = states(monkeypatch, coming, ("customers", "vendors"))
    assert both == {"customers": ("full", True), "inventory": ("full", False), "vendors": ("full", True)}
    assert states(monkeypatch, coming, ("vendors",))["vendors"] == ("fits", False)
    assert states(monkeypatch, coming, ("customers",))["customers"] == ("full", True)  # 14,800 by itself


@pytest.mark.parametrize(
    ("coming", "state"),
    [(3_249, "fits"), (3_250, "near"), (4_700, "near"), (4_701, "full")],  # 13,049 13,050 14,500 14,501
)
def test_the_edges(monkeypatch: pytest.MonkeyPatch, coming: int, state: str) -> None:
    found = states(monkeypatch, {"customers": coming, "inventory": 0, "vendors": 0}, ("customers",))
    assert found["customers"] == (state, state == "full")


def test_items_and_names_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    coming = {"customers": 100, "inventory": 2_000, "vendors": 0}
    assert states(monkeypatch, coming, ("inventory",), names=7_000, items=5_600)["inventory"] == ("full", True)
    assert states(monkeypatch, coming, ("customers",), names=7_000, items=5_600)["customers"] == ("fits", False)


def test_one_choice_does_not_count_for_another_that_is_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    coming = {"customers": 90_000, "inventory": 10, "vendors": 0}
    assert states(monkeypatch, coming, ("inventory",))["inventory"] == ("fits", False)


def test_enterprise_takes_more(monkeypatch: pytest.MonkeyPatch) -> None:
    coming = {"customers": 90_000, "inventory": 90_000, "vendors": 0}
    assert {state for state, _ in states(monkeypatch, coming, limit=1_000_000).values()} == {"fits"}


@pytest.mark.parametrize(
    ("coming", "limit", "read"),
    [(NONE, 14_500, True), ({"customers": 1, "inventory": 1, "vendors": 1}, None, True),
     ({"customers": 1, "inventory": 1, "vendors": 1}, 14_500, False)],
    ids=["upstream not asked", "edition not known", "lists not read"],
)  # fmt: skip
def test_what_is_not_known_is_said(
    monkeypatch: pytest.MonkeyPatch, coming: Mapping[str, int], limit: int | None, *, read: bool
) -> None:
    found = states(monkeypatch, coming, ("customers",), limit=limit, read=read)
    assert found["customers"] == (RoomState.UNKNOWN.value, False)
