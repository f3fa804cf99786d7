"""How a demo ended: what was posted, refused and left waiting, what the simulated books say, and whether both agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qbwc_server.channels.report import ImportReport
from qbwc_server.cli.billing_page import show_report
from qbwc_server.cli.demo_billing import DemoBilling, add_what_is_billed
from qbwc_server.cli.demo_feed import DemoFeed
from qbwc_server.cli.demo_folder import COMPANY, ZONE, DemoFolder
from qbwc_server.cli.output import paragraph, print_table, program, say
from qbwc_server.cli.simulate import update_record
from qbwc_server.db import Database
from qbwc_server.documents import store
from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.reports.documents import document_record
from qbwc_server.simulator import UpdateReport
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.scenarios import demo_company
from qbwc_server.tenancy import companies
from qbxml.messages.item import SalesOrPurchase

# The bundled documents that do not get through, and why that is right.
REFUSED = {"demo:invoice:1018": "it names an item that QuickBooks lacks and that may not be added"}
FOR_REVIEW = {
    "shopify:order:5400055583461": "the shop says paid, and that a part is still owed",
    "shopify:order:5400055496352:refund:1": "the shop says that a part was refunded, not when and of what",
    "shopify:order:5400055496352:back:1": "the money of that refund, of which the shop does not say when it went",
}
LEFT_OUT = 1  # an order whose payment was voided

_SHOWN = 4  # documents of each kind
_RECEIVABLE = "Accounts Receivable"


def shop_company() -> CompanyFile:
    """The simulated books of the demo: the trading company, prepared for the orders of its shop."""
    company = demo_company("Riverside Trading Company")
    books = company.books
    account = books.create("Account", "Sales Tax Collected", values={"account_type": "OtherCurrentLiability"})
    charge = SalesOrPurchase(desc="Sales tax collected by the shop", account=account.ref)
    books.create("ItemOtherCharge", "Sales Tax Collected", values={"sales_or_purchase": charge})
    add_what_is_billed(books)
    return company


@dataclass(frozen=True)
class Outcome:
    """All that the summary shows."""

    posted: list[DocumentRow]
    refused: list[DocumentRow]
    waiting: list[DocumentRow]
    imported: list[ImportReport]
    updates: list[UpdateReport]
    billing: DemoBilling | None
    feed: DemoFeed | None
    trial_balance: dict[str, Decimal]
    deviations: list[str]  # from what a demo must come to; empty when all is well

    @property
    def as_expected(self) -> bool:
        """Whether everything that had to be posted was posted, once, and only what had to be refused was refused."""
        return not self.deviations

    def as_record(self) -> dict[str, object]:
        """JSON-ready."""
        return {
            "as_expected": self.as_expected,
            "deviations": self.deviations,
            "imports": [report.as_record() for report in self.imported],
            "updates": [update_record(update) for update in self.updates],
            "posted": [document_record(row) for row in self.posted],
            "refused": [document_record(row) for row in self.refused],
            "waiting": [document_record(row) for row in self.waiting],
            "billing": None if self.billing is None else self.billing.report,
            "told_to_the_feed": [] if self.feed is None else self.feed.told,
            "trial_balance": self.trial_balance,
        }


def look(
    database: Database,
    quickbooks: CompanyFile,
    imported: list[ImportReport],
    updates: list[UpdateReport],
    billing: DemoBilling | None = None,
    feed: DemoFeed | None = None,
) -> Outcome:
    """Compare what the server says with what stands in the simulated books."""
    with database.reading() as db:
        company = companies.find_company(db, COMPANY)
        rows = store.listing(db, company.id, limit=100_000)
    posted = [row for row in rows if row.state is State.POSTED]
    refused = [row for row in rows if row.state is State.FAILED]
    waiting = [row for row in rows if row.state in (State.FOR_REVIEW, State.HELD, State.SUBMITTED)]
    deviations = [
        *_imports_deviate(imported),
        *(f"An update ended with an error: {update.status_line}" for update in updates if not update.ok),
        *_states_deviate(rows, refused, waiting),
        *_books_deviate(posted, quickbooks),
        *([] if billing is None else billing.deviations),
        *([] if feed is None else feed.deviations),
    ]
    if updates and updates[-1].rounds:
        deviations.append("The last update still had something to send.")
    return Outcome(posted, refused, waiting, imported, updates, billing, feed, quickbooks.trial_balance(), deviations)


def _imports_deviate(imported: Sequence[ImportReport]) -> Iterator[str]:
    for report in imported:
        if report.counts.problems:
            yield f"{report.counts.problems} documents of {report.file} did not come in."
    if sum(report.counts.skipped for report in imported) != LEFT_OUT:
        yield f"Not {LEFT_OUT} but {sum(report.counts.skipped for report in imported)} orders were left out."


def _states_deviate(
    rows: Sequence[DocumentRow], refused: Sequence[DocumentRow], waiting: Sequence[DocumentRow]
) -> Iterator[str]:
    if not rows:
        yield "There are no documents."
    for expected, found, what in ((REFUSED, refused, "refused"), (FOR_REVIEW, waiting, "waiting")):
        for row in found:
            if row.origin not in expected:
                yield f"Document {row.id} ({row.origin}) is {row.state.value.replace('_', ' ')}: {row.message or ''}"
        for origin in expected.keys() - {row.origin for row in found}:
            yield f"{origin} should be {what}: {expected[origin]}."
        if any(row.message is None or row.advice is None for row in found):
            yield f"A document that is {what} does not say why, or what to do."


def _books_deviate(posted: Sequence[DocumentRow], quickbooks: CompanyFile) -> Iterator[str]:
    """Each posted document stands in the books once, with its number and total, and nothing else does."""
    in_books = {txn.txn_id: txn for txn in quickbooks.transactions}
    for row in posted:
        txn = in_books.pop(row.txn_id or "", None)
        if txn is None:
            yield f"Document {row.id} ({row.origin}) counts as posted but is not in the books."
        elif (txn.ref_number, txn.total) != (row.posted_number, row.posted_total) or _is_other(row):
            yield f"Document {row.id}: {row.number} of {row.total} became {txn.ref_number} of {txn.total}."
    for txn in in_books.values():
        yield f"The books hold {txn.kind.tag} {txn.ref_number} of {txn.total}, which no document explains."
    balance = quickbooks.trial_balance()
    if sum(balance.values()) != 0:
        yield "Debits and credits of the books differ."
    owed = _sum(posted, "invoice") - _sum(posted, "credit_memo") - _sum(posted, "payment")
    if balance.get(_RECEIVABLE, Decimal(0)) != owed:
        yield f"Customers owe {balance.get(_RECEIVABLE)} by the books, {owed} by the documents."


def _is_other(row: DocumentRow) -> bool:
    """Whether it stands there with another number or total than it says; of what is billed QuickBooks says both."""
    return (row.number or row.posted_number, row.posted_total if row.total is None else row.total) != (
        row.posted_number,
        row.posted_total,
    )


def _sum(rows: Sequence[DocumentRow], kind: str) -> Decimal:
    return sum((row.posted_total or Decimal(0) for row in rows if row.kind == kind), Decimal(0))


def print_outcome(outcome: Outcome, place: DemoFolder) -> None:
    """The summary that a person reads."""
    command = f"{program()} --settings {place.settings_file}"
    say(f"POSTED: {len(outcome.posted)} documents")
    shown = [row for kind in KINDS for row in [r for r in outcome.posted if r.kind == kind][:_SHOWN]]
    print_table(
        ("Kind", "Number", "Date", "Customer", "Total", "TxnID in QuickBooks"),
        [
            (KINDS[row.kind].title, row.posted_number, row.date, row.party, _money(row.total), row.txn_id)
            for row in shown
        ],
        right=("Total",),
    )
    if len(outcome.posted) > len(shown):
        say(f"and {len(outcome.posted) - len(shown)} more: {command} documents list {COMPANY} --state posted")
    for title, rows in (("REFUSED", outcome.refused), ("WAITING", outcome.waiting)):
        say()
        say(f"{title}: {len(rows) or 'nothing'}")
        for row in rows:
            paragraph(f"{KINDS[row.kind].title} {row.number or row.origin}, {row.party}, {_money(row.total)}")
            paragraph(f"  Why: {row.message or 'it waits for the next update'}")
            if row.advice:
                paragraph(f"  What to do: {row.advice}")
    _print_notes(outcome)
    _print_billing(outcome.billing)
    _print_feed(outcome.feed)
    say()
    say("THE BOOKS: trial balance")
    sides = {
        name: (max(amount, Decimal(0)), max(-amount, Decimal(0))) for name, amount in outcome.trial_balance.items()
    }
    sums = (sum((side[at] for side in sides.values()), Decimal(0)) for at in (0, 1))
    print_table(
        ("Account", "Debit", "Credit"),
        [
            *((name, *(_money(amount or None) for amount in side)) for name, side in sides.items()),
            ("Sum", *map(_money, sums)),
        ],
        right=("Debit", "Credit"),
    )
    say()
    if outcome.as_expected:
        say("Everything came as it should: each document stands in the books once, or says why not.")
    else:
        say("NOT AS IT SHOULD BE:")
        for deviation in outcome.deviations:
            paragraph(f"  {deviation}")
    say()
    if outcome.posted:
        say(f"The proof of one of them: {command} documents show {COMPANY} {outcome.posted[0].id}")


def _print_billing(billing: DemoBilling | None) -> None:
    if billing is None:
        return
    say()
    say("BILLED: what a distributor of subscriptions charged")
    show_report(billing.report, ZONE)


def _print_feed(feed: DemoFeed | None) -> None:
    if feed is None or not feed.told:
        return
    say()
    say("TOLD BACK: what became of the documents of a feed")
    last = {one["origin"]: one for one in feed.told}
    print_table(
        ("Document", "Became", "Number", "Total"),
        [(origin, one["became"], one.get("number"), one.get("total")) for origin, one in last.items()],
        right=("Total",),
    )


def _print_notes(outcome: Outcome) -> None:
    noted = [(row, note) for row in outcome.posted for note in (row.notes or {}).get("notes", [])]
    if not noted:
        return
    say()
    say("NOTED on the way")
    for row, note in noted[: 2 * _SHOWN]:
        paragraph(f"  {KINDS[row.kind].title} {row.number or row.origin}: {note}")
    if len(noted) > 2 * _SHOWN:
        say(f"  and {len(noted) - 2 * _SHOWN} more")


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"
