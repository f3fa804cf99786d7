"""Acts of the world outside: people in QuickBooks, files that are copied and put back, our own database restored."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bench.soak.records import EXPENSES
from qbwc_server.simulator import Bookkeeper
from qbwc_server.simulator.refusals import Refused
from qbwc_server.simulator.sales_kinds import SALES_KINDS
from qbwc_server.simulator.transactions import Transaction

if TYPE_CHECKING:
    from bench.soak.schedule import Schedule

Edit = Callable[[Bookkeeper, Transaction], object]
PARTIES = {"customer": "Customer", "vendor": "Vendor"}


def _edit(schedule: Schedule, dice: random.Random, words: str, edit: Edit, *, changes: bool = True) -> None:
    """A person opens one of our transactions and does something to it; what QuickBooks refuses has no effect."""
    witness = schedule.witness
    ours = [txn for txn in schedule.stage.file.transactions if txn.txn_id in witness.made and not txn.is_void]
    if not ours:
        return
    txn = dice.choice(ours)
    try:
        edit(Bookkeeper(schedule.stage.file), txn)
    except (Refused, LookupError, IndexError):
        return
    if changes:
        witness.person_touched(txn, words)
    name = f"{txn.kind.tag} {txn.txn_id} (of {witness.origin_of(txn.txn_id)})"
    schedule.story.tell(f"a person in QuickBooks: {words}: {name}")
    schedule.story.count(f"person in QuickBooks: {words}")


def save_unchanged(schedule: Schedule, dice: random.Random) -> None:
    """Opened, and saved as it is."""
    _edit(schedule, dice, "saved as it was", lambda ann, txn: ann.save_unchanged(txn), changes=False)


def renumber(schedule: Schedule, dice: random.Random) -> None:
    """Another number."""
    number = f"N{dice.randrange(10_000)}"
    _edit(schedule, dice, "another number", lambda ann, txn: ann.change(_having(txn, "ref_number"), ref_number=number))


def _having(txn: Transaction, name: str) -> Transaction:
    if name not in txn.values:
        raise LookupError(name)
    return txn


def date_anew(schedule: Schedule, dice: random.Random) -> None:
    """Another date."""
    days = timedelta(days=dice.choice((-40, -3, -1, 1, 2, 30)))
    _edit(schedule, dice, "another date", lambda ann, txn: ann.change(txn, txn_date=txn.txn_date + days))


def another_party(schedule: Schedule, dice: random.Random) -> None:
    """Another customer or vendor."""

    def edit(ann: Bookkeeper, txn: Transaction) -> None:
        field = next(name for name in PARTIES if name in txn.values)
        names = sorted(one.full_name for one in ann.company.entries(PARTIES[field]))
        others = [name for name in names if name != txn.customer]
        ann.change(txn, **{field: dice.choice(others)})

    _edit(schedule, dice, "another customer or vendor", lambda ann, txn: _guarded(edit, ann, txn))


def _guarded(edit: Edit, ann: Bookkeeper, txn: Transaction) -> None:
    try:
        edit(ann, txn)
    except StopIteration:
        raise LookupError("no such field") from None


def another_memo(schedule: Schedule, dice: random.Random) -> None:
    """Another memo."""
    _edit(schedule, dice, "another memo", lambda ann, txn: ann.change(_having(txn, "memo"), memo="As Ann wants it"))


def another_amount(schedule: Schedule, dice: random.Random) -> None:
    """Another amount on a line."""
    more = Decimal(dice.randrange(1, 500)) / 100

    def edit(ann: Bookkeeper, txn: Transaction) -> None:
        priced = [number for number, line in enumerate(txn.lines) if getattr(line, "amount", None)]
        if not priced:
            raise LookupError("no line with an amount")
        number = dice.choice(priced)
        ann.change_line(txn, number, amount=txn.lines[number].amount + more)

    _edit(schedule, dice, "another amount on a line", edit)


def a_line_more(schedule: Schedule, dice: random.Random) -> None:
    """A line of the bookkeeper's own."""
    amount = Decimal(dice.randrange(1, 3_000)) / 100

    def edit(ann: Bookkeeper, txn: Transaction) -> None:
        item = next((one.full_name for one in ann.company.items), None)
        if txn.kind.tag in SALES_KINDS and item is not None:
            ann.add_line(txn, dice.randrange(len(txn.lines) + 1), item=item, amount=amount)
        else:
            ann.add_line(txn, account=dice.choice(EXPENSES), amount=amount)

    _edit(schedule, dice, "a line more", edit)


def a_line_less(schedule: Schedule, dice: random.Random) -> None:
    """A line is deleted."""

    def edit(ann: Bookkeeper, txn: Transaction) -> None:
        if len(txn.lines) < 2:
            raise LookupError("its only line")
        ann.remove_line(txn, dice.randrange(len(txn.lines)))

    _edit(schedule, dice, "a line less", edit)


def reorder(schedule: Schedule, dice: random.Random) -> None:
    """Lines change places."""

    def edit(ann: Bookkeeper, txn: Transaction) -> None:
        order = list(range(len(txn.lines)))
        dice.shuffle(order)
        if order == sorted(order):
            raise LookupError("nothing to change")
        ann.reorder_lines(txn, order)
        schedule.witness.reordered.add(txn.txn_id)

    _edit(schedule, dice, "lines in another order", edit, changes=False)


def void(schedule: Schedule, dice: random.Random) -> None:
    """Voided by a person."""
    _edit(schedule, dice, "voided", lambda ann, txn: ann.void(txn))


def delete(schedule: Schedule, dice: random.Random) -> None:
    """Deleted by a person."""
    _edit(schedule, dice, "deleted", lambda ann, txn: ann.delete(txn))


def type_by_hand(schedule: Schedule, dice: random.Random) -> None:
    """Somebody types a document from the same paper, whether or not it is there already."""
    wishes, witness = schedule.wishes, schedule.witness
    intents = [one for one in wishes.all.values() if one.wanted]
    if not intents:
        return
    intent = dice.choice(intents)
    ann = Bookkeeper(schedule.stage.file)
    standing = witness.live(intent.origin)
    try:
        if standing:
            txn = ann.type_again(standing[0], memo="By hand") if "memo" in standing[0].values else None
        else:
            txn = _typed(ann, intent.record)
    except (Refused, LookupError):
        return
    if txn is not None:
        witness.typed[txn.txn_id] = intent.origin
        schedule.story.tell(f"a person types {intent.named()} by hand: {txn.kind.tag} {txn.txn_id}")
        schedule.story.count("person in QuickBooks: typed the same by hand")


def _typed(ann: Bookkeeper, record: dict[str, Any]) -> Transaction | None:
    """From paper, before ours is there: an invoice of one line with the same number, customer, day and total."""
    items = ann.company.items
    if record["kind"] != "invoice" or not items:
        return None
    amounts = [Decimal(line["amount"]) for line in record["lines"] if "amount" in line]
    lines = [{"item": items[0].full_name, "amount": amount} for amount in amounts]
    return ann.enter(
        "Invoice",
        customer=record["customer"],
        txn_date=record["date"],
        ref_number=record.get("number"),
        memo="By hand",
        lines=lines,
    )


def type_a_stranger(schedule: Schedule, dice: random.Random) -> None:
    """Somebody types an invoice of which we know nothing."""
    ann = Bookkeeper(schedule.stage.file)
    customers = [one.full_name for one in schedule.stage.file.customers if one.is_active]
    items = [one.full_name for one in schedule.stage.file.items if one.is_active]
    if not customers or not items:
        return
    line = {"item": dice.choice(items), "amount": Decimal(dice.randrange(1, 9_999)) / 100}
    try:
        txn = ann.enter("Invoice", customer=dice.choice(customers), lines=[line])
    except Refused:
        return
    schedule.story.tell(f"a person types an invoice of their own: {txn.txn_id}")
    schedule.story.count("person in QuickBooks: typed something else")


# lists


def rename(schedule: Schedule, dice: random.Random) -> None:
    """A customer, vendor or item gets another name."""
    file = schedule.stage.file
    entries = [one for one in (*file.customers, *file.vendors, *file.items) if one.parent is None]
    if not entries:
        return
    entry = dice.choice(entries)
    old, new = entry.full_name, f"{entry.name[:20]} {dice.randrange(100)}"
    try:
        Bookkeeper(file).rename(entry.kind.tag, old, new)
    except Refused:
        return
    schedule.witness.renamed(old, new)
    schedule.story.tell(f"a person renames {entry.kind.tag} {old} to {new}")
    schedule.story.count("person in QuickBooks: renamed an entry")


def merge(schedule: Schedule, dice: random.Random) -> None:
    """Two customers, or two items, become one."""
    file = schedule.stage.file
    for entries in dice.sample((file.customers, file.items, file.vendors), 3):
        if len(entries) < 2:
            continue
        source, target = dice.sample(entries, 2)
        old, new = source.full_name, target.full_name
        try:
            Bookkeeper(file).merge(source.kind.tag, old, new)
        except (Refused, LookupError):
            continue
        schedule.witness.renamed(old, new)
        schedule.story.tell(f"a person merges {source.kind.tag} {old} into {new}")
        schedule.story.count("person in QuickBooks: merged two entries")
        return


def inactive(schedule: Schedule, dice: random.Random) -> None:
    """A customer or item is made inactive, or active again."""
    file = schedule.stage.file
    entries = [*file.customers, *file.items]
    if not entries:
        return
    entry = dice.choice(entries)
    Bookkeeper(file).change_entry(entry.kind.tag, entry.full_name, is_active=not entry.is_active)
    schedule.story.tell(f"a person makes {entry.full_name} {'active' if entry.is_active else 'inactive'}")
    schedule.story.count("person in QuickBooks: made an entry active or inactive")


def close_books(schedule: Schedule, dice: random.Random) -> None:
    """A closing date is set in the middle of the documents' days, with or without a password, or taken away."""
    ann, file = Bookkeeper(schedule.stage.file), schedule.stage.file
    if file.closing_date is not None:
        ann.close_books(None)
    else:
        password = dice.random() < 0.6
        ann.close_books(schedule.first_day + timedelta(days=dice.randrange(12)), password=password)
    schedule.story.tell(f"a person sets the closing date to {file.closing_date}")
    schedule.story.count("person in QuickBooks: closing date")


# files and databases


def copy_file(schedule: Schedule, _: random.Random) -> None:
    """Somebody keeps a copy of the company file."""
    schedule.copies.append(schedule.witness.copy())
    schedule.clock.advance(3)
    schedule.story.tell("somebody copies the company file")


def put_copy(schedule: Schedule, dice: random.Random) -> None:
    """An older copy takes the place of the company file; the newest one is kept aside."""
    if not schedule.copies:
        return
    schedule.newest = schedule.newest or schedule.witness.copy()
    schedule.witness.put_back(dice.choice(schedule.copies))
    schedule.clock.advance(61)
    schedule.file_restored = True
    schedule.story.tell("somebody puts an older copy in the place of the company file")
    schedule.story.count("company file: older copy put in its place")


def put_newest(schedule: Schedule, _: random.Random) -> None:
    """What was kept aside comes back."""
    if schedule.newest is None:
        return
    schedule.witness.put_back(schedule.newest)
    schedule.newest = None
    schedule.clock.advance(61)
    schedule.story.tell("somebody puts the newest company file back")
    schedule.story.count("company file: newest put back")


def open_other(schedule: Schedule, dice: random.Random) -> None:
    """Another company is opened on one of the PCs; the person has to see to it."""
    pc = dice.choice(schedule.stage.pcs)
    if pc.file is schedule.stage.file:
        pc.open_other(schedule.stage.other)
        schedule.story.tell("another company file is opened on one PC")
        schedule.story.count("company file: another one opened")


def back_up_server(schedule: Schedule, _: random.Random) -> None:
    """Our own database is backed up."""
    schedule.keep_server()
    schedule.story.tell("our database is backed up")


def restore_server(schedule: Schedule, _: random.Random) -> None:
    """Our own database is restored, and the server started again."""
    if schedule.restore_server():
        schedule.story.tell("our database is restored from its backup")
        schedule.story.count("server: database restored")
