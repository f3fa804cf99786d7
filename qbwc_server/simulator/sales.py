"""Sales documents: invoices, sales receipts, credit memos, estimates and sales orders, entered and modified."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO, Posting, cents
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.payments import OVERPAID, plan_credits, use_credits
from qbwc_server.simulator.pricing import Priced, Pricer, TaxTerms
from qbwc_server.simulator.refusals import (
    OK,
    Refused,
    Remark,
    cannot_save,
    missing,
    rate_ignored,
    unknown_object,
    wrong_value,
)
from qbwc_server.simulator.shapes import Values, build, copied, header, message_class, values_of
from qbwc_server.simulator.switches import Edition
from qbwc_server.simulator.transactions import TXN_KINDS, Application, StockMove, Transaction, members_of
from qbxml.aggregate import Aggregate
from qbxml.shared import AddressBlock

PRICE_FIELDS = frozenset({"item", "quantity", "rate", "rate_percent", "amount"})
CANNOT_BE_CLEARED = ("customer", "ar_account", "template")
NEW_LINE = "-1"


@dataclass(frozen=True)
class SalesKind:
    """How one sales document differs from the others."""

    tag: str
    members_field: str  # of a group line
    sign: int = 1  # of what the customer owes or has paid
    receivable: bool = True  # posts to accounts receivable, else to the account that the money goes to
    total_field: str = "total_amount"
    has_ship_date: bool = True
    printable: bool = True

    @property
    def ret(self) -> type[Aggregate]:
        return message_class(f"{self.tag}Ret")

    @property
    def line_ret(self) -> type[Aggregate]:
        return message_class(f"{self.tag}LineRet")

    @property
    def group_ret(self) -> type[Aggregate]:
        return message_class(f"{self.tag}LineGroupRet")


SALES_KINDS = {
    kind.tag: kind
    for kind in (
        SalesKind("Invoice", "invoice_line_rets", total_field=""),
        SalesKind("SalesReceipt", "sales_receipt_line_rets", receivable=False),
        SalesKind("CreditMemo", "credit_memo_line_rets", sign=-1),
        SalesKind("Estimate", "estimate_line_rets", has_ship_date=False, printable=False),
        SalesKind("SalesOrder", "sales_order_line_rets"),
    )
}


def add(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Enter a new sales document.

    Raises:
        Refused: with the status code that QuickBooks would give; nothing was entered.
    """
    kind = SALES_KINDS[tag]
    _check_features(books, message, tag)
    values = header(message, kind.ret)
    books.resolve_all(values, tag)
    values.setdefault("txn_date", books.clock.time().date())
    books.check_open(values["txn_date"], "add", tag)
    _default_header(books, kind, values)
    if not message.lines:
        raise cannot_save(tag, "You cannot save an empty transaction.")
    pricer = Pricer(books, tag, tax_terms(books, values))
    lines = [_new_line(books, kind, pricer, line) for line in message.lines]
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
    txn = books.find(tag, message.txn_id)
    if message.edit_sequence != txn.edit_sequence:
        raise Refused(3200, f'The provided edit sequence "{message.edit_sequence}" is out-of-date. ')
    _check_features(books, message, tag)
    changes = header(message, kind.ret)
    for name in ("txn_id", "edit_sequence"):
        changes.pop(name, None)
    cleared = _cleared(changes, tag)
    books.resolve_all(changes, tag)
    values = {name: value for name, value in {**txn.values, **changes}.items() if name not in cleared}
    books.check_open(txn.txn_date, "modify", tag)
    books.check_open(values["txn_date"], "modify", tag)
    _check_links(txn, changes)
    for name in ("bill_address", "ship_address"):
        if name in changes:
            _block(values, name)
    if not books.facts.sales_tax:
        values["customer_sales_tax_code"] = books.tax_code(taxable=False).ref
    pricer = Pricer(books, tag, tax_terms(books, values))
    if message.lines:
        lines = _changed_lines(books, kind, pricer, txn, message.lines)
    else:
        lines = [_kept(books, kind, pricer, txn, line) for line in txn.lines]
    draft = Transaction(txn.kind, values, is_void=txn.is_void)
    _fill(books, kind, draft, values, pricer, lines)
    books.check_total(draft.total, tag)
    if draft.total < txn.applied_as_target or (kind.sign < 0 and draft.total < txn.applied_as_source):
        raise wrong_value("total", draft.total, "The amount cannot be less than what has been applied.")
    if txn.deposited_in and draft.total != txn.total:
        raise deposited("amount", draft.total)
    used = _credits(books, message, draft, txn.applied_as_target)
    if "ref_number" in changes:
        books.counters.used_ref(tag, changes["ref_number"])
    _identify(books, kind, draft, lines)
    books.amend(
        txn,
        values,
        lines=draft.lines,
        total=draft.total,
        postings=draft.postings,
        stock=draft.stock,
        line_accounts=draft.line_accounts,
        is_void=draft.is_void and not draft.total,
    )
    use_credits(books, txn, used)
    return txn, rate_ignored() if pricer.rate_was_ignored else OK


def deposited(field: str, value: object) -> Refused:
    """A payment that lies in a deposit keeps name and amount."""
    return wrong_value(
        field,
        value,
        "You need to delete this transaction from the deposit before you can edit its name or amount.",
    )


def tax_terms(books: Books, values: Values) -> TaxTerms:
    """Rate of the document's tax item, and whether its customer pays sales tax at all."""
    if not books.facts.sales_tax:
        return TaxTerms()
    item, code = values.get("item_sales_tax"), values.get("customer_sales_tax_code")
    rate = books.lists.entry(item.list_id).facts.tax_rate if item is not None else Decimal(0)
    taxable = code is None or bool(books.lists.entry(code.list_id).value("is_taxable"))
    return TaxTerms(rate, taxable)


def due_date(books: Books, values: Values) -> None:
    """Work out when payment is due from the terms, unless that was said."""
    if "due_date" in values:
        return
    days = 0
    if (terms := values.get("terms")) is not None:
        days = books.lists.entry(terms.list_id).value("std_due_days") or 0
    values["due_date"] = values["txn_date"] + timedelta(days=days)


# -- header --------------------------------------------------------------------------------------


def _check_features(books: Books, message: Any, tag: str) -> None:
    held = vars(message)
    if tag == "SalesOrder":
        books.require(books.switches.edition is not Edition.PRO)
    if "exchange_rate" in held:
        books.require(books.facts.multi_currency)
    if "item_sales_tax" in held:
        books.require(books.facts.sales_tax)
    if "class_" in held or any("class_" in vars(line) for line in held.get("lines", ())):
        books.require(books.facts.class_tracking)


def _default_header(books: Books, kind: SalesKind, values: Values) -> None:
    customer = books.lists.entry(values["customer"].list_id) if "customer" in values else None
    if customer is not None:
        for name in ("terms", "sales_rep", "bill_address", "ship_address", "class_"):
            if name not in values and customer.value(name) is not None:
                values[name] = customer.value(name)
    if kind.receivable and TXN_KINDS[kind.tag].posts:
        _default_receivable(books, values, kind.tag)
    if kind.tag == "SalesReceipt" and "deposit_to_account" not in values:
        values["deposit_to_account"] = books.special("UndepositedFunds").ref
    _default_tax(books, values, customer)
    for name in ("bill_address", "ship_address"):
        if name in values:
            _block(values, name)
    due_date(books, values)
    if kind.has_ship_date:
        values.setdefault("ship_date", values["txn_date"])
    if TXN_KINDS[kind.tag].posts:
        values.setdefault("is_pending", False)
    if kind.printable:
        values.setdefault("is_to_be_printed", True)
    if values.setdefault("is_to_be_emailed", False) and not (customer is not None and customer.value("email")):
        raise cannot_save(kind.tag, "The customer has no e-mail address to which the form could be sent.")
    if kind.tag == "Invoice":
        values.setdefault("is_finance_charge", False)
    if kind.tag == "Estimate":
        values.setdefault("is_active", True)
    if kind.tag == "SalesOrder":
        values.update(is_manually_closed=values.get("is_manually_closed", False), is_fully_invoiced=False)


def _default_receivable(books: Books, values: Values, tag: str) -> None:
    if "ar_account" not in values:
        values["ar_account"] = books.special("AccountsReceivable").ref
    account = books.lists.entry(values["ar_account"].list_id)
    if account.value("account_type") != "AccountsReceivable":
        raise wrong_value("ARAccountRef", account.full_name, f"A {tag} needs an accounts receivable account.")


def _default_tax(books: Books, values: Values, customer: Entry | None) -> None:
    if not books.facts.sales_tax:
        values.pop("item_sales_tax", None)
        values["customer_sales_tax_code"] = books.tax_code(taxable=False).ref
        return
    if "item_sales_tax" not in values:
        of_customer = customer.value("item_sales_tax") if customer is not None else None
        if of_customer is not None:
            values["item_sales_tax"] = of_customer
        elif books.facts.default_sales_tax_item:
            values["item_sales_tax"] = books.lists.entry(books.facts.default_sales_tax_item).ref
    if "customer_sales_tax_code" not in values:
        of_customer = customer.value("sales_tax_code") if customer is not None else None
        values["customer_sales_tax_code"] = of_customer or books.tax_code(taxable=True).ref


def _block(values: Values, name: str) -> None:
    """Show an address also as the lines that are printed."""
    block = address_block(values.get(name))
    if block is None:
        values.pop(f"{name}_block", None)
    else:
        values[f"{name}_block"] = block


def address_block(address: Any) -> Any:
    """The printed lines of an address; None for none."""
    if address is None:
        return None
    lines = [getattr(address, f"addr{number}") for number in range(1, 6)]
    place = " ".join(part for part in (address.state, address.postal_code) if part)
    lines.append(", ".join(part for part in (address.city, place) if part))
    lines.append(address.country)
    shown = [line for line in lines if line][:5]
    if not shown:
        return None
    return AddressBlock(**{f"addr{number}": line[:41] for number, line in enumerate(shown, start=1)})


def _credits(books: Books, message: Any, txn: Transaction, applied: Decimal = ZERO) -> list[Application]:
    """The credits that the request wants to use for an invoice, checked."""
    wanted = vars(message).get("set_credits", ())
    if not wanted:
        return []
    planned = plan_credits(books, wanted, "", books.lists.entry(txn.entity_id))
    if sum((one.amount for one in planned), applied) > txn.total:
        raise wrong_value("SetCredit applied amount", planned[-1].amount, OVERPAID)
    return planned


def _cleared(changes: Values, tag: str) -> set[str]:
    """The fields that a Mod sends empty: they are taken away, where that is allowed."""
    found = {
        name
        for name, value in changes.items()
        if value == "" or (hasattr(value, "list_id") and not (value.list_id or value.full_name))
    }
    for name in found & set(CANNOT_BE_CLEARED):
        raise Refused(3153, f'The field "{name}" of the {tag} cannot be cleared.')
    for name in found:
        del changes[name]
    return found


def _check_links(txn: Transaction, changes: Values) -> None:
    if not txn.applications and not txn.deposited_in:
        return
    for name in ("customer", "ar_account"):
        if name in changes and name in txn.values and changes[name].list_id != txn.values[name].list_id:
            if txn.deposited_in:
                raise deposited(name, changes[name].full_name)
            raise wrong_value(
                name, changes[name].full_name, "It must be the same as in the transactions that are linked to it."
            )
    if txn.deposited_in and "deposit_to_account" in changes:
        raise deposited("DepositToAccountRef", changes["deposit_to_account"].full_name)


# -- lines ---------------------------------------------------------------------------------------


def _new_line(books: Books, kind: SalesKind, pricer: Pricer, line: Any) -> Priced:
    if "item_group" in vars(line):
        return _new_group(books, kind, pricer, line)
    values = copied(line, kind.line_ret)
    values.pop("txn_line_id", None)
    books.resolve_all(values, f"{kind.tag} line")
    account = _override(books, kind, line)
    if "item" not in values and "price_level" in vars(line):
        raise missing("ItemRef", f"{kind.tag} line")
    return pricer.line(values, given=PRICE_FIELDS & values.keys(), account=account, override=bool(account))


def _override(books: Books, kind: SalesKind, line: Any) -> str:
    reference = vars(line).get("override_item_account")
    if reference is None:
        return ""
    return books.resolve("override_item_account", reference, f"{kind.tag} line").list_id


def _new_group(books: Books, kind: SalesKind, pricer: Pricer, line: Any) -> Priced:
    group = books.resolve("item_group", line.item_group, f"{kind.tag} line")
    quantity = line.quantity if line.quantity is not None else Decimal(1)
    values: Values = {"item_group": group.ref, "quantity": quantity, "is_print_items_in_group": True}
    if group.value("item_desc"):
        values["desc"] = group.value("item_desc")
    members = []
    for item_id, each in group.members:
        member: Values = {"item": books.lists.entry(item_id).ref, "quantity": each * quantity}
        members.append(pricer.line(member, given=frozenset({"item", "quantity"})))
    return Priced(values, group, members=members)


def _kept(books: Books, kind: SalesKind, pricer: Pricer, txn: Transaction, line: Any) -> Priced:
    """A line of before, as it was; percentages and subtotals are worked out anew."""
    if "item_group" in vars(line):
        members = [_kept(books, kind, pricer, txn, member) for member in members_of(line)]
        return Priced(values_of(line), members=members)
    before = values_of(line)
    priced = pricer.line(before.copy(), is_new=False, account=txn.line_accounts.get(line.txn_line_id, ""))
    if priced.values == before:
        priced.untouched = line
    return priced


def _changed_lines(
    books: Books, kind: SalesKind, pricer: Pricer, txn: Transaction, wanted: tuple[Any, ...]
) -> list[Priced]:
    """The lines that a Mod mentions, in its order; all others are gone."""
    before = {line.txn_line_id: line for line in txn.lines}
    for line in txn.lines:
        before.update((member.txn_line_id, member) for member in members_of(line))
    found = []
    for line in wanted:
        if line.txn_line_id == NEW_LINE:
            found.append(_new_line(books, kind, pricer, line))
        elif (old := before.pop(line.txn_line_id, None)) is None:
            raise unknown_object(line.txn_line_id)
        elif "item_group" in vars(old):
            found.append(_changed_group(books, kind, pricer, txn, old, line))
        else:
            found.append(_changed_line(books, kind, pricer, txn, old, line))
    return found


def _changed_line(books: Books, kind: SalesKind, pricer: Pricer, txn: Transaction, old: Any, line: Any) -> Priced:
    changes = copied(line, kind.line_ret)
    if len(vars(line)) == 1:
        return _kept(books, kind, pricer, txn, old)
    cleared = {name for name, value in changes.items() if value == ""}
    books.resolve_all(changes, f"{kind.tag} line")
    values = {name: value for name, value in {**values_of(old), **changes}.items() if name not in cleared}
    given = PRICE_FIELDS & changes.keys()
    if "item" in given and "desc" not in changes:
        values.pop("desc", None)
    if "rate" in given:
        values.pop("rate_percent", None)
    if "rate_percent" in given:
        values.pop("rate", None)
    if given and "amount" not in given:
        values.pop("amount", None)
    override = _override(books, kind, line)
    account = override or txn.line_accounts.get(old.txn_line_id, "")
    return pricer.line(values, given=given, is_new=False, account=account, override=bool(override))


def _changed_group(books: Books, kind: SalesKind, pricer: Pricer, txn: Transaction, old: Any, line: Any) -> Priced:
    wanted = next((value for value in vars(line).values() if isinstance(value, tuple)), ())
    values = values_of(old)
    if "quantity" in vars(line) and line.quantity != old.quantity and not wanted:
        fresh = _new_group(books, kind, pricer, build(type(old), {**values, "quantity": line.quantity}))
        fresh.values["txn_line_id"] = old.txn_line_id
        return fresh
    if not wanted:
        return _kept(books, kind, pricer, txn, old)
    before = {member.txn_line_id: member for member in members_of(old)}
    members = []
    for member in wanted:
        if member.txn_line_id == NEW_LINE:
            members.append(_new_line(books, kind, pricer, member))
        elif (known := before.pop(member.txn_line_id, None)) is None:
            raise unknown_object(member.txn_line_id)
        else:
            members.append(_changed_line(books, kind, pricer, txn, known, member))
    return Priced(values, members=members)


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
    txn.postings, txn.stock = tuple(postings), tuple(moves)


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
