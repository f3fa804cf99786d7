"""The qbXML of every kind, byte by byte: ``python -m tests.qbwc_server.posting.transactions.golden_files`` writes it.

Look at what has changed before you keep it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from qbwc_server.documents.kinds import Document
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.texts import Texts
from qbwc_server.posting.transactions import TRANSACTIONS
from qbwc_server.posting.transactions.compiled import compile_add, compile_change, compile_void
from qbwc_server.posting.transactions.last_writing import left_by
from qbwc_server.posting.transactions.standing import Standing
from qbwc_server.posting.transactions.writing import LastWriting, Writing
from qbwc_server.simulator.company_file import CompanyFile
from qbxml import message_set, read_answers, render
from tests.kinds_examples import GOLDEN, example, furnish, needed, revision, unmarked

GUID = UUID("6b1f4a3e-2d5c-4f7a-9c1b-0a1b2c3d4e5f")
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
OPTIONS = PostingOptions.model_validate({})


def texts(kind: str) -> dict[str, str]:
    """Every text that is sent about a kind, by the name of its file."""
    rules, document = TRANSACTIONS[kind], example(kind)
    books = CompanyFile("Kern Lighting", now=lambda: NOW)
    furnish(books)
    txn_ids: dict[str, str] = {}
    for other in needed(document):
        txn_ids[other.origin] = _asked(books, other.kind, unmarked(other.kind, other, _writing(txn_ids))).txn_id
    found = {"add": compile_add(document, GUID, OPTIONS, txn_ids).xml or ""}
    entered = _asked(books, kind, found["add"])
    there = _asked(books, kind, render(rules.by_id([entered.txn_id], GUID)))
    found["read"] = render(rules.by_id([entered.txn_id], GUID))
    if rules.mod_message is not None:
        last = LastWriting(document, left_by(entered, 1)["lines"], None, txn_ids)
        changed: Document = revision(kind)
        found["change"] = compile_change(changed, there, GUID, OPTIONS, last).xml or ""
    if rules.voidable:
        found["void"] = compile_void(kind, entered.txn_id, GUID).xml or ""
    if rules.document.number_limit:
        found["look_by_number"] = render(rules.by_number(["1001"], GUID))
    found["look_by_day"] = render(rules.by_day(date(2026, 3, 2), GUID))
    found["look_by_change"] = render(rules.modified_since(NOW, GUID))
    return {name: _readable(xml) for name, xml in found.items()}


def _writing(txn_ids: dict[str, str]) -> Writing:
    return Writing(OPTIONS, Texts(OPTIONS.characters), txn_ids)


def _asked(books: CompanyFile, kind: str, request: str) -> Standing:
    books.open()
    answer = books.process(message_set([request]))
    books.close()
    return TRANSACTIONS[kind].standing(next(next(read_answers(answer)).rets))


def _readable(xml: str) -> str:
    """One element a line, as far as elements hold elements."""
    return xml.replace("><", ">\n<") + "\n"


if __name__ == "__main__":
    for kind in TRANSACTIONS:
        for name, text in texts(kind).items():
            (GOLDEN / kind / f"{name}.xml").write_text(text, encoding="utf-8")
