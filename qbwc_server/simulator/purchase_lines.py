"""The lines of a purchase: expenses on accounts, and items; new ones, kept ones and changed ones."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qbwc_server.simulator import headers
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import FIVE_PLACES, ZERO, Posting, cents
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.purchase_kinds import PurchaseKind
from qbwc_server.simulator.refusals import Refused, cannot_save, missing
from qbwc_server.simulator.shapes import Form, Values, build, is_empty, message_class, values_of
from qbwc_server.simulator.transactions import StockMove, Transaction, members_of

PRICES = frozenset({"item", "quantity", "cost", "rate", "amount"})
OF_A_LEDGER = {"AccountsReceivable": "customer", "AccountsPayable": "vendor"}


@dataclass
class Taken:
    """One line worked out: the class of its Ret, its fields, and the account that an item line posts to."""

    ret: str
    values: Values
    account: str = ""
    members: list["Taken"] | None = None


@dataclass
class PurchaseLines:
    """Works out the lines of one purchase; ``before`` is the transaction that is being changed."""

    books: Books
    kind: PurchaseKind
    before: Transaction | None = None
    found: list[Taken] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    moves: list[StockMove] = field(default_factory=list)
    total: Decimal = ZERO

    def take(self, lines: tuple[Any, ...]) -> None:
        """New lines; expenses stand before items."""
        for line in sorted(lines, key=lambda one: not self._is_expense(one)):
            self._new(line)

    def change(self, lines: tuple[Any, ...], *, clear_expenses: bool, clear_items: bool) -> None:
        """The lines after a Mod: of a sort that is mentioned, those that are not mentioned go."""
        before = self.before.lines if self.before is not None else ()
        by_id = {line.txn_line_id: line for line in before}
        for line in before:
            by_id.update((member.txn_line_id, member) for member in members_of(line))
        for expenses, cleared in ((True, clear_expenses), (False, clear_items)):
            wanted = [line for line in lines if self._is_expense(line) is expenses]
            if not wanted and not cleared:
                wanted = [Form(txn_line_id=line.txn_line_id) for line in before if self._is_expense(line) is expenses]
            for line in wanted:
                self._mentioned(by_id, line)

    def identified(self, accounts: dict[str, str]) -> tuple[Any, ...]:
        """The lines as typed aggregates; new ones get their ids. ``accounts`` is told where each item line posts."""
        return tuple(self._shown(one, accounts) for one in self.found)

    def _shown(self, taken: Taken, accounts: dict[str, str]) -> Any:
        values = taken.values
        values.setdefault("txn_line_id", headers.new_line_id(self.books))
        if taken.account:
            accounts[values["txn_line_id"]] = taken.account
        if taken.members is not None:
            values["total_amount"] = sum((one.values.get("amount", ZERO) for one in taken.members), ZERO)
            values[self._members_field] = tuple(self._shown(one, accounts) for one in taken.members)
        return build(message_class(taken.ret), values)

    @property
    def _members_field(self) -> str:
        return "item_line_rets" if self.kind.line_ret == "ItemLineRet" else "purchase_order_line_rets"

    def _is_expense(self, line: Any) -> bool:
        if "txn_line_id" in vars(line) and line.txn_line_id != headers.NEW_LINE and self.before is not None:
            for old in self.before.lines:
                if old.txn_line_id == line.txn_line_id:
                    return type(old).__name__ == "ExpenseLineRet"
        if isinstance(line, Form):
            return "account" in vars(line)
        return type(line).__name__.startswith("ExpenseLine")

    def _mentioned(self, by_id: dict[str, Any], line: Any) -> None:
        old = headers.old_line(by_id, line)
        if old is None:
            self._new(line)
        elif self._is_expense(old):
            values, _ = headers.changed_line(self.books, old, line, f"{self.kind.tag} expense line")
            self._expense(values)
        elif members_of(old) or "item_group" in vars(old):
            self._changed_group(by_id, old, line)
        else:
            self.found.append(self._changed_item(old, line))

    def _new(self, line: Any) -> None:
        where = f"{self.kind.tag} line"
        if self._is_expense(line):
            self._expense(headers.new_line(self.books, line, message_class("ExpenseLineRet"), where))
        elif "item_group" in vars(line):
            self._new_group(line)
        else:
            values = headers.new_line(self.books, line, message_class(self.kind.line_ret), where)
            self.found.append(self._item(values, PRICES & values.keys(), self._override(line)))

    def _override(self, line: Any) -> str:
        reference = vars(line).get("override_item_account")
        if reference is None or is_empty(reference):
            return ""
        return self.books.resolve("override_item_account", reference, self.kind.tag).list_id

    # expenses

    def _expense(self, values: Values) -> None:
        if not self.kind.account_field:  # what is only ordered posts nothing to an account
            raise cannot_save(self.kind.tag, f"A {self.kind.tag} has no expense lines.")
        amount = values.setdefault("amount", ZERO)
        if "account" not in values:
            if amount:
                raise missing("AccountRef", f"{self.kind.tag} expense line")
        else:
            account = self.books.lists.entry(values["account"].list_id)
            self.postings.append(Posting(account.list_id, self.kind.sign * amount, self._entity(account, values)))
        self.total += amount
        self.found.append(Taken("ExpenseLineRet", values))

    def _entity(self, account: Entry, values: Values) -> str:
        """Receivable accounts are kept by customer."""
        if account.value("account_type") != "AccountsReceivable":
            return ""
        if "customer" not in values:
            raise missing("CustomerRef", f"{self.kind.tag} expense line on accounts receivable")
        return str(values["customer"].list_id)

    # items

    def _new_group(self, line: Any) -> None:
        group = self.books.resolve("item_group", line.item_group, f"{self.kind.tag} item line")
        quantity = line.quantity if line.quantity is not None else Decimal(1)
        self.found.append(self._group({"item_group": group.ref, "quantity": quantity}, group))

    def _group(self, values: Values, group: Entry) -> Taken:
        members = [
            self._item({"item": self.books.lists.entry(item).ref, "quantity": each * values["quantity"]}, PRICES, "")
            for item, each in group.members
        ]
        return Taken(self.kind.group_ret, values, members=members)

    def _changed_group(self, by_id: dict[str, Any], old: Any, line: Any) -> None:
        wanted = next((value for value in vars(line).values() if isinstance(value, tuple)), ())
        values = values_of(old)
        values.pop(self._members_field, None)
        if "quantity" in vars(line) and line.quantity != old.quantity and not wanted:
            values["quantity"] = line.quantity
            self.found.append(self._group(values, self.books.lists.entry(old.item_group.list_id)))
            return
        members = []
        for one in wanted or [Form(txn_line_id=member.txn_line_id) for member in members_of(old)]:
            before = headers.old_line(by_id, one)
            if before is not None:
                members.append(self._changed_item(before, one))
                continue
            fresh = headers.new_line(self.books, one, message_class(self.kind.line_ret), f"{self.kind.tag} line")
            members.append(self._item(fresh, PRICES & fresh.keys(), self._override(one)))
        self.found.append(Taken(self.kind.group_ret, values, members=members))

    def _changed_item(self, old: Any, line: Any) -> Taken:
        values, changes = headers.changed_line(self.books, old, line, f"{self.kind.tag} item line")
        given = PRICES & changes.keys()
        account = self._override(line)
        if not account and "item" not in given and self.before is not None:
            account = self.before.line_accounts.get(old.txn_line_id, "")
        if given and "amount" not in given:
            values.pop("amount", None)
        return self._item(values, given, account)

    def _item(self, values: Values, given: frozenset[str] | set[str], account: str) -> Taken:
        price_field = self.kind.price_field
        if "item" not in values:
            if values.get("amount") or values.get(price_field):
                raise missing("ItemRef", f"{self.kind.tag} item line")
            return Taken(self.kind.line_ret, values)
        entry = self.books.lists.entry(values["item"].list_id)
        quantity, price, amount = values.get("quantity"), values.get(price_field), values.get("amount")
        if amount is None:
            price = price if price is not None else (entry.facts.cost or Decimal(0))
            quantity = quantity if quantity is not None else Decimal(1)
            amount = cents(quantity * price)
        elif quantity and (given or price is None):
            price = (amount / quantity).quantize(FIVE_PLACES).normalize()
        if entry.facts.purchase_desc and "item" in given:
            values.setdefault("desc", entry.facts.purchase_desc)
        values["amount"] = amount
        if quantity is not None:
            values["quantity"] = quantity
        if price is not None:
            values[price_field] = price
        self.total += amount
        target = self._target(entry, quantity, amount, account)
        self.postings.append(Posting(target, self.kind.sign * amount))
        return Taken(self.kind.line_ret, values, account)

    def _target(self, entry: Entry, quantity: Decimal | None, amount: Decimal, account: str) -> str:
        """The account that an item line posts to; goods in stock move."""
        if entry.kind.tag == "ItemInventory":
            moved = self.kind.sign * (quantity if quantity is not None else Decimal(0))
            self.moves.append(StockMove(entry.list_id, moved, self.kind.sign * amount))
        target = entry.facts.asset_account if entry.kind.tag == "ItemInventory" else account or entry.facts.cost_account
        if not target:
            raise Refused(
                3270, f'There is no posting account for the item "{entry.full_name}" in the {self.kind.tag} line.'
            )
        return target
