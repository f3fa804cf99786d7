"""Bank deposits. QuickBooks gives them no number; payments in them are named by TxnID."""

from __future__ import annotations

from typing import ClassVar

from qbwc_server.documents.kinds.deposit import Deposit, DepositLine
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.lines import LineSet, LineValues, line_values
from qbwc_server.posting.transactions.standing import StandingLine
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.writing import Writing
from qbxml.messages.deposit import (
    DepositAdd,
    DepositLineAdd,
    DepositLineMod,
    DepositLineRet,
    DepositMod,
    DepositQueryRq,
    DepositRet,
)
from qbxml.messages.transaction import TxnDelType


class DepositLines(LineSet):
    """Payments, which are known by their TxnID, and lines on accounts."""

    def named(self, line: StandingLine) -> tuple[str, ...]:
        """A payment's TxnID, else the account."""
        payment = getattr(line.ret, "txn_id", None)
        return ("", payment.lower(), "") if payment else ("", "", *super().named(line)[2:])


class DepositTransaction(Transaction[Deposit]):
    """A deposit in the books."""

    document = Deposit
    txn_type = TxnDelType.DEPOSIT
    add_message, mod_message, query_message, ret = DepositAdd, DepositMod, DepositQueryRq, DepositRet
    line_sets = (
        DepositLines(
            "deposit_line_adds",
            DepositLineAdd,
            "deposit_line_rets",
            DepositLineRet,
            "deposit_line_mods",
            DepositLineMod,
            names=("payment_txn_id", "account"),
            words="memo",
        ),
    )
    party_field = None
    total_field = "deposit_total"
    kept: ClassVar[frozenset[str]] = frozenset({"deposit_to_account"})

    def header(self, document: Deposit, writing: Writing) -> Values:
        """Day and account."""
        return {
            "txn_date": document.date,
            "deposit_to_account": writing.entry(ListKind.ACCOUNT, document.deposit_to, "deposit_to"),
            "memo": writing.texts.prose(document.memo, "memo", 4095),
        }

    def lines(self, document: Deposit, writing: Writing) -> tuple[list[LineValues], ...]:
        """The payments, then money from elsewhere."""
        payments = [
            line_values({"payment_txn_id": part.txn_id or writing.txn_id(part.payment or "")}, part.amount)
            for part in document.payments
        ]
        return ([*payments, *(_line(line, f"lines[{n}]", writing) for n, line in enumerate(document.lines))],)


def _line(line: DepositLine, at: str, writing: Writing) -> LineValues:
    values = {
        "account": writing.entry(ListKind.ACCOUNT, line.account, f"{at}.account"),
        "amount": line.amount,
        "memo": writing.texts.prose(line.memo, f"{at}.memo", 4095),
        "entity": writing.entry(ListKind.CUSTOMER, line.entity, f"{at}.customer"),
        "check_number": writing.texts.name_or_none(line.check_number, f"{at}.check_number", 11),
        "payment_method": writing.entry(ListKind.PAYMENT_METHOD, line.payment_method, f"{at}.payment_method"),
        "class_": writing.entry(ListKind.CLASS, line.class_name, f"{at}.class"),
    }
    return line_values(values, line.amount)
