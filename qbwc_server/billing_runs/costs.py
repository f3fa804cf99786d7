"""What units cost by what was billed, item by item: to be written to the items of QuickBooks; prices never are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from qbwc_server.billing.charges import Charge, ChargeKind
from qbwc_server.billing_runs.plan import Plan
from qbwc_server.billing_runs.prices import cost_in_books
from qbwc_server.billing_runs.settings import Cost
from qbwc_server.billing_runs.targets import entries_of_offers, home_currency
from qbwc_server.books.costs.wanting import Wanted, as_written
from qbwc_server.books.mirror.models import MirrorEntry


@dataclass
class _Told:
    """What is told of an offer, or of an item. The lowest rank counts."""

    rank: int
    costs: set[Decimal] = field(default_factory=set)
    currencies: set[str] = field(default_factory=set)

    def take(self, rank: int, costs: set[Decimal], currencies: set[str]) -> None:
        if rank < self.rank:
            self.rank, self.costs, self.currencies = rank, set(), set()
        if rank == self.rank:
            self.costs |= costs
            self.currencies |= currencies


class Costs:
    """Gathered from what a day has billed, portion by portion; begun again it comes to the same."""

    def __init__(self) -> None:
        self._offers: dict[tuple[int, str], _Told] = {}  # by connection and offer

    def note(self, plan: Plan) -> None:
        """Take in what a portion has billed now, or billed on this day before."""
        for billing in plan.billings:
            if billing.standing.is_billed:
                for one in billing.priced:
                    self._note(one.connection_id, one.due.charge, plan.settings.cost)
        for left in plan.left:
            if left.billed_on == plan.billing_day:
                self._note(left.connection_id, left.charge, plan.settings.cost)

    def _note(self, connection_id: int, charge: Charge, which: Cost) -> None:
        rank = _rank(charge)
        if rank is not None:
            cost = charge.unit_cost if which is Cost.WITHOUT_PERFORMANCE else charge.net_price
            told = self._offers.setdefault((connection_id, charge.offer), _Told(rank))
            told.take(rank, {as_written(cost)}, {charge.currency.upper()})

    def wanted(self, db: Session, company_id: int) -> Iterator[Wanted]:
        """Those that the items have otherwise, as far as the lists tell."""
        home = home_currency(db, company_id)
        for entry, told in self._items(db, company_id):
            foreign = sorted(told.currencies - {"", home})
            if len(told.costs) > 1:
                several = ", ".join(f"{one:f}" for one in sorted(told.costs))
                said = f"What it costs is not one amount: {several}. Map each offer to an item of its own."
                yield Wanted(entry.list_id, entry.full_name, max(told.costs), ("costs_differ", said[:500]))
            elif foreign and home is not None:
                said = f"It is charged in {foreign[0]}, and the company file keeps costs in {home}."
                yield Wanted(entry.list_id, entry.full_name, max(told.costs), ("other_currency", said))
            elif cost_in_books(entry) != max(told.costs):
                yield Wanted(entry.list_id, entry.full_name, max(told.costs))

    def _items(self, db: Session, company_id: int) -> list[tuple[MirrorEntry, _Told]]:
        found: dict[str, tuple[MirrorEntry, _Told]] = {}
        for number in sorted({one for one, _ in self._offers}):
            offers = [offer for one, offer in self._offers if one == number]
            for offer, entry in entries_of_offers(db, company_id, number, offers).items():
                told = self._offers[number, offer]
                _, sum_of = found.setdefault(entry.list_id, (entry, _Told(told.rank)))
                sum_of.take(told.rank, told.costs, told.currencies)
        return [found[list_id] for list_id in sorted(found)]


def _rank(charge: Charge) -> int | None:
    """What says what a unit costs: whole cycles, then usage; a part of a cycle or a fee once says nothing."""
    if charge.kind is ChargeKind.SETUP or charge.factor != 1:
        return None
    return 0 if charge.kind is ChargeKind.RECURRING else 1
