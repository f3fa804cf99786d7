"""A dry run shows the documents of the last two days as they would be, and keeps nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from qbwc_server.channels.starting.dry_run import DryRun, dry_run
from tests.qbwc_server.channels.starting.beginning import Beginning


def tried(beginning: Beginning) -> DryRun:
    connected = beginning.connected
    return dry_run(
        connected.database, beginning.company_id, beginning.id, settings=connected.settings, clock=connected.clock
    )


def test_the_documents_are_shown_and_nothing_is_kept(beginning: Beginning) -> None:
    beginning.told(sales_tax=True, non_taxable_code="Non")
    at = beginning.connected.clock() - timedelta(hours=3)
    for number in (1, 2):
        beginning.shop.sell(number, 1_000 * number, at)
    beginning.shop.sell(3, 9_900, at - timedelta(days=9))
    found = tried(beginning)
    assert dict(found.counts) == {"sales_receipt": 1}
    assert found.sums == {"sales_receipt": Decimal("30.00")}
    (one,) = found.documents
    assert one.unmapped == ("gateway: cash",)
    assert [line.tax_code for line in one.document.lines] == ["Non"]  # type: ignore[attr-defined]
    assert found.notice is None
    assert beginning.connected.documents() == {}
    assert beginning.connected.records() == []


def test_a_first_day_that_is_still_to_come_is_no_reason_to_show_nothing(beginning: Beginning) -> None:
    beginning.told()
    beginning.connected.change(beginning.id, {"start_date": "2026-12-01"})
    beginning.shop.sell(1, 1_000, beginning.connected.clock() - timedelta(hours=3))
    assert dict(tried(beginning).counts) == {"sales_receipt": 1}


def test_why_it_broke_off_is_said(beginning: Beginning) -> None:
    beginning.shop.api.token = "shpat_other"
    assert tried(beginning).notice is not None
