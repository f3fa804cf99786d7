"""A company file on disk between runs, and as a backup: what changed is written in one step, or not at all."""

import json
import sqlite3
import zlib
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from qbwc_server.simulator.books import Books, CompanyFacts, CustomField, Deleted
from qbwc_server.simulator.kinds import LIST_KINDS
from qbwc_server.simulator.ledger import Posting
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.numbering import Counters
from qbwc_server.simulator.recovery import Memory, Stored
from qbwc_server.simulator.shapes import Values, line_fields, message_class, values_of
from qbwc_server.simulator.showing import list_ret, txn_ret
from qbwc_server.simulator.transactions import TXN_KINDS, Application, StockMove, Transaction
from qbxml.messages import MESSAGES
from qbxml.rendering import render
from qbxml.strict import read_element, read_tree
from qbxml.versions import NEWEST

FORMAT = 1
_HEADER = frozenset(
    {
        *("list_id", "time_created", "time_modified", "edit_sequence", "name", "full_name", "is_active"),
        *("parent", "sublevel", "balance", "total_balance", "quantity_on_hand", "average_cost"),
        *("quantity_on_order", "quantity_on_sales_order", "item_group_lines", "data_ext_rets"),
    }
)
_WORKED_OUT = frozenset(
    {
        *("applied_amount", "balance_remaining", "is_paid", "open_amount", "credit_remaining", "unused_payment"),
        *("unused_credits", "applied_to_txn_rets", "linked_txns", "data_ext_rets", "refund_applied_to_txn_rets"),
        *("from_account_balance", "to_account_balance"),
    }
)

Record = dict[str, Any]


class StateError(Exception):
    """The file holds no company of the simulator."""


@dataclass
class Snapshot:
    """A company, or what changed in it, as plain data."""

    head: Record
    entries: dict[str, Record] = field(default_factory=dict)
    transactions: dict[str, Record] = field(default_factory=dict)
    gone: tuple[str, ...] = ()


# -- to plain data ---------------------------------------------------------------------------------


def snapshot(
    books: Books, memory: Memory, path: str, executed: tuple[int, int], *, changes_only: bool = False
) -> Snapshot:
    """The company as it stands, or what changed since the last save."""
    entries = books.changed_entries.values() if changes_only else books.lists
    transactions = books.changed_transactions.values() if changes_only else books.transactions
    return Snapshot(
        head=_head(books, memory, path, executed),
        entries={entry.list_id: _entry(books, entry) for entry in entries},
        transactions={txn.txn_id: _transaction(books, txn) for txn in transactions},
        gone=tuple(books.gone) if changes_only else (),
    )


def _head(books: Books, memory: Memory, path: str, executed: tuple[int, int]) -> Record:
    facts = asdict(books.facts)
    closing = books.facts.closing_date
    facts["closing_date"] = closing.isoformat() if closing is not None else None
    return {
        "format": FORMAT,
        "path": path,
        "executed": list(executed),
        "facts": facts,
        "counters": asdict(books.counters),
        "specials": books.specials,
        "custom_fields": [asdict(one) for one in books.custom_fields.values()],
        "extensions": {
            holder: [[*key, value] for key, value in values.items()] for holder, values in books.extensions.items()
        },
        "deleted_entries": [_deleted(note) for note in books.deleted_entries],
        "deleted_transactions": [_deleted(note) for note in books.deleted_transactions],
        "memory": asdict(memory.stored) if memory.stored is not None else None,
    }


def _deleted(note: Deleted) -> list[str]:
    return [note.tag, note.identity, note.time_created.isoformat(), note.time_deleted.isoformat(), note.name]


def _entry(books: Books, entry: Entry) -> Record:
    has_ret = f"{entry.kind.tag}Ret" in MESSAGES
    return {
        "kind": entry.kind.tag,
        "name": entry.name,
        "parent": entry.parent.list_id if entry.parent is not None else None,
        "active": entry.is_active,
        "created": entry.time_created.isoformat(),
        "modified": entry.time_modified.isoformat(),
        "edit_sequence": entry.edit_sequence,
        "members": [[item, str(quantity)] for item, quantity in entry.members],
        "quantity": str(entry.quantity),
        "stock_value": str(entry.stock_value),
        "ret": render(list_ret(books, entry)) if has_ret else None,
    }


def _transaction(books: Books, txn: Transaction) -> Record:
    return {
        "kind": txn.kind.tag,
        "total": str(txn.total),
        "postings": [[p.account, str(p.amount), p.entity] for p in txn.postings],
        "stock": [[m.item, str(m.quantity), str(m.value)] for m in txn.stock],
        "line_accounts": txn.line_accounts,
        "void": txn.is_void,
        "deposited_in": txn.deposited_in,
        "applied": [
            [a.source, str(a.amount), str(a.discount), a.discount_account, a.via]
            for a in txn.applications
            if a.target == txn.txn_id
        ],
        "ret": render(txn_ret(books, txn)),
    }


# -- from plain data -------------------------------------------------------------------------------


def load(data: Snapshot, books: Books, memory: Memory) -> tuple[str, tuple[int, int]]:
    """Fill new books; returns the company's path, and how many requests and sets were executed.

    Raises:
        StateError: the data are not what :func:`snapshot` makes.
    """
    try:
        _load_head(data.head, books, memory)
        for list_id in data.entries:
            _load_entry(list_id, data.entries, books)
        _load_transactions(data.transactions, books)
        executed = data.head["executed"]
        return data.head["path"], (executed[0], executed[1])
    except (KeyError, TypeError, ValueError) as problem:
        raise StateError(f"The file is damaged, or was written by another version: {problem}") from problem


def _load_head(head: Record, books: Books, memory: Memory) -> None:
    if head["format"] != FORMAT:
        raise StateError(f"The file has format {head['format']}; this version reads format {FORMAT}.")
    facts = dict(head["facts"])
    closing = facts.pop("closing_date")
    books.facts = CompanyFacts(**facts, closing_date=date.fromisoformat(closing) if closing else None)
    books.counters = Counters(**head["counters"])
    books.specials = dict(head["specials"])
    fields = [CustomField(**{**one, "objects": tuple(one["objects"])}) for one in head["custom_fields"]]
    books.custom_fields = {(one.owner, one.name): one for one in fields}
    books.extensions = {
        holder: {(owner, name): value for owner, name, value in values} for holder, values in head["extensions"].items()
    }
    books.deleted_entries = [_read_deleted(one) for one in head["deleted_entries"]]
    books.deleted_transactions = [_read_deleted(one) for one in head["deleted_transactions"]]
    stored = head["memory"]
    if stored is not None:
        memory.stored = Stored(**{**stored, "full": tuple(stored["full"]), "brief": tuple(stored["brief"])})


def _read_deleted(one: list[str]) -> Deleted:
    return Deleted(one[0], one[1], datetime.fromisoformat(one[2]), datetime.fromisoformat(one[3]), one[4])


def _load_entry(list_id: str, records: dict[str, Record], books: Books) -> Entry:
    """Parents first."""
    known = books.lists.get(list_id)
    if known is not None:
        return known
    record = records[list_id]
    parent = _load_entry(record["parent"], records, books) if record["parent"] else None
    values = _read_ret(record["kind"], record["ret"]) if record["ret"] else {}
    entry = Entry(
        kind=LIST_KINDS[record["kind"]],
        list_id=list_id,
        name=record["name"],
        parent=parent,
        is_active=record["active"],
        time_created=datetime.fromisoformat(record["created"]),
        time_modified=datetime.fromisoformat(record["modified"]),
        edit_sequence=record["edit_sequence"],
        values={name: value for name, value in values.items() if name not in _HEADER},
        members=tuple((item, Decimal(quantity)) for item, quantity in record["members"]),
        quantity=Decimal(record["quantity"]),
        stock_value=Decimal(record["stock_value"]),
    )
    books.lists.insert(entry)
    return entry


def _read_ret(tag: str, xml: str) -> Values:
    root, _ = read_tree(xml)
    return values_of(read_element(message_class(f"{tag}Ret"), root, NEWEST))


def _load_transactions(records: dict[str, Record], books: Books) -> None:
    found: list[Transaction] = []
    for record in records.values():
        values = _read_ret(record["kind"], record["ret"])
        fields = line_fields(message_class(f"{record['kind']}Ret"))
        lines = tuple(line for name in dict.fromkeys(fields.values()) for line in values.pop(name, ()))
        found.append(
            Transaction(
                kind=TXN_KINDS[record["kind"]],
                values={name: value for name, value in values.items() if name not in _WORKED_OUT},
                lines=lines,
                total=Decimal(record["total"]),
                postings=tuple(Posting(account, Decimal(amount), of) for account, amount, of in record["postings"]),
                stock=tuple(StockMove(item, Decimal(q), Decimal(value)) for item, q, value in record["stock"]),
                line_accounts=dict(record["line_accounts"]),
                is_void=record["void"],
                deposited_in=record["deposited_in"],
            )
        )
    found.sort(key=lambda txn: txn.txn_number)
    for txn in found:
        books.ledger.post(txn.postings)
        books.transactions.add(txn)
    for txn in sorted(found, key=lambda txn: txn.time_modified):
        books.transactions.unindex(txn)
        books.transactions.index(txn)
    for target_id, record in records.items():
        for source, amount, discount, account, via in record["applied"]:
            one = Application(source, target_id, Decimal(amount), Decimal(discount), account, via)
            for txn_id in (source, target_id):
                if (txn_or_none := books.transactions.get(txn_id)) is not None:
                    txn_or_none.applications.append(one)


# -- as bytes and as a file ------------------------------------------------------------------------


def pack(data: Snapshot) -> bytes:
    """A snapshot as bytes."""
    plain = {"head": data.head, "entries": data.entries, "transactions": data.transactions}
    return zlib.compress(json.dumps(plain, ensure_ascii=False).encode())


def unpack(packed: bytes) -> Snapshot:
    """The snapshot in these bytes.

    Raises:
        StateError: it is none.
    """
    try:
        plain = json.loads(zlib.decompress(packed))
        return Snapshot(plain["head"], plain["entries"], plain["transactions"])
    except (zlib.error, ValueError, KeyError, TypeError) as problem:
        raise StateError("This is no backup of a simulated company file.") from problem


class StateFile:
    """A company on disk: an SQLite database with one row per list element and transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_new = not path.exists() or path.stat().st_size == 0
        if not self.is_new:
            self._check()

    def _check(self) -> None:
        try:
            with self._connect() as db:
                db.execute("SELECT count(*) FROM parts").fetchone()
        except sqlite3.Error as problem:
            raise StateError(f"{self.path.name} holds no simulated company.") from problem

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, isolation_level="IMMEDIATE")

    def snapshot(self) -> Snapshot:
        """All that the file holds."""
        data = Snapshot({})
        with self._connect() as db:
            for part, identity, body in db.execute("SELECT part, id, body FROM parts ORDER BY rowid"):
                record = json.loads(body)
                if part == "head":
                    data.head = record
                elif part == "entry":
                    data.entries[identity] = record
                else:
                    data.transactions[identity] = record
        db.close()
        return data

    def replace(self, data: Snapshot) -> None:
        """Write a whole company in place of what was there."""
        with self._connect() as db:
            db.execute("CREATE TABLE IF NOT EXISTS parts (part TEXT, id TEXT, body TEXT, PRIMARY KEY (part, id))")
            db.execute("DELETE FROM parts")
            self._write(db, data)
        db.close()

    def update(self, data: Snapshot) -> None:
        """Write what changed; all of it or nothing."""
        with self._connect() as db:
            db.executemany("DELETE FROM parts WHERE id = ?", [(identity,) for identity in data.gone])
            self._write(db, data)
        db.close()

    @staticmethod
    def _write(db: sqlite3.Connection, data: Snapshot) -> None:
        rows = [("head", "", data.head)]
        rows += [("entry", identity, record) for identity, record in data.entries.items()]
        rows += [("transaction", identity, record) for identity, record in data.transactions.items()]
        db.executemany(
            "INSERT INTO parts (part, id, body) VALUES (?, ?, ?) "
            "ON CONFLICT (part, id) DO UPDATE SET body = excluded.body",
            [(part, identity, json.dumps(record, ensure_ascii=False)) for part, identity, record in rows],
        )
