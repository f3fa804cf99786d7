"""Shopify Payments of a simulated shop: what it takes, what it costs, and what it pays out each day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from qbwc_server.simulator.shop.orders import Money, Node, Sale, gid, stamp
from qbwc_server.simulator.shop.store import Store

GATEWAY = "shopify_payments"
_PERCENT, _EACH = Decimal("0.029"), 30  # of each charge: a part of it, and cents
_SUMMARY = (
    *("adjustmentsFee", "adjustmentsGross", "chargesFee", "chargesGross", "refundsFee", "refundsFeeGross"),
    *("reservedFundsFee", "reservedFundsGross", "retriedPayoutsFee", "retriedPayoutsGross"),
)
_IN_SUMMARY = {"CHARGE": "charges", "REFUND": "refunds", "ADJUSTMENT": "adjustments", "RESERVED_FUNDS": "reservedFunds"}


class Wallet:
    """What Shopify Payments owes the shop. Amounts are cents."""

    def __init__(self, store: Store, ids: Iterator[int], money: Money) -> None:
        self.held = 0
        self._store, self._ids, self._money = store, ids, money
        self._unpaid: list[Node] = []
        self._cents: dict[str, tuple[int, int]] = {}  # amount and fee of what is not paid out yet
        self._tell()

    def charge(self, sale: Sale, transaction: int, cents: int, at: datetime) -> None:
        """Money of a card comes in."""
        fee = int((Decimal(cents) * _PERCENT + _EACH).quantize(Decimal(1), ROUND_HALF_UP))
        self._change("CHARGE", cents, fee, at, sale, transaction)

    def give_back(self, sale: Sale, transaction: int, cents: int, at: datetime) -> None:
        """Money goes back to a card; the fee stays with Shopify."""
        self._change("REFUND", -cents, 0, at, sale, transaction)

    def dispute(self, sale: Sale, transaction: int, cents: int, at: datetime) -> None:
        """A charge is disputed: its money is taken, and a fee."""
        self._change("DISPUTE_WITHDRAWAL", -cents, 1500, at, sale, transaction)

    def reserve(self, cents: int, at: datetime) -> None:
        """Money is held back (cents below zero) or let go."""
        self._change("RESERVED_FUNDS", cents, 0, at)

    def pay_out(self, at: datetime) -> str | None:
        """All that came until now goes to the bank; the id of the payout."""
        if not self._unpaid:
            return None
        number = next(self._ids)
        payout = gid("ShopifyPaymentsPayout", number)
        sums = dict.fromkeys(_SUMMARY, 0)
        net = 0
        for node in self._unpaid:
            amount, fee = self._cents.pop(node["id"])
            net += amount - fee
            kind = _IN_SUMMARY.get(node["type"], "adjustments")
            gross = "refundsFeeGross" if kind == "refunds" else f"{kind}Gross"
            sums[gross] += amount
            sums[f"{kind}Fee"] += fee
            self._store.put("balanceTransactions", {**node, "associatedPayout": {"id": payout, "status": "SCHEDULED"}})
        self._unpaid.clear()
        self._store.put(
            "payouts",
            {
                "id": payout,
                "legacyResourceId": str(number),
                "issuedAt": stamp(at),
                "status": "SCHEDULED",
                "transactionType": "DEPOSIT" if net >= 0 else "WITHDRAWAL",
                "net": self._money.money(abs(net)),
                "summary": {name: self._money.money(cents) for name, cents in sums.items()},
            },
        )
        paid = self._node("TRANSFER", -net, 0, at)
        self._store.put("balanceTransactions", {**paid, "associatedPayout": {"id": payout, "status": "SCHEDULED"}})
        self.held -= net
        self._tell()
        return payout

    def settle(self, payout: str, status: str, at: datetime) -> None:
        """A payout arrives (PAID), or does not (FAILED): then its money is here again."""
        node = self._store.lists["payouts"][payout]
        self._store.put("payouts", {**node, "status": status})
        if status == "FAILED":
            sign = 1 if node["transactionType"] == "DEPOSIT" else -1
            self._change("TRANSFER_FAILURE", sign * int(Decimal(node["net"]["amount"]) * 100), 0, at)

    def _change(
        self, kind: str, amount: int, fee: int, at: datetime, sale: Sale | None = None, transaction: int | None = None
    ) -> None:
        node = self._node(kind, amount, fee, at, sale, transaction)
        self._store.put("balanceTransactions", node)
        self._unpaid.append(node)
        self._cents[node["id"]] = amount, fee
        self.held += amount - fee
        self._tell()

    def _node(
        self, kind: str, amount: int, fee: int, at: datetime, sale: Sale | None = None, transaction: int | None = None
    ) -> Node:
        money = self._money.money
        return {
            "id": gid("ShopifyPaymentsBalanceTransaction", next(self._ids)),
            "type": kind,
            "test": False,
            "transactionDate": stamp(at),
            "sourceId": None if transaction is None else str(transaction),
            "sourceType": kind,
            "sourceOrderTransactionId": None if transaction is None else str(transaction),
            "adjustmentReason": None,
            "amount": money(amount),
            "fee": money(fee),
            "net": money(amount - fee),
            "associatedOrder": None if sale is None else {"id": sale.gid, "name": f"#{sale.number}"},
            "associatedPayout": None,
            "adjustmentsOrders": [],
        }

    def _tell(self) -> None:
        self._store.balance = [self._money.money(self.held)]


PAYS_OUT_BEHIND = timedelta(hours=6)  # of a day in the shop
ARRIVES_BEHIND = timedelta(days=2)
