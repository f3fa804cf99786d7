"""The report of a billing day as PDF: its documents, what the charges come to, and every charge once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from qbwc_server.documents.kinds import KINDS
from qbwc_server.reports.paper import Column, Paper

MOST_CHARGES = 2000
"""More are one line that says what they come to: each of them stands in the CSV."""

_DOCUMENTS = (
    Column("Customer", 4),
    Column("Document", 2),
    Column("Number", 1.4),
    Column("State", 1.4),
    Column("Total", 1.4, right=True),
)
_SUMS = (Column("What became of it", 5), Column("Currency", 1), Column("Cost", 1.4, right=True))
_CHARGES = (
    Column("Organisation", 3.2),
    Column("Product", 3.2),
    Column("Period", 2.2),
    Column("Quantity", 1.1, right=True),
    Column("Cost", 1.3, right=True),
    Column("", 0.7),
    Column("What became of it", 3.2),
    Column("Customer", 2.6),
)


def report_pdf(company: str, zone: str, report: Mapping[str, Any]) -> bytes:
    """The file.

    Args:
        report: as ``report_record`` makes it; every charge of it is in the sums.
    """
    done = datetime.fromisoformat(report["done_at"])
    day = _day(report["billing_day"])
    paper = Paper(f"{company}: billing of {day}", done)
    paper.heading(f"{company}: billing of {day}", size=16)
    waits = "" if not report["waiting"] else f" Customers that still wait: {report['waiting']}."
    paper.paragraph(f"Billed on {done.astimezone(ZoneInfo(zone)):%d %B %Y, %H:%M} ({zone}).{waits}")
    paper.heading("Documents")
    paper.table(_DOCUMENTS, map(_document, report["documents"]))
    paper.heading("What the distributor charges")
    paper.table(_SUMS, _sums(report["charges"]))
    paper.heading("Every charge")
    paper.table(_CHARGES, _charges(report["lines"]))
    return paper.file()


def _document(one: Mapping[str, Any]) -> Sequence[str]:
    kind = KINDS[one["kind"]].title if one["kind"] in KINDS else one["kind"]
    state = one["state"].replace("_", " ")
    return one["customer"] or "", kind.capitalize(), one["number"] or "", state, _money(one["total"])


def _sums(charges: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[str]]:
    """Of each currency what became of the charges, and then all of them."""
    for one in sorted(charges, key=lambda one: (one["currency"], one["outcome"] == "all", one["outcome"])):
        yield _outcome(one["outcome"]), one["currency"], _money(one["cost"])


def _charges(lines: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[str]]:
    """One row each; those that have no row of their own are added up, so that the column still foots."""
    for one in lines[:MOST_CHARGES]:
        became = ": ".join(filter(None, (_outcome(one["outcome"]), one["message"])))
        period = " to ".join(filter(None, (one["period_first"], one["period_last"])))
        organisation, product = one["organisation"] or "", one["product"] or ""
        cost = _money(one["cost"])
        yield organisation, product, period, one["quantity"] or "", cost, one["currency"], became, one["customer"] or ""
    rest: dict[str, list[Decimal]] = {}
    for one in lines[MOST_CHARGES:]:
        rest.setdefault(one["currency"], []).append(Decimal(one["cost"]))
    for currency, costs in sorted(rest.items()):
        yield f"{len(costs):,} more, see the CSV", "", "", "", _money(sum(costs, Decimal(0))), currency, "", ""


def _outcome(outcome: str) -> str:
    return "All of it" if outcome == "all" else outcome.replace("_", " ").capitalize()


def _money(amount: object) -> str:
    return "" if amount is None else f"{Decimal(str(amount)):,.2f}"


def _day(day: str) -> str:
    return f"{date.fromisoformat(day):%d %B %Y}".lstrip("0")
