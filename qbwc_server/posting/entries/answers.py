"""Answers about customers and items that documents name: there, missing, added, refused."""

from __future__ import annotations

from sqlalchemy import update

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.documents.lifecycle import Reason
from qbwc_server.errors import Notice
from qbwc_server.ids import new_id
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.entries.adding import compile_entry
from qbwc_server.posting.entries.ensure import name_key
from qbwc_server.posting.entries.words import Word, be_sure, fell_together, open_question, unsure_word
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.outcome.refused import UNKNOWN_NAMES, tried_again
from qbwc_server.posting.outcome.written import LONGEST_ID
from qbwc_server.posting.patience import MOST_NAMES_IN_USE
from qbwc_server.posting.reply import Reply
from qbwc_server.posting.requests import OneEntry, Purpose, write
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.queue.enqueue import waiting_for
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event
from qbxml import MissingElement
from qbxml.outcome import Cause, Outcome


def read_ensure(work: Work, row: RequestRow, reply: Reply) -> None:
    """Is the entry there? If not, add it where the company allows that."""
    entry, said = work.entry_of(row), reply.said
    list_id = getattr(reply.first, "list_id", None)
    if list_id is not None:
        unsure = unsure_word(work.db, entry)
        present(work, row, entry, list_id)
        if unsure is not None:
            _ask(work, row, entry, unsure)
    elif tried_again(work, row, reply):
        pass
    elif said.outcome in (Outcome.NOTHING_FOUND, Outcome.DONE):
        _create(work, row, entry)
    else:
        refuse(work, row, entry, said.sentence, said.advice, reply)


def read_create(work: Work, row: RequestRow, reply: Reply) -> None:
    """Was the entry added?"""
    entry, said = work.entry_of(row), reply.said
    list_id = getattr(reply.first, "list_id", None) or reply.recovered
    if list_id is not None:
        be_sure(work.db, entry)
        present(work, row, entry, list_id)
    elif said.doubtful or said.outcome is Outcome.DONE:
        work.doubt(row)
    elif tried_again(work, row, reply):
        pass
    elif said.cause is Cause.NAME_IN_USE and row.attempts <= MOST_NAMES_IN_USE:
        work.doubt(row)  # perhaps somebody has just added the very same: look
    else:
        if said.cause in UNKNOWN_NAMES:
            _forget_parents(work, entry)
        refuse(work, row, entry, said.sentence, said.advice, reply)


def _forget_parents(work: Work, entry: ListEntry) -> None:
    """QuickBooks does not know a parent that it had once: it is asked for when a document comes again."""
    parts = name_key(entry.full_name).split(":")
    work.db.execute(
        update(ListEntry)
        .where(
            ListEntry.company_id == work.company.id,
            ListEntry.kind == entry.kind,
            ListEntry.name_key.in_([":".join(parts[:depth]) for depth in range(1, len(parts))]),
        )
        .values(presence=Presence.UNKNOWN)
    )


def present(work: Work, row: RequestRow, entry: ListEntry, list_id: str) -> None:
    """QuickBooks has the entry; what waited for it may go. Raises MissingElement for what is no id."""
    if len(list_id) > LONGEST_ID:
        raise MissingElement(f"{row.message} was answered with an id of {len(list_id)} characters")
    if work.settle(row, Event.DONE, result_id=list_id):
        entry.presence, entry.list_id, entry.changed_at = Presence.PRESENT, list_id, work.now


def _ask(work: Work, row: RequestRow, entry: ListEntry, said: str) -> None:
    """QuickBooks had the entry before a word of ours became its name: a person sees that once, before it is used."""
    word = Word(entry.kind, entry.full_name, said)
    asked = fell_together(word, entry.full_name)
    work.findings.append(open_question(word, asked))
    be_sure(work.db, entry)
    work.cannot_wait(row.id, asked.notice)


def refuse(work: Work, row: RequestRow, entry: ListEntry, why: str, advice: str, reply: Reply | None) -> None:
    """The entry cannot be had: every document that waits for it is told so, and may be submitted again later."""
    if work.settle(row, Event.REFUSED, reply, words=why):
        message = f"The {entry.kind.value} {entry.full_name}: {why}"
        work.cannot_wait(row.id, Notice(Reason.LIST_ENTRY, message, advice))


def _create(work: Work, row: RequestRow, entry: ListEntry) -> None:
    if not waiting_for(work.db, row.id):  # what named it was excluded or revised, or cannot be entered
        work.settle(row, Event.DONE)
        return
    allowed = work.options.create_customers if entry.kind is ListKind.CUSTOMER else work.options.create_items
    if not allowed:
        refuse(
            work,
            row,
            entry,
            "QuickBooks does not have it, and it may not be added from here.",
            f"Add the {entry.kind.value} in QuickBooks under exactly this name, or allow adding; then retry.",
            None,
        )
        return
    guid = new_id()
    try:
        change = compile_entry(entry, guid, work.options)
    except CannotWrite as cannot:
        refuse(work, row, entry, cannot.problem.message, cannot.problem.advice, None)
        return
    if work.settle(row, Event.DONE):
        work.put(write(Purpose.CREATE, OneEntry(entry.id), guid, change), instead_of=row.id)
