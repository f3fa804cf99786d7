"""The report as PDF: it foots to the charges to the cent, whatever of them has no row of its own."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.reports import billing_pdf
from qbwc_server.reports.billing_pdf import report_pdf
from tests.qbwc_server.reports.test_paper import pages

_MONEY = re.compile(r"-?[\d,]+\.\d\d")


def line(organisation: str, cost: str, currency: str = "USD", **more: Any) -> dict[str, Any]:
    return {
        "organisation": organisation, "product": "Licence", "period_first": "2026-11-01", "period_last": "2026-11-30",
        "quantity": "5", "cost": cost, "currency": currency, "outcome": "billed", "reason": None, "message": None,
        "customer": "Contoso Ltd", **more,
    }  # fmt: skip


REPORT: dict[str, Any] = {
    "billing_day": "2026-11-01",
    "done_at": "2026-11-01T10:00:12+00:00",
    "waiting": 1,
    "documents": [
        {"kind": "invoice", "customer": "Contoso Ltd", "number": "77", "state": "posted", "total": "1188.71"},
        {"kind": "credit_memo", "customer": "渋谷歯科", "number": None, "state": "for_review", "total": None},
    ],
    "charges": [
        {"currency": "CAD", "outcome": "all", "cost": "7.00"},
        {"currency": "CAD", "outcome": "orphan", "cost": "7.00"},
        {"currency": "USD", "outcome": "all", "cost": "1105.55"},
        {"currency": "USD", "outcome": "billed", "cost": "1110.55"},
        {"currency": "USD", "outcome": "orphan", "cost": "-5.00"},
    ],
    "lines": [
        line("Contoso", "1100.05"),
        line("Fabrikam", "10.50"),
        line("Nobody", "-5.00", outcome="orphan", message="It stands for no customer.", customer=None),
        line("Québec", "7.00", "CAD", outcome="orphan", reason="currency"),
    ],
}


def told() -> tuple[str, list[Decimal]]:
    """What it says, and the costs in its last table."""
    file = report_pdf("Kern IT", "America/New_York", REPORT)
    text = "\n".join(pages(file))
    costs = [Decimal(one.replace(",", "")) for one in _MONEY.findall(text.partition("Every charge")[2])]
    return text, costs


def test_all_of_a_day_is_told() -> None:
    text, costs = told()
    for words in (
        "Kern IT: billing of 1 November 2026",
        "Billed on 01 November 2026, 05:00 (America/New_York). Customers that still wait: 1.",
        "1,188.71",
        "Credit memo",
        "渋谷歯科",
        "All of it",
        "1,105.55",
        "Orphan: It stands for no",
        "Québec",
    ):
        assert words in text
    assert costs == [Decimal("1100.05"), Decimal("10.50"), Decimal("-5.00"), Decimal("7.00")]


def test_what_has_no_row_of_its_own_is_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(billing_pdf, "MOST_CHARGES", 1)
    text, costs = told()
    assert costs == [Decimal("1100.05"), Decimal("7.00"), Decimal("5.50")]
    assert "2 more, see the CSV" in text
    assert sum(costs) == Decimal("1105.55") + Decimal("7.00")
