"""Cash drawers of a simulated shop: a session a day in each place, counted at its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from qbwc_server.simulator.shop.orders import Money, Node, Paid, Sale, gid, stamp
from qbwc_server.simulator.shop.store import Store

FLOAT = 20000  # cents that stay in the drawer


@dataclass
class Drawer:
    """One session. Amounts are cents, as they lie in the drawer: with what cash is rounded by."""

    store: Store
    ids: Iterator[int]
    money: Money
    place: int
    name: str
    opened_at: datetime
    opening: int
    id: int = 0
    sales: int = 0
    refunds: int = 0
    moves: list[Node] = field(default_factory=list)
    moved: int = 0
    transactions: list[Node] = field(default_factory=list)
    closed: tuple[datetime, int] | None = None

    def __post_init__(self) -> None:
        self.id = next(self.ids)
        self.tell()

    def take(self, sale: Sale, paid: Paid) -> None:
        """Cash of an order comes in, or goes back."""
        cents = paid.cents + paid.rounding
        if paid.kind == "REFUND":
            self.refunds += cents
        else:
            self.sales += cents
        self.transactions.append(
            {
                "id": gid("OrderTransaction", paid.id),
                "kind": paid.kind,
                "status": paid.status,
                "test": sale.test,
                "processedAt": stamp(paid.at),
                "amountSet": self.money.bag(paid.cents),
                "amountRoundingSet": self.money.bag(paid.rounding),
                "order": {"id": sale.gid, "name": f"#{sale.number}"},
            }
        )

    def move(self, cents: int, note: str, at: datetime) -> None:
        """Cash is put in, or taken out where it is below zero."""
        self.moved += cents
        self.moves.append(
            {
                "id": gid("CashTrackingAdjustment", next(self.ids)),
                "time": stamp(at),
                "note": note,
                "cash": self.money.money(cents),
                "staffMember": None,
            }
        )

    def close(self, at: datetime, differs: int) -> int:
        """It is counted: by so much more or less is in it. What lies in it."""
        counted = self.expected + differs
        self.closed = at, counted
        self.tell()
        return counted

    @property
    def expected(self) -> int:
        """What should be in it."""
        return self.opening + self.sales - self.refunds + self.moved

    def tell(self) -> None:
        """The shop tells of it as it is now."""
        money = self.money.money
        counted = None if self.closed is None else self.closed[1]
        self.store.put(
            "cashTrackingSessions",
            {
                "id": gid("CashTrackingSession", self.id),
                "registerName": f"{self.name} 1",
                "cashTrackingEnabled": True,
                "openingTime": stamp(self.opened_at),
                "openingNote": None,
                "closingTime": None if self.closed is None else stamp(self.closed[0]),
                "closingNote": None,
                "openingBalance": money(self.opening),
                "expectedOpeningBalance": money(self.opening),
                "closingBalance": None if counted is None else money(counted),
                "expectedClosingBalance": None if counted is None else money(self.expected),
                "expectedBalance": money(self.expected),
                "netCashSales": money(self.sales - self.refunds),
                "totalCashSales": money(self.sales),
                "totalCashRefunds": money(self.refunds),
                "totalAdjustments": money(self.moved),
                "totalDiscrepancy": None if counted is None else money(counted - self.expected),
                "location": {"id": gid("Location", self.place), "name": self.name},
                "openingStaffMember": None,
                "closingStaffMember": None,
                "adjustments": self.moves,
                "cashTransactions": self.transactions,
            },
        )
