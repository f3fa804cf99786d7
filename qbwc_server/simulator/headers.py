"""What all transactions have in common when they are entered or changed: header, dates, links, lines that stay."""

from dataclasses import dataclass
from typing import Any

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import Posting
from qbwc_server.simulator.refusals import Refused, known_guid, out_of_date, unknown_object, wrong_value
from qbwc_server.simulator.shapes import Values, copied, header, is_empty, lines_of, message_class, values_of
from qbwc_server.simulator.transactions import StockMove, Transaction
from qbxml.aggregate import Aggregate

CANNOT_BE_CLEARED = frozenset(
    {
        *("customer", "vendor", "account", "ar_account", "ap_account", "template", "deposit_to_account"),
        *("refund_from_account", "transfer_from_account", "transfer_to_account", "txn_date"),
    }
)
LINKED = ("customer", "vendor", "ar_account", "ap_account")
NEW_LINE = "-1"


@dataclass
class Amended:
    """A transaction as it stands, and the header that it is to have."""

    txn: Transaction
    values: Values
    changes: Values  # what of the header was asked for


def new_header(books: Books, tag: str, message: Any) -> Values:
    """The header of a new transaction, its references resolved.

    Raises:
        Refused: a reference leads nowhere, the date lies in the closed period, the mark is known already.
    """
    guid = vars(message).get("external_guid")
    if guid is not None and books.switches.refuse_known_guid and books.transactions.with_guid(guid):
        raise known_guid(guid)
    values = header(message, message_class(f"{tag}Ret"))
    books.resolve_all(values, tag)
    values.setdefault("txn_date", books.clock.time().date())
    books.check_open(values["txn_date"], "add", tag)
    return values


def changed_header(books: Books, tag: str, message: Any) -> Amended:
    """The header that a Mod leads to.

    Raises:
        Refused: 3120 there is none such, 3200 it has changed meanwhile, 3171 the closed period, 3153 and others.
    """
    txn = books.find(tag, message.txn_id)
    if message.edit_sequence != txn.edit_sequence:
        raise out_of_date(message.edit_sequence)
    changes = header(message, message_class(f"{tag}Ret"))
    for name in ("txn_id", "edit_sequence"):
        changes.pop(name, None)
    cleared = cleared_fields(changes, tag)
    books.resolve_all(changes, tag)
    values = {name: value for name, value in {**txn.values, **changes}.items() if name not in cleared}
    books.check_open(txn.txn_date, "modify", tag)
    books.check_open(values["txn_date"], "modify", tag)
    _check_links(txn, changes)
    return Amended(txn, values, changes)


def cleared_fields(changes: Values, tag: str) -> set[str]:
    """The fields that a Mod sends empty: they are taken away, where that is allowed."""
    found = {name for name, value in changes.items() if is_empty(value)}
    for name in sorted(found & CANNOT_BE_CLEARED):
        raise Refused(3153, f'The field "{name}" of the {tag} cannot be cleared.')
    for name in found:
        del changes[name]
    return found


def _check_links(txn: Transaction, changes: Values) -> None:
    if not txn.applications and not txn.deposited_in:
        return
    for name in LINKED:
        if name in changes and name in txn.values and changes[name].list_id != txn.values[name].list_id:
            if txn.deposited_in:
                raise deposited(name, changes[name].full_name)
            raise wrong_value(
                name, changes[name].full_name, "It must be the same as in the transactions that are linked to it."
            )
    if txn.deposited_in and "deposit_to_account" in changes:
        raise deposited("DepositToAccountRef", changes["deposit_to_account"].full_name)


def deposited(field: str, value: object) -> Refused:
    """A payment that lies in a deposit keeps name and amount."""
    return wrong_value(
        field,
        value,
        "You need to delete this transaction from the deposit before you can edit its name or amount.",
    )


def check_applied(txn: Transaction, total: Any, *, as_source: bool = False) -> None:
    """Refuse a total below what payments and credits have taken of it, or another one where it lies in a deposit."""
    if total < (txn.applied_as_source if as_source else txn.applied_as_target):
        raise wrong_value("total", total, "The amount cannot be less than what has been applied.")
    if txn.deposited_in and total != txn.total:
        raise deposited("amount", total)


def save_changed(
    books: Books,
    amended: Amended,
    *,
    lines: tuple[Any, ...],
    total: Any,
    postings: list[Posting],
    stock: tuple[StockMove, ...] = (),
    line_accounts: dict[str, str] | None = None,
) -> Transaction:
    """Put a checked change into the books; a void transaction that has amounts again is void no longer."""
    txn = amended.txn
    books.amend(
        txn,
        amended.values,
        lines=lines,
        total=total,
        postings=tuple(postings),
        stock=stock,
        line_accounts=line_accounts if line_accounts is not None else txn.line_accounts,
        is_void=txn.is_void and not any(posting.amount for posting in postings),
    )
    return txn


def is_header_of_void(amended: Amended, message: Any) -> bool:
    """Whether a void transaction gets another header only: it stays void, nothing is worked out."""
    return amended.txn.is_void and not lines_of(message)


def save_header(books: Books, amended: Amended) -> Transaction:
    """Put a change of the header alone into the books."""
    txn = amended.txn
    return save_changed(books, amended, lines=txn.lines, total=txn.total, postings=list(txn.postings), stock=txn.stock)


# lines


def new_line_id(books: Books) -> str:
    """TxnLineID of a line that was not there before."""
    return books.counters.txn_id(books.clock.time())


def new_line(books: Books, line: Any, ret: type[Aggregate], where: str) -> Values:
    """The fields of a new line, its references resolved."""
    values = copied(line, ret)
    values.pop("txn_line_id", None)
    books.resolve_all(values, where)
    return values


def changed_line(books: Books, old: Any, line: Any, where: str) -> tuple[Values, Values]:
    """The fields of a line after a change, and those of them that were asked for."""
    changes = copied(line, type(old))
    changes.pop("txn_line_id", None)
    cleared = {name for name, value in changes.items() if is_empty(value)}
    changes = {name: value for name, value in changes.items() if name not in cleared}
    books.resolve_all(changes, where)
    values = {name: value for name, value in {**values_of(old), **changes}.items() if name not in cleared}
    return values, changes


def old_line(before: dict[str, Any], line: Any) -> Any:
    """The line that a Mod mentions, taken out of ``before``; None for a new one.

    Raises:
        Refused: 3120, there is none of this TxnLineID, or it was mentioned already.
    """
    if line.txn_line_id is None or line.txn_line_id == NEW_LINE:
        return None
    found = before.pop(line.txn_line_id, None)
    if found is None:
        raise unknown_object(line.txn_line_id)
    return found
