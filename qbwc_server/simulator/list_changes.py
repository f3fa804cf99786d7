"""Adding, changing and deleting list elements as requests ask for it."""

from decimal import Decimal
from typing import Any

from qbwc_server.simulator import journal
from qbwc_server.simulator.books import Books, Deleted
from qbwc_server.simulator.kinds import LIST_KINDS
from qbwc_server.simulator.ledger import ZERO, Posting
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.numbering import edit_sequence
from qbwc_server.simulator.refusals import in_use, missing, out_of_date, unknown_object, wrong_value
from qbwc_server.simulator.sales_header import address_block
from qbwc_server.simulator.shapes import Values, copied, message_class, references
from qbwc_server.simulator.transactions import TXN_KINDS, Transaction
from qbxml.shared import AdditionalNotesRet, ContactsRet

HEADER_FIELDS = ("list_id", "edit_sequence", "name", "is_active", "parent", "time_created", "time_modified")
ADDRESSES = ("bill_address", "ship_address", "vendor_address")
NEEDED_ACCOUNTS = {"ItemInventory": ("income_account", "cogs_account", "asset_account"), "ItemDiscount": ("account",)}


def add(books: Books, tag: str, message: Any) -> Entry:
    """Add a list element.

    Raises:
        Refused: nothing was added.
    """
    kind = LIST_KINDS[tag]
    parent = books.lists.parent_of(kind, vars(message).get("parent"))
    books.lists.check_name(kind, message.name, parent)
    books.lists.check_room(kind)
    values = copied(message, message_class(f"{tag}Ret"))
    for name in HEADER_FIELDS:
        values.pop(name, None)
    if "currency" in values:
        books.require(books.facts.multi_currency)
    books.resolve_all(values, tag)
    _check_accounts(tag, values)
    _add_details(books, message, values)
    opening = vars(message).get("open_balance") or ZERO
    if opening:
        day = vars(message).get("open_balance_date") or books.clock.time().date()
        books.check_open(day, "add", tag)
    is_active = message.is_active is not False
    entry = books.create(tag, message.name, parent=parent, is_active=is_active, values=values)
    if opening:
        _open_balance(books, entry, opening, vars(message).get("open_balance_date"))
    if tag == "ItemInventory":
        _open_stock(books, entry, message)
    return entry


def modify(books: Books, tag: str, message: Any) -> Entry:
    """Change a list element.

    Raises:
        Refused: nothing was changed.
    """
    kind = LIST_KINDS[tag]
    entry = books.lists.get(message.list_id)
    if entry is None or entry.kind is not kind:
        raise unknown_object(message.list_id)
    if message.edit_sequence != entry.edit_sequence:
        raise out_of_date(message.edit_sequence)
    changes = copied(message, message_class(f"{tag}Ret"))
    for name in HEADER_FIELDS:
        changes.pop(name, None)
    changes |= _changed_parts(entry, message)
    cleared = {
        name
        for name, value in changes.items()
        if value == "" or (hasattr(value, "list_id") and not (value.list_id or value.full_name))
    }
    changes = {name: value for name, value in changes.items() if name not in cleared}
    books.resolve_all(changes, tag)
    name = message.name if message.name is not None else entry.name
    parent = entry.parent
    if vars(message).get("parent") is not None:
        parent = books.lists.parent_of(kind, message.parent)
        if parent is not None and books.lists.descends(parent, entry):
            raise wrong_value("ParentRef", parent.full_name, "An element cannot stand below itself.")
    books.lists.check_name(kind, name, parent, self_=entry)
    entry.values = {key: value for key, value in {**entry.values, **changes}.items() if key not in cleared}
    _show_addresses(entry.values)
    if message.is_active is not None:
        entry.is_active = message.is_active
    if name != entry.name or parent is not entry.parent:
        books.rename(entry, name, parent)
    books.touch_entry(entry)
    return entry


def _changed_parts(entry: Entry, message: Any) -> Values:
    """What an item says of its sale and purchase, as it is after the change: what is left out stays."""
    changed: Values = {}
    for name in ("sales_or_purchase", "sales_and_purchase"):
        part = vars(message).get(f"{name}_mod")
        if part is None:
            continue
        before = entry.values.get(name)
        if before is None:
            raise wrong_value(name, entry.full_name, "The item is of the other sort.")
        said = copied(part, type(before))
        changed[name] = type(before)(**{**vars(before), **said})
    return changed


def delete(books: Books, tag: str, list_id: str) -> Deleted:
    """Delete a list element that nothing uses.

    Raises:
        Refused: 3120 there is none such, 3160 it is in use.
    """
    entry = books.lists.get(list_id)
    if entry is None or entry.kind.tag != tag:
        raise unknown_object(list_id)
    used = (
        books.lists.has_children(entry)
        or list_id in books.specials.values()
        or books.facts.default_sales_tax_item == list_id
        or any(books.uses(txn, list_id) for txn in books.transactions)
        or any(_refers(other, list_id) for other in books.lists if other is not entry)
    )
    if used:
        raise in_use(tag, entry.full_name)
    return books.forget(entry)


MERGED = ("Account", "Class", "Customer", "Vendor", "OtherName", "Employee")
"""The lists whose elements can be merged, besides items."""


def merge(books: Books, source: Entry, target: Entry) -> Deleted:
    """Merge two list elements of one kind; all that named ``source`` names ``target`` from now on.

    Raises:
        Refused: nothing was changed.
    """
    kind = source.kind
    if source is target or kind is not target.kind or (kind.tag not in MERGED and kind.space != "item"):
        raise wrong_value("MergeTo", target.full_name, "Only two different elements of one kind can be merged.")
    if source.list_id in books.specials.values() or books.lists.descends(target, source):
        raise wrong_value("MergeFrom", source.full_name, "This element cannot be merged into another one.")
    names = {one.name.lower() for one in books.lists if one.parent is target}
    if any(one.name.lower() in names for one in books.lists if one.parent is source):
        raise wrong_value("MergeFrom", source.full_name, "Both have jobs or sub-elements of the same name.")
    note = books.merge(source, target)
    books.touch_entry(target)
    return note


def _refers(entry: Entry, list_id: str) -> bool:
    return any(reference.list_id == list_id for reference in references(entry.values.values())) or any(
        item == list_id for item, _ in entry.members
    )


def _check_accounts(tag: str, values: Values) -> None:
    for name in NEEDED_ACCOUNTS.get(tag, ()):
        if name not in values:
            raise missing(name, tag)
    one = values.get("sales_or_purchase")
    if one is not None and one.account is None:
        raise missing("AccountRef", tag)
    both = values.get("sales_and_purchase")
    if both is not None and both.income_account is None:
        raise missing("IncomeAccountRef", tag)


def _show_addresses(values: Values) -> None:
    for name in ADDRESSES:
        block = address_block(values.get(name))
        if block is None:
            values.pop(f"{name}_block", None)
        else:
            values[f"{name}_block"] = block


def _add_details(books: Books, message: Any, values: Values) -> None:
    """What a Ret shows in another form than the Add gives it."""
    held = vars(message)
    now = books.clock.time()
    _show_addresses(values)
    if (code := held.get("bar_code")) is not None and code.bar_code_value:
        values["bar_code_value"] = code.bar_code_value
    if contacts := held.get("contacts"):
        values["contacts_rets"] = tuple(
            ContactsRet(
                list_id=books.counters.list_id(now),
                time_created=now,
                time_modified=now,
                edit_sequence=edit_sequence(now, None, coarse=True),
                **copied(contact, ContactsRet),
            )
            for contact in contacts
        )
    if notes := held.get("additional_notes"):
        values["additional_notes_rets"] = tuple(
            AdditionalNotesRet(note_id=number, date_=now.date(), note=note.note)
            for number, note in enumerate(notes, start=1)
        )
    for name in ("quantity_on_hand", "average_cost"):
        values.pop(name, None)  # these follow from the stock


def _open_balance(books: Books, entry: Entry, amount: Decimal, day: Any) -> None:
    """The balance with which a customer, vendor or account begins, against opening balance equity."""
    if entry.kind.tag == "Account":
        debit = entry.value("account_type") in ("Bank", "OtherCurrentAsset", "FixedAsset", "OtherAsset", "Expense")
        side = Posting(entry.list_id, amount if debit else -amount)
    elif entry.kind.tag == "Vendor":
        side = Posting(books.special("AccountsPayable").list_id, -amount, entry.list_id)
    else:
        side = Posting(books.special("AccountsReceivable").list_id, amount, entry.list_id)
    _opening(books, (side,), amount, day)


def _open_stock(books: Books, entry: Entry, message: Any) -> None:
    quantity = message.quantity_on_hand or Decimal(0)
    if not quantity:
        return
    value = message.total_value
    if value is None:
        value = (quantity * (message.purchase_cost or Decimal(0))).quantize(ZERO)
    entry.quantity, entry.stock_value = quantity, value
    if value:
        _opening(books, (Posting(entry.facts.asset_account, value),), value, message.inventory_date)


def _opening(books: Books, sides: tuple[Posting, ...], total: Decimal, day: Any) -> None:
    equity = books.special("OpeningBalanceEquity").list_id
    rest = -sum((side.amount for side in sides), ZERO)
    postings = (*sides, Posting(equity, rest))
    values: Values = {"txn_date": day or books.clock.time().date(), "is_adjustment": False}
    books.stamp_new(values)
    txn = Transaction(TXN_KINDS["JournalEntry"], values, total=abs(total), postings=postings)
    txn.lines = journal.lines_for(books, postings)
    books.enter(txn)
