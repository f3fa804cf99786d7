"""The lines of a sales document: new ones, kept ones and changed ones, as a request mentions them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.headers import NEW_LINE
from qbwc_server.simulator.pricing import Priced, Pricer
from qbwc_server.simulator.refusals import Refused, missing, unknown_object
from qbwc_server.simulator.sales_kinds import SalesKind
from qbwc_server.simulator.shapes import Values, copied, is_empty, values_of
from qbwc_server.simulator.transactions import members_of

CANNOT_BE_CLEARED = frozenset({"item", "quantity", "rate", "amount", "sales_tax_code"})
PRICE_FIELDS = frozenset({"item", "quantity", "rate", "rate_percent", "amount"})


@dataclass
class LineReader:
    """Turns the lines of one request into worked out lines.

    ``accounts`` tells to which account each line of before posts, by TxnLineID.
    """

    books: Books
    kind: SalesKind
    pricer: Pricer
    accounts: dict[str, str]

    def new(self, line: Any) -> Priced:
        """A line that was not there before."""
        if "item_group" in vars(line):
            return self._new_group(line)
        values = copied(line, self.kind.line_ret)
        values.pop("txn_line_id", None)
        self.books.resolve_all(values, f"{self.kind.tag} line")
        if (level := vars(line).get("price_level")) is not None:
            entry = self.books.resolve("price_level", level, f"{self.kind.tag} line")
            if "item" not in values:
                raise missing("ItemRef", f"{self.kind.tag} line")
            self.pricer.level = entry
        account = self._override(line)
        given = PRICE_FIELDS & values.keys()
        priced = self.pricer.line(values, given=given, account=account, override=bool(account))
        self.pricer.level = None
        return priced

    def kept(self, line: Any) -> Priced:
        """A line of before, as it was; percentages and subtotals are worked out anew."""
        if "item_group" in vars(line):
            return Priced(values_of(line), members=[self.kept(member) for member in members_of(line)])
        before = values_of(line)
        account = self.accounts.get(line.txn_line_id, "")
        priced = self.pricer.line(before.copy(), is_new=False, account=account)
        if priced.values == before:
            priced.untouched = line
        return priced

    def mentioned(self, lines: tuple[Any, ...], wanted: tuple[Any, ...]) -> list[Priced]:
        """The lines that a Mod mentions, in its order; all other ``lines`` are gone."""
        before = {line.txn_line_id: line for line in lines}
        for line in lines:
            before.update((member.txn_line_id, member) for member in members_of(line))
        return [self._mentioned(before, line) for line in wanted]

    def _mentioned(self, before: dict[str, Any], line: Any) -> Priced:
        if line.txn_line_id == NEW_LINE:
            return self.new(line)
        old = before.pop(line.txn_line_id, None)
        if old is None:
            raise unknown_object(line.txn_line_id)
        return self._changed_group(old, line) if "item_group" in vars(old) else self._changed(old, line)

    def _override(self, line: Any) -> str:
        reference = vars(line).get("override_item_account")
        if reference is None:
            return ""
        return self.books.resolve("override_item_account", reference, f"{self.kind.tag} line").list_id

    def _new_group(self, line: Any) -> Priced:
        group = self.books.resolve("item_group", line.item_group, f"{self.kind.tag} line")
        return self._members(group.ref, line.quantity if line.quantity is not None else Decimal(1))

    def _members(self, reference: Any, quantity: Decimal) -> Priced:
        group = self.books.lists.entry(reference.list_id)
        values: Values = {"item_group": reference, "quantity": quantity, "is_print_items_in_group": True}
        if group.value("item_desc"):
            values["desc"] = group.value("item_desc")
        members = []
        for item_id, each in group.members:
            member: Values = {"item": self.books.lists.entry(item_id).ref, "quantity": each * quantity}
            members.append(self.pricer.line(member, given=frozenset({"item", "quantity"})))
        return Priced(values, group, members=members)

    def _changed(self, old: Any, line: Any) -> Priced:
        if len(vars(line)) == 1:
            return self.kept(old)
        changes = copied(line, self.kind.line_ret)
        cleared = {name for name, value in changes.items() if is_empty(value)}
        for name in sorted(cleared & CANNOT_BE_CLEARED):
            raise Refused(3153, f'The field "{name}" of the {self.kind.tag} line cannot be cleared.')
        changes = {name: value for name, value in changes.items() if name not in cleared}
        self.books.resolve_all(changes, f"{self.kind.tag} line")
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
        override = self._override(line)
        account = override or self.accounts.get(old.txn_line_id, "")
        return self.pricer.line(values, given=given, is_new=False, account=account, override=bool(override))

    def _changed_group(self, old: Any, line: Any) -> Priced:
        wanted = next((value for value in vars(line).values() if isinstance(value, tuple)), ())
        if wanted:
            return Priced(values_of(old), members=self.mentioned(members_of(old), wanted))
        if "quantity" in vars(line) and line.quantity != old.quantity:
            resized = self._members(old.item_group, line.quantity)
            resized.values["txn_line_id"] = old.txn_line_id
            return resized
        return self.kept(old)
