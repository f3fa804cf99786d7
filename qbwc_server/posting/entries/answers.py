"""Answers about customers and items that documents name: there, missing, renamed, inactive, added, refused."""

from __future__ import annotations

from sqlalchemy import update

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.documents.lifecycle import Reason
from qbwc_server.documents.open_work import Finding, WorkKind
from qbwc_server.errors import Notice
from qbwc_server.ids import new_id
from qbwc_server.list_kinds import PARTIES, ListKind
from qbwc_server.posting.entries.adding import TAX_VENDOR, compile_entry
from qbwc_server.posting.entries.ensure import ADDED, asked_for, name_key
from qbwc_server.posting.entries.words import Word, be_sure, fell_together, open_question, unsure_word
from qbwc_server.posting.outcome.outcome import Work
from qbwc_server.posting.outcome.refused import UNKNOWN_NAMES, tried_again
from qbwc_server.posting.outcome.written import LONGEST_ID
from qbwc_server.posting.patience import LONGEST_INACTIVE, MOST_NAMES_IN_USE
from qbwc_server.posting.requests import OneEntry, Purpose, write
from qbwc_server.posting.texts import CannotWrite
from qbwc_server.queue.enqueue import waiting_for
from qbwc_server.queue.reply import Reply
from qbwc_server.queue.sets import first_sent
from qbwc_server.queue.settling import RequestRow
from qbwc_server.queue.states import Event
from qbxml import MissingElement
from qbxml.messages.item import ItemGroupRet
from qbxml.outcome import Cause, Outcome

_ONE_SPACE = "customers, vendors, employees and other names may not have the same name there"
_USE = "use it from now on (open-work use-name)"
_ADD = "have the old name added as a new entry (open-work add-anew)"
ADVICE_RENAMED = f"Say which is meant: {_USE}, or {_ADD}. Then submit the document again."
ADVICE_GONE = f"Find out what it is called now and {_USE}, or {_ADD}. Then submit the document again."


def read_ensure(work: Work, row: RequestRow, reply: Reply) -> None:
    """Is the entry there? If not, add it where the company allows that."""
    entry, said = work.entry_of(row), reply.said
    list_id = getattr(reply.first, "list_id", None)
    if list_id is not None:
        unsure = unsure_word(work.db, entry)
        if _usable(work, row, entry, reply) and unsure is not None:
            _ask(work, row, entry, unsure)
    elif tried_again(work, row, reply):
        pass
    elif said.outcome not in (Outcome.NOTHING_FOUND, Outcome.DONE):
        refuse(work, row, entry, said.sentence, said.advice, reply)
    elif entry.called is not None or (entry.list_id is not None and entry.presence is not Presence.RESTORED):
        _another_name(work, row, entry, None)
    else:
        _create(work, row, entry)


def read_follow(work: Work, row: RequestRow, reply: Reply) -> None:
    """What is called how now that once was the entry? Not there: it is asked for by its name, and is never added."""
    entry, said = work.entry_of(row), reply.said
    if getattr(reply.first, "list_id", None) is not None:
        name = str(getattr(reply.first, "full_name", None) or getattr(reply.first, "name", ""))
        if name_key(name) == name_key(work.options.name_of(entry.kind, entry.full_name)):
            if _usable(work, row, entry, reply):
                work.settled_work.append((WorkKind.ENTRY_RENAMED, about_entry(entry)))
        else:
            _another_name(work, row, entry, name)
    elif tried_again(work, row, reply):
        pass
    elif said.outcome in (Outcome.NOTHING_FOUND, Outcome.DONE) or said.cause is Cause.NOT_THERE:
        if work.settle(row, Event.DONE):
            work.put(asked_for(entry, work.options, by_name=True), instead_of=row.id)
    else:
        refuse(work, row, entry, said.sentence, said.advice, reply)


def _usable(work: Work, row: RequestRow, entry: ListEntry, reply: Reply) -> bool:
    """Whether a document may name what was found; if not, what waits for it is told so, or waits on."""
    found = reply.first
    if isinstance(found, ItemGroupRet):
        why = "It is a group item in QuickBooks, and lines with groups are not written from here."
        refuse(work, row, entry, why, "Name the items of the group, each in a line of its own.", None)
        return False
    if getattr(found, "is_active", None) is False:
        _inactive(work, row, entry)
        return False
    present(work, row, entry, getattr(found, "list_id", ""))
    if row.attempts > 1:
        work.settled_work.append((WorkKind.ENTRY_INACTIVE, about_entry(entry)))
    return True


def _inactive(work: Work, row: RequestRow, entry: ListEntry) -> None:
    """It is asked for in each session until somebody makes it active."""
    why, advice = "It is inactive in QuickBooks.", "Make it active there; what waits for it then goes on by itself."
    finding = Finding(WorkKind.ENTRY_INACTIVE, about_entry(entry), f"The {_called(entry)}: {why}", advice)
    if not waiting_for(work.db, row.id):
        work.settle(row, Event.DONE)
        return
    work.findings.append(finding)
    if work.now - (first_sent(work.db, row.id) or work.now) > LONGEST_INACTIVE:
        refuse(work, row, entry, why, "Make it active there, then submit the document again.", None)
    else:
        work.settle(row, Event.LOCKED, words=why)


def _another_name(work: Work, row: RequestRow, entry: ListEntry, name: str | None) -> None:
    """QuickBooks has it under another name, or not at all any more: a person says what is meant from now on."""
    if name is None:
        known = work.options.name_of(entry.kind, entry.full_name)
        under = "" if known == entry.full_name else f' as "{known}"'
        why = f"QuickBooks had it{under} and has none of that name now: it was merged into another, deleted or renamed."
    else:
        why = f'It is called "{name}" in QuickBooks now.'
    advice = ADVICE_RENAMED if name is not None else ADVICE_GONE
    message = f"The {_called(entry)}: {why}"
    detail = {"entry": entry.id, "name": name}
    work.findings.append(Finding(WorkKind.ENTRY_RENAMED, about_entry(entry), message, advice, detail=detail))
    refuse(work, row, entry, why, advice, None)


def found_under_another_name(work: Work, row: RequestRow, entry: ListEntry, list_id: str, name: str) -> None:
    """What was added here was renamed before anybody had heard of it: a person says what is meant from now on."""
    entry.list_id, entry.changed_at = list_id, work.now
    _another_name(work, row, entry, name)


def about_entry(entry: ListEntry) -> str:
    """What open work about an entry is about."""
    return f"{entry.kind.value} {entry.full_name}"


def _called(entry: ListEntry) -> str:
    return f"{entry.kind.value.replace('_', ' ')} {entry.full_name}"


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
        if said.cause is Cause.NAME_IN_USE and entry.kind in PARTIES:
            why = f"QuickBooks has the name for an entry of another list: {_ONE_SPACE}."
            refuse(work, row, entry, why, "Give one of them another name, then submit the document again.", reply)
        else:
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
        message = f"The {_called(entry)}: {why}"
        work.cannot_wait(row.id, Notice(Reason.LIST_ENTRY, message, advice))


def _shared(entry: ListEntry) -> str:
    """What to bear in mind where lists share their names."""
    return f" ({_ONE_SPACE})" if entry.kind in PARTIES else ""


def _create(work: Work, row: RequestRow, entry: ListEntry) -> None:
    wanted_itself = TAX_VENDOR in (entry.details or {})  # a person has asked for it, and no document
    if not wanted_itself and not waiting_for(
        work.db, row.id
    ):  # what named it was excluded or revised, or cannot be entered
        work.settle(row, Event.DONE)
        return
    if entry.kind not in ADDED:
        why = "QuickBooks does not have it, and it is not added from here."
        advice = f"Add it in QuickBooks under exactly this name{_shared(entry)}; then submit the document again."
        refuse(work, row, entry, why, advice, None)
        return
    allowed = work.options.create_customers if entry.kind is ListKind.CUSTOMER else work.options.create_items
    if not allowed and not wanted_itself:
        refuse(
            work,
            row,
            entry,
            "QuickBooks does not have it, and it may not be added from here.",
            f"Add the {entry.kind.value} in QuickBooks under exactly this name, or allow adding; then submit the "
            "document again.",
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
