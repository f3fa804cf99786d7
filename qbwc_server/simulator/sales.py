"""Sales documents: invoices, sales receipts, credit memos, estimates and sales orders, entered and modified."""

from decimal import Decimal
from typing import Any

from qbwc_server.simulator import currencies, headers
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO, Posting, cents
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.payments import OVERPAID, plan_credits, use_credits
from qbwc_server.simulator.pricing import Priced, Pricer
from qbwc_server.simulator.refusals import OK, Remark, cannot_save, rate_ignored, wrong_value
from qbwc_server.simulator.sales_header import check_features, default_header, show_block, tax_terms
from qbwc_server.simulator.sales_kinds import SALES_KINDS, SalesKind
from qbwc_server.simulator.sales_lines import LineReader
from qbwc_server.simulator.shapes import Values, build
from qbwc_server.simulator.transactions import TXN_KINDS, Application, StockMove, Transaction


def add(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Enter a new sales document.

    Raises:
        Refused: with the status code that QuickBooks would give; nothing was entered.
    """
    kind = SALES_KINDS[tag]
    check_features(books, message, tag)
    values = headers.new_header(books, tag, message)
    account_given = "ar_account" in values
    default_header(books, kind, values)
    currencies.settle(books, values, tag, account_given=account_given)
    if not message.lines:
        raise cannot_save(tag, "You cannot save an empty transaction.")
    pricer = Pricer(books, tag, tax_terms(books, values), customer_level=_level(books, values))
    reader = LineReader(books, kind, pricer, {})
    lines = [reader.new(line) for line in message.lines]
    txn = Transaction(TXN_KINDS[tag], values)
    _fill(books, kind, txn, values, pricer, lines)
    books.check_total(txn.total, tag)
    used = _credits(books, message, txn)
    books.number(tag, values)
    books.stamp_new(values)
    _identify(books, kind, txn, lines)
    books.enter(txn)
    use_credits(books, txn, used)
    return txn, rate_ignored() if pricer.rate_was_ignored else OK


def modify(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Change a sales document as a Mod request says.

    Without any line element the lines stay as they are. With one, every line that is not mentioned goes.

    Raises:
        Refused: nothing was changed.
    """
    kind = SALES_KINDS[tag]
    check_features(books, message, tag)
    amended = headers.changed_header(books, tag, message)
    txn, values, changes = amended.txn, amended.values, amended.changes
    for name in ("bill_address", "ship_address"):
        if name in changes:
            show_block(values, name)
    if not books.facts.sales_tax:
        values["customer_sales_tax_code"] = books.tax_code(taxable=False).ref
    pricer = Pricer(books, tag, tax_terms(books, values), customer_level=_level(books, values))
    reader = LineReader(books, kind, pricer, txn.line_accounts)
    wanted = message.lines
    lines = reader.mentioned(txn.lines, wanted) if wanted else [reader.kept(line) for line in txn.lines]
    draft = Transaction(txn.kind, values, is_void=txn.is_void)
    _fill(books, kind, draft, values, pricer, lines)
    books.check_total(draft.total, tag)
    headers.check_applied(txn, draft.total, as_source=kind.sign < 0)
    used = _credits(books, message, draft, txn.applied_as_target)
    if "ref_number" in changes:
        books.counters.used_ref(tag, changes["ref_number"])
    _identify(books, kind, draft, lines)
    headers.save_changed(
        books,
        amended,
        lines=draft.lines,
        total=draft.total,
        postings=list(draft.postings),
        stock=draft.stock,
        line_accounts=draft.line_accounts,
    )
    use_credits(books, txn, used)
    return txn, rate_ignored() if pricer.rate_was_ignored else OK


def _level(books: Books, values: Values) -> Entry | None:
    """The price level of the customer."""
    customer = books.lists.entry(values["customer"].list_id) if "customer" in values else None
    level = customer.value("price_level") if customer is not None else None
    return books.lists.entry(level.list_id) if level is not None else None


def _credits(books: Books, message: Any, txn: Transaction, applied: Decimal = ZERO) -> list[Application]:
    """The credits that the request wants to use for an invoice, checked."""
    wanted = vars(message).get("set_credits", ())
    if not wanted:
        return []
    planned = plan_credits(books, wanted, "", books.lists.entry(txn.entity_id))
    if sum((one.amount for one in planned), applied) > txn.total:
        raise wrong_value("SetCredit applied amount", planned[-1].amount, OVERPAID)
    return planned


# -- totals, ids, postings -----------------------------------------------------------------------


def _flat(lines: list[Priced]) -> list[Priced]:
    return [one for line in lines for one in (line.members if line.members is not None else [line])]


def _fill(books: Books, kind: SalesKind, txn: Transaction, values: Values, pricer: Pricer, lines: list[Priced]) -> None:
    """Totals, postings and movements of stock from the lines."""
    tax = pricer.sales_tax
    txn.total = pricer.subtotal + tax
    values["subtotal"] = pricer.subtotal
    values["sales_tax_percentage"] = (
        cents(pricer.tax.rate) if pricer.tax.rate == cents(pricer.tax.rate) else pricer.tax.rate
    )
    values["sales_tax_total"] = tax
    if kind.total_field:
        values[kind.total_field] = txn.total
    if not txn.kind.posts or txn.is_pending:
        return
    postings = [_money_side(kind, txn)]
    if tax:
        postings.append(Posting(books.special("SalesTaxPayable").list_id, -kind.sign * tax))
    moves = []
    for line in _flat(lines):
        if line.account and line.amount:
            postings.append(Posting(line.account, -kind.sign * line.amount))
        if line.entry is not None and line.entry.kind.tag == "ItemInventory":
            quantity = kind.sign * (line.values.get("quantity") or Decimal(0))
            cost = cents(quantity * line.entry.average_cost)
            moves.append(StockMove(line.entry.list_id, -quantity, -cost))
            if cost and line.entry.facts.cost_account and line.entry.facts.asset_account:
                postings.append(Posting(line.entry.facts.cost_account, cost))
                postings.append(Posting(line.entry.facts.asset_account, -cost))
    txn.postings, txn.stock = tuple(currencies.at_home(postings, values)), tuple(moves)


def _money_side(kind: SalesKind, txn: Transaction) -> Posting:
    if kind.receivable:
        return Posting(txn.values["ar_account"].list_id, kind.sign * txn.total, txn.entity_id)
    return Posting(txn.values["deposit_to_account"].list_id, txn.total)


def _identify(books: Books, kind: SalesKind, txn: Transaction, lines: list[Priced]) -> None:
    """Give new lines their ids and make the line aggregates."""
    shown = []
    for line in lines:
        if line.members is None:
            shown.append(_line_ret(books, kind, txn, line))
            continue
        members = tuple(_line_ret(books, kind, txn, member) for member in line.members)
        line.values.setdefault("txn_line_id", books.counters.txn_id(books.clock.time()))
        line.values["total_amount"] = sum((member.amount or ZERO for member in line.members), ZERO)
        line.values[kind.members_field] = members
        shown.append(build(kind.group_ret, line.values))
    txn.lines = tuple(shown)


def _line_ret(books: Books, kind: SalesKind, txn: Transaction, line: Priced) -> Any:
    if "txn_line_id" not in line.values:
        line.values["txn_line_id"] = books.counters.txn_id(books.clock.time())
    if line.account:
        txn.line_accounts[line.values["txn_line_id"]] = line.account
    return line.untouched if line.untouched is not None else build(kind.line_ret, line.values)
