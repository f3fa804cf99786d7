"""What the books hold of documents when nothing goes wrong: the measure for what they hold after everything did."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bench.soak.office import Office
from bench.soak.stage import Stage
from bench.soak.wishes import Intent
from bench.soak.witness import OF_THE_FILE, Witness, plain
from qbwc_server.simulator.transactions import Transaction

if TYPE_CHECKING:
    from bench.soak.schedule import Schedule

SESSIONS = 8
DEFAULTS = ("due_date", "ship_date", "is_to_be_printed", "is_to_be_emailed")
"""What QuickBooks fills in when a document is entered, and keeps when it is changed: compared if it was given."""


class Twin:
    """The same documents in a company of their own, entered by one connector without trouble."""

    def __init__(self, schedule: Schedule, intents: Sequence[Intent]) -> None:
        self.stage = Stage(schedule.servers, f"{schedule.code}-twin{schedule.judged}", random.Random(0), connectors=1)
        self.stage.add_qwc()
        self.stage.file.switches = schedule.stage.file.switches
        self.witness = Witness(self.stage.file)
        office = Office(schedule.servers.database, self.stage.code, schedule.clock)
        office.bring([intent.document for intent in intents])
        for _ in range(SESSIONS):
            schedule.clock.advance(601)
            if self.stage.connectors[0].update().status_line == "No data exchange required":
                break
        self.stage.close()

    def of(self, origin: str) -> Transaction | None:
        """The transaction of a document; None where it could not be entered even so."""
        live = self.witness.live(origin)
        return live[0] if len(live) == 1 else None


def differences(intent: Intent, here: Transaction, there: Transaction, mine: Witness, twins: Witness) -> list[str]:
    """Field by field, what the books say instead of what they ought to say."""
    any_order = here.txn_id in mine.reordered
    left, right = _shown(intent, here, mine, mine, any_order), _shown(intent, there, twins, mine, any_order)
    return [
        f"{name} is {left.get(name)!r} instead of {right.get(name)!r}"
        for name in sorted({*left, *right})
        if left.get(name) != right.get(name)
    ]


def _shown(intent: Intent, txn: Transaction, of: Witness, names: Witness, any_order: bool) -> dict[str, Any]:
    record = intent.record
    shown = {
        name: plain(value, names.same_name)
        for name, value in txn.values.items()
        if name not in OF_THE_FILE and (name not in DEFAULTS or name in record)
    }
    if "number" not in record:
        shown.pop("ref_number", None)
    shown["kind"], shown["total"] = txn.kind.tag, txn.total
    lines = [_line(line, of, names) for line in txn.lines]
    shown |= {f"line {n}": line for n, line in enumerate(sorted(lines, key=repr) if any_order else lines, 1)}
    accounts = of.file.books.lists
    for posting in txn.postings:
        account = f"posted to {names.same_name(accounts.entry(posting.account).full_name)}"
        shown[account] = shown.get(account, 0) + posting.amount
    if any("quantity_difference" in line and "value_difference" not in line for line in record.get("lines", ())):
        _without_values(shown)
    applied = [(of.origin_of(one.target), one.amount) for one in txn.applications if one.source == txn.txn_id]
    if applied:
        shown["applied"] = sorted(applied)
    return shown


def _without_values(shown: dict[str, Any]) -> None:
    """QuickBooks values an adjustment of stock by the average cost of the moment, which differs between two books."""
    for name in [name for name in shown if name == "total" or name.startswith("posted to ")]:
        del shown[name]
    for name in [name for name in shown if name.startswith("line ")]:
        shown[name].pop("value_difference", None)


def _line(line: Any, of: Witness, names: Witness) -> Any:
    shown = plain(line, names.same_name)
    if getattr(line, "txn_id", None):
        shown["of"] = of.origin_of(line.txn_id)
        for name in ("check_number", "memo"):  # of what is deposited, which people may change there
            shown.pop(name, None)
    return shown
