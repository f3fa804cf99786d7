"""A shop whose orders came by file, and is connected afterwards, or the other way round: each day comes one way."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import update

from qbwc_server.channels.connections.brought_by_file import BroughtByFile
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.stopping import Unposted, disconnect
from qbwc_server.channels.files.importing import ImportChoices, import_file
from qbwc_server.channels.report import ImportReport
from qbwc_server.channels.shopify.admin.channel import SHOPIFY
from qbwc_server.db import Database
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.settings import Settings
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import ANN, Connected
from tests.channels.shopify.export_file import export, line, order
from tests.conftest import TurnableClock
from tests.qbwc_server.portal.conftest import invoice

SHOP = {"shop": "tea.myshopify.com", "token": "shpat_1"}
DAY, NEXT = "2026-03-04", "2026-03-05"  # of the orders in the file, in the zone of the shop


def bring(connected: Connected, folder: Path, *numbers: int) -> ImportReport:
    """Orders by file."""
    path = folder / f"orders{'-'.join(map(str, numbers))}.csv"
    path.write_bytes(export(*(order(f"#{number}", "20.00", [line("Tea", "20.00")]) for number in numbers)))
    options = {"sales_tax_on": False}
    return import_file(connected.database, "shop", path, ImportChoices(options=options), by=ANN, clock=connected.clock)


def count(connected: Connected) -> int:
    """Documents of the company."""
    with connected.database.reading() as db:
        return db.query(DocumentRow).count()


@pytest.fixture
def connected(database: Database, settings: Settings, clock: TurnableClock) -> Connected:
    """A company without a connection."""
    return Connected(database, settings, clock)


@pytest.mark.parametrize(
    "start", [{}, {"start_date": "2026-01-01"}, {"start_date": DAY}], ids=["ever", "before", "same"]
)
def test_a_shop_whose_days_came_by_file_is_not_connected_for_these(
    connected: Connected, tmp_path: Path, start: dict[str, str]
) -> None:
    bring(connected, tmp_path, 1)
    with pytest.raises(BroughtByFile, match=f"until {DAY}") as refusal:
        connected.add(SHOPIFY, {**SHOP, **start})
    assert f"start_date={NEXT}" in refusal.value.advice


def test_from_the_day_after_it_is_connected(connected: Connected, tmp_path: Path) -> None:
    bring(connected, tmp_path, 1)
    number = connected.add(SHOPIFY, {**SHOP, "start_date": NEXT})
    with connected.database.transaction() as db:
        db.execute(update(Connection).values(started_at=None))  # after the start the day stays as it is
    with pytest.raises(BroughtByFile):
        connected.change(number, {"start_date": DAY})
    connected.change(number, {"start_date": "2026-04-01"})


def test_what_was_excluded_is_not_in_the_way(connected: Connected, tmp_path: Path) -> None:
    bring(connected, tmp_path, 1)
    with connected.database.transaction() as db:
        db.execute(update(DocumentRow).values(state=State.EXCLUDED))
    connected.add(SHOPIFY, SHOP)


def test_by_file_comes_what_the_connection_does_not_bring(connected: Connected, tmp_path: Path) -> None:
    connected.add(SHOPIFY, {**SHOP, "start_date": NEXT})
    report = bring(connected, tmp_path, 1)
    assert (report.findings, count(connected)) == ([], 1)


@pytest.mark.parametrize("start", [{}, {"start_date": DAY}], ids=["ever", "same day"])
def test_by_file_comes_nothing_that_the_connection_brings(
    connected: Connected, tmp_path: Path, start: dict[str, str]
) -> None:
    connected.add(SHOPIFY, {**SHOP, **start})
    report = bring(connected, tmp_path, 1, 2)
    assert [one.problem.code for one in report.findings] == ["comes_by_connection", "comes_by_connection"]
    assert count(connected) == 0


def test_a_shop_that_was_disconnected_keeps_nothing_out(connected: Connected, tmp_path: Path) -> None:
    number = connected.add(SHOPIFY, SHOP)
    disconnect(connected.database, "shop", number, Unposted.KEEP, by=ANN, clock=connected.clock)
    bring(connected, tmp_path, 1)
    assert count(connected) == 1
    with pytest.raises(BroughtByFile):
        connected.add(SHOPIFY, SHOP)


@pytest.mark.parametrize(("origin", "refused"), [("shopify:order:9:payment:1", False), ("shopify:order:9", True)])
def test_what_followed_an_order_of_the_connection_is_not_taken_for_a_file(
    connected: Connected, origin: str, refused: bool
) -> None:
    """A payment that came with a later version of its order has no pair of its own: a new token must still be taken."""
    number = connected.add(SHOPIFY, SHOP)
    document = read_document(invoice(origin=origin))
    with connected.database.transaction() as db:
        hand_in(db, find_company(db, "shop"), [document], by=ANN, now=connected.clock(), submit_now=False)
    with pytest.raises(BroughtByFile) if refused else nullcontext():
        connected.change(number, {"token": "shpat_2"})


def test_what_followed_an_older_order_comes_one_way(connected: Connected, tmp_path: Path) -> None:
    """Paid since the start, it comes by the connection; refunded on a day that no file tells, a person says which."""

    def bring_again(**values: str) -> ImportReport:
        path = tmp_path / f"again{'-'.join(values)}.csv"
        path.write_bytes(export(order("#1", "20.00", [line("Tea", "20.00")], **values)))
        choices = ImportChoices(options={"sales_tax_on": False, "refund_item": "Returns"})
        return import_file(connected.database, "shop", path, choices, by=ANN, clock=connected.clock)

    bring_again(Financial_Status="pending")
    connected.add(SHOPIFY, {**SHOP, "start_date": NEXT})
    bring_again(Paid_at=f"{NEXT} 10:00:00 -0500")
    assert count(connected) == 1
    report = bring_again(Paid_at=f"{DAY} 23:50:00 -0500", Refunded_Amount="20.00")
    refunds = [one for one in report.findings if "the connection Shopify brings" in one.problem.message]
    assert [one.origin and one.origin.rpartition(":")[0] for one in refunds] == [
        "shopify:order:7700000000001:refund", "shopify:order:7700000000001:back",
    ]  # fmt: skip
    assert report.counts.for_review == 2
    assert count(connected) == 4  # and the payment of the day before the start
